/* arrivals.h -- the metrics of /api/v1/series/{metric} that are about events as they come in. */
#ifndef SMON_API_ARRIVALS_H
#define SMON_API_ARRIVALS_H

#include "base/str.h"

#include <stdbool.h>

struct ask;
struct fail;

bool arrivals_is_metric(struct str name);
/* Answers for the metric that the path names. */
int arrivals_show(struct ask *ask, struct fail *why);

#endif
