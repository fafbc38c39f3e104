/* What the editors of panels, variables and ad hoc filters ask for.
 *
 * POST /grafana/metrics                 [{"value":"jobs","label":"Jobs","payloads":[..]},..]
 * POST /grafana/metric-payload-options  [{"label":"Failed","value":"Failed"},..]
 * POST /grafana/search                  ["jobs",..], or [{"text":..,"value":..},..] of a variable
 * POST /grafana/variable                [{"__text":"prod","__value":"prod"},..]
 * POST /grafana/tag-keys                [{"type":"string","text":"status"},..]
 * POST /grafana/tag-values              [{"text":"Failed"},..] */
#include "api/ask.h"
#include "api/grafana/choices.h"
#include "api/grafana/metric.h"
#include "api/grafana/request.h"
#include "api/handlers.h"
#include "base/fail.h"
#include "base/guess.h"
#include "wire/doc.h"

enum { SHOWN = 60, WIDE = 20 };

static int read_request(struct ask *ask, struct grafana_request *request, struct fail *why)
{
    static const char *const known[] = {NULL};

    if (params_check(&ask->params, known, why))
        return -1;
    if (request_read(request, web_body(ask->request), ask->asker.now, why) == 0)
        return 0;
    ask->problem = why->kind == FAIL_INPUT ? "bad-member" : NULL;
    return -1;
}

/* A member that may be missing; of another type it is refused. */
static int read_text(struct ask *ask, const struct doc *object, const char *name, struct str *out,
                     struct fail *why)
{
    if (doc_text_or(object, name, STR(""), out, why) == 0) {
        *out = str_trim(*out);
        return 0;
    }
    ask->problem = "bad-member";
    return -1;
}

/* --- health --- */

int grafana_health(struct ask *ask, struct fail *why)
{
    (void)why; /* whoever comes here has a key, and the store can be read */
    ask->reply.type = "text/plain; charset=utf-8";
    buf_text(&ask->body, "ok\n");
    return 0;
}

/* --- metrics and the members of their payloads --- */

static const char *key_type(const struct grafana_key *key)
{
    if (!key->options && !choices_of_key(str_of(key->name)))
        return "input";
    if (key->flags & KEY_OPTION && key->flags & KEY_ONE)
        return "select";
    return "multi-select";
}

