#include "enrich/course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "cloudwatch/metric_answer.h"
#include "enrich/plan.h"
#include "format/use_course.h"

int course_begin(const struct plan *plan, struct str instance_type, struct utilization *out,
                 struct fail *why)
{
    ms                 period  = plan->period_s * MS_SECOND;
    int64_t            periods = (plan->end - plan->start) / period;
    int64_t            merged  = (periods + USE_MOST_POINTS - 1) / USE_MOST_POINTS;
    struct use_course *course  = use_course_new(out->host_count);

    if (!course)
        return fail_set(why, FAIL_MEMORY, "no memory for the course of %zu hosts", out->host_count);
    course->from          = plan->start;
    course->step          = period * (merged > 0 ? merged : 1);
    course->points        = (size_t)((plan->end - plan->start + course->step - 1) / course->step);
    course->is_normalized = !isnan(utilization_units(METRIC_CPU, instance_type));
    for (size_t i = 0; i < out->host_count; i++)
        memcpy(course->hosts[i].host, out->hosts[i].host, HOST_ROOM);
    use_course_free(out->course);
    out->course = course;
    return 0;
}

/* ---- points to lines ---- */

/* Which point of the course this time belongs to; false: none. */
static bool point_at(const struct use_course *course, ms time, size_t *out)
{
    if (time < course->from)
        return false;
    *out = (size_t)((time - course->from) / course->step);
    return *out < course->points;
}

static void add_average(const struct use_course *course, const struct course_reading *reading,
                        double units, struct use_line *line)
{
    const struct metric_points *points                 = reading->average;
    double                      sum[USE_MOST_POINTS]   = {0};
    int                         count[USE_MOST_POINTS] = {0};
    size_t                      at;

    for (size_t i = 0; points && i < points->count; i++)
        if (point_at(course, points->times[i], &at)) {
            sum[at] += points->values[i];
            count[at]++;
        }
    for (at = 0; at < course->points; at++)
        if (count[at]) {
            line->tenths[at] = use_tenths(sum[at] / count[at] / units);
            line->is_known   = true;
        }
}

static void add_maximum(const struct use_course *course, const struct course_reading *reading,
                        double units, struct use_line *line)
{
    const struct metric_points *points = reading->maximum;
    size_t                      at;

    for (size_t i = 0; points && i < points->count; i++) {
        int32_t tenths = use_tenths(points->values[i] / units);

        if (point_at(course, points->times[i], &at) && tenths > line->tenths[at]) {
            line->tenths[at] = tenths;
            line->is_known   = true;
        }
    }
}

void course_add(struct utilization *out, const struct course_reading *reading)
{
    struct use_course *course = out->course;
    double             units  = isnan(reading->units) ? 1 : reading->units;

    if (reading->host >= course->host_count)
        return;
    add_average(course, reading, units, &course->hosts[reading->host].average[reading->metric]);
    add_maximum(course, reading, units, &course->job[reading->metric][USE_MAX]);
}

/* ---- the job as a whole ---- */

static void sum_up_point(struct use_course *course, size_t metric, size_t at)
{
    struct use_line *job   = course->job[metric];
    double           sum   = 0;
    int              count = 0;

    for (size_t i = 0; i < course->host_count; i++) {
        int32_t tenths = course->hosts[i].average[metric].tenths[at];

        if (tenths == USE_NO_POINT)
            continue;
        sum += use_percent(tenths);
        if (!count || tenths < job[USE_LOW].tenths[at])
            job[USE_LOW].tenths[at] = tenths;
        if (tenths > job[USE_HIGH].tenths[at])
            job[USE_HIGH].tenths[at] = tenths;
        count++;
    }
    if (count) {
        job[USE_AVG].tenths[at] = use_tenths(sum / count);
        job[USE_AVG].is_known = job[USE_LOW].is_known = job[USE_HIGH].is_known = true;
    }
}

/* Points at the end that nobody has are no part of it. */
static void trim(struct use_course *course)
{
    size_t last = 0;

    for (size_t m = 0; m < METRIC_COUNT; m++)
        for (size_t at = 0; at < course->points; at++)
            if (course->job[m][USE_AVG].tenths[at] != USE_NO_POINT && at + 1 > last)
                last = at + 1;
    course->points = last;
}

/* ---- which hosts ---- */

struct rank {
    size_t host;
    double distance;
};

/* How far a host is from the mean of all, over all metrics. */
static double distance_of(const struct use_course *course, const struct use_host *host)
{
    double distance = 0;

    for (size_t m = 0; m < METRIC_COUNT; m++) {
        double sum   = 0;
        int    count = 0;

        for (size_t at = 0; at < course->points; at++) {
            double own  = use_percent(host->average[m].tenths[at]);
            double mean = use_percent(course->job[m][USE_AVG].tenths[at]);

            if (isnan(own) || isnan(mean))
                continue;
            sum += fabs(own - mean);
            count++;
        }
        distance += count ? sum / count : 0;
    }
    return distance;
}

/* The farthest first, then in their own order. */
static int by_distance(const void *a, const void *b)
{
    const struct rank *left = a, *right = b;

    if (left->distance != right->distance)
        return left->distance < right->distance ? 1 : -1;
    return (left->host > right->host) - (left->host < right->host);
}

static int by_host(const void *a, const void *b)
{
    const struct rank *left = a, *right = b;

    return (left->host > right->host) - (left->host < right->host);
}

/* Those that differ most, in the order in which they stand. Without memory the first are kept. */
static void choose(struct use_course *course)
{
    struct rank *ranks = mem_array(course->host_count, sizeof *ranks);

    for (size_t i = 0; ranks && i < course->host_count; i++)
        ranks[i] = (struct rank){i, distance_of(course, &course->hosts[i])};
    if (ranks) {
        qsort(ranks, course->host_count, sizeof *ranks, by_distance);
        qsort(ranks, USE_MOST_HOSTS, sizeof *ranks, by_host);
    }
    for (size_t i = 0; ranks && i < USE_MOST_HOSTS; i++)
        if (ranks[i].host != i) /* always further on, so nothing is lost */
            course->hosts[i] = course->hosts[ranks[i].host];
    mem_free(ranks);
    course->host_count = USE_MOST_HOSTS;
}

void course_end(struct utilization *out, int64_t hosts)
{
    struct use_course *course = out->course;
    int64_t            all    = (int64_t)course->host_count;

    for (size_t m = 0; m < METRIC_COUNT; m++)
        for (size_t at = 0; at < course->points; at++)
            sum_up_point(course, m, at);
    trim(course);
    if (!course->points) {
        use_course_free(course);
        out->course = NULL;
        return;
    }
    if (course->host_count > USE_MOST_HOSTS)
        choose(course);
    course->left_out = (hosts > all ? hosts : all) - (int64_t)course->host_count;
}
