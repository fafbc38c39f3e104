/* The order of steps matters. The row is read and the next row is computed before anything is
 * written, so that the event can be stored with what it did; only when the event turns out to be
 * new are the row, its errands and the sums written. */
#include "intake/apply.h"

#include "base/fail.h"
#include "base/fault.h"
#include "intake/models/follow.h"
#include "store/batch.h"
#include "store/errands.h"
#include "store/event.h"
#include "store/quarantine.h"
#include "store/resource.h"
#include "store/state.h"
#include "store/sums.h"
#include "store/words.h"

enum { ROW_TEXTS_CEILING = 4 << 20 };

/* What one event turns into. */
struct turn {
    struct resource old, row;
    bool            has_old, has_row;
    struct step     step;
    struct news_ids ids;
    int64_t         type_id;
};

static int look_up(struct batch *batch, const struct news *news, struct turn *turn,
                   struct fail *why)
{
    struct words *words = batch->words;
    struct db    *db    = batch->db;

    if (words_put(words, db, news->region, &turn->ids.region, why)
        || words_put(words, db, news->detail_type, &turn->type_id, why)
        || words_put(words, db, news->status, &turn->ids.status, why)
        || words_put(words, db, news->secondary, &turn->ids.secondary, why)
        || words_put(words, db, news->instance_type, &turn->ids.instance, why))
        return fail_in(why, "looking up the event's words");
    turn->ids.uid = event_uid(news);
    if (news->status.data) {
        const struct status_facts *facts = status_facts(news->kind, news->status);

        turn->ids.is_failed = facts && facts->is_failed;
    }
    return 0;
}

/* Reads the row, if any, and computes the next one. */
static int step(struct batch *batch, const struct news *news, struct buf *room, struct turn *turn,
                struct fail *why)
{
    const struct resource_key key = {news->account, turn->ids.region, news->kind, news->name,
                                     news->generation == WHEN_UNKNOWN ? 0 : news->generation};
    int                       got;

    turn->step = (struct step){.effect = EFFECT_NOTHING, .enrich_at = WHEN_UNKNOWN};
    if (!news->name.size)
        return 0;
    got = resource_find(batch, &key, room, &turn->old, why);
    if (got < 0)
        return -1;
    turn->has_old = got == 1;
    turn->has_row = true;
    state_step(turn->has_old ? &turn->old : NULL, news, &turn->ids, batch->policy, batch->now,
               &turn->row, &turn->step);
    return 0;
}

/* A new row needs its number before the event that names it. One that was heard before, or that
 * another one's id keeps out, makes no row. */
static int make_row(struct batch *batch, const struct news *news, struct turn *turn,
                    struct fail *why)
{
    int seen;

    if (!turn->has_row || turn->has_old)
        return 0;
    seen = event_look(batch, news, turn->ids.uid, why);
    if (seen < 0)
        return -1;
    turn->has_row = seen == EVENT_NEW;
    return turn->has_row ? resource_put(batch, NULL, &turn->row, why) : 0;
}

static int put_row(struct batch *batch, struct turn *turn, struct fail *why)
{
    struct share before = state_share(turn->has_old ? &turn->old : NULL);
    struct share now    = state_share(&turn->row);

    if (turn->has_old && turn->step.is_changed && resource_put(batch, &turn->old, &turn->row, why))
        return -1;
    (void)FAULT("intake/after_resource");
    sums_share(batch->sums, &before, &now);
    if (turn->step.enrich_at != WHEN_UNKNOWN
        && errands_add(batch, turn->row.account, turn->row.id, DEED_ENRICH, turn->step.enrich_at,
                       why))
        return -1;
    if (turn->step.wants_emit
        && errands_add(batch, turn->row.account, turn->row.id, DEED_EMIT, batch->now, why))
        return -1;
    return 0;
}

