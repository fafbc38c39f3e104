/* One transaction: the design's own sample, its aliases, and every member wrong in turn. */
#include "check.h"

#include "base/own.h"
#include "format/flaws.h"
#include "intake/inferences/transaction.h"

#include <string.h>

#define SAMPLE                                                                                     \
    "{\"type\":\"inference_transaction\",\"model_name\":\"document_classification\","              \
    "\"environment\":\"prod\",\"deployment_id\":2,\"model_version\":3,\"server_id\":4,"            \
    "\"request\":{\"a\":\"b\"},\"response\":{},\"request_size\":4096,\"response_size\":1024,"      \
    "\"start_at\":\"2020-01-01T00:00:00.000Z\",\"end_at\":\"2020-01-01T00:00:00.350Z\","           \
    "\"status\":\"succeeded\",\"elapse\":350,\"requester\":{\"principal\":"                        \
    "\"arn:aws:iam::123456789012:role/document_classification_app\",\"ip\":null,\"more\":1},"      \
    "\"confidence\":98.05}"

struct read {
    struct transaction_line line;
    struct inference        inference;
    struct flaws            flaws;
    struct buf              text;
};

static void release(struct read *read)
{
    transaction_line_release(&read->line);
    buf_release(&read->text);
}

/* The sample with `from` replaced by `to`. */
static int read_with(struct read *read, const char *from, const char *to)
{
    const char *at  = from ? strstr(SAMPLE, from) : NULL;
    struct fail why = FAIL_OK;
    int         got;

    *read = (struct read){.line = TRANSACTION_LINE_EMPTY, .text = BUF_UP_TO(1 << 20)};
    if (from && !at)
        fail_msg("the sample has no %s", from);
    buf_add(&read->text, SAMPLE, at ? (size_t)(at - SAMPLE) : strlen(SAMPLE));
    if (at) {
        buf_text(&read->text, to);
        buf_text(&read->text, at + strlen(from));
    }
    got = transaction_of_line(&read->line, buf_view(&read->text), &read->inference, &read->flaws,
                              &why);
    if (got < 0)
        fail_msg("%s", why.text);
    return got;
}

static void the_sample_of_the_design_is_understood_whole(void **state)
{
    struct read             read;
    const struct inference *is = &read.inference;

    (void)state;
    assert_int_equal(read_with(&read, NULL, NULL), 1);
    assert_int_equal(read.flaws.count, 0);
    CHECK_STR(is->whose.model_name, "document_classification");
    CHECK_STR(is->whose.environment, "prod");
    assert_null(is->whose.namespace.data);
    assert_int_equal(is->whose.account, -1);
    assert_int_equal(is->whose.deployment, 2);
    assert_int_equal(is->whose.version, 3);
    CHECK_STR(is->server, "4");
    CHECK_STR(is->status, "succeeded");
    assert_int_equal(is->start, 1577836800000);
    assert_int_equal(is->end, 1577836800350);
    assert_int_equal(is->elapse_ms, 350);
    assert_false(is->is_mismatched);
    assert_int_equal(is->confidence, 9805);
    assert_int_equal(is->request.size, 4096);
    assert_int_equal(is->response.size, 1024);
    CHECK_STR(is->request.json, "{\"a\":\"b\"}");
    CHECK_STR(is->extras, "{\"requester\":{\"principal\":\"arn:aws:iam::123456789012:role/"
                          "document_classification_app\",\"ip\":null,\"more\":1}}");
    release(&read);
}

