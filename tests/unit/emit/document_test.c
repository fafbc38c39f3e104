/* collectors/emit/document.c: completions as EMF. */
#include "check.h"

#include <string.h>

#include "base/own.h"
#include "emit/document.h"
#include "wire/doc.h"

static const ms END = 1714564800000;

struct taken {
    size_t     lines;
    struct buf last;
};

static void taken_release(struct taken *taken)
{
    buf_release(&taken->last);
}

static int take(void *ctx, struct str line, struct fail *why)
{
    struct taken *taken = ctx;

    taken->lines++;
    buf_str(&taken->last, line);
    return buf_check(&taken->last, why);
}

#define TAKEN ((struct taken){0, BUF_UP_TO(1 << 20)})

static const struct document_options options = {.namespace = {"/sample/SageMakerMonitoring", 27}};

static struct errand errand_of(enum deed deed)
{
    return (struct errand){
        .deed    = deed,
        .born_at = END + 1000,
        .job     = {.account        = STR("111122223333"),
                    .region         = STR("eu-west-1"),
                    .kind           = KIND_TRAINING,
                    .name           = STR("demo"),
                    .arn            = STR("arn:aws:sagemaker:eu-west-1:111122223333:training-job/demo"),
                    .status         = STR("Failed"),
                    .failure_reason = STR("AlgorithmError"),
                    .started_at     = END - 5400000,
                    .ended_at       = END,
                    .counted_at     = END,
                    .duration_ms    = 5400000,
                    .instance_type  = STR("ml.m5.xlarge"),
                    .instance_count = 2},
    };
}

static int render(const struct errand *errand, ms now, struct taken *taken, ms *at,
                  const char **nothing)
{
    struct fail why = FAIL_OK;

    return document_render(errand, &options, now, take, taken, at, nothing, &why);
}

static void a_completion_reads_as_the_reference_writes_it(void **state)
{
    struct errand errand = errand_of(DEED_EMIT);
    OWN(taken) taken     = TAKEN;
    const char *nothing  = "";
    ms          at;

    (void)state;
    assert_int_equal(render(&errand, END + 5000, &taken, &at, &nothing), 1);
    assert_true(at == END);
    CHECK_STR(
        buf_view(&taken.last),
        "{\"_aws\":{\"Timestamp\":1714564800000,\"CloudWatchMetrics\":[{"
        "\"Namespace\":\"/sample/SageMakerMonitoring\",\"Dimensions\":[[\"account\",\"jobType\"]],"
        "\"Metrics\":[{\"Name\":\"TrainingJobCount_Total\",\"Unit\":\"Count\"},"
        "{\"Name\":\"TrainingJobCount_Failed\",\"Unit\":\"Count\"},"
        "{\"Name\":\"TrainingJob_Duration\",\"Unit\":\"Milliseconds\"}]}]},"
        "\"account\":\"111122223333\",\"jobType\":\"TRAINING_JOB\","
        "\"TrainingJobCount_Total\":1,\"TrainingJobCount_Failed\":1,\"TrainingJob_Duration\":"
        "5400000,"
        "\"DashboardQuery\":\"True\",\"Account\":\"111122223333\",\"Region\":\"eu-west-1\","
        "\"JobType\":\"SageMaker Training Job State Change\",\"JobName\":\"demo\","
        "\"TrainingJobArn\":\"arn:aws:sagemaker:eu-west-1:111122223333:training-job/demo\","
        "\"Status\":\"Failed\",\"FailureReason\":\"AlgorithmError\",\"StartTime\":1714559400000,"
        "\"Duration\":5400000,\"InstanceType\":\"ml.m5.xlarge\",\"InstanceCount\":2}");
}

static void what_is_not_known_is_left_out(void **state)
{
    struct errand errand = errand_of(DEED_EMIT);
    OWN(taken) taken     = TAKEN;
    const char *nothing  = "";
    ms          at;

    (void)state;
    errand.job.started_at = errand.job.duration_ms = errand.job.ended_at = WHEN_UNKNOWN;
    errand.job.instance_count                                            = 0;
    errand.job.instance_type                                             = STR_NONE;
    assert_int_equal(render(&errand, END + 5000, &taken, &at, &nothing), 1);
    assert_null(strstr(buf_c(&taken.last), "Duration"));
    assert_null(strstr(buf_c(&taken.last), "StartTime"));
    assert_null(strstr(buf_c(&taken.last), "Instance"));
}

