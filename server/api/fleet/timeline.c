/* The timeline of a job: its states as its events told them, and its finer phases: those that
 * SageMaker itself lists in the last event that has them (detail.SecondaryStatusTransitions), or
 * else the secondary statuses of the events (detail.SecondaryStatus).
 *
 * Events are taken in order of their version, not of their arrival, so late ones fall
 * into place. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/shape.h"
#include "base/fail.h"
#include "format/kind.h"
#include "format/scan.h"
#include "store/event_list.h"
#include "store/job_list.h"

enum { MOST_STATES = 200, STATUS_ROOM = 64, PHASES_CEILING = 1 << 20, MOST_EVENTS = 1000 };

struct state {
    char    status[STATUS_ROOM];
    ms      from;
    int64_t event_id;
};

struct states {
    struct state items[MOST_STATES];
    size_t       count;
};

struct timeline {
    struct states primary, secondary;
    struct buf    phases; /* JSON array; empty: none told */
    struct scan   scan;
    bool          epoch_times;
};

/* A status that was not the last one already. */
static void note(struct states *states, struct str status, const struct event_item *item)
{
    struct state *last = states->count ? &states->items[states->count - 1] : NULL;
    struct state *next;

    status = str_head(status, STATUS_ROOM - 1);
    if (!status.size || states->count == MOST_STATES || (last && str_is_text(status, last->status)))
        return;
    next = &states->items[states->count];
    if (str_to_c(status, next->status, STATUS_ROOM))
        return;
    next->from     = item->version_at;
    next->event_id = item->id;
    states->count++;
}

static void phase_text(struct compose *out, const struct scan *scan, uint32_t phase,
                       const char *name, const char *member)
{
    OWN(buf) room    = BUF_UP_TO(PHASES_CEILING);
    uint32_t   at    = scan_member(scan, phase, member);
    struct str value = STR_NONE;

    if (at == SCAN_NONE || !buf_room(&room, scan->tokens[at].size + 1)
        || scan_text(scan, at, &room, &value))
        value = STR_NONE;
    compose_text(out, name, value);
}

static void phase_time(struct compose *out, const struct scan *scan, uint32_t phase,
                       const char *name, const char *member)
{
    uint32_t at   = scan_member(scan, phase, member);
    ms       when = WHEN_UNKNOWN;

    if (at != SCAN_NONE && scan_time(scan, at, &when))
        when = WHEN_UNKNOWN;
    compose_time(out, name, when);
}

/* The phases of this event replace those of an earlier one: each event lists them all. */
static void take_phases(struct timeline *timeline, uint32_t list)
{
    const struct scan *scan = &timeline->scan;
    struct compose     out;

    buf_clear(&timeline->phases);
    out             = compose_into(&timeline->phases);
    out.epoch_times = timeline->epoch_times;
    compose_open(&out, NULL, '[');
    for (uint32_t at = scan_first(scan, list); at != SCAN_NONE; at = scan_next(scan, list, at)) {
        compose_open(&out, NULL, '{');
        phase_text(&out, scan, at, "status", "Status");
        phase_time(&out, scan, at, "from", "StartTime");
        phase_time(&out, scan, at, "to", "EndTime");
        phase_text(&out, scan, at, "message", "StatusMessage");
        compose_close(&out, '}');
    }
    compose_close(&out, ']');
}

static void take_body(struct timeline *timeline, const struct event_item *item)
{
    struct scan *scan   = &timeline->scan;
    struct fail  unread = FAIL_OK;
    OWN(buf) room       = BUF_UP_TO(STATUS_ROOM);
    struct str secondary;
    uint32_t   detail, list, status;

    if (!item->body.size || scan_read(scan, item->body, &unread))
        return;
    detail = scan_member(scan, 0, "detail");
    list   = scan_member(scan, detail, "SecondaryStatusTransitions");
    status = scan_member(scan, detail, "SecondaryStatus");
    if (list != SCAN_NONE && scan_type(scan, list) == SCAN_ARRAY)
        take_phases(timeline, list);
    if (status != SCAN_NONE && scan_text(scan, status, &room, &secondary) == 0)
        note(&timeline->secondary, secondary, item);
}

