#include "store/lineage.h"

#include "base/fail.h"
#include "store/batch.h"
#include "wire/db.h"

#include <stdio.h>

/* What was given of a node is better than what is there. */
struct better {
    bool name, resource;
};

static struct str in_room(char room[LINEAGE_KEY_ROOM], int size)
{
    return str_from(room, size > 0 ? (size_t)size : 0);
}

struct str lineage_key_version(int64_t model_id, int64_t number, char room[LINEAGE_KEY_ROOM])
{
    return in_room(room, snprintf(room, LINEAGE_KEY_ROOM, "version:%lld/%lld", (long long)model_id,
                                  (long long)number));
}

struct str lineage_key_deployment(int64_t deployment_row, char room[LINEAGE_KEY_ROOM])
{
    return in_room(room,
                   snprintf(room, LINEAGE_KEY_ROOM, "deployment:%lld", (long long)deployment_row));
}

/* Of a version's key; 0: it is none. */
static int64_t model_of(const struct lineage_node *node)
{
    const struct str start = STR("version:");
    struct str       rest, id;
    int64_t          model_id;

    if (node->type != LINEAGE_VERSION || !str_starts(node->key, start))
        return 0;
    rest = str_part(node->key, start.size, node->key.size);
    return str_cut(&rest, '/', &id) && str_to_i64(id, 1, INT64_MAX, &model_id) == 0 ? model_id : 0;
}

static const char FIND[] = "SELECT id, model_id, name, resource_id FROM lineage_node"
                           " WHERE key = :key AND type = :type AND account = :account";

/* Of two names the lesser stays: names that kept their capitals sort before those in lower case,
 * and the choice does not depend on who came first. */
static int find(struct batch *batch, int64_t account, struct lineage_node *node, struct better *out,
                struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, FIND, why);
    struct str   name;
    int          got;

    if (!find)
        return -1;
    stmt_text(find, ":key", node->key);
    stmt_int(find, ":type", node->type);
    stmt_int(find, ":account", account);
    got = stmt_step(find, why);
    if (got == 1) {
        name           = col_text(find, 2);
        node->id       = col_int(find, 0);
        node->model_id = col_int(find, 1);
        out->name      = node->name.size && (!name.size || str_order(node->name, name) < 0);
        out->resource  = node->resource_id && node->resource_id != col_int(find, 3);
    }
    stmt_done(find);
    return got;
}

static const char MAKE[] = "INSERT INTO lineage_node (account, type, key, name, resource_id,"
                           " model_id)"
                           " VALUES (:account, :type, :key, :name, :resource, :model)"
                           " ON CONFLICT (key, type, account) DO NOTHING $GIVING_ID";

/* 1 made, 0 it is there, -1. */
static int make(struct batch *batch, int64_t account, struct lineage_node *node, struct fail *why)
{
    struct stmt *make = db_prepare(batch->db, MAKE, why);
    int          made;

    if (!make)
        return -1;
    stmt_int(make, ":account", account);
    stmt_int(make, ":type", node->type);
    stmt_text(make, ":key", node->key);
    stmt_text(make, ":name", node->name.size ? node->name : STR_NONE);
    stmt_int(make, ":resource", node->resource_id);
    stmt_int(make, ":model", model_of(node));
    made = stmt_insert(make, &node->id, why);
    if (made == 1)
        node->model_id = model_of(node);
    return made;
}

static const char NAME[] = "UPDATE lineage_node SET name = :name WHERE id = :id";

/* Endpoints are made anew under their old name: the row of the newest one stays. */
static const char RESOURCE[] =
    "UPDATE lineage_node SET resource_id = :resource WHERE id = :id AND"
    " coalesce((SELECT a.generation_ms FROM resource a WHERE a.account = :account"
    "  AND a.id = :resource), 0)"
    " >= coalesce((SELECT b.generation_ms FROM resource b WHERE b.account = :account"
    "  AND b.id = lineage_node.resource_id), 0)";

static int set_name(struct batch *batch, int64_t id, struct str name, struct fail *why)
{
    struct stmt *set = db_prepare(batch->db, NAME, why);

    if (!set)
        return -1;
    stmt_text(set, ":name", name);
    stmt_int(set, ":id", id);
    return stmt_run(set, why);
}

static int set_resource(struct batch *batch, int64_t account, int64_t id, int64_t resource_id,
                        struct fail *why)
{
    struct stmt *set = db_prepare(batch->db, RESOURCE, why);