/* What says the same, said otherwise: the row is the same, too. */
static void aliases_and_other_spellings_say_the_same(void **state)
{
    static const struct {
        const char *from, *to;
        int64_t     elapse;
        bool        is_mismatched;
    } cases[] = {
        {"\"type\":", "\"measurement_type\":", 350, false},
        {"\"elapse\":350", "\"elapsed\":350", 350, false},
        {"\"elapse\":350,", "", 350, false},
        {"\"elapse\":350,", "\"elapse\":null,", 350, false},
        {"\"elapse\":350", "\"elapse\":351", 351, false},
        {"\"elapse\":350", "\"elapse\":352", 352, true},
        {"\"elapse\":350", "\"elapse\":350,\"elapsed\":9", 350, false},
        {"\"2020-01-01T00:00:00.000Z\"", "1577836800000", 350, false},
        {"\"2020-01-01T00:00:00.000Z\"", "\"2020-01-01T01:00:00+01:00\"", 350, false},
        {"\"server_id\":4", "\"server_id\":4.0", 350, false},
        {"\"server_id\":4", "\"server_id\":\"4\"", 350, false},
        {"\"request_size\":4096,", "", 350, false},
        {"\"request\":{\"a\":\"b\"},", "", 350, false},
        {"\"requester\":{", "\"requester\":null,\"other\":{", 350, false},
        {"\"status\":\"succeeded\"", "\"status\":\"melted\"", 350, false},
        {",\"confidence\":98.05", "", 350, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read read;

        if (read_with(&read, cases[i].from, cases[i].to) != 1 || read.flaws.count)
            fail_msg("%s: %s", cases[i].to, read.flaws.items[0].detail);
        assert_int_equal(read.inference.elapse_ms, cases[i].elapse);
        assert_int_equal(read.inference.is_mismatched, cases[i].is_mismatched);
        CHECK_STR(read.inference.server, "4");
        release(&read);
    }
}

static const struct {
    const char *from, *to, *pointer, *code;
} wrongs[] = {
    {"\"model_name\":\"document_classification\",", "", "/model_name", "missing"},
    {"\"document_classification\"", "7", "/model_name", "wrong-type"},
    {"\"document_classification\"", "\"a/b\"", "/model_name", "bad-value"},
    {"\"document_classification\"", "\"\"", "/model_name", "bad-value"},
    {"\"environment\":\"prod\",", "", "/environment", "missing"},
    {"\"prod\"", "[]", "/environment", "wrong-type"},
    {"\"deployment_id\":2,", "", "/deployment_id", "missing"},
    {"\"deployment_id\":2", "\"deployment_id\":\"2\"", "/deployment_id", "wrong-type"},
    {"\"deployment_id\":2", "\"deployment_id\":0", "/deployment_id", "bad-value"},
    {"\"model_version\":3", "\"model_version\":null", "/model_version", "missing"},
    {"\"model_version\":3", "\"model_version\":1.5", "/model_version", "wrong-type"},
    {"\"model_version\":3", "\"model_version\":-1", "/model_version", "bad-value"},
    {"\"server_id\":4,", "", "/server_id", "missing"},
    {"\"server_id\":4", "\"server_id\":true", "/server_id", "wrong-type"},
    {"\"server_id\":4", "\"server_id\":-4", "/server_id", "bad-value"},
    {"{\"a\":\"b\"}", "\"text\"", "/request", "wrong-type"},
    {"\"response\":{}", "\"response\":[]", "/response", "wrong-type"},
    {"\"request_size\":4096", "\"request_size\":-1", "/request_size", "bad-value"},
    {"\"response_size\":1024", "\"response_size\":\"1\"", "/response_size", "wrong-type"},
    {"\"response\":{},\"request_size\":4096,\"response_size\":1024", "\"request_size\":4096",
     "/response_size", "missing"},
    {"\"start_at\":\"2020-01-01T00:00:00.000Z\",", "", "/start_at", "missing"},
    {"2020-01-01T00:00:00.000Z", "yesterday", "/start_at", "bad-value"},
    {"2020-01-01T00:00:00.000Z", "1969-01-01T00:00:00.000Z", "/start_at", "bad-value"},
    {"2020-01-01T00:00:00.350Z", "2019-01-01T00:00:00.350Z", "/end_at", "bad-value"},
    {"\"end_at\":\"2020-01-01T00:00:00.350Z\",", "", "/end_at", "missing"},
    {"\"elapse\":350", "\"elapse\":\"350\"", "/elapse", "wrong-type"},
    {"\"elapse\":350", "\"elapsed\":-1", "/elapsed", "bad-value"},
    {"\"elapse\":350", "\"elapse\":1e12", "/elapse", "bad-value"},
    {"\"status\":\"succeeded\",", "", "/status", "missing"},
    {"\"succeeded\"", "1", "/status", "wrong-type"},
    {"\"ip\":null", "\"ip\":5", "/requester/ip", "wrong-type"},
    {"\"requester\":{", "\"requester\":1,\"x\":{", "/requester", "wrong-type"},
    {"98.05", "\"98.05\"", "/confidence", "wrong-type"},
    {"98.05", "100.01", "/confidence", "bad-value"},
    {"98.05", "-0.5", "/confidence", "bad-value"},
    {"98.05", "1,\"account_id\":\"123\"", "/account_id", "bad-value"},
    {"98.05", "1,\"account_id\":123456789012", "/account_id", "wrong-type"},
    {"98.05", "1,\"namespace\":\"abc\"", "/namespace", "bad-value"},
    {"98.05", "1,\"region\":{}", "/region", "wrong-type"},
    {"98.05", "1,\"endpoint_name\":1", "/endpoint_name", "wrong-type"},
    {"98.05", "1,\"transaction_id\":\"\"", "/transaction_id", "bad-value"},
    {"98.05", "1,\"trace_id\":[]", "/trace_id", "wrong-type"},
    {"98.05", "1,\"error\":{\"type\":1}", "/error/type", "wrong-type"},
};

static void every_member_that_is_wrong_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct read read;

        assert_int_equal(read_with(&read, wrongs[i].from, wrongs[i].to), 1);
        if (read.flaws.count != 1)
            fail_msg("%s has %d flaws, the first at %s", wrongs[i].to, read.flaws.count,
                     read.flaws.items[0].pointer);
        CHECK_STR(str_of(read.flaws.items[0].pointer), wrongs[i].pointer);
        CHECK_STR(str_of(read.flaws.items[0].code), wrongs[i].code);
        release(&read);
    }
}

