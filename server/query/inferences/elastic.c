#include "query/inferences/elastic.h"

#include "base/buf.h"
#include "base/own.h"
#include "format/compose.h"
#include "format/namespace.h"
#include "query/inferences/question.h"

enum { MOST_GROUPS = 1000 };

static void add_term(struct compose *out, const char *clause, const char *member, struct str value)
{
    compose_open(out, NULL, '{');
    compose_open(out, clause, '{');
    compose_text(out, member, value);
    compose_close(out, '}');
    compose_close(out, '}');
}

static void add_terms(struct compose *out, const char *member, const struct question_choice *choice)
{
    compose_open(out, NULL, '{');
    compose_open(out, "terms", '{');
    compose_open(out, member, '[');
    for (size_t i = 0; i < choice->count; i++)
        compose_text(out, NULL, choice->values[i]);
    compose_close(out, ']');
    compose_close(out, '}');
    compose_close(out, '}');
}

/* {"range":{"start_at":{"gte":..,"lt":..}}} */
static void add_times(struct compose *out, const struct question *question)
{
    if (question->from == WHEN_UNKNOWN && question->to == WHEN_UNKNOWN)
        return;
    compose_open(out, NULL, '{');
    compose_open(out, "range", '{');
    compose_open(out, "start_at", '{');
    if (question->from != WHEN_UNKNOWN)
        compose_time(out, "gte", question->from);
    if (question->to != WHEN_UNKNOWN)
        compose_time(out, "lt", question->to);
    compose_close(out, '}');
    compose_close(out, '}');
    compose_close(out, '}');
}

static void add_elapse(struct compose *out, const struct question *question)
{
    if (question->min_elapse_ms < 0 && question->max_elapse_ms < 0)
        return;
    compose_open(out, NULL, '{');
    compose_open(out, "range", '{');
    compose_open(out, "elapse", '{');
    if (question->min_elapse_ms >= 0)
        compose_int(out, "gte", question->min_elapse_ms);
    if (question->max_elapse_ms >= 0)
        compose_int(out, "lte", question->max_elapse_ms);
    compose_close(out, '}');
    compose_close(out, '}');
    compose_close(out, '}');
}

/* The node may be the model itself: then its parent and its name say so. */
static void add_node(struct compose *out, struct str path)
{
    struct str parent, name;

    if (namespace_cut(path, &parent, &name))
        return;
    compose_open(out, NULL, '{');
    compose_open(out, "bool", '{');
    compose_open(out, "filter", '[');
    add_term(out, "term", "namespace", parent);
    add_term(out, "term", "model_name", name);
    compose_close(out, ']');
    compose_close(out, '}');
    compose_close(out, '}');
}

/* The node itself, or what begins with it and a slash: never a neighbour whose name is longer. */
static void add_namespace(struct compose *out, struct str path, struct buf *room)
{
    if (!path.data)
        return;
    buf_str(room, path);
    buf_char(room, '/');
    compose_open(out, NULL, '{');
    compose_open(out, "bool", '{');
    compose_open(out, "should", '[');
    add_term(out, "term", "namespace", path);
    add_term(out, "prefix", "namespace", buf_view(room));
    add_node(out, path);
    compose_close(out, ']');
    compose_int(out, "minimum_should_match", 1);
    compose_close(out, '}');
    compose_close(out, '}');
}

static void add_choices(struct compose *out, const struct question *question, bool is_not)
{
    for (int field = 0; field < QUESTION_FIELDS; field++) {
        const struct question_choice *choice = &question->choices[field];

        if (choice->is_given && choice->is_not == is_not)
            add_terms(out, question_name((enum question_field)field)->member, choice);
    }
}

static void add_query(struct compose *out, const struct question *question)
{
    OWN(buf) room = BUF_UP_TO(NAMESPACE_MOST + 1);

    compose_open(out, "query", '{');
    compose_open(out, "bool", '{');
    compose_open(out, "filter", '[');
    add_term(out, "term", "type", STR("inference_transaction"));
    add_namespace(out, question->namespace, &room);
    add_choices(out, question, false);
    add_times(out, question);
    add_elapse(out, question);
    compose_close(out, ']');
    compose_open(out, "must_not", '[');
    add_choices(out, question, true);
    compose_close(out, ']');
    compose_close(out, '}');
    compose_close(out, '}');
}