    if (!set)
        return -1;
    stmt_int(set, ":account", account);
    stmt_int(set, ":resource", resource_id);
    stmt_int(set, ":id", id);
    return stmt_run(set, why);
}

/* The row of a node that is there already. 0: it is not. */
static int meet(struct batch *batch, int64_t account, struct lineage_node *node, struct fail *why)
{
    struct better better = {false, false};
    int           got    = find(batch, account, node, &better, why);

    if (got <= 0)
        return got;
    if ((better.name && set_name(batch, node->id, node->name, why))
        || (better.resource && set_resource(batch, account, node->id, node->resource_id, why)))
        return -1;
    return 1;
}

/* Who tells of itself is mostly new, and what others name is mostly there: the likelier is tried
 * first. */
static int know(struct batch *batch, int64_t account, struct lineage_node *node, struct fail *why)
{
    bool is_itself = node->resource_id != 0;
    int  got;

    if (node->id)
        return 0;
    if (!node->key.size || node->key.size > LINEAGE_KEY_MOST)
        return fail_set(why, FAIL_INPUT, "a lineage key has 1 to %d bytes", LINEAGE_KEY_MOST);
    node->name = str_head(node->name, LINEAGE_TEXT_MOST);
    got        = is_itself ? make(batch, account, node, why) : meet(batch, account, node, why);
    if (got == 0)
        got = is_itself ? meet(batch, account, node, why) : make(batch, account, node, why);
    if (got == 0)
        return fail_set(why, FAIL_BUSY, "a node vanished while it was looked for");
    return got < 0 ? -1 : 0;
}

int lineage_know(struct batch *batch, int64_t account, struct lineage_node *node, struct fail *why)
{
    return know(batch, account, node, why) ? fail_in(why, "a node of lineage") : 0;
}

static const char LINK[] = "INSERT INTO lineage_edge (from_id, type, to_id, detail)"
                           " VALUES (:from, :type, :to, :detail)"
                           " ON CONFLICT (from_id, type, to_id, detail) DO NOTHING";

/* Whose deployment it is stands only in the edge that leads to it. */
static const char OWNER[] = "UPDATE lineage_node SET model_id = :model WHERE id = :id";

static int set_owner(struct batch *batch, int64_t id, int64_t model_id, struct fail *why)
{
    struct stmt *set = db_prepare(batch->db, OWNER, why);

    if (!set)
        return -1;
    stmt_int(set, ":model", model_id);
    stmt_int(set, ":id", id);
    return stmt_run(set, why);
}

static int link_ends(struct batch *batch, int64_t from, enum lineage_edge edge, struct str detail,
                     int64_t to, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, LINK, why);

    if (!put)
        return -1;
    stmt_int(put, ":from", from);
    stmt_int(put, ":type", edge);
    stmt_int(put, ":to", to);
    stmt_text(put, ":detail", detail.size ? str_head(detail, LINEAGE_TEXT_MOST) : STR(""));
    return stmt_send(put, why);
}

int lineage_link(struct batch *batch, int64_t account, struct lineage_node *from,
                 enum lineage_edge edge, struct str detail, struct lineage_node *to,
                 struct fail *why)
{
    if (know(batch, account, from, why) || know(batch, account, to, why))
        return fail_in(why, "an edge of lineage");
    if (edge == LINEAGE_DEPLOYED && to->model_id != from->model_id) {
        if (set_owner(batch, to->id, from->model_id, why))
            return fail_in(why, "an edge of lineage");
        to->model_id = from->model_id;
    }
    return link_ends(batch, from->id, edge, detail, to->id, why)
               ? fail_in(why, "an edge of lineage")
               : 0;
}

static const char NAME_EDGE[] =
    "UPDATE lineage_edge SET detail = :detail WHERE type = :edge AND detail = '' AND from_id IN"
    " (SELECT n.id FROM lineage_node n WHERE n.key = :key AND n.type = :type"
    " AND n.account = :account)";

int lineage_name_edge(struct batch *batch, int64_t account, const struct lineage_node *from,
                      enum lineage_edge edge, struct str detail, struct fail *why)
{
    struct stmt *name = db_prepare(batch->db, NAME_EDGE, why);

