/* retention.h -- removing what is too old or too much, a little at a time.
 *
 * Never removed: anything with an errand that waits or was given up, and resources that still live
 * (an endpoint in service, a job that runs), however old. Sums by day stay for ever; sums by hour,
 * and those of arrivals, go with their events. An event goes when both its own time and its arrival
 * are old, so that old news that came today (a backfill, a late delivery) stays. */
#ifndef SMON_STORE_RETENTION_H
#define SMON_STORE_RETENTION_H

#include "base/when.h"

#include <stdint.h>

struct batch;
struct fail;

struct retention_sweep {
    ms      before;                   /* everything older than this; in */
    int     most;                     /* rows of a kind in one transaction; in */
    int64_t events, resources, posts; /* removed; out */
};

/* One step; call again while it removes something. */
int retention_step(struct batch *batch, struct retention_sweep *sweep, struct fail *why);

/* What is older than this may go, and something is no younger: the later of an old event's own time
 * and its arrival. *out is left alone when there is none. For retention by size. */
int retention_oldest(struct batch *batch, ms *out, struct fail *why);

#endif
