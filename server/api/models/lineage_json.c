#include "api/models/lineage_json.h"

#include <stdio.h>

#include "api/ask.h"
#include "api/shape.h"
#include "base/fail.h"
#include "format/histogram.h"
#include "format/kind.h"
#include "format/namespace.h"
#include "query/inferences/served.h"
#include "store/lineage_list.h"
#include "store/models/rollout.h"
#include "store/scope.h"

enum { MOST_SERVED = 32, ROOM_CEILING = 8 * 1024, TEXTS_CEILING = 64 * 1024 };

static const char *type_name(enum lineage_type type)
{
    switch (type) {
    case LINEAGE_JOB: return "job";
    case LINEAGE_ARTIFACT: return "artifact";
    case LINEAGE_PACKAGE: return "package";
    case LINEAGE_VERSION: return "version";
    case LINEAGE_DEPLOYMENT: return "deployment";
    case LINEAGE_MODEL: return "model";
    case LINEAGE_ENDPOINT_CONFIG: return "endpoint_config";
    case LINEAGE_ENDPOINT: return "endpoint";
    case LINEAGE_DATA: return "data";
    case LINEAGE_IMAGE: return "image";
    }
    return NULL;
}

static const char *edge_name(enum lineage_edge edge)
{
    switch (edge) {
    case LINEAGE_PRODUCED: return "produced";
    case LINEAGE_PACKAGED: return "packaged";
    case LINEAGE_REGISTERED: return "registered";
    case LINEAGE_DEPLOYED: return "deployed";
    case LINEAGE_SERVES: return "serves";
    case LINEAGE_MODELLED: return "modelled";
    case LINEAGE_CONFIGURED: return "configured";
    case LINEAGE_SERVED_BY: return "served_by";
    case LINEAGE_READ: return "read";
    case LINEAGE_STARTED: return "started";
    case LINEAGE_RUNS: return "runs";
    }
    return NULL;
}

/* --- one node --- */

struct showing {
    struct ask                 *ask;
    const struct lineage_graph *graph;
    struct buf                  room, texts;         /* of one node */
    struct served               served[MOST_SERVED]; /* of the first deployments */
    size_t                      served_count;
};

static void showing_release(struct showing *showing)
{
    buf_release(&showing->room);
    buf_release(&showing->texts);
}

static void write_id(struct compose *out, const char *name, const struct lineage_graph *graph,
                     size_t at)
{
    char text[SHAPE_ID_ROOM];
    int  size = snprintf(text, sizeof text, "%lld", (long long)graph->items[at].id);

    compose_text(out, name, str_from(text, size > 0 ? (size_t)size : 0));
}

/* What has events of its own is a stub until one comes; data, artifacts and images have none. */
static bool is_stub(const struct lineage_item *item)
{
    switch (item->type) {
    case LINEAGE_JOB:
    case LINEAGE_PACKAGE:
    case LINEAGE_MODEL:
    case LINEAGE_ENDPOINT_CONFIG:
    case LINEAGE_ENDPOINT: return !item->resource_id;
    case LINEAGE_VERSION:
    case LINEAGE_DEPLOYMENT: return !item->model_id;
    case LINEAGE_ARTIFACT:
    case LINEAGE_DATA:
    case LINEAGE_IMAGE: return false;
    }
    return false;
}

static void write_account(struct compose *out, const char *name, int64_t account)
{
    char text[SHAPE_ID_ROOM];

    shape_account(account, text);
    compose_text(out, name, account ? str_of(text) : STR_NONE);
}

/* A stub's ARN says which account and region it is in: "arn:aws:sagemaker:region:account:..". */
static void write_place(struct compose *out, const struct lineage_item *item)
{
    struct str rest = item->key, pieces[5] = {STR_NONE};
    int64_t    account = item->account;
    bool       is_arn  = str_starts(item->key, STR("arn:"));

    for (size_t i = 0; is_arn && i < 5; i++)
        is_arn = str_cut(&rest, ':', &pieces[i]);
    if (is_arn && !item->resource_id)
        (void)scope_account(pieces[4], &account); /* else whose event told of it */
    write_account(out, "account", account);
    compose_text(out, "region",
                 item->region.size          ? item->region
                 : is_arn && pieces[3].size ? pieces[3]
                                            : STR_NONE);
}

static void add_parameter(struct buf *href, const char *name, struct str value, bool is_first)
{
    buf_char(href, is_first ? '?' : '&');
    buf_text(href, name);
    buf_char(href, '=');
    params_escape(href, value);
}

