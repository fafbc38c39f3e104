/* sums.h -- counts that many events of one transaction add to, written once at its end.
 *
 * Tallies, rollups, arrivals, account pulses and counters are sums: a batch gathers the differences
 * here and flushes each touched row with one upsert, in the order of their keys, so that two
 * services on one database never lock each other crosswise. */
#ifndef SMON_STORE_SUMS_H
#define SMON_STORE_SUMS_H

#include "base/own.h"
#include "base/when.h"
#include "format/kind.h"

#include <stdbool.h>
#include <stdint.h>

struct db;
struct fail;
struct sums;

/* In the order of the columns of table `account`. */
enum pulse {
    PULSE_EVENTS,
    PULSE_DUPLICATES,
    PULSE_REPEATS,
    PULSE_OUT_OF_ORDER,
    PULSE_CONFLICTS,
    PULSE_UNKNOWN_TYPES,
    PULSE_UNKNOWN_STATUSES,
    PULSE_BAD_TIMES,
    PULSE_QUARANTINED,
    PULSE_COUNT
};

/* Sums over everything, rows of table `counter`. Of errands: accepted = delivered + dead +
 * waiting. */
enum counter {
    COUNTER_ERRANDS_ACCEPTED,
    COUNTER_ERRANDS_DELIVERED,
    COUNTER_ERRANDS_DEAD,
    COUNTER_INFERENCES,            /* transactions stored */
    COUNTER_INFERENCES_AGAIN,      /* had been stored before */
    COUNTER_INFERENCES_REFUSED,    /* not fit to be stored */
    COUNTER_INFERENCES_MISMATCHED, /* of those stored: elapse is not end - start */
    COUNTER_INFERENCES_UNPAIRED,   /* halves whose other half never came */
    COUNTER_COUNT
};

/* Totals have one row per bucket and account, over all kinds, regions and statuses, and those of
 * the fleet one per bucket and status, over all else: what a dashboard that tells no more apart
 * reads instead of dozens of rows each. */
enum grain {
    GRAIN_HOUR       = 1,
    GRAIN_DAY        = 2,
    GRAIN_HOUR_TOTAL = 3,
    GRAIN_DAY_TOTAL  = 4,
    GRAIN_HOUR_FLEET = 5,
    GRAIN_DAY_FLEET  = 6
};

/* Of table `arrival`: the same widths by account and region, and over all accounts. */
enum arrival_grain {
    ARRIVAL_MINUTE       = 1,
    ARRIVAL_HOUR         = 2,
    ARRIVAL_MINUTE_TOTAL = 3,
    ARRIVAL_HOUR_TOTAL   = 4
};

/* An event that was new. */
struct arrived {
    int64_t account, region_id;
    ms      received, lag;
    bool    is_repeat; /* it said what was known */
};

/* What a resource adds to rollups and tallies; equal members add nothing when subtracted. */
struct share {
    bool      is_counted; /* false: no such row (yet) */
    int64_t   account, region_id, status_id;
    enum kind kind;
    ms        created; /* jobs: WHEN_UNKNOWN otherwise */
    ms        ended;   /* of a completed job; WHEN_UNKNOWN: not completed */
    bool      is_unstarted;
    ms        duration; /* WHEN_UNKNOWN */
};

int  sums_new(struct sums **out, struct fail *why);
void sums_free(struct sums *sums);
OWN_PTR_TYPE(sums)

/* Adding cannot fail in the middle; sums_flush says so when memory ran out. */
void sums_share(struct sums *sums, const struct share *old, const struct share *now);
void sums_pulse(struct sums *sums, int64_t account, int64_t region_id, enum pulse which);
/* Something came; WHEN_UNKNOWN: what came has no time. */
void sums_heard(struct sums *sums, int64_t account, int64_t region_id, ms event_time, ms received);
/* Also counts in the pulses EVENTS and REPEATS. Goes with sums_heard. */
void sums_arrived(struct sums *sums, const struct arrived *event);
void sums_unknown_type(struct sums *sums, int64_t account, int64_t type_id, ms received);

void sums_count(struct sums *sums, enum counter which, int64_t by);

int  sums_flush(struct sums *sums, struct db *db, struct fail *why); /* leaves it empty */
void sums_clear(struct sums *sums);                                  /* after a rollback */

#endif
