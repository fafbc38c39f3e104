/* Whole calls against peers that judge every signature with botocore's signer: retries, quota,
 * clock, expiry and roles (S1, S2, S6). */
#include "world.h"

#include "base/mem.h"

/* --- one call --------------------------------------------------------------------------------- */

static void test_a_signed_call(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    use_environment_keys();
    aws   = client();
    asked = ask(aws);
    CHECK_ASKED(asked);
    assert_string_equal(asked.account, "123456789012");
    assert_string_equal(asked.region, "eu-west-1");
    asked = ask_as(aws, NULL, NULL, "us-east-2");
    CHECK_ASKED(asked);
    assert_string_equal(asked.region, "us-east-2");
    judge_is_content(&judge);
    aws_free(aws);
}

static void test_faults(void **state)
{
    static const struct {
        const char    *fault, *args;
        int            times, calls;
        int            done;
        enum fail_kind kind;
        const char    *code;
    } cases[] = {
        {"throttle", "[]", 2, 3, 0, FAIL_NONE, ""},
        {"throttle", "[\"Throttling\"]", 3, 3, -1, FAIL_LIMIT, "Throttling"},
        {"failing", "[\"LimitExceededException\",\"m\",400]", 1, 2, 0, FAIL_NONE, ""},
        {"status", "[429]", 3, 3, -1, FAIL_LIMIT, ""},
        {"server_error", "[]", 1, 2, 0, FAIL_NONE, ""},
        {"server_error", "[503]", 3, 3, -1, FAIL_REMOTE, ""},
        {"server_error", "[501]", 1, 1, -1, FAIL_REMOTE, ""},
        {"close_before", "[]", 1, 2, 0, FAIL_NONE, ""},
        {"close_midway", "[]", 2, 3, 0, FAIL_NONE, ""},
        {"rubbish", "[]", 1, 2, 0, FAIL_NONE, ""},
        {"too_much", "[1048576]", 1, 1, -1, FAIL_SIZE, ""},
        {"failing", "[\"AccessDeniedException\",\"no\",400]", 1, 1, -1, FAIL_DENIED,
         "AccessDeniedException"},
        {"failing", "[\"ResourceNotFoundException\",\"no\",400]", 1, 1, -1, FAIL_ABSENT,
         "ResourceNotFoundException"},
        {"failing", "[\"InvalidParameterValue\",\"no\",400]", 1, 1, -1, FAIL_INPUT,
         "InvalidParameterValue"},
        {"failing", "[\"UnrecognizedClientException\",\"no\",403]", 1, 1, -1, FAIL_AUTH,
         "UnrecognizedClientException"},
        {"status", "[302,\"\",{\"Location\":\"http://127.0.0.1:1/\"}]", 1, 1, -1, FAIL_REMOTE, ""},
    };

    (void)state;
    use_environment_keys();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct aws  *aws = client();
        struct asked asked;
        int          calls;

        judge_tell(&judge, "/_peer/clear", "{}");
        judge_next(&judge, cases[i].fault, cases[i].args, NULL, cases[i].times);
        asked = ask(aws);
        calls = judge_calls(&judge, "WhoAmI");
        if (asked.done != cases[i].done || (asked.done && asked.why.kind != cases[i].kind))
            fail_msg("case %zu: [%s] %s", i, fail_meaning(asked.why.kind)->name, asked.why.text);
        if (asked.done && strcmp(asked.code, cases[i].code) != 0)
            fail_msg("case %zu: code %s", i, asked.code);
        if (calls != cases[i].calls)
            fail_msg("case %zu: %d calls", i, calls);
        aws_free(aws);
    }
}

static void test_a_time_out_is_tried_again(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    use_environment_keys();
    aws = client();
    judge_next(&judge, "slow", "[0.8]", NULL, 1); /* our deadline is 0.5 s */
    asked = ask(aws);
    CHECK_ASKED(asked);
    assert_int_equal(judge_calls(&judge, "WhoAmI"), 2);
    aws_free(aws);
}

