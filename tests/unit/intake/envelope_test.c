#include "read_one.h"

#include "base/mem.h"
#include "intake/kinds.h"

#define GOOD_HEAD                                                                                  \
    "\"version\":\"0\",\"id\":\"e-1\",\"detail-type\":\"SageMaker Model State Change\","           \
    "\"source\":\"aws.sagemaker\",\"account\":\"111122223333\",\"time\":\"2026-03-02T08:00:00Z\"," \
    "\"region\":\"us-east-1\",\"resources\":[]"
#define GOOD "{" GOOD_HEAD ",\"detail\":{\"ModelName\":\"m\"}}"

/* Every file of ../shared/fixtures/eventbridge: kind, name, status, generation, version. */
static const struct {
    const char *file;
    enum kind   kind;
    const char *name, *status;
    ms          generation, version;
    const char *reason;
} FIXTURES[] = {
    {"a2i-completed-docs", KIND_OTHER, "", "", WHEN_UNKNOWN, WHEN_UNKNOWN,
     "account is not 12 digits"},
    {"cloudtrail-create-endpoint-docs", KIND_ENDPOINT, "ExampleEndpoint", "", WHEN_UNKNOWN,
     1514900346000, NULL},
    {"cloudtrail-create-labeling-job-mlspace", KIND_LABELING, "UnitTestLabeling", "", WHEN_UNKNOWN,
     1700087260000, NULL},
    {"endpoint-config-created-mlspace", KIND_ENDPOINT_CONFIG, "UnitTestEndpointConfig", "",
     1697562590816, 1697565953000, NULL},
    {"endpoint-deployment-canary-docs", KIND_ENDPOINT, "sample-endpoint", "Updating", 1635195148181,
     1635195148181, NULL},
    {"endpoint-in-service-docs", KIND_ENDPOINT, "MyEndpoint", "InService", 1592411992203,
     1592411994287, NULL},
    {"endpoint-in-service-mlspace", KIND_ENDPOINT, "UnitTestEndpoint", "InService", 1696427470120,
     1696428397000, NULL},
    {"featuregroup-active-docs", KIND_FEATURE_GROUP, "sample-feature-group", "Created",
     1611624059000, 1611624121000, NULL},
    {"hpo-docs", KIND_TUNING, "016bffd3-6d71-4d3a-9710-0a332b2759fc", "status", 1583831889050,
     1583831889050, NULL},
    {"hpo-running-mlspace", KIND_TUNING, "UnitTestHPO", "Running", 1696426861998, 1696427209672,
     NULL},
    {"hyperpod-cluster-event-error-2026-docs", KIND_CLUSTER, "sample-cluster", "", WHEN_UNKNOWN,
     1748794825350, NULL},
    {"hyperpod-cluster-event-instance-2025-docs", KIND_CLUSTER, "sample-cluster", "", WHEN_UNKNOWN,
     1745858447412, NULL},
    {"hyperpod-node-health-docs", KIND_CLUSTER, "sample-cluster", "", WHEN_UNKNOWN, 1635126732000,
     NULL},
    {"image-creating-docs", KIND_IMAGE, "cee033a3-17d8-49f8-865f-b9ebf485d9ee", "Creating",
     WHEN_UNKNOWN, 1619659799000, NULL},
    {"labeling-completed-docs", KIND_LABELING, "test-labeling-job", "Completed", WHEN_UNKNOWN,
     1538828773000, NULL},
    {"labeling-completed-mlspace", KIND_LABELING, "UnitTestLabeling", "Completed", WHEN_UNKNOWN,
     1700085223000, NULL},
    {"model-created-mlspace", KIND_MODEL, "UnitTestModel", "", 1696427470120, 1695777987000, NULL},
    {"modelcard-draft-docs", KIND_MODEL_CARD, "example-card", "Draft", 1670026173084, 1670026184893,
     NULL},
    {"modelpackage-approved-drift", KIND_MODEL_PACKAGE, "drift-project/26", "Completed",
     1622695255225, 1622695523000, NULL},
    {"modelpackage-completed-prophet", KIND_MODEL_PACKAGE, "prophet-forecasting-models/3",
     "Completed", 1772313330000, 1772313330000, NULL},
    {"modelpackage-rejected-docs", KIND_MODEL_PACKAGE, "versionedmp-p-idy6c3e1fiqj/2", "Completed",
     1614186014000, 1614186014000, NULL},
    {"notebook-inservice-mlspace", KIND_NOTEBOOK, "Unit-Test-Notebook", "InService", 1691593432277,
     1695912523501, NULL},
    {"notebook-stopping-swb", KIND_NOTEBOOK, "BasicNotebookInstance-x4CC6ZFJzqJJ", "Stopping",
     1653592049755, 1653592871348, NULL},
    {"pipeline-execution-succeeded-docs", KIND_PIPELINE_EXECUTION, "p4jn9xou8a8s", "Succeeded",
     WHEN_UNKNOWN, 1615824610000, NULL},
    {"pipeline-execution-succeeded-drift", KIND_PIPELINE_EXECUTION, "abc123def456", "Succeeded",
     WHEN_UNKNOWN, 1622187967000, NULL},
    {"pipeline-step-succeeded-docs", KIND_PIPELINE_STEP, "p4jn9xou8a8s/myprocessingstep1",
     "Succeeded", WHEN_UNKNOWN, 1615824609000, NULL},
    {"processing-failed-docs", KIND_PROCESSING,
     "integ-test-analytics-algo-54ee3282-5899-4aa3-afc2-7ce1d02", "Failed", 1704320199000,
     1704320746000, NULL},
    {"training-completed-docs", KIND_TRAINING, "89c96cc8-dded-4739-afcc-6f1dc936701d", "Completed",
     1583831889050, 1583831889050, NULL},
    {"training-inprogress-mlspace", KIND_TRAINING, "UnitTestTrainingJob", "InProgress",
     1696427182554, 1696427207435, NULL},
    {"transform-docs", KIND_TRANSFORM, "4b52bd8f-e034-4345-818d-884bdd7c9724",
     "another status... GO", 1538828773000, 1538828773000, NULL},
    {"transform-inprogress-mlspace", KIND_TRANSFORM, "UnitTestTransformJob", "InProgress",
     1696427182554, 1696427186229, NULL},
};

