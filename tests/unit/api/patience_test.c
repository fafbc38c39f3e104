/* A kept request is answered exactly once: late, by patience, or in time, by whoever has finished.
 * Patience never looks into a request, so a number stands for one here. */
#include "check.h"

#include "api/patience.h"
#include "base/lock.h"

#include <stdatomic.h>

enum { WAITS = 200, PATIENCE_MS = 150 };

struct kept {
    struct patience_wait wait; /* first: patience gives it back */
    struct web_request  *answered;
    atomic_int           answers;
};

static struct web_request *request_of(size_t number)
{
    return (struct web_request *)(uintptr_t)(number + 1);
}

static void answer_late(struct patience_wait *wait, struct web_request *request)
{
    struct kept *kept = (struct kept *)wait;

    kept->answered = request;
    atomic_fetch_add(&kept->answers, 1);
}

static void wait_until(ms when)
{
    struct lock lock;
    struct bell bell;

    lock_init(&lock);
    bell_init(&bell);
    lock_take(&lock);
    while (!bell_wait(&bell, &lock, when))
        ;
    lock_drop(&lock);
    bell_release(&bell);
    lock_release(&lock);
}

static void what_takes_too_long_is_answered_once(void **state)
{
    OWN_PTR(patience) patience = NULL;
    struct fail why            = FAIL_OK;
    struct kept kept           = {.answered = NULL};
    ms          began          = when_monotonic();

    (void)state;
    CHECK_OK(patience_new(&patience, &why), &why);
    patience_begin(patience, &kept.wait, request_of(7), began + PATIENCE_MS, answer_late);
    while (!atomic_load(&kept.answers) && when_monotonic() < began + MS_SECOND * 10)
        wait_until(when_monotonic() + 10);
    assert_true(when_monotonic() >= began + PATIENCE_MS);
    wait_until(when_monotonic() + PATIENCE_MS); /* time enough for a second answer */
    assert_int_equal(atomic_load(&kept.answers), 1);
    assert_null(patience_end(&kept.wait));
    assert_ptr_equal(kept.answered, request_of(7));
    assert_null(patience_end(&kept.wait)); /* asking again changes nothing */
}

static void what_ends_in_time_is_the_callers(void **state)
{
    OWN_PTR(patience) patience = NULL;
    struct fail why            = FAIL_OK;
    struct kept kept           = {.answered = NULL};
    ms          until          = when_monotonic() + PATIENCE_MS;

    (void)state;
    CHECK_OK(patience_new(&patience, &why), &why);
    patience_begin(patience, &kept.wait, request_of(0), until, answer_late);
    assert_ptr_equal(patience_end(&kept.wait), request_of(0));
    assert_null(patience_end(&kept.wait));
    wait_until(until + PATIENCE_MS);
    assert_int_equal(atomic_load(&kept.answers), 0);
}

/* Ends from the middle, the oldest and the newest: the ring stays whole. */
static void each_is_answered_by_one_of_both(void **state)
{
    OWN_PTR(patience) patience = NULL;
    struct fail        why     = FAIL_OK;
    static struct kept kept[WAITS];
    int                in_time = 0, late = 0;

    (void)state;
    CHECK_OK(patience_new(&patience, &why), &why);
    for (size_t i = 0; i < WAITS; i++)
        patience_begin(patience, &kept[i].wait, request_of(i), when_monotonic() + PATIENCE_MS,
                       answer_late);
    for (size_t i = 0; i < WAITS; i += 3) {
        struct web_request *request = patience_end(&kept[i].wait);

        in_time += request != NULL;
        assert_true(!request || request == request_of(i));
    }
    wait_until(when_monotonic() + PATIENCE_MS * 3);
    for (size_t i = 0; i < WAITS; i++) {
        struct web_request *request = i % 3 ? patience_end(&kept[i].wait) : NULL;

        in_time += request != NULL;
        late += atomic_load(&kept[i].answers);
        assert_true(!kept[i].answered || kept[i].answered == request_of(i));
    }
    assert_int_equal(in_time + late, WAITS);
    assert_true(in_time > 0 && late > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_takes_too_long_is_answered_once),
        cmocka_unit_test(what_ends_in_time_is_the_callers),
        cmocka_unit_test(each_is_answered_by_one_of_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