/* 500 tokens, 5 for a repetition: after 100 repetitions none is tried any more. */
static void test_the_quota_runs_dry(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    use_environment_keys();
    aws = client();
    judge_next(&judge, "server_error", "[500]", NULL, 1000);
    for (int i = 0; i < 50; i++) {
        asked = ask(aws);
        CHECK_REFUSED(asked, FAIL_REMOTE);
    }
    assert_int_equal(judge_calls(&judge, "WhoAmI"), 150);
    asked = ask(aws);
    CHECK_REFUSED(asked, FAIL_REMOTE);
    assert_int_equal(judge_calls(&judge, "WhoAmI"), 151);
    aws_free(aws);
}

static void test_a_wrong_clock_is_corrected_once(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    use_environment_keys();
    aws = client();
    judge_tell(&judge, "/_peer/shift", "{\"seconds\":3600}");
    asked = ask(aws);
    CHECK_ASKED(asked);
    assert_int_equal(judge_calls(&judge, "WhoAmI"), 2);
    asked = ask(aws);
    CHECK_ASKED(asked);
    assert_int_equal(judge_calls(&judge, "WhoAmI"), 3); /* it stays corrected */
    judge_next(&judge, "skewed", "[7200]", NULL, 2);
    asked = ask(aws);
    CHECK_REFUSED(asked, FAIL_AUTH);
    assert_int_equal(judge_calls(&judge, "WhoAmI"), 5);
    aws_free(aws);
}

static void test_a_wrong_secret_is_not_a_clock(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    use_environment_keys();
    setenv("AWS_SECRET_ACCESS_KEY", "this-secret-is-wrong", 1);
    aws   = client();
    asked = ask(aws);
    CHECK_REFUSED(asked, FAIL_AUTH);
    assert_string_equal(asked.code, "SignatureDoesNotMatch");
    assert_null(strstr(asked.why.text, "this-secret"));
    assert_int_equal(judge_calls(&judge, "WhoAmI"), 1);
    aws_free(aws);
}

/* --- roles ------------------------------------------------------------------------------------ */

static void test_a_role_is_taken_once_for_each_region(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    use_environment_keys();
    aws = client();
    for (int i = 0; i < 3; i++) {
        asked = ask_as(aws, ROLE "needs-x1", "x-1", NULL);
        CHECK_ASKED(asked);
        assert_string_equal(asked.account, "111122223333");
        assert_string_equal(asked.role, ROLE "needs-x1");
    }
    assert_int_equal(judge_calls(&judge, "AssumeRole"), 1);
    asked = ask_as(aws, ROLE "needs-x1", "x-1", "us-east-1");
    CHECK_ASKED(asked);
    assert_string_equal(asked.region, "us-east-1");
    assert_int_equal(judge_calls(&judge, "AssumeRole"), 2);
    asked = ask_as(aws, ROLE "huge", NULL, NULL);
    CHECK_ASKED(asked);
    judge_is_content(&judge);
    aws_free(aws);
}

static void test_one_refused_account_does_not_stop_the_others(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    use_environment_keys();
    aws   = client();
    asked = ask_as(aws, ROLE "denied", NULL, NULL);
    CHECK_REFUSED(asked, FAIL_DENIED);
    asked = ask_as(aws, ROLE "needs-x1", "x-2", NULL);
    CHECK_REFUSED(asked, FAIL_DENIED);
    asked = ask_as(aws, ROLE "fine", NULL, NULL);
    CHECK_ASKED(asked);
    asked = ask_as(aws, "not an arn", NULL, NULL);
    CHECK_REFUSED(asked, FAIL_INPUT);
    judge_is_content(&judge);
    aws_free(aws);
}

