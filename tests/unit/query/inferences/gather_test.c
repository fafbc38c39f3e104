/* Sums of transactions, held against the same transactions in memory. */
#include "transactions.h"

#include "query/buckets.h"
#include "query/filter.h"
#include "query/inferences/gather.h"
#include "store/inferences/totals_list.h"

#include <math.h>

enum { MANY = 5000, FEW = 900 };

static struct transaction all[MANY];

static void fill(struct rows *rows, int count)
{
    static const char *const statuses[] = {"succeeded", "succeeded", "succeeded", "failed"};
    uint64_t                 seed       = 5;
    struct transactions      to;

    transactions_begin(&to, rows);
    for (int i = 0; i < count; i++) {
        uint64_t dice = transactions_random(&seed);

        all[i] = (struct transaction){
            .namespace   = dice % 5 ? "/abc_corp/claim" : "/abc_corp/claims",
            .model       = "doc",
            .status      = statuses[dice / 8 % 4],
            .server      = dice % 2 ? "1" : "2",
            .environment = "prod",
            .account     = 111122223333,
            .version     = 1 + (int64_t)(dice / 64 % 2),
            .deployment  = 1,
            /* heavy on the right, as latencies are */
            .elapse = (int64_t)(20 * exp((double)(transactions_random(&seed) % 7000) / 1000)),
            .start  = ROWS_NOW - (ms)(transactions_random(&seed) % (20 * 3600)) * 1000,
        };
        transactions_put(&to, &all[i]);
    }
    transactions_end(&to);
}

static int by_size(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* What a group must say: of those below `namespace` with this version (0: any). */
struct truth {
    int64_t sorted[MANY];
    int64_t count, failed;
};

static void find_truth(int count, const char *namespace, int64_t version, struct truth *out)
{
    out->count = out->failed = 0;
    for (int i = 0; i < count; i++)
        if (strcmp(all[i].namespace, namespace) == 0 && (!version || all[i].version == version)) {
            out->sorted[out->count++] = all[i].elapse;
            out->failed += strcmp(all[i].status, "failed") == 0;
        }
    qsort(out->sorted, (size_t)out->count, sizeof out->sorted[0], by_size);
}

/* By counting, not by an index: the least value that the share does not exceed. */
static int64_t plain_quantile(const struct truth *truth, int percent)
{
    for (int64_t i = 0; i < truth->count; i++)
        if ((i + 1) * 100 >= truth->count * percent)
            return truth->sorted[i];
    return -1;
}

static void check_group(const struct gather *gather, const struct gather_group *group,
                        const struct truth *truth)
{
    static const int percents[] = {1, 50, 90, 95, 99, 100};

    assert_int_equal(group->count, truth->count);
    assert_int_equal(group->failed, truth->failed);
    assert_int_equal(group->max_elapse_ms, truth->sorted[truth->count - 1]);
    assert_int_equal(group->min_elapse_ms, truth->sorted[0]);
    assert_int_equal(group->request_bytes, 100 * truth->count);
    for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
        double  got   = gather_quantile(gather, group, percents[i] / 100.0);
        int64_t exact = plain_quantile(truth, percents[i]);

        assert_true(got >= (double)truth->sorted[0]
                    && got <= (double)truth->sorted[truth->count - 1]);
        if (gather->is_exact)
            assert_int_equal((int64_t)got, exact);
        else
            assert_true(fabs(got - (double)exact) <= HISTOGRAM_ERROR * (double)exact + 1e-9);
    }
}

static struct asker asker_of(struct rows *rows, const struct scope *scope)
{
    return (struct asker){.db = rows->db, .words = rows->words, .scope = scope, .now = ROWS_NOW};
}

