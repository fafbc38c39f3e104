/* Leases: the oldest due first, one holder at a time, and of two reports only the one under the
 * newest fence counts. On both engines. */
#include "rows.h"

#include "store/errands.h"

enum { ROOM = 8 };

static const int64_t  ACCOUNT  = 111122223333;
static const unsigned ANY_DEED = 1u << DEED_ENRICH | 1u << DEED_EMIT;
static const ms       LEASE    = 2 * (ms)MS_MINUTE;

static void put(struct rows *rows, int64_t resource_id, enum deed deed, ms due)
{
    struct fail why = FAIL_OK;

    CHECK_OK(errands_add(&rows->batch, ACCOUNT, resource_id, deed, due, &why), &why);
}

/* Leases and says whose they are: "7 8". `out` may be NULL. */
static const char *taken(struct rows *rows, const char *worker, unsigned deeds, int most,
                         struct leased *out)
{
    static char                text[128];
    struct leased              leased[ROOM] = {0};
    const struct errands_lease lease        = {
               .deeds = deeds, .most = most, .until = rows->batch.now + LEASE, .worker = str_of(worker)};
    struct fail why = FAIL_OK;
    int         n   = errands_take(&rows->batch, &lease, leased, &why);

    CHECK_OK(n, &why);
    text[0] = '\0';
    for (int i = 0; i < n; i++) {
        size_t size = strlen(text);

        (void)snprintf(text + size, sizeof text - size, "%s%lld", i ? " " : "",
                       (long long)leased[i].resource_id);
        if (out)
            out[i] = leased[i];
        leased_release(&leased[i]);
    }
    return text;
}

static bool is_held(struct rows *rows, const struct leased *leased)
{
    struct leased found;
    struct fail   why = FAIL_OK;
    int           got = errands_hold(&rows->batch, leased, &found, &why);

    CHECK_OK(got, &why);
    return got == 1;
}

static int64_t let_go(struct rows *rows, const char *worker)
{
    struct fail why   = FAIL_OK;
    int64_t     freed = -1;

    CHECK_OK(errands_let_go(&rows->batch, str_of(worker), &freed, &why), &why);
    return freed;
}

static ms next_due(struct rows *rows)
{
    struct batch reading = {.db = rows->db};
    struct fail  why     = FAIL_OK;
    ms           due     = 0;

    CHECK_OK(errands_next_due(&reading, ANY_DEED, &due, &why), &why);
    return due;
}

static void the_oldest_that_are_due_are_leased_once(void **state)
{
    struct rows *rows = *state;

    assert_true(next_due(rows) == WHEN_UNKNOWN);
    put(rows, 1, DEED_EMIT, ROWS_NOW - 1);
    put(rows, 2, DEED_EMIT, ROWS_NOW - 3);
    put(rows, 3, DEED_EMIT, ROWS_NOW - 2);
    put(rows, 4, DEED_EMIT, ROWS_NOW + 1);
    put(rows, 5, DEED_ENRICH, ROWS_NOW - 9);
    put(rows, 2, DEED_EMIT, ROWS_NOW - 99); /* the same errand: nothing is added */
    assert_true(next_due(rows) == ROWS_NOW - 9);
    assert_string_equal(taken(rows, "a", 1u << DEED_EMIT, 2, NULL), "2 3");
    assert_string_equal(taken(rows, "b", ANY_DEED, ROOM, NULL), "5 1");
    assert_string_equal(taken(rows, "c", ANY_DEED, ROOM, NULL), "");
    assert_true(next_due(rows) == ROWS_NOW + 1);
}

