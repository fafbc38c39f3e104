/* What is old goes, what is young stays, and a wall clock that runs ahead removes nothing.
 *
 * The clocks are this test's own: its clock_gettime stands before the C library's. */
#include "check_db.h"

#include "config.h"
#include "store/batch.h"
#include "store/errands.h"
#include "store/event.h"
#include "store/store.h"
#include "store/sums.h"
#include "store/words.h"
#include "store/writer.h"
#include "verbs/housekeeping.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>

static _Atomic ms wall_shift, monotonic_shift;

int clock_gettime(clockid_t clock, struct timespec *out)
{
    long failed = syscall(SYS_clock_gettime, clock, out);
    ms   shift  = clock == CLOCK_REALTIME    ? atomic_load(&wall_shift)
                  : clock == CLOCK_MONOTONIC ? atomic_load(&monotonic_shift)
                                             : 0;

    out->tv_sec += shift / MS_SECOND; /* whole seconds are all that is needed */
    return (int)failed;
}

/* Time goes by; the wall clock may jump on top of that. */
static void pass(ms time, ms jump)
{
    atomic_fetch_add(&monotonic_shift, time);
    atomic_fetch_add(&wall_shift, time + jump);
}

struct world {
    struct check_db      check;
    struct config       *config;
    struct store        *store;
    struct writer       *writer;
    struct housekeeping *keeping;
};

static int open_world(struct world *world, const char *const *flags, int count)
{
    static const struct store_policy policy = {.wants_emf = false};
    struct fail                      why    = FAIL_OK;
    struct store_options             options;

    check_db_make_again(&world->check);
    options = (struct store_options){.data_dir = world->check.dir};
    CHECK_OK(config_load(NULL, flags, count, &world->config, &why), &why);
    CHECK_OK(store_open(&options, &world->store, &why), &why);
    CHECK_OK(writer_start(world->store, &policy, &world->writer, &why), &why);
    CHECK_OK(housekeeping_new(world->config, world->store, world->writer, &world->keeping, &why),
             &why);
    return 0;
}

static int set_up(void **state)
{
    static const char *const flags[] = {"retention-age=30d"};

    return open_world(*state, flags, 1);
}

static int set_up_small(void **state)
{
    static const char *const flags[] = {"retention-age=0", "retention-bytes=65536"};

    return open_world(*state, flags, 2);
}

static int tear_down(void **state)
{
    struct world *world = *state;

    housekeeping_free(world->keeping);
    writer_free(world->writer);
    store_free(world->store);
    config_free(world->config);
    check_db_remove(&world->check);
    return 0;
}

/* An event that came so long ago. */
static int put_event(void *ctx, struct batch *batch, struct fail *why)
{
    ms               when = when_now() - *(const ms *)ctx;
    char             id[40];
    const struct str region = STR("eu-central-1"), type = STR("SageMaker Something New");
    struct news      news = {
             .account     = 111122223333,
             .region      = region,
             .detail_type = type,
             .time        = when,
             .version     = when,
             .body        = STR("{}"),
             .kind        = KIND_OTHER,
    };
    struct event_row row = {.received = when, .effect = EFFECT_NOTHING};

    (void)snprintf(id, sizeof id, "event-%lld", (long long)when);
    news.event_id = str_of(id);
    row.uid       = event_uid(&news);
    if (words_put(batch->words, batch->db, region, &row.region_id, why)
        || words_put(batch->words, batch->db, type, &row.type_id, why))
        return -1;
    sums_heard(batch->sums, news.account, row.region_id, when, when);
    sums_pulse(batch->sums, news.account, row.region_id, PULSE_EVENTS);
    return event_put(batch, &news, &row, why) < 0 ? -1 : 0;
}

static void put(struct world *world, ms age)
{
    struct fail why = FAIL_OK;

    CHECK_OK(writer_run(world->writer, put_event, &age, &why), &why);
}

static int64_t events(struct world *world)
{
    struct fail why    = FAIL_OK;
    OWN_PTR(db) reader = NULL;
    struct stmt *stmt;
    int64_t      count;

    CHECK_OK(store_reader(world->store, &reader, &why), &why);
    stmt = db_prepare(reader, "SELECT COUNT(*) FROM event", &why);
    assert_non_null(stmt);
    assert_int_equal(stmt_step(stmt, &why), 1);
    count = col_int(stmt, 0);
    stmt_done(stmt);
    return count;
}

static void what_is_old_goes_a_minute_later(void **state)
{
    struct world *world = *state;

    put(world, 40 * (ms)MS_DAY);
    put(world, 31 * (ms)MS_DAY);
    put(world, 29 * (ms)MS_DAY);
    put(world, MS_MINUTE);
    housekeeping_tick(world->keeping); /* not yet: a minute after the start at the earliest */
    assert_int_equal(events(world), 4);
    pass(MS_MINUTE + MS_SECOND, 0);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), 2);
}

static void a_clock_that_jumps_removes_nothing_for_a_day(void **state)
{
    struct world *world = *state;

    put(world, MS_DAY);
    pass(MS_MINUTE + MS_SECOND, 365 * (ms)MS_DAY);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), 1);
    pass(23 * MS_HOUR, 0);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), 1);
    pass(0, -365 * (ms)MS_DAY); /* somebody has set it right */
    pass(2 * MS_HOUR, 0);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), 1);
    pass(31 * (ms)MS_DAY, 0);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), 0);
}