static void all_that_is_wrong_is_named_at_once(void **state)
{
    struct transaction_line line  = TRANSACTION_LINE_EMPTY;
    struct flaws            flaws = FLAWS_NONE;
    struct inference        inference;
    struct fail             why = FAIL_OK;

    (void)state;
    assert_int_equal(transaction_of_line(&line, STR("{\"type\":\"inference_transaction\"}"),
                                         &inference, &flaws, &why),
                     1);
    assert_int_equal(flaws.count, 10);
    transaction_line_release(&line);
}

static void other_lines_of_a_log_are_no_transactions(void **state)
{
    static const char *const lines[] = {
        "",
        "INFO started",
        "{}",
        "[1]",
        "{\"type\":\"heartbeat\"}",
        "{\"type\":\"inference_tra",
        "{\"type\":7}",
    };
    struct transaction_line line  = TRANSACTION_LINE_EMPTY;
    struct flaws            flaws = FLAWS_NONE;
    struct inference        inference;
    struct fail             why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_int_equal(transaction_of_line(&line, str_of(lines[i]), &inference, &flaws, &why), 0);
    assert_int_equal(flaws.count, 0);
    transaction_line_release(&line);
}

static int64_t uid_with(const char *from, const char *to)
{
    struct read read;
    int64_t     uid;

    assert_int_equal(read_with(&read, from, to), 1);
    assert_int_equal(read.flaws.count, 0);
    uid = read.inference.uid;
    release(&read);
    return uid;
}

static void the_same_contents_have_the_same_uid_whatever_their_order(void **state)
{
    int64_t plain = uid_with(NULL, NULL);
    int64_t named = uid_with("98.05", "98.05,\"transaction_id\":\"t-1\"");

    (void)state;
    assert_true(plain
                == uid_with("\"deployment_id\":2,\"model_version\":3",
                            "\"model_version\": 3.0, \"deployment_id\":2"));
    assert_true(plain == uid_with("\"prod\"", "\"\\u0070rod\""));
    assert_true(plain != uid_with("\"elapse\":350", "\"elapse\":351"));
    assert_true(plain != named);
    assert_true(named == uid_with("98.05", "1,\"transaction_id\":\"t-1\""));
}

/* What one fills in, another does not have to say. */
static void defaults_hold_where_nothing_is_said(void **state)
{
    struct transaction_line line  = TRANSACTION_LINE_EMPTY;
    struct flaws            flaws = FLAWS_NONE;
    struct inference        inference;
    struct fail             why = FAIL_OK;

    (void)state;
    line.defaults.whose = (struct inference_whose){.account     = 123456789012,
                                                   .namespace   = STR("/abc/claim"),
                                                   .region      = STR("eu-central-1"),
                                                   .environment = STR("test"),
                                                   .version     = 7};
    line.defaults.now   = 1577836800000;
    assert_int_equal(transaction_of_line(&line, STR(SAMPLE), &inference, &flaws, &why), 1);
    assert_int_equal(flaws.count, 0);
    CHECK_STR(inference.whose.namespace, "/abc/claim");
    CHECK_STR(inference.whose.environment, "prod");
    assert_int_equal(inference.whose.version, 3);
    assert_int_equal(inference.whose.account, 123456789012);
    line.defaults.now -= MS_DAY + 1;
    assert_int_equal(transaction_of_line(&line, STR(SAMPLE), &inference, &flaws, &why), 1);
    CHECK_STR(str_of(flaws.items[0].pointer), "/start_at");
    transaction_line_release(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_of_the_design_is_understood_whole),
        cmocka_unit_test(aliases_and_other_spellings_say_the_same),
        cmocka_unit_test(every_member_that_is_wrong_is_named),
        cmocka_unit_test(all_that_is_wrong_is_named_at_once),
        cmocka_unit_test(other_lines_of_a_log_are_no_transactions),
        cmocka_unit_test(the_same_contents_have_the_same_uid_whatever_their_order),
        cmocka_unit_test(defaults_hold_where_nothing_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
