#include "format/utilization.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"
#include "format/instance.h"
#include "format/use_course.h"
#include "wire/doc.h"

static const char *const STATE_NAMES[] = {
    [UTILIZATION_NONE_YET] = NULL,     [UTILIZATION_PENDING] = "pending",
    [UTILIZATION_SETTLED] = "settled", [UTILIZATION_NONE] = "none",
    [UTILIZATION_FAILED] = "failed",
};

enum { STATE_COUNT = sizeof STATE_NAMES / sizeof STATE_NAMES[0] };

static const struct {
    const char *name, *cloudwatch;
    enum { BY_NOTHING, BY_CORES, BY_GPUS } divided;
} METRICS[METRIC_COUNT] = {
    [METRIC_CPU]        = {"cpu", "CPUUtilization", BY_CORES},
    [METRIC_MEMORY]     = {"memory", "MemoryUtilization", BY_NOTHING},
    [METRIC_GPU]        = {"gpu", "GPUUtilization", BY_GPUS},
    [METRIC_GPU_MEMORY] = {"gpu_memory", "GPUMemoryUtilization", BY_GPUS},
    [METRIC_DISK]       = {"disk", "DiskUtilization", BY_NOTHING},
};

const char *utilization_state_name(enum utilization_state state)
{
    return (unsigned)state < STATE_COUNT ? STATE_NAMES[state] : NULL;
}

const char *utilization_metric_name(enum utilization_metric metric)
{
    return METRICS[metric].name;
}

const char *utilization_cloudwatch_name(enum utilization_metric metric)
{
    return METRICS[metric].cloudwatch;
}

void utilization_release(struct utilization *utilization)
{
    mem_free(utilization->hosts);
    use_course_free(utilization->course);
    *utilization = UTILIZATION_EMPTY;
}

/* Figures of which nothing is known: an unknown number is NAN, never a zero one could mistake. */
static struct host_figures host_unknown(void)
{
    struct host_figures host = {.host = ""};

    for (size_t i = 0; i < METRIC_COUNT; i++)
        host.metric[i].p95 = host.metric[i].normalized = NAN;
    return host;
}

/* Room is kept at the next power of two, so that no member has to remember it. */
static bool room_for_one_more(struct utilization *utilization)
{
    size_t               count = utilization->host_count;
    struct host_figures *grown;

    if (count & (count - 1))
        return true;
    grown = mem_grow(utilization->hosts, count ? 2 * count : 1, sizeof *grown);
    if (!grown)
        return false;
    utilization->hosts = grown;
    return true;
}

struct host_figures *utilization_host(struct utilization *utilization, struct str host)
{
    struct host_figures fresh = host_unknown();

    for (size_t i = 0; i < utilization->host_count; i++)
        if (str_is_text(host, utilization->hosts[i].host))
            return &utilization->hosts[i];
    if (utilization->host_count >= UTILIZATION_MOST_HOSTS
        || str_to_c(host, fresh.host, sizeof fresh.host) || !room_for_one_more(utilization))
        return NULL;
    utilization->hosts[utilization->host_count] = fresh;
    return &utilization->hosts[utilization->host_count++];
}

static int order_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

double utilization_percentile(double *values, size_t count, double percent)
{
    size_t rank;

    if (!count)
        return NAN;
    qsort(values, count, sizeof *values, order_doubles);
    rank = (size_t)ceil(percent / 100 * (double)count);
    return values[rank ? rank - 1 : 0];
}

double utilization_units(enum utilization_metric metric, struct str instance_type)
{
    const struct instance_facts *facts = instance_facts(instance_type);

    switch (METRICS[metric].divided) {
    case BY_NOTHING: return 1;
    case BY_CORES: return facts && facts->vcpus > 0 ? (double)facts->vcpus : NAN;
    case BY_GPUS: return facts && facts->gpus > 0 ? (double)facts->gpus : NAN;
    }
    return NAN;
}

static struct figures sum_of_hosts(const struct utilization *utilization,
                                   enum utilization_metric   metric)
{
    struct figures sum   = {.p95 = NAN, .normalized = NAN};
    double         total = 0;

    for (size_t i = 0; i < utilization->host_count; i++) {
        const struct figures *of = &utilization->hosts[i].metric[metric];

        if (!of->is_known)
            continue;
        total += of->average * (double)of->points;
        sum.maximum = sum.is_known ? fmax(sum.maximum, of->maximum) : of->maximum;
        sum.p95     = fmax(sum.p95, of->p95); /* fmax passes over NAN */
        sum.points += of->points;
        sum.is_known = true;
    }
    if (sum.points > 0)
        sum.average = total / (double)sum.points;
    sum.is_known = sum.points > 0;
    return sum;
}

void utilization_sum_up(struct utilization *utilization, struct str instance_type)
{
    utilization->job = host_unknown();
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        struct figures *job   = &utilization->job.metric[m];
        double          units = utilization_units((enum utilization_metric)m, instance_type);

        *job = sum_of_hosts(utilization, (enum utilization_metric)m);
        if (job->is_known)
            job->normalized = job->average / units;
        for (size_t i = 0; i < utilization->host_count; i++) {
            struct figures *host = &utilization->hosts[i].metric[m];

            if (host->is_known)
                host->normalized = host->average / units;
        }
    }
}