static void a_report_under_an_older_fence_is_refused(void **state)
{
    struct rows  *rows = *state;
    struct leased first, second;
    struct fail   why = FAIL_OK;

    put(rows, 1, DEED_ENRICH, ROWS_NOW);
    assert_string_equal(taken(rows, "slow", ANY_DEED, 1, &first), "1");
    rows->batch.now += LEASE - 1;
    assert_string_equal(taken(rows, "quick", ANY_DEED, 1, NULL), "");
    rows->batch.now += 1; /* the lease has ended */
    assert_true(is_held(rows, &first));
    assert_string_equal(taken(rows, "quick", ANY_DEED, 1, &second), "1");
    assert_int_equal(second.fence, first.fence + 1);
    assert_int_equal(second.attempt, 2);
    assert_false(is_held(rows, &first));
    CHECK_FAILS(errands_done(&rows->batch, &first, &why), FAIL_BUSY, &why);
    CHECK_OK(errands_done(&rows->batch, &second, &why), &why);
    assert_false(is_held(rows, &second));
}

static void what_the_dead_held_is_leased_again_at_once(void **state)
{
    struct rows  *rows = *state;
    struct leased late, again;

    put(rows, 1, DEED_EMIT, ROWS_NOW - 2);
    put(rows, 2, DEED_EMIT, ROWS_NOW - 1);
    assert_string_equal(taken(rows, "dead", ANY_DEED, 1, &late), "1");
    assert_string_equal(taken(rows, "alive", ANY_DEED, 1, NULL), "2");
    rows->batch.now += 1000;
    assert_int_equal(let_go(rows, "dead"), 1);
    assert_int_equal(let_go(rows, "dead"), 0);
    assert_true(is_held(rows, &late)); /* its report may be on the way yet */
    assert_string_equal(taken(rows, "next", ANY_DEED, ROOM, &again), "1");
    assert_int_equal(again.fence, late.fence + 1);
    assert_int_equal(again.attempt, 2);
    assert_false(is_held(rows, &late));
}

/* Its holder is gone from the row: the end of a collector must not hurry what waits. */
static void what_was_put_off_by_a_wrong_clock_is_due_at_once(void **state)
{
    struct rows  *rows  = *state;
    struct fail   why   = FAIL_OK;
    const ms      ahead = 3650 * (ms)MS_DAY, latest = ROWS_NOW + MS_DAY;
    int64_t       number = -1;
    struct leased held;

    put(rows, 1, DEED_ENRICH, latest);
    rows->batch.now += ahead;
    put(rows, 2, DEED_EMIT, rows->batch.now);
    assert_string_equal(taken(rows, "there", 1u << DEED_EMIT, ROOM, &held), "2");
    put(rows, 3, DEED_ENRICH, rows->batch.now + MS_MINUTE);
    put(rows, 4, DEED_EMIT, rows->batch.now);
    rows->batch.now -= ahead;
    CHECK_OK(errands_recall(&rows->batch, latest, &number, &why), &why);
    assert_int_equal(number, 3);
    assert_true(is_held(rows, &held)); /* its report may be on the way yet */
    assert_string_equal(taken(rows, "here", 1u << DEED_EMIT, ROOM, NULL), "2 4");
    assert_string_equal(taken(rows, "here", 1u << DEED_ENRICH, ROOM, NULL), "3");
    assert_true(next_due(rows) == ROWS_NOW + LEASE);
    CHECK_OK(errands_recall(&rows->batch, latest, &number, &why), &why);
    assert_int_equal(number, 0);
}

static void what_was_put_off_or_given_up_is_not_let_go(void **state)
{
    struct rows  *rows = *state;
    struct leased leased[2];
    struct fail   why = FAIL_OK;
    const ms      due = ROWS_NOW + MS_HOUR;

    put(rows, 1, DEED_ENRICH, ROWS_NOW - 2);
    put(rows, 2, DEED_ENRICH, ROWS_NOW - 1);
    assert_string_equal(taken(rows, "dead", ANY_DEED, 2, leased), "1 2");
    CHECK_OK(errands_later(&rows->batch, &leased[0], due, STR("throttled"), STR("{\"n\":1}"), &why),
             &why);
    CHECK_OK(errands_dead(&rows->batch, &leased[1], STR("denied"), &why), &why);
    assert_int_equal(let_go(rows, "dead"), 0);
    assert_true(next_due(rows) == due);
    rows->batch.now = due;
    assert_string_equal(taken(rows, "next", ANY_DEED, ROOM, NULL), "1");
}

