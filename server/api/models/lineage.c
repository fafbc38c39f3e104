/* What came from what, around one thing (store/lineage_list.h). */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/models/address.h"
#include "api/models/deployments.h"
#include "api/models/lineage_json.h"
#include "base/fail.h"
#include "format/kind.h"
#include "store/job_list.h"
#include "store/lineage_list.h"

enum { DEPTH = 4, MOST_DEPTH = 10, TEXTS_CEILING = 64 * 1024 };

static int read_walk(struct ask *ask, struct lineage_walk *out, struct fail *why)
{
    struct str direction = STR("both");
    int64_t    depth;

    (void)params_find(&ask->params, "direction", &direction); /* else it is both */
    *out = (struct lineage_walk){.scope = ask->asker.scope,
                                 .up    = !str_is_text(direction, "down"),
                                 .down  = !str_is_text(direction, "up"),
                                 .most  = LINEAGE_MOST_NODES};
    if (out->up && out->down && !str_is_text(direction, "both"))
        return params_fault(&ask->params, PARAM_BAD, STR("direction"), why,
                            "'direction' is up, down or both");
    if (params_int(&ask->params, "depth", 0, MOST_DEPTH, DEPTH, &depth, why))
        return -1;
    out->depth = (int)depth;
    return 0;
}

/* The graph around a key. What is there but has no lineage yet answers with an empty one. */
static int show_key(struct ask *ask, struct str key, bool is_there, struct fail *why)
{
    OWN(lineage_graph) graph = LINEAGE_GRAPH_EMPTY;
    struct lineage_walk walk;
    int                 got;

    if (read_walk(ask, &walk, why))
        return -1;
    got = lineage_list_key(ask->asker.db, ask->asker.words, key, &walk, &graph, why);
    if (got < 0 || (got == 0 && !is_there))
        return got < 0 ? -1 : ask_absent(why);
    return lineage_json(ask, &walk, &graph, why);
}

static int show_node(struct ask *ask, struct str node, struct fail *why)
{
    OWN(lineage_graph) graph = LINEAGE_GRAPH_EMPTY;
    struct lineage_walk walk;
    int64_t             id;
    int                 got;

    if (str_to_i64(node, 1, INT64_MAX, &id))
        return params_fault(&ask->params, PARAM_BAD, STR("node"), why, "'node' is a node's id");
    if (read_walk(ask, &walk, why))
        return -1;
    got = lineage_list_id(ask->asker.db, ask->asker.words, id, &walk, &graph, why);
    return got == 1 ? lineage_json(ask, &walk, &graph, why) : got < 0 ? -1 : ask_absent(why);
}

static int lower_key(struct str text, struct buf *out, struct fail *why)
{
    for (size_t i = 0; i < text.size; i++)
        buf_char(out, text.data[i] >= 'A' && text.data[i] <= 'Z' ? (char)(text.data[i] - 'A' + 'a')
                                                                 : text.data[i]);
    return buf_check(out, why);
}

int lineage_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"arn",       "uri",         "node", "depth",
                                        "direction", "time_format", NULL};
    OWN(buf) key                     = BUF_UP_TO(PARAMS_MOST_BYTES);
    struct str arn, uri, node;
    bool       has_arn, has_uri, has_node;

    if (ask_check(ask, known, why))
        return -1;
    has_arn  = params_find(&ask->params, "arn", &arn);
    has_uri  = params_find(&ask->params, "uri", &uri);
    has_node = params_find(&ask->params, "node", &node);
    if (has_arn + has_uri + has_node != 1)
        return params_fault(&ask->params, PARAM_BAD, STR("arn"), why,
                            "one of 'arn', 'uri' and 'node' says where to begin");
    if (has_node)
        return show_node(ask, node, why);
    if (has_uri)
        return show_key(ask, uri, false, why);
    return lower_key(arn, &key, why) ? -1 : show_key(ask, buf_view(&key), false, why);
}

/* --- where it begins --- */

struct finding {
    bool       is_resource;
    struct buf key;
};

static void finding_release(struct finding *finding)
{
    buf_release(&finding->key);
}

static int take_arn(void *ctx, const struct job_row *row, struct fail *why)
{
    struct finding *finding = ctx;

    if (kind_is_job((enum kind)row->kind) == finding->is_resource)
        return ask_absent(why);
    return lower_key(row->arn, &finding->key, why);
}

static int show_resource(struct ask *ask, bool is_resource, struct fail *why)
{
    static const char *const known[] = {"depth", "direction", "time_format", NULL};
    OWN(finding) finding             = {is_resource, BUF_UP_TO(PARAMS_MOST_BYTES)};
    int64_t account, id;
    int     got;

    if (ask_check(ask, known, why) || ask_id(ask, &account, &id, why))
        return -1;
    got = job_list_one(ask->asker.db, ask->asker.words, account, id, take_arn, &finding, why);
    if (got != 1)
        return got < 0 ? -1 : ask_absent(why);
    return show_key(ask, buf_view(&finding.key), true, why);
}

int jobs_lineage(struct ask *ask, struct fail *why)
{
    return show_resource(ask, false, why);
}

int resources_lineage(struct ask *ask, struct fail *why)
{
    return show_resource(ask, true, why);
}

int versions_lineage(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "depth", "direction", "time_format", NULL};
    struct lineage_item      item    = {.type = LINEAGE_VERSION};
    struct lineage_version   version;
    OWN(buf) room = BUF_UP_TO(TEXTS_CEILING);
    struct model_place place;
    char               key[LINEAGE_KEY_ROOM];
    int                got;

    if (ask_check(ask, known, why) || address_model(ask, &place, why)
        || address_number(ask, &item.number, why))
        return -1;
    item.model_id = place.id;
    got           = lineage_list_version(ask->asker.db, &item, &room, &version, why);
    if (got != 1)
        return got < 0 ? -1 : ask_absent(why);
    return show_key(ask, lineage_key_version(place.id, item.number, key), true, why);
}

int deployments_lineage(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "depth", "direction", "time_format", NULL};
    struct deployments_place place;
    char                     key[LINEAGE_KEY_ROOM];

    if (ask_check(ask, known, why) || deployments_address(ask, &place, why))
        return -1;
    return show_key(ask, lineage_key_deployment(place.id, key), true, why);
}
