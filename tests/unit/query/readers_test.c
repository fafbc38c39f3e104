/* The readers: everything submitted runs once; a full queue says so; stopping runs what waits. */
#include "check_db.h"

#include "base/lock.h"
#include "query/readers.h"
#include "store/store.h"

enum { MANY = 100 };

struct counted {
    struct reading reading; /* first: the readers hand it back */
    struct lock   *lock;
    struct bell   *bell;
    int           *runs;
    const bool    *is_open; /* waits until it is */
};

static void count(struct reading *reading, struct reader *reader)
{
    struct counted *counted = (struct counted *)reading;

    lock_take(counted->lock);
    while (!*counted->is_open)
        (void)bell_wait(counted->bell, counted->lock, WHEN_UNKNOWN);
    *counted->runs += reader->db != NULL;
    lock_drop(counted->lock);
}

static void everything_taken_runs_once(void **state)
{
    struct check_db check          = {.name = "readers"};
    OWN_PTR(store) store           = NULL;
    struct readers        *readers = NULL;
    struct fail            why     = FAIL_OK;
    struct store_options   options = {.data_dir = check.dir};
    static struct counted  readings[READERS_MOST_WAITING + MANY];
    struct lock            lock;
    struct bell            bell;
    int                    runs = 0, taken = 0;
    bool                   is_open = false;
    struct readers_figures figures;

    (void)state;
    lock_init(&lock);
    bell_init(&bell);
    check_db_make(&check);
    CHECK_OK(store_open(&options, &store, &why), &why);
    CHECK_OK(readers_start(store, 2, &readers, &why), &why);
    for (int i = 0; i < READERS_MOST_WAITING + MANY; i++) {
        readings[i] = (struct counted){
            {.run = count, .deadline = WHEN_UNKNOWN}, &lock, &bell, &runs, &is_open};
        taken += readers_submit(readers, &readings[i].reading);
    }
    readers_figures(readers, &figures);
    assert_true(taken >= READERS_MOST_WAITING && taken <= READERS_MOST_WAITING + 2);
    assert_int_equal(figures.refused, READERS_MOST_WAITING + MANY - taken);
    lock_take(&lock);
    is_open = true;
    bell_ring_all(&bell);
    lock_drop(&lock);
    readers_free(readers); /* runs what waits */
    assert_int_equal(runs, taken);
    store_free(TAKE(store));
    bell_release(&bell);
    lock_release(&lock);
    check_db_remove(&check);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(everything_taken_runs_once)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
