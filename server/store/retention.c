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

static const char EVENTS[] =
    "DELETE FROM event WHERE (time_ms, uid, account) IN ("
    " SELECT e.time_ms, e.uid, e.account FROM event e WHERE e.time_ms < :before"
    " AND e.received_ms < :before AND NOT EXISTS (SELECT 1 FROM errand d"
    "  WHERE d.account = e.account AND d.resource_id = e.resource_id)"
    " ORDER BY e.time_ms LIMIT :most)";

static const char HOURS[] =
    "DELETE FROM rollup WHERE grain IN (1, 3, 5) AND bucket_ms < :before AND "
    "CAST(:most AS BIGINT) > 0";

static const char ARRIVALS[] =
    "DELETE FROM arrival WHERE (grain, bucket_ms, account, region_id) IN ("
    " SELECT a.grain, a.bucket_ms, a.account, a.region_id FROM arrival a WHERE a.grain = 1"
    " AND a.bucket_ms < :before ORDER BY a.bucket_ms LIMIT :most)";

static const char ARRIVAL_SUMS[] = "DELETE FROM arrival WHERE grain IN (2, 3, 4) AND bucket_ms < "
                                   ":before AND CAST(:most AS BIGINT) > 0";

static const char IDLE[] =
    "DELETE FROM idle_job WHERE ended_ms < :before AND CAST(:most AS BIGINT) > 0";

static const char POSTS[] = "DELETE FROM quarantine WHERE id IN (SELECT q.id FROM quarantine q"
                            " WHERE q.received_ms < :before ORDER BY q.received_ms LIMIT :most)";

/* Ended or deleted, silent since, and with neither errands nor events left. */
static const char GONE[] =
    "SELECT r.id, r.region_id, r.kind, r.status_id FROM resource r"
    " WHERE r.account = :account AND r.created_ms < :before AND r.last_event_ms < :before"
    " AND r.changed_ms < :before AND r.weight >= 1000"
    " AND NOT EXISTS (SELECT 1 FROM errand d WHERE d.account = r.account"
    "  AND d.resource_id = r.id)"
    " AND NOT EXISTS (SELECT 1 FROM event e WHERE e.account = r.account"
    "  AND e.resource_id = r.id AND e.resource_id > 0)"
    " ORDER BY r.created_ms LIMIT :most";

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

static int find_gone(struct batch *batch, int64_t account, const struct retention_sweep *sweep,
                     struct gone *out, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, GONE, why);
    int          n = 0, got = 0;

    if (!find)
        return -1;
    stmt_int(find, ":account", account);
    stmt_int(find, ":before", sweep->before);
    stmt_int(find, ":most", sweep->most);
    while (n < sweep->most && (got = stmt_step(find, why)) == 1) {
        out[n].id    = col_int(find, 0);
        out[n].share = (struct share){
            .is_counted = true,
            .account    = account,
            .region_id  = col_int(find, 1),
            .kind       = (enum kind)col_int(find, 2),
            .status_id  = col_int(find, 3),
            .created    = WHEN_UNKNOWN, /* rollups are history and stay */
            .ended      = WHEN_UNKNOWN,
            .duration   = WHEN_UNKNOWN,
        };
        n++;
    }
    stmt_done(find);
    return got < 0 ? -1 : n;
}

static int64_t remove_resources(struct batch *batch, int64_t account,
                                const struct retention_sweep *sweep, struct fail *why)
{
    const struct share nothing = state_share(NULL);
    struct gone       *gone    = mem_array((size_t)sweep->most, sizeof *gone);
    int                found   = gone ? find_gone(batch, account, sweep, gone, why)
                                      : fail_set(why, FAIL_MEMORY, "no memory for retention");
    int64_t            removed = found;

    for (int i = 0; i < found; i++) {
        if (remove_one(batch, HARDWARE, account, gone[i].id, why)
            || remove_one(batch, COURSE, account, gone[i].id, why)
            || remove_one(batch, FACTS, account, gone[i].id, why)
            || remove_one(batch, RESOURCE, account, gone[i].id, why)
            || lineage_forget(batch, account, gone[i].id, why)) {
            removed = -1;
            break;
        }
        sums_share(batch->sums, &gone[i].share, &nothing);
    }
    if (found > 0 && batch->rows)
        rows_clear(batch->rows);
    mem_free(gone);
    return removed;
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

int retention_step(struct batch *batch, struct retention_sweep *sweep, struct fail *why)
{
    int64_t account = 0;
    int     got;

    sweep->resources = 0;
    sweep->events    = remove_rows(batch, EVENTS, sweep, why);
    if (sweep->events < 0 || remove_rows(batch, HOURS, sweep, why) < 0
        || remove_rows(batch, ARRIVALS, sweep, why) < 0
        || remove_rows(batch, ARRIVAL_SUMS, sweep, why) < 0
        || remove_rows(batch, IDLE, sweep, why) < 0)
        return -1;
    sweep->posts = remove_rows(batch, POSTS, sweep, why);
    if (sweep->posts < 0)
        return -1;
    while ((got = next_account(batch, &account, why)) == 1) {
        int64_t resources = remove_resources(batch, account, sweep, why);

        if (resources < 0)
            return -1;
        sweep->resources += resources;
    }
    return got;
}

/* Of the oldest by their own time, the one that came first: one that came a day late must not be
 * what everybody waits for. */
static const char OLDEST[] =
    "SELECT MIN(o.old_ms) FROM (SELECT"
    " CASE WHEN e.received_ms > e.time_ms THEN e.received_ms ELSE e.time_ms END AS old_ms"
    " FROM event e WHERE NOT EXISTS (SELECT 1 FROM errand d"
    "  WHERE d.account = e.account AND d.resource_id = e.resource_id)"
    " ORDER BY e.time_ms LIMIT 1000) o";

int retention_oldest(struct batch *batch, ms *out, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, OLDEST, why);
    int          got;

    if (!find)
        return -1;
    got = stmt_step(find, why);
    if (got == 1 && !col_is_null(find, 0))
        *out = col_time(find, 0);
    stmt_done(find);
    return got < 0 ? -1 : 0;
}