/* --- lists --- */

static void add_order(struct compose *out, const char *member, bool is_descending)
{
    compose_open(out, NULL, '{');
    compose_open(out, member, '{');
    compose_text(out, "order", is_descending ? STR("desc") : STR("asc"));
    compose_close(out, '}');
    compose_close(out, '}');
}

static void render_list(struct compose *out, const struct question *question)
{
    compose_open(out, NULL, '{');
    compose_int(out, "size", question->limit);
    add_query(out, question);
    compose_open(out, "sort", '[');
    add_order(out, question->by_elapse ? "elapse" : "start_at", question->is_descending);
    compose_close(out, ']');
    compose_close(out, '}');
}

/* --- summaries --- */

static void add_metric(struct compose *out, const char *name, const char *how, const char *member)
{
    compose_open(out, name, '{');
    compose_open(out, how, '{');
    compose_text(out, "field", str_of(member));
    if (how[0] == 'p') { /* percentiles */
        compose_open(out, "percents", '[');
        compose_int(out, NULL, 50);
        compose_int(out, NULL, 90);
        compose_int(out, NULL, 95);
        compose_int(out, NULL, 99);
        compose_close(out, ']');
    }
    compose_close(out, '}');
    compose_close(out, '}');
}

static void add_metrics(struct compose *out)
{
    compose_open(out, "aggs", '{');
    add_metric(out, "count", "value_count", "start_at");
    add_metric(out, "elapse_ms", "percentiles", "elapse");
    add_metric(out, "max_elapse_ms", "max", "elapse");
    add_metric(out, "statuses", "terms", "status");
    add_metric(out, "request_bytes", "sum", "request_size");
    add_metric(out, "response_bytes", "sum", "response_size");
    compose_close(out, '}');
}

static void add_source(struct compose *out, const char *member)
{
    compose_open(out, NULL, '{');
    compose_open(out, member, '{');
    compose_open(out, "terms", '{');
    compose_text(out, "field", str_of(member));
    compose_bool(out, "missing_bucket", true);
    compose_close(out, '}');
    compose_close(out, '}');
    compose_close(out, '}');
}

/* Names of models repeat in other namespaces, numbers of versions and deployments in other models,
 * those of servers in other deployments. */
static void add_sources(struct compose *out, enum question_field field)
{
    bool is_of_model = field == QUESTION_MODEL || field == QUESTION_VERSION
                       || field == QUESTION_DEPLOYMENT || field == QUESTION_SERVER;

    if (is_of_model) {
        add_source(out, "namespace");
        add_source(out, "model_name");
    }
    if (field == QUESTION_SERVER)
        add_source(out, "deployment_id");
    if (field != QUESTION_MODEL)
        add_source(out, question_name(field)->member);
}

static void render_summary(struct compose *out, const struct question *question)
{
    enum question_field field = question_by_field(question->by);

    compose_open(out, NULL, '{');
    compose_int(out, "size", 0);
    compose_bool(out, "track_total_hits", true);
    add_query(out, question);
    if (field == QUESTION_FIELDS) {
        add_metrics(out);
        compose_close(out, '}');
        return;
    }
    compose_open(out, "aggs", '{');
    compose_open(out, "groups", '{');
    compose_open(out, "composite", '{');
    compose_int(out, "size", MOST_GROUPS);
    compose_open(out, "sources", '[');
    add_sources(out, field);
    compose_close(out, ']');
    compose_close(out, '}');
    add_metrics(out);
    compose_close(out, '}');
    compose_close(out, '}');
    compose_close(out, '}');
}

void elastic_render(const struct question *question, struct buf *out)
{
    struct compose json = compose_into(out);

    if (question->is_summary)
        render_summary(&json, question);
    else
        render_list(&json, question);
}
