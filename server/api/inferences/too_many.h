/* too_many.h -- a question about more transactions than can be answered: what to ask instead. */
#ifndef SMON_API_INFERENCES_TOO_MANY_H
#define SMON_API_INFERENCES_TOO_MANY_H

#include "base/when.h"

struct ask;
struct fail;
struct inference_set;

/* After a failure. Where it is that more series match than are looked at, no range of time helps,
 * but another filter; else as ask_too_wide, with the question's `from`. Always -1. */
int too_many_series(struct ask *ask, const struct inference_set *set, ms from, struct fail *why);

#endif
