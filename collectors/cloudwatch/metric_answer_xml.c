#include "cloudwatch/metric_answer.h"

#include "aws/xml.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"

static int wrong(struct fail *why, const char *what)
{
    return fail_set(why, FAIL_REMOTE, "answer of CloudWatch: %s", what);
}

/* The text of a child into a fixed array; "" when there is no such child. */
static int keep(struct str range, const char *path, char *out, size_t room, struct fail *why)
{
    OWN(buf) text = BUF_UP_TO(room - 1);

    if (xml_text(xml_at(range, path), &text, why) || buf_check(&text, why)
        || str_to_c(buf_view(&text), out, room))
        return wrong(why, "a text is too long or not one");
    return 0;
}

static int read_points(struct str member, struct metric_points *points, struct fail *why)
{
    struct str times  = xml_at(member, "Timestamps");
    struct str values = xml_at(member, "Values");
    struct str time, value;

    while (xml_next(&times, "member", &time)) {
        ms     at;
        double number;

        if (!xml_next(&values, "member", &value))
            return wrong(why, "fewer Values than Timestamps");
        if (when_parse(str_trim(time), &at) || str_to_double(str_trim(value), &number))
            return wrong(why, "a point is not a time and a number");
        if (metric_points_add(points, at, number, why))
            return -1;
    }
    return xml_next(&values, "member", &value) ? wrong(why, "more Values than Timestamps") : 0;
}

/* No reason to do without the points: one that cannot be read is none. */
static void read_message(struct str member, struct metric_series *fresh)
{
    OWN(buf) text      = BUF_UP_TO(METRIC_TOKEN_MOST);
    struct fail unread = FAIL_OK;

    if (xml_text(xml_at(member, "Messages/member/Value"), &text, &unread) == 0)
        metric_series_message(fresh, buf_view(&text));
}

static int read_member(struct str member, struct metric_series *fresh, struct fail *why)
{
    struct str status = str_trim(xml_at(member, "StatusCode"));

    if (keep(member, "Id", fresh->id, sizeof fresh->id, why)
        || keep(member, "Label", fresh->label, sizeof fresh->label, why)
        || metric_series_status(fresh, status.size ? status : STR("Complete"), why)
        || read_points(member, &fresh->points, why))
        return -1;
    if (!fresh->id[0])
        return wrong(why, "a result without Id");
    read_message(member, fresh);
    return 0;
}

static int read_token(struct str result, char **token, struct fail *why)
{
    OWN(buf) text = BUF_UP_TO(METRIC_TOKEN_MOST);

    if (xml_text(xml_at(result, "NextToken"), &text, why) || buf_check(&text, why))
        return wrong(why, "NextToken is too long or not a text");
    return metric_answer_token(token, str_trim(buf_view(&text)), why);
}

int metric_answer_xml(struct metric_answer *answer, struct str body, struct fail *why)
{
    struct str result  = xml_at(body, "GetMetricDataResponse/GetMetricDataResult");
    struct str members = xml_at(result, "MetricDataResults");
    struct str member;

    if (!result.data)
        return wrong(why, "it is cut short, or another document");
    while (xml_next(&members, "member", &member)) {
        OWN(metric_series) fresh = {.id = ""};

        if (read_member(member, &fresh, why) || metric_answer_put(answer, &fresh, why))
            return fail_in(why, "GetMetricData");
    }
    return read_token(result, &answer->token, why);
}

/* Appends the value of the dimension of this name: 1, 0 there is none, -1. */
static int add_value(struct str dimensions, const char *wanted, struct buf *values,
                     struct fail *why)
{
    struct str member;

    while (xml_next(&dimensions, "member", &member)) {
        if (!str_is_text(str_trim(xml_at(member, "Name")), wanted))
            continue;
        if (xml_text(xml_at(member, "Value"), values, why) || buf_check(values, why))
            return wrong(why, "a dimension's value is too long or not a text");
        return 1;
    }
    return 0;
}

/* The values of just these dimensions: 1, 0 it has others, -1. */
static int join_values(struct str metric, const char *const *wanted, struct buf *values,
                       struct fail *why)
{
    struct str dimensions = xml_at(metric, "Dimensions"), rest = dimensions, member;
    size_t     has = 0, wants = 0;
    int        got = 1;

    while (wanted[wants])
        wants++;
    while (xml_next(&rest, "member", &member))
        has++;
    if (has != wants)
        return 0;
    for (size_t i = 0; i < wants && got == 1; i++) {
        if (i)
            buf_char(values, '/');
        got = add_value(dimensions, wanted[i], values, why);
    }
    return got;
}

int metric_list_xml(struct str body, const char *const *dimensions, metric_visit *visit, void *ctx,
                    char **token, struct fail *why)
{
    struct str result  = xml_at(body, "ListMetricsResponse/ListMetricsResult");
    struct str metrics = xml_at(result, "Metrics");
    struct str metric;

    if (!result.data)
        return wrong(why, "it is cut short, or another document");
    while (xml_next(&metrics, "member", &metric)) {
        OWN(buf) values = BUF_UP_TO(METRIC_TOKEN_MOST);
        int got         = join_values(metric, dimensions, &values, why);

        if (got < 0 || (got && visit(ctx, buf_view(&values), why)))
            return -1;
    }
    return read_token(result, token, why);
}
