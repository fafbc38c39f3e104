#include "store/inferences/guide.h"

#include "base/fail.h"
#include "store/inferences/inference_filter.h"
#include "store/inferences/totals.h"
#include "wire/db.h"

enum { FIRST_HOURS = 24, MOST_HOURS = 1024, TOGETHER = 8 };

/* One bucket that has sums: of how many transactions, and whether one of them may match. */
struct bucket {
    ms      start;
    int64_t count;
    bool    may_match;
};

/* Buckets of one width, the newest first. */
struct buckets {
    enum totals_grain grain;
    struct bucket     items[MOST_HOURS];
    int               count;
};

static const char LEAD[] =
    "WITH RECURSIVE bucket (start_ms) AS (SELECT CAST(:from AS BIGINT) UNION ALL"
    " SELECT start_ms + :width FROM bucket WHERE start_ms + :width < :to)"
    " SELECT t.bucket_ms, CAST(SUM(t.count) AS BIGINT), MAX(CASE WHEN t.max_elapse_ms >= :min"
    " AND t.min_elapse_ms <= :max";
static const char SOURCE[] = " THEN 1 ELSE 0 END) FROM bucket CROSS JOIN inference_rollup t"
                             " WHERE t.grain = :grain AND t.bucket_ms = bucket.start_ms";

static struct stmt *prepare(struct sql *sql, struct db *db, const struct inference_filter *filter,
                            const struct guide_range *range, enum totals_grain grain,
                            struct fail *why)
{
    sql_add(sql, LEAD);
    inference_filter_rows(sql, filter);
    sql_add(sql, SOURCE);
    inference_filter_series_of(sql, filter);
    sql_add(sql, " GROUP BY t.bucket_ms ORDER BY t.bucket_ms DESC");
    sql_int(sql, ":min", filter->min_elapse_ms < 0 ? 0 : filter->min_elapse_ms);
    sql_int(sql, ":max", filter->max_elapse_ms < 0 ? INT64_MAX : filter->max_elapse_ms);
    sql_int(sql, ":from", range->from);
    sql_int(sql, ":to", range->to);
    sql_int(sql, ":grain", grain);
    sql_int(sql, ":width", grain == TOTALS_HOUR ? MS_HOUR : MS_MINUTE);
    return sql_prepare(sql, db, why);
}

static int read_buckets(struct db *db, const struct inference_filter *filter,
                        const struct guide_range *range, struct buckets *out, struct fail *why)
{
    OWN(sql) sql      = SQL_EMPTY;
    struct stmt *list = prepare(&sql, db, filter, range, out->grain, why);
    int          got;

    out->count = 0;
    if (!list)
        return -1;
    while (out->count < MOST_HOURS && (got = stmt_step(list, why)) == 1)
        out->items[out->count++] =
            (struct bucket){col_int(list, 0), col_int(list, 1), col_int(list, 2) != 0};
    stmt_done(list);
    return out->count < MOST_HOURS && got < 0 ? -1 : 0;
}

/* --- one hour --- */

struct walk {
    struct db                     *db;
    const struct inference_filter *filter;
    struct guide_range             range; /* nothing outside of it is visited */
    guide_visit                   *visit;
    void                          *ctx;
};

static int visit(struct walk *walk, ms from, ms to, struct fail *why)
{
    struct guide_range part = {from > walk->range.from ? from : walk->range.from,
                               to < walk->range.to ? to : walk->range.to};

    return part.from < part.to ? walk->visit(walk->ctx, &part, why) : 1;
}

/* Neighbouring minutes are visited together, a few at a time: the first may be enough. */
static int visit_minutes(struct walk *walk, const struct buckets *minutes, struct fail *why)
{
    int result = 1;

    for (int i = 0; i < minutes->count && result == 1;) {
        ms from = minutes->items[i].start, to = from + MS_MINUTE;

        if (!minutes->items[i++].may_match)
            continue;
        for (;
             i < minutes->count && minutes->items[i].may_match
             && minutes->items[i].start == from - MS_MINUTE && to - from < TOGETHER * (ms)MS_MINUTE;
             i++)
            from -= MS_MINUTE;
        result = visit(walk, from, to, why);
    }
    return result;
}

static int visit_hour(struct walk *walk, const struct bucket *hour, struct fail *why)
{
    const struct guide_range range   = {hour->start, hour->start + MS_HOUR};
    struct buckets           minutes = {.grain = TOTALS_MINUTE};
    int64_t                  sum     = 0;

    if (read_buckets(walk->db, walk->filter, &range, &minutes, why))
        return -1;
    for (int i = 0; i < minutes.count; i++)
        sum += minutes.items[i].count;
    return sum == hour->count ? visit_minutes(walk, &minutes, why)
                              : visit(walk, range.from, range.to, why); /* some were removed */
}

/* --- all of them --- */

/* A day first, then twice as much each time: what is asked for is mostly new. */
int guide_walk(struct db *db, const struct inference_filter *filter,
               const struct guide_range *range, guide_visit *visit_range, void *ctx,
               struct fail *why)
{
    struct walk        walk   = {db, filter, *range, visit_range, ctx};
    ms                 first  = when_floor(range->from, MS_HOUR);
    ms                 length = FIRST_HOURS * (ms)MS_HOUR;
    struct guide_range part   = {.to = when_floor(range->to - 1, MS_HOUR) + MS_HOUR};
    int                result = 1;

    for (; part.to > first && result == 1; part.to = part.from) {
        struct buckets hours = {.grain = TOTALS_HOUR};

        part.from = part.to - length > first ? part.to - length : first;
        if (read_buckets(db, filter, &part, &hours, why))
            return -1;
        for (int i = 0; i < hours.count && result == 1; i++)
            if (hours.items[i].may_match)
                result = visit_hour(&walk, &hours.items[i], why);
        if (length * 2 <= MOST_HOURS * (ms)MS_HOUR)
            length *= 2;
    }
    return result < 0 ? -1 : 0;
}
