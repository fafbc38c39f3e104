/* served.h -- how deployments have answered in the last 24 hours, in a few figures each.
 *
 * One reading of sums for each model (gather.h), however many of its deployments are asked for. */
#ifndef SMON_QUERY_INFERENCES_SERVED_H
#define SMON_QUERY_INFERENCES_SERVED_H

#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asker;
struct fail;

struct served {
    int64_t model_id, deployment; /* the caller's: the number within the model */
    bool    is_known;             /* false: the model has more than can be summed up */
    ms      from, to;             /* the range that was used: whole minutes, or hours */
    int64_t count, failed;
    bool    is_exact; /* p50 and p99 are; else within HISTOGRAM_ERROR */
    double  p50, p99; /* milliseconds; 0 when count is */
};

/* Fills all of them; those of one model need not stand together. */
int served_read(const struct asker *asker, struct served *items, size_t count, struct fail *why);

#endif