    if (!name)
        return -1;
    stmt_text(name, ":detail", str_head(detail, LINEAGE_TEXT_MOST));
    stmt_int(name, ":edge", edge);
    stmt_text(name, ":key", from->key);
    stmt_int(name, ":type", from->type);
    stmt_int(name, ":account", account);
    return stmt_run(name, why);
}

/* --- retention --- */

_Static_assert(LINEAGE_ARTIFACT == 2 && LINEAGE_VERSION == 4 && LINEAGE_DEPLOYMENT == 5
                   && LINEAGE_DATA == 9 && LINEAGE_IMAGE == 10,
               "the statements below spell these numbers");

/* Its nodes; and whether anything came of it but things that nobody took up. */
static const char OF_RESOURCE[] =
    "SELECT n.id, CASE WHEN EXISTS (SELECT 1 FROM lineage_edge e"
    "  JOIN lineage_node t ON t.id = e.to_id WHERE e.from_id = n.id AND (t.type NOT IN (2, 9, 10)"
    "  OR EXISTS (SELECT 1 FROM lineage_edge o WHERE o.from_id = t.id)"
    "  OR EXISTS (SELECT 1 FROM lineage_edge o WHERE o.to_id = t.id AND o.from_id <> n.id)"
    "  OR EXISTS (SELECT 1 FROM lineage_node w WHERE w.key = t.key AND w.id <> t.id)))"
    " THEN 1 ELSE 0 END FROM lineage_node n"
    " WHERE n.resource_id = :resource AND n.resource_id > 0 AND n.account = :account LIMIT 1";
static const char STUB[]   = "UPDATE lineage_node SET resource_id = 0 WHERE id = :id";
static const char ANY[]    = "SELECT from_id, to_id FROM lineage_edge"
                             " WHERE from_id = :id OR to_id = :id LIMIT 1";
static const char UNLINK[] = "DELETE FROM lineage_edge WHERE from_id = :from AND to_id = :to";
static const char ORPHAN[] =
    "DELETE FROM lineage_node WHERE id = :id AND resource_id = 0 AND type NOT IN (4, 5)"
    " AND NOT EXISTS (SELECT 1 FROM lineage_edge e WHERE e.from_id = :id)"
    " AND NOT EXISTS (SELECT 1 FROM lineage_edge e WHERE e.to_id = :id)";

static int run_on(struct batch *batch, const char *sql, int64_t id, struct fail *why)
{
    struct stmt *stmt = db_prepare(batch->db, sql, why);

    if (!stmt)
        return -1;
    stmt_int(stmt, ":id", id);
    return stmt_run(stmt, why);
}

/* 1: *from and *to of one of its edges; 0: it has none; -1. */
static int find_edge(struct batch *batch, int64_t id, int64_t *from, int64_t *to, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, ANY, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":id", id);
    got = stmt_step(find, why);
    if (got == 1) {
        *from = col_int(find, 0);
        *to   = col_int(find, 1);
    }
    stmt_done(find);
    return got;
}

static int unlink_ends(struct batch *batch, int64_t from, int64_t to, struct fail *why)
{
    struct stmt *stmt = db_prepare(batch->db, UNLINK, why);

    if (!stmt)
        return -1;
    stmt_int(stmt, ":from", from);
    stmt_int(stmt, ":to", to);
    return stmt_run(stmt, why);
}

/* The node goes, with its edges and with what only these held. */
static int remove_node(struct batch *batch, int64_t id, struct fail *why)
{
    int64_t from, to;
    int     got;

    while ((got = find_edge(batch, id, &from, &to, why)) == 1)
        if (unlink_ends(batch, from, to, why) || run_on(batch, ORPHAN, from == id ? to : from, why))
            return -1;
    return got < 0 ? -1 : run_on(batch, ORPHAN, id, why);
}

int lineage_forget(struct batch *batch, int64_t account, int64_t resource_id, struct fail *why)
{
    struct stmt *find     = db_prepare(batch->db, OF_RESOURCE, why);
    int64_t      id       = 0;
    bool         leads_on = false;
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":resource", resource_id);
    stmt_int(find, ":account", account);
    got = stmt_step(find, why);
    if (got == 1) {
        id       = col_int(find, 0);
        leads_on = col_int(find, 1) != 0;
    }
    stmt_done(find);
    if (got <= 0)
        return got;
    return run_on(batch, STUB, id, why) || (!leads_on && remove_node(batch, id, why)) ? -1 : 0;
}
