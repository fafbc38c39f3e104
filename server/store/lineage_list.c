#include "store/lineage_list.h"

#include "base/fail.h"
#include "base/mem.h"
#include "store/scope.h"
#include "store/sql.h"
#include "store/words.h"
#include "wire/db.h"

#include <string.h>

/* A step of the walk asks for the edges of up to SQL_LIST_MOST nodes at once, then for the nodes
 * these lead to that were not met before. Nodes of one key are one item, whichever account told of
 * them, so an item may have several rows. */

enum { MOST_ROWS = 2 * LINEAGE_MOST_NODES, TEXTS_ROOM = 16 * 1024 };

struct row {
    int64_t id;
    size_t  item;
};

struct raw { /* an edge as it is stored */
    int64_t           from, to;
    enum lineage_edge type;
    struct str        detail;
};

struct walker {
    struct db                 *db;
    struct words              *words;
    const struct lineage_walk *walk;
    struct lineage_graph       graph; /* as far as it was walked */
    struct row                *rows;  /* MOST_ROWS */
    size_t                     row_count;
    struct raw                *raws; /* LINEAGE_MOST_EDGES: of the nodes asked for last */
    size_t                     raw_count;
};

struct lineage_texts {
    struct lineage_texts *next;
    size_t                size;
    char                  bytes[TEXTS_ROOM];
};

void lineage_graph_release(struct lineage_graph *graph)
{
    while (graph->texts) {
        struct lineage_texts *texts = graph->texts;

        graph->texts = texts->next;
        mem_free(texts);
    }
    mem_free(graph->items);
    mem_free(graph->ties);
    *graph = LINEAGE_GRAPH_EMPTY;
}

static void walker_release(struct walker *walker)
{
    lineage_graph_release(&walker->graph);
    mem_free(walker->rows);
    mem_free(walker->raws);
}

/* Copies it to where the graph's texts are. An empty text is none. */
static int keep(struct walker *walker, struct str text, struct str *out, struct fail *why)
{
    struct lineage_texts *texts = walker->graph.texts;

    *out = STR_NONE;
    if (!text.size)
        return 0;
    if (!texts || text.size > TEXTS_ROOM - texts->size) {
        texts = text.size > TEXTS_ROOM ? NULL : mem_raw(sizeof *texts);
        if (!texts)
            return fail_set(why, FAIL_MEMORY, "no memory for a graph");
        texts->next         = walker->graph.texts;
        texts->size         = 0;
        walker->graph.texts = texts;
    }
    memcpy(texts->bytes + texts->size, text.data, text.size);
    *out = str_from(texts->bytes + texts->size, text.size);
    texts->size += text.size;
    return 0;
}

/* --- nodes --- */

static const char NODES[] =
    "SELECT n.id, n.account, n.type, n.key, n.name, r.id, r.kind, r.region_id, r.status_id,"
    " r.approval, n.model_id, m.path, m.account, m.region_id"
    " FROM lineage_node o JOIN lineage_node n ON n.key = o.key"
    " LEFT JOIN resource r ON r.account = n.account AND r.id = n.resource_id AND n.resource_id > 0"
    " LEFT JOIN model m ON m.id = n.model_id WHERE 1 = 1";

/* Versions and deployments are seen by who sees their model. */
static void add_scope(struct sql *sql, const struct scope *scope)
{
    if (!scope->is_all) {
        sql_add(sql, " AND replace(:scope, ',' || n.account || ',', '') <> :scope");
        sql_text(sql, ":scope", scope->text);
    }
    if (scope->is_all && str_is_text(scope->namespaces, "*"))
        return;
    sql_add(sql, " AND (n.type NOT IN (4, 5) OR (m.id > 0");
    sql_scope_models(sql, scope);
    sql_add(sql, "))");
}

static struct lineage_item *find_item(const struct lineage_graph *graph, struct str key)
{
    for (size_t i = 0; i < graph->count; i++)
        if (str_is(graph->items[i].key, key))
            return &graph->items[i];
    return NULL;
}

