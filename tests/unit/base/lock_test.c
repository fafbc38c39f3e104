/* lock and bell: one holder at a time, nobody sleeps through a ring or a deadline. */
#include "check.h"

#include "base/lock.h"

#include <pthread.h>

enum { THREADS = 4, TURNS = 5000 };

struct shared {
    struct lock lock;
    struct bell bell;
    long        sum;   /* under lock */
    int         stage; /* under lock */
};

static struct shared shared_new(void)
{
    struct shared shared = {.sum = 0};

    lock_init(&shared.lock);
    bell_init(&shared.bell);
    return shared;
}

static void shared_release(struct shared *shared)
{
    bell_release(&shared->bell);
    lock_release(&shared->lock);
}

static void *adds(void *ctx)
{
    struct shared *shared = ctx;

    for (int i = 0; i < TURNS; i++) {
        lock_take(&shared->lock);
        lock_held(&shared->lock);
        shared->sum++;
        lock_drop(&shared->lock);
    }
    return NULL;
}

static void lets_one_in_at_a_time(void **state)
{
    struct shared shared = shared_new();
    pthread_t     threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, adds, &shared), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(shared.sum, (long)THREADS * TURNS);
    shared_release(&shared);
}

static void *waits_for_stage_one(void *ctx)
{
    struct shared *shared = ctx;

    lock_take(&shared->lock);
    shared->sum++;
    bell_ring_all(&shared->bell);
    while (shared->stage < 1)
        (void)bell_wait(&shared->bell, &shared->lock, WHEN_UNKNOWN);
    lock_held(&shared->lock);
    shared->sum += 100;
    lock_drop(&shared->lock);
    return NULL;
}

static void a_ring_wakes_everybody(void **state)
{
    struct shared shared = shared_new();
    pthread_t     threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, waits_for_stage_one, &shared), 0);
    lock_take(&shared.lock);
    while (shared.sum < THREADS)
        (void)bell_wait(&shared.bell, &shared.lock, WHEN_UNKNOWN);
    shared.stage = 1;
    bell_ring_all(&shared.bell);
    lock_drop(&shared.lock);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(shared.sum, THREADS * 101);
    shared_release(&shared);
}

static void a_deadline_ends_the_wait(void **state)
{
    struct shared shared = shared_new();
    ms            start  = when_monotonic();

    (void)state;
    lock_take(&shared.lock);
    assert_true(bell_wait(&shared.bell, &shared.lock, start - 1)); /* has passed: no wait at all */
    while (!bell_wait(&shared.bell, &shared.lock, start + 30))
        lock_held(&shared.lock);
    assert_in_range(when_monotonic() - start, 30, 5 * MS_SECOND);
    lock_drop(&shared.lock);
    shared_release(&shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_one_in_at_a_time),
        cmocka_unit_test(a_ring_wakes_everybody),
        cmocka_unit_test(a_deadline_ends_the_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