static void every_fixture_is_taken_or_refused_with_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FIXTURES / sizeof FIXTURES[0]; i++) {
        OWN(one) one = {0};
        char path[200];

        (void)snprintf(path, sizeof path, "../shared/fixtures/eventbridge/%s.json",
                       FIXTURES[i].file); /* short enough by sight */
        OWN(buf) text = check_file(path);
        one_read(&one, buf_view(&text));
        assert_int_equal(one.result, 0);
        assert_int_equal(one.count, 1);
        CHECK_STR(str_of(one.reason.text), FIXTURES[i].reason ? FIXTURES[i].reason : "");
        if (one.news.kind != FIXTURES[i].kind || one.news.generation != FIXTURES[i].generation
            || one.news.version != FIXTURES[i].version)
            fail_msg("%s: kind %d, generation %lld, version %lld", FIXTURES[i].file,
                     (int)one.news.kind, (long long)one.news.generation,
                     (long long)one.news.version);
        CHECK_STR(one.news.name, FIXTURES[i].name);
        CHECK_STR(one.news.status, FIXTURES[i].status);
        assert_null(one.news.bad_time);
    }
}

static const struct {
    const char *body, *reason;
} REFUSED[] = {
    {"{}", "detail-type is missing"},
    {"[5]", "an event must be an object"},
    {"{\"detail-type\":7}", "detail-type is not a text"},
    {"{\"detail-type\":\"\"}", "detail-type is empty"},
    {"{\"detail-type\":\"x\"}", "source is missing"},
    {"{\"detail-type\":\"x\",\"source\":[\"a\"]}", "source is not a text"},
    {"{\"detail-type\":\"x\",\"source\":\"a\",\"source\":[\"arn\"]}", "source is not a text"},
    {"{\"detail-type\":\"x\",\"source\":\"aws.ec2\"}", "source is \"aws.ec2\", not aws.sagemaker"},
    {"{\"detail-type\":\"x\",\"source\":\"aws.sagemaker\"}", "id is missing"},
    {"{\"detail-type\":\"x\",\"source\":\"aws.sagemaker\",\"id\":null}", "id is missing"},
    {"{\"detail-type\":\"x\",\"source\":\"aws.sagemaker\",\"id\":\"1\"}", "account is missing"},
    {"{\"detail-type\":\"x\",\"source\":\"aws.sagemaker\",\"id\":\"1\",\"account\":111122223333}",
     "account is not a text"},
    {"{\"detail-type\":\"x\",\"source\":\"aws.sagemaker\",\"id\":\"1\",\"account\":"
     "\"11112222333\"}",
     "account is not 12 digits"},
    {"{\"detail-type\":\"x\",\"source\":\"aws.sagemaker\",\"id\":\"1\",\"account\":\"-"
     "11112222333\"}",
     "account is not 12 digits"},
    {"{\"detail-type\":\"x\",\"source\":\"aws.sagemaker\",\"id\":\"1\",\"account\":"
     "\"11112222333x\"}",
     "account is not 12 digits"},
    {"{\"detail-type\":\"x\",\"source\":\"aws.sagemaker\",\"id\":\"1\",\"account\":"
     "\"111122223333\"}",
     "region is missing"},
    {"{" GOOD_HEAD "}", "detail is missing"},
    {"{" GOOD_HEAD ",\"detail\":null}", "detail is not an object"},
    {"{" GOOD_HEAD ",\"detail\":\"text\"}", "detail is not an object"},
    {"{" GOOD_HEAD ",\"detail\":{}}", "neither detail.ModelName nor an ARN names a model"},
    {"{\"messageId\":\"1\",\"body\":\"[]\"}", "the message's body is not an object"},
    {"{\"messageId\":\"1\",\"body\":\"{\"}",
     "the message's body: not JSON: not a member's name at byte 1"},
    {"{\"messageId\":\"1\",\"body\":\"{}\"}", "detail-type is missing"},
};

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        OWN(one) one = {0};

        one_read(&one, str_of(REFUSED[i].body));
        assert_int_equal(one.result, 0);
        assert_int_equal(one.refused, 1);
        assert_int_equal(one.reason.kind, FAIL_INPUT);
        CHECK_STR(str_of(one.reason.text), REFUSED[i].reason);
    }
}

