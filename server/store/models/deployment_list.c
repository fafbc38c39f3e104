/* The read side of deployment.h. */
#include "store/models/deployment.h"

#include "base/fail.h"
#include "store/lineage.h"
#include "store/page.h"
#include "store/words.h"
#include "wire/db.h"

_Static_assert(LINEAGE_DEPLOYMENT == 5 && ROLLOUT_BY_PEOPLE == 1,
               "the queries below spell these numbers");

/* The newest entry at or before :at is how it stood then. */
static const char SELECT[] =
    "SELECT d.id, d.model_id, d.number, d.version, d.rev, m.account, m.region_id, m.path,"
    " m.namespace, m.name, d.source, d.environment, d.endpoint, d.config, d.variant, d.method,"
    " d.strategy, d.variables, d.rollback_of, d.description, d.tags, d.created_by, d.created_ms,"
    " d.changed_ms, r.state, r.share, r.at_ms"
    " FROM deployment d JOIN model m ON m.id = d.model_id"
    " LEFT JOIN rollout r ON r.id = (SELECT x.id FROM rollout x WHERE x.deployment_id = d.id"
    " AND x.at_ms <= :at ORDER BY x.at_ms DESC, x.id DESC LIMIT 1)"
    " WHERE d.id > 0";

static void read_row(struct stmt *at, struct db *db, struct words *words,
                     struct deployment_row *row)
{
    *row = (struct deployment_row){
        .id          = col_int(at, 0),
        .model_id    = col_int(at, 1),
        .number      = col_int(at, 2),
        .version     = col_int(at, 3),
        .rev         = col_int(at, 4),
        .account     = col_int(at, 5),
        .region      = words_text(words, db, col_int(at, 6)),
        .path        = col_text(at, 7),
        .namespace   = col_text(at, 8),
        .model_name  = col_text(at, 9),
        .source      = col_int(at, 10),
        .environment = col_text(at, 11),
        .endpoint    = col_text(at, 12),
        .config      = col_text(at, 13),
        .variant     = col_text(at, 14),
        .method      = col_int(at, 15),
        .strategy    = col_int(at, 16),
        .variables   = col_text(at, 17),
        .rollback_of = col_int(at, 18),
        .description = col_text(at, 19),
        .tags        = col_text(at, 20),
        .created_by  = col_text(at, 21),
        .created     = col_time(at, 22),
        .changed     = col_time(at, 23),
        .state       = col_int(at, 24),
        .share       = col_int(at, 25),
        .since       = col_time(at, 26),
    };
}

static int visit_all(struct stmt *stmt, struct db *db, struct words *words, deployment_visit *visit,
                     void *ctx, struct fail *why)
{
    struct deployment_row row;
    int                   got, seen = 0;

    while ((got = stmt_step(stmt, why)) == 1) {
        read_row(stmt, db, words, &row);
        seen = 1;
        if (visit(ctx, &row, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got < 0 ? -1 : seen;
}

static void add_number(struct sql *sql, const char *text, const char *name, int64_t value)
{
    if (value == 0)
        return;
    sql_add(sql, text);
    sql_int(sql, name, value);
}

static void add_text(struct sql *sql, const char *text, const char *name, struct str value)
{
    if (!value.data)
        return;
    sql_add(sql, text);
    sql_text(sql, name, value);
}

/* In lineage a deployment stands in the account of its endpoint. */
void deployment_scope(struct sql *sql, const struct scope *scope)
{
    sql_scope_models(sql, scope);
    if (!scope->is_all)
        sql_add(sql, " AND (d.source = 1 OR EXISTS (SELECT 1 FROM lineage_node n"
                     " WHERE n.key = 'deployment:' || d.id AND n.type = 5"
                     " AND replace(:scope, ',' || n.account || ',', '') <> :scope))");
}

static void add_conditions(struct sql *sql, const struct deployment_filter *filter)
{
    sql_int(sql, ":at", filter->at);
    add_number(sql, " AND d.model_id = :model", ":model", filter->model_id);
    add_number(sql, " AND d.number = :number", ":number", filter->number);
    add_number(sql, " AND d.version = :version", ":version", filter->version);
    add_text(sql, " AND d.environment = :environment", ":environment", filter->environment);
    add_text(sql, " AND (d.endpoint_key = :endpoint OR d.endpoint = :endpoint)", ":endpoint",
             filter->endpoint);
    sql_choice(sql, &filter->accounts, " AND m.account IN ", " AND m.account NOT IN ", "account");
    sql_choice(sql, &filter->regions, " AND m.region_id IN ", " AND m.region_id NOT IN ", "region");
    sql_choice(sql, &filter->states, " AND r.state IN ", " AND r.state NOT IN ", "state");
    sql_choice(sql, &filter->methods, " AND d.method IN ", " AND d.method NOT IN ", "method");
    sql_choice(sql, &filter->strategies, " AND d.strategy IN ", " AND d.strategy NOT IN ",
               "strategy");
    if (filter->below.data)
        sql_below(sql, filter->below);
    deployment_scope(sql, filter->scope);
}

int deployment_list(struct db *db, struct words *words, const struct deployment_filter *filter,
                    const struct page *page, deployment_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stmt;

    sql_add(&sql, SELECT);
    add_conditions(&sql, filter);
    if (page->goes_on) {
        sql_add(&sql, page->is_descending ? " AND d.id < :id" : " AND d.id > :id");
        sql_int(&sql, ":id", page->id);
    }
    sql_add(&sql, page->is_descending ? " ORDER BY d.id DESC LIMIT :limit"
                                      : " ORDER BY d.id LIMIT :limit");
    sql_int(&sql, ":limit", page->limit + 1);
    stmt = sql_prepare(&sql, db, why);
    return stmt && visit_all(stmt, db, words, visit, ctx, why) >= 0 ? 0 : -1;
}

int deployment_one(struct db *db, struct words *words, const struct deployment_filter *filter,
                   deployment_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stmt;

    sql_add(&sql, SELECT);
    add_conditions(&sql, filter);
    stmt = sql_prepare(&sql, db, why);
    return stmt ? visit_all(stmt, db, words, visit, ctx, why) : -1;
}