static void check_versions(struct rows *rows, int count, bool is_exact)
{
    static struct truth   truth;
    const struct scope    scope    = SCOPE_ALL;
    const struct asker    asker    = asker_of(rows, &scope);
    const struct question question = {.namespace     = STR("/abc_corp/claim"),
                                      .is_summary    = true,
                                      .by            = QUESTION_BY_VERSION,
                                      .min_elapse_ms = -1,
                                      .max_elapse_ms = -1,
                                      .from          = WHEN_UNKNOWN,
                                      .to            = ROWS_NOW + MS_MINUTE};
    OWN(gather) gather             = GATHER_EMPTY;
    struct fail why                = FAIL_OK;

    CHECK_OK(gather_run(&asker, &question, &gather, &why), &why);
    assert_int_equal(gather.is_exact, is_exact);
    assert_int_equal(gather.count, 2);
    for (size_t i = 0; i < gather.count; i++) {
        CHECK_STR(gather.groups[i]->series->namespace, "/abc_corp/claim");
        find_truth(count, "/abc_corp/claim", gather.groups[i]->series->version, &truth);
        check_group(&gather, gather.groups[i], &truth);
    }
}

static void above_1000_percentiles_are_within_the_error_they_name(void **state)
{
    fill(*state, MANY);
    check_versions(*state, MANY, false);
}

static void up_to_1000_percentiles_are_exact(void **state)
{
    fill(*state, FEW);
    check_versions(*state, FEW, true);
}

static void rows_that_are_gone_are_not_taken_for_all(void **state)
{
    struct rows *rows = *state;
    struct fail  why  = FAIL_OK;

    fill(rows, FEW);
    CHECK_OK(db_run(rows->db, "DELETE FROM inference WHERE uid = 3", &why), &why);
    check_versions(rows, FEW, all[2].namespace[15] == 's');
}

static void a_range_without_sums_of_minutes_becomes_whole_hours(void **state)
{
    struct rows          *rows     = *state;
    const struct scope    scope    = SCOPE_ALL;
    const struct asker    asker    = asker_of(rows, &scope);
    const struct question question = {.is_summary    = true,
                                      .min_elapse_ms = -1,
                                      .max_elapse_ms = -1,
                                      .from          = ROWS_NOW - 5 * (ms)MS_HOUR + 90 * MS_SECOND,
                                      .to            = ROWS_NOW};
    OWN(gather) fresh              = GATHER_EMPTY;
    OWN(gather) old                = GATHER_EMPTY;
    struct fail why                = FAIL_OK;

    fill(rows, FEW);
    CHECK_OK(gather_run(&asker, &question, &fresh, &why), &why);
    assert_int_equal(fresh.from % MS_MINUTE, 0);
    assert_true(fresh.from <= question.from && fresh.from > question.from - MS_MINUTE);
    CHECK_OK(db_run(rows->db, "DELETE FROM inference_rollup WHERE grain = 1", &why), &why);
    CHECK_OK(gather_run(&asker, &question, &old, &why), &why);
    assert_int_equal(old.from % MS_HOUR, 0);
    assert_int_equal(old.to % MS_HOUR, 0);
    assert_true(old.total > fresh.total);
}

static void nothing_is_found_in_a_time_that_is_still_to_come(void **state)
{
    struct rows          *rows     = *state;
    const struct scope    scope    = SCOPE_ALL;
    const struct asker    asker    = asker_of(rows, &scope);
    const struct question question = {.is_summary    = true,
                                      .min_elapse_ms = -1,
                                      .max_elapse_ms = -1,
                                      .from          = ROWS_NOW + 90 * (ms)MS_DAY,
                                      .to            = WHEN_UNKNOWN};
    OWN(gather) gather             = GATHER_EMPTY;
    struct fail why                = FAIL_OK;

    fill(rows, FEW);
    CHECK_OK(gather_run(&asker, &question, &gather, &why), &why);
    assert_int_equal(gather.total, 0);
    assert_true(gather.from <= question.from && question.from <= gather.to);
}

