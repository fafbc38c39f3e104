#include "store/retention.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/own.h"
#include "store/batch.h"
#include "store/lineage.h"
#include "store/rows.h"
#include "store/state.h"
#include "store/sums.h"
#include "wire/db.h"

/* Runs `sql` with :before and :most; how many rows it touched, or -1. */
static int64_t remove_rows(struct batch *batch, const char *sql,
                           const struct retention_sweep *sweep, struct fail *why)
{
    struct stmt *del = db_prepare(batch->db, sql, why);

    if (!del)
        return -1;
    stmt_int(del, ":before", sweep->before);
    stmt_int(del, ":most", sweep->most);
    return stmt_run(del, why) ? -1 : stmt_changes(del);
}

/* The events between two places, the later one included. */
#define FROM_TO                                                                                    \
    " (e.time_ms, e.uid, e.account) > (:time, :uid, :account)"                                     \
    " AND (e.time_ms, e.uid, e.account) <= (:to_time, :to_uid, :to_account)"
#define HAS_NO_ERRAND                                                                              \
    " NOT EXISTS (SELECT 1 FROM errand d WHERE d.account = e.account"                              \
    "  AND d.resource_id = e.resource_id)"

static const char EDGE[] =
    "SELECT e.time_ms, e.uid, e.account FROM event e"
    " WHERE (e.time_ms, e.uid, e.account) > (:time, :uid, :account) AND e.time_ms < :before"
    " ORDER BY e.time_ms, e.uid, e.account LIMIT 1 OFFSET :most";

static const char EVENTS[] = "DELETE FROM event WHERE (time_ms, uid, account) IN ("
                             " SELECT e.time_ms, e.uid, e.account FROM event e WHERE" FROM_TO
                             " AND e.received_ms < :before AND" HAS_NO_ERRAND ")";

/* Of the oldest by their own time, the one that came first: one that came a day late must not be
 * what everybody waits for. */
static const char OLDEST[] =
    "SELECT MIN(CASE WHEN e.received_ms > e.time_ms THEN e.received_ms ELSE e.time_ms END)"
    " FROM event e WHERE" FROM_TO " AND" HAS_NO_ERRAND;

static const char HOURS[] =
    "DELETE FROM rollup WHERE (grain, bucket_ms, account, kind, region_id, status_id) IN ("
    " SELECT o.grain, o.bucket_ms, o.account, o.kind, o.region_id, o.status_id FROM rollup o"
    " WHERE o.grain IN (1, 3, 5) AND o.bucket_ms < :before LIMIT :most)";

static const char ARRIVALS[] =
    "DELETE FROM arrival WHERE (grain, bucket_ms, account, region_id) IN ("
    " SELECT a.grain, a.bucket_ms, a.account, a.region_id FROM arrival a"
    " WHERE a.grain IN (1, 2, 3, 4) AND a.bucket_ms < :before LIMIT :most)";

static const char IDLE[] =
    "DELETE FROM idle_job WHERE (account, resource_id) IN (SELECT i.account, i.resource_id"
    " FROM idle_job i WHERE i.ended_ms < :before ORDER BY i.ended_ms LIMIT :most)";

static const char POSTS[] = "DELETE FROM quarantine WHERE id IN (SELECT q.id FROM quarantine q"
                            " WHERE q.received_ms < :before ORDER BY q.received_ms LIMIT :most)";

/* Gone: ended or deleted, silent since, and with neither errands nor events left. */
static const char RESOURCES[] =
    "SELECT r.id, r.region_id, r.kind, r.status_id, r.created_ms,"
    " CASE WHEN r.last_event_ms < :before AND r.changed_ms < :before AND r.weight >= 1000"
    "  AND NOT EXISTS (SELECT 1 FROM errand d WHERE d.account = r.account"
    "   AND d.resource_id = r.id)"
    "  AND NOT EXISTS (SELECT 1 FROM event e WHERE e.account = r.account"
    "   AND e.resource_id = r.id AND e.resource_id > 0) THEN 1 ELSE 0 END"
    " FROM resource r WHERE r.account = :account AND (r.created_ms, r.id) > (:created, :id)"
    " AND r.created_ms < :before ORDER BY r.created_ms, r.id LIMIT :most";

static const char RESOURCE[] = "DELETE FROM resource WHERE account = :account AND id = :id";
static const char HARDWARE[] =
    "DELETE FROM utilization WHERE account = :account AND resource_id = :id";
static const char COURSE[] =
    "DELETE FROM utilization_course WHERE account = :account AND resource_id = :id";

