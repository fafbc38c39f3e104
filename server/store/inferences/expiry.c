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

/* ---- transactions: lane by lane, each from its oldest ---- */

struct lane {
    int64_t model_id, lane;
};

static const char NEXT_LANE[] =
    "SELECT model_id, lane FROM inference WHERE (model_id, lane) > (:model, :lane)"
    " ORDER BY model_id, lane LIMIT 1";

static int next_lane(struct batch *batch, struct lane *lane, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, NEXT_LANE, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":model", lane->model_id);
    stmt_int(find, ":lane", lane->lane);
    got = stmt_step(find, why);
    if (got == 1)
        *lane = (struct lane){col_int(find, 0), col_int(find, 1)};
    stmt_done(find);
    return got;
}

static const char OLD[] =
    "DELETE FROM inference WHERE (model_id, lane, start_ms, uid) IN ("
    " SELECT i.model_id, i.lane, i.start_ms, i.uid FROM inference i WHERE i.model_id = :model"
    " AND i.lane = :lane AND i.start_ms < :before ORDER BY i.start_ms, i.uid LIMIT :most)";

static int64_t remove_of_lane(struct batch *batch, const struct lane *lane, ms before, int64_t most,
                              struct fail *why)
{
    struct stmt *del = db_prepare(batch->db, OLD, why);

    if (!del)
        return -1;
    stmt_int(del, ":model", lane->model_id);
    stmt_int(del, ":lane", lane->lane);
    stmt_int(del, ":before", before);
    stmt_int(del, ":most", most);
    return stmt_run(del, why) ? -1 : stmt_changes(del);
}

static int64_t remove_transactions(struct batch *batch, ms before, int64_t most, struct fail *why)
{
    struct lane lane    = {0, -1};
    int64_t     removed = 0;
    int         got     = 0;

    if (before == WHEN_UNKNOWN)
        return 0;
    while (removed < most && (got = next_lane(batch, &lane, why)) == 1) {
        int64_t count = remove_of_lane(batch, &lane, before, most - removed, why);

        if (count < 0)
            return -1;
        removed += count;
    }
    return got < 0 ? -1 : removed;
}

/* ---- the rest ---- */

#define SUMS(grain)                                                                                \
    "DELETE FROM inference_rollup WHERE (grain, bucket_ms, series_id, server_id, status_id) IN ("  \
    " SELECT r.grain, r.bucket_ms, r.series_id, r.server_id, r.status_id FROM inference_rollup r"  \
    " WHERE r.grain = " grain " AND r.bucket_ms < :before ORDER BY r.bucket_ms LIMIT :most)"

static const char MINUTES[] = SUMS("1");
static const char HOURS[]   = SUMS("2");

static const char CONFIDENCES[] =
    "DELETE FROM confidence_rollup WHERE bucket_ms < :before AND CAST(:most AS BIGINT) > 0";

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
    int64_t raw     = remove_transactions(batch, expiry->raw_before, most, why);
    int64_t minutes = raw < 0 ? -1 : remove_rows(batch, MINUTES, expiry->minutes_before, most, why);
    int64_t hours   = minutes < 0 ? -1 : remove_rows(batch, HOURS, expiry->hours_before, most, why);
    int64_t sure =
        hours < 0 ? -1 : remove_rows(batch, CONFIDENCES, expiry->hours_before, most, why);
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