/* All of one length, in the middle of no bucket; and none at all. */
static void percentiles_lie_between_the_least_and_the_most(void **state)
{
    enum { COUNT = GATHER_EXACT + 1, ELAPSE = 4999 };
    struct rows              *rows     = *state;
    const struct scope        scope    = SCOPE_ALL;
    const struct asker        asker    = asker_of(rows, &scope);
    const struct question     question = {.is_summary    = true,
                                          .min_elapse_ms = -1,
                                          .max_elapse_ms = -1,
                                          .from          = WHEN_UNKNOWN,
                                          .to            = ROWS_NOW + MS_MINUTE};
    const struct gather_group none     = {.max_elapse_ms = -1, .min_elapse_ms = INT64_MAX};
    OWN(gather) gather                 = GATHER_EMPTY;
    struct transactions to;
    struct fail         why = FAIL_OK;

    transactions_begin(&to, rows);
    for (int i = 0; i < COUNT; i++)
        transactions_put(&to, &(struct transaction){.namespace   = "/abc_corp/claim",
                                                    .model       = "doc",
                                                    .status      = "succeeded",
                                                    .server      = "1",
                                                    .environment = "prod",
                                                    .account     = 111122223333,
                                                    .elapse      = ELAPSE,
                                                    .start       = ROWS_NOW - i});
    transactions_end(&to);
    CHECK_OK(gather_run(&asker, &question, &gather, &why), &why);
    assert_false(gather.is_exact);
    for (int percent = 0; percent <= 100; percent++)
        assert_int_equal(gather_quantile(&gather, gather.groups[0], percent / 100.0), ELAPSE);
    assert_int_equal(gather_quantile(&gather, &none, 0.5), 0);
}

/* Few series among many are looked up one by one. */
static void one_model_of_many_is_summed_up_by_itself(void **state)
{
    enum { MODELS = 40, EACH = 30 };
    struct rows          *rows     = *state;
    const struct scope    scope    = SCOPE_ALL;
    const struct asker    asker    = asker_of(rows, &scope);
    const struct question question = {.namespace     = STR("/many/m7"),
                                      .is_summary    = true,
                                      .by            = QUESTION_BY_STATUS,
                                      .min_elapse_ms = -1,
                                      .max_elapse_ms = -1,
                                      .from          = ROWS_NOW - MS_DAY,
                                      .to            = ROWS_NOW};
    OWN(gather) gather             = GATHER_EMPTY;
    struct transactions to;
    struct fail         why = FAIL_OK;

    transactions_begin(&to, rows);
    for (int i = 0; i < MODELS * EACH; i++) {
        char                     name[16];
        const struct transaction one = {.namespace   = "/many",
                                        .model       = name,
                                        .status      = i % 3 ? "succeeded" : "failed",
                                        .server      = "1",
                                        .environment = "prod",
                                        .account     = 111122223333,
                                        .elapse      = i,
                                        .start       = ROWS_NOW - (i + 1) * (ms)MS_MINUTE / 2};

        (void)snprintf(name, sizeof name, "m%d", i % MODELS);
        transactions_put(&to, &one);
    }
    transactions_end(&to);
    CHECK_OK(gather_run(&asker, &question, &gather, &why), &why);
    assert_int_equal(gather.total, EACH);
    assert_int_equal(gather.count, 2);
    assert_int_equal(gather.groups[0]->count + gather.groups[1]->count, EACH);
}

/* --- over time --- */

struct course_sums {
    int64_t total;
    size_t  visits;
    double  longest;
};

static int add_bucket(void *ctx, const struct gather *gather, size_t bucket, struct fail *why)
{
    struct course_sums *sums = ctx;

    (void)bucket;
    (void)why;
    sums->visits++;
    for (size_t i = 0; i < gather->count; i++) {
        const struct gather_group *group = gather->groups[i];
        double                     p100  = gather_quantile(gather, group, 1);

        assert_true(!group->count || p100 <= (double)group->max_elapse_ms);
        sums->total += gather->groups[i]->count;
        sums->longest = p100 > sums->longest ? p100 : sums->longest;
    }
    return 0;
}

