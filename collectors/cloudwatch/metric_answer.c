#include "cloudwatch/metric_answer.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "wire/doc.h"

static const double LATEST_SECOND = 1e11;

void metric_series_release(struct metric_series *series)
{
    mem_free(series->points.times);
    mem_free(series->points.values);
    *series = (struct metric_series){.id = ""};
}

void metric_answer_release(struct metric_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++)
        metric_series_release(&answer->series[i]);
    mem_free(answer->series);
    mem_free(answer->token);
    *answer = METRIC_ANSWER;
}

const struct metric_series *metric_answer_find(const struct metric_answer *answer, const char *id)
{
    for (size_t i = 0; i < answer->count; i++)
        if (strcmp(answer->series[i].id, id) == 0)
            return &answer->series[i];
    return NULL;
}

int metric_series_status(struct metric_series *series, struct str code, struct fail *why)
{
    static const char *const codes[] = {
        [METRIC_COMPLETE]  = "Complete",
        [METRIC_PARTIAL]   = "PartialData",
        [METRIC_FORBIDDEN] = "Forbidden",
        [METRIC_INTERNAL]  = "InternalError",
    };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (str_is_text(code, codes[i])) {
            series->status = (enum metric_status)i;
            return 0;
        }
    return fail_set(why, FAIL_REMOTE, "StatusCode \"%.*s\" is not known", STR_ARG(code));
}

void metric_series_message(struct metric_series *series, struct str text)
{
    const char *nul = text.size ? memchr(text.data, '\0', text.size) : NULL;

    if (nul)
        text = str_head(text, (size_t)(nul - text.data));
    (void)str_to_c(str_head(text, sizeof series->message - 1), series->message,
                   sizeof series->message);
}

static int points_room(struct metric_points *points, struct fail *why)
{
    size_t  room = points->room ? 2 * points->room : 64;
    ms     *times;
    double *values;

    if (points->count < points->room)
        return 0;
    if (points->count >= METRIC_ANSWER_MOST_POINTS)
        return fail_set(why, FAIL_SIZE, "more points than %d", METRIC_ANSWER_MOST_POINTS);
    times = mem_grow(points->times, room, sizeof *times);
    if (times)
        points->times = times;
    values = times ? mem_grow(points->values, room, sizeof *values) : NULL;
    if (!values)
        return fail_set(why, FAIL_MEMORY, "no memory for %zu points", room);
    points->values = values;
    points->room   = room;
    return 0;
}

int metric_points_add(struct metric_points *points, ms time, double value, struct fail *why)
{
    if (points_room(points, why))
        return -1;
    points->times[points->count]    = time;
    points->values[points->count++] = value;
    return 0;
}

/* A page without labels is about those of the pages before: only searches need them. */
static struct metric_series *find_same(struct metric_answer       *answer,
                                       const struct metric_series *fresh)
{
    for (size_t i = 0; i < answer->count; i++)
        if (strcmp(answer->series[i].id, fresh->id) == 0
            && (!fresh->label[0] || strcmp(answer->series[i].label, fresh->label) == 0))
            return &answer->series[i];
    return NULL;
}

static int append(struct metric_series *to, const struct metric_series *fresh, struct fail *why)
{
    for (size_t i = 0; i < fresh->points.count; i++)
        if (metric_points_add(&to->points, fresh->points.times[i], fresh->points.values[i], why))
            return -1;
    to->status = fresh->status;
    if (fresh->message[0])
        memcpy(to->message, fresh->message, sizeof to->message);
    return 0;
}

static int add_series(struct metric_answer *answer, struct metric_series *fresh, struct fail *why)
{
    size_t                room = answer->room ? 2 * answer->room : 16;
    struct metric_series *grown;

    if (answer->count >= METRIC_ANSWER_MOST_SERIES)
        return fail_set(why, FAIL_SIZE, "more series than %d", METRIC_ANSWER_MOST_SERIES);
    if (answer->count == answer->room) {
        grown = mem_grow(answer->series, room, sizeof *grown);
        if (!grown)
            return fail_set(why, FAIL_MEMORY, "no memory for %zu series", room);
        answer->series = grown;
        answer->room   = room;
    }
    answer->series[answer->count++] = *fresh;
    *fresh                          = (struct metric_series){.id = ""};
    return 0;
}

int metric_answer_put(struct metric_answer *answer, struct metric_series *fresh, struct fail *why)
{
    struct metric_series *same = find_same(answer, fresh);
    int                   result;

    answer->points += fresh->points.count;
    if (answer->points > METRIC_ANSWER_MOST_POINTS)
        result = fail_set(why, FAIL_SIZE, "more points than %d", METRIC_ANSWER_MOST_POINTS);
    else
        result = same ? append(same, fresh, why) : add_series(answer, fresh, why);
    metric_series_release(fresh);
    return result;
}

int metric_answer_token(char **held, struct str token, struct fail *why)
{
    char *copy = NULL;

    if (token.size > METRIC_TOKEN_MOST)
        return fail_set(why, FAIL_SIZE, "NextToken is longer than %d", METRIC_TOKEN_MOST);
    if (token.size) {
        copy = mem_copy(token.data, token.size);
        if (!copy)
            return fail_set(why, FAIL_MEMORY, "no memory for NextToken");
    }
    mem_free(*held);
    *held = copy;
    return 0;
}

