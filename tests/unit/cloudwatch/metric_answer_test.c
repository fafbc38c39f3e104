/* collectors/cloudwatch/metric_answer*.c: answers in JSON and XML, page after page. */
#include "check.h"

#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "cloudwatch/metric_answer.h"

typedef int reader(struct metric_answer *answer, struct str body, struct fail *why);

static const char JSON_1[] =
    "{\"MetricDataResults\":[{\"Id\":\"q0\",\"Label\":\"CPU\",\"Timestamps\":[1714557600,1."
    "71455766E9],"
    "\"Values\":[97.5,98],\"StatusCode\":\"PartialData\",\"Messages\":[]},"
    "{\"Id\":\"s\",\"Label\":\"a/1\",\"StatusCode\":\"Complete\"},"
    "{\"Id\":\"s\",\"Label\":\"a/2\",\"Timestamps\":[],\"Values\":[]}],\"NextToken\":\"t+1\"}";
static const char JSON_2[] =
    "{\"MetricDataResults\":[{\"Id\":\"q0\",\"Label\":\"CPU\",\"Timestamps\":[1714557720.0],"
    "\"Values\":[1e2],\"StatusCode\":\"Complete\"}]}";
#define XML(inside)                                                                                \
    "<?xml version=\"1.0\"?>\n<GetMetricDataResponse xmlns=\"http://x/\"><GetMetricDataResult>"    \
    "<MetricDataResults>" inside
#define XML_END                                                                                    \
    "</GetMetricDataResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"          \
    "</GetMetricDataResponse>"
static const char XML_1[] =
    XML("<member><Id>q0</Id><Label>CPU</Label><Timestamps><member>2024-05-01T10:00:00Z</member>"
        "<member>2024-05-01T10:01:00Z</member></Timestamps><Values><member>97.5</member><member>98"
        "</member></Values><StatusCode>PartialData</StatusCode></member>"
        "<member><Id>s</Id><Label>a/1</Label><StatusCode>Complete</StatusCode></member>"
        "<member><Id>s</Id><Label>a/2</Label><Timestamps/><Values/></member></MetricDataResults>"
        "<NextToken>t&#43;1</NextToken>") XML_END;
static const char JSON_BARE[] =
    "{\"MetricDataResults\":[{\"Id\":\"q0\",\"Timestamps\":[1714557720],\"Values\":[100]}]}";
static const char XML_BARE[] =
    XML("<member><Id>q0</Id><Timestamps><member>2024-05-01T10:02:00Z</member></Timestamps>"
        "<Values><member>100</member></Values></member></MetricDataResults>") XML_END;
static const char XML_2[] = XML(
    "<member><Id>q0</Id><Label>CPU</Label><Timestamps><member>2024-05-01T10:02:00Z</member>"
    "</Timestamps><Values><member>1e2</member></Values><StatusCode>Complete</StatusCode></member>"
    "</MetricDataResults>") XML_END;

static void pages_become_one_series(void **state)
{
    static const struct {
        reader     *read;
        const char *first, *second;
    } cases[] = {{metric_answer_json, JSON_1, JSON_2},
                 {metric_answer_xml, XML_1, XML_2},
                 {metric_answer_json, JSON_1, JSON_BARE}, /* members may be missing */
                 {metric_answer_xml, XML_1, XML_BARE}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OWN(metric_answer) answer       = METRIC_ANSWER;
        struct fail                 why = FAIL_OK;
        const struct metric_series *series;

        CHECK_OK(cases[i].read(&answer, str_of(cases[i].first), &why), &why);
        assert_string_equal(answer.token, "t+1");
        assert_int_equal(answer.count, 3);
        CHECK_OK(cases[i].read(&answer, str_of(cases[i].second), &why), &why);
        assert_null(answer.token);
        assert_int_equal(answer.count, 3);
        series = metric_answer_find(&answer, "q0");
        assert_int_equal(series->status, METRIC_COMPLETE);
        assert_int_equal(series->points.count, 3);
        assert_true(series->points.times[0] == 1714557600000);
        assert_true(series->points.times[1] == 1714557660000);
        assert_true(series->points.values[2] == 100);
        assert_string_equal(answer.series[2].label, "a/2");
        assert_null(metric_answer_find(&answer, "q1"));
    }
}

static void forbidden_tells_its_reason(void **state)
{
    static const char body[] =
        "{\"MetricDataResults\":[{\"Id\":\"q0\",\"Label\":\"CPU\",\"StatusCode\":\"Forbidden\","
        "\"Messages\":[{\"Code\":\"Forbidden\",\"Value\":\"Authentication too complex\"}]}]}";
    OWN(metric_answer) answer = METRIC_ANSWER;
    struct fail why           = FAIL_OK;

    (void)state;
    CHECK_OK(metric_answer_json(&answer, str_of(body), &why), &why);
    assert_int_equal(answer.series[0].status, METRIC_FORBIDDEN);
    assert_string_equal(answer.series[0].message, "Authentication too complex");
}