static void buckets_add_up_to_the_whole(void **state)
{
    struct rows          *rows     = *state;
    const struct scope    scope    = SCOPE_ALL;
    const struct asker    asker    = asker_of(rows, &scope);
    const struct question question = {.is_summary    = true,
                                      .by            = QUESTION_BY_SERVER,
                                      .min_elapse_ms = -1,
                                      .max_elapse_ms = -1,
                                      .from          = WHEN_UNKNOWN,
                                      .to            = WHEN_UNKNOWN};
    static const ms       steps[]  = {MS_MINUTE, 15 * MS_MINUTE, MS_HOUR, 6 * MS_HOUR};

    fill(rows, MANY);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        OWN(gather) gather             = GATHER_EMPTY;
        ms                         end = (ROWS_NOW / steps[i] + 1) * steps[i];
        struct buckets             buckets;
        struct course_sums         sums   = {.total = 0};
        const struct gather_course course = {&buckets, add_bucket, &sums};
        struct fail                why    = FAIL_OK;

        buckets       = (struct buckets){.step = steps[i], .from = end - 2 * (ms)MS_DAY, .to = end};
        buckets.count = (size_t)((buckets.to - buckets.from) / buckets.step);
        CHECK_OK(gather_over_time(&asker, &question, &course, &gather, &why), &why);
        assert_int_equal(sums.total, MANY);
        assert_true(sums.visits <= buckets.count);
        assert_int_equal(gather.count, 4); /* two models with two servers each */
    }
}

/* --- ranges in parts --- */

static void a_range_is_minutes_hours_and_minutes(void **state)
{
    const ms h = MS_HOUR, m = MS_MINUTE;
    static const struct {
        int from, to, parts; /* minutes */
    } cases[] = {{0, 0, 0},   {1, 59, 1},  {0, 60, 1},   {30, 90, 1},
                 {59, 61, 1}, {1, 181, 3}, {60, 190, 2}, {50, 120, 2}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct totals_range parts[TOTALS_MOST_PARTS];
        ms                  covered = 0;
        int count = totals_parts(100 * h + cases[i].from * m, 100 * h + cases[i].to * m, parts);

        for (int p = 0; p < count; p++) {
            covered += parts[p].to - parts[p].from;
            assert_true(parts[p].grain == TOTALS_MINUTE
                        || (parts[p].from % h == 0 && parts[p].to % h == 0));
            assert_true(p == 0 || parts[p].from == parts[p - 1].to);
        }
        assert_int_equal(covered, (cases[i].to - cases[i].from) * m);
        assert_int_equal(count, cases[i].parts);
    }
}

static void nearest_rank_is_a_value_that_was_there(void **state)
{
    static const struct {
        int    count;
        double share;
        int    expected;
    } cases[] = {{1, 0.5, 1},     {1, 0.99, 1},  {2, 0.5, 1},       {2, 0.51, 2}, {100, 0.07, 7},
                 {100, 0.99, 99}, {100, 1, 100}, {1000, 0.99, 990}, {3, 0.5, 2},  {100, 0, 1}};
    int64_t values[1000];

    (void)state;
    for (int i = 0; i < 1000; i++)
        values[i] = i + 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(gather_nearest_rank(values, (size_t)cases[i].count, cases[i].share),
                         cases[i].expected);
    assert_int_equal(gather_nearest_rank(values, 0, 0.5), 0);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(above_1000_percentiles_are_within_the_error_they_name),
    ROWS_TEST(up_to_1000_percentiles_are_exact),
    ROWS_TEST(rows_that_are_gone_are_not_taken_for_all),
    ROWS_TEST(a_range_without_sums_of_minutes_becomes_whole_hours),
    ROWS_TEST(nothing_is_found_in_a_time_that_is_still_to_come),
    ROWS_TEST(percentiles_lie_between_the_least_and_the_most),
    ROWS_TEST(one_model_of_many_is_summed_up_by_itself),
    ROWS_TEST(buckets_add_up_to_the_whole),
    cmocka_unit_test(a_range_is_minutes_hours_and_minutes),
    cmocka_unit_test(nearest_rank_is_a_value_that_was_there),
};
ROWS_MAIN("gather", tests)
