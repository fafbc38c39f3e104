/* Running jobs against the last runs of the same name. */
#include "rows.h"

#include "query/filter.h"
#include "query/overdue.h"

static const int64_t ACCOUNT = 111122223333, OTHER = 444455556666;
static const ms      MINUTES = 60000;

static void a_family_is_what_names_share(void **state)
{
    static const struct {
        const char *name, *family;
    } cases[] = {
        {"fraud-train-2026-11-21-10", "fraud-train-"},
        {"fraud_train_17", "fraud_train_"},
        {"nightly/x7", "nightly/"},
        {"bert-v2-large-9", "bert-v2-large-"},
        {"plain", "plain"},
        {"a-1", ""}, /* too short to tell */
        {"x", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_STR(overdue_family(str_of(cases[i].name)), cases[i].family);
}

static void put_run(struct rows *rows, const char *name, const char *status, ms started, ms lasts)
{
    const struct rows_job job = {ACCOUNT,        KIND_TRAINING, name,
                                 status,         NULL,          NULL,
                                 started - 1000, started,       lasts ? started + lasts : 0};

    (void)rows_put(rows, &job);
}

static void fill(struct rows *rows)
{
    const ms day = ROWS_NOW - 12 * (ms)MS_HOUR;

    put_run(rows, "fraud-1", "Completed", day, 10 * MINUTES);
    put_run(rows, "fraud-2", "Completed", day, 20 * MINUTES);
    put_run(rows, "fraud-3", "Completed", day, 30 * MINUTES);
    put_run(rows, "fraud-4", "Failed", day,
            600 * MINUTES); /* how long failures take says nothing */
    put_run(rows, "fraud-5", "InProgress", ROWS_NOW - 41 * MINUTES, 0);
    put_run(rows, "fraud-6", "InProgress", ROWS_NOW - 39 * MINUTES, 0);
    put_run(rows, "new-thing-1", "InProgress", ROWS_NOW - 23 * 60 * MINUTES, 0);
    put_run(rows, "lone-thing-1", "InProgress", ROWS_NOW - 25 * 60 * MINUTES, 0);
}

/* As one sees it who reaches every account. */
static struct overdue look(struct rows *rows)
{
    const struct scope all   = SCOPE_ALL;
    const struct asker asker = {rows->db, rows->words, &all, ROWS_NOW};
    struct overdue     overdue;
    struct fail        why = FAIL_OK;

    CHECK_OK(overdue_read(&asker, &overdue, &why), &why);
    return overdue;
}

static void what_takes_twice_the_usual_is_overdue(void **state)
{
    struct rows   *rows = *state;
    struct overdue overdue;

    fill(rows);
    overdue = look(rows);
    assert_int_equal(overdue.looked_at, 4);
    assert_false(overdue.is_cut);
    assert_int_equal(overdue.count, 2);
    assert_int_equal(overdue.jobs[0].age_ms, 41 * MINUTES);
    assert_int_equal(overdue.jobs[0].usual_ms, 20 * MINUTES);
    assert_int_equal(overdue.jobs[0].usual_of, 3);
    assert_int_equal(overdue.jobs[1].age_ms, 25 * 60 * MINUTES); /* without history: over a day */
    assert_true(overdue.jobs[1].usual_ms == WHEN_UNKNOWN);
}

static void a_family_is_told_by_its_bytes(void **state)
{
    struct rows   *rows = *state;
    const ms       day  = ROWS_NOW - 12 * (ms)MS_HOUR;
    struct overdue overdue;

    fill(rows);
    for (int i = 10; i < 30; i++) { /* another family, as people would sort in between */
        char name[16];

        (void)snprintf(name, sizeof name, "Fraud-%d", i);
        put_run(rows, name, "Completed", day, 300 * MINUTES);
    }
    overdue = look(rows);
    assert_int_equal(overdue.count, 2);
    assert_int_equal(overdue.jobs[0].usual_ms, 20 * MINUTES);
    assert_int_equal(overdue.jobs[0].usual_of, 3);
}

static void what_is_not_looked_at_takes_nobodys_place(void **state)
{
    struct rows   *rows = *state;
    struct overdue overdue;

    fill(rows);
    for (int i = 0; i < OVERDUE_LOOKED_AT + 1; i++) {
        char                  name[16];
        const struct rows_job step = {
            ACCOUNT, KIND_PIPELINE_STEP, name, "Executing", NULL, NULL, ROWS_NOW - MS_DAY, 0, 0};

        (void)snprintf(name, sizeof name, "p/x/s-%d", i);
        (void)rows_put(rows, &step);
    }
    overdue = look(rows);
    assert_int_equal(overdue.looked_at, 4);
    assert_false(overdue.is_cut);
    for (int i = 0; i < OVERDUE_LOOKED_AT; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "many-%d", i);
        put_run(rows, name, "InProgress", ROWS_NOW - MINUTES, 0);
    }
    overdue = look(rows);
    assert_int_equal(overdue.looked_at, OVERDUE_LOOKED_AT);
    assert_true(overdue.is_cut);
}

static void who_does_not_reach_the_account_sees_nothing(void **state)
{
    const struct scope scope = {false, &OTHER, 1, STR(",444455556666,"), STR("*")};
    struct rows       *rows  = *state;
    const struct asker asker = {rows->db, rows->words, &scope, ROWS_NOW};
    struct overdue     overdue;
    struct fail        why = FAIL_OK;

    CHECK_OK(overdue_read(&asker, &overdue, &why), &why); /* also of an empty store */
    assert_int_equal(overdue.looked_at, 0);
    fill(rows);
    CHECK_OK(overdue_read(&asker, &overdue, &why), &why);
    assert_int_equal(overdue.looked_at, 0);
}

static struct CMUnitTest tests[] = {
    cmocka_unit_test(a_family_is_what_names_share),
    ROWS_TEST(what_takes_twice_the_usual_is_overdue),
    ROWS_TEST(a_family_is_told_by_its_bytes),
    ROWS_TEST(what_is_not_looked_at_takes_nobodys_place),
    ROWS_TEST(who_does_not_reach_the_account_sees_nothing),
};

ROWS_MAIN("overdue", tests)
