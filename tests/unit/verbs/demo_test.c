#include "check.h"

#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "base/when.h"
#include "intake/envelope.h"
#include "verbs/demo/cast.h"
#include "verbs/demo/event.h"
#include "verbs/demo/posts.h"
#include "verbs/demo/scenario.h"
#include "verbs/demo/standin.h"
#include "verbs/demo/traffic.h"
#include "wire/doc.h"

static const ms NOW = 1795600000000;

static struct cast cast;

static int make_cast(void **state)
{
    (void)state;
    cast_init(&cast);
    return 0;
}

static int drop_cast(void **state)
{
    (void)state;
    cast_release(&cast);
    return 0;
}

/* ---- what is posted ------------------------------------------------------------------------- */

struct seen {
    int understood, unknown, wrong, kinds[KIND_COUNT];
};

static int see(void *ctx, const struct news *news, struct str raw, const struct fail *why)
{
    struct seen *seen = ctx;

    if (why) {
        print_message("%s: %.*s\n", why->text, STR_ARG(raw));
        seen->wrong++;
    } else {
        seen->understood++;
        seen->kinds[news->kind]++;
    }
    return 0;
}

static void every_event_but_the_rubbish_is_understood_by_the_real_intake(void **state)
{
    OWN(posts) posts    = POSTS_NONE;
    struct seen seen    = {0};
    int         rubbish = 0;

    (void)state;
    scenario_day(&posts, &cast, NOW);
    assert_false(posts.is_broken);
    assert_in_range(posts.count, 200, 320);
    for (size_t i = 0; i < posts.count; i++) {
        OWN(reading) reading = READING_EMPTY;
        struct fail why      = FAIL_OK;

        rubbish +=
            envelope_read(&reading, buf_view(&posts.items[i].body), NOW, see, &seen, &why) != 0;
    }
    assert_int_equal(rubbish, 1);
    assert_int_equal(seen.wrong, 0);
    for (int kind = KIND_TRAINING; kind <= KIND_PIPELINE_STEP; kind++)
        assert_true(seen.kinds[kind] > 0);
    assert_true(seen.kinds[KIND_ENDPOINT] > 0 && seen.kinds[KIND_MODEL_PACKAGE] > 0);
}

static void posts_come_by_time_and_late_ones_last(void **state)
{
    OWN(posts) posts = POSTS_NONE;
    static const struct {
        ms          before;
        unsigned    marks;
        const char *body;
    } added[]                           = {{10 * MS_MINUTE, 0, "b"},
                                           {30 * MS_MINUTE, POST_LATE, "late-older"},
                                           {20 * MS_MINUTE, POST_LATE, "late"},
                                           {60 * MS_MINUTE, POST_TWICE, "a"},
                                           {-MS_MINUTE, 0, "future"}};
    static const char *const expected[] = {"a", "a", "b", "late", "late-older"};

    (void)state;
    for (size_t i = 0; i < sizeof added / sizeof *added; i++)
        buf_text(posts_add(&posts, NOW - added[i].before, added[i].marks), added[i].body);
    posts_sort(&posts, NOW);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct post *post = posts_next(&posts, NOW);

        assert_non_null(post);
        CHECK_STR(buf_view(&post->body), expected[i]);
    }
    assert_null(posts_next(&posts, NOW));
    assert_non_null(posts_next(&posts, NOW + MS_HOUR));
    assert_null(posts_next(&posts, NOW + MS_HOUR));
}

static void new_jobs_start_now_and_end_later(void **state)
{
    OWN(posts) posts = POSTS_NONE;

    (void)state;
    for (unsigned turn = 0; turn < 12; turn++) {
        size_t before = posts.count;

        scenario_more(&posts, &cast, NOW, turn);
        assert_true(posts.count > before);
        assert_true(posts.items[before].due == NOW);
        assert_true(posts.items[posts.count - 1].due > NOW);
    }
}

/* ---- transactions --------------------------------------------------------------------------- */

struct day {
    uint64_t hash;
    int      lines, not_succeeded;
};

static int take_lines(void *ctx, struct str lines, struct fail *why)
{
    struct day *day = ctx;
    struct str  line;

    assert_in_range(lines.size, 1, TRAFFIC_BATCH);
    day->hash = str_hash(lines, day->hash);
    while (str_cut(&lines, '\n', &line) && line.size) {
        OWN_PTR(doc) call = doc_parse(line, why);
        struct str status = STR_NONE;
        ms         start = 0, end = 0;
        int64_t    elapse = 0;

        assert_non_null(call);
        CHECK_OK(doc_text(call, "status", &status, why), why);
        CHECK_OK(doc_time_or(call, "start_at", 0, &start, why), why);
        CHECK_OK(doc_time_or(call, "end_at", 0, &end, why), why);
        CHECK_OK(doc_int(call, "elapse", &elapse, why), why);
        assert_true(end - start == elapse && start >= NOW - MS_DAY && end < NOW);
        day->lines++;
        day->not_succeeded += !str_is_text(status, "succeeded");
    }
    return 0;
}

