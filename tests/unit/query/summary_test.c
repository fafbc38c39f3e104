#include "rows.h"

#include "query/filter.h"
#include "query/summary.h"

static const int64_t ACCOUNT_A = 111122223333, ACCOUNT_B = 444455556666;

static void fill(struct rows *rows)
{
    const ms              now    = ROWS_NOW;
    const struct rows_job jobs[] = {
        {ACCOUNT_A, KIND_TRAINING, "one", "Completed", NULL, NULL, now - 5000, now - 4000,
         now - 1000},
        {ACCOUNT_A, KIND_TRAINING, "two", "Failed", NULL, NULL, now - 4000, 0, now - 2000},
        {ACCOUNT_B, KIND_TRAINING, "three", "Failed", NULL, NULL, now - 3 * (ms)MS_DAY, 0,
         now - 2 * (ms)MS_DAY},
        {ACCOUNT_B, KIND_ENDPOINT, "front", "InService", NULL, NULL, now - 4000, 0, 0},
    };

    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        rows_put(rows, &jobs[i]);
}

static void a_summary_counts_now_and_the_day(void **state)
{
    const struct scope all   = SCOPE_ALL;
    struct rows       *rows  = *state;
    const struct asker asker = {rows->db, rows->words, &all, ROWS_NOW};
    OWN(summary) summary     = SUMMARY_EMPTY;
    struct fail why          = FAIL_OK;
    size_t      next;

    fill(rows);
    CHECK_OK(summary_read(&asker, &summary, &why), &why);
    assert_int_equal(summary.tally_count, 4);
    assert_int_equal(summary.total_count, 3);
    assert_int_equal(summary.totals[0].kind, KIND_TRAINING);
    assert_int_equal(summary.totals[0].count + summary.totals[1].count, 3);
    assert_int_equal(summary.totals[2].kind, KIND_ENDPOINT);
    assert_int_equal(summary.day.created, 2);
    assert_int_equal(summary.day.ended, 2);
    assert_int_equal(summary.day.failed, 1);
    assert_int_equal(summary.day.unstarted, 1);
    assert_int_equal(summary.day.duration_ms, 3000);
    assert_int_equal(summary.day_of[KIND_TRAINING].ended, 2);
    assert_int_equal(summary.account_count, 2);
    assert_false(summary_is_silent(&summary, 0, ROWS_NOW, &next));
    assert_int_equal(next, 1);
    assert_true(summary_is_silent(&summary, 0, ROWS_NOW + 2 * SUMMARY_SILENT_AFTER, &next));
}

static void a_scope_sees_its_own(void **state)
{
    const struct scope scope = {false, &ACCOUNT_B, 1, STR(",444455556666,"), STR("*")};
    struct rows       *rows  = *state;
    const struct asker asker = {rows->db, rows->words, &scope, ROWS_NOW};
    OWN(summary) summary     = SUMMARY_EMPTY;
    struct fail why          = FAIL_OK;

    fill(rows);
    CHECK_OK(summary_read(&asker, &summary, &why), &why);
    assert_int_equal(summary.account_count, 1);
    assert_int_equal(summary.tally_count, 2);
    assert_int_equal(summary.day.created, 0);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(a_summary_counts_now_and_the_day),
    ROWS_TEST(a_scope_sees_its_own),
};

ROWS_MAIN("summary", tests)