/* What stands behind the last slash says nothing of an S3 object: all are called model.tar.gz. */
static struct str name_of(enum lineage_type type, struct str key)
{
    const struct str scheme = STR("s3://");
    struct str       tail, rest = key;

    if (str_starts(key, scheme))
        return str_part(key, scheme.size, key.size);
    tail = str_after_last(key, type == LINEAGE_DEPLOYMENT ? ':' : '/');
    if (type == LINEAGE_PACKAGE && str_cut(&rest, '/', &tail))
        tail = rest; /* "group/4" */
    return tail.size ? tail : key;
}

static int64_t number_of(enum lineage_type type, struct str key)
{
    int64_t number = 0;

    if (type == LINEAGE_VERSION)
        (void)str_to_i64(str_after_last(key, '/'), 1, INT64_MAX, &number); /* 0: none */
    if (type == LINEAGE_DEPLOYMENT)
        (void)str_to_i64(str_after_last(key, ':'), 1, INT64_MAX, &number); /* 0: none */
    return number;
}

static int new_item(struct walker *walker, struct stmt *at, int steps, struct lineage_item **out,
                    struct fail *why)
{
    struct lineage_item *item = &walker->graph.items[walker->graph.count];

    *item = (struct lineage_item){.id      = col_int(at, 0),
                                  .account = col_int(at, 1),
                                  .type    = (enum lineage_type)col_int(at, 2),
                                  .steps   = steps};
    walker->graph.count++;
    *out         = item;
    item->number = number_of(item->type, col_text(at, 3));
    return keep(walker, col_text(at, 3), &item->key, why)
           || keep(walker, name_of(item->type, item->key), &item->name, why);
}

static int read_resource(struct walker *walker, struct stmt *at, struct lineage_item *item,
                         struct fail *why)
{
    item->account     = col_int(at, 1);
    item->resource_id = col_int(at, 5);
    item->kind        = col_int(at, 6);
    return keep(walker, words_text(walker->words, walker->db, col_int(at, 7)), &item->region, why)
           || keep(walker, words_text(walker->words, walker->db, col_int(at, 8)), &item->status,
                   why)
           || keep(walker, col_text(at, 9), &item->approval, why);
}

static int read_model(struct walker *walker, struct stmt *at, struct lineage_item *item,
                      struct fail *why)
{
    item->model_id      = col_int(at, 10);
    item->model_account = col_int(at, 12);
    return keep(walker, col_text(at, 11), &item->model_path, why)
           || keep(walker, words_text(walker->words, walker->db, col_int(at, 13)),
                   &item->model_region, why);
}

static const struct row *find_row(const struct walker *walker, int64_t id)
{
    for (size_t i = 0; i < walker->row_count; i++)
        if (walker->rows[i].id == id)
            return &walker->rows[i];
    return NULL;
}

/* One row into its item. An artifact that is also read as data is shown as an artifact. */
static int read_node(struct walker *walker, struct stmt *at, int steps, struct fail *why)
{
    struct lineage_graph *graph = &walker->graph;
    struct lineage_item  *item  = find_item(graph, col_text(at, 3));

    if (find_row(walker, col_int(at, 0))) /* each of the nodes asked for leads to all of its key */
        return 0;
    if (walker->row_count == MOST_ROWS || (!item && graph->count == walker->walk->most)) {
        graph->is_cut = true;
        return 0;
    }
    if (!item && new_item(walker, at, steps, &item, why))
        return -1;
    walker->rows[walker->row_count++] = (struct row){col_int(at, 0), (size_t)(item - graph->items)};
    if (col_int(at, 2) < (int64_t)item->type)
        item->type = (enum lineage_type)col_int(at, 2);
    if (col_text(at, 4).size && keep(walker, col_text(at, 4), &item->name, why))
        return -1;
    if (!col_is_null(at, 5) && !item->resource_id && read_resource(walker, at, item, why))
        return -1;
    return !col_is_null(at, 11) && !item->model_id ? read_model(walker, at, item, why) : 0;
}