/* "/api/v1/models/doc/versions/4?namespace=%2Fabc&account=..&region=.." */
static void model_href(struct buf *href, const struct lineage_item *item, const char *part,
                       int64_t number)
{
    char       account[SHAPE_ID_ROOM];
    struct str parent, name;

    if (namespace_cut(item->model_path, &parent, &name))
        return;
    buf_text(href, "/api/v1/models/");
    params_escape(href, name);
    buf_text(href, part);
    buf_i64(href, number);
    add_parameter(href, "namespace", parent, true);
    if (item->model_account) {
        shape_account(item->model_account, account);
        add_parameter(href, "account", str_of(account), false);
    }
    if (item->model_region.size)
        add_parameter(href, "region", item->model_region, false);
}

/* The text made ready, and room for the next. */
static void write_text(struct showing *showing, const char *name)
{
    struct str text = buf_view(&showing->room);

    compose_text(&showing->ask->json, name, text.size && !showing->room.broken ? text : STR_NONE);
    buf_clear(&showing->room);
}

/* Jobs and other resources: their id, and where they are. */
static void write_resource(struct showing *showing, const struct lineage_item *item)
{
    struct compose *out = &showing->ask->json;
    char            id[SHAPE_ID_ROOM];
    bool            is_job = kind_is_job((enum kind)item->kind);

    if (!item->resource_id) {
        compose_null(out, "resource");
        return;
    }
    shape_id(item->account, item->resource_id, id);
    compose_open(out, "resource", '{');
    compose_text(out, "id", str_of(id));
    compose_text(out, "kind", str_of(kind_facts((enum kind)item->kind)->name));
    compose_text(out, "approval", item->approval);
    buf_text(&showing->room, is_job ? "/api/v1/jobs/" : "/api/v1/resources/");
    buf_text(&showing->room, id);
    write_text(showing, "href");
    compose_close(out, '}');
}

static void write_model(struct compose *out, const struct lineage_item *item)
{
    struct str parent = STR_NONE, name = STR_NONE;

    (void)namespace_cut(item->model_path, &parent, &name); /* both stay without data */
    write_account(out, "account", item->model_account);
    compose_text(out, "region", item->model_region);
    compose_text(out, "namespace", parent);
    compose_text(out, "model_name", name);
    compose_text(out, "log_group", item->model_path);
}

/* What the tables of versions and deployments say of an item; has neither for all others. */
struct told {
    bool                      has_version, has_deployment;
    struct lineage_version    version;
    struct lineage_deployment deployment;
};

static int read_told(struct showing *showing, const struct lineage_item *item, struct told *out,
                     struct fail *why)
{
    const struct asker *asker = &showing->ask->asker;
    int                 got   = 0;

    *out = (struct told){.has_version = false};
    buf_clear(&showing->texts);
    if (item->type == LINEAGE_VERSION)
        got = lineage_list_version(asker->db, item, &showing->texts, &out->version, why);
    if (item->type == LINEAGE_DEPLOYMENT)
        got = lineage_list_deployment(asker->db, item, asker->now, &showing->texts,
                                      &out->deployment, why);
    out->has_version    = got == 1 && item->type == LINEAGE_VERSION;
    out->has_deployment = got == 1 && item->type == LINEAGE_DEPLOYMENT;
    return got < 0 ? -1 : 0;
}

static void write_version(struct showing *showing, const struct lineage_item *item,
                          const struct told *told)
{
    struct compose *out = &showing->ask->json;

    if (!told->has_version) {
        compose_null(out, "version");
        return;
    }
    compose_open(out, "version", '{');
    write_model(out, item);
    compose_int(out, "model_version", item->number);
    compose_text(out, "approval", told->version.approval);
    compose_bool(out, "is_deleted", told->version.is_deleted);
    compose_time(out, "create_at", told->version.create_at);
    model_href(&showing->room, item, "/versions/", item->number);
    write_text(showing, "href");
    compose_close(out, '}');
}

static void write_figures(struct compose *out, const struct served *served)
{
    compose_open(out, "inferences", '{');
    compose_time(out, "from", served->from);
    compose_time(out, "to", served->to);
    compose_int(out, "count", served->count);
    compose_int(out, "failed", served->failed);
    compose_text(out, "method", served->is_exact ? STR("exact") : STR("histogram"));
    compose_real(out, "relative_error", served->is_exact ? 0 : HISTOGRAM_ERROR);
    if (served->count) {
        compose_real(out, "error_rate", (double)served->failed / (double)served->count);
        compose_open(out, "elapse", '{');
        compose_real(out, "p50", served->p50);
        compose_real(out, "p99", served->p99);
        compose_close(out, '}');
    } else {
        compose_null(out, "error_rate");
        compose_null(out, "elapse");
    }
    compose_close(out, '}');
}

/* How it has answered; null: it is not among the first, or too much is said of its model. */
static void write_served(struct showing *showing, int64_t model_id, int64_t deployment)
{
    struct compose *out = &showing->ask->json;
    size_t          at  = 0;

    while (at < showing->served_count
           && (showing->served[at].model_id != model_id
               || showing->served[at].deployment != deployment))
        at++;
    if (at == showing->served_count || !showing->served[at].is_known)
        compose_null(out, "inferences");
    else
        write_figures(out, &showing->served[at]);
}

