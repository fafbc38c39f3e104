#include "store/series.h"

#include "base/fail.h"
#include "store/words.h"
#include "wire/db.h"

/* Every query has the same columns: what is not kept apart reads as 0. */
static const struct {
    enum series_by by;
    const char    *column, *nothing;
} parts[] = {
    {SERIES_BY_ACCOUNT, "t.account", "0"},
    {SERIES_BY_KIND, ", t.kind", ", 0"},
    {SERIES_BY_STATUS, ", t.status_id", ", 0"},
    {SERIES_BY_REGION, ", t.region_id", ", 0"},
};

/* A sum of BIGINTs is NUMERIC on PostgreSQL. */
static const struct {
    enum series_sum sum;
    const char     *column, *name;
} sums[] = {
    {SERIES_CREATED, ", CAST(SUM(t.created) AS BIGINT)", " AS created"},
    {SERIES_ENDED, ", CAST(SUM(t.ended) AS BIGINT)", " AS ended"},
    {SERIES_UNSTARTED, ", CAST(SUM(t.unstarted) AS BIGINT)", " AS unstarted"},
    {SERIES_DURATION, ", CAST(SUM(t.duration_ms) AS BIGINT)", " AS duration_ms"},
    {SERIES_DURATION, ", CAST(SUM(t.timed) AS BIGINT)", " AS timed"},
};

static void add_sums(struct sql *sql, const struct series_filter *filter)
{
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        sql_add(sql, !filter->sums || filter->sums & sums[i].sum ? sums[i].column : ", 0");
        sql_add(sql, sums[i].name);
    }
}

static ms width_of(const struct series_filter *filter)
{
    return filter->grain == GRAIN_DAY ? MS_DAY : MS_HOUR;
}

/* A step of several buckets is summed up here, so that nobody has to look at each. */
static bool is_stepped(const struct series_filter *filter)
{
    return !filter->is_one_bucket && filter->step > width_of(filter);
}

static const char *bucket_of(const struct series_filter *filter)
{
    if (filter->is_one_bucket)
        return ", 0";
    return is_stepped(filter) ? ", (t.bucket_ms - :from) / :step * :step + :from" : ", t.bucket_ms";
}

static void add_columns(struct sql *sql, const struct series_filter *filter)
{
    sql_add(sql, "SELECT ");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        sql_add(sql, filter->by & parts[i].by ? parts[i].column : parts[i].nothing);
    sql_add(sql, bucket_of(filter));
    add_sums(sql, filter);
}

/* The key of rollups leads with the bucket, then the account. For a few accounts, or account 0,
 * which is the sum over all, each bucket is looked up by itself and all other accounts are stepped
 * over. */
static const char BUCKETS[] =
    "WITH RECURSIVE bucket (start_ms) AS (SELECT CAST(:from AS BIGINT) UNION ALL"
    " SELECT start_ms + :width FROM bucket WHERE start_ms + :width < :to) ";
static const char OF_BUCKETS[] =
    " FROM bucket CROSS JOIN rollup t WHERE t.grain = :grain AND t.bucket_ms = bucket.start_ms";
static const char OF_RANGE[] =
    " FROM rollup t WHERE t.grain = :grain AND t.bucket_ms >= :from AND t.bucket_ms < :to"
    " AND t.account > 0";

static bool is_fleet(const struct series_filter *filter)
{
    return filter->scope.is_all && !filter->accounts.is_given && !(filter->by & SERIES_BY_ACCOUNT);
}

static bool is_few(const struct series_filter *filter)
{
    return is_fleet(filter) || (filter->accounts.is_given && !filter->accounts.is_not);
}

/* Accounts at most are told apart, and nothing but them is chosen by. */
static bool is_of_totals(const struct series_filter *filter)
{
    return !is_fleet(filter) && !(filter->by & ~(unsigned)SERIES_BY_ACCOUNT)
           && !filter->kinds.is_given && !filter->regions.is_given && !filter->statuses.is_given;
}

/* The fleet by status at most. */
static bool is_of_statuses(const struct series_filter *filter)
{
    return is_fleet(filter) && !(filter->by & ~(unsigned)SERIES_BY_STATUS)
           && !filter->kinds.is_given && !filter->regions.is_given;
}

