/* expiry.h -- removing old transactions, their sums by minute and hour, and what may be kept for a
 * while only; a little at a time.
 *
 * A transaction goes by its own start. Sums by hour, and of confidence, outlive it by far: they go
 * when `hours_before` says, which must not be before `raw_before`: transactions are found by the
 * sums of their hours (guide.h). Series stay. */
#ifndef SMON_STORE_INFERENCES_EXPIRY_H
#define SMON_STORE_INFERENCES_EXPIRY_H

#include "base/when.h"

#include <stdint.h>

struct batch;
struct fail;

/* WHEN_UNKNOWN: none of these goes. */
struct expiry {
    ms      raw_before, minutes_before, hours_before;
    ms      halves_before;             /* by their arrival */
    int     most;                      /* rows of a kind in one transaction */
    int64_t transactions, sums, parts; /* removed: parts are payloads and halves; out */
};

/* One step; call again while it removes something. */
int expiry_step(struct batch *batch, struct expiry *expiry, struct fail *why);

/* The oldest start of a transaction; *out is left alone when there is none. For retention by size.
 */
int expiry_oldest(struct batch *batch, ms *out, struct fail *why);

#endif