static void quarantine_learns_whose_it_was(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_read(&one, STR("{\"account\":\"111122223333\",\"detail-type\":5,\"x\":1}"));
    assert_int_equal(one.refused, 1);
    assert_true(one.news.account == 111122223333);
    CHECK_STR(one.raw, "{\"account\":\"111122223333\",\"detail-type\":5,\"x\":1}");
}

static void a_body_that_is_no_event_at_all(void **state)
{
    static const char *const bodies[] = {
        "", "{", "7", "\"instance i-1 is RUNNING\"", "null", "{\"a\": }", GOOD "x"};

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        OWN(one) one = {0};

        one_read(&one, str_of(bodies[i]));
        assert_int_equal(one.result, -1);
        assert_int_equal(one.why.kind, FAIL_INPUT);
        assert_int_equal(one.count, 0);
    }
}

/* The event's own bytes are the same in every wrapping. */
static void every_shape_holds_the_same_event(void **state)
{
    static const struct {
        const char *body;
        int         count;
    } shapes[] = {
        {GOOD, 1},
        {" " GOOD "\n", 1},
        {"{\"rule\":\"r\",\"event\":" GOOD "}", 1},
        {"[" GOOD "," GOOD "]", 2},
        {"[{\"rule\":\"r\",\"event\":" GOOD "}]", 1},
        {"{\"Records\":[" GOOD "]}", 1},
        {"[]", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        OWN(one) one = {0};

        one_read(&one, str_of(shapes[i].body));
        CHECK_TAKEN(&one);
        assert_int_equal(one.count, shapes[i].count);
        if (!one.count)
            continue;
        CHECK_STR(one.news.body, GOOD);
        CHECK_STR(one.news.name, "m");
        assert_true(one.news.account == 111122223333);
        CHECK_STR(one.news.region, "us-east-1");
        CHECK_STR(one.news.event_id, "e-1");
        assert_true(one.news.time == 1772438400000);
    }
}

static void a_queue_message_holds_the_event_as_text(void **state)
{
    static const char body[] =
        "[{\"messageId\":\"1\",\"body\":\"{\\\"rule\\\":\\\"r\\\",\\\"event\\\":{\\\"id\\\":\\\"e-"
        "1\\\","
        "\\\"detail-type\\\":\\\"SageMaker Model State "
        "Change\\\",\\\"source\\\":\\\"aws.sagemaker\\\","
        "\\\"account\\\":\\\"111122223333\\\",\\\"time\\\":\\\"2026-03-02T08:00:00Z\\\","
        "\\\"region\\\":"
        "\\\"us-east-1\\\",\\\"detail\\\":{\\\"ModelName\\\":\\\"m\\\\u00e9\\\"}}}\"}]";
    OWN(one) one = {0};

    (void)state;
    one_read(&one, str_of(body));
    CHECK_TAKEN(&one);
    CHECK_STR(one.news.name, "m\xc3\xa9");
    assert_true(str_starts(one.news.body, STR("{\"id\":\"e-1\"")));
    assert_true(str_starts(one.raw, STR("{\"messageId\"")));
}

static void one_bad_apple_does_not_spoil_the_others(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_read(&one, STR("[" GOOD ",7,{\"detail-type\":\"x\"}," GOOD "]"));
    assert_int_equal(one.result, 0);
    assert_int_equal(one.count, 4);
    assert_int_equal(one.refused, 2);
    CHECK_STR(one.news.name, "m");
}

static void too_many_events_are_refused_before_the_first(void **state)
{
    OWN(buf) text = BUF_UP_TO(1u << 20);
    OWN(one) one  = {0};

    (void)state;
    buf_char(&text, '[');
    for (int i = 0; i <= ENVELOPE_MOST_EVENTS; i++)
        buf_text(&text, i ? ",{}" : "{}");
    buf_char(&text, ']');
    one_read(&one, buf_view(&text));
    assert_int_equal(one.result, -1);
    assert_int_equal(one.why.kind, FAIL_INPUT);
    assert_int_equal(one.count, 0);
}

static void a_time_that_cannot_be_read_is_now(void **state)
{
    static const char *const times[] = {"\"yesterday\"", "null", "{}", "\"2026-03-02T08:00:00\""};

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        OWN(buf) text = BUF_UP_TO(2000);
        OWN(one) one  = {0};

        buf_format(&text, "{" GOOD_HEAD ",\"time\":%s,\"detail\":{\"ModelName\":\"m\"}}", times[i]);
        one_read(&one, buf_view(&text));
        CHECK_TAKEN(&one);
        assert_string_equal(one.news.bad_time, "time");
        assert_true(one.news.time == NOW && one.news.version == NOW);
    }
}

