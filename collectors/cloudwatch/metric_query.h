/* metric_query.h -- what to ask CloudWatch: requests of GetMetricData and ListMetrics. Pure.
 *
 * Two spellings of the same request. JSON 1.0 (times are epoch seconds):
 *     {"MetricDataQueries":[{"Id":"m0","MetricStat":{"Metric":{"Namespace":"..","MetricName":"..",
 *       "Dimensions":[{"Name":"Host","Value":"demo/algo-1"}]},"Period":60,"Stat":"Average"},
 *       "ReturnData":true,"AccountId":"111122223333"}],"StartTime":..,"EndTime":..,
 *      "ScanBy":"TimestampAscending"}
 * and Query, a form (times are ISO 8601):
 *     Action=GetMetricData&Version=2010-08-01&MetricDataQueries.member.1.Id=m0&... */
#ifndef SMON_CLOUDWATCH_METRIC_QUERY_H
#define SMON_CLOUDWATCH_METRIC_QUERY_H

#include "base/str.h"
#include "base/when.h"

#include <stddef.h>
#include <stdint.h>

struct buf;
struct fail;

enum {
    METRIC_QUERY_MOST      = 500, /* in one call */
    METRIC_QUERY_ID_ROOM   = 16,
    METRIC_MOST_DIMENSIONS = 2,
    METRIC_MOST_POINTS     = 100800 /* CloudWatch's page of data points */
};

struct metric_dimension {
    const char *name; /* "Host", "EndpointName", "VariantName" */
    char        value[256];
};

/* One series asked for: either a metric with a statistic, or (expression[0]) an expression. */
struct metric_query {
    char id[METRIC_QUERY_ID_ROOM]; /* [a-z][A-Za-z0-9_]*, unique in a request */
    const char *namespace;
    const char             *metric;
    const char             *stat; /* "Average", "Maximum", "p95" */
    struct metric_dimension dimensions[METRIC_MOST_DIMENSIONS];
    size_t                  dimension_count;
    char                    expression[512];
    const char             *label; /* NULL: CloudWatch's own */
    int64_t                 period_s;
};

struct metric_request {
    const struct metric_query *queries;
    size_t                     query_count; /* 1 to METRIC_QUERY_MOST */
    ms                         start, end;
    struct str                 account; /* of a linked account; no data: the asker's own */
    struct str                 token;   /* of the next page; no data: the first */
};

/* Which metrics exist: those with just these dimensions. */
struct metric_listing {
    const char *namespace;
    const char *metric;
    const char *dimensions[METRIC_MOST_DIMENSIONS + 1]; /* names; NULL behind the last */
    struct str  value;   /* of the first of them; no data: whatever it is */
    struct str  account; /* as above */
    struct str  token;
};

/* The period that CloudWatch still keeps for data that begin at `start`: 60, 300 (after 15 days) or
 * 3600 (after 63); 0: it keeps nothing that old (455 days). */
int64_t metric_period(ms start, ms now);

/* A metric with Host=`job`/`host`. FAIL_INPUT: too long. */
int metric_query_host(struct metric_query *out, struct str job, struct str host, struct fail *why);

/* Where the instance metrics of endpoints are, by EndpointName and VariantName. */
#define METRIC_ENDPOINTS "/aws/sagemaker/Endpoints"

/* Instance metrics of an endpoint's variant; sets the namespace, too. */
int metric_query_variant(struct metric_query *out, struct str endpoint, struct str variant,
                         struct fail *why);

/* Every Host whose name holds the words of `job` (others, too: demo-job also finds demo-job-2), its
 * label the Host itself. FAIL_INPUT: the name has characters that would end the search text. */
int metric_query_search(struct metric_query *out, const char *namespace, struct str job,
                        int64_t period_s, struct fail *why);
/* The same for the variants of an endpoint, its label `endpoint`/VARIANT. */
int metric_query_search_variants(struct metric_query *out, struct str endpoint, int64_t period_s,
                                 struct fail *why);

void metric_request_json(const struct metric_request *request, struct buf *out);
void metric_request_form(const struct metric_request *request, struct buf *out);
void metric_listing_json(const struct metric_listing *listing, struct buf *out);
void metric_listing_form(const struct metric_listing *listing, struct buf *out);

#endif
