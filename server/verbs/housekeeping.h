/* housekeeping.h -- retention by age and by size, a while each minute (every two seconds when the
 * disk is full, or when there is more to remove than that), and only when the clock is believed.
 *
 * When the wall clock runs ahead of the monotonic clock by more than an hour, or at the start is
 * more than 30 days past what came last, nothing is removed for a day: a wrong clock must not
 * delete what is not old. Errands that were put off while it was wrong are due at once when it is
 * right again. */
#ifndef SMON_VERBS_HOUSEKEEPING_H
#define SMON_VERBS_HOUSEKEEPING_H

#include "base/own.h"

struct config;
struct fail;
struct housekeeping;
struct store;
struct writer;

int  housekeeping_new(const struct config *config, struct store *store, struct writer *writer,
                      struct housekeeping **out, struct fail *why);
void housekeeping_free(struct housekeeping *keeping);
OWN_PTR_TYPE(housekeeping)

/* Looks whether there is something to do, and does it. */
void housekeeping_tick(struct housekeeping *keeping);

/* From now on a thread of its own ticks every second, so that whoever waits for a store that hangs
 * is nobody else. */
int  housekeeping_start(struct housekeeping *keeping, struct fail *why);
void housekeeping_stop(struct housekeeping *keeping); /* asks it to end; free waits for it */

#endif
