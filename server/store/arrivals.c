#include "store/arrivals.h"

#include "base/fail.h"
#include "store/sums.h"
#include "store/words.h"
#include "wire/db.h"

/* Sums over all accounts stand in grains of their own; the other grains' key leads with the bucket,
 * then the account, so that for a few accounts each bucket is looked up by itself and all others
 * are stepped over. */
static const char BUCKETS[] =
    "WITH RECURSIVE bucket (start_ms) AS (SELECT CAST(:from AS BIGINT) UNION ALL"
    " SELECT start_ms + :width FROM bucket WHERE start_ms + :width < :to) ";
static const char OF_BUCKETS[] =
    " FROM bucket CROSS JOIN arrival t WHERE t.grain = :grain AND t.bucket_ms = bucket.start_ms";
static const char OF_RANGE[] = " FROM arrival t WHERE t.grain = :grain AND t.bucket_ms >= :from"
                               " AND t.bucket_ms < :to";

static bool is_fleet(const struct arrivals_filter *filter)
{
    return filter->scope.is_all && !filter->accounts.is_given && !filter->by_account;
}

static bool is_few(const struct arrivals_filter *filter)
{
    return filter->accounts.is_given && !filter->accounts.is_not;
}

static bool is_hourly(const struct arrivals_filter *filter)
{
    return filter->from % MS_HOUR == 0 && filter->to % MS_HOUR == 0 && filter->step % MS_HOUR == 0;
}

static enum arrival_grain grain_of(const struct arrivals_filter *filter)
{
    if (is_fleet(filter))
        return is_hourly(filter) ? ARRIVAL_HOUR_TOTAL : ARRIVAL_MINUTE_TOTAL;
    return is_hourly(filter) ? ARRIVAL_HOUR : ARRIVAL_MINUTE;
}

static ms width_of(const struct arrivals_filter *filter)
{
    return is_hourly(filter) ? MS_HOUR : MS_MINUTE;
}

/* A sum of BIGINTs is NUMERIC on PostgreSQL. */
static const struct {
    enum arrivals_sum sum;
    const char       *column, *name, *open;
} sums[] = {
    {ARRIVALS_EVENTS, ", CAST(SUM(t.events) AS BIGINT)", " AS events", ", t.open_events"},
    {ARRIVALS_REPEATS, ", CAST(SUM(t.repeats) AS BIGINT)", " AS repeats", ", t.open_repeats"},
    {ARRIVALS_LAG, ", CAST(SUM(t.lag_ms) AS BIGINT)", " AS lag_ms", ", t.open_lag_ms"},
    {ARRIVALS_LONGEST, ", MAX(t.longest_lag_ms)", " AS longest_lag_ms", ", t.open_longest_lag_ms"},
};

static void add_sums(struct sql *sql, const struct arrivals_filter *filter)
{
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        sql_add(sql, !filter->sums || filter->sums & sums[i].sum ? sums[i].column : ", 0");
        sql_add(sql, sums[i].name);
    }
}

static void add_choices(struct sql *sql, const struct arrivals_filter *filter)
{
    sql_scope(sql, &filter->scope);
    sql_choice(sql, &filter->accounts, " AND t.account IN ", " AND t.account NOT IN ", "account");
    sql_choice(sql, &filter->regions, " AND t.region_id IN ", " AND t.region_id NOT IN ", "region");
}

/* The newest minute of each account and region, which is not among the sums yet. */
static void add_open(struct sql *sql, const struct arrivals_filter *filter)
{
    sql_add(sql, " UNION ALL SELECT t.open_ms / :width * :width");
    sql_add(sql, filter->by_account ? ", t.account" : "");
    sql_add(sql, filter->by_region ? ", t.region_id" : "");
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
        sql_add(sql, !filter->sums || filter->sums & sums[i].sum ? sums[i].open : ", 0");
    sql_add(sql, " FROM account t WHERE t.open_events > 0 AND t.open_ms >= :from"
                 " AND t.open_ms < :to");
    add_choices(sql, filter);
}

/* Rows come in the order of the key. What is not kept apart is summed up on the way, bucket by
 * bucket, so that only those sums have to be sorted. */
static void add_source(struct sql *sql, const struct arrivals_filter *filter)
{
    sql_add(sql, " FROM (SELECT t.bucket_ms AS bucket_ms");
    sql_add(sql, filter->by_account ? ", t.account AS account" : "");
    sql_add(sql, filter->by_region ? ", t.region_id AS region_id" : "");
    add_sums(sql, filter);
    sql_add(sql, is_few(filter) ? OF_BUCKETS : OF_RANGE);
    add_choices(sql, filter);
    sql_add(sql, " GROUP BY t.bucket_ms");
    sql_add(sql, filter->by_account ? ", t.account" : "");
    sql_add(sql, filter->by_region ? ", t.region_id" : "");
    if (!is_fleet(filter))
        add_open(sql, filter);
    sql_add(sql, ") AS t");
    if (!is_fleet(filter) || is_few(filter))
        sql_int(sql, ":width", width_of(filter));
    sql_int(sql, ":grain", grain_of(filter));
    sql_int(sql, ":from", filter->from);
    sql_int(sql, ":to", filter->to);
}

static void add_query(struct sql *sql, const struct arrivals_filter *filter)
{
    if (is_few(filter))
        sql_add(sql, BUCKETS);
    sql_add(sql, filter->by_account ? "SELECT t.account" : "SELECT 0");
    sql_add(sql, filter->by_region ? ", t.region_id" : ", 0");
    if (is_fleet(filter) && filter->step == width_of(filter)) { /* summed up already */
        sql_add(sql, ", t.bucket_ms, t.events, t.repeats, t.lag_ms, t.longest_lag_ms");
        add_source(sql, filter);
        sql_add(sql, " ORDER BY 1, 2, 3");
        return;
    }
    sql_add(sql, ", (t.bucket_ms - :from) / :step * :step + :from");
    sql_int(sql, ":step", filter->step);
    add_sums(sql, filter);
    add_source(sql, filter);
    sql_add(sql, " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
}

static void read_item(struct stmt *at, struct db *db, struct words *words,
                      struct arrivals_item *item)
{
    *item = (struct arrivals_item){
        .account        = col_int(at, 0),
        .region         = words_text(words, db, col_int(at, 1)),
        .bucket         = col_int(at, 2),
        .count          = col_int(at, 3),
        .repeated       = col_int(at, 4),
        .lag_ms         = col_int(at, 5),
        .longest_lag_ms = col_int(at, 6),
    };
}

int arrivals_list(struct db *db, struct words *words, const struct arrivals_filter *filter,
                  arrivals_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct arrivals_item item;
    struct stmt         *list;
    int                  got;

    add_query(&sql, filter);
    list = sql_prepare(&sql, db, why);
    if (!list)
        return -1;
    while ((got = stmt_step(list, why)) == 1) {
        read_item(list, db, words, &item);
        if (visit(ctx, &item, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(list);
    return got;
}
