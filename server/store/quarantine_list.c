#include "store/quarantine_list.h"

#include "base/fail.h"
#include "store/sql.h"
#include "wire/db.h"

#define COLUMNS                                                                                    \
    "t.id, t.account, t.source, t.reason, t.key_id, t.received_ms, t.replayed_ms, t.times,"        \
    " length(t.body)"

static int visit_all(struct stmt *stmt, bool has_body, quarantine_visit *visit, void *ctx,
                     struct fail *why)
{
    int got, seen = 0;

    while ((got = stmt_step(stmt, why)) == 1) {
        const struct quarantine_item item = {
            .id          = col_int(stmt, 0),
            .account     = col_int(stmt, 1),
            .source      = col_text(stmt, 2),
            .reason      = col_text(stmt, 3),
            .key_id      = col_text(stmt, 4),
            .received_at = col_time(stmt, 5),
            .replayed_at = col_time(stmt, 6),
            .times       = col_int(stmt, 7),
            .size_bytes  = col_int(stmt, 8),
            .body        = has_body ? col_blob(stmt, 9) : STR_NONE,
        };

        seen = 1;
        if (visit(ctx, &item, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got < 0 ? -1 : seen;
}

static void add_conditions(struct sql *sql, const struct quarantine_filter *filter)
{
    sql_add(sql, " WHERE t.id > 0");
    sql_scope(sql, &filter->scope);
    if (filter->account >= 0) {
        sql_add(sql, " AND t.account = :account");
        sql_int(sql, ":account", filter->account);
    }
    if (filter->only_waiting)
        sql_add(sql, " AND t.replayed_ms IS NULL");
    if (filter->only_replayed)
        sql_add(sql, " AND t.replayed_ms IS NOT NULL");
    sql_received(sql, filter->from, filter->to);
}

int quarantine_list(struct db *db, const struct quarantine_filter *filter, const struct page *page,
                    quarantine_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stmt;

    sql_add(&sql, "SELECT " COLUMNS " FROM quarantine t");
    add_conditions(&sql, filter);
    sql_page(&sql, "t.received_ms", page);
    stmt = sql_prepare(&sql, db, why);
    if (!stmt || visit_all(stmt, false, visit, ctx, why) < 0)
        return -1;
    return 0;
}

int quarantine_list_one(struct db *db, const struct scope *scope, int64_t id,
                        quarantine_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stmt;

    sql_add(&sql, "SELECT " COLUMNS ", t.body FROM quarantine t WHERE t.id = :id");
    sql_scope(&sql, scope);
    sql_int(&sql, ":id", id);
    stmt = sql_prepare(&sql, db, why);
    return stmt ? visit_all(stmt, true, visit, ctx, why) : -1;
}