static void without_an_end_it_has_the_time_it_is_counted_under(void **state)
{
    static const struct {
        ms counted, born;
        ms at; /* WHEN_UNKNOWN: too old */
    } cases[] = {
        {END - 7000, END, END - 7000},
        {END - (ms)30 * MS_DAY, END, WHEN_UNKNOWN},
        {WHEN_UNKNOWN, END, END}, /* an older service */
        {WHEN_UNKNOWN, END - (ms)15 * MS_DAY, WHEN_UNKNOWN},
        {WHEN_UNKNOWN, WHEN_UNKNOWN, END + 5000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct errand errand = errand_of(DEED_EMIT);
        OWN(taken) taken     = TAKEN;
        const char *nothing  = "";
        ms          at       = WHEN_UNKNOWN;

        errand.job.ended_at   = WHEN_UNKNOWN;
        errand.job.counted_at = cases[i].counted;
        errand.born_at        = cases[i].born;
        assert_int_equal(render(&errand, END + 5000, &taken, &at, &nothing),
                         cases[i].at != WHEN_UNKNOWN);
        assert_true(at == cases[i].at);
    }
}

static void times_that_cloudwatch_does_not_take(void **state)
{
    static const struct {
        ms   now; /* after the end */
        int  result;
        bool is_now; /* the line's time */
    } cases[] = {
        {(ms)14 * MS_DAY, 1, false},
        {(ms)14 * MS_DAY + 1, 0, false},
        {-2 * MS_HOUR, 1, false},
        {-2 * MS_HOUR - 1, 1, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct errand errand = errand_of(DEED_EMIT);
        OWN(taken) taken     = TAKEN;
        const char *nothing  = "";
        ms          at       = 0;

        assert_int_equal(render(&errand, END + cases[i].now, &taken, &at, &nothing),
                         cases[i].result);
        if (cases[i].result)
            assert_true(at == (cases[i].is_now ? END + cases[i].now : END));
        else
            assert_string_equal(nothing, "older than CloudWatch takes");
    }
}

static void utilization_counts_nothing_twice(void **state)
{
    static const char figures[] =
        "{\"state\":\"settled\",\"job\":{\"cpu\":{\"avg\":71.5,\"max\":380,\"p95\":355,"
        "\"normalized\":17.875,"
        "\"points\":90},\"memory\":{\"avg\":40,\"max\":50,\"normalized\":40,\"points\":90}},"
        "\"hosts\":[{\"host\":\"algo-1\",\"cpu\":{\"avg\":71.5,\"max\":380,\"p95\":355,\"points\":"
        "90}}]}";
    struct errand errand = errand_of(DEED_EMIT_UTILIZATION);
    struct fail   why    = FAIL_OK;
    OWN_PTR(doc) doc     = doc_parse(str_of(figures), &why);
    OWN(taken) taken     = TAKEN;
    const char *nothing  = "";
    ms          at;

    (void)state;
    errand.utilization = doc;
    assert_int_equal(render(&errand, END, &taken, &at, &nothing), 1);
    assert_null(strstr(buf_c(&taken.last), "Count_"));
    assert_non_null(strstr(buf_c(&taken.last),
                           "\"TrainingJob_CPUUtilization_Average\":71.5,"
                           "\"TrainingJob_CPUUtilization_Maximum\":380,"
                           "\"TrainingJob_CPUUtilizationNormalized_Average\":17.875,"
                           "\"TrainingJob_MemoryUtilization_Average\":40,"
                           "\"TrainingJob_MemoryUtilization_Maximum\":50,"));
    assert_non_null(strstr(buf_c(&taken.last), "\"Metrics\":{\"algo-1\":{\"CPUUtilization\":{"
                                               "\"Average\":71.5,\"Maximum\":380,\"p95\":355}}}"));
    errand.utilization = NULL;
    assert_int_equal(render(&errand, END, &taken, &at, &nothing), 0);
}

static void odd_statuses_make_plain_names(void **state)
{
    struct errand errand = errand_of(DEED_EMIT);
    OWN(taken) taken     = TAKEN;
    const char *nothing  = "";
    ms          at;

    (void)state;
    errand.job.status = STR("Half \xc3\xa9 done\"");
    assert_int_equal(render(&errand, END, &taken, &at, &nothing), 1);
    assert_non_null(strstr(buf_c(&taken.last), "\"TrainingJobCount_Halfdone\":1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_completion_reads_as_the_reference_writes_it),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(without_an_end_it_has_the_time_it_is_counted_under),
        cmocka_unit_test(times_that_cloudwatch_does_not_take),
        cmocka_unit_test(utilization_counts_nothing_twice),
        cmocka_unit_test(odd_statuses_make_plain_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
