#include "store/overview.h"

#include "base/fail.h"
#include "store/sql.h"
#include "store/words.h"
#include "wire/db.h"

int overview_tally(struct db *db, struct words *words, const struct scope *scope,
                   tally_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stmt;
    int          got;

    sql_add(&sql, "SELECT t.account, t.kind, t.status_id, CAST(SUM(t.count) AS BIGINT)"
                  " FROM tally t WHERE t.count <> 0");
    sql_scope(&sql, scope);
    sql_add(&sql, " GROUP BY t.account, t.kind, t.status_id"
                  " ORDER BY t.account, t.kind, t.status_id");
    stmt = sql_prepare(&sql, db, why);
    if (!stmt)
        return -1;
    while ((got = stmt_step(stmt, why)) == 1) {
        const struct tally_item item = {
            .account = col_int(stmt, 0),
            .kind    = col_int(stmt, 1),
            .status  = words_text(words, db, col_int(stmt, 2)),
            .count   = col_int(stmt, 3),
        };

        if (visit(ctx, &item, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got;
}

static const char ERRANDS[] =
    "SELECT deed, state, count(*), min(due_ms), '' FROM errand GROUP BY state, deed"
    " UNION ALL SELECT 0, 0, value, 0, name FROM counter WHERE name LIKE 'errands.%'";

int overview_errands(struct db *db, waiting_visit *visit, void *ctx, struct fail *why)
{
    struct stmt *stmt = db_prepare(db, ERRANDS, why);
    int          got;

    if (!stmt)
        return -1;
    while ((got = stmt_step(stmt, why)) == 1) {
        const struct waiting_item item = {
            .deed       = col_int(stmt, 0),
            .is_dead    = col_int(stmt, 1),
            .count      = col_int(stmt, 2),
            .oldest_due = col_time(stmt, 3),
            .sum        = col_text(stmt, 4),
        };

        if (visit(ctx, &item, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got;
}

int overview_quarantined(struct db *db, const struct scope *scope, int64_t *out, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;

    sql_add(&sql, "SELECT count(*) FROM quarantine t WHERE t.replayed_ms IS NULL");
    sql_scope(&sql, scope);
    return sql_number(&sql, db, out, why);
}
