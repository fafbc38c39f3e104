/* collectors/cloudwatch/metric_query.c: requests in both spellings. */
#include "check.h"

#include <string.h>

#include "base/own.h"
#include "base/when.h"
#include "cloudwatch/metric_query.h"

static void the_period_follows_the_age(void **state)
{
    static const struct {
        ms      age;
        int64_t period_s;
    } cases[] = {
        {0, 60},
        {(ms)15 * MS_DAY - 1, 60},
        {(ms)15 * MS_DAY, 300},
        {(ms)63 * MS_DAY - 1, 300},
        {(ms)63 * MS_DAY, 3600},
        {(ms)455 * MS_DAY - 1, 3600},
        {(ms)455 * MS_DAY, 0},
    };
    const ms now = 1714557600000;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(metric_period(now - cases[i].age, now), cases[i].period_s);
}

static struct metric_query host_query(void)
{
    struct metric_query query = {.id        = "q0",
                                 .namespace = "/aws/sagemaker/TrainingJobs",
                                 .metric    = "CPUUtilization",
                                 .stat      = "Average",
                                 .period_s  = 60};
    struct fail         why   = FAIL_OK;

    CHECK_OK(metric_query_host(&query, STR("demo"), STR("algo-1"), &why), &why);
    return query;
}

static void a_host_in_both_spellings(void **state)
{
    const struct metric_query   query   = host_query();
    const struct metric_request request = {.queries     = &query,
                                           .query_count = 1,
                                           .start       = 1714557600000,
                                           .end         = 1714563000000,
                                           .account     = STR("111122223333"),
                                           .token       = STR("a+b")};
    OWN(buf) json                       = BUF_UP_TO(4096);
    OWN(buf) form                       = BUF_UP_TO(4096);

    (void)state;
    metric_request_json(&request, &json);
    CHECK_STR(buf_view(&json),
              "{\"MetricDataQueries\":[{\"Id\":\"q0\",\"MetricStat\":{\"Metric\":{"
              "\"Namespace\":\"/aws/sagemaker/TrainingJobs\",\"MetricName\":\"CPUUtilization\","
              "\"Dimensions\":[{\"Name\":\"Host\",\"Value\":\"demo/algo-1\"}]},\"Period\":60,"
              "\"Stat\":\"Average\"},\"ReturnData\":true,\"AccountId\":\"111122223333\"}],"
              "\"StartTime\":1714557600,\"EndTime\":1714563000,\"ScanBy\":\"TimestampAscending\","
              "\"NextToken\":\"a+b\"}");
    metric_request_form(&request, &form);
    CHECK_STR(
        buf_view(&form),
        "Action=GetMetricData&Version=2010-08-01&MetricDataQueries.member.1.Id=q0"
        "&MetricDataQueries.member.1.MetricStat.Metric.Namespace=%2Faws%2Fsagemaker%2FTrainingJobs"
        "&MetricDataQueries.member.1.MetricStat.Metric.MetricName=CPUUtilization"
        "&MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name=Host"
        "&MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value=demo%2Falgo-1"
        "&MetricDataQueries.member.1.MetricStat.Period=60"
        "&MetricDataQueries.member.1.MetricStat.Stat=Average"
        "&MetricDataQueries.member.1.ReturnData=true"
        "&MetricDataQueries.member.1.AccountId=111122223333"
        "&StartTime=2024-05-01T10%3A00%3A00.000Z&EndTime=2024-05-01T11%3A30%3A00.000Z"
        "&ScanBy=TimestampAscending&NextToken=a%2Bb");
}

static void an_endpoint_variant(void **state)
{
    struct metric_query query = {
        .id = "v0", .metric = "GPUUtilization", .stat = "p95", .period_s = 300};
    struct metric_request request = {.queries = &query, .query_count = 1};
    OWN(buf) json                 = BUF_UP_TO(4096);
    struct fail why               = FAIL_OK;

    (void)state;
    CHECK_OK(metric_query_variant(&query, STR("ep"), STR("AllTraffic"), &why), &why);
    metric_request_json(&request, &json);
    CHECK_STR(buf_view(&json),
              "{\"MetricDataQueries\":[{\"Id\":\"v0\",\"MetricStat\":{\"Metric\":{"
              "\"Namespace\":\"/aws/sagemaker/Endpoints\",\"MetricName\":\"GPUUtilization\","
              "\"Dimensions\":[{\"Name\":\"EndpointName\",\"Value\":\"ep\"},"
              "{\"Name\":\"VariantName\",\"Value\":\"AllTraffic\"}]},\"Period\":300,"
              "\"Stat\":\"p95\"},\"ReturnData\":true}],\"StartTime\":0,\"EndTime\":0,"
              "\"ScanBy\":\"TimestampAscending\"}");
}

