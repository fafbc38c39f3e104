#include "store/inferences/totals_list.h"

#include "base/fail.h"
#include "store/inferences/inference_filter.h"
#include "wire/db.h"

/* The key leads with the bucket, then the series. Where few series of many are wanted, each
 * bucket's are looked up by themselves; else the range is read as it stands. */
enum { FEW = 8 }; /* fewer than one of so many */

static const char BUCKETS[] =
    "WITH RECURSIVE bucket (start_ms) AS (SELECT CAST(:from AS BIGINT) UNION ALL"
    " SELECT start_ms + :width FROM bucket WHERE start_ms + :width < :to) ";
static const char COLUMNS[] = "SELECT t.bucket_ms, t.series_id, t.server_id, t.status_id, t.count,"
                              " t.sum_elapse_ms, t.max_elapse_ms, t.min_elapse_ms,"
                              " t.request_bytes, t.response_bytes, t.histogram";
static const char OF_SERIES[] = " FROM bucket CROSS JOIN inference_rollup t"
                                " WHERE t.grain = :grain AND t.bucket_ms = bucket.start_ms";
static const char OF_RANGE[]  = " FROM inference_rollup t WHERE t.grain = :grain"
                                " AND t.bucket_ms >= :from AND t.bucket_ms < :to";

static struct stmt *prepare(struct sql *sql, struct db *db, const struct inference_filter *filter,
                            const struct inference_set *set, const struct totals_range *range,
                            struct fail *why)
{
    bool is_few = (int64_t)set->count * FEW < set->of_all;

    if (is_few)
        sql_add(sql, BUCKETS);
    sql_add(sql, COLUMNS);
    sql_add(sql, is_few ? OF_SERIES : OF_RANGE);
    if ((int64_t)set->count != set->of_all)
        inference_filter_series_of(sql, filter);
    inference_filter_rows(sql, filter);
    sql_add(sql, " ORDER BY t.bucket_ms");
    sql_int(sql, ":grain", range->grain);
    sql_int(sql, ":from", range->from);
    sql_int(sql, ":to", range->to);
    if (is_few)
        sql_int(sql, ":width", range->grain == TOTALS_HOUR ? MS_HOUR : MS_MINUTE);
    return sql_prepare(sql, db, why);
}

static void read_item(struct stmt *at, const struct inference_set *set, struct totals_item *item)
{
    *item = (struct totals_item){
        .bucket         = col_int(at, 0),
        .series         = inference_set_find(set, col_int(at, 1)),
        .server_id      = col_int(at, 2),
        .status_id      = col_int(at, 3),
        .count          = col_int(at, 4),
        .sum_elapse_ms  = col_int(at, 5),
        .max_elapse_ms  = col_int(at, 6),
        .min_elapse_ms  = col_int(at, 7),
        .request_bytes  = col_int(at, 8),
        .response_bytes = col_int(at, 9),
        .histogram      = col_blob(at, 10),
    };
}

int totals_list(struct db *db, const struct inference_filter *filter,
                const struct inference_set *set, const struct totals_range *range,
                totals_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct totals_item item;
    struct stmt       *list;
    int                got;

    if (!set->count || range->from >= range->to)
        return 0;
    list = prepare(&sql, db, filter, set, range, why);
    if (!list)
        return -1;
    while ((got = stmt_step(list, why)) == 1) {
        read_item(list, set, &item);
        if (item.series
            && visit(ctx, &item, why)) { /* a series born since then is not of the set */
            got = -1;
            break;
        }
    }
    stmt_done(list);
    return got;
}

static const char OLDEST[] = "SELECT bucket_ms FROM inference_rollup WHERE grain = :grain"
                             " ORDER BY bucket_ms LIMIT 1";

int totals_oldest(struct db *db, enum totals_grain grain, ms *out, struct fail *why)
{
    struct stmt *find = db_prepare(db, OLDEST, why);

    if (!find)
        return -1;
    stmt_int(find, ":grain", grain);
    return stmt_number(find, out, why);
}

int totals_parts(ms from, ms to, struct totals_range out[TOTALS_MOST_PARTS])
{
    ms  first = when_ceil(from, MS_HOUR), last = when_floor(to, MS_HOUR);
    int count = 0;

    if (first >= last) {
        out[0] = (struct totals_range){TOTALS_MINUTE, from, to};
        return from < to;
    }
    if (from < first)
        out[count++] = (struct totals_range){TOTALS_MINUTE, from, first};
    out[count++] = (struct totals_range){TOTALS_HOUR, first, last};
    if (last < to)
        out[count++] = (struct totals_range){TOTALS_MINUTE, last, to};
    return count;
}

/* --- confidence --- */

static const char CONFIDENCE[] =
    "SELECT bin, CAST(SUM(count) AS BIGINT) FROM confidence_rollup"
    " WHERE model_id = :model AND version = :version AND bucket_ms >= :from AND bucket_ms < :to"
    " GROUP BY bin";

int totals_confidence(struct db *db, const struct totals_confidence *of, int64_t out[TOTALS_BINS],
                      struct fail *why)
{
    struct stmt *list = db_prepare(db, CONFIDENCE, why);
    int          got;

    for (int i = 0; i < TOTALS_BINS; i++)
        out[i] = 0;
    if (!list)
        return -1;
    stmt_int(list, ":model", of->model_id);
    stmt_int(list, ":version", of->version);
    stmt_int(list, ":from", of->from);
    stmt_int(list, ":to", of->to);
    while ((got = stmt_step(list, why)) == 1) {
        int64_t bin = col_int(list, 0);

        if (bin >= 0 && bin < TOTALS_BINS)
            out[bin] = col_int(list, 1);
    }
    stmt_done(list);
    return got;
}

static const char FIRST[]   = "SELECT version, bucket_ms FROM confidence_rollup"
                              " WHERE model_id = :model AND version = :version"
                              " ORDER BY bucket_ms LIMIT 1";
static const char HIGHEST[] = "SELECT version FROM confidence_rollup WHERE model_id = :model"
                              " ORDER BY version DESC LIMIT 1";

int totals_first_confidence(struct db *db, int64_t model_id, int64_t *version, ms *out,
                            struct fail *why)
{
    struct stmt *find;
    int          got = 1;

    if (*version < 0) {
        find = db_prepare(db, HIGHEST, why);
        if (!find)
            return -1;
        stmt_int(find, ":model", model_id);
        got = stmt_number(find, version, why);
    }
    if (got != 1 || !(find = db_prepare(db, FIRST, why)))
        return got == 1 ? -1 : got;
    stmt_int(find, ":model", model_id);
    stmt_int(find, ":version", *version);
    got = stmt_step(find, why);
    if (got == 1)
        *out = col_int(find, 1);
    stmt_done(find);
    return got;
}