/* What happened to its deployments stays; from its facts nothing is worked out any more. */
static const char FACTS[] =
    "DELETE FROM endpoint_fact WHERE account = :account AND resource_id = :id";

static int remove_one(struct batch *batch, const char *sql, int64_t account, int64_t id,
                      struct fail *why)
{
    struct stmt *del = db_prepare(batch->db, sql, why);

    if (!del)
        return -1;
    stmt_int(del, ":account", account);
    stmt_int(del, ":id", id);
    return stmt_run(del, why);
}

struct gone {
    int64_t      id;
    struct share share;
};

/* The next of an account: how many were looked at, or -1. */
static int find_gone(struct batch *batch, const struct retention_sweep *sweep, int most,
                     struct retention_place *place, struct gone *out, int *out_count,
                     struct fail *why)
{
    struct stmt *find   = db_prepare(batch->db, RESOURCES, why);
    int          looked = 0, got = 0;

    if (!find)
        return -1;
    stmt_int(find, ":account", place->account);
    stmt_int(find, ":created", place->created);
    stmt_int(find, ":id", place->resource);
    stmt_int(find, ":before", sweep->before);
    stmt_int(find, ":most", most);
    *out_count = 0;
    while (looked < most && (got = stmt_step(find, why)) == 1) {
        looked++;
        place->resource = col_int(find, 0);
        place->created  = col_int(find, 4);
        if (!col_int(find, 5))
            continue;
        out[(*out_count)++] = (struct gone){
            .id    = place->resource,
            .share = {.is_counted = true,
                      .account    = place->account,
                      .region_id  = col_int(find, 1),
                      .kind       = (enum kind)col_int(find, 2),
                      .status_id  = col_int(find, 3),
                      .created    = WHEN_UNKNOWN, /* rollups are history and stay */
                      .ended      = WHEN_UNKNOWN,
                      .duration   = WHEN_UNKNOWN},
        };
    }
    stmt_done(find);
    return got < 0 ? -1 : looked;
}

static int remove_gone(struct batch *batch, int64_t account, const struct gone *gone, int count,
                       struct fail *why)
{
    const struct share nothing = state_share(NULL);

    for (int i = 0; i < count; i++) {
        if (remove_one(batch, HARDWARE, account, gone[i].id, why)
            || remove_one(batch, COURSE, account, gone[i].id, why)
            || remove_one(batch, FACTS, account, gone[i].id, why)
            || remove_one(batch, RESOURCE, account, gone[i].id, why)
            || lineage_forget(batch, account, gone[i].id, why))
            return -1;
        sums_share(batch->sums, &gone[i].share, &nothing);
    }
    if (count > 0 && batch->rows)
        rows_clear(batch->rows);
    return 0;
}

static const char ACCOUNTS[] =
    "SELECT DISTINCT account FROM account WHERE account > :after ORDER BY account LIMIT 1";

/* The next account after this one; 1, 0 or -1. */
static int next_account(struct batch *batch, int64_t *account, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, ACCOUNTS, why);

    if (!find)
        return -1;
    stmt_int(find, ":after", *account);
    return stmt_number(find, account, why);
}

/* A resource goes with its figures, edges and sums: the work of so many events. */
enum { RESOURCE_WEIGHT = 5 };

/* Account by account; an account that has nothing old counts as one looked at. */
static int walk_resources(struct batch *batch, struct retention_sweep *sweep, struct gone *gone,
                          struct fail *why)
{
    struct retention_place *place = &sweep->reached;
    int                     left  = 1 + sweep->most / RESOURCE_WEIGHT;

    while (left > 0) {
        int found  = 0;
        int looked = place->account ? find_gone(batch, sweep, left, place, gone, &found, why) : 0;
        int got    = 1;

        if (looked < 0 || remove_gone(batch, place->account, gone, found, why))
            return -1;
        sweep->resources += found;
        if (looked < left) {
            got             = next_account(batch, &place->account, why);
            place->created  = WHEN_UNKNOWN;
            place->resource = 0;
        }
        if (got <= 0) {
            sweep->is_through = got == 0;
            return got;
        }
        left -= looked + 1;
    }
    return 0;
}

static void bind_place(struct stmt *stmt, const struct retention_place *place)
{
    stmt_int(stmt, ":time", place->has_event ? place->event_time : WHEN_UNKNOWN);
    stmt_int(stmt, ":uid", place->event_uid);
    stmt_int(stmt, ":account", place->event_account);
}

