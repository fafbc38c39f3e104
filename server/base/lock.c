#include "base/lock.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

static const ms MOVABLE_CLOCK_NAP = 20; /* how soon a moved test clock is noticed */

static uint64_t me(void)
{
    static atomic_ullong          last;
    static _Thread_local uint64_t mine;

    if (!mine)
        mine = atomic_fetch_add(&last, 1) + 1;
    return mine;
}

int thread_start(pthread_t *thread, const char *name, void *(*run)(void *arg), void *arg)
{
    int error = pthread_create(thread, NULL, run, arg);

    if (!error)
        (void)pthread_setname_np(*thread, name); /* only for the eye */
    return error;
}

void lock_init(struct lock *lock)
{
    int failed = pthread_mutex_init(&lock->mutex, NULL);

    assert(!failed); /* with default attributes glibc cannot fail */
    (void)failed;
    atomic_init(&lock->holder, 0);
}

void lock_release(struct lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    atomic_store_explicit(&lock->holder, me(), memory_order_relaxed);
}

void lock_drop(struct lock *lock)
{
    lock_held(lock);
    atomic_store_explicit(&lock->holder, 0, memory_order_relaxed);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_held(struct lock *lock)
{
    assert(atomic_load_explicit(&lock->holder, memory_order_relaxed) == me());
    (void)lock;
}

void bell_init(struct bell *bell)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&bell->cond, &attr);
    pthread_condattr_destroy(&attr);
}

void bell_release(struct bell *bell)
{
    pthread_cond_destroy(&bell->cond);
}

void bell_ring(struct bell *bell)
{
    pthread_cond_signal(&bell->cond);
}

void bell_ring_all(struct bell *bell)
{
    pthread_cond_broadcast(&bell->cond);
}

/* The wait itself is on the machine's clock: what is left of ours, from now. */
static struct timespec real_deadline(ms left)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += left / MS_SECOND;
    at.tv_nsec += (left % MS_SECOND) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

bool bell_wait(struct bell *bell, struct lock *lock, ms until)
{
    ms left = until == WHEN_UNKNOWN ? WHEN_UNKNOWN : until - when_monotonic();

    lock_held(lock);
    if (left != WHEN_UNKNOWN && left <= 0)
        return true;
    atomic_store_explicit(&lock->holder, 0, memory_order_relaxed);
    if (left == WHEN_UNKNOWN) {
        pthread_cond_wait(&bell->cond, &lock->mutex);
    } else {
        struct timespec at;

        if (when_is_movable() && left > MOVABLE_CLOCK_NAP)
            left = MOVABLE_CLOCK_NAP;
        at = real_deadline(left);
        pthread_cond_timedwait(&bell->cond, &lock->mutex, &at);
    }
    atomic_store_explicit(&lock->holder, me(), memory_order_relaxed);
    return until != WHEN_UNKNOWN && when_monotonic() >= until;
}
