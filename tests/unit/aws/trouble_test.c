/* What error answers say, in every form a service says it. */
#include "check.h"

#include <string.h>

#include "aws/trouble.h"
#include "base/buf.h"

#define RATE "Rate exceeded"

static const struct {
    int            status;
    const char    *headers, *body;
    const char    *code, *message;
    enum fail_kind kind;
    bool           is_transient, is_throttle;
    ms             hint;
} cases[] = {
    {400, "",
     "{\"__type\":\"com.amazonaws.logs#ThrottlingException:http://x/\",\"message\":\"" RATE "\"}",
     "ThrottlingException", RATE, FAIL_LIMIT, true, true, 0},
    {400, "", "{\"__type\":\"com.amazonaws.logs#ThrottlingException:http://x/#why\"}",
     "ThrottlingException", "", FAIL_LIMIT, true, true, 0},
    {400, "", "{\"__type\":\"Throttling\",\"Message\":\"" RATE "\"}", "Throttling", RATE,
     FAIL_LIMIT, true, true, 0},
    {400, "x-amzn-errortype: ThrottlingException:http://x/\r\n", "{}", "ThrottlingException", "",
     FAIL_LIMIT, true, true, 0},
    {400, "x-amzn-query-error: Throttling;Sender\r\n", "", "Throttling", "", FAIL_LIMIT, true, true,
     0},
    {400, "x-amzn-query-error: InvalidParameterValue;Sender\r\n",
     "{\"__type\":\"com.amazonaws.cloudwatch#InvalidParameterValueException\",\"message\":\"m\"}",
     "InvalidParameterValueException", "m", FAIL_INPUT, false, false, 0},
    {403, "",
     "<ErrorResponse xmlns=\"u\"><Error><Type>Sender</Type><Code>AccessDenied</Code>"
     "<Message>a &lt; b</Message></Error></ErrorResponse>",
     "AccessDenied", "a < b", FAIL_DENIED, false, false, 0},
    {404, "", "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>m</Message></Error>",
     "NoSuchKey", "m", FAIL_ABSENT, false, false, 0},
    {400, "", "<Response><Errors><Error><Code>RequestExpired</Code></Error></Errors></Response>",
     "RequestExpired", "", FAIL_AUTH, false, false, 0},
    {429, "Retry-After: 7\r\n", "slow down", "", "", FAIL_LIMIT, true, true, 7000},
    {503, "Retry-After: -5\r\n", "", "", "", FAIL_REMOTE, true, false, 0},
    {503, "Retry-After: 99999999\r\n", "", "", "", FAIL_REMOTE, true, false, MS_DAY},
    {503, "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n", "", "", "", FAIL_REMOTE, true, false,
     0},
    {503, "Retry-After: soon\r\n", "", "", "", FAIL_REMOTE, true, false, 0},
    {500, "x-amz-retry-after: 1500\r\n", "<html>", "", "", FAIL_REMOTE, true, false, 1500},
    {501, "", "", "", "", FAIL_REMOTE, false, false, 0},
    {302, "", "", "", "", FAIL_REMOTE, false, false, 0},
    {400, "", "{\"__type\": 7, \"message\": [1]}", "", "", FAIL_INPUT, false, false, 0},
    {400, "", "{\"__type\": \"a b<script>\"}", "a", "", FAIL_INPUT, false, false, 0},
    {400, "", "{\"__type\": \"<script>\"}", "", "", FAIL_INPUT, false, false, 0},
    {400, "", "{\"__type\": \"X\", \"message\": \"a\\r\\nb\\u001b[31m\"}", "X", "a  b [31m",
     FAIL_INPUT, false, false, 0},
    {400, "", "{\"__type\": tru", "", "", FAIL_INPUT, false, false, 0},
    {400, "", "{\"__type\":\"ResourceAlreadyExistsException\"}", "ResourceAlreadyExistsException",
     "", FAIL_CLASH, false, false, 0},
    {403, "",
     "{\"__type\":\"InvalidSignatureException\",\"message\":\"The canonical request should have "
     "been"
     " x-amz-security-token:SECRET\"}",
     "InvalidSignatureException", "", FAIL_AUTH, false, false, 0},
};

static void test_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fetch_answer answer = FETCH_ANSWER;
        struct trouble      got;

        answer.status             = cases[i].status;
        answer.body.ceiling_bytes = 4096;
        buf_text(&answer.body, cases[i].body);
        buf_format(&answer.headers, "HTTP/1.1 %d X\r\n%s\r\n", cases[i].status, cases[i].headers);
        trouble_read(&answer, &got);
        if (strcmp(got.code, cases[i].code) != 0 || strcmp(got.message, cases[i].message) != 0)
            fail_msg("case %zu: %s \"%s\"", i, got.code, got.message);
        if (got.kind != cases[i].kind || got.is_transient != cases[i].is_transient
            || got.is_throttle != cases[i].is_throttle || got.hint != cases[i].hint)
            fail_msg("case %zu: [%s] %d %d %lld", i, fail_meaning(got.kind)->name, got.is_transient,
                     got.is_throttle, (long long)got.hint);
        fetch_answer_release(&answer);
    }
}

static void test_a_date_to_wait_for(void **state)
{
    struct fetch_answer answer = FETCH_ANSWER;
    struct trouble      got;

    (void)state;
    answer.status = 503;
    buf_text(&answer.headers,
             "HTTP/1.1 503 X\r\nRetry-After: Fri, 31 Dec 2100 23:59:59 GMT\r\n\r\n");
    trouble_read(&answer, &got);
    assert_int_equal(got.hint, MS_DAY);
    fetch_answer_release(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_a_date_to_wait_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
