/* fault.h -- places where a test may make us fail or die (libfiu).
 *
 *     if (FAULT("ingest/after_commit_before_reply"))
 *         return fail_set(...);
 *
 * Without SMON_FAULTS the macro is constantly false and the release holds none of it. With it,
 * FAULT_KILL=name:n in the environment kills the process at the n-th hit of that point, and a point
 * enabled through libfiu is true. Every point is listed in fault.c. */
#ifndef SMON_BASE_FAULT_H
#define SMON_BASE_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef SMON_FAULTS
bool fault_hit(const char *point);
#define FAULT(point) fault_hit(point)
#else
#define FAULT(point) false
#endif

/* The names of all points, NULL at the end: what tests walk through. */
extern const char *const fault_points[];

#endif