/* Runs a query for nodes; the columns are copied, so that words may be looked up meanwhile. */
static int read_nodes(struct walker *walker, struct sql *sql, int steps, struct fail *why)
{
    struct stmt *nodes;
    int          got;

    sql_add(sql, " ORDER BY n.id");
    nodes = sql_prepare(sql, walker->db, why);
    if (!nodes)
        return -1;
    while ((got = stmt_step(nodes, why)) == 1)
        if (read_node(walker, nodes, steps, why)) {
            got = -1;
            break;
        }
    stmt_done(nodes);
    return got;
}

static int load(struct walker *walker, const int64_t *ids, size_t count, int steps,
                struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;

    if (!count)
        return 0;
    sql_add(&sql, NODES);
    sql_list(&sql, " AND o.id IN ", "node", ids, count);
    add_scope(&sql, walker->walk->scope);
    return read_nodes(walker, &sql, steps, why);
}

/* --- edges --- */

static const char EDGES[] = "SELECT e.from_id, e.to_id, e.type, e.detail FROM lineage_edge e"
                            " WHERE ";
/* Downwards, and upwards. */
static const char *const ENDS[] = {"e.from_id IN ", "e.to_id IN "};
/* Where there are too many, the newest are shown. */
static const char *const ORDERS[] = {
    " ORDER BY e.to_id DESC, e.from_id, e.type, e.detail LIMIT :most",
    " ORDER BY e.from_id DESC, e.to_id, e.type, e.detail LIMIT :most"};

static int read_edges(struct walker *walker, struct stmt *edges, struct fail *why)
{
    int got;

    while ((got = stmt_step(edges, why)) == 1) {
        struct raw *raw = &walker->raws[walker->raw_count];

        if (walker->raw_count == LINEAGE_MOST_EDGES) {
            walker->graph.is_cut = true;
            return 0;
        }
        *raw = (struct raw){col_int(edges, 0), col_int(edges, 1),
                            (enum lineage_edge)col_int(edges, 2), STR_NONE};
        if (keep(walker, col_text(edges, 3), &raw->detail, why))
            return -1;
        walker->raw_count++;
    }
    return got;
}

static int find_edges(struct walker *walker, bool is_up, const int64_t *ids, size_t count,
                      struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *edges;
    int          got;

    walker->raw_count = 0;
    sql_add(&sql, EDGES);
    sql_list(&sql, ENDS[is_up], "node", ids, count);
    sql_add(&sql, ORDERS[is_up]);
    sql_int(&sql, ":most", LINEAGE_MOST_EDGES + 1);
    edges = sql_prepare(&sql, walker->db, why);
    if (!edges)
        return -1;
    got = read_edges(walker, edges, why);
    stmt_done(edges);
    return got;
}

static bool has_tie(const struct lineage_graph *graph, const struct lineage_tie *tie)
{
    for (size_t i = 0; i < graph->tie_count; i++)
        if (graph->ties[i].from == tie->from && graph->ties[i].to == tie->to
            && graph->ties[i].type == tie->type && str_is(graph->ties[i].detail, tie->detail))
            return true;
    return false;
}

/* An edge whose other end is out of the scope, or beyond the bounds, is not shown. */
static void add_ties(struct walker *walker)
{
    struct lineage_graph *graph = &walker->graph;

    for (size_t i = 0; i < walker->raw_count; i++) {
        const struct raw  *raw  = &walker->raws[i];
        const struct row  *from = find_row(walker, raw->from), *to = find_row(walker, raw->to);
        struct lineage_tie tie;

        if (!from || !to)
            continue;
        tie = (struct lineage_tie){from->item, to->item, raw->type, raw->detail};
        if (has_tie(graph, &tie))
            continue;
        if (graph->tie_count == LINEAGE_MOST_EDGES) {
            graph->is_cut = true;
            return;
        }
        graph->ties[graph->tie_count++] = tie;
    }
}