static void count(struct batch *batch, const struct news *news, const struct turn *turn)
{
    const struct {
        bool       is_so;
        enum pulse pulse;
    } facts[] = {
        {turn->step.is_late, PULSE_OUT_OF_ORDER},
        {turn->step.is_conflict, PULSE_CONFLICTS},
        {!news->is_known, PULSE_UNKNOWN_TYPES},
        {news->is_unknown_status, PULSE_UNKNOWN_STATUSES},
        {news->bad_time != NULL, PULSE_BAD_TIMES},
    };
    const struct arrived arrived = {.account   = news->account,
                                    .region_id = turn->ids.region,
                                    .received  = batch->now,
                                    .lag       = batch->now - news->time,
                                    .is_repeat = turn->step.effect == EFFECT_REPEAT};

    sums_arrived(batch->sums, &arrived);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (facts[i].is_so)
            sums_pulse(batch->sums, news->account, turn->ids.region, facts[i].pulse);
    if (!news->is_known)
        sums_unknown_type(batch->sums, news->account, turn->type_id, batch->now);
}

/* Not ours to merge: two events that claim to be one. Both are kept. */
static int keep_apart(struct batch *batch, const struct news *news, int64_t region_id,
                      struct str key_id, struct fail *why)
{
    const struct quarantined post = {
        .account   = news->account,
        .region_id = region_id,
        .source    = STR("eventbridge"),
        .reason    = STR(APPLIED_DIFFERENT_WHY),
        .key_id    = key_id,
        .body      = news->body,
    };

    return quarantine_put(batch, &post, why) ? -1 : APPLIED_DIFFERENT;
}

static int apply(struct batch *batch, const struct news *news, struct str key_id, struct buf *room,
                 struct fail *why)
{
    bool             is_kept = !key_id.data; /* nobody's key brought it: it was in quarantine */
    struct turn      turn    = {0};
    struct event_row event;
    int              seen;

    if (look_up(batch, news, &turn, why) || step(batch, news, room, &turn, why)
        || make_row(batch, news, &turn, why))
        return -1;
    event = (struct event_row){turn.ids.uid,    turn.ids.region, turn.type_id,    turn.row.id,
                               turn.ids.status, batch->now,      turn.step.effect};
    (void)FAULT("intake/before_event");
    seen = event_put(batch, news, &event, why);
    if (seen < 0)
        return -1;
    (void)FAULT("intake/after_event");
    if (is_kept && seen != EVENT_NEW)
        return seen == EVENT_DUPLICATE ? APPLIED_DUPLICATE : APPLIED_DIFFERENT;
    sums_heard(batch->sums, news->account, turn.ids.region, news->time, batch->now);
    if (seen == EVENT_DUPLICATE)
        sums_pulse(batch->sums, news->account, turn.ids.region, PULSE_DUPLICATES);
    if (seen == EVENT_DIFFERENT)
        return keep_apart(batch, news, turn.ids.region, key_id, why);
    if (seen == EVENT_DUPLICATE)
        return APPLIED_DUPLICATE;
    if (turn.has_row && (put_row(batch, &turn, why) || models_follow(batch, news, &turn.row, why)))
        return -1;
    count(batch, news, &turn);
    return APPLIED_NEW;
}

int apply_event(struct batch *batch, const struct news *news, struct str key_id, struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(ROW_TEXTS_CEILING);

    return apply(batch, news, key_id, &room, why);
}

int apply_kept(struct batch *batch, const struct news *news, struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(ROW_TEXTS_CEILING);

    return apply(batch, news, STR_NONE, &room, why);
}

static int again(struct batch *batch, const struct news *news, int64_t event_id, struct buf *room,
                 struct fail *why)
{
    struct turn      turn = {0};
    struct event_row event;

    if (look_up(batch, news, &turn, why) || step(batch, news, room, &turn, why)
        || (turn.has_row && !turn.has_old && resource_put(batch, NULL, &turn.row, why))
        || (turn.has_row
            && (put_row(batch, &turn, why) || models_follow(batch, news, &turn.row, why))))
        return -1;
    event = (struct event_row){turn.ids.uid,    turn.ids.region, turn.type_id,    turn.row.id,
                               turn.ids.status, batch->now,      turn.step.effect};
    return event_amend(batch, event_id, news, &event, why);
}

int apply_again(struct batch *batch, const struct news *news, int64_t event_id, struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(ROW_TEXTS_CEILING);

    return again(batch, news, event_id, &room, why);
}
