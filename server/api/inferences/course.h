/* course.h -- the metrics of /api/v1/series/{metric} that are about transactions. */
#ifndef SMON_API_INFERENCES_COURSE_H
#define SMON_API_INFERENCES_COURSE_H

#include "base/str.h"

#include <stdbool.h>

struct ask;
struct fail;

bool course_is_metric(struct str name);
/* Answers for the metric that the path names. */
int course_show(struct ask *ask, struct fail *why);

#endif
