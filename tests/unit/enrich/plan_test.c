/* collectors/enrich/plan.c: what is asked about a job. */
#include "check.h"

#include <string.h>

#include "enrich/plan.h"

static const ms NOON = 1714564800000; /* 2024-05-01T12:00:00Z */

static struct errand_job job_of(enum kind kind, ms started, ms ended, int64_t count)
{
    return (struct errand_job){.kind           = kind,
                               .name           = STR("demo"),
                               .created_at     = WHEN_UNKNOWN,
                               .started_at     = started,
                               .ended_at       = ended,
                               .counted_at     = ended,
                               .instance_count = count};
}

static void the_window_is_whole_periods_and_one_more(void **state)
{
    static const struct {
        ms      started, ended; /* before noon */
        ms      asked;          /* after the end */
        int64_t period_s, expected;
        ms      start, end; /* before noon */
    } cases[] = {
        {90 * 60000 + 1000, 30 * 60000 - 1000, 120000, 60, 60, 91 * 60000, 28 * 60000},
        {35000, 0, 120000, 60, 1, 60000, -60000},
        {3600000, 0, (ms)20 * MS_DAY, 300, 12, 3600000, -300000},
        {3600000, 0, (ms)100 * MS_DAY, 3600, 1, 3600000, -3600000},
        /* What counts is the age of the first period, not that of the job in it. */
        {3600000 - 30000, 0, (ms)15 * MS_DAY - 3600000, 300, 11, 3600000, -300000},
        {3600000 - 120000, 0, (ms)63 * MS_DAY - 3600000, 3600, 1, 3600000, -3600000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct errand_job job =
            job_of(KIND_TRAINING, NOON - cases[i].started, NOON - cases[i].ended, 2);
        struct plan plan;

        plan_make(&job, NOON, job.ended_at + cases[i].asked, &plan);
        assert_string_equal(plan.reason, "");
        assert_int_equal(plan.period_s, cases[i].period_s);
        assert_int_equal(plan.expected, cases[i].expected);
        assert_true(plan.start == NOON - cases[i].start);
        assert_true(plan.end == NOON - cases[i].end);
        assert_int_equal(plan.host_count, 2);
    }
}

static void an_end_that_no_event_told_is_where_it_is_counted(void **state)
{
    struct errand_job job = job_of(KIND_TRAINING, NOON - 3600000, WHEN_UNKNOWN, 1);
    struct plan       plan;

    (void)state;
    plan_make(&job, NOON + MS_DAY, NOON + MS_DAY, &plan); /* a service that does not say */
    assert_true(plan.job_end == NOON + MS_DAY);
    job.counted_at = NOON;
    plan_make(&job, NOON + MS_DAY, NOON + MS_DAY, &plan);
    assert_true(plan.job_end == NOON);
}

static void some_jobs_are_not_asked_about(void **state)
{
    struct errand_job none[] = {
        job_of(KIND_LABELING, NOON - 1000, NOON, 1),
        job_of(KIND_TRAINING, WHEN_UNKNOWN, NOON, 1),
        job_of(KIND_TRAINING, NOON - (ms)500 * MS_DAY, NOON - (ms)499 * MS_DAY, 1),
    };
    struct plan plan;

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        plan_make(&none[i], NOON, NOON, &plan);
        assert_true(plan.reason[0]);
    }
    none[1].created_at = NOON - 600000; /* stands in for the start */
    plan_make(&none[1], NOON, NOON, &plan);
    assert_string_equal(plan.reason, "");
    assert_true(plan.job_start == NOON - 600000);
}

static void hosts_that_no_event_tells_are_discovered(void **state)
{
    struct errand_job transform = job_of(KIND_TRANSFORM, NOON - 60000, NOON, 3);
    struct errand_job unknown   = job_of(KIND_TRAINING, NOON - 60000, NOON, 0);
    struct errand_job reversed  = job_of(KIND_PROCESSING, NOON, NOON - 60000, 1);
    struct plan       plan;

    (void)state;
    plan_make(&transform, NOON, NOON, &plan);
    assert_int_equal(plan.host_count, 0);
    assert_int_equal(plan.hosts_wanted, 3);
    assert_false(plan_wants(&plan, METRIC_DISK));
    plan_make(&unknown, NOON, NOON, &plan);
    assert_int_equal(plan.host_count, 0);
    assert_true(plan_wants(&plan, METRIC_DISK));
    plan_make(&reversed, NOON, NOON, &plan);
    assert_true(plan.end > plan.start);
}

static void calls_stay_within_500_queries_and_a_page_of_points(void **state)
{
    static const struct {
        ms     span;
        size_t pairs;
    } cases[] = {
        {30 * MS_MINUTE, 166}, /* 498 queries: 33 hosts */
        {MS_DAY, 23},          /* 1442 points, three times */
        {(ms)14 * MS_DAY, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct errand_job job = job_of(KIND_TRAINING, NOON - cases[i].span, NOON, 40);
        struct plan       plan;

        plan_make(&job, NOON, NOON, &plan);
        assert_int_equal(plan_pairs_per_call(&plan), cases[i].pairs);
    }
}

static void a_query_names_one_series(void **state)
{
    struct errand_job   job = job_of(KIND_PROCESSING, NOON - 60000, NOON, 1);
    struct metric_query query;
    struct plan         plan;
    struct fail         why = FAIL_OK;

    (void)state;
    plan_make(&job, NOON, NOON, &plan);
    CHECK_OK(plan_query(&plan, job.name, "algo-1", METRIC_GPU_MEMORY, PLAN_P95, 497, &query, &why),
             &why);
    assert_string_equal(query.id, "q497");
    assert_string_equal(query.namespace, "/aws/sagemaker/ProcessingJobs");
    assert_string_equal(query.metric, "GPUMemoryUtilization");
    assert_string_equal(query.stat, "p95");
    assert_string_equal(query.dimensions[0].value, "demo/algo-1");
}

static void an_endpoint_is_asked_about_for_the_hour_before_now(void **state)
{
    struct errand_job   endpoint = job_of(KIND_ENDPOINT, WHEN_UNKNOWN, WHEN_UNKNOWN, 4);
    struct metric_query query;
    struct plan         plan;
    struct fail         why = FAIL_OK;

    (void)state;
    endpoint.created_at = NOON - (ms)500 * MS_DAY;
    plan_make(&endpoint, NOON - (ms)20 * MS_DAY, NOON + 59999, &plan);
    assert_string_equal(plan.reason, "");
    assert_int_equal(plan.period_s, 60);
    assert_int_equal(plan.expected, 60);
    assert_true(plan.start == NOON - MS_HOUR && plan.end == NOON);
    assert_int_equal(plan.host_count, 0);
    assert_true(plan_wants(&plan, METRIC_DISK));
    CHECK_OK(plan_query(&plan, endpoint.name, "blue", METRIC_CPU, PLAN_MAXIMUM, 1, &query, &why),
             &why);
    assert_string_equal(query.namespace, "/aws/sagemaker/Endpoints");
    assert_string_equal(query.dimensions[0].value, "demo");
    assert_string_equal(query.dimensions[1].value, "blue");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_is_whole_periods_and_one_more),
        cmocka_unit_test(an_end_that_no_event_told_is_where_it_is_counted),
        cmocka_unit_test(some_jobs_are_not_asked_about),
        cmocka_unit_test(hosts_that_no_event_tells_are_discovered),
        cmocka_unit_test(calls_stay_within_500_queries_and_a_page_of_points),
        cmocka_unit_test(a_query_names_one_series),
        cmocka_unit_test(an_endpoint_is_asked_about_for_the_hour_before_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