static void a_day_of_transactions_is_the_same_for_the_same_moment(void **state)
{
    struct day  days[2] = {{0}, {0}};
    struct fail why     = FAIL_OK;

    (void)state;
    for (int i = 0; i < 2; i++)
        CHECK_OK(traffic_day(NOW, take_lines, &days[i], &why), &why);
    assert_true(days[0].hash == days[1].hash);
    assert_in_range(days[0].lines, 20000, 60000);
    assert_in_range(days[0].not_succeeded, 50, 500);
}

/* ---- the stand-in --------------------------------------------------------------------------- */

static void add_job(const char *name, enum demo_kind kind, const char *type, int count)
{
    struct demo_job job = {.kind           = kind,
                           .instance_type  = type,
                           .instance_count = count,
                           .started        = NOW - 10 * MS_MINUTE,
                           .ended          = NOW};

    memcpy(job.name, name, strlen(name) + 1);
    cast_add(&cast, &job);
}

static struct doc *ask(const char *query, int (*answer)(struct cast *, const struct doc *,
                                                        struct buf *, struct fail *))
{
    OWN(buf) out         = BUF_UP_TO(1 << 20);
    struct fail why      = FAIL_OK;
    OWN_PTR(doc) request = doc_parse(str_of(query), &why);

    assert_non_null(request);
    CHECK_OK(answer(&cast, request, &out, &why), &why);
    struct doc *parsed = doc_parse(buf_view(&out), &why);
    if (!parsed)
        fail_msg("%s: %s", why.text, buf_c(&out));
    return parsed;
}

#define METRIC(metric, host, stat)                                                                 \
    "{\"MetricDataQueries\":[{\"Id\":\"m0\",\"MetricStat\":{\"Metric\":{\"Namespace\":"            \
    "\"/aws/sagemaker/TrainingJobs\",\"MetricName\":\"" metric                                     \
    "\",\"Dimensions\":[{\"Name\":\"Host\",\"Value\":\"" host                                      \
    "\"}]},\"Period\":60,\"Stat\":\"" stat "\"}}],\"StartTime\":0,\"EndTime\":1795700000}"

static void a_job_that_ran_has_curves_on_its_hosts_alone(void **state)
{
    static const struct {
        const char *query;
        size_t      points;
    } cases[] = {
        {METRIC("CPUUtilization", "gpu-job/algo-1", "Average"), 11},
        {METRIC("GPUUtilization", "gpu-job/algo-2", "p95"), 11},
        {METRIC("GPUUtilization", "cpu-job/algo-1", "Average"), 0}, /* it has no GPU */
        {METRIC("CPUUtilization", "cpu-job/algo-2", "Average"), 0}, /* it has one host */
        {METRIC("CPUUtilization", "other-job/algo-1", "Average"), 0},
        {METRIC("CPUUtilization", "", "Average"), 0},
    };

    (void)state;
    add_job("gpu-job", DEMO_TRAINING, "ml.g5.12xlarge", 2);
    add_job("cpu-job", DEMO_TRAINING, "ml.m5.xlarge", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OWN_PTR(doc) answer      = ask(cases[i].query, standin_metric_data);
        const struct doc *result = doc_item(doc_member(answer, "MetricDataResults"), 0);

        assert_int_equal(doc_count(doc_member(result, "Values")), cases[i].points);
        assert_int_equal(doc_count(doc_member(result, "Timestamps")), cases[i].points);
    }
}

static void percent_figures_stay_below_a_hundred_times_their_units(void **state)
{
    OWN_PTR(doc)
    answer = ask(METRIC("CPUUtilization", "cpu-job/algo-1", "Maximum"), standin_metric_data);
    const struct doc *values =
        doc_member(doc_item(doc_member(answer, "MetricDataResults"), 0), "Values");

    (void)state;
    assert_true(doc_count(values) > 0);
    for (size_t i = 0; i < doc_count(values); i++) {
        double value = -1;

        assert_int_equal(doc_as_real(doc_item(values, i), &value), 0);
        assert_true(value >= 0 && value <= 4 * 100);
    }
}

