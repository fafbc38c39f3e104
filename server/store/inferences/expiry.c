#include "store/inferences/expiry.h"

#include "base/fail.h"
#include "store/batch.h"
#include "store/sums.h"
#include "wire/db.h"

/* Runs `sql` with :before and :most; how many rows it touched, or -1. */
static int64_t remove_rows(struct batch *batch, const char *sql, ms before, int most,
                           struct fail *why)
{
    struct stmt *del;

    if (before == WHEN_UNKNOWN)
        return 0;
    del = db_prepare(batch->db, sql, why);
    if (!del)
        return -1;
    stmt_int(del, ":before", before);
    stmt_int(del, ":most", most);
    return stmt_run(del, why) ? -1 : stmt_changes(del);
}

/* ---- what has no index by time: stretch by stretch, each from its oldest ---- */

/* The leading columns of a key whose next one is the time: a lane of a model, or a version of it.
 */
struct stretch {
    int64_t model_id, which;
};

struct table {
    const char *next;   /* the stretch behind (:model, :which) */
    const char *remove; /* of :model and :which, what is before :before, :most of it */
};

static const struct table TRANSACTIONS = {
    "SELECT model_id, lane FROM inference WHERE (model_id, lane) > (:model, :which)"
    " ORDER BY model_id, lane LIMIT 1",
    "DELETE FROM inference WHERE (model_id, lane, start_ms, uid) IN ("
    " SELECT i.model_id, i.lane, i.start_ms, i.uid FROM inference i WHERE i.model_id = :model"
    " AND i.lane = :which AND i.start_ms < :before ORDER BY i.start_ms, i.uid LIMIT :most)"};

static const struct table CONFIDENCES = {
    "SELECT model_id, version FROM confidence_rollup WHERE (model_id, version) > (:model, :which)"
    " ORDER BY model_id, version LIMIT 1",
    "DELETE FROM confidence_rollup WHERE (model_id, version, bucket_ms, bin) IN ("
    " SELECT c.model_id, c.version, c.bucket_ms, c.bin FROM confidence_rollup c"
    " WHERE c.model_id = :model AND c.version = :which AND c.bucket_ms < :before"
    " ORDER BY c.bucket_ms, c.bin LIMIT :most)"};

static struct stmt *prepare(struct batch *batch, const char *sql, const struct stretch *stretch,
                            struct fail *why)
{
    struct stmt *stmt = db_prepare(batch->db, sql, why);

    if (!stmt)
        return NULL;
    stmt_int(stmt, ":model", stretch->model_id);
    stmt_int(stmt, ":which", stretch->which);
    return stmt;
}

/* 1: *stretch is the next; 0: there is none; -1. */
static int next(struct batch *batch, const struct table *table, struct stretch *stretch,
                struct fail *why)
{
    struct stmt *find = prepare(batch, table->next, stretch, why);
    int          got;

    if (!find)
        return -1;
    got = stmt_step(find, why);
    if (got == 1)
        *stretch = (struct stretch){col_int(find, 0), col_int(find, 1)};
    stmt_done(find);
    return got;
}

static int64_t remove_of(struct batch *batch, const struct table *table,
                         const struct stretch *stretch, ms before, int64_t most, struct fail *why)
{
    struct stmt *del = prepare(batch, table->remove, stretch, why);

    if (!del)
        return -1;
    stmt_int(del, ":before", before);
    stmt_int(del, ":most", most);
    return stmt_run(del, why) ? -1 : stmt_changes(del);
}

static int64_t remove_each(struct batch *batch, const struct table *table, ms before, int64_t most,
                           struct fail *why)
{
    struct stretch stretch = {0, -1};
    int64_t        removed = 0;
    int            got     = 0;

    if (before == WHEN_UNKNOWN)
        return 0;
    while (removed < most && (got = next(batch, table, &stretch, why)) == 1) {
        int64_t count = remove_of(batch, table, &stretch, before, most - removed, why);

        if (count < 0)
            return -1;
        removed += count;
    }
    return got < 0 ? -1 : removed;
}

static const char OLDEST[] = "SELECT start_ms FROM inference WHERE model_id = :model"
                             " AND lane = :which ORDER BY start_ms LIMIT 1";

int expiry_oldest(struct batch *batch, ms *out, struct fail *why)
{
    struct stretch lane   = {0, -1};
    ms             oldest = WHEN_UNKNOWN;
    int            got;

    while ((got = next(batch, &TRANSACTIONS, &lane, why)) == 1) {
        struct stmt *find = prepare(batch, OLDEST, &lane, why);

        if (!find)
            return -1;
        got = stmt_step(find, why);
        if (got == 1 && (oldest == WHEN_UNKNOWN || col_int(find, 0) < oldest))
            oldest = col_int(find, 0);
        stmt_done(find);
        if (got < 0)
            return -1;
    }
    if (got == 0 && oldest != WHEN_UNKNOWN)
        *out = oldest;
    return got;
}

/* ---- the rest ---- */

#define SUMS(grain)                                                                                \
    "DELETE FROM inference_rollup WHERE (grain, bucket_ms, series_id, server_id, status_id) IN ("  \
    " SELECT r.grain, r.bucket_ms, r.series_id, r.server_id, r.status_id FROM inference_rollup r"  \
    " WHERE r.grain = " grain " AND r.bucket_ms < :before ORDER BY r.bucket_ms LIMIT :most)"

static const char MINUTES[] = SUMS("1");
static const char HOURS[]   = SUMS("2");

static const char PAYLOADS[] =
    "DELETE FROM inference_payload WHERE (model_id, start_ms, uid) IN ("
    " SELECT p.model_id, p.start_ms, p.uid FROM inference_payload p WHERE p.expires_ms < :before"
    " ORDER BY p.expires_ms LIMIT :most)";

static const char HALVES[] =
    "DELETE FROM inference_half WHERE (model_id, uid, is_response) IN ("
    " SELECT h.model_id, h.uid, h.is_response FROM inference_half h WHERE h.received_ms < :before"
    " ORDER BY h.received_ms LIMIT :most)";

int expiry_step(struct batch *batch, struct expiry *expiry, struct fail *why)
{
    int     most    = expiry->most;
    int64_t raw     = remove_each(batch, &TRANSACTIONS, expiry->raw_before, most, why);
    int64_t minutes = raw < 0 ? -1 : remove_rows(batch, MINUTES, expiry->minutes_before, most, why);
    int64_t hours   = minutes < 0 ? -1 : remove_rows(batch, HOURS, expiry->hours_before, most, why);
    int64_t sure =
        hours < 0 ? -1 : remove_each(batch, &CONFIDENCES, expiry->hours_before, most, why);
    int64_t payloads = sure < 0 ? -1 : remove_rows(batch, PAYLOADS, batch->now, most, why);
    int64_t halves =
        payloads < 0 ? -1 : remove_rows(batch, HALVES, expiry->halves_before, most, why);

    if (halves < 0)
        return -1;
    sums_count(batch->sums, COUNTER_INFERENCES_UNPAIRED, halves);
    expiry->transactions = raw;
    expiry->sums         = minutes + hours + sure;
    expiry->parts        = payloads + halves;
    return 0;
}
