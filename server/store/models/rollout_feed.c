#include "store/models/rollout_feed.h"

#include "base/fail.h"
#include "store/models/deployment.h"
#include "store/page.h"
#include "store/words.h"
#include "wire/db.h"

static const char SELECT[] =
    "SELECT r.id, r.at_ms, r.what, r.share, r.state, r.who, r.why, r.source, d.number, d.version,"
    " d.environment, d.endpoint, d.method, d.strategy, d.rollback_of, m.account, m.region_id,"
    " m.path, m.namespace, m.name"
    " FROM rollout r JOIN deployment d ON d.id = r.deployment_id JOIN model m ON m.id = d.model_id"
    " WHERE r.id > 0";

static void read_row(struct stmt *at, struct db *db, struct words *words,
                     struct rollout_feed_row *row)
{
    *row = (struct rollout_feed_row){
        .id          = col_int(at, 0),
        .at          = col_time(at, 1),
        .what        = col_int(at, 2),
        .share       = col_int(at, 3),
        .state       = col_int(at, 4),
        .who         = col_text(at, 5),
        .why         = col_text(at, 6),
        .source      = col_int(at, 7),
        .number      = col_int(at, 8),
        .version     = col_int(at, 9),
        .environment = col_text(at, 10),
        .endpoint    = col_text(at, 11),
        .method      = col_int(at, 12),
        .strategy    = col_int(at, 13),
        .rollback_of = col_int(at, 14),
        .account     = col_int(at, 15),
        .region      = words_text(words, db, col_int(at, 16)),
        .path        = col_text(at, 17),
        .namespace   = col_text(at, 18),
        .model_name  = col_text(at, 19),
    };
}

static void add_text(struct sql *sql, const char *text, const char *name, struct str value)
{
    if (!value.data)
        return;
    sql_add(sql, text);
    sql_text(sql, name, value);
}

static void add_time(struct sql *sql, const char *text, const char *name, ms value)
{
    if (value == WHEN_UNKNOWN)
        return;
    sql_add(sql, text);
    sql_int(sql, name, value);
}

static void add_conditions(struct sql *sql, const struct rollout_feed_filter *filter)
{
    add_time(sql, " AND r.at_ms >= :from", ":from", filter->from);
    add_time(sql, " AND r.at_ms < :to", ":to", filter->to);
    add_text(sql, " AND m.name = :name", ":name", filter->model_name);
    add_text(sql, " AND d.environment = :environment", ":environment", filter->environment);
    sql_choice(sql, &filter->accounts, " AND m.account IN ", " AND m.account NOT IN ", "account");
    sql_choice(sql, &filter->regions, " AND m.region_id IN ", " AND m.region_id NOT IN ", "region");
    sql_choice(sql, &filter->whats, " AND r.what IN ", " AND r.what NOT IN ", "what");
    if (filter->below.data)
        sql_below(sql, filter->below);
    deployment_scope(sql, filter->scope);
}

static void add_page(struct sql *sql, const struct page *page)
{
    if (page->goes_on) {
        sql_add(sql, page->is_descending ? " AND (r.at_ms, r.id) < (:at, :id)"
                                         : " AND (r.at_ms, r.id) > (:at, :id)");
        sql_int(sql, ":at", page->at);
        sql_int(sql, ":id", page->id);
    }
    sql_add(sql, page->is_descending ? " ORDER BY r.at_ms DESC, r.id DESC LIMIT :limit"
                                     : " ORDER BY r.at_ms, r.id LIMIT :limit");
    sql_int(sql, ":limit", page->limit + 1);
}

int rollout_feed_list(struct db *db, struct words *words, const struct rollout_feed_filter *filter,
                      const struct page *page, rollout_feed_visit *visit, void *ctx,
                      struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct rollout_feed_row row;
    struct stmt            *list;
    int                     got;

    sql_add(&sql, SELECT);
    add_conditions(&sql, filter);
    add_page(&sql, page);
    list = sql_prepare(&sql, db, why);
    if (!list)
        return -1;
    while ((got = stmt_step(list, why)) == 1) {
        read_row(list, db, words, &row);
        if (visit(ctx, &row, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(list);
    return got;
}