static void transform_hosts_are_found_by_search_and_by_list(void **state)
{
    add_job("scoring", DEMO_TRANSFORM, "ml.m5.xlarge", 3);
    OWN_PTR(doc)
    found = ask("{\"MetricDataQueries\":[{\"Id\":\"s0\",\"Expression\":\"SEARCH('{/aws/sagemaker/"
                "TransformJobs,Host} MetricName=\\\"CPUUtilization\\\" scoring', 'Maximum', 60)\","
                "\"Period\":60}],\"StartTime\":0,\"EndTime\":1795700000}",
                standin_metric_data);
    OWN_PTR(doc)
    listed          = ask("{\"Namespace\":\"/aws/sagemaker/TransformJobs\"}", standin_list_metrics);
    struct fail why = FAIL_OK;
    struct str  text = STR_NONE;

    (void)state;
    assert_int_equal(doc_count(doc_member(found, "MetricDataResults")), 3);
    CHECK_OK(doc_text(doc_item(doc_member(found, "MetricDataResults"), 0), "Label", &text, &why),
             &why);
    assert_true(str_starts(text, STR("scoring/i-0")));
    assert_true(doc_count(doc_member(listed, "Metrics")) >= 3);
}

static void endpoints_have_variants_that_are_found_and_measured(void **state)
{
    static const char search[] =
        "{\"MetricDataQueries\":[{\"Id\":\"s0\",\"Expression\":\"SEARCH('{/aws/sagemaker/Endpoints,"
        "EndpointName,VariantName} MetricName=\\\"CPUUtilization\\\" EndpointName=\\\"ranker-live"
        "\\\"', 'Maximum', 60)\",\"Period\":60}],\"StartTime\":1795600000,\"EndTime\":1795603600}";
    static const char measure[] =
        "{\"MetricDataQueries\":[{\"Id\":\"m0\",\"MetricStat\":{\"Metric\":{\"Namespace\":"
        "\"/aws/sagemaker/Endpoints\",\"MetricName\":\"GPUUtilization\",\"Dimensions\":["
        "{\"Name\":\"EndpointName\",\"Value\":\"ranker-live\"},{\"Name\":\"VariantName\","
        "\"Value\":\"champion\"}]},\"Period\":60,\"Stat\":\"Average\"}}],"
        "\"StartTime\":1795600020,\"EndTime\":1795603620}";
    OWN_PTR(doc) found = ask(search, standin_metric_data);
    OWN_PTR(doc) told  = ask(measure, standin_metric_data);
    const struct doc *values =
        doc_member(doc_item(doc_member(told, "MetricDataResults"), 0), "Values");
    struct fail why   = FAIL_OK;
    struct str  label = STR_NONE;

    (void)state;
    assert_int_equal(doc_count(doc_member(found, "MetricDataResults")), 2);
    CHECK_OK(doc_text(doc_item(doc_member(found, "MetricDataResults"), 0), "Label", &label, &why),
             &why);
    assert_true(str_is_text(label, "ranker-live/champion"));
    assert_int_equal(doc_count(values), 60);
    for (size_t i = 0; i < doc_count(values); i++) {
        double value = -1;

        assert_int_equal(doc_as_real(doc_item(values, i), &value), 0);
        assert_true(value > 0 && value <= 100);
    }
}

static void requests_it_does_not_know_are_refused(void **state)
{
    static const char *const requests[] = {
        "{}", "{\"MetricDataQueries\":[]}", "{\"MetricDataQueries\":[{\"Id\":\"m0\"}]}",
        "{\"MetricDataQueries\":[{\"Id\":\"m0\",\"Expression\":\"x\",\"Period\":1}]}"};

    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        OWN(buf) out         = BUF_UP_TO(1 << 20);
        struct fail why      = FAIL_OK;
        OWN_PTR(doc) request = doc_parse(str_of(requests[i]), &why);

        CHECK_FAILS(standin_metric_data(&cast, request, &out, &why), FAIL_INPUT, &why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_but_the_rubbish_is_understood_by_the_real_intake),
        cmocka_unit_test(posts_come_by_time_and_late_ones_last),
        cmocka_unit_test(new_jobs_start_now_and_end_later),
        cmocka_unit_test(a_day_of_transactions_is_the_same_for_the_same_moment),
        cmocka_unit_test(a_job_that_ran_has_curves_on_its_hosts_alone),
        cmocka_unit_test(percent_figures_stay_below_a_hundred_times_their_units),
        cmocka_unit_test(transform_hosts_are_found_by_search_and_by_list),
        cmocka_unit_test(endpoints_have_variants_that_are_found_and_measured),
        cmocka_unit_test(requests_it_does_not_know_are_refused),
    };

    return cmocka_run_group_tests(tests, make_cast, drop_cast);
}
