#include "store/errand_list.h"

#include "base/fail.h"
#include "base/own.h"
#include "store/words.h"
#include "wire/db.h"

/* State and worker tell the three apart: only who holds a lease is named in a row that waits. */
#define COLUMNS                                                                                    \
    "t.id, t.account, t.deed, CASE WHEN t.state = 1 THEN 3"                                        \
    " WHEN t.worker IS NOT NULL AND t.due_ms > :now THEN 2 ELSE 1 END,"                            \
    " coalesce(r.kind, 0), t.resource_id, r.name, coalesce(r.region_id, 0), t.due_ms, t.born_ms,"  \
    " t.fence, t.attempts, t.worker, t.last_error"
#define TABLES                                                                                     \
    " FROM errand t LEFT JOIN resource r ON r.account = t.account AND r.id = t.resource_id"

_Static_assert(ERRAND_WAITING == 1 && ERRAND_LEASED == 2 && ERRAND_GIVEN_UP == 3,
               "the statements spell these numbers");

const char *errand_state_name(enum errand_state state)
{
    switch (state) {
    case ERRAND_ANY: break;
    case ERRAND_WAITING: return "waiting";
    case ERRAND_LEASED: return "leased";
    case ERRAND_GIVEN_UP: return "given_up";
    }
    return NULL;
}

static int visit_all(struct stmt *stmt, struct db *db, struct words *words, errand_visit *visit,
                     void *ctx, struct fail *why)
{
    int got, seen = 0;

    while ((got = stmt_step(stmt, why)) == 1) {
        const struct errand_item item = {
            .id          = col_int(stmt, 0),
            .account     = col_int(stmt, 1),
            .deed        = col_int(stmt, 2),
            .state       = (enum errand_state)col_int(stmt, 3),
            .kind        = col_int(stmt, 4),
            .resource_id = col_int(stmt, 5),
            .name        = col_text(stmt, 6),
            .region      = words_text(words, db, col_int(stmt, 7)),
            .due_at      = col_time(stmt, 8),
            .born_at     = col_time(stmt, 9),
            .leases      = col_int(stmt, 10),
            .reports     = col_int(stmt, 11),
            .worker      = col_text(stmt, 12),
            .last_error  = col_text(stmt, 13),
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

static const char *condition_of(enum errand_state state)
{
    switch (state) {
    case ERRAND_ANY: break;
    case ERRAND_WAITING: return " AND t.state = 0 AND (t.worker IS NULL OR t.due_ms <= :now)";
    case ERRAND_LEASED: return " AND t.state = 0 AND t.worker IS NOT NULL AND t.due_ms > :now";
    case ERRAND_GIVEN_UP: return " AND t.state = 1";
    }
    return "";
}

int errand_list(struct db *db, struct words *words, const struct errand_filter *filter, ms now,
                const struct page *page, errand_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stmt;

    sql_add(&sql, "SELECT " COLUMNS TABLES " WHERE t.id > 0");
    sql_int(&sql, ":now", now);
    sql_scope(&sql, &filter->scope);
    sql_choice(&sql, &filter->accounts, " AND t.account IN ", " AND t.account NOT IN ", "account");
    sql_add(&sql, condition_of(filter->state));
    if (filter->deed) {
        sql_add(&sql, " AND t.deed = :deed");
        sql_int(&sql, ":deed", filter->deed);
    }
    if (page->goes_on) {
        sql_add(&sql, page->is_descending ? " AND t.id < :id" : " AND t.id > :id");
        sql_int(&sql, ":id", page->id);
    }
    sql_add(&sql, page->is_descending ? " ORDER BY t.id DESC LIMIT :limit"
                                      : " ORDER BY t.id LIMIT :limit");
    sql_int(&sql, ":limit", page->limit + 1);
    stmt = sql_prepare(&sql, db, why);
    return !stmt || visit_all(stmt, db, words, visit, ctx, why) < 0 ? -1 : 0;
}

static const char ONE[] = "SELECT " COLUMNS TABLES " WHERE t.account = :account AND t.id = :id";

int errand_list_one(struct db *db, struct words *words, int64_t account, int64_t id, ms now,
                    errand_visit *visit, void *ctx, struct fail *why)
{
    struct stmt *one = db_prepare(db, ONE, why);

    if (!one)
        return -1;
    stmt_int(one, ":now", now);
    stmt_int(one, ":account", account);
    stmt_int(one, ":id", id);
    return visit_all(one, db, words, visit, ctx, why);
}
