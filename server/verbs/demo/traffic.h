/* traffic.h -- a day of inference transactions of the demo's models, as NDJSON.
 *
 * Made from a seed: the same moment gives the same bytes. There is a daily wave, a release that was
 * too slow and was rolled back, a version that gets less sure of itself by the hour, failures and
 * timeouts. Who served when is the same story that scenario_models.c and registry.c tell. */
#ifndef SMON_VERBS_DEMO_TRAFFIC_H
#define SMON_VERBS_DEMO_TRAFFIC_H

#include "base/str.h"
#include "base/when.h"

struct fail;

enum { TRAFFIC_BATCH = 512 * 1024 }; /* bytes of a batch, at most */

/* One batch of whole lines, oldest first; -1 with *why ends it all. */
typedef int traffic_sink(void *ctx, struct str lines, struct fail *why);

/* The 24 hours before `now`. */
int traffic_day(ms now, traffic_sink *sink, void *ctx, struct fail *why);

#endif
