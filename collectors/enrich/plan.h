/* plan.h -- what to ask CloudWatch about one finished job, or about the last hour of an endpoint.
 * Pure.
 *
 * An endpoint never ends: its span is the hour before the question, in whole minutes, and what
 * stands for hosts are its variants. */
#ifndef SMON_ENRICH_PLAN_H
#define SMON_ENRICH_PLAN_H

#include "base/when.h"
#include "cloudwatch/metric_query.h"
#include "format/errand.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;

/* Average, Maximum, p95: what is asked for each metric of each host, side by side. */
enum plan_stat { PLAN_AVERAGE, PLAN_MAXIMUM, PLAN_P95, PLAN_STATS };

struct plan {
    char reason[240]; /* not "": there is nothing to ask, and this is why */
    const char *namespace;
    ms      start, end;         /* of the question: whole periods around the job */
    ms      job_start, job_end; /* of an endpoint: the hour */
    int64_t period_s;           /* by age, never by the job's span */
    int64_t expected;           /* points of a metric of a host that ran all the time, at least 1 */
    size_t  host_count;         /* algo-1 to algo-N; 0: their names must be discovered */
    size_t  hosts_wanted;       /* how many the job had; 0: not known */
    bool    has_disk;           /* DiskUtilization exists for this kind */
    bool    is_endpoint;
};

/* `born_at` stands in for an end that is not known. */
void plan_make(const struct errand_job *job, ms born_at, ms now, struct plan *out);

/* True when the metric is worth asking for. */
bool plan_wants(const struct plan *plan, enum utilization_metric metric);

/* The query for one series; `id` is q0, q1, ... by `number`. FAIL_INPUT: a name is too long. */
int plan_query(const struct plan *plan, struct str job, const char *host,
               enum utilization_metric metric, enum plan_stat stat, size_t number,
               struct metric_query *out, struct fail *why);

/* How many (host, metric) pairs go into one call: three queries each, and about one page
 * of points. */
size_t plan_pairs_per_call(const struct plan *plan);

#endif