static void write_options(struct compose *out, struct str list)
{
    struct str one;

    compose_open(out, "options", '[');
    while (str_cut(&list, '|', &one)) {
        compose_open(out, NULL, '{');
        compose_text(out, "label", one);
        compose_text(out, "value", one);
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

static void write_payload(struct compose *out, const struct grafana_key *key)
{
    bool must = key->flags & KEY_NEEDED;

    compose_open(out, NULL, '{');
    compose_text(out, "name", str_of(key->name));
    compose_text(out, "label", str_of(key->label));
    compose_text(out, "type", str_of(key_type(key)));
    compose_text(out, "placeholder",
                 must                   ? STR("needed")
                 : key->flags & KEY_ANY ? STR("one of these is needed; .* is all")
                                        : STR("any"));
    compose_int(out, "width", WIDE);
    if (key->options)
        write_options(out, str_of(key->options));
    compose_close(out, '}');
}

static void write_metric(struct compose *out, const struct grafana_metric *metric)
{
    compose_open(out, NULL, '{');
    compose_text(out, "value", str_of(metric->name));
    compose_text(out, "label", str_of(metric->label));
    compose_open(out, "payloads", '[');
    for (const struct grafana_key *key = metric->keys; key->name; key++)
        write_payload(out, key);
    compose_close(out, ']');
    compose_close(out, '}');
}

int grafana_metrics(struct ask *ask, struct fail *why)
{
    OWN(grafana_request) request = GRAFANA_REQUEST_EMPTY;
    const struct grafana_metric *metric;

    if (read_request(ask, &request, why))
        return -1;
    compose_open(&ask->json, NULL, '[');
    for (size_t i = 0; (metric = metric_at(i)); i++)
        if (!metric->is_hidden)
            write_metric(&ask->json, metric);
    compose_close(&ask->json, ']');
    return 0;
}

/* How a choice is shown: which members have its text. */
struct form {
    const char *text, *value; /* NULL: not shown */
};

static void write_choices(struct compose *out, const struct choices *choices,
                          const struct form *form)
{
    compose_open(out, NULL, '[');
    for (size_t i = 0; i < choices->count; i++) {
        compose_open(out, NULL, '{');
        compose_text(out, form->text, choices->items[i]);
        if (form->value)
            compose_text(out, form->value, choices->items[i]);
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

/* The values of a key; none where it is free text. */
static int list_key(struct ask *ask, struct grafana_request *request, struct str key,
                    const struct doc *payload, struct choices *out, struct fail *why)
{
    const char *name = choices_of_key(key);

    return name && choices_list(ask, request, str_of(name), payload, out, why) < 0 ? -1 : 0;
}

int grafana_payload_options(struct ask *ask, struct fail *why)
{
    static const struct form form = {"label", "value"};
    OWN(grafana_request) request  = GRAFANA_REQUEST_EMPTY;
    OWN(choices) choices          = CHOICES_EMPTY;
    const struct grafana_metric *metric;
    const struct grafana_key    *key;
    const struct doc            *payload;
    struct str                   name, member;

    if (read_request(ask, &request, why) || read_text(ask, request.doc, "metric", &name, why)
        || read_text(ask, request.doc, "name", &member, why))
        return -1;
    payload = doc_member(request.doc, "payload");
    metric  = metric_find(name);
    key     = metric ? metric_key(metric, member) : NULL;
    if (key && key->options) {
        if (choices_fixed(str_of(key->options), &choices, why))
            return -1;
    } else if (key
               && list_key(ask, &request, member, doc_is_object(payload) ? payload : NULL, &choices,
                           why)) {
        return -1;
    }
    write_choices(&ask->json, &choices, &form);
    return 0;
}

/* --- variables --- */

static int refuse_variable(struct ask *ask, struct str name, struct fail *why)
{
    struct guess guess = guess_of(name);
    OWN(buf) all       = BUF_UP_TO(1024);
    const char *one, *best;

    for (size_t i = 0; (one = choices_name(i)); i++) {
        guess_offer(&guess, one);
        buf_text(&all, i ? ", " : "");
        buf_text(&all, one);
    }
    best         = guess_best(&guess);
    ask->problem = "bad-member";
    return fail_set(why, FAIL_INPUT, "there are no values called '%.*s'%s%s%s; there are %s",
                    STR_ARG(str_head(name, SHOWN)), best ? "; did you mean '" : "",
                    best ? best : "", best ? "'?" : "", buf_c(&all));
}

/* A payload that narrows what a variable offers is checked by nobody else: what is said of other
 * keys does not matter to it. */
int grafana_variable(struct ask *ask, struct fail *why)
{
    static const struct form form = {"__text", "__value"};
    OWN(grafana_request) request  = GRAFANA_REQUEST_EMPTY;
    OWN(choices) choices          = CHOICES_EMPTY;
    const struct doc *payload;
    struct str        name;
    int               got;

    if (read_request(ask, &request, why))
        return -1;
    payload = doc_member(request.doc, "payload");
    payload = doc_is_object(payload) ? payload : NULL;
    if (read_text(ask, payload, "target", &name, why))
        return -1;
    got = choices_list(ask, &request, name, payload, &choices, why);
    if (got <= 0)
        return got < 0 ? -1 : refuse_variable(ask, name, why);
    write_choices(&ask->json, &choices, &form);
    return 0;
}

static void write_names(struct compose *out)
{
    const struct grafana_metric *metric;

    compose_open(out, NULL, '[');
    for (size_t i = 0; (metric = metric_at(i)); i++)
        if (!metric->is_hidden)
            compose_text(out, NULL, str_of(metric->name));
    compose_close(out, ']');
}

/* The editor of a query sends the type it is set to, and means metrics. Without a type it is a
 * variable, where the text is the name of one; whatever else it is gets the metrics. */
int grafana_search(struct ask *ask, struct fail *why)
{
    static const struct form form = {"text", "value"};
    OWN(grafana_request) request  = GRAFANA_REQUEST_EMPTY;
    OWN(choices) choices          = CHOICES_EMPTY;
    struct str target, type;
    int        got = 0;

    if (read_request(ask, &request, why) || read_text(ask, request.doc, "target", &target, why)
        || read_text(ask, request.doc, "type", &type, why))
        return -1;
    if (!type.size)
        got = choices_list(ask, &request, target, NULL, &choices, why);
    if (got < 0)
        return -1;
    if (got)
        write_choices(&ask->json, &choices, &form);
    else
        write_names(&ask->json);
    return 0;
}

/* --- ad hoc filters --- */

static const char *const tags[] = {"account",       "region",      "kind",     "status",
                                   "name",          "namespace",   "model",    "version",
                                   "deployment_id", "environment", "endpoint", "server"};

int grafana_tag_keys(struct ask *ask, struct fail *why)
{
    OWN(grafana_request) request = GRAFANA_REQUEST_EMPTY;

    if (read_request(ask, &request, why))
        return -1;
    compose_open(&ask->json, NULL, '[');
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        compose_open(&ask->json, NULL, '{');
        compose_text(&ask->json, "type", STR("string"));
        compose_text(&ask->json, "text", str_of(tags[i]));
        compose_close(&ask->json, '}');
    }
    compose_close(&ask->json, ']');
    return 0;
}

/* A key that is not known has no values; a filter with it is refused when it is used. */
int grafana_tag_values(struct ask *ask, struct fail *why)
{
    static const struct form form = {"text", NULL};
    OWN(grafana_request) request  = GRAFANA_REQUEST_EMPTY;
    OWN(choices) choices          = CHOICES_EMPTY;
    struct str key;

    if (read_request(ask, &request, why) || read_text(ask, request.doc, "key", &key, why)
        || list_key(ask, &request, key, NULL, &choices, why))
        return -1;
    write_choices(&ask->json, &choices, &form);
    return 0;
}
