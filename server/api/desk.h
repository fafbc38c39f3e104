/* desk.h -- where collectors wait for errands.
 *
 * A lease request that finds nothing due is kept, and answered when something falls due or when the
 * collector's own wait is over. One thread looks, with a connection of its own: after commits, and
 * when the next errand falls due; a sister service's errands are found within a second. */
#ifndef SMON_API_DESK_H
#define SMON_API_DESK_H

#include "base/own.h"
#include "base/when.h"
#include "intake/outcome.h"

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

/* Something may have fallen due: look soon. Cheap; may be called from any thread. */
void desk_look(struct desk *desk);

#endif
