/* apply.h -- one understood event into rows, within a transaction of the writer.
 *
 * Event, state, errands and sums change together or not at all. Applying an event a second time
 * changes nothing but the count of duplicates. */
#ifndef SMON_INTAKE_APPLY_H
#define SMON_INTAKE_APPLY_H

#include "base/str.h"
#include "store/news.h"

#include <stdint.h>

struct batch;
struct fail;

enum applied {
    APPLIED_NEW       = 1, /* stored now */
    APPLIED_DUPLICATE = 0, /* had been stored before */
    APPLIED_DIFFERENT = 2  /* same id and time, other contents: put into quarantine */
};
#define APPLIED_DIFFERENT_WHY                                                                      \
    "an event with this id and time, but other contents, was stored before"

/* An enum applied, or -1. `key_id` is whose key brought it. */
int apply_event(struct batch *batch, const struct news *news, struct str key_id, struct fail *why);

/* The same for one out of quarantine. It did not arrive now: unless it is new, nothing is counted,
 * and one that differs is left where it lies. */
int apply_kept(struct batch *batch, const struct news *news, struct fail *why);

/* A stored event once more: after an update that understands more, it may have something to say
 * now. 0; what it did is stored with it. -1. */
int apply_again(struct batch *batch, const struct news *news, int64_t event_id, struct fail *why);

#endif
