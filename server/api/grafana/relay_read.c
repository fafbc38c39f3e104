/* What a target says, held against what its metric knows. */
#include "api/grafana/relay.h"

#include "api/grafana/metric.h"
#include "base/fail.h"
#include "base/guess.h"
#include "wire/doc.h"

#include <stdarg.h>
#include <stdio.h>

enum { SHOWN = 60, MOST_ROWS = 1000 };

void relay_notice(struct grafana_question *question, const char *format, ...)
{
    va_list args;

    if (question->notice_count == RELAY_MOST_NOTICES)
        return;
    va_start(args, format);
    (void)vsnprintf(question->notices[question->notice_count++], RELAY_NOTICE, format,
                    args); /* a long sentence is cut */
    va_end(args);
}

static size_t index_of(const struct grafana_question *question, const struct grafana_key *key)
{
    return (size_t)(key - question->metric->keys);
}

/* --- the payload --- */

struct reading {
    struct grafana_request  *request;
    struct grafana_question *question;
    bool                     is_lax; /* members that are not known do not matter */
};

static int refuse_member(const struct grafana_metric *metric, const char *name, struct fail *why)
{
    struct guess guess = guess_of(str_of(name));
    const char  *best;

    for (const struct grafana_key *key = metric->keys; key->name; key++)
        guess_offer(&guess, key->name);
    best = guess_best(&guess);
    return fail_set(why, FAIL_INPUT, "'%.*s' is no member of the payload of '%s'%s%s%s",
                    STR_ARG(str_head(str_of(name), SHOWN)), metric->name,
                    best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
}

/* A switch written as true; values_add takes texts. */
static int add_member(struct reading *reading, const struct grafana_key *key,
                      const struct doc *payload, const struct doc *value, struct fail *why)
{
    struct grafana_values *values = &reading->question->values[index_of(reading->question, key)];
    struct fail            wrong  = FAIL_OK;
    bool                   is_set = false;

    if (payload && key->options && str_is_text(str_of(key->options), "true|false")
        && doc_bool_or(payload, key->name, false, &is_set, &wrong) == 0)
        return values_add_text(values, is_set ? STR("true") : STR("false"),
                               &reading->request->texts, why);
    return values_add(values, value, &reading->request->texts, why);
}

struct members {
    struct reading   *reading;
    const struct doc *payload;
};

static int read_member(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct members           *members = ctx;
    struct reading           *reading = members->reading;
    const struct grafana_key *key     = metric_key(reading->question->metric, str_of(name));

    if (!key)
        return reading->is_lax ? 0 : refuse_member(reading->question->metric, name, why);
    if (add_member(reading, key, members->payload, value, why))
        return fail_in(why, "payload member '%s'", key->name);
    return 0;
}

/* --- what must be said --- */

static bool is_satisfied(const struct grafana_question *question, const struct grafana_key **out)
{
    const struct grafana_key *any     = NULL;
    bool                      has_any = false;

    for (const struct grafana_key *key = question->metric->keys; key->name; key++) {
        const struct grafana_values *values  = &question->values[index_of(question, key)];
        bool                         is_said = values->is_said;

        *out = key;
        if (key->flags & KEY_NEEDED && !values_restrict(values))
            return false;
        if (key->flags & KEY_ANY) {
            any = any ? any : key;
            has_any |= is_said;
        }
    }
    *out = any;
    return !any || has_any;
}

/* The variables of a dashboard that are called as the metric's members: what a payload that fell
 * apart on its way may have meant. */
static int read_variables(struct reading *reading, struct fail *why)
{
    struct grafana_question *question = reading->question;

    for (const struct grafana_key *key = question->metric->keys; key->name; key++) {
        struct grafana_values *values = &question->values[index_of(question, key)];
        const struct doc      *value;

        if (values->is_said || !request_variable(reading->request, key->name, &value))
            continue;
        if (values_add(values, value, &reading->request->texts, why))
            return fail_in(why, "variable '%s'", key->name);
        if (values->is_said)
            relay_notice(question,
                         "the payload came empty: '%s' was taken from the variable of that name. "
                         "A variable stands in quotes when it has one value (\"$%s\"), and "
                         "without when it has several",
                         key->name, key->name);
    }
    return 0;
}

/* Members joined by commas, of those any of which will do. */
static void list_any(const struct grafana_metric *metric, char *out, size_t room)
{
    size_t size = 0;

    out[0] = '\0';
    for (const struct grafana_key *key = metric->keys; key->name; key++)
        if (key->flags & KEY_ANY && size < room) {
            int added = snprintf(out + size, room - size, "%s'%s'", size ? ", " : "", key->name);

            size += added > 0 ? (size_t)added : 0;
        }
}

static int refuse_missing(const struct grafana_question *question, const struct grafana_key *key,
                          bool came_empty, struct fail *why)
{
    char any[200];

    list_any(question->metric, any, sizeof any);
    return fail_set(why, FAIL_INPUT, "'%s' needs %s%s%s%s in its payload%s", question->metric->name,
                    key->flags & KEY_NEEDED ? "'" : "one of ",
                    key->flags & KEY_NEEDED ? key->name : any, key->flags & KEY_NEEDED ? "'" : "",
                    "",
                    came_empty ? ", which came empty. When a payload is not JSON after variables "
                                 "were put in, Grafana sends {} instead: write \"$var\" in quotes "
                                 "for a variable with one value, and without quotes for one with "
                                 "several; .* means all"
                    : key->flags & KEY_NEEDED ? "; all of them are too many"
                                              : "; .* means all");
}

static int is_empty(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    (void)ctx;
    (void)name;
    (void)value;
    (void)why;
    return 1; /* there is a member */
}

static int check_needs(struct reading *reading, const struct doc *payload, struct fail *why)
{
    struct fail               none       = FAIL_OK;
    bool                      came_empty = payload && !doc_each(payload, is_empty, NULL, &none);
    const struct grafana_key *key;

    if (is_satisfied(reading->question, &key))
        return 0;
    if (!payload && !(key->flags & KEY_NEEDED))
        return 0; /* a dialect without payloads cannot say it */
    if (came_empty && read_variables(reading, why))
        return -1;
    return is_satisfied(reading->question, &key)
               ? 0
               : refuse_missing(reading->question, key, came_empty, why);
}

/* --- ad hoc filters --- */

/* Whatever any metric can be filtered by; others of it are left aside, with a notice. */
static bool is_known_key(struct str name)
{
    const struct grafana_metric *metric;
    const struct grafana_key    *key;

    for (size_t i = 0; (metric = metric_at(i)); i++) {
        key = metric_key(metric, name);
        if (key && !(key->flags & (KEY_OPTION | KEY_OURS | KEY_PICK)))
            return true;
    }
    return false;
}

static int narrow_bounds(struct grafana_question *question, const struct grafana_key *key,
                         const struct grafana_filter *filter, struct fail *why)
{
    size_t  at = index_of(question, key);
    int64_t number;

    if (!(key->flags & KEY_BOUNDS))
        return fail_set(why, FAIL_INPUT, "'%s' of '%s' is not compared with < or >", key->name,
                        question->metric->name);
    if (filter->values.count != 1
        || str_to_i64(filter->values.items[0].text, 0, INT32_MAX, &number))
        return fail_set(why, FAIL_INPUT, "'%s' is compared with a whole number", key->name);
    if (filter->operator== GRAFANA_ABOVE && number> question->above[at])
        question->above[at] = number;
    if (filter->operator== GRAFANA_BELOW &&(question->below[at] < 0
                                            || number < question->below[at]))
        question->below[at] = number;
    return 0;
}

static int add_filter(struct grafana_question *question, const struct grafana_filter *filter,
                      struct fail *why)
{
    const struct grafana_key *key = metric_key(question->metric, filter->key);

    if (!is_known_key(filter->key))
        return fail_set(why, FAIL_INPUT,
                        "'%.*s' is not a key of ad hoc filters; POST /grafana/tag-keys lists them",
                        STR_ARG(str_head(filter->key, SHOWN)));
    if (!key || key->flags & (KEY_OPTION | KEY_OURS | KEY_PICK)) {
        relay_notice(question, "the ad hoc filter on '%.*s' does not apply to '%s'",
                     STR_ARG(str_head(filter->key, SHOWN)), question->metric->name);
        return 0;
    }
    if (filter->operator== GRAFANA_BELOW || filter->operator== GRAFANA_ABOVE)
        return narrow_bounds(question, key, filter, why);
    return values_narrow(&question->values[index_of(question, key)], &filter->values,
                         (key->flags & KEY_TREE) == KEY_TREE, why);
}

/* --- all of it --- */

static int read_number(const struct grafana_question *question, const char *name, int64_t most,
                       int64_t otherwise, int64_t *out, struct fail *why)
{
    const struct grafana_key *key = metric_key(question->metric, str_of(name));

    *out = otherwise;
    if (!key || !values_restrict(&question->values[index_of(question, key)]))
        return 0;
    if (str_to_i64(question->values[index_of(question, key)].items[0].text, 1, most, out))
        return fail_set(why, FAIL_INPUT, "payload member '%s' is a number from 1 to %lld", name,
                        (long long)most);
    return 0;
}

static int read_ours(struct grafana_question *question, struct fail *why)
{
    int64_t interval;

    if (read_number(question, "limit", MOST_ROWS, question->metric->limit, &question->limit, why)
        || read_number(question, "interval_ms", (int64_t)366 * MS_DAY, 0, &interval, why))
        return -1;
    if (interval > question->interval)
        question->interval = interval;
    return 0;
}

static void begin(const struct grafana_request *request, struct grafana_question *out)
{
    out->from        = request->from;
    out->to          = request->to;
    out->interval    = request->interval;
    out->most_points = request->most_points;
    for (size_t i = 0; i < RELAY_MOST_KEYS; i++)
        out->above[i] = out->below[i] = -1;
}

int relay_read(struct grafana_request *request, const struct grafana_target *target,
               struct grafana_question *out, struct fail *why)
{
    struct reading reading = {request, out, false};
    struct members members = {&reading, target->payload};

    begin(request, out);
    if (target->payload && doc_each(target->payload, read_member, &members, why))
        return -1;
    if (read_ours(out, why))
        return -1;
    for (size_t i = 0; i < request->filter_count; i++)
        if (add_filter(out, &request->filters[i], why))
            return -1;
    return check_needs(&reading, target->payload, why);
}

int relay_read_some(struct grafana_request *request, const struct doc *payload,
                    struct grafana_question *out, struct fail *why)
{
    struct reading reading = {request, out, true};
    struct members members = {&reading, payload};

    begin(request, out);
    if (payload && doc_each(payload, read_member, &members, why))
        return -1;
    return read_ours(out, why);
}