static void compose_figures(struct compose *out, const struct host_figures *host)
{
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        const struct figures *of = &host->metric[m];

        if (!of->is_known) {
            compose_null(out, METRICS[m].name);
            continue;
        }
        compose_open(out, METRICS[m].name, '{');
        compose_real(out, "avg", of->average);
        compose_real(out, "max", of->maximum);
        compose_real(out, "p95", of->p95);
        compose_real(out, "normalized", of->normalized);
        compose_int(out, "points", of->points);
        compose_close(out, '}');
    }
}

void utilization_compose(struct compose *out, const char *name,
                         const struct utilization *utilization)
{
    const char *state = utilization_state_name(utilization->state);

    if (!state) {
        compose_null(out, name);
        return;
    }
    compose_open(out, name, '{');
    compose_text(out, "state", str_of(state));
    compose_text(out, "reason", utilization->reason[0] ? str_of(utilization->reason) : STR_NONE);
    if (utilization->period_s > 0)
        compose_int(out, "period_s", utilization->period_s);
    compose_open(out, "job", '{');
    compose_figures(out, &utilization->job);
    compose_close(out, '}');
    compose_open(out, "hosts", '[');
    for (size_t i = 0; i < utilization->host_count; i++) {
        compose_open(out, NULL, '{');
        compose_text(out, "host", str_of(utilization->hosts[i].host));
        compose_figures(out, &utilization->hosts[i]);
        compose_close(out, '}');
    }
    compose_close(out, ']');
    if (utilization->course)
        use_course_compose(out, "course", utilization->course);
    compose_close(out, '}');
}

static int parse_metric(const struct doc *doc, struct figures *out, struct fail *why)
{
    struct figures read = {.is_known = true};

    if (doc_real(doc, "avg", &read.average, why) || doc_real(doc, "max", &read.maximum, why)
        || doc_real_or(doc, "p95", NAN, &read.p95, why)
        || doc_real_or(doc, "normalized", NAN, &read.normalized, why)
        || doc_int_or(doc, "points", 0, &read.points, why))
        return -1;
    if (read.points < 0)
        return fail_set(why, FAIL_INPUT, "points is negative");
    *out = read;
    return 0;
}

static int parse_figures(const struct doc *doc, struct host_figures *out, struct fail *why)
{
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        const struct doc *member = doc_member(doc, METRICS[m].name);

        if (!member)
            continue;
        if (!doc_is_object(member))
            return fail_set(why, FAIL_INPUT, "%s is not an object", METRICS[m].name);
        if (parse_metric(member, &out->metric[m], why))
            return fail_in(why, "%s", METRICS[m].name);
    }
    return 0;
}

static int parse_hosts(const struct doc *hosts, struct utilization *out, struct fail *why)
{
    size_t count = doc_count(hosts);

    if (count > UTILIZATION_MOST_HOSTS)
        return fail_set(why, FAIL_INPUT, "hosts has %zu items, the most is %d", count,
                        UTILIZATION_MOST_HOSTS);
    for (size_t i = 0; i < count; i++) {
        const struct doc    *item = doc_item(hosts, i);
        struct host_figures *host;
        struct str           name;

        if (doc_text(item, "host", &name, why))
            return fail_in(why, "hosts[%zu]", i);
        if (!name.size || name.size >= HOST_ROOM)
            return fail_set(why, FAIL_INPUT, "hosts[%zu].host is empty or too long", i);
        host = utilization_host(out, name);
        if (!host)
            return fail_set(why, FAIL_MEMORY, "no memory for %zu hosts", count);
        if (parse_figures(item, host, why))
            return fail_in(why, "hosts[%zu]", i);
    }
    return 0;
}

static int parse_state(const struct doc *doc, enum utilization_state *out, struct fail *why)
{
    struct str name;

    if (doc_text(doc, "state", &name, why))
        return -1;
    for (unsigned i = UTILIZATION_PENDING; i < STATE_COUNT; i++)
        if (str_is_text(name, STATE_NAMES[i])) {
            *out = (enum utilization_state)i;
            return 0;
        }
    return fail_set(why, FAIL_INPUT, "state \"%.*s\" is not known", STR_ARG(name));
}

int utilization_parse(const struct doc *doc, struct utilization *out, struct fail *why)
{
    OWN(utilization) read    = UTILIZATION_EMPTY;
    const struct doc *job    = doc_member(doc, "job");
    const struct doc *course = doc_member(doc, "course");
    struct str        reason;

    read.job = host_unknown();
    if (!doc_is_object(doc))
        return fail_set(why, FAIL_INPUT, "utilization is not an object");
    if (parse_state(doc, &read.state, why) || doc_text_or(doc, "reason", STR_NONE, &reason, why)
        || doc_int_or(doc, "period_s", 0, &read.period_s, why)
        || (job && parse_figures(job, &read.job, why))
        || parse_hosts(doc_member(doc, "hosts"), &read, why)
        || (course && use_course_parse(course, &read.course, why)))
        return fail_in(why, "utilization");
    (void)str_to_c(str_head(reason, sizeof read.reason - 1), read.reason, sizeof read.reason);
    *out = read;
    read = UTILIZATION_EMPTY;
    return 0;
}