static void bind_edge(struct stmt *stmt, const struct retention_place *edge)
{
    stmt_int(stmt, ":to_time", edge->event_time);
    stmt_int(stmt, ":to_uid", edge->event_uid);
    stmt_int(stmt, ":to_account", edge->event_account);
}

/* The place behind the next `most` events before that time: 1; 0 when there are not so many, and
 * the place is behind all of them; -1. */
static int find_edge(struct batch *batch, const struct retention_place *place, ms before, int most,
                     struct retention_place *out, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, EDGE, why);
    int          got;

    if (!find)
        return -1;
    bind_place(find, place);
    stmt_int(find, ":before", before);
    stmt_int(find, ":most", most - 1);
    got  = stmt_step(find, why);
    *out = *place;
    if (got == 1) {
        out->has_event     = true;
        out->event_time    = col_int(find, 0);
        out->event_uid     = col_int(find, 1);
        out->event_account = col_int(find, 2);
    } else if (!place->has_event || place->event_time < before - 1) { /* never back */
        out->has_event  = true;
        out->event_time = before - 1;
        out->event_uid = out->event_account = INT64_MAX;
    }
    stmt_done(find);
    return got;
}

/* 1: there may be more of them; 0; -1. */
static int walk_events(struct batch *batch, struct retention_sweep *sweep, struct fail *why)
{
    struct retention_place edge;
    int          got = find_edge(batch, &sweep->place, sweep->before, sweep->most, &edge, why);
    struct stmt *del = got < 0 ? NULL : db_prepare(batch->db, EVENTS, why);

    if (!del)
        return -1;
    bind_place(del, &sweep->place);
    bind_edge(del, &edge);
    stmt_int(del, ":before", sweep->before);
    if (stmt_run(del, why))
        return -1;
    sweep->events  = stmt_changes(del);
    sweep->reached = edge;
    return got;
}

static int walk(struct batch *batch, struct retention_sweep *sweep, struct fail *why)
{
    int          more = walk_events(batch, sweep, why);
    struct gone *gone = NULL;
    int          result;

    if (more)
        return more < 0 ? -1 : 0;
    gone   = mem_array((size_t)sweep->most, sizeof *gone);
    result = gone ? walk_resources(batch, sweep, gone, why)
                  : fail_set(why, FAIL_MEMORY, "no memory for retention");
    mem_free(gone);
    return result;
}

int retention_step(struct batch *batch, struct retention_sweep *sweep, struct fail *why)
{
    static const char *const others[] = {HOURS, ARRIVALS, IDLE, POSTS};
    enum { OTHERS = sizeof others / sizeof others[0] };
    int64_t removed = 0;

    sweep->events = sweep->resources = 0;
    sweep->is_through                = false;
    if (walk(batch, sweep, why))
        return -1;
    for (int i = 0; i < OTHERS; i++) {
        removed = remove_rows(batch, others[i], sweep, why);
        if (removed < 0)
            return -1;
        if (removed == sweep->most)
            sweep->is_through = false;
    }
    sweep->posts = removed; /* they are the last */
    return 0;
}

int retention_oldest(struct batch *batch, struct retention_look *look, struct fail *why)
{
    struct retention_place edge;
    int                    got  = find_edge(batch, &look->place, INT64_MAX, look->most, &edge, why);
    struct stmt           *find = got < 0 ? NULL : db_prepare(batch->db, OLDEST, why);

    if (!find)
        return -1;
    look->is_through = got == 0;
    look->oldest     = WHEN_UNKNOWN;
    bind_place(find, &look->place);
    bind_edge(find, &edge);
    got = stmt_step(find, why);
    if (got == 1 && !col_is_null(find, 0))
        look->oldest = col_time(find, 0);
    stmt_done(find);
    look->reached = look->oldest == WHEN_UNKNOWN ? edge : look->place;
    return got < 0 ? -1 : 0;
}

/* Transactions by their hours, which an index leads. */
static const char NEWEST[] = "SELECT MAX(n.at_ms) FROM"
                             " (SELECT MAX(last_received_ms) AS at_ms FROM account UNION ALL"
                             " SELECT MAX(bucket_ms) FROM inference_rollup WHERE grain = 2) n";

int retention_newest(struct db *db, ms *out, struct fail *why)
{
    struct stmt *find = db_prepare(db, NEWEST, why);
    int          got;

    if (!find)
        return -1;
    got = stmt_step(find, why);
    if (got == 1 && !col_is_null(find, 0))
        *out = col_time(find, 0);
    stmt_done(find);
    return got < 0 ? -1 : 0;
}
