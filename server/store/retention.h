/* retention.h -- removing what is too old or too much, a little at a time.
 *
 * Never removed: anything with an errand that waits or was given up, and resources that still live
 * (an endpoint in service, a job that runs), however old. Sums by day stay for ever; sums by hour,
 * and those of arrivals, go with their events. An event goes when both its own time and its arrival
 * are old, so that old news that came today (a backfill, a late delivery) stays. */
#ifndef SMON_STORE_RETENTION_H
#define SMON_STORE_RETENTION_H

#include "base/when.h"

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct db;
struct fail;

/* Where a walk stands that looks at a few at a time: behind this event, then behind this resource.
 * What must stay may be many, so nobody walks over all of it in one transaction. Zeroed: at the
 * oldest. */
struct retention_place {
    bool    has_event;
    ms      event_time; /* what it is found by */
    int64_t event_uid, event_account;
    int64_t account; /* 0: no resource yet */
    ms      created;
    int64_t resource;
};

struct retention_sweep {
    ms                     before;  /* everything older than this; in */
    int                    most;    /* looked at, of a kind, in one transaction; in */
    struct retention_place place;   /* where to begin; in: a step that is run again starts over */
    struct retention_place reached; /* where the next step begins; out */
    int64_t                events, resources, posts; /* removed; out */
    bool                   is_through;               /* nothing that old is left to look at; out */
};

/* One step; call again until it is through. */
int retention_step(struct batch *batch, struct retention_sweep *sweep, struct fail *why);

struct retention_look {
    int                    most;       /* events looked at; in */
    struct retention_place place;      /* in */
    struct retention_place reached;    /* behind them when none may go; out */
    ms                     oldest;     /* out; WHEN_UNKNOWN: none of them may go */
    bool                   is_through; /* there are no more events; out */
};

/* What is older than `oldest` may go, and something is no younger: the later of an old event's own
 * time and its arrival. For retention by size. */
int retention_oldest(struct batch *batch, struct retention_look *look, struct fail *why);

/* When the newest event or transaction came; *out is left alone when none ever has. */
int retention_newest(struct db *db, ms *out, struct fail *why);

#endif
