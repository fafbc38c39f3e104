/* The curves and lists of the stand-in for CloudWatch. */
#include "verbs/demo/standin.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/str.h"
#include "format/compose.h"
#include "format/instance.h"
#include "verbs/demo/cast.h"
#include "verbs/demo/variants.h"
#include "wire/doc.h"

enum { HOST_ROOM = 160, EXPRESSION_MOST = 400, POINTS_MOST = 2000, PER_CENT = 100 };

/* A number from 0 to 1 that is always the same for the same texts. */
static double spread(struct str host, const char *metric, uint64_t salt)
{
    return (double)(str_hash(host, str_hash(str_of(metric), salt)) >> 11) / (double)(1ull << 53);
}

/* ---- hosts ---------------------------------------------------------------------------------- */

/* The name of a job's at-th host as CloudWatch knows it: job/algo-1, or job/i-0123... */
static void host_name(const struct cast_member *job, int at, char out[HOST_ROOM])
{
    if (job->is_transform)
        (void)snprintf(out, HOST_ROOM, "%s/i-0%016" PRIx64, job->name, /* it fits */
                       str_hash(str_of(job->name), (uint64_t)at));
    else
        (void)snprintf(out, HOST_ROOM, "%s/algo-%d", job->name, at + 1);
}

static bool is_host_of(const struct cast_member *job, struct str host)
{
    char name[HOST_ROOM];

    for (int i = 0; i < job->instance_count; i++) {
        host_name(job, i, name);
        if (str_is_text(host, name))
            return true;
    }
    return false;
}

/* ---- curves --------------------------------------------------------------------------------- */

/* How a minute follows from how far along the job is. */
enum shape {
    IS_WORK, /* up, a plateau with pauses, down; nothing on a host that idles */
    IS_HELD, /* filled once, then kept to the end */
    IS_GROWING
};

static const struct curve {
    const char *metric;
    double      low, high; /* the level of a busy minute, in per cent of what there is */
    double      noise;     /* of a minute, as a share of its level */
    enum shape  shape;
    bool        is_gpu, is_per_core, is_transform_too;
} curves[] = {
    {"CPUUtilization", 25, 85, 0.12, IS_WORK, false, true, true},
    {"MemoryUtilization", 18, 75, 0.02, IS_HELD, false, false, true},
    {"GPUUtilization", 55, 96, 0.06, IS_WORK, true, true, true},
    {"GPUMemoryUtilization", 30, 90, 0.01, IS_HELD, true, true, true},
    {"DiskUtilization", 4, 40, 0.005, IS_GROWING, false, false, false},
};

/* Of a job of three hosts or more the last one runs out of work: what one looks for. */
static const double WORK_ENDS = 0.4, IDLE = 0.04;
/* Every so many minutes work pauses: a checkpoint is written, or a model evaluated. */
enum { PAUSE_EVERY = 18, PAUSE_LASTS = 2, PAUSES_FROM = 45 };

static const struct curve *curve_of(const struct cast_member *job, struct str metric)
{
    const struct instance_facts *facts = instance_facts(str_of(job->instance_type));

    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        if (!str_is_text(metric, curves[i].metric))
            continue;
        if ((curves[i].is_gpu && (!facts || facts->gpus == 0))
            || (job->is_transform && !curves[i].is_transform_too))
            return NULL;
        return &curves[i];
    }
    return NULL;
}

/* What CloudWatch counts 100 for. */
static double units_of(const struct cast_member *job, const struct curve *curve)
{
    const struct instance_facts *facts = instance_facts(str_of(job->instance_type));

    return !curve->is_per_core || !facts ? 1 : curve->is_gpu ? facts->gpus : facts->vcpus;
}

static bool runs_out(const struct cast_member *job, struct str host)
{
    char last[HOST_ROOM];

    host_name(job, job->instance_count - 1, last);
    return job->instance_count > 2 && str_is_text(host, last);
}

static double work_of(const struct cast_member *job, struct str host, double along, ms at)
{
    ms minute = (at - job->started) / MS_MINUTE;

    if (along > WORK_ENDS && runs_out(job, host))
        return IDLE;
    if (job->ended - job->started > (ms)PAUSES_FROM * MS_MINUTE
        && minute % PAUSE_EVERY >= PAUSE_EVERY - PAUSE_LASTS)
        return 0.35;
    return along < 0.1 ? 0.15 + 8.5 * along : along > 0.94 ? 0.3 : 1;
}

/* One minute, as a share of the level. */
static double share_of(const struct cast_member *job, const struct curve *curve, struct str host,
                       ms at)
{
    double along = job->ended > job->started
                       ? (double)(at - job->started) / (double)(job->ended - job->started)
                       : 0.5;

    switch (curve->shape) {
    case IS_WORK: return work_of(job, host, along, at);
    case IS_HELD: return along < 0.08 ? 0.2 + 10 * along : 1;
    case IS_GROWING: return 0.4 + 0.6 * along;
    }
    return 0;
}

