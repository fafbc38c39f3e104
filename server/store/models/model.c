#include "store/models/model.h"

#include "base/fail.h"
#include "format/namespace.h"
#include "store/batch.h"
#include "store/sql.h"
#include "wire/db.h"

static const char FIND[] =
    "SELECT m.id FROM model m"
    " WHERE m.path = :path AND m.account = :account AND m.region_id = :region";

int model_find(struct db *db, const struct model_key *key, int64_t *out_id, struct fail *why)
{
    struct stmt *find = db_prepare(db, FIND, why);

    if (!find)
        return -1;
    stmt_text(find, ":path", key->path);
    stmt_int(find, ":account", key->account);
    stmt_int(find, ":region", key->region_id);
    return stmt_number(find, out_id, why);
}

static const char MAKE[] =
    "INSERT INTO model (account, region_id, path, namespace, name, versions, deployments,"
    " created_ms, created_by, changed_ms, rev)"
    " VALUES (:account, :region, :path, :namespace, :name, 0, 0, :now, :by, :now, 1) $GIVING_ID";

int model_make(struct batch *batch, const struct model_key *key, struct str created_by,
               int64_t *out_id, struct fail *why)
{
    struct stmt *make;
    struct str   parent, name;
    int          got = model_find(batch->db, key, out_id, why);

    if (got)
        return got < 0 ? -1 : 0;
    if (namespace_cut(key->path, &parent, &name))
        return fail_set(why, FAIL_INPUT, "'%.*s' is a namespace, not a model within one",
                        STR_ARG(key->path));
    make = db_prepare(batch->db, MAKE, why);
    if (!make)
        return -1;
    stmt_int(make, ":account", key->account);
    stmt_int(make, ":region", key->region_id);
    stmt_text(make, ":path", key->path);
    stmt_text(make, ":namespace", parent);
    stmt_text(make, ":name", name);
    stmt_time(make, ":now", batch->now);
    stmt_text(make, ":by", created_by);
    return stmt_insert(make, out_id, why) == 1 ? 0 : -1;
}

int model_locate(struct db *db, const struct model_address *address, struct model_place *out,
                 struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *find;
    int          got, count = 0;

    sql_add(&sql, "SELECT m.id, m.account, m.region_id FROM model m WHERE m.name = :name");
    sql_text(&sql, ":name", address->name);
    if (address->namespace.data) {
        sql_add(&sql, " AND m.namespace = :namespace");
        sql_text(&sql, ":namespace", address->namespace);
    }
    if (address->account >= 0) {
        sql_add(&sql, " AND m.account = :account");
        sql_int(&sql, ":account", address->account);
    }
    if (address->region_id >= 0) {
        sql_add(&sql, " AND m.region_id = :region");
        sql_int(&sql, ":region", address->region_id);
    }
    sql_scope_models(&sql, address->scope);
    sql_add(&sql, " ORDER BY m.id LIMIT 2");
    find = sql_prepare(&sql, db, why);
    if (!find)
        return -1;
    while ((got = stmt_step(find, why)) == 1)
        if (count++ == 0)
            *out = (struct model_place){col_int(find, 0), col_int(find, 1), col_int(find, 2)};
    stmt_done(find);
    return got < 0 ? -1 : count;
}

static const char *const COUNT_UP[] = {
    [MODEL_VERSION]    = "UPDATE model SET versions = versions + 1 WHERE id = :id",
    [MODEL_DEPLOYMENT] = "UPDATE model SET deployments = deployments + 1 WHERE id = :id",
};
static const char *const COUNT[] = {
    [MODEL_VERSION]    = "SELECT versions FROM model WHERE id = :id",
    [MODEL_DEPLOYMENT] = "SELECT deployments FROM model WHERE id = :id",
};
static const char *const RAISE[] = {
    [MODEL_VERSION] = "UPDATE model SET versions = :number WHERE id = :id AND versions < :number",
    [MODEL_DEPLOYMENT] = "UPDATE model SET deployments = :number"
                         " WHERE id = :id AND deployments < :number",
};

int model_next(struct batch *batch, int64_t model_id, enum model_number which, int64_t *out,
               struct fail *why)
{
    struct stmt *stmt = db_prepare(batch->db, COUNT_UP[which], why);
    int          got;

    if (!stmt)
        return -1;
    stmt_int(stmt, ":id", model_id);
    if (stmt_run(stmt, why) || !(stmt = db_prepare(batch->db, COUNT[which], why)))
        return -1;
    stmt_int(stmt, ":id", model_id);
    got = stmt_number(stmt, out, why);
    if (got == 0)
        return fail_set(why, FAIL_BUG, "a model went while its number was given");
    return got < 0 ? -1 : 0;
}

int model_reserve(struct batch *batch, int64_t model_id, enum model_number which, int64_t number,
                  struct fail *why)
{
    struct stmt *raise = db_prepare(batch->db, RAISE[which], why);

    if (!raise)
        return -1;
    stmt_int(raise, ":id", model_id);
    stmt_int(raise, ":number", number);
    return stmt_run(raise, why);
}
