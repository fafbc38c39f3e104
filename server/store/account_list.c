#include "store/account_list.h"

#include "base/fail.h"
#include "store/sql.h"
#include "store/words.h"
#include "wire/db.h"

static void read_item(struct stmt *at, struct db *db, struct words *words,
                      struct account_item *item)
{
    *item = (struct account_item){
        .account          = col_int(at, 0),
        .region           = words_text(words, db, col_int(at, 1)),
        .first_seen_at    = col_time(at, 2),
        .last_received_at = col_time(at, 3),
        .last_event_at    = col_time(at, 4),
        .lag_ms           = col_int(at, 5),
        .events           = col_int(at, 6),
        .duplicates       = col_int(at, 7),
        .repeats          = col_int(at, 8),
        .out_of_order     = col_int(at, 9),
        .conflicts        = col_int(at, 10),
        .unknown_types    = col_int(at, 11),
        .unknown_statuses = col_int(at, 12),
        .bad_times        = col_int(at, 13),
        .quarantined      = col_int(at, 14),
    };
    if (item->last_event_at == 0) /* nothing but quarantined posts came */
        item->last_event_at = WHEN_UNKNOWN;
}

int account_list(struct db *db, struct words *words, const struct scope *scope, int64_t after,
                 int most, account_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct account_item item;
    struct stmt        *stmt;
    int                 got;

    sql_add(&sql, "SELECT t.account, t.region_id, t.first_seen_ms, t.last_received_ms,"
                  " t.last_event_ms, t.lag_ms, t.events, t.duplicates, t.repeats, t.out_of_order,"
                  " t.conflicts, t.unknown_types, t.unknown_statuses, t.bad_times, t.quarantined"
                  " FROM account t WHERE t.account IN (SELECT DISTINCT f.account FROM account f"
                  " WHERE f.account > :after ORDER BY f.account LIMIT :most)");
    sql_scope(&sql, scope);
    sql_add(&sql, " ORDER BY t.account, t.region_id");
    sql_int(&sql, ":after", after);
    sql_int(&sql, ":most", most);
    stmt = sql_prepare(&sql, db, why);
    if (!stmt)
        return -1;
    while ((got = stmt_step(stmt, why)) == 1) {
        read_item(stmt, db, words, &item);
        if (visit(ctx, &item, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got;
}
