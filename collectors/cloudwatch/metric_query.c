#include "cloudwatch/metric_query.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "format/compose.h"

/* How long CloudWatch keeps points of each length. */
static const struct {
    ms      up_to;
    int64_t period_s;
} KEPT[] = {
    {(ms)15 * MS_DAY, 60},
    {(ms)63 * MS_DAY, 300},
    {(ms)455 * MS_DAY, 3600},
};

static const char LABEL_HOST[]    = "${PROP('Dim.Host')}";
static const char LABEL_VARIANT[] = "${PROP('Dim.EndpointName')}/${PROP('Dim.VariantName')}";

int64_t metric_period(ms start, ms now)
{
    for (size_t i = 0; i < sizeof KEPT / sizeof KEPT[0]; i++)
        if (now - start < KEPT[i].up_to)
            return KEPT[i].period_s;
    return 0;
}

static int fits(int wrote, size_t room, struct fail *why)
{
    return wrote > 0 && (size_t)wrote < room ? 0 : fail_set(why, FAIL_INPUT, "a name is too long");
}

int metric_query_host(struct metric_query *out, struct str job, struct str host, struct fail *why)
{
    struct metric_dimension *dimension = &out->dimensions[0];

    dimension->name      = "Host";
    out->dimension_count = 1;
    return fits(snprintf(dimension->value, sizeof dimension->value, "%.*s/%.*s", STR_ARG(job),
                         STR_ARG(host)),
                sizeof dimension->value, why);
}

int metric_query_variant(struct metric_query *out, struct str endpoint, struct str variant,
                         struct fail *why)
{
    out->namespace          = METRIC_ENDPOINTS;
    out->dimension_count    = 2;
    out->dimensions[0].name = "EndpointName";
    out->dimensions[1].name = "VariantName";
    if (str_to_c(endpoint, out->dimensions[0].value, sizeof out->dimensions[0].value)
        || str_to_c(variant, out->dimensions[1].value, sizeof out->dimensions[1].value))
        return fail_set(why, FAIL_INPUT, "a name is too long");
    return 0;
}

/* SageMaker names are letters, digits and hyphens; anything else could break out of the quotes. */
static bool is_plain_name(struct str name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || c == '-'))
            return false;
    }
    return name.size > 0;
}

static int check_name(struct str name, struct fail *why)
{
    return is_plain_name(name)
               ? 0
               : fail_set(why, FAIL_INPUT, "\"%.*s\" cannot be searched for", STR_ARG(name));
}

int metric_query_search(struct metric_query *out, const char *namespace, struct str job,
                        int64_t period_s, struct fail *why)
{
    if (check_name(job, why))
        return -1;
    out->label    = LABEL_HOST;
    out->period_s = period_s;
    return fits(snprintf(out->expression, sizeof out->expression,
                         "SEARCH('{%s,Host} MetricName=\"CPUUtilization\" %.*s', 'Maximum', %lld)",
                         namespace, STR_ARG(job), (long long)period_s),
                sizeof out->expression, why);
}

int metric_query_search_variants(struct metric_query *out, struct str endpoint, int64_t period_s,
                                 struct fail *why)
{
    if (check_name(endpoint, why))
        return -1;
    out->label    = LABEL_VARIANT;
    out->period_s = period_s;
    return fits(snprintf(out->expression, sizeof out->expression,
                         "SEARCH('{" METRIC_ENDPOINTS ",EndpointName,VariantName}"
                         " MetricName=\"CPUUtilization\" EndpointName=\"%.*s\"', 'Maximum', %lld)",
                         STR_ARG(endpoint), (long long)period_s),
                sizeof out->expression, why);
}

