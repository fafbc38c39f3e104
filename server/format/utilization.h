/* utilization.h -- how well a job used its hardware: samples to figures, and the document both
 * staircases know.
 *
 *     {"state":"settled","reason":null,"period_s":60,
 *      "job":{"cpu":{"avg":71.5,"max":380.0,"p95":355.0,"normalized":17.9,"points":90},"memory":{...}},
 *      "hosts":[{"host":"algo-1","cpu":{...}}],
 *      "course":{...}}                                  where it is known: see use_course.h
 *
 * `avg max p95` are as CloudWatch gives them (CPU 0 to 100 x cores, GPU 0 to 100 x GPUs);
 * `normalized` is the average over cores or GPUs, 0 to 100, and null when the instance type is not
 * known (memory and disk are 0 to 100 already: there it is the average itself). A metric that is
 * not known is null. Source of ranges: SageMaker Developer Guide, "metrics in Amazon CloudWatch".
 *
 * How a host's figures come from CloudWatch's points (one a minute, or one in five minutes or an
 * hour for old jobs): avg is the mean of the Average points, max the greatest Maximum point. p95 is
 * the 95th percentile, by nearest rank, of the p95 points: "in 95 of 100 minutes the minute's own
 * p95 was at most this". Where CloudWatch has no p95 it is the same over the Average points. (The
 * greatest p95 point would be one bad minute's value, which max tells already.) `points` counts
 * Average points. A job's figures: avg is the mean over hosts weighted by points, max the greatest,
 * p95 the greatest of the hosts' p95. */
#ifndef SMON_FORMAT_UTILIZATION_H
#define SMON_FORMAT_UTILIZATION_H

#include "base/own.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compose;
struct doc;
struct fail;
struct use_course;

enum utilization_state {                           /* numbers are stored */
                         UTILIZATION_NONE_YET = 0, /* not asked for: REST shows null */
                         UTILIZATION_PENDING  = 1, /* asked for, not final */
                         UTILIZATION_SETTLED  = 2,
                         UTILIZATION_NONE     = 3, /* there are no metrics, and `reason` says why: a
                                                      result, not an error */
                         UTILIZATION_FAILED = 4    /* could not be read; `reason` */
};

enum utilization_metric { /* numbers are stored */
                          METRIC_CPU,
                          METRIC_MEMORY,
                          METRIC_GPU,
                          METRIC_GPU_MEMORY,
                          METRIC_DISK,
                          METRIC_COUNT
};

const char *
utilization_state_name(enum utilization_state state); /* "pending", ...; NULL for NONE_YET */
const char *utilization_metric_name(enum utilization_metric metric); /* "cpu", "gpu_memory", ... */
const char *utilization_cloudwatch_name(enum utilization_metric metric); /* "CPUUtilization", ... */

struct figures {
    bool    is_known;
    double  average, maximum;
    double  p95;        /* NAN: not known */
    double  normalized; /* NAN: not known */
    int64_t points;
};

enum { HOST_ROOM = 128, UTILIZATION_MOST_HOSTS = 1024 };

struct host_figures {
    char           host[HOST_ROOM]; /* "algo-1"; "" for the job */
    struct figures metric[METRIC_COUNT];
};

struct utilization {
    enum utilization_state state;
    char                   reason[240]; /* "": none */
    int64_t                period_s;    /* 0: unknown, and left out */
    struct host_figures    job;
    struct host_figures   *hosts; /* mem_array */
    size_t                 host_count;
    struct use_course     *course; /* owned; NULL: not known */
};
#define UTILIZATION_EMPTY ((struct utilization){.state = UTILIZATION_NONE_YET})
void utilization_release(struct utilization *utilization);

/* The host's entry, made when it is new. NULL: no memory, or over UTILIZATION_MOST_HOSTS. */
struct host_figures *utilization_host(struct utilization *utilization, struct str host);

/* Fills ->job from ->hosts, and every `normalized` from the instance type (see instance.h). */
void utilization_sum_up(struct utilization *utilization, struct str instance_type);

/* What CloudWatch counts 100 for: the cores or GPUs of the instance type, 1 for memory and disk;
 * NAN: not known. */
double utilization_units(enum utilization_metric metric, struct str instance_type);

/* The nearest-rank percentile, NAN of nothing. Sorts `values`. */
double utilization_percentile(double *values, size_t count, double percent);

/* As the document above. `name` as in compose.h. */
void utilization_compose(struct compose *out, const char *name,
                         const struct utilization *utilization);
int  utilization_parse(const struct doc *doc, struct utilization *out, struct fail *why);

#endif
