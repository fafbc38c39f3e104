/* minder.h -- starts smon-collect, watches it, and starts it again when it ends. */
#ifndef SMON_VERBS_MINDER_H
#define SMON_VERBS_MINDER_H

#include "base/own.h"
#include "base/when.h"

#include <stdatomic.h>
#include <stdbool.h>

struct config;
struct fail;
struct minder;

enum { MINDER_WORKER_ROOM = 128 };

struct minder_place {
    const char *socket; /* where it finds the service */
    /* Told each time it has ended, and the name it leased errands under: never the same twice. */
    void (*ended)(void *ctx, const char *worker);
    void              *ctx;
    const atomic_bool *is_urgent; /* true: minder_stop waits no longer; may be NULL */
};

/* Does not start it yet. `config` and `place` are copied from. */
int  minder_new(const struct config *config, const struct minder_place *place, struct minder **out,
                struct fail *why);
void minder_free(struct minder *minder); /* ends it for good when it still runs */
OWN_PTR_TYPE(minder)

/* Reaps it when it has ended, starts it when it is time. Call every second and after SIGCHLD. */
void minder_tick(struct minder *minder);
/* Asks it to finish and waits for it; after `until` (monotonic), or once it is
 * urgent, it is killed. */
void minder_stop(struct minder *minder, ms until);

#endif