static void what_was_put_off_comes_back_with_its_memo(void **state)
{
    struct rows               *rows   = *state;
    struct leased              leased = {0};
    struct fail                why    = FAIL_OK;
    const struct errands_lease lease  = {ANY_DEED, 1, ROWS_NOW + LEASE, STR("worker")};

    put(rows, 1, DEED_ENRICH, ROWS_NOW);
    assert_string_equal(taken(rows, "worker", ANY_DEED, 1, &leased), "1");
    CHECK_OK(errands_later(&rows->batch, &leased, ROWS_NOW, STR_NONE, STR("{\"n\":1}"), &why),
             &why);
    assert_int_equal(errands_take(&rows->batch, &lease, &leased, &why), 1);
    CHECK_STR(buf_view(&leased.memo), "{\"n\":1}");
    leased_release(&leased);

    /* A collector that stops hands it back untouched. */
    CHECK_OK(
        errands_later(&rows->batch, &leased, ROWS_NOW, STR("the collector stops"), STR_NONE, &why),
        &why);
    assert_int_equal(errands_take(&rows->batch, &lease, &leased, &why), 1);
    CHECK_STR(buf_view(&leased.memo), "{\"n\":1}");
    leased_release(&leased);
}

/* Nobody reports: the lease is lost. */
static void lose(struct rows *rows, int64_t most, int times, const char *expected)
{
    for (int i = 0; i < times; i++) {
        assert_string_equal(taken(rows, "doomed", ANY_DEED, (int)most, NULL), expected);
        (void)let_go(rows, "doomed");
    }
}

static void what_was_lost_often_is_leased_alone_and_one_at_a_time(void **state)
{
    struct rows  *rows = *state;
    struct leased first, second;
    struct fail   why = FAIL_OK;

    put(rows, 1, DEED_EMIT, ROWS_NOW - 3);
    put(rows, 2, DEED_EMIT, ROWS_NOW - 2);
    lose(rows, ROOM, ERRANDS_SUSPECT, "1 2");
    put(rows, 3, DEED_EMIT, ROWS_NOW + 1);
    assert_string_equal(taken(rows, "a", ANY_DEED, ROOM, &first), "1");
    rows->batch.now += 1;
    assert_string_equal(taken(rows, "b", ANY_DEED, ROOM, NULL), "3"); /* 2 waits its turn */
    assert_int_equal(first.losses, ERRANDS_SUSPECT);
    rows->batch.now += MS_MINUTE;
    assert_string_equal(taken(rows, "b", ANY_DEED, ROOM, NULL), "");
    CHECK_OK(errands_done(&rows->batch, &first, &why), &why);
    rows->batch.now += MS_SECOND;
    assert_string_equal(taken(rows, "b", ANY_DEED, ROOM, &second), "2");
}

static void a_lease_that_runs_out_is_a_loss_and_a_report_is_not(void **state)
{
    struct rows  *rows = *state;
    struct leased leased;
    struct fail   why = FAIL_OK;

    put(rows, 1, DEED_EMIT, ROWS_NOW);
    for (int i = 0; i < 2 * ERRANDS_SUSPECT; i++) {
        assert_string_equal(taken(rows, "a", ANY_DEED, 1, &leased), "1");
        assert_int_equal(leased.losses, i % 2 ? i / 2 + 1 : i / 2);
        assert_int_equal(leased.attempt, i + 1);
        if (i % 2)
            CHECK_OK(errands_later(&rows->batch, &leased, rows->batch.now, STR("throttled"),
                                   STR_NONE, &why),
                     &why);
        else
            rows->batch.now += LEASE;
    }
}

