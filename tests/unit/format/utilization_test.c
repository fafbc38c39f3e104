/* server/format/utilization.c: figures of hosts and jobs, and their document. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "base/own.h"
#include "format/compose.h"
#include "format/utilization.h"
#include "wire/doc.h"

static void percentiles_are_by_nearest_rank(void **state)
{
    static const struct {
        double values[5];
        size_t count;
        double percent, expected;
    } cases[] = {
        {{7}, 1, 95, 7},
        {{3, 1, 2}, 3, 95, 3},
        {{5, 4, 3, 2, 1}, 5, 50, 3},
        {{5, 4, 3, 2, 1}, 5, 80, 4},
        {{5, 4, 3, 2, 1}, 5, 0, 1},
        {{5, 4, 3, 2, 1}, 5, 100, 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double values[5];

        memcpy(values, cases[i].values, sizeof values);
        assert_true(utilization_percentile(values, cases[i].count, cases[i].percent)
                    == cases[i].expected);
    }
    assert_true(isnan(utilization_percentile(NULL, 0, 95)));
}

static struct figures figures_of(double average, double maximum, double p95, int64_t points)
{
    return (struct figures){.is_known   = true,
                            .average    = average,
                            .maximum    = maximum,
                            .p95        = p95,
                            .normalized = NAN,
                            .points     = points};
}

static void a_job_is_its_hosts_weighted_by_points(void **state)
{
    OWN(utilization) job = UTILIZATION_EMPTY;

    (void)state;
    utilization_host(&job, STR("algo-1"))->metric[METRIC_CPU]    = figures_of(100, 200, 190, 30);
    utilization_host(&job, STR("algo-2"))->metric[METRIC_CPU]    = figures_of(200, 400, NAN, 10);
    utilization_host(&job, STR("algo-1"))->metric[METRIC_MEMORY] = figures_of(40, 50, 45, 30);
    utilization_sum_up(&job, STR("ml.m5.xlarge"));
    assert_int_equal(job.host_count, 2);
    assert_true(job.job.metric[METRIC_CPU].average == 125);
    assert_true(job.job.metric[METRIC_CPU].maximum == 400);
    assert_true(job.job.metric[METRIC_CPU].p95 == 190);
    assert_true(job.job.metric[METRIC_CPU].normalized == 125.0 / 4);
    assert_int_equal(job.job.metric[METRIC_CPU].points, 40);
    assert_true(job.job.metric[METRIC_MEMORY].normalized == 40);
    assert_false(job.job.metric[METRIC_GPU].is_known);
}

static void without_a_known_type_cores_stay_unknown(void **state)
{
    OWN(utilization) job = UTILIZATION_EMPTY;

    (void)state;
    utilization_host(&job, STR("algo-1"))->metric[METRIC_CPU]  = figures_of(100, 200, 190, 3);
    utilization_host(&job, STR("algo-1"))->metric[METRIC_DISK] = figures_of(10, 20, 19, 3);
    utilization_sum_up(&job, STR("ml.unheard.of"));
    assert_true(isnan(job.job.metric[METRIC_CPU].normalized));
    assert_true(job.job.metric[METRIC_DISK].normalized == 10);
}

static void there_is_a_ceiling_of_hosts(void **state)
{
    OWN(utilization) job = UTILIZATION_EMPTY;
    char name[32];

    (void)state;
    for (int i = 0; i < UTILIZATION_MOST_HOSTS; i++) {
        snprintf(name, sizeof name, "algo-%d", i);
        assert_non_null(utilization_host(&job, str_of(name)));
    }
    assert_null(utilization_host(&job, STR("one-more")));
    assert_non_null(utilization_host(&job, STR("algo-7")));
    assert_int_equal(job.host_count, UTILIZATION_MOST_HOSTS);
}

static void what_is_composed_is_parsed(void **state)
{
    OWN(utilization) job   = UTILIZATION_EMPTY;
    OWN(utilization) again = UTILIZATION_EMPTY;
    OWN(buf) text          = BUF_UP_TO(1 << 20);
    OWN(buf) twice         = BUF_UP_TO(1 << 20);
    struct compose out     = compose_into(&text);
    struct fail    why     = FAIL_OK;

    (void)state;
    job.state    = UTILIZATION_SETTLED;
    job.period_s = 60;
    snprintf(job.reason, sizeof job.reason, "because");
    utilization_host(&job, STR("algo-1"))->metric[METRIC_GPU] = figures_of(71.5, 380, NAN, 90);
    utilization_sum_up(&job, STR_NONE);
    utilization_compose(&out, NULL, &job);
    OWN_PTR(doc) doc = doc_parse(buf_view(&text), &why);
    assert_non_null(doc);
    CHECK_OK(utilization_parse(doc, &again, &why), &why);
    out = compose_into(&twice);
    utilization_compose(&out, NULL, &again);
    CHECK_STR(buf_view(&twice), buf_c(&text));
    assert_true(isnan(again.hosts[0].metric[METRIC_GPU].p95));
}

static void nothing_asked_is_null(void **state)
{
    struct utilization none = UTILIZATION_EMPTY;
    OWN(buf) text           = BUF_UP_TO(100);
    struct compose out      = compose_into(&text);

    (void)state;
    utilization_compose(&out, NULL, &none);
    CHECK_STR(buf_view(&text), "null");
}

static void wrong_documents_are_refused(void **state)
{
    static const char *const cases[] = {
        "[]",
        "{}",
        "{\"state\":\"finished\"}",
        "{\"state\":1}",
        "{\"state\":\"settled\",\"job\":{\"cpu\":4}}",
        "{\"state\":\"settled\",\"job\":{\"cpu\":{\"avg\":\"x\",\"max\":1}}}",
        "{\"state\":\"settled\",\"job\":{\"cpu\":{\"avg\":1,\"max\":1,\"points\":-1}}}",
        "{\"state\":\"settled\",\"hosts\":[{\"host\":\"\"}]}",
        "{\"state\":\"settled\",\"hosts\":[{\"cpu\":null}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why       = FAIL_OK;
        OWN_PTR(doc) doc      = doc_parse(str_of(cases[i]), &why);
        OWN(utilization) read = UTILIZATION_EMPTY;

        assert_non_null(doc);
        CHECK_FAILS(utilization_parse(doc, &read, &why), FAIL_INPUT, &why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_by_nearest_rank),
        cmocka_unit_test(a_job_is_its_hosts_weighted_by_points),
        cmocka_unit_test(without_a_known_type_cores_stay_unknown),
        cmocka_unit_test(there_is_a_ceiling_of_hosts),
        cmocka_unit_test(what_is_composed_is_parsed),
        cmocka_unit_test(nothing_asked_is_null),
        cmocka_unit_test(wrong_documents_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
