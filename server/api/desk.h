/* desk.h -- where collectors wait for errands.
 *
 * A lease request that finds nothing due is kept, and answered when something falls due or when the
 * collector's own wait is over. One thread looks, with a connection of its own: after commits, and
 * when the next errand falls due; a sister service's errands are found within a second. */
#ifndef SMON_API_DESK_H
#define SMON_API_DESK_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"
#include "intake/outcome.h"

#include <stdint.h>

struct desk;
struct fail;
struct store;
struct web_request;
struct writer;

int  desk_new(struct store *store, struct writer *writer, struct desk **out, struct fail *why);
void desk_free(struct desk *desk);
OWN_PTR_TYPE(desk)

/* Answers everybody who waits, with an empty list; who comes later is refused. Harmless twice. */
void desk_stop(struct desk *desk);

/* Keeps the request until something is due or `wait_ms` has passed; then answers it. FAIL_LIMIT
 * when too many wait already (the request is not answered). */
int desk_wait(struct desk *desk, struct web_request *request, const struct lease_request *lease,
              ms wait_ms, struct fail *why);

/* The collector of this name has ended: what it holds is leased to the next one that asks, and does
 * not wait for the lease to end. Waits for the writer: not from its thread, nor the web's. */
int desk_forget(struct desk *desk, struct str worker, int64_t *freed, struct fail *why);

/* Something may have fallen due: look soon. Cheap; may be called from any thread. */
void desk_look(struct desk *desk);

#endif