/* Hosts of a job have about the same level. */
static double minute_of(const struct cast_member *job, const struct curve *curve, struct str host,
                        ms at)
{
    double between = spread(str_of(job->name), curve->metric, 1);
    double level   = curve->low + (curve->high - curve->low) * between;
    double own     = 0.94 + 0.12 * spread(host, curve->metric, 1);
    double restless =
        1 + curve->noise * (2 * spread(host, curve->metric, (uint64_t)(at / MS_MINUTE)) - 1);
    double value = level * own * share_of(job, curve, host, at) * restless;

    return (value > PER_CENT ? PER_CENT : value < 0 ? 0 : value) * units_of(job, curve);
}

static double statistic_of(double average, struct str statistic, double most)
{
    double raised = str_is_text(statistic, "Maximum") ? 1.25
                    : str_starts(statistic, STR("p")) ? 1.15
                                                      : 1;

    return average * raised > most ? most : average * raised;
}

struct span {
    ms from, to, period;
};

static void compose_values(struct compose *out, const struct cast_member *job, struct str host,
                           struct str metric, struct str statistic, const struct span *span)
{
    const struct curve *curve = curve_of(job, metric);
    ms                  first = job->started / span->period * span->period;
    OWN(buf) values           = BUF_UP_TO(1 << 20);
    struct compose list       = compose_into(&values);
    int            points     = 0;

    compose_open(out, "Timestamps", '[');
    compose_open(&list, NULL, '[');
    for (ms at = first; curve && at < job->ended && points < POINTS_MOST; at += span->period) {
        double most = PER_CENT * units_of(job, curve);

        if (at < span->from || at >= span->to)
            continue;
        compose_int(out, NULL, at / MS_SECOND);
        compose_real(&list, NULL,
                     round(100 * statistic_of(minute_of(job, curve, host, at), statistic, most))
                         / 100);
        points++;
    }
    compose_close(out, ']');
    compose_close(&list, ']');
    compose_raw(out, "Values", buf_view(&values));
}

static void compose_variant(struct compose *out, const struct variant *variant, struct str metric,
                            struct str statistic, const struct span *span)
{
    double most         = PER_CENT * variant_units(variant, metric);
    OWN(buf) values     = BUF_UP_TO(1 << 20);
    struct compose list = compose_into(&values);
    ms             at   = (span->from + span->period - 1) / span->period * span->period;

    compose_open(out, "Timestamps", '[');
    compose_open(&list, NULL, '[');
    for (int points = 0; most > 0 && at < span->to && points < POINTS_MOST; points++) {
        compose_int(out, NULL, at / MS_SECOND);
        compose_real(&list, NULL,
                     round(100 * statistic_of(variant_minute(variant, metric, at), statistic, most))
                         / 100);
        at += span->period;
    }
    compose_close(out, ']');
    compose_close(&list, ']');
    compose_raw(out, "Values", buf_view(&values));
}

/* ---- GetMetricData -------------------------------------------------------------------------- */

static void compose_result(struct compose *out, struct str id, struct str label)
{
    compose_open(out, NULL, '{');
    compose_text(out, "Id", id);
    compose_text(out, "Label", label);
    compose_text(out, "StatusCode", STR("Complete"));
}

static int answer_metric(struct cast *cast, struct compose *out, const struct doc *query,
                         const struct span *span, struct fail *why)
{
    const struct doc     *stat       = doc_member(query, "MetricStat");
    const struct doc     *metric     = doc_member(stat, "Metric");
    const struct doc     *dimensions = doc_member(metric, "Dimensions");
    const struct variant *variant;
    struct cast_member    job = {.started = 0, .ended = 0, .instance_type = ""};
    struct str            id, name, statistic, host = STR_NONE, second = STR_NONE, job_name;

    if (doc_text(query, "Id", &id, why) || doc_text(metric, "MetricName", &name, why)
        || doc_text(stat, "Stat", &statistic, why)
        || doc_text(doc_item(dimensions, 0), "Value", &host, why)
        || (doc_count(dimensions) > 1 && doc_text(doc_item(dimensions, 1), "Value", &second, why)))
        return -1;
    variant  = variant_find(host, second);
    job_name = str_part(host, 0, host.size - str_after_last(host, '/').size - (host.size > 0));
    compose_result(out, id, name);
    if (variant) {
        compose_variant(out, variant, name, statistic, span);
    } else if (cast_find(cast, job_name, &job) && is_host_of(&job, host)) {
        compose_values(out, &job, host, name, statistic, span);
    } else {
        compose_raw(out, "Timestamps", STR("[]"));
        compose_raw(out, "Values", STR("[]"));
    }
    compose_close(out, '}');
    return 0;
}

