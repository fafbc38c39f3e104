#include "emit/document.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "format/kind.h"

enum { MOST_METRICS = 16, MOST_PROPERTIES = 16 };

static const ms OLDEST = (ms)14 * MS_DAY; /* CloudWatch takes nothing older */
static const ms NEWEST = (ms)2 * MS_HOUR; /* nor further ahead */

/* What the events of a kind are called: the property JobType. */
static const struct {
    enum kind   kind;
    const char *detail_type;
} DETAIL_TYPES[] = {
    {KIND_TRAINING, "SageMaker Training Job State Change"},
    {KIND_PROCESSING, "SageMaker Processing Job State Change"},
    {KIND_TRANSFORM, "SageMaker Transform Job State Change"},
    {KIND_TUNING, "SageMaker HyperParameter Tuning Job State Change"},
    {KIND_LABELING, "SageMaker Ground Truth Labeling Job State Change"},
    {KIND_HUMAN_LOOP, "SageMaker A2I HumanLoop Status Change"},
    {KIND_PIPELINE_EXECUTION, "SageMaker Model Building Pipeline Execution Status Change"},
    {KIND_PIPELINE_STEP, "SageMaker Model Building Pipeline Execution Step Status Change"},
};

/* The document under construction; names live here. */
struct draft {
    const struct errand     *errand;
    const struct kind_facts *kind;
    char                     names[MOST_METRICS][EMF_NAME_ROOM];
    double                   values[MOST_METRICS];
    struct emf_metric        metrics[MOST_METRICS];
    size_t                   metric_count;
    char                     arn_name[64];
    struct emf_property      properties[MOST_PROPERTIES];
    size_t                   property_count;
    struct buf               hosts; /* JSON of the property Metrics */
};

static void draft_release(struct draft *draft)
{
    buf_release(&draft->hosts);
}

static struct str detail_type(const struct errand_job *job, const struct kind_facts *kind)
{
    for (size_t i = 0; i < sizeof DETAIL_TYPES / sizeof DETAIL_TYPES[0]; i++)
        if (DETAIL_TYPES[i].kind == job->kind)
            return str_of(DETAIL_TYPES[i].detail_type);
    return str_of(kind->emf_job_type);
}

__attribute__((format(printf, 4, 5))) static void add_metric(struct draft *draft, const char *unit,
                                                             double value, const char *format, ...)
{
    size_t  at   = draft->metric_count++;
    char   *name = draft->names[at];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(name, EMF_NAME_ROOM, format, args); /* what is cut is still a name */
    va_end(args);
    draft->values[at]  = value;
    draft->metrics[at] = (struct emf_metric){
        .name = str_of(name), .unit = unit, .values = &draft->values[at], .count = 1};
}

