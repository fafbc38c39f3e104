/* course.h -- CloudWatch's points to the course of a job: see use_course.h. Pure.
 *
 *     course_begin, then course_add for each metric of each host, then course_end
 *
 * Where a job has more periods than a course has points, neighbours are merged: the mean of the
 * Average points, the greatest of the Maximum ones. Of many hosts those are kept that differ most
 * from the mean of all, because who looks at a course looks for these; the lines of the job are
 * about all of them. */
#ifndef SMON_ENRICH_COURSE_H
#define SMON_ENRICH_COURSE_H

#include "base/str.h"
#include "format/utilization.h"

#include <stddef.h>
#include <stdint.h>

struct fail;
struct metric_points;
struct plan;

/* Gives `out`, whose hosts are known by name, a course without points. FAIL_MEMORY. */
int course_begin(const struct plan *plan, struct str instance_type, struct utilization *out,
                 struct fail *why);

/* A metric of a host. Either of the two may be NULL or empty. */
struct course_reading {
    size_t                      host; /* of out->hosts */
    enum utilization_metric     metric;
    double                      units; /* utilization_units; NAN: values stay as they are */
    const struct metric_points *average, *maximum;
};
void course_add(struct utilization *out, const struct course_reading *reading);

/* Works out the lines of the job and leaves out what is too much. `hosts` is how many the job says
 * it had, 0 when it does not. Without any point there is no course. */
void course_end(struct utilization *out, int64_t hosts);

#endif