/* What is only shown never costs the points. */
static void strange_words_do_not_hide_the_points(void **state)
{
    static const char start[] =
        XML("<member><Id>q0</Id><Label>CPU</Label><Timestamps><member>2024-05-01T10:00:00Z</member>"
            "</Timestamps><Values><member>97.5</member></Values><StatusCode>Complete</StatusCode>"
            "<Messages><member><Code>x</Code><Value>");
    static const char end[] = "</Value></member></Messages></member></MetricDataResults>" XML_END;
    static const struct {
        struct str  words;
        const char *kept;
    } cases[] = {{STR("so it is"), "so it is"},
                 {STR("cut\0here"), "cut"},
                 {STR("\0"), ""},
                 {STR("an &unknown; one"), ""},
                 {STR("<b>bold</b>"), ""}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OWN(buf) body             = BUF_UP_TO(4096);
        OWN(metric_answer) answer = METRIC_ANSWER;
        struct fail why           = FAIL_OK;

        buf_str(&body, str_of(start));
        buf_str(&body, cases[i].words);
        buf_str(&body, str_of(end));
        CHECK_OK(metric_answer_xml(&answer, buf_view(&body), &why), &why);
        assert_int_equal(answer.series[0].points.count, 1);
        assert_string_equal(answer.series[0].message, cases[i].kept);
    }
}

static void a_message_that_is_no_text_does_not_hide_them_either(void **state)
{
    static const char body[] =
        "{\"MetricDataResults\":[{\"Id\":\"q0\",\"Label\":\"CPU\",\"Timestamps\":[1714557600.0],"
        "\"Values\":[97.5],\"StatusCode\":\"Complete\",\"Messages\":[{\"Value\":7}]}]}";
    OWN(metric_answer) answer = METRIC_ANSWER;
    struct fail why           = FAIL_OK;

    (void)state;
    CHECK_OK(metric_answer_json(&answer, str_of(body), &why), &why);
    assert_int_equal(answer.series[0].points.count, 1);
    assert_string_equal(answer.series[0].message, "");
}

static void nonsense_is_their_failure(void **state)
{
    static const struct {
        reader     *read;
        const char *body;
    } cases[] = {
        {metric_answer_json, ""},
        {metric_answer_json, "{\"MetricDataResults\":[tru"},
        {metric_answer_json, "[]"},
        {metric_answer_json, "{\"MetricDataResults\":{}}"},
        {metric_answer_json, "{\"MetricDataResults\":[{}]}"},
        {metric_answer_json, "{\"MetricDataResults\":[7]}"},
        {metric_answer_json,
         "{\"MetricDataResults\":[{\"Id\":\"a\",\"Timestamps\":[1],\"Values\":[]}]}"},
        {metric_answer_json,
         "{\"MetricDataResults\":[{\"Id\":\"a\",\"Timestamps\":[\"1\"],\"Values\":[1]}]}"},
        {metric_answer_json,
         "{\"MetricDataResults\":[{\"Id\":\"a\",\"Timestamps\":[1e300],\"Values\":[1]}]}"},
        {metric_answer_json, "{\"MetricDataResults\":[{\"Id\":\"a\",\"StatusCode\":\"Odd\"}]}"},
        {metric_answer_json, "{\"MetricDataResults\":[{\"Id\":4}]}"},
        {metric_answer_json, "{\"NextToken\":4}"},
        {metric_answer_xml, "<GetMetricDataResponse><GetMetricDataResult>"},
        {metric_answer_xml, "<html></html>"},
        {metric_answer_xml, XML("<member><Label>x</Label></member></MetricDataResults>") XML_END},
        {metric_answer_xml,
         XML("<member><Id>a</Id><Timestamps><member>2024-05-01T10:00:00Z</member>"
             "</Timestamps><Values/></member></MetricDataResults>") XML_END},
        {metric_answer_xml, XML("<member><Id>a</Id><Timestamps/><Values><member>1</member></Values>"
                                "</member></MetricDataResults>") XML_END},
        {metric_answer_xml,
         XML("<member><Id>a</Id><Timestamps><member>noon</member></Timestamps>"
             "<Values><member>1</member></Values></member></MetricDataResults>") XML_END},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(metric_answer) answer = METRIC_ANSWER;
        struct fail why           = FAIL_OK;

        if (cases[i].read(&answer, str_of(cases[i].body), &why) == 0)
            fail_msg("taken: %s", cases[i].body);
        assert_int_equal(why.kind, FAIL_REMOTE);
    }
}

struct seen {
    char   last[64];
    size_t count;
};