static void write_deployment(struct showing *showing, const struct lineage_item *item,
                             const struct told *told)
{
    const struct lineage_deployment *at  = &told->deployment;
    struct compose                  *out = &showing->ask->json;

    if (!told->has_deployment) {
        compose_null(out, "deployment");
        return;
    }
    compose_open(out, "deployment", '{');
    write_model(out, item);
    compose_int(out, "model_version", at->version);
    compose_int(out, "deployment_id", at->number);
    compose_text(out, "environment", at->environment);
    compose_text(out, "endpoint", at->endpoint);
    compose_text(out, "variant", at->variant);
    compose_text(out, "state", str_of(rollout_state_name((enum rollout_state)at->state)));
    compose_real(out, "traffic_percent", (double)at->share / ROLLOUT_PERCENT);
    compose_time(out, "create_at", at->create_at);
    write_served(showing, item->model_id, at->number);
    model_href(&showing->room, item, "/deployments/", at->number);
    write_text(showing, "href");
    compose_close(out, '}');
}

/* Versions and deployments are called after their model: "doc_classification version 4". */
static void write_name(struct showing *showing, const struct lineage_item *item,
                       const struct told *told)
{
    struct str parent = STR_NONE, name = STR_NONE;

    if (!told->has_version && !told->has_deployment) {
        compose_text(&showing->ask->json, "name", item->name);
        return;
    }
    (void)namespace_cut(item->model_path, &parent, &name); /* both stay without data */
    buf_str(&showing->room, name);
    buf_text(&showing->room, told->has_version ? " version " : " deployment ");
    buf_i64(&showing->room, told->has_version ? item->number : told->deployment.number);
    write_text(showing, "name");
}

static int write_node(struct showing *showing, size_t at, struct fail *why)
{
    const struct lineage_item *item = &showing->graph->items[at];
    struct compose            *out  = &showing->ask->json;
    struct told                told;

    if (read_told(showing, item, &told, why))
        return -1;
    compose_open(out, NULL, '{');
    write_id(out, "id", showing->graph, at);
    compose_text(out, "type", str_of(type_name(item->type)));
    write_name(showing, item, &told);
    compose_text(out, "key", item->key);
    write_place(out, item);
    compose_int(out, "steps", item->steps);
    compose_bool(out, "is_stub", is_stub(item));
    compose_text(out, "status", item->status);
    write_resource(showing, item);
    write_version(showing, item, &told);
    write_deployment(showing, item, &told);
    compose_close(out, '}');
    return 0;
}

static void write_edges(struct compose *out, const struct lineage_graph *graph)
{
    compose_open(out, "edges", '[');
    for (size_t i = 0; i < graph->tie_count; i++) {
        const struct lineage_tie *tie = &graph->ties[i];

        compose_open(out, NULL, '{');
        write_id(out, "from", graph, tie->from);
        write_id(out, "to", graph, tie->to);
        compose_text(out, "type", str_of(edge_name(tie->type)));
        compose_text(out, "detail", tie->detail);
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

/* --- the graph --- */

/* Before the first node is written: one reading of sums does for all deployments of a model. */
static int read_served(struct showing *showing, struct fail *why)
{
    const struct lineage_graph *graph = showing->graph;
    struct told                 told;

    for (size_t i = 0; i < graph->count && showing->served_count < MOST_SERVED; i++) {
        if (graph->items[i].type != LINEAGE_DEPLOYMENT)
            continue;
        if (read_told(showing, &graph->items[i], &told, why))
            return -1;
        if (told.has_deployment)
            showing->served[showing->served_count++] = (struct served){
                .model_id = graph->items[i].model_id, .deployment = told.deployment.number};
    }
    return served_read(&showing->ask->asker, showing->served, showing->served_count, why);
}

int lineage_json(struct ask *ask, const struct lineage_walk *walk,
                 const struct lineage_graph *graph, struct fail *why)
{
    OWN(showing)
    showing             = {.ask   = ask,
                           .graph = graph,
                           .room  = BUF_UP_TO(ROOM_CEILING),
                           .texts = BUF_UP_TO(TEXTS_CEILING)};
    struct compose *out = &ask->json;

    if (read_served(&showing, why))
        return -1;
    compose_open(out, NULL, '{');
    if (graph->count)
        write_id(out, "root", graph, 0);
    else
        compose_null(out, "root");
    compose_int(out, "depth", walk->depth);
    compose_text(out, "direction", !walk->down ? STR("up") : !walk->up ? STR("down") : STR("both"));
    compose_bool(out, "is_cut", graph->is_cut);
    compose_open(out, "nodes", '[');
    for (size_t i = 0; i < graph->count; i++)
        if (write_node(&showing, i, why))
            return -1;
    compose_close(out, ']');
    write_edges(out, graph);
    compose_close(out, '}');
    return 0;
}
