#include "base/fault.h"

const char *const fault_points[] = {
    "writer/before_begin", "writer/between_works", "writer/before_commit",    "writer/after_commit",
    "intake/before_event", "intake/after_event",   "intake/after_resource",   "ingest/before_reply",
    "errand/after_lease",  "errand/before_finish", "store/before_checkpoint", NULL,
};

#ifdef SMON_FAULTS
#include <fiu.h>
#include <signal.h>
#include <stdatomic.h>

/* FAULT_KILL=name:n */
static bool is_time_to_die(const char *point)
{
    static atomic_long hits;
    const char        *wish  = getenv("FAULT_KILL");
    const char        *colon = wish ? strchr(wish, ':') : NULL;

    if (!colon || strlen(point) != (size_t)(colon - wish)
        || strncmp(wish, point, (size_t)(colon - wish)) != 0)
        return false;
    return atomic_fetch_add(&hits, 1) + 1 == strtol(colon + 1, NULL, 10);
}

bool fault_hit(const char *point)
{
    if (is_time_to_die(point))
        raise(SIGKILL);
    return fiu_fail(point) != 0;
}
#endif
