#include "base/retry.h"

#include <stdatomic.h>

enum { MOST_DOUBLINGS = 30 };

/* splitmix64 over a counter and the clock. */
uint64_t retry_random(void)
{
    static atomic_ullong counter;
    uint64_t             x = atomic_fetch_add(&counter, 0x9e3779b97f4a7c15u);

    x ^= (uint64_t)when_monotonic() << 20;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

ms retry_wait(const struct retry_policy *policy, int attempt, ms hint)
{
    int doublings = attempt < MOST_DOUBLINGS ? attempt : MOST_DOUBLINGS;
    ms  bound     = policy->base;
    ms  wait;

    while (doublings-- > 0 && bound < policy->cap)
        bound *= 2;
    if (bound > policy->cap)
        bound = policy->cap;
    wait = (ms)(retry_random() % (uint64_t)(bound > 0 ? bound + 1 : 1));
    if (wait < hint)
        wait = hint;
    return wait < policy->cap ? wait : policy->cap;
}
