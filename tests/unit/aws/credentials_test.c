/* How old keys may get, and the documents they come in. */
#include "check.h"

#include <string.h>

#include "aws/credentials.h"
#include "aws/sts.h"

enum { NOW = 1000 * MS_SECOND };

static struct session_keys keys_until(ms expires_at, const char *source)
{
    struct session_keys keys  = SESSION_KEYS_NONE;
    struct credentials  fresh = CREDENTIALS_NONE;
    struct fail         why   = FAIL_OK;

    CHECK_OK(credentials_set(&fresh, STR("id"), STR("secret"), STR("token"), &why), &why);
    fresh.expires_at = expires_at;
    fresh.source     = source;
    session_keys_put(&keys, &fresh, NOW);
    assert_null(fresh.key_id);
    return keys;
}

static void test_ages(void **state)
{
    static const struct {
        ms               left; /* until the end, when asked */
        enum session_age age;
    } cases[] = {
        {60 * MS_MINUTE, SESSION_FRESH}, {15 * MS_MINUTE + 1, SESSION_FRESH},
        {12 * MS_MINUTE, SESSION_AGING}, {10 * MS_MINUTE + 1, SESSION_AGING},
        {10 * MS_MINUTE, SESSION_SPENT}, {0, SESSION_SPENT},
        {-MS_MINUTE, SESSION_SPENT},
    };
    const ms            end  = NOW + MS_HOUR;
    struct session_keys none = SESSION_KEYS_NONE;

    (void)state;
    assert_int_equal(session_keys_age(&none, NOW), SESSION_SPENT);
    for (int round = 0; round < 20; round++) { /* jitter moves nothing over these lines */
        struct session_keys keys = keys_until(end, "role");

        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            assert_int_equal(session_keys_age(&keys, end - cases[i].left), cases[i].age);
        session_keys_bear(&keys, end - 12 * MS_MINUTE);
        assert_int_equal(session_keys_age(&keys, end - 11 * MS_MINUTE - 1), SESSION_FRESH);
        assert_int_equal(session_keys_age(&keys, end - 10 * MS_MINUTE - 29 * MS_SECOND),
                         SESSION_AGING);
        assert_int_equal(session_keys_age(&keys, end - 10 * MS_MINUTE), SESSION_SPENT);
        session_keys_release(&keys);
    }
}

static void test_long_lived_keys(void **state)
{
    struct session_keys keys = keys_until(WHEN_UNKNOWN, "environment");

    (void)state;
    assert_int_equal(session_keys_age(&keys, NOW + 1000 * (ms)MS_DAY), SESSION_FRESH);
    session_keys_release(&keys);
}

/* The metadata service is late: its keys go on, and are asked for again in 2 to 10 minutes. */
static void test_static_stability(void **state)
{
    static const ms ends[] = {NOW - MS_HOUR, NOW, NOW + 14 * MS_MINUTE};

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct session_keys keys = keys_until(ends[i], "instance");

        assert_int_equal(session_keys_age(&keys, NOW + MS_MINUTE), SESSION_FRESH);
        assert_int_not_equal(session_keys_age(&keys, NOW + 14 * MS_MINUTE), SESSION_FRESH);
        session_keys_release(&keys);
        keys = keys_until(ends[i], "role");
        assert_int_equal(session_keys_age(&keys, NOW + 5 * MS_MINUTE), SESSION_SPENT);
        session_keys_release(&keys);
    }
}

static void test_json(void **state)
{
    static const struct {
        const char *json;
        int         done;
    } cases[] = {
        {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Token\":\"c\","
         "\"Expiration\":\"2026-11-21T10:00:00Z\",\"AccountId\":\"1\"}",
         0},
        {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"hush\"", -1},
        {"{\"AccessKeyId\":\"a\"}", -1},
        {"{\"AccessKeyId\":\"\",\"SecretAccessKey\":\"hush\"}", -1},
        {"{\"AccessKeyId\":7,\"SecretAccessKey\":\"hush\"}", -1},
        {"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"hush\",\"Expiration\":\"soon\"}", -1},
        {"[]", -1},
        {"", -1},
        {"hush", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct credentials out  = CREDENTIALS_NONE;
        struct fail        why  = FAIL_OK;
        int                done = credentials_read(str_of(cases[i].json), &out, &why);

        if (done != cases[i].done || strstr(why.text, "hush"))
            fail_msg("case %zu: %d %s", i, done, why.text);
        if (done == 0)
            assert_int_equal(out.expires_at, 1795255200000);
        credentials_release(&out);
    }
}

static void test_sts_question(void **state)
{
    const struct sts_wish wish = {.role_arn    = STR("arn:aws:iam::111122223333:role/smon-reader"),
                                  .external_id = STR("x/1 +"),
                                  .duration_seconds = 3600};
    struct sts_wish       wrong;
    struct buf            out = BUF_UP_TO(4096);
    struct fail           why = FAIL_OK;

    (void)state;
    CHECK_OK(sts_question(&wish, &out, &why), &why);
    CHECK_STR(buf_view(&out), "Action=AssumeRole&Version=2011-06-15"
                              "&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fsmon-reader"
                              "&RoleSessionName=smon&ExternalId=x%2F1%20%2B&DurationSeconds=3600");
    wrong                  = wish;
    wrong.duration_seconds = 60;
    CHECK_FAILS(sts_question(&wrong, &out, &why), FAIL_INPUT, &why);
    wrong.duration_seconds = 0;
    wrong.role_arn         = STR("arn:aws:iam::1");
    CHECK_FAILS(sts_question(&wrong, &out, &why), FAIL_INPUT, &why);
    buf_release(&out);
}

#define STS(inside)                                                                                \
    "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"   \
    "<Credentials>" inside "</Credentials></AssumeRoleResult></AssumeRoleResponse>"

static void test_sts_answer(void **state)
{
    static const struct {
        const char *xml;
        int         done;
    } cases[] = {
        {STS("<AccessKeyId>a</AccessKeyId><SecretAccessKey>b&amp;</SecretAccessKey>"
             "<SessionToken>\n c </SessionToken><Expiration>2026-11-21T10:00:00Z</Expiration>"),
         0},
        {STS("<AccessKeyId>a</AccessKeyId><SecretAccessKey>hush</SecretAccessKey>"
             "<SessionToken>c</SessionToken><Expiration>later</Expiration>"),
         -1},
        {STS("<AccessKeyId>a</AccessKeyId><SecretAccessKey>hush</SecretAccessKey>"
             "<Expiration>2026-11-21T10:00:00Z</Expiration>"),
         -1},
        {STS("<AccessKeyId/><SecretAccessKey>hush</SecretAccessKey><SessionToken>c</SessionToken>"
             "<Expiration>2026-11-21T10:00:00Z</Expiration>"),
         -1},
        {STS(""), -1},
        {"<html>hush</html>", -1},
        {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct credentials out  = CREDENTIALS_NONE;
        struct fail        why  = FAIL_OK;
        int                done = sts_answer(str_of(cases[i].xml), &out, &why);

        if (done != cases[i].done || strstr(why.text, "hush"))
            fail_msg("case %zu: %d %s", i, done, why.text);
        if (done == 0) {
            assert_string_equal(out.secret, "b&");
            assert_string_equal(out.token, "c");
        }
        credentials_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ages),
        cmocka_unit_test(test_long_lived_keys),
        cmocka_unit_test(test_static_stability),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_sts_question),
        cmocka_unit_test(test_sts_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