static int take_event(void *ctx, const struct event_item *item, struct fail *why)
{
    struct timeline *timeline = ctx;

    (void)why;
    take_body(timeline, item);
    note(&timeline->primary, item->status, item);
    return 0;
}

/* What follows the end that the job has, like its deletion, is in its events and no state of it. */
static void end_with(struct timeline *timeline, const struct job_row *row)
{
    const struct status_facts *facts     = status_facts((enum kind)row->kind, row->status);
    struct states             *primary   = &timeline->primary;
    struct states             *secondary = &timeline->secondary;
    size_t                     at        = primary->count;

    if (!facts || facts->class != STATUS_TERMINAL)
        return;
    while (at > 0 && !str_is_text(row->status, primary->items[at - 1].status))
        at--;
    if (at == 0 || at == primary->count)
        return;
    while (secondary->count
           && secondary->items[secondary->count - 1].from >= primary->items[at].from)
        secondary->count--;
    primary->count = at;
}

struct drawing {
    struct ask      *ask;
    struct timeline *timeline;
};

/* Until the next begins; the last one ends with the job. */
static ms end_of(const struct states *states, size_t at, ms last)
{
    return at + 1 < states->count ? states->items[at + 1].from : last;
}

static void draw_states(struct compose *out, const struct job_row *row, const struct states *states)
{
    char id[SHAPE_ID_ROOM];

    compose_open(out, "states", '[');
    for (size_t i = 0; i < states->count; i++) {
        shape_id(row->account, states->items[i].event_id, id);
        compose_open(out, NULL, '{');
        compose_text(out, "status", str_of(states->items[i].status));
        compose_time(out, "from", states->items[i].from);
        compose_time(out, "to", end_of(states, i, WHEN_UNKNOWN));
        compose_text(out, "event_id", str_of(id));
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

static void draw_phases(struct compose *out, const struct job_row *row, const struct states *states)
{
    compose_open(out, "phases", '[');
    for (size_t i = 0; i < states->count; i++) {
        compose_open(out, NULL, '{');
        compose_text(out, "status", str_of(states->items[i].status));
        compose_time(out, "from", states->items[i].from);
        compose_time(out, "to", end_of(states, i, row->ended_at));
        compose_null(out, "message");
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

static int draw(void *ctx, const struct job_row *row, struct fail *why)
{
    struct drawing  *drawing  = ctx;
    struct timeline *timeline = drawing->timeline;
    struct compose  *out      = &drawing->ask->json;

    if (!kind_is_job((enum kind)row->kind))
        return ask_absent(why);
    end_with(timeline, row);
    compose_open(out, NULL, '{');
    compose_time(out, "created_at", row->created_at);
    compose_time(out, "started_at", row->started_at);
    compose_time(out, "ended_at", row->ended_at);
    draw_states(out, row, &timeline->primary);
    if (timeline->phases.size)
        compose_raw(out, "phases", buf_view(&timeline->phases));
    else
        draw_phases(out, row, &timeline->secondary);
    compose_close(out, '}');
    return 0;
}

int jobs_timeline(struct ask *ask, struct fail *why)
{
    static const char *const known[]  = {"time_format", NULL};
    struct timeline          timeline = {.phases = BUF_UP_TO(PHASES_CEILING), .scan = SCAN_EMPTY};
    struct drawing           drawing  = {ask, &timeline};
    struct page              page     = {.limit = MOST_EVENTS - 1};
    struct event_owner       owner    = {.wants_body = true};
    int                      got;

    if (ask_check(ask, known, why) || ask_id(ask, &owner.account, &owner.resource_id, why))
        return -1;
    timeline.epoch_times = ask->json.epoch_times;
    got = event_list_of(ask->asker.db, ask->asker.words, &owner, &page, take_event, &timeline, why);
    if (got == 0)
        got = job_list_one(ask->asker.db, ask->asker.words, owner.account, owner.resource_id, draw,
                           &drawing, why);
    else
        got = -1;
    scan_release(&timeline.scan);
    buf_release(&timeline.phases);
    return got ? (got < 0 ? -1 : 0) : ask_absent(why);
}
