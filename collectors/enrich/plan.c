#include "enrich/plan.h"

#include <stdio.h>

#include "base/fail.h"
#include "format/kind.h"

static void nothing(struct plan *plan, const char *reason)
{
    (void)snprintf(plan->reason, sizeof plan->reason, "%s", reason);
}

static bool is_set(ms when)
{
    return when != WHEN_UNKNOWN;
}

/* The minute that has begun is not whole yet. */
static void set_last_hour(struct plan *plan, ms now)
{
    plan->namespace = METRIC_ENDPOINTS;
    plan->period_s  = metric_period(now - MS_HOUR, now);
    plan->end       = now - now % (plan->period_s * MS_SECOND);
    plan->start     = plan->end - MS_HOUR;
    plan->job_start = plan->start;
    plan->job_end   = plan->end;
    plan->expected  = MS_HOUR / (plan->period_s * MS_SECOND);
    plan->has_disk  = true;
}

/* The first period begins before the job does, and may be older than what is kept at its length. */
static int64_t period_of(ms job_start, ms now)
{
    ms period = metric_period(job_start, now) * MS_SECOND;

    return period ? metric_period(job_start - job_start % period, now) : 0;
}

static void set_window(struct plan *plan, ms now)
{
    ms period;

    plan->period_s = period_of(plan->job_start, now);
    if (!plan->period_s) {
        nothing(plan, "CloudWatch keeps metrics for 455 days; this job is older");
        return;
    }
    period         = plan->period_s * MS_SECOND;
    plan->start    = plan->job_start - plan->job_start % period;
    plan->end      = (plan->job_end + period - 1) / period * period + period;
    plan->expected = (plan->job_end - plan->job_start) / period;
    if (plan->expected < 1)
        plan->expected = 1;
}

void plan_make(const struct errand_job *job, ms born_at, ms now, struct plan *out)
{
    const struct kind_facts *kind = kind_facts(job->kind);
    struct plan              plan = {.reason = "", .is_endpoint = job->kind == KIND_ENDPOINT};

    if (plan.is_endpoint) {
        set_last_hour(&plan, now);
        *out = plan;
        return;
    }
    plan.namespace = kind ? kind->metrics_namespace : NULL;
    plan.has_disk  = job->kind != KIND_TRANSFORM;
    plan.job_start = is_set(job->started_at) ? job->started_at : job->created_at;
    plan.job_end   = is_set(job->counted_at) ? job->counted_at : born_at;
    if (!plan.namespace) {
        nothing(&plan, "CloudWatch has no utilization metrics for jobs of this kind");
    } else if (!is_set(plan.job_start) || plan.job_start < 0 || !is_set(plan.job_end)) {
        nothing(&plan, "it is not known when this job ran");
    } else {
        if (plan.job_end < plan.job_start)
            plan.job_end = plan.job_start;
        set_window(&plan, now);
    }
    if (job->instance_count > 0)
        plan.hosts_wanted = job->instance_count > UTILIZATION_MOST_HOSTS
                                ? UTILIZATION_MOST_HOSTS
                                : (size_t)job->instance_count;
    /* Transform jobs name their hosts by instance id, which no event tells. */
    if (job->kind != KIND_TRANSFORM)
        plan.host_count = plan.hosts_wanted;
    *out = plan;
}

bool plan_wants(const struct plan *plan, enum utilization_metric metric)
{
    return metric != METRIC_DISK || plan->has_disk;
}

int plan_query(const struct plan *plan, struct str job, const char *host,
               enum utilization_metric metric, enum plan_stat stat, size_t number,
               struct metric_query *out, struct fail *why)
{
    static const char *const stats[PLAN_STATS] = {"Average", "Maximum", "p95"};

    *out = (struct metric_query){
        .namespace = plan->namespace,
        .metric    = utilization_cloudwatch_name(metric),
        .stat      = stats[stat],
        .period_s  = plan->period_s,
    };
    (void)snprintf(out->id, sizeof out->id, "q%zu", number);
    return plan->is_endpoint ? metric_query_variant(out, job, str_of(host), why)
                             : metric_query_host(out, job, str_of(host), why);
}

size_t plan_pairs_per_call(const struct plan *plan)
{
    int64_t points = (plan->end - plan->start) / (plan->period_s * MS_SECOND) * PLAN_STATS;
    int64_t pairs  = METRIC_MOST_POINTS / (points > 0 ? points : 1);
    int64_t most   = METRIC_QUERY_MOST / PLAN_STATS;

    return (size_t)(pairs < 1 ? 1 : pairs > most ? most : pairs);
}