static void restart(struct world *world)
{
    struct fail why = FAIL_OK;

    housekeeping_free(world->keeping);
    CHECK_OK(housekeeping_new(world->config, world->store, world->writer, &world->keeping, &why),
             &why);
}

static void a_start_with_a_clock_years_ahead_removes_nothing_for_a_day(void **state)
{
    struct world *world = *state;

    put(world, MS_DAY);
    pass(MS_MINUTE, 3650 * (ms)MS_DAY);
    restart(world);
    pass(MS_MINUTE + MS_SECOND, 0);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), 1);
    pass(MS_DAY, 0);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), 0);
}

static void a_start_after_some_quiet_weeks_is_ordinary(void **state)
{
    struct world *world = *state;

    put(world, 2 * (ms)MS_DAY);
    put(world, 0);
    pass(29 * (ms)MS_DAY, 0);
    restart(world);
    pass(MS_MINUTE + MS_SECOND, 0);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), 1);
}

static void a_clock_that_stays_ahead_is_believed_after_a_day(void **state)
{
    struct world *world = *state;

    put(world, MS_DAY);
    pass(MS_MINUTE + MS_SECOND, 365 * (ms)MS_DAY);
    housekeeping_tick(world->keeping);
    pass(MS_DAY + MS_MINUTE, 0);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), 0);
}

static void small_steps_and_steps_back_are_ordinary(void **state)
{
    static const ms jumps[] = {MS_SECOND, MS_HOUR / 2, -3 * (ms)MS_DAY, 0};
    struct world   *world   = *state;

    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        put(world, 40 * (ms)MS_DAY);
        pass(MS_MINUTE + MS_SECOND, jumps[i]);
        housekeeping_tick(world->keeping);
        assert_int_equal(events(world), 0);
    }
}

enum { WAITING = 1200, JOB = 7 };

/* Many events of a job that somebody still has to measure, and after them one about nothing. */
static int put_waiting(void *ctx, struct batch *batch, struct fail *why)
{
    const ms         day = MS_DAY;
    struct event_row row = {.resource_id = JOB, .effect = EFFECT_NOTHING};

    (void)ctx; /* the same for everybody */
    for (int i = 0; i < WAITING; i++) {
        struct news news = {.account  = 111122223333,
                            .event_id = STR("waits"),
                            .time     = when_now() - 2 * day + i,
                            .body     = STR("{}"),
                            .kind     = KIND_TRAINING};

        row.uid      = i;
        row.received = news.time;
        if (event_put(batch, &news, &row, why) != EVENT_NEW)
            return -1;
    }
    return errands_add(batch, 111122223333, JOB, DEED_ENRICH, 0, why)
                   || put_event(&(ms){day}, batch, why)
               ? -1
               : 0;
}

static void by_size_goes_what_may_behind_all_that_must_stay(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;

    CHECK_OK(writer_run(world->writer, put_waiting, NULL, &why), &why);
    assert_int_equal(events(world), WAITING + 1);
    pass(MS_MINUTE + MS_SECOND, 0);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), WAITING);
    pass(MS_MINUTE + MS_SECOND, 0);
    housekeeping_tick(world->keeping);
    assert_int_equal(events(world), WAITING);
}

static int put_errand(void *ctx, struct batch *batch, struct fail *why)
{
    (void)ctx;
    return errands_add(batch, 111122223333, 1, DEED_EMIT, batch->now, why);
}

static ms next_due(struct world *world)
{
    struct fail why    = FAIL_OK;
    OWN_PTR(db) reader = NULL;
    ms due             = WHEN_UNKNOWN;

    CHECK_OK(store_reader(world->store, &reader, &why), &why);
    CHECK_OK(errands_next_due(&(struct batch){.db = reader}, 1u << DEED_EMIT, &due, &why), &why);
    return due;
}

/* Also while nothing is removed, because the clock is not believed. */
static void an_errand_of_a_clock_that_was_wrong_does_not_wait_for_it(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;

    pass(MS_MINUTE + MS_SECOND, 3650 * (ms)MS_DAY);
    housekeeping_tick(world->keeping);
    CHECK_OK(writer_run(world->writer, put_errand, NULL, &why), &why);
    pass(MS_MINUTE + MS_SECOND, -3650 * (ms)MS_DAY);
    assert_true(next_due(world) > when_now());
    housekeeping_tick(world->keeping);
    assert_true(next_due(world) <= when_now());
}

#define ON_A_STORE(test) cmocka_unit_test_prestate_setup_teardown(test, set_up, tear_down, &world)

int main(void)
{
    static struct world     world   = {.check = {.name = "keeping"}};
    const struct CMUnitTest tests[] = {
        ON_A_STORE(what_is_old_goes_a_minute_later),
        ON_A_STORE(a_clock_that_jumps_removes_nothing_for_a_day),
        ON_A_STORE(a_start_with_a_clock_years_ahead_removes_nothing_for_a_day),
        ON_A_STORE(a_start_after_some_quiet_weeks_is_ordinary),
        ON_A_STORE(a_clock_that_stays_ahead_is_believed_after_a_day),
        ON_A_STORE(an_errand_of_a_clock_that_was_wrong_does_not_wait_for_it),
        ON_A_STORE(small_steps_and_steps_back_are_ordinary),
        cmocka_unit_test_prestate_setup_teardown(by_size_goes_what_may_behind_all_that_must_stay,
                                                 set_up_small, tear_down, &world),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
