/* runner.h -- lease, do, report; a thread for each group of deeds.
 *
 * A thread asks for errands with a long poll, does them, and reports their outcomes in one call. It
 * stops between items, never inside one: what it leased and did not begin is handed back. While the
 * service cannot be reached, outcomes are kept and offered again, with growing pauses; a lease that
 * ran out meanwhile is refused by its fence number, and the deed happens again. */
#ifndef SMON_RUNNER_RUNNER_H
#define SMON_RUNNER_RUNNER_H

#include "base/when.h"
#include "format/errand.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct fail;
struct work_place;

enum { RUNNER_MOST_ERRANDS = 100, RUNNER_MOST_GROUPS = 8 };

/* What the deeds of a group share: a thread, and what it needs. */
struct runner_group {
    enum deed deeds[DEED_COUNT];
    size_t    deed_count;
    int       most;  /* errands in one lease, at most RUNNER_MOST_ERRANDS */
    ms        lease; /* longer than all of them can take */
    void     *ctx;
    /* Does the errands and fills their outcomes but for id and fence. When `stop` becomes true it
     * returns early, between two of them. How many it did, counted from the first. */
    size_t (*act)(void *ctx, const struct errand *errands, size_t count,
                  struct errand_outcome *outcomes, const atomic_bool *stop);
};

/* Runs until SIGTERM or SIGINT, which must be blocked in the calling thread before any other thread
 * starts; finishes the items under way and reports them. -1: a thread could not be started. The
 * place's stop flag is the runner's business. */
int runner_run(const struct work_place *place, const struct runner_group *groups, size_t count,
               struct fail *why);

#endif