/* A second delivery must be known for one, so what the event says itself comes before our clock. */
static void a_time_that_cannot_be_read_is_told_by_the_detail(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_read(&one, STR("{" GOOD_HEAD ",\"time\":\"?\",\"detail\":{\"ModelName\":\"m\","
                       "\"LastModifiedTime\":1583831889050}}"));
    CHECK_TAKEN(&one);
    assert_string_equal(one.news.bad_time, "time");
    assert_true(one.news.time == 1583831889050 && one.news.version == 1583831889050);
}

/* Each known name with a detail of nothing but names is taken and known; so are other spellings. */
static void every_documented_detail_type_is_known(void **state)
{
    (void)state;
    assert_int_equal(envelope_type_count(), 60); /* 58 of SageMaker, 2 of CloudTrail */
    for (size_t i = 0; i < envelope_type_count(); i++) {
        OWN(one) one       = {0};
        const char *type   = envelope_type_name(i);
        const char *detail = "{\"stepName\":\"s\",\"pipelineExecutionArn\":\"arn:x/execution/e\"}";

        assert_ptr_equal(kinds_find(str_of(type)), kinds_at(i));
        one_detail(&one, type, detail);
        CHECK_TAKEN(&one);
        assert_true(one.news.is_known);
        assert_int_equal(one.news.kind != KIND_OTHER, one.news.name.size > 0);
    }
    assert_int_equal(kinds_find(STR("SageMakerEndpointStateChange"))->kind, KIND_ENDPOINT);
    assert_int_equal(kinds_find(STR("sagemaker model state change"))->kind, KIND_MODEL);
    assert_null(kinds_find(STR("SageMaker Endpoint State")));
    assert_null(kinds_find(STR("")));
}