static int read_points(const struct doc *item, struct metric_points *points, struct fail *why)
{
    const struct doc *times  = doc_member(item, "Timestamps");
    const struct doc *values = doc_member(item, "Values");
    size_t            count  = doc_count(times);

    if (doc_count(values) != count)
        return fail_set(why, FAIL_REMOTE, "%zu Timestamps, %zu Values", count, doc_count(values));
    for (size_t i = 0; i < count; i++) {
        double at, value;

        if (doc_as_real(doc_item(times, i), &at) || doc_as_real(doc_item(values, i), &value)
            || !(at >= 0 && at < LATEST_SECOND) || !isfinite(value))
            return fail_set(why, FAIL_REMOTE, "point %zu is not a time and a number", i);
        if (metric_points_add(points, (ms)llround(at * MS_SECOND), value, why))
            return -1;
    }
    return 0;
}

/* No reason to do without the points: one that is no text is none. */
static void read_message(const struct doc *item, struct metric_series *fresh)
{
    const struct doc *first  = doc_item(doc_member(item, "Messages"), 0);
    struct fail       unread = FAIL_OK;
    struct str        text;

    if (doc_is_object(first) && doc_text_or(first, "Value", STR_NONE, &text, &unread) == 0)
        metric_series_message(fresh, text);
}

static int read_result(const struct doc *item, struct metric_series *fresh, struct fail *why)
{
    struct str id, label, status;

    if (doc_text(item, "Id", &id, why) || doc_text_or(item, "Label", STR_NONE, &label, why)
        || doc_text_or(item, "StatusCode", STR("Complete"), &status, why)
        || metric_series_status(fresh, status, why) || read_points(item, &fresh->points, why))
        return -1;
    read_message(item, fresh);
    if (str_to_c(id, fresh->id, sizeof fresh->id)
        || str_to_c(label, fresh->label, sizeof fresh->label))
        return fail_set(why, FAIL_REMOTE, "Id or Label is too long");
    return 0;
}

/* Whatever is wrong in their answer is their failure, not our caller's. */
static int theirs(struct fail *why, const char *action)
{
    if (why->kind == FAIL_INPUT)
        why->kind = FAIL_REMOTE;
    return fail_in(why, "answer of %s", action);
}

static int read_token(const struct doc *doc, char **token, struct fail *why)
{
    struct str text;

    if (doc_text_or(doc, "NextToken", STR_NONE, &text, why))
        return -1;
    return metric_answer_token(token, text, why);
}

int metric_answer_json(struct metric_answer *answer, struct str body, struct fail *why)
{
    OWN_PTR(doc) doc = doc_parse(body, why);
    const struct doc *results;
    size_t            count;

    if (!doc)
        return theirs(why, "GetMetricData");
    results = doc_member(doc, "MetricDataResults");
    count   = doc_count(results);
    if (!doc_is_object(doc) || (results && !doc_is_array(results)))
        return fail_set(why, FAIL_REMOTE, "answer of GetMetricData: no MetricDataResults");
    for (size_t i = 0; i < count; i++) {
        OWN(metric_series) fresh = {.id = ""};

        if (read_result(doc_item(results, i), &fresh, why)
            || metric_answer_put(answer, &fresh, why))
            return theirs(why, "GetMetricData");
    }
    return read_token(doc, &answer->token, why) ? theirs(why, "GetMetricData") : 0;
}

/* Appends the value of the dimension of this name: 1, 0 there is none, -1. */
static int add_value(const struct doc *dimensions, const char *wanted, struct buf *values,
                     struct fail *why)
{
    struct str name, value;

    for (size_t i = 0; i < doc_count(dimensions); i++) {
        if (doc_text(doc_item(dimensions, i), "Name", &name, why)
            || doc_text(doc_item(dimensions, i), "Value", &value, why))
            return -1;
        if (!str_is_text(name, wanted))
            continue;
        buf_str(values, value);
        return 1;
    }
    return 0;
}

/* The values of just these dimensions: 1, 0 it has others, -1. */
static int join_values(const struct doc *dimensions, const char *const *wanted, struct buf *values,
                       struct fail *why)
{
    size_t count = 0;
    int    got   = 1;

    while (wanted[count])
        count++;
    if (doc_count(dimensions) != count)
        return 0;
    for (size_t i = 0; i < count && got == 1; i++) {
        if (i)
            buf_char(values, '/');
        got = add_value(dimensions, wanted[i], values, why);
    }
    return got == 1 && buf_check(values, why) ? -1 : got;
}

int metric_list_json(struct str body, const char *const *dimensions, metric_visit *visit, void *ctx,
                     char **token, struct fail *why)
{
    OWN_PTR(doc) doc = doc_parse(body, why);
    const struct doc *metrics;

    if (!doc)
        return theirs(why, "ListMetrics");
    metrics = doc_member(doc, "Metrics");
    for (size_t i = 0; i < doc_count(metrics); i++) {
        OWN(buf) values = BUF_UP_TO(METRIC_TOKEN_MOST);
        int got =
            join_values(doc_member(doc_item(metrics, i), "Dimensions"), dimensions, &values, why);

        if (got < 0)
            return theirs(why, "ListMetrics");
        if (got && visit(ctx, buf_view(&values), why))
            return -1;
    }
    return read_token(doc, token, why) ? theirs(why, "ListMetrics") : 0;
}
