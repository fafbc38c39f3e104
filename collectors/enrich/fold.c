#include "enrich/fold.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "cloudwatch/metric_answer.h"
#include "format/utilization.h"

enum { P95 = 95 };

static double greatest(const struct metric_points *points)
{
    double most = points->values[0];

    for (size_t i = 1; i < points->count; i++)
        most = fmax(most, points->values[i]);
    return most;
}

static double mean(const struct metric_points *points)
{
    double sum = 0;

    for (size_t i = 0; i < points->count; i++)
        sum += points->values[i];
    return sum / (double)points->count;
}

static int percentile(const struct metric_points *points, double *out, struct fail *why)
{
    double *sorted = mem_array(points->count, sizeof *sorted);

    if (!sorted)
        return fail_set(why, FAIL_MEMORY, "no memory for %zu points", points->count);
    memcpy(sorted, points->values, points->count * sizeof *sorted);
    *out = utilization_percentile(sorted, points->count, P95);
    mem_free(sorted);
    return 0;
}

static bool has_points(const struct metric_points *points)
{
    return points && points->count > 0;
}

int fold_figures(const struct metric_points *average, const struct metric_points *maximum,
                 const struct metric_points *p95, struct figures *out, struct fail *why)
{
    struct figures made = {.p95 = NAN, .normalized = NAN};

    if (!has_points(average)) {
        *out = made;
        return 0;
    }
    made.is_known = true;
    made.points   = (int64_t)average->count;
    made.average  = mean(average);
    made.maximum  = greatest(has_points(maximum) ? maximum : average);
    if (percentile(has_points(p95) ? p95 : average, &made.p95, why))
        return -1;
    *out = made;
    return 0;
}
