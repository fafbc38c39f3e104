/* outcome.h -- leasing errands to a collector, and taking in what came of them. Within a
 * transaction. */
#ifndef SMON_INTAKE_OUTCOME_H
#define SMON_INTAKE_OUTCOME_H

#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct buf;
struct db;
struct errand_outcome;
struct fail;

enum { LEASE_MOST = 200 };

struct lease_request {
    char     worker[128];
    unsigned deeds; /* bits: 1 << enum deed */
    int      most;  /* 1 to LEASE_MOST */
    ms       lease_ms;
};

/* Leases what is due and adds the answer document ({"errands":[...]}) to `out`. How many, or -1. */
int outcome_lease(struct batch *batch, const struct lease_request *request, struct buf *out,
                  struct fail *why);

/* Whether any of these deeds is due now, and when the next one will be (WHEN_UNKNOWN: none waits).
 * Reads only. */
int outcome_next(struct db *db, unsigned deeds, ms *out, struct fail *why);

/* Takes one outcome in. 1: done. 0: refused, and *reason (a constant) says why: the errand was
 * finished or leased again. -1. */
int outcome_take(struct batch *batch, const struct errand_outcome *outcome, struct str *reason,
                 struct fail *why);

/* How an endpoint used its hardware in the last hour is to be found out: pending until it is, with
 * the figures of the last time. *errand becomes the number of the errand. 1, 0 there is no such
 * resource, -1. */
int outcome_want(struct batch *batch, int64_t account, int64_t resource_id, int64_t *errand,
                 struct fail *why);

#endif