static void an_unknown_detail_type_is_kept(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_detail(&one, "SageMaker Teapot State Change", "{\"TeapotName\":\"t\"}");
    CHECK_TAKEN(&one);
    assert_false(one.news.is_known);
    assert_int_equal(one.news.kind, KIND_OTHER);
    assert_int_equal(one.news.name.size, 0);
    assert_int_equal(one.news.weight, -1);
    assert_true(one.news.version == one.news.time);
}

static void texts_that_fit_no_index_are_refused(void **state)
{
    char long_text[3000] = {0};
    OWN(buf) detail      = BUF_UP_TO(10000);
    OWN(one) one         = {0};

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    buf_format(&detail, "{\"ModelName\":\"%s\"}", long_text);
    one_detail(&one, "SageMaker Model State Change", buf_c(&detail));
    assert_int_equal(one.refused, 1);
    CHECK_STR(str_of(one.reason.text), "the name is longer than 1024 bytes");
}

/* A sender's text is cut between characters before it is repeated. */
static void a_long_source_is_shown_short(void **state)
{
    OWN(buf) text = BUF_UP_TO(10000);
    OWN(one) one  = {0};

    (void)state;
    buf_text(&text, "{\"detail-type\":\"x\",\"source\":\"a");
    for (int i = 0; i < 60; i++)
        buf_text(&text, "\xc3\xa9");
    buf_text(&text, "\"}");
    one_read(&one, buf_view(&text));
    assert_int_equal(one.refused, 1);
    assert_true(str_is_utf8(str_of(one.reason.text)));
    assert_true(strlen(one.reason.text) < 100);
}

static int stop(void *ctx, const struct news *news, struct str raw, const struct fail *why)
{
    (void)news;
    (void)raw;
    (void)why;
    return ++*(int *)ctx;
}

static void the_visitor_may_stop(void **state)
{
    OWN(reading) reading = READING_EMPTY;
    struct fail why      = FAIL_OK;
    int         calls    = 0;

    (void)state;
    assert_int_equal(envelope_read(&reading, STR("[" GOOD "," GOOD "]"), NOW, stop, &calls, &why),
                     1);
    assert_int_equal(calls, 1);
}

/* The n-th allocation fails, for every n: an orderly FAIL_MEMORY, never a wrong reading. */
static void every_missing_memory_is_said(void **state)
{
    static const char body[] =
        "[{\"body\":\"{}\"},{" GOOD_HEAD ",\"detail\":{\"ModelName\":\"\\u006d\",\"Tags\":"
        "[{\"Key\":\"b\",\"Value\":\"1\"},{\"Key\":\"a\",\"Value\":\"\\n\"}]}}]";

    (void)state;
    for (long n = 1; n < 50; n++) {
        OWN(one) one = {0};

        one = (struct one){.reading = READING_EMPTY, .body = BUF_UP_TO(10000)};
        buf_text(&one.body, body);
        mem_fail_at(n, 1);
        one.result =
            envelope_read(&one.reading, buf_view(&one.body), NOW, one_take, &one, &one.why);
        mem_fail_at(0, 0);
        if (one.result == 0) {
            CHECK_STR(one.news.tags, "{\"a\":\"\\n\",\"b\":\"1\"}");
            assert_true(n > 2);
            return;
        }
        assert_int_equal(one.why.kind, FAIL_MEMORY);
    }
    fail_msg("never enough");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fixture_is_taken_or_refused_with_a_reason),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(quarantine_learns_whose_it_was),
        cmocka_unit_test(a_body_that_is_no_event_at_all),
        cmocka_unit_test(every_shape_holds_the_same_event),
        cmocka_unit_test(a_queue_message_holds_the_event_as_text),
        cmocka_unit_test(one_bad_apple_does_not_spoil_the_others),
        cmocka_unit_test(too_many_events_are_refused_before_the_first),
        cmocka_unit_test(a_time_that_cannot_be_read_is_now),
        cmocka_unit_test(a_time_that_cannot_be_read_is_told_by_the_detail),
        cmocka_unit_test(every_documented_detail_type_is_known),
        cmocka_unit_test(an_unknown_detail_type_is_kept),
        cmocka_unit_test(texts_that_fit_no_index_are_refused),
        cmocka_unit_test(a_long_source_is_shown_short),
        cmocka_unit_test(the_visitor_may_stop),
        cmocka_unit_test(every_missing_memory_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