/* SQLite gives its number to the next. */
static void a_late_report_is_not_taken_for_one_about_another_errand(void **state)
{
    struct rows  *rows = *state;
    struct leased first, next;
    struct fail   why = FAIL_OK;

    put(rows, 1, DEED_ENRICH, ROWS_NOW);
    assert_string_equal(taken(rows, "slow", ANY_DEED, 1, &first), "1");
    CHECK_OK(errands_done(&rows->batch, &first, &why), &why);
    rows->batch.now += 1;
    put(rows, 2, DEED_ENRICH, rows->batch.now);
    assert_string_equal(taken(rows, "quick", ANY_DEED, 1, &next), "2");
    assert_false(is_held(rows, &first));
    assert_true(is_held(rows, &next));
}

/* ---- asked for again ---- */

static int64_t revived(struct rows *rows, int64_t id, int expected)
{
    struct fail why = FAIL_OK;
    int         got = errands_revive(&rows->batch, ACCOUNT, &id, &why);

    CHECK_OK(got, &why);
    assert_int_equal(got, expected);
    return id;
}

static void what_was_given_up_begins_anew(void **state)
{
    struct rows  *rows = *state;
    struct leased first, again;
    struct fail   why = FAIL_OK;
    int64_t       id;

    put(rows, 1, DEED_ENRICH, ROWS_NOW);
    lose(rows, 1, ERRANDS_SUSPECT, "1");
    assert_string_equal(taken(rows, "a", ANY_DEED, 1, &first), "1");
    CHECK_OK(errands_dead(&rows->batch, &first, STR("denied"), &why), &why);
    rows->batch.now += MS_HOUR;
    assert_string_equal(taken(rows, "a", ANY_DEED, 1, NULL), "");
    id = revived(rows, first.id, 1);
    assert_string_equal(taken(rows, "a", ANY_DEED, 1, &again), "1");
    assert_true(again.id == id && again.losses == 0 && again.attempt == 1);
    assert_false(is_held(rows, &first));
    assert_true(is_held(rows, &again));
}

static void what_waits_is_hurried_and_what_is_leased_stays_with_its_holder(void **state)
{
    struct rows  *rows = *state;
    struct leased leased;
    struct fail   why = FAIL_OK;
    int64_t       id  = 0;

    put(rows, 1, DEED_ENRICH, ROWS_NOW);
    assert_string_equal(taken(rows, "a", ANY_DEED, 1, &leased), "1");
    assert_true(revived(rows, leased.id, 1) == leased.id);
    assert_string_equal(taken(rows, "b", ANY_DEED, 1, NULL), "");
    CHECK_OK(
        errands_later(&rows->batch, &leased, ROWS_NOW + MS_HOUR, STR("throttled"), STR_NONE, &why),
        &why);
    CHECK_OK(errands_ask(&rows->batch, ACCOUNT, 1, DEED_ENRICH, &id, &why), &why);
    assert_true(id == leased.id);
    assert_string_equal(taken(rows, "b", ANY_DEED, 1, NULL), "1");
    CHECK_OK(errands_ask(&rows->batch, ACCOUNT, 2, DEED_ENRICH, &id, &why), &why);
    assert_true(id != leased.id);
    assert_string_equal(taken(rows, "b", ANY_DEED, 1, NULL), "2");
    (void)revived(rows, 999, 0);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(the_oldest_that_are_due_are_leased_once),
    ROWS_TEST(a_report_under_an_older_fence_is_refused),
    ROWS_TEST(what_the_dead_held_is_leased_again_at_once),
    ROWS_TEST(what_was_put_off_by_a_wrong_clock_is_due_at_once),
    ROWS_TEST(what_was_put_off_or_given_up_is_not_let_go),
    ROWS_TEST(what_was_put_off_comes_back_with_its_memo),
    ROWS_TEST(what_was_lost_often_is_leased_alone_and_one_at_a_time),
    ROWS_TEST(a_lease_that_runs_out_is_a_loss_and_a_report_is_not),
    ROWS_TEST(a_late_report_is_not_taken_for_one_about_another_errand),
    ROWS_TEST(what_was_given_up_begins_anew),
    ROWS_TEST(what_waits_is_hurried_and_what_is_leased_stays_with_its_holder),
};

ROWS_MAIN("errands", tests)
