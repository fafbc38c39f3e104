#include "store/state.h"

#include "format/errand.h"
#include "format/utilization.h"
#include "store/batch.h"

enum { CLASS_WEIGHT = 1000, RANK_END = 90, RANK_AFTER_END = 91 };

const char *effect_name(enum effect effect)
{
    static const char *const names[] = {
        [EFFECT_NOTHING] = "none",  [EFFECT_NEW] = "new",       [EFFECT_STATUS] = "status",
        [EFFECT_DETAIL] = "detail", [EFFECT_REPEAT] = "repeat", [EFFECT_OLDER] = "older",
    };
    return (unsigned)effect < sizeof names / sizeof names[0] ? names[effect] : NULL;
}

static int class_of(int weight)
{
    return weight / CLASS_WEIGHT;
}

bool state_is_ended(const struct resource *row)
{
    return kind_is_job(row->kind) && class_of(row->weight) == STATUS_TERMINAL
           && row->weight % CLASS_WEIGHT >= RANK_END;
}

ms state_duration(const struct resource *row)
{
    if (row->started == WHEN_UNKNOWN || row->ended == WHEN_UNKNOWN || row->ended < row->started)
        return WHEN_UNKNOWN;
    return row->ended - row->started;
}

bool state_is_unstarted(const struct resource *row)
{
    return row->is_failed && row->started == WHEN_UNKNOWN
           && kind_facts(row->kind)->metrics_namespace != NULL;
}

struct share state_share(const struct resource *row)
{
    struct share share = {.created = WHEN_UNKNOWN, .ended = WHEN_UNKNOWN, .duration = WHEN_UNKNOWN};

    if (!row)
        return share;
    share.is_counted = true;
    share.account    = row->account;
    share.region_id  = row->region_id;
    share.kind       = row->kind;
    share.status_id  = row->status_id;
    if (!kind_is_job(row->kind))
        return share;
    share.created = row->created;
    if (!state_is_ended(row))
        return share;
    share.ended        = row->ended != WHEN_UNKNOWN ? row->ended : row->version;
    share.is_unstarted = state_is_unstarted(row);
    share.duration     = state_duration(row);
    return share;
}

static struct resource fresh(const struct news *news, const struct news_ids *ids, ms now)
{
    return (struct resource){
        .account        = news->account,
        .region_id      = ids->region,
        .kind           = news->kind,
        .name           = news->name,
        .generation     = news->generation == WHEN_UNKNOWN ? 0 : news->generation,
        .created        = news->generation == WHEN_UNKNOWN ? news->time : news->generation,
        .started        = WHEN_UNKNOWN,
        .ended          = WHEN_UNKNOWN,
        .billable_ms    = -1,
        .instance_count = -1,
        .first_seen     = now,
        .last_event     = news->time,
        .changed        = now,
        .completed      = WHEN_UNKNOWN,
    };
}