static int see(void *ctx, struct str value, struct fail *why)
{
    struct seen *seen = ctx;

    seen->count++;
    return str_to_c(value, seen->last, sizeof seen->last) ? fail_set(why, FAIL_BUG, "long") : 0;
}

static const char *const HOST[]    = {"Host", NULL};
static const char *const VARIANT[] = {"EndpointName", "VariantName", NULL};

static void a_list_joins_two_dimensions_in_their_order(void **state)
{
    static const char json[] =
        "{\"Metrics\":[{\"Dimensions\":[{\"Name\":\"VariantName\",\"Value\":\"blue\"},"
        "{\"Name\":\"EndpointName\",\"Value\":\"front\"}]},"
        "{\"Dimensions\":[{\"Name\":\"EndpointName\",\"Value\":\"front\"}]},"
        "{\"Dimensions\":[{\"Name\":\"EndpointName\",\"Value\":\"front\"},"
        "{\"Name\":\"InstanceId\",\"Value\":\"i-1\"}]},"
        "{\"Dimensions\":[{\"Name\":\"EndpointName\",\"Value\":\"front\"},"
        "{\"Name\":\"VariantName\",\"Value\":\"x\"},{\"Name\":\"InstanceId\",\"Value\":\"i\"}]}]}";
    static const char xml[] =
        "<ListMetricsResponse><ListMetricsResult><Metrics>"
        "<member><Dimensions><member><Name>VariantName</Name><Value>blue</Value></member>"
        "<member><Name>EndpointName</Name><Value>front</Value></member></Dimensions></member>"
        "<member><Dimensions><member><Name>EndpointName</Name><Value>front</Value></member>"
        "</Dimensions></member><member><Dimensions><member><Name>EndpointName</Name>"
        "<Value>front</Value></member><member><Name>InstanceId</Name><Value>i-1</Value></member>"
        "</Dimensions></member></Metrics></ListMetricsResult></ListMetricsResponse>";

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct seen seen  = {"", 0};
        struct fail why   = FAIL_OK;
        char       *token = NULL;

        CHECK_OK((i ? metric_list_xml : metric_list_json)(str_of(i ? xml : json), VARIANT, see,
                                                          &seen, &token, &why),
                 &why);
        assert_int_equal(seen.count, 1);
        assert_string_equal(seen.last, "front/blue");
        assert_null(token);
    }
}

static void a_list_visits_the_wanted_dimension_alone(void **state)
{
    static const char json[] =
        "{\"Metrics\":[{\"Dimensions\":[{\"Name\":\"Host\",\"Value\":\"a/i-1\"}]},"
        "{\"Dimensions\":[{\"Name\":\"Host\",\"Value\":\"x\"},{\"Name\":\"Gpu\",\"Value\":\"0\"}]},"
        "{\"Dimensions\":[{\"Name\":\"JobName\",\"Value\":\"y\"}]},{}],\"NextToken\":\"n\"}";
    static const char xml[] =
        "<ListMetricsResponse><ListMetricsResult><Metrics><member><Dimensions><member><Name>Host</"
        "Name>"
        "<Value>a/i-1</Value></member></Dimensions></"
        "member><member><Dimensions><member><Name>Host</Name>"
        "<Value>x</Value></member><member><Name>G</Name><Value>0</Value></member></Dimensions></"
        "member>"
        "</Metrics><NextToken>n</NextToken></ListMetricsResult></ListMetricsResponse>";

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct seen seen  = {"", 0};
        struct fail why   = FAIL_OK;
        char       *token = NULL;

        CHECK_OK((i ? metric_list_xml : metric_list_json)(str_of(i ? xml : json), HOST, see, &seen,
                                                          &token, &why),
                 &why);
        assert_int_equal(seen.count, 1);
        assert_string_equal(seen.last, "a/i-1");
        assert_string_equal(token, "n");
        mem_free(token);
    }
}

/* The n-th allocation fails, for every n: an orderly FAIL_MEMORY or success, and nothing leaks. */
static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    for (long n = 1; n < 200; n++) {
        OWN(metric_answer) answer = METRIC_ANSWER;
        struct fail why           = FAIL_OK;

        mem_fail_at(n, 0);
        if (metric_answer_xml(&answer, str_of(XML_1), &why))
            assert_int_not_equal(why.kind, FAIL_NONE);
        mem_fail_at(0, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_become_one_series),
        cmocka_unit_test(forbidden_tells_its_reason),
        cmocka_unit_test(strange_words_do_not_hide_the_points),
        cmocka_unit_test(a_message_that_is_no_text_does_not_hide_them_either),
        cmocka_unit_test(nonsense_is_their_failure),
        cmocka_unit_test(a_list_visits_the_wanted_dimension_alone),
        cmocka_unit_test(a_list_joins_two_dimensions_in_their_order),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