/* SEARCH('{namespace,EndpointName,VariantName} .. EndpointName="X"', 'Maximum', 60) */
static void search_variants(struct compose *out, struct str id, const char *expression,
                            const struct span *span)
{
    const struct variant *variant;
    char                  label[HOST_ROOM];

    for (size_t i = 0; (variant = variant_at(i)); i++) {
        (void)snprintf(label, sizeof label, "\"%s\"", variant->endpoint); /* it fits */
        if (!strstr(expression, label))
            continue;
        (void)snprintf(label, sizeof label, "%s/%s", variant->endpoint, variant->name);
        compose_result(out, id, str_of(label));
        compose_variant(out, variant, STR("CPUUtilization"), STR("Maximum"), span);
        compose_close(out, '}');
    }
}

/* SEARCH('{namespace,Host} MetricName="X" job', 'Maximum', 60): every host of that job, labelled
 * with its name. CloudWatch also finds jobs whose names only start alike; so does this. */
static int answer_search(struct cast *cast, struct compose *out, const struct doc *query,
                         const struct span *span, struct fail *why)
{
    struct cast_member job;
    struct str         id, expression;
    char               text[EXPRESSION_MOST], host[HOST_ROOM];

    if (doc_text(query, "Id", &id, why) || doc_text(query, "Expression", &expression, why))
        return -1;
    if (str_to_c(expression, text, sizeof text))
        return fail_set(why, FAIL_INPUT, "the expression is too long for a stand-in");
    if (strstr(text, "EndpointName="))
        search_variants(out, id, text, span);
    for (size_t i = 0; cast_transform(cast, i, &job); i++) {
        if (!strstr(text, job.name))
            continue;
        for (int k = 0; k < job.instance_count; k++) {
            host_name(&job, k, host);
            compose_result(out, id, str_of(host));
            compose_values(out, &job, str_of(host), STR("CPUUtilization"), STR("Maximum"), span);
            compose_close(out, '}');
        }
    }
    return 0;
}

static int read_span(const struct doc *request, const struct doc *query, struct span *out,
                     struct fail *why)
{
    const struct doc *stat = doc_member(query, "MetricStat");
    int64_t           period_s;

    if (doc_int_or(stat ? stat : query, "Period", 60, &period_s, why)
        || doc_time_or(request, "StartTime", 0, &out->from, why)
        || doc_time_or(request, "EndTime", when_now(), &out->to, why))
        return -1;
    if (period_s < 60 || period_s > 86400)
        return fail_set(why, FAIL_INPUT, "a Period of %lld s is not for a stand-in",
                        (long long)period_s);
    out->period = period_s * MS_SECOND;
    return 0;
}

int standin_metric_data(struct cast *cast, const struct doc *request, struct buf *out,
                        struct fail *why)
{
    const struct doc *queries = doc_member(request, "MetricDataQueries");
    struct compose    json    = compose_into(out);
    struct span       span;

    if (doc_count(queries) == 0)
        return fail_set(why, FAIL_INPUT, "there is no MetricDataQueries");
    compose_open(&json, NULL, '{');
    compose_open(&json, "MetricDataResults", '[');
    for (size_t i = 0; i < doc_count(queries); i++) {
        const struct doc *query = doc_item(queries, i);

        if (read_span(request, query, &span, why)
            || (doc_member(query, "Expression") ? answer_search(cast, &json, query, &span, why)
                                                : answer_metric(cast, &json, query, &span, why)))
            return -1;
    }
    compose_close(&json, ']');
    compose_raw(&json, "Messages", STR("[]"));
    compose_close(&json, '}');
    return 0;
}

/* ---- ListMetrics ---------------------------------------------------------------------------- */

int standin_list_metrics(struct cast *cast, const struct doc *request, struct buf *out,
                         struct fail *why)
{
    struct compose     json = compose_into(out);
    struct cast_member job;
    struct str         space, metric;
    char               host[HOST_ROOM];

    if (doc_text_or(request, "Namespace", STR("/aws/sagemaker/TransformJobs"), &space, why)
        || doc_text_or(request, "MetricName", STR("CPUUtilization"), &metric, why))
        return -1;
    compose_open(&json, NULL, '{');
    compose_open(&json, "Metrics", '[');
    for (size_t i = 0; str_ends(space, STR("TransformJobs")) && cast_transform(cast, i, &job);
         i++) {
        for (int k = 0; k < job.instance_count; k++) {
            host_name(&job, k, host);
            compose_open(&json, NULL, '{');
            compose_text(&json, "Namespace", space);
            compose_text(&json, "MetricName", metric);
            compose_open(&json, "Dimensions", '[');
            compose_open(&json, NULL, '{');
            compose_text(&json, "Name", STR("Host"));
            compose_text(&json, "Value", str_of(host));
            compose_close(&json, '}');
            compose_close(&json, ']');
            compose_close(&json, '}');
        }
    }
    compose_close(&json, ']');
    compose_close(&json, '}');
    return 0;
}