static int order(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

/* A deleted job keeps the status it ended with: deletion weighs like anything that passes. */
static int weight_of(const struct news *news)
{
    int rank = news->weight % CLASS_WEIGHT;

    if (kind_is_job(news->kind) && rank >= RANK_AFTER_END)
        return rank;
    return news->weight;
}

/* <0: the event is behind what gave the row its status; 0: it is that very event; >0: it
 * is ahead. */
static int compare(const struct resource *row, const struct news *news, const struct news_ids *ids)
{
    int weight  = weight_of(news);
    int by_rank = order(weight % CLASS_WEIGHT, row->weight % CLASS_WEIGHT);
    int by_time = order(news->time, row->stamp);
    int found   = order(class_of(weight), class_of(row->weight));

    if (!found)
        found = order(news->version, row->version);
    if (!found)
        found = kind_is_job(row->kind) ? by_rank : by_time;
    if (!found)
        found = kind_is_job(row->kind) ? by_time : by_rank;
    return found ? found : order(ids->uid, row->stamp_uid);
}

/* The greatest (version, text) among those who say it. True when it moved. */
static bool move_text(struct str *text, ms *at, struct str said, ms version)
{
    bool is_known = text->data != NULL;

    if (!said.data || (is_known && version < *at))
        return false;
    if (is_known && version == *at && str_order(said, *text) <= 0)
        return false;
    if (is_known && str_is(said, *text)) {
        *at = version; /* the same, said later: remembered, but nothing to show */
        return false;
    }
    *text = said;
    *at   = version;
    return true;
}

static bool move_greatest(struct str *text, struct str said)
{
    if (!said.data || (text->data && str_order(said, *text) <= 0))
        return false;
    *text = said;
    return true;
}

/* A job that ended well, was stopped or runs again has no reason: it says so like a text, at its
 * version, and of the same version a text stays. */
static bool move_reason(struct resource *row, const struct news *news, const struct news_ids *ids)
{
    bool is_none = class_of(news->weight) == STATUS_TERMINAL && !ids->is_failed
                   && news->weight % CLASS_WEIGHT <= RANK_END;

    if (!row->failure_reason.data && news->version < row->reason_at)
        return false;
    if (news->failure_reason.data || !is_none || news->version <= row->reason_at)
        return move_text(&row->failure_reason, &row->reason_at, news->failure_reason,
                         news->version);
    row->reason_at = news->version;
    if (!row->failure_reason.data)
        return false;
    row->failure_reason = STR_NONE;
    return true;
}

/* A name that kept its capitals sorts before the one in small letters out of an ARN. */
static bool move_name(struct resource *row, struct str said)
{
    if (str_order(said, row->name) >= 0)
        return false;
    row->name = said;
    return true;
}

static bool move_time(ms *time, ms said, bool wants_latest)
{
    if (said == WHEN_UNKNOWN || *time == said)
        return false;
    if (*time != WHEN_UNKNOWN && (wants_latest ? said < *time : said > *time))
        return false;
    *time = said;
    return true;
}

static bool move_creation(struct resource *row, const struct news *news)
{
    if (news->generation == WHEN_UNKNOWN) {
        if (row->generation || news->time >= row->created)
            return false;
        row->created = news->time;
        return true;
    }
    if (row->generation >= news->generation)
        return false; /* the same moment: the one that kept its milliseconds stays */
    row->generation = news->generation;
    row->created    = news->generation;
    return true;
}

/* Older news only fills what is empty; of two of the same version the greater value stays. */
static bool move_sizing(struct resource *row, const struct news *news, const struct news_ids *ids)
{
    int  age   = order(news->version, row->sizing_at);
    bool moved = false;

    if (!ids->instance && news->instance_count < 0 && !news->sizing.data)
        return false;
    if (age > 0)
        row->sizing_at = news->version;
    if (ids->instance && ids->instance != row->instance_id && (age > 0 || !row->instance_id)) {
        row->instance_id = ids->instance; /* its number has no order, and it is one per version */
        moved            = true;
    }
    if (news->instance_count > 0 && news->instance_count != row->instance_count
        && (age > 0 || row->instance_count < 0
            || (age == 0 && news->instance_count > row->instance_count))) {
        row->instance_count = news->instance_count;
        moved               = true;
    }
    if (news->sizing.data && !str_is(news->sizing, row->sizing)
        && (age > 0 || !row->sizing.data
            || (age == 0 && str_order(news->sizing, row->sizing) > 0))) {
        row->sizing = news->sizing;
        moved       = true;
    }
    return moved;
}

static bool move_details(struct resource *row, const struct news *news, const struct news_ids *ids)
{
    bool moved = move_creation(row, news);

    moved |= move_name(row, news->name);
    moved |= move_time(&row->started, news->started, false);
    moved |= move_time(&row->ended, news->ended, true);
    moved |= move_sizing(row, news, ids);
    moved |= move_text(&row->tags, &row->tags_at, news->tags, news->version);
    moved |= move_text(&row->approval, &row->approval_at, news->approval, news->version);
    moved |= move_text(&row->stage, &row->stage_at, news->stage, news->version);
    moved |= move_greatest(&row->arn, news->arn);
    moved |= move_greatest(&row->parent, news->parent);
    moved |= move_greatest(&row->created_by, news->created_by);
    if (news->billable_ms > row->billable_ms) {
        row->billable_ms = news->billable_ms;
        moved            = true;
    }
    if (kind_is_job(row->kind))
        moved |= move_reason(row, news, ids);
    return moved;
}

static void take_status(struct resource *row, const struct news *news, const struct news_ids *ids)
{
    row->status_id    = ids->status;
    row->secondary_id = ids->secondary;
    row->weight       = weight_of(news);
    row->is_failed    = ids->is_failed;
    row->version      = news->version;
    row->stamp        = news->time;
    row->stamp_uid    = ids->uid;
    if (kind_is_job(row->kind))
        return;
    row->failure_reason = news->failure_reason;
    row->reason_at      = news->version;
}

/* What an ended job still has to be asked for. Each errand is asked for once, remembered in
 * a bit. */
static void ask(struct resource *row, const struct store_policy *policy, ms now, struct step *step)
{
    const struct kind_facts *facts = kind_facts(row->kind);
    ms                       ended = row->ended != WHEN_UNKNOWN ? row->ended : now;

    if (!state_is_ended(row))
        return;
    if (policy->wants_emf && facts->emf_job_type && !(row->asked & (1 << DEED_EMIT))) {
        row->asked |= 1 << DEED_EMIT;
        step->wants_emit = true;
    }
    if (!facts->metrics_namespace || row->asked & (1 << DEED_ENRICH))
        return;
    if (row->started == WHEN_UNKNOWN) {
        row->utilization = UTILIZATION_NONE;
        row->utilization_why =
            STR("the job ended before it started, so there is nothing to measure");
        return;
    }
    row->asked |= 1 << DEED_ENRICH;
    row->utilization     = UTILIZATION_PENDING;
    row->utilization_why = STR_NONE;
    step->enrich_at = ended + policy->enrich_settle > now ? ended + policy->enrich_settle : now;
}

/* Something moved that nobody is shown: when a thing was said last. */
static bool is_touched(const struct resource *old, const struct resource *row)
{
    return row->asked != old->asked || row->last_event != old->last_event
           || row->tags_at != old->tags_at || row->approval_at != old->approval_at
           || row->stage_at != old->stage_at || row->reason_at != old->reason_at
           || row->sizing_at != old->sizing_at;
}

/* `is_behind`: late, or refused for what the row says already: what comes after an end. */
static enum effect effect_of(const struct resource *old, const struct resource *row, bool moved,
                             bool is_behind)
{
    if (row->status_id != old->status_id || row->secondary_id != old->secondary_id)
        return EFFECT_STATUS;
    if (moved)
        return EFFECT_DETAIL;
    return is_behind ? EFFECT_OLDER : EFFECT_REPEAT;
}

void state_step(const struct resource *old, const struct news *news, const struct news_ids *ids,
                const struct store_policy *policy, ms now, struct resource *out, struct step *step)
{
    struct resource row   = old ? *old : fresh(news, ids, now);
    bool            says  = news->weight >= 0;
    int             ahead = says ? (old && old->weight ? compare(old, news, ids) : 1) : 0;
    bool            moved, is_refused;

    *step = (struct step){.enrich_at = WHEN_UNKNOWN};
    step->is_conflict =
        old && state_is_ended(old) && news->is_terminal && old->status_id != ids->status;
    step->is_late = old && says && old->weight && news->version < old->version;
    moved         = move_details(&row, news, ids);
    if (ahead > 0)
        take_status(&row, news, ids);
    if (news->time > row.last_event)
        row.last_event = news->time;
    if (row.completed == WHEN_UNKNOWN && state_is_ended(&row))
        row.completed = now;
    ask(&row, policy, now, step);
    step->is_changed = !old || ahead > 0 || moved || is_touched(old, &row);
    is_refused       = ahead < 0 && ids->status != row.status_id;
    step->effect     = !old ? EFFECT_NEW : effect_of(old, &row, moved, step->is_late || is_refused);
    if (step->effect != EFFECT_REPEAT && step->effect != EFFECT_OLDER)
        row.changed = now;
    *out = row;
}
