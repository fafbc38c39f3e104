/* fold.h -- a metric's points to its figures. Pure. What avg, max and p95 mean: utilization.h. */
#ifndef SMON_ENRICH_FOLD_H
#define SMON_ENRICH_FOLD_H

struct fail;
struct figures;
struct metric_points;

/* Any of the three may be NULL or empty. Without Average points nothing is known. FAIL_MEMORY. */
int fold_figures(const struct metric_points *average, const struct metric_points *maximum,
                 const struct metric_points *p95, struct figures *out, struct fail *why);

#endif
