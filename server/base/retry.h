/* retry.h -- how long to wait next: exponential backoff with full jitter, and a deadline. */
#ifndef SMON_BASE_RETRY_H
#define SMON_BASE_RETRY_H

#include "base/when.h"

#include <stdint.h>

struct retry_policy {
    ms base; /* the first wait is up to this */
    ms cap;  /* no wait is longer */
};

/* The wait before try `attempt` + 2 (attempt 0 has just failed): random in [least, cap], where the
 * bound doubles with every attempt. `hint` (or 0) is what the peer asked for: never shorter than
 * it, never longer than the cap. */
ms retry_wait(const struct retry_policy *policy, int attempt, ms hint);

/* A number nobody can guess from outside is not needed for jitter: this one is merely spread. */
uint64_t retry_random(void);

#endif
