/* guide.h -- when something that matches happened at all: minutes, found in the sums.
 *
 * What is rare among a million rows is found by reading the rows of a few minutes: the sums of each
 * minute know its longest and shortest elapse, its servers and its statuses. Minutes whose sums
 * have been removed, or may not be whole, count as ones in which it may have happened. */
#ifndef SMON_STORE_INFERENCES_GUIDE_H
#define SMON_STORE_INFERENCES_GUIDE_H

#include "base/when.h"

struct db;
struct fail;
struct inference_filter;

struct guide_range {
    ms from, to;
};

/* Visits the stretches of [from, to) in which rows of the filter's model (model_id is set) may
 * match, the newest first. `visit` says 1 to go on, 0 to end, -1. */
typedef int guide_visit(void *ctx, const struct guide_range *range, struct fail *why);
int         guide_walk(struct db *db, const struct inference_filter *filter,
                       const struct guide_range *range, guide_visit *visit, void *ctx, struct fail *why);

#endif