static void test_expired_keys_are_replaced_once(void **state)
{
    struct aws  *aws;
    struct asked asked, before;

    (void)state;
    use_environment_keys();
    aws    = client();
    before = ask_as(aws, ROLE "fine", NULL, NULL);
    CHECK_ASKED(before);
    judge_next(&judge, "expired", "[]", "WhoAmI", 1);
    asked = ask_as(aws, ROLE "fine", NULL, NULL);
    CHECK_ASKED(asked);
    assert_string_not_equal(asked.key, before.key);
    assert_int_equal(judge_calls(&judge, "AssumeRole"), 2);
    judge_next(&judge, "expired", "[\"ExpiredToken\"]", "WhoAmI", 2);
    asked = ask_as(aws, ROLE "fine", NULL, NULL);
    CHECK_REFUSED(asked, FAIL_AUTH);
    assert_string_equal(asked.code, "ExpiredToken");
    aws_free(aws);
}

/* An hour's keys: fresh until 15 minutes (less jitter) before the end, borne until 10. */
static void test_keys_are_renewed_ahead_of_their_end(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    use_environment_keys();
    aws   = client();
    asked = ask_as(aws, ROLE "fine", NULL, NULL);
    CHECK_ASKED(asked);
    *shift_ms = 44 * MS_MINUTE;
    asked     = ask_as(aws, ROLE "fine", NULL, NULL);
    CHECK_ASKED(asked);
    assert_int_equal(judge_calls(&judge, "AssumeRole"), 1);

    *shift_ms = 49 * MS_MINUTE; /* advisory: a failure is borne, and not repeated at once */
    judge_next(&judge, "failing", "[\"AccessDenied\",\"no\",403]", "AssumeRole", 1);
    for (int i = 0; i < 2; i++) {
        asked = ask_as(aws, ROLE "fine", NULL, NULL);
        CHECK_ASKED(asked);
        assert_int_equal(judge_calls(&judge, "AssumeRole"), 2);
    }

    *shift_ms = 51 * MS_MINUTE; /* mandatory: a failure is a failure */
    judge_next(&judge, "failing", "[\"AccessDenied\",\"no\",403]", "AssumeRole", 1);
    asked = ask_as(aws, ROLE "fine", NULL, NULL);
    CHECK_REFUSED(asked, FAIL_DENIED);
    asked = ask_as(aws, ROLE "fine", NULL, NULL);
    CHECK_ASKED(asked);
    assert_int_equal(judge_calls(&judge, "AssumeRole"), 4);
    judge_is_content(&judge);
    aws_free(aws);
}

/* Every second allocation of a call with a role fails once: an orderly end, nothing leaked. */
static void test_no_memory(void **state)
{
    const struct aws_options options = {.most_attempts = 1};
    struct asked             asked   = {.done = -1};

    (void)state;
    use_environment_keys();
    for (long n = 1; asked.done && n < 1000; n += 2) {
        struct aws *aws = NULL;

        asked = (struct asked){.done = -1};
        mem_fail_at(n, 0);
        if (aws_new(&options, &aws, &asked.why) == 0)
            asked = ask_as(aws, ROLE "fine", NULL, NULL);
        mem_fail_at(0, 0);
        if (asked.done)
            assert_true(asked.why.kind == FAIL_MEMORY || asked.why.kind == FAIL_REMOTE
                        || asked.why.kind == FAIL_INPUT);
        aws_free(aws);
    }
    assert_int_equal(asked.done, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_signed_call, world_begin),
        cmocka_unit_test_setup(test_faults, world_begin),
        cmocka_unit_test_setup(test_a_time_out_is_tried_again, world_begin),
        cmocka_unit_test_setup(test_the_quota_runs_dry, world_begin),
        cmocka_unit_test_setup(test_a_wrong_clock_is_corrected_once, world_begin),
        cmocka_unit_test_setup(test_a_wrong_secret_is_not_a_clock, world_begin),
        cmocka_unit_test_setup(test_a_role_is_taken_once_for_each_region, world_begin),
        cmocka_unit_test_setup(test_one_refused_account_does_not_stop_the_others, world_begin),
        cmocka_unit_test_setup(test_expired_keys_are_replaced_once, world_begin),
        cmocka_unit_test_setup(test_keys_are_renewed_ahead_of_their_end, world_begin),
        cmocka_unit_test_setup(test_no_memory, world_begin),
    };
    int failed = 0;

    if (world_open())
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    world_close();
    return failed;
}