/* Statuses come from outside: a metric's name keeps letters and digits of them. */
static void plain_status(struct str status, char *out, size_t room)
{
    size_t size = 0;

    for (size_t i = 0; i < status.size && size + 1 < room; i++) {
        char c = status.data[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            out[size++] = c;
    }
    out[size] = '\0';
}

static void add_counts(struct draft *draft)
{
    const struct errand_job *job    = &draft->errand->job;
    const char              *prefix = draft->kind->emf_prefix;
    char                     status[64];

    plain_status(job->status, status, sizeof status);
    add_metric(draft, "Count", 1, "%sCount_Total", prefix);
    if (status[0])
        add_metric(draft, "Count", 1, "%sCount_%s", prefix, status);
    if (job->duration_ms != WHEN_UNKNOWN)
        add_metric(draft, "Milliseconds", (double)job->duration_ms, "%s_Duration", prefix);
}

static void add_utilization(struct draft *draft, const struct utilization *utilization)
{
    const char *prefix = draft->kind->emf_prefix;

    for (int m = 0; m < METRIC_COUNT; m++) {
        const struct figures *figures = &utilization->job.metric[m];
        const char           *name    = utilization_cloudwatch_name((enum utilization_metric)m);
        bool is_summed = m == METRIC_CPU || m == METRIC_GPU || m == METRIC_GPU_MEMORY;

        if (!figures->is_known)
            continue;
        add_metric(draft, "Percent", figures->average, "%s_%s_Average", prefix, name);
        add_metric(draft, "Percent", figures->maximum, "%s_%s_Maximum", prefix, name);
        if (is_summed && isfinite(figures->normalized))
            add_metric(draft, "Percent", figures->normalized, "%s_%sNormalized_Average", prefix,
                       name);
    }
}

static void compose_host(struct compose *out, const struct host_figures *host)
{
    compose_open(out, host->host, '{');
    for (int m = 0; m < METRIC_COUNT; m++) {
        const struct figures *figures = &host->metric[m];

        if (!figures->is_known)
            continue;
        compose_open(out, utilization_cloudwatch_name((enum utilization_metric)m), '{');
        compose_real(out, "Average", figures->average);
        compose_real(out, "Maximum", figures->maximum);
        compose_real(out, "p95", figures->p95);
        compose_close(out, '}');
    }
    compose_close(out, '}');
}

static int make_hosts(struct draft *draft, const struct utilization *utilization, struct fail *why)
{
    struct compose out = compose_into(&draft->hosts);

    compose_open(&out, NULL, '{');
    for (size_t i = 0; i < utilization->host_count && i < ERRAND_MOST_HOSTS; i++)
        compose_host(&out, &utilization->hosts[i]);
    compose_close(&out, '}');
    return buf_check(&draft->hosts, why);
}

static void add_text(struct draft *draft, const char *name, struct str text)
{
    if (text.size)
        draft->properties[draft->property_count++] =
            (struct emf_property){.name = str_of(name), .type = EMF_TEXT, .text = text};
}

static void add_int(struct draft *draft, const char *name, int64_t number, bool is_known)
{
    if (is_known)
        draft->properties[draft->property_count++] =
            (struct emf_property){.name = str_of(name), .type = EMF_INT, .number = number};
}

static void add_properties(struct draft *draft)
{
    const struct errand_job *job = &draft->errand->job;

    (void)snprintf(draft->arn_name, sizeof draft->arn_name, "%sArn", draft->kind->emf_prefix);
    add_text(draft, "DashboardQuery", STR("True"));
    add_text(draft, "Account", job->account);
    add_text(draft, "Region", job->region);
    add_text(draft, "JobType", detail_type(job, draft->kind));
    add_text(draft, "JobName", job->name);
    add_text(draft, draft->arn_name, job->arn);
    add_text(draft, "Status", job->status);
    add_text(draft, "FailureReason", str_head(job->failure_reason, ERRAND_MOST_REASON));
    add_int(draft, "StartTime", job->started_at, job->started_at != WHEN_UNKNOWN);
    add_int(draft, "Duration", job->duration_ms, job->duration_ms != WHEN_UNKNOWN);
    add_text(draft, "InstanceType", job->instance_type);
    add_int(draft, "InstanceCount", job->instance_count, job->instance_count > 0);
    if (draft->hosts.size)
        draft->properties[draft->property_count++] = (struct emf_property){
            .name = STR("Metrics"), .type = EMF_RAW, .text = buf_view(&draft->hosts)};
}

static int render(const struct draft *draft, const struct document_options *options, ms timestamp,
                  emf_take *take, void *ctx, struct fail *why)
{
    const struct emf_dimension dimensions[] = {
        {"account", draft->errand->job.account},
        {"jobType", str_of(draft->kind->emf_job_type)},
    };
    const struct emf_document document = {
        .timestamp       = timestamp,
        .namespace       = options->namespace,
        .log_group       = options->log_group,
        .dimensions      = dimensions,
        .dimension_count = sizeof dimensions / sizeof dimensions[0],
        .metrics         = draft->metrics,
        .metric_count    = draft->metric_count,
        .properties      = draft->properties,
        .property_count  = draft->property_count,
    };

    return emf_render(&document, take, ctx, why) ? -1 : 1;
}

static int add_figures(struct draft *draft, const char **nothing, struct fail *why)
{
    OWN(utilization) utilization = UTILIZATION_EMPTY;

    if (draft->errand->deed == DEED_EMIT) {
        add_counts(draft);
        return 1;
    }
    if (draft->errand->utilization
        && utilization_parse(draft->errand->utilization, &utilization, why))
        return -1;
    add_utilization(draft, &utilization);
    if (!draft->metric_count) {
        *nothing = "the job has no utilization figures";
        return 0;
    }
    return make_hosts(draft, &utilization, why) ? -1 : 1;
}

/* The same at every try, and the time of the service's own counts. One that does not tell it tells
 * at least when it asked for the errand. */
static ms time_of(const struct errand *errand, ms now)
{
    if (errand->job.counted_at != WHEN_UNKNOWN)
        return errand->job.counted_at;
    return errand->born_at != WHEN_UNKNOWN ? errand->born_at : now;
}

int document_render(const struct errand *errand, const struct document_options *options, ms now,
                    emf_take *take, void *ctx, ms *timestamp, const char **nothing,
                    struct fail *why)
{
    OWN(draft)
    draft = {
        .errand = errand, .kind = kind_facts(errand->job.kind), .hosts = BUF_UP_TO(EMF_MOST_BYTES)};
    ms  at = time_of(errand, now);
    int got;

    if (!draft.kind || !draft.kind->emf_prefix || !draft.kind->emf_job_type) {
        *nothing = "jobs of this kind have no EMF metrics";
        return 0;
    }
    if (now - at > OLDEST) {
        *nothing = "older than CloudWatch takes";
        return 0;
    }
    if (at > now + NEWEST)
        at = now;
    got = add_figures(&draft, nothing, why);
    if (got <= 0)
        return got;
    add_properties(&draft);
    *timestamp = at;
    return render(&draft, options, at, take, ctx, why);
}