static enum grain grain_of(const struct series_filter *filter)
{
    if (is_of_statuses(filter))
        return filter->grain == GRAIN_DAY ? GRAIN_DAY_FLEET : GRAIN_HOUR_FLEET;
    if (!is_of_totals(filter))
        return filter->grain;
    return filter->grain == GRAIN_DAY ? GRAIN_DAY_TOTAL : GRAIN_HOUR_TOTAL;
}

static void add_source(struct sql *sql, const struct series_filter *filter)
{
    if (is_few(filter)) {
        sql_add(sql, OF_BUCKETS);
        sql_int(sql, ":width", width_of(filter));
    } else {
        sql_add(sql, OF_RANGE);
    }
    if (is_fleet(filter))
        sql_add(sql, " AND t.account = 0");
    sql_choice(sql, &filter->accounts, " AND t.account IN ", " AND t.account NOT IN ", "account");
    sql_scope(sql, &filter->scope);
    sql_choice(sql, &filter->kinds, " AND t.kind IN ", " AND t.kind NOT IN ", "kind");
    sql_choice(sql, &filter->regions, " AND t.region_id IN ", " AND t.region_id NOT IN ", "region");
    sql_choice(sql, &filter->statuses, " AND t.status_id IN ", " AND t.status_id NOT IN ",
               "status");
    sql_int(sql, ":grain", grain_of(filter));
    sql_int(sql, ":from", filter->from);
    sql_int(sql, ":to", filter->to);
}

/* Rows come in the order of the key. What is kept apart by account at most is summed up on the way,
 * bucket by bucket, so that only those sums have to be sorted. */
static bool sums_on_the_way(const struct series_filter *filter)
{
    return !is_few(filter) && !is_of_totals(filter) && !(filter->by & ~(unsigned)SERIES_BY_ACCOUNT);
}

static void add_group(struct sql *sql, const struct series_filter *filter, const char *before)
{
    bool is_first = true;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!(filter->by & parts[i].by))
            continue;
        sql_add(sql, is_first ? before : ", ");
        sql_add(sql, parts[i].column + (parts[i].column[0] == ',' ? 2 : 0));
        is_first = false;
    }
    if (!filter->is_one_bucket) {
        sql_add(sql, is_first ? before : ", ");
        sql_add(sql, bucket_of(filter) + 2);
    }
}

static void read_item(struct stmt *at, struct db *db, struct words *words,
                      const struct series_filter *filter, struct series_item *item)
{
    *item = (struct series_item){
        .account     = col_int(at, 0),
        .kind        = col_int(at, 1),
        .status      = words_text(words, db, col_int(at, 2)),
        .region      = words_text(words, db, col_int(at, 3)),
        .bucket      = filter->is_one_bucket ? filter->from : col_int(at, 4),
        .created     = col_int(at, 5),
        .ended       = col_int(at, 6),
        .unstarted   = col_int(at, 7),
        .duration_ms = col_int(at, 8),
        .timed       = col_int(at, 9),
    };
}

static struct stmt *prepare(struct sql *sql, struct db *db, const struct series_filter *filter,
                            struct fail *why)
{
    if (is_few(filter))
        sql_add(sql, BUCKETS);
    add_columns(sql, filter);
    if (sums_on_the_way(filter)) {
        sql_add(sql, " FROM (SELECT t.account AS account, t.bucket_ms AS bucket_ms");
        add_sums(sql, filter);
        add_source(sql, filter);
        sql_add(sql, " GROUP BY t.bucket_ms, t.account) AS t");
    } else {
        add_source(sql, filter);
    }
    if (is_stepped(filter))
        sql_int(sql, ":step", filter->step);
    add_group(sql, filter, " GROUP BY ");
    add_group(sql, filter, " ORDER BY ");
    return sql_prepare(sql, db, why);
}

int series_list(struct db *db, struct words *words, const struct series_filter *filter,
                series_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct series_item item;
    struct stmt       *stmt = prepare(&sql, db, filter, why);
    int                got;

    if (!stmt)
        return -1;
    while ((got = stmt_step(stmt, why)) == 1) {
        read_item(stmt, db, words, filter, &item);
        if (visit(ctx, &item, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got;
}
