#include "api/grafana/request.h"

#include "base/fail.h"
#include "wire/doc.h"

#include <math.h>

enum { MOST_POINTS = 11000, SHOWN = 60 };
static const double LONGEST_INTERVAL = 366.0 * MS_DAY;

void grafana_request_release(struct grafana_request *request)
{
    grafana_texts_release(&request->texts);
    doc_free(request->doc);
}

/* --- what every target shares --- */

/* An object that may be missing. */
static int read_object(const struct doc *object, const char *name, const struct doc **out,
                       struct fail *why)
{
    *out = doc_member(object, name);
    if (!*out || doc_is_object(*out))
        return 0;
    return fail_set(why, FAIL_INPUT, "%s is not an object", name);
}

static int read_end(const struct doc *range, const char *name, ms otherwise, ms *out,
                    struct fail *why)
{
    struct fail wrong = FAIL_OK;

    if (doc_time_or(range, name, otherwise, out, &wrong))
        return fail_set(why, FAIL_INPUT, "range.%s is not an RFC 3339 time", name);
    return 0;
}

static int read_range(struct grafana_request *request, ms now, struct fail *why)
{
    const struct doc *range;

    if (read_object(request->doc, "range", &range, why)
        || read_end(range, "from", WHEN_UNKNOWN, &request->from, why)
        || read_end(range, "to", now, &request->to, why))
        return -1;
    if (request->from == WHEN_UNKNOWN)
        request->from = request->to - MS_DAY;
    if (request->from >= request->to)
        return fail_set(why, FAIL_INPUT, "range.from is not before range.to");
    return 0;
}

/* Panels are as wide as they are, so a number of points may have a fraction. */
static int read_number(const struct doc *doc, const char *name, double most, double *out,
                       struct fail *why)
{
    if (doc_real_or(doc, name, 0, out, why))
        return -1;
    if (*out < 0)
        return fail_set(why, FAIL_INPUT, "%s is below 0", name);
    *out = floor(*out < most ? *out : most);
    return 0;
}

/* --- ad hoc filters --- */

static const struct {
    const char           *text;
    enum grafana_operator operator;
    bool                  is_not, is_pattern, is_many;
} operators[] = {
    {"=", GRAFANA_IS, false, false, false},     {"!=", GRAFANA_IS_NOT, true, false, false},
    {"<", GRAFANA_BELOW, false, false, false},  {">", GRAFANA_ABOVE, false, false, false},
    {"=~", GRAFANA_IS, false, true, false},     {"!~", GRAFANA_IS_NOT, true, true, false},
    {"=|", GRAFANA_IS, false, false, true},     {"!=|", GRAFANA_IS_NOT, true, false, true},
    {"one-of", GRAFANA_IS, false, false, true},
};

static int operator_of(struct str text, size_t *out, struct fail *why)
{
    for (*out = 0; *out < sizeof operators / sizeof operators[0]; ++*out)
        if (str_is_text(text, operators[*out].text))
            return 0;
    return fail_set(why, FAIL_INPUT,
                    "the operator '%.*s' of an ad hoc filter is none of = != < > =~ !~ =| !=|",
                    STR_ARG(str_head(text, SHOWN)));
}

static int read_values(struct grafana_request *request, const struct doc *filter, size_t which,
                       struct grafana_filter *out, struct fail *why)
{
    const struct doc *many = doc_member(filter, "values");
    struct str        value;

    out->operator= operators[which].operator;
    out->values.is_not = operators[which].is_not;
    if (operators[which].is_many && doc_is_array(many))
        return values_add(&out->values, many, &request->texts, why);
    if (operators[which].is_pattern)
        return doc_text(filter, "value", &value, why)
                       || values_add_pattern(&out->values, value, &request->texts, why)
                   ? -1
                   : 0;
    return values_add(&out->values, doc_member(filter, "value"), &request->texts, why);
}

static int read_filter(struct grafana_request *request, const struct doc *filter, struct fail *why)
{
    struct grafana_filter *out = &request->filters[request->filter_count];
    struct str             operator;
    size_t                 which;

    *out = (struct grafana_filter){.key = STR_NONE};
    if (!doc_is_object(filter))
        return fail_set(why, FAIL_INPUT, "an ad hoc filter is not an object");
    if (doc_text_or(filter, "key", STR(""), &out->key, why)
        || doc_text_or(filter, "operator", STR("="), &operator, why))
        return fail_in(why, "an ad hoc filter");
    if (!out->key.size) /* one that is being written */
        return 0;
    if (operator_of(operator, & which, why))
        return -1;
    if (read_values(request, filter, which, out, why))
        return fail_in(why, "ad hoc filter '%.*s'", STR_ARG(str_head(out->key, SHOWN)));
    request->filter_count++;
    return 0;
}

