/* use_course.h -- how the utilization of a job's hosts went: points of one width, and their
 * document, a member of the one in utilization.h.
 *
 *     {"from":"2026-11-20T10:00:00.000Z","step_s":60,"points":3,"is_normalized":true,
 *      "hosts_left_out":0,
 *      "job":{"cpu":{"avg":[12,34,5.3],"low":[..],"high":[..],"max":[..]},"gpu":null,...},
 *      "hosts":[{"host":"algo-1","cpu":{"avg":[12,null,5.3]},"gpu":null,...}]}
 *
 * The n-th point is about the step that begins at from + n * step_s; null: CloudWatch has nothing
 * there. Values are 0 to 100 over all cores or GPUs when is_normalized, else as CloudWatch gives
 * them (the instance type is not known); one decimal below ten, none above, which is what a picture
 * can show.
 *
 * `job` is about all hosts: avg the mean of their averages, low and high the least and the greatest
 * of these, max the greatest Maximum. So it is the whole picture when some hosts are left out. */
#ifndef SMON_FORMAT_USE_COURSE_H
#define SMON_FORMAT_USE_COURSE_H

#include "base/own.h"
#include "base/when.h"
#include "format/utilization.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compose;
struct doc;
struct fail;

/* A document of 16 hosts is about 50 kB of text, and 7 kB packed (12 when it is all noise). */
enum { USE_MOST_POINTS = 120, USE_MOST_HOSTS = 16, USE_NO_POINT = -1 };

struct use_line {
    bool    is_known;                /* at least one point is */
    int32_t tenths[USE_MOST_POINTS]; /* of a percent; USE_NO_POINT */
};

enum use_stat { USE_AVG, USE_LOW, USE_HIGH, USE_MAX, USE_STATS };

struct use_host {
    char            host[HOST_ROOM];
    struct use_line average[METRIC_COUNT];
};

struct use_course {
    ms               from, step;
    size_t           points;
    bool             is_normalized;
    int64_t          left_out; /* hosts that are not in `hosts` */
    struct use_line  job[METRIC_COUNT][USE_STATS];
    struct use_host *hosts;
    size_t           host_count;
};

/* With room for so many hosts, whose lines are not known yet; may be more than the document takes.
 * NULL: no memory. */
struct use_course *use_course_new(size_t hosts);
void               use_course_free(struct use_course *course);
OWN_PTR_TYPE(use_course)

/* "avg", "low", "high", "max" */
const char *use_stat_name(enum use_stat stat);

/* As kept: see above. NAN: USE_NO_POINT. */
int32_t use_tenths(double percent);
double  use_percent(int32_t tenths); /* NAN where there is no point */

/* As the document above, of at most USE_MOST_HOSTS hosts. `name` as in compose.h. */
void use_course_compose(struct compose *out, const char *name, const struct use_course *course);
/* *out is yours. FAIL_INPUT: not such a document. */
int use_course_parse(const struct doc *doc, struct use_course **out, struct fail *why);

#endif
