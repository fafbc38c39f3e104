#include "store/arrivals.h"

#include "base/fail.h"
#include "store/event_list.h"
#include "store/state.h"
#include "store/words.h"
#include "wire/db.h"

static void add_columns(struct sql *sql, const struct arrivals_filter *filter)
{
    sql_add(sql, filter->by_account ? "SELECT t.account" : "SELECT 0");
    sql_add(sql, filter->by_region ? ", t.region_id" : ", 0");
    sql_add(sql, ", (t.received_ms - :from) / :step * :step + :from, COUNT(*),"
                 " CAST(SUM(CASE WHEN t.effect = :repeat THEN 1 ELSE 0 END) AS BIGINT),"
                 " CAST(SUM(t.received_ms - t.time_ms) AS BIGINT),"
                 " MAX(t.received_ms - t.time_ms) FROM event t WHERE t.id > 0");
    sql_int(sql, ":repeat", EFFECT_REPEAT);
    sql_int(sql, ":step", filter->step);
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

    add_columns(&sql, filter);
    sql_scope(&sql, &filter->scope);
    sql_choice(&sql, &filter->accounts, " AND +t.account IN ", " AND +t.account NOT IN ",
               "account");
    sql_choice(&sql, &filter->regions, " AND t.region_id IN ", " AND t.region_id NOT IN ",
               "region");
    if (event_list_narrow(&sql, db, filter->from, filter->to, why))
        return -1;
    sql_received(&sql, filter->from, filter->to);
    sql_add(&sql, " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
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