static bool is_among(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* Meets the other ends of the edges in hand. */
static int meet(struct walker *walker, bool is_up, int steps, struct fail *why)
{
    int64_t ids[SQL_LIST_MOST];
    size_t  count = 0;

    for (size_t i = 0; i < walker->raw_count; i++) {
        int64_t id = is_up ? walker->raws[i].from : walker->raws[i].to;

        if (find_row(walker, id) || is_among(ids, count, id))
            continue;
        ids[count++] = id;
        if (count == SQL_LIST_MOST) {
            if (load(walker, ids, count, steps, why))
                return -1;
            count = 0;
        }
    }
    return load(walker, ids, count, steps, why);
}

static int expand(struct walker *walker, bool is_up, const int64_t *ids, size_t count, int steps,
                  struct fail *why)
{
    if (!count)
        return 0;
    if (find_edges(walker, is_up, ids, count, why) || meet(walker, is_up, steps, why))
        return -1;
    add_ties(walker);
    return 0;
}

/* From all items at `steps` to those one further; the rows found meanwhile are of the next step. */
static int step(struct walker *walker, bool is_up, int steps, struct fail *why)
{
    const int next = is_up ? steps - 1 : steps + 1;
    int64_t   ids[SQL_LIST_MOST];
    size_t    count = 0;

    for (size_t i = 0; i < walker->row_count; i++) {
        if (walker->graph.items[walker->rows[i].item].steps != steps)
            continue;
        ids[count++] = walker->rows[i].id;
        if (count == SQL_LIST_MOST) {
            if (expand(walker, is_up, ids, count, next, why))
                return -1;
            count = 0;
        }
    }
    return expand(walker, is_up, ids, count, next, why);
}

static int walk_on(struct walker *walker, struct fail *why)
{
    for (int i = 0; walker->walk->up && i < walker->walk->depth; i++)
        if (step(walker, true, -i, why))
            return -1;
    for (int i = 0; walker->walk->down && i < walker->walk->depth; i++)
        if (step(walker, false, i, why))
            return -1;
    return 0;
}

static int walk_from(struct walker *walker, struct sql *start, struct lineage_graph *out,
                     struct fail *why)
{
    struct lineage_graph *graph = &walker->graph;

    graph->items = mem_array(walker->walk->most, sizeof *graph->items);
    graph->ties  = mem_array(LINEAGE_MOST_EDGES, sizeof *graph->ties);
    walker->rows = mem_array(MOST_ROWS, sizeof *walker->rows);
    walker->raws = mem_array(LINEAGE_MOST_EDGES, sizeof *walker->raws);
    if (!graph->items || !graph->ties || !walker->rows || !walker->raws)
        return fail_set(why, FAIL_MEMORY, "no memory for a graph");
    add_scope(start, walker->walk->scope);
    if (read_nodes(walker, start, 0, why) || walk_on(walker, why))
        return -1;
    if (!graph->count)
        return 0;
    *out   = *graph;
    *graph = LINEAGE_GRAPH_EMPTY;
    return 1;
}

int lineage_list_key(struct db *db, struct words *words, struct str key,
                     const struct lineage_walk *walk, struct lineage_graph *out, struct fail *why)
{
    OWN(sql) start     = SQL_EMPTY;
    OWN(walker) walker = {.db = db, .words = words, .walk = walk};

    sql_add(&start, NODES);
    sql_add(&start, " AND o.key = :key AND o.id = n.id");
    sql_text(&start, ":key", key);
    return walk_from(&walker, &start, out, why);
}

int lineage_list_id(struct db *db, struct words *words, int64_t id, const struct lineage_walk *walk,
                    struct lineage_graph *out, struct fail *why)
{
    OWN(sql) start     = SQL_EMPTY;
    OWN(walker) walker = {.db = db, .words = words, .walk = walk};

    sql_add(&start, NODES);
    sql_add(&start, " AND o.id = :id");
    sql_int(&start, ":id", id);
    return walk_from(&walker, &start, out, why);
}