static void a_search_holds_only_plain_names(void **state)
{
    struct metric_query query = {.id = "hosts"};
    struct fail         why   = FAIL_OK;

    (void)state;
    CHECK_OK(metric_query_search(&query, "/aws/sagemaker/TransformJobs", STR("demo-job"), 60, &why),
             &why);
    assert_string_equal(query.expression,
                        "SEARCH('{/aws/sagemaker/TransformJobs,Host}"
                        " MetricName=\"CPUUtilization\" demo-job', 'Maximum', 60)");
    CHECK_FAILS(metric_query_search(&query, "ns", STR("x', 'Maximum') OR"), 60, &why), FAIL_INPUT,
                &why);
    CHECK_FAILS(metric_query_search(&query, "ns", STR(""), 60, &why), FAIL_INPUT, &why);
}

static void the_variants_of_an_endpoint_are_searched_for_by_its_whole_name(void **state)
{
    struct metric_query query = {.id = "hosts"};
    struct fail         why   = FAIL_OK;

    (void)state;
    CHECK_OK(metric_query_search_variants(&query, STR("front"), 60, &why), &why);
    assert_string_equal(query.expression,
                        "SEARCH('{/aws/sagemaker/Endpoints,EndpointName,VariantName}"
                        " MetricName=\"CPUUtilization\" EndpointName=\"front\"', 'Maximum', 60)");
    assert_string_equal(query.label, "${PROP('Dim.EndpointName')}/${PROP('Dim.VariantName')}");
    CHECK_FAILS(metric_query_search_variants(&query, STR("a\" OR \"b"), 60, &why), FAIL_INPUT,
                &why);
}

static void a_listing_names_the_owner(void **state)
{
    const struct metric_listing listing = {
        .namespace = "n", .metric = "m", .dimensions = {"Host"}, .account = STR("1")};
    OWN(buf) json = BUF_UP_TO(4096);
    OWN(buf) form = BUF_UP_TO(4096);

    (void)state;
    metric_listing_json(&listing, &json);
    CHECK_STR(buf_view(&json),
              "{\"Namespace\":\"n\",\"MetricName\":\"m\",\"Dimensions\":[{\"Name\":\"Host\"}],"
              "\"IncludeLinkedAccounts\":true,\"OwningAccount\":\"1\"}");
    metric_listing_form(&listing, &form);
    CHECK_STR(buf_view(&form),
              "Action=ListMetrics&Version=2010-08-01&Namespace=n&MetricName=m"
              "&Dimensions.member.1.Name=Host&IncludeLinkedAccounts=true&OwningAccount=1");
}

static void a_listing_of_variants_names_the_endpoint(void **state)
{
    const struct metric_listing listing = {.namespace  = "n",
                                           .metric     = "m",
                                           .dimensions = {"EndpointName", "VariantName"},
                                           .value      = STR("front")};
    OWN(buf) json                       = BUF_UP_TO(4096);
    OWN(buf) form                       = BUF_UP_TO(4096);

    (void)state;
    metric_listing_json(&listing, &json);
    CHECK_STR(buf_view(&json), "{\"Namespace\":\"n\",\"MetricName\":\"m\",\"Dimensions\":["
                               "{\"Name\":\"EndpointName\",\"Value\":\"front\"},"
                               "{\"Name\":\"VariantName\"}]}");
    metric_listing_form(&listing, &form);
    CHECK_STR(buf_view(&form), "Action=ListMetrics&Version=2010-08-01&Namespace=n&MetricName=m"
                               "&Dimensions.member.1.Name=EndpointName"
                               "&Dimensions.member.1.Value=front"
                               "&Dimensions.member.2.Name=VariantName");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_period_follows_the_age),
        cmocka_unit_test(a_host_in_both_spellings),
        cmocka_unit_test(an_endpoint_variant),
        cmocka_unit_test(a_search_holds_only_plain_names),
        cmocka_unit_test(a_listing_names_the_owner),
        cmocka_unit_test(the_variants_of_an_endpoint_are_searched_for_by_its_whole_name),
        cmocka_unit_test(a_listing_of_variants_names_the_endpoint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