static void compose_dimensions(struct compose *out, const struct metric_query *query)
{
    compose_open(out, "Dimensions", '[');
    for (size_t i = 0; i < query->dimension_count; i++) {
        compose_open(out, NULL, '{');
        compose_text(out, "Name", str_of(query->dimensions[i].name));
        compose_text(out, "Value", str_of(query->dimensions[i].value));
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

static void compose_query(struct compose *out, const struct metric_query *query, struct str account)
{
    compose_open(out, NULL, '{');
    compose_text(out, "Id", str_of(query->id));
    if (query->expression[0]) {
        compose_text(out, "Expression", str_of(query->expression));
        compose_int(out, "Period", query->period_s);
    } else {
        compose_open(out, "MetricStat", '{');
        compose_open(out, "Metric", '{');
        compose_text(out, "Namespace", str_of(query->namespace));
        compose_text(out, "MetricName", str_of(query->metric));
        compose_dimensions(out, query);
        compose_close(out, '}');
        compose_int(out, "Period", query->period_s);
        compose_text(out, "Stat", str_of(query->stat));
        compose_close(out, '}');
    }
    if (query->label)
        compose_text(out, "Label", str_of(query->label));
    compose_bool(out, "ReturnData", true);
    if (account.size)
        compose_text(out, "AccountId", account);
    compose_close(out, '}');
}

void metric_request_json(const struct metric_request *request, struct buf *out)
{
    struct compose body = compose_into(out);

    compose_open(&body, NULL, '{');
    compose_open(&body, "MetricDataQueries", '[');
    for (size_t i = 0; i < request->query_count; i++)
        compose_query(&body, &request->queries[i], request->account);
    compose_close(&body, ']');
    compose_int(&body, "StartTime", request->start / MS_SECOND);
    compose_int(&body, "EndTime", request->end / MS_SECOND);
    compose_text(&body, "ScanBy", STR("TimestampAscending"));
    if (request->token.data)
        compose_text(&body, "NextToken", request->token);
    compose_close(&body, '}');
}

void metric_listing_json(const struct metric_listing *listing, struct buf *out)
{
    struct compose body = compose_into(out);

    compose_open(&body, NULL, '{');
    compose_text(&body, "Namespace", str_of(listing->namespace));
    compose_text(&body, "MetricName", str_of(listing->metric));
    compose_open(&body, "Dimensions", '[');
    for (size_t i = 0; listing->dimensions[i]; i++) {
        compose_open(&body, NULL, '{');
        compose_text(&body, "Name", str_of(listing->dimensions[i]));
        if (i == 0 && listing->value.data)
            compose_text(&body, "Value", listing->value);
        compose_close(&body, '}');
    }
    compose_close(&body, ']');
    if (listing->account.size) {
        compose_bool(&body, "IncludeLinkedAccounts", true);
        compose_text(&body, "OwningAccount", listing->account);
    }
    if (listing->token.data)
        compose_text(&body, "NextToken", listing->token);
    compose_close(&body, '}');
}

/* A form's value: all but the unreserved characters as %XX. */
static void form_value(struct buf *out, struct str value)
{
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || (c && strchr("-_.~", c)))
            buf_char(out, (char)c);
        else
            buf_format(out, "%%%02X", c);
    }
}

static void form_pair(struct buf *out, const char *start, const char *name, struct str value)
{
    buf_format(out, "&%s%s=", start, name);
    form_value(out, value);
}

static void form_int(struct buf *out, const char *start, const char *name, int64_t value)
{
    buf_format(out, "&%s%s=%lld", start, name, (long long)value);
}

static void form_time(struct buf *out, const char *name, ms when)
{
    char text[WHEN_ROOM];

    when_render(when, text);
    form_pair(out, "", name, str_of(text));
}

static void form_metric_stat(struct buf *out, const char *start, const struct metric_query *query)
{
    char name[64];

    form_pair(out, start, "MetricStat.Metric.Namespace", str_of(query->namespace));
    form_pair(out, start, "MetricStat.Metric.MetricName", str_of(query->metric));
    for (size_t i = 0; i < query->dimension_count; i++) {
        (void)snprintf(name, sizeof name, "MetricStat.Metric.Dimensions.member.%zu.Name", i + 1);
        form_pair(out, start, name, str_of(query->dimensions[i].name));
        (void)snprintf(name, sizeof name, "MetricStat.Metric.Dimensions.member.%zu.Value", i + 1);
        form_pair(out, start, name, str_of(query->dimensions[i].value));
    }
    form_int(out, start, "MetricStat.Period", query->period_s);
    form_pair(out, start, "MetricStat.Stat", str_of(query->stat));
}

static void form_query(struct buf *out, size_t at, const struct metric_query *query,
                       struct str account)
{
    char start[48];

    (void)snprintf(start, sizeof start, "MetricDataQueries.member.%zu.", at + 1);
    form_pair(out, start, "Id", str_of(query->id));
    if (query->expression[0]) {
        form_pair(out, start, "Expression", str_of(query->expression));
        form_int(out, start, "Period", query->period_s);
    } else {
        form_metric_stat(out, start, query);
    }
    if (query->label)
        form_pair(out, start, "Label", str_of(query->label));
    form_pair(out, start, "ReturnData", STR("true"));
    if (account.size)
        form_pair(out, start, "AccountId", account);
}

void metric_request_form(const struct metric_request *request, struct buf *out)
{
    buf_text(out, "Action=GetMetricData&Version=2010-08-01");
    for (size_t i = 0; i < request->query_count; i++)
        form_query(out, i, &request->queries[i], request->account);
    form_time(out, "StartTime", request->start);
    form_time(out, "EndTime", request->end);
    form_pair(out, "", "ScanBy", STR("TimestampAscending"));
    if (request->token.data)
        form_pair(out, "", "NextToken", request->token);
}

void metric_listing_form(const struct metric_listing *listing, struct buf *out)
{
    char name[32];

    buf_text(out, "Action=ListMetrics&Version=2010-08-01");
    form_pair(out, "", "Namespace", str_of(listing->namespace));
    form_pair(out, "", "MetricName", str_of(listing->metric));
    for (size_t i = 0; listing->dimensions[i]; i++) {
        (void)snprintf(name, sizeof name, "Dimensions.member.%zu.Name", i + 1);
        form_pair(out, "", name, str_of(listing->dimensions[i]));
        if (i == 0 && listing->value.data)
            form_pair(out, "", "Dimensions.member.1.Value", listing->value);
    }
    if (listing->account.size) {
        form_pair(out, "", "IncludeLinkedAccounts", STR("true"));
        form_pair(out, "", "OwningAccount", listing->account);
    }
    if (listing->token.data)
        form_pair(out, "", "NextToken", listing->token);
}
