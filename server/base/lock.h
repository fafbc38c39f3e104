/* lock.h -- a mutex that knows its holder, a bell to wait for, and threads with names.
 *
 * Each lock says in a comment what it guards; functions that need it held begin with
 * lock_held(&x->lock). The order of locks is drawn in ARCHITECTURE.md. */
#ifndef SMON_BASE_LOCK_H
#define SMON_BASE_LOCK_H

#include "base/when.h"

#include <pthread.h>
#include <stdatomic.h>

/* Starts a thread under a name of at most 15 letters, which `top -H` and debuggers show. 0, or
 * what errno calls the reason. */
int thread_start(pthread_t *thread, const char *name, void *(*run)(void *arg), void *arg);

struct lock {
    pthread_mutex_t  mutex;
    _Atomic uint64_t holder; /* the holding thread's own number, 0: nobody */
};

struct bell {
    pthread_cond_t cond;
};

void lock_init(struct lock *lock);
void lock_release(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);
void lock_held(struct lock *lock); /* asserts that this thread holds it */

void bell_init(struct bell *bell);
void bell_release(struct bell *bell);
void bell_ring(struct bell *bell);     /* wakes one */
void bell_ring_all(struct bell *bell); /* wakes everybody */

/* Waits, with `lock` held, for a ring or until the monotonic time; WHEN_UNKNOWN waits for the ring
 * alone. May wake for nothing: look at the condition again. True when the time has passed. */
bool bell_wait(struct bell *bell, struct lock *lock, ms until);

#endif