static int read_filters(struct grafana_request *request, const char *name, struct fail *why)
{
    const struct doc *filters = doc_member(request->doc, name);

    if (filters && !doc_is_array(filters))
        return fail_set(why, FAIL_INPUT, "%s is not an array", name);
    for (size_t i = 0; i < doc_count(filters); i++) {
        if (request->filter_count == REQUEST_MOST_FILTERS)
            return fail_set(why, FAIL_INPUT, "more than %d ad hoc filters", REQUEST_MOST_FILTERS);
        if (read_filter(request, doc_item(filters, i), why))
            return -1;
    }
    return 0;
}

int request_read(struct grafana_request *request, struct str body, ms now, struct fail *why)
{
    struct str text     = str_trim(body);
    double     interval = 0, points = 0;

    request->doc = doc_parse(text.size ? text : STR("{}"), why);
    if (!request->doc)
        return fail_in(why, "the body");
    if (!doc_is_object(request->doc))
        return fail_set(why, FAIL_INPUT, "the body is not a JSON object");
    if (read_range(request, now, why)
        || read_number(request->doc, "intervalMs", LONGEST_INTERVAL, &interval, why)
        || read_number(request->doc, "maxDataPoints", MOST_POINTS, &points, why)
        || read_object(request->doc, "scopedVars", &request->variables, why)
        || read_filters(request, "filters", why) || read_filters(request, "adhocFilters", why))
        return -1;
    request->interval    = (ms)interval;
    request->most_points = (int64_t)points;
    return 0;
}

/* --- targets --- */

/* `payload`, or what it was called before. */
static int read_payload(const struct doc *target, const struct doc **out, struct fail *why)
{
    struct str text;

    *out = doc_member(target, "payload");
    if (!*out)
        *out = doc_member(target, "data");
    if (!*out || doc_is_object(*out))
        return 0;
    if (doc_as_text(*out, &text) == 0 && !str_trim(text).size) { /* an editor left empty */
        *out = NULL;
        return 0;
    }
    return fail_set(why, FAIL_INPUT, "its payload is not an object");
}

static int read_target(struct grafana_request *request, const struct doc *target, struct fail *why)
{
    struct grafana_target *out       = &request->targets[request->target_count];
    bool                   is_hidden = false;
    struct str             type;

    *out = (struct grafana_target){.ref = STR_NONE};
    if (!doc_is_object(target))
        return fail_set(why, FAIL_INPUT, "one of targets is not an object");
    if (doc_text_or(target, "refId", STR_NONE, &out->ref, why)
        || doc_text_or(target, "target", STR_NONE, &out->name, why)
        || doc_text_or(target, "type", STR(""), &type, why)
        || doc_bool_or(target, "hide", false, &is_hidden, why)
        || doc_bool_or(target, "fromAnnotations", false, &out->is_annotation, why))
        return fail_in(why, "one of targets");
    out->name = str_trim(out->name);
    if (is_hidden || (!out->name.size && !out->is_annotation))
        return 0;
    out->is_table = str_is_text(type, "table");
    if (read_payload(target, &out->payload, why))
        return fail_in(why, "target %.*s", STR_ARG(str_head(out->ref, SHOWN)));
    request->target_count++;
    return 0;
}

int request_targets(struct grafana_request *request, struct fail *why)
{
    const struct doc *targets = doc_member(request->doc, "targets");

    if (!targets)
        return fail_set(why, FAIL_INPUT, "targets is missing");
    if (!doc_is_array(targets))
        return fail_set(why, FAIL_INPUT, "targets is not an array");
    if (doc_count(targets) > REQUEST_MOST_TARGETS)
        return fail_set(why, FAIL_INPUT, "more than %d targets", REQUEST_MOST_TARGETS);
    for (size_t i = 0; i < doc_count(targets); i++)
        if (read_target(request, doc_item(targets, i), why))
            return -1;
    return 0;
}

bool request_variable(const struct grafana_request *request, const char *name,
                      const struct doc **out)
{
    const struct doc *variable = doc_member(request->variables, name);

    *out = doc_is_object(variable) ? doc_member(variable, "value") : NULL;
    return *out != NULL;
}
