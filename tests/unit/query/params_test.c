#include "check.h"

#include "base/own.h"
#include "query/params.h"

static void a_query_is_cut_and_decoded(void **state)
{
    static const struct {
        const char *query, *shown; /* NULL: refused */
    } cases[] = {
        {"", ""},
        {"a=1&b=2", "a=1;b=2;"},
        {"a=1&a=2", "a=1;a=2;"},
        {"a", "a=;"},
        {"a=", "a=;"},
        {"=1", "=1;"},
        {"a=b=c", "a=b=c;"},
        {"&&a=1&", "a=1;"},
        {"tag.team=r%26d+x%2B", "tag.team=r&d x+;"},
        {"n=%C3%A4", "n=\xc3\xa4;"},
        {"n=%C3", NULL},
        {"n=%00", NULL},
        {"n=%0", NULL},
        {"n=%", NULL},
        {"n=%zz", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(params) params = PARAMS_EMPTY;
        OWN(buf) shown     = BUF_UP_TO(1000);
        struct fail why    = FAIL_OK;
        int         result = params_parse(&params, str_of(cases[i].query), &why);

        assert_int_equal(result, cases[i].shown ? 0 : -1);
        if (result) {
            assert_int_equal(params.fault, PARAM_BAD);
            continue;
        }
        for (size_t p = 0; p < params.count; p++)
            buf_format(&shown, "%.*s=%.*s;", STR_ARG(params.items[p].name),
                       STR_ARG(params.items[p].value));
        CHECK_STR(buf_view(&shown), cases[i].shown);
    }
}

static void there_is_an_end_to_parameters(void **state)
{
    OWN(params) params = PARAMS_EMPTY;
    OWN(buf) query     = BUF_UP_TO(100000);
    struct fail why    = FAIL_OK;

    (void)state;
    for (int i = 0; i <= PARAMS_MOST; i++)
        buf_text(&query, "a=1&");
    CHECK_FAILS(params_parse(&params, buf_view(&query), &why), FAIL_INPUT, &why);
    while (query.size <= PARAMS_MOST_BYTES)
        buf_char(&query, 'a');
    CHECK_FAILS(params_parse(&params, buf_view(&query), &why), FAIL_INPUT, &why);
}

static void an_unknown_name_is_refused_with_the_nearest(void **state)
{
    static const char *const known[] = {"status", "account", "tag.", NULL};
    static const struct {
        const char *query, *says; /* NULL: fine */
    } cases[] = {
        {"status=1&account=2&tag.x=3", NULL},
        {"statsu=1", "'statsu' is not a parameter here; did you mean 'status'?"},
        {"tag.=1", "a name is missing: 'tag.NAME=VALUE'"},
        {"tag=team", "a name is missing: 'tag.NAME=VALUE'"},
        {"zzzzzzzz=1", "'zzzzzzzz' is not a parameter here"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(params) params = PARAMS_EMPTY;
        struct fail why    = FAIL_OK;

        CHECK_OK(params_parse(&params, str_of(cases[i].query), &why), &why);
        assert_int_equal(params_check(&params, known, &why), cases[i].says ? -1 : 0);
        if (cases[i].says) {
            assert_int_equal(params.fault, PARAM_UNKNOWN);
            assert_string_equal(why.text, cases[i].says);
        }
    }
}

static void what_is_read_once_is_given_once(void **state)
{
    static const char *const known[] = {"status", "account", "limit", "fields", "tag.", NULL};
    static const struct {
        const char *query, *fault; /* NULL: fine */
    } cases[] = {
        {"status=1&account=2&status=3", NULL}, {"limit=5&limit=5", NULL}, /* said again */
        {"limit=5&status=1&limit=6", "limit"}, {"fields=id&fields=name", "fields"},
        {"tag.team=risk&tag.stage=dev", NULL}, {"tag.team=risk&tag.team=dev", "tag.team"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(params) params = PARAMS_EMPTY;
        struct fail why    = FAIL_OK;

        CHECK_OK(params_parse(&params, str_of(cases[i].query), &why), &why);
        assert_int_equal(params_check(&params, known, &why), cases[i].fault ? -1 : 0);
        assert_int_equal(params.fault, cases[i].fault ? PARAM_BAD : PARAM_FINE);
        if (cases[i].fault)
            assert_string_equal(params.fault_name, cases[i].fault);
    }
}

static void times_come_in_many_spellings(void **state)
{
    const ms now = 1000000000000;
    static const struct {
        const char *query;
        int         result;
        ms          from, to;
    } cases[] = {
        {"", 0, WHEN_UNKNOWN, WHEN_UNKNOWN},
        {"from=now-6h&to=now", 0, 1000000000000 - 6 * MS_HOUR, 1000000000000},
        {"since=15m", 0, 1000000000000 - 15 * MS_MINUTE, WHEN_UNKNOWN},
        {"from=2001-09-09T01:46:40Z", 0, 1000000000000, WHEN_UNKNOWN},
        {"from=1000000000", 0, 1000000000000, WHEN_UNKNOWN},
        {"from=1000000000000", 0, 1000000000000, WHEN_UNKNOWN},
        {"to=now%2B1h", 0, WHEN_UNKNOWN, 1000000000000 + MS_HOUR},
        {"from=now&to=now-1h", -1, 0, 0},
        {"from=now&to=now", -1, 0, 0},
        {"from=now&since=1h", -1, 0, 0},
        {"since=soon", -1, 0, 0},
        {"from=nowhere", -1, 0, 0},
        {"from=", -1, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(params) params = PARAMS_EMPTY;
        struct fail why    = FAIL_OK;
        ms          from, to;

        CHECK_OK(params_parse(&params, str_of(cases[i].query), &why), &why);
        if (params_range(&params, now, &from, &to, &why) != cases[i].result)
            fail_msg("%s: %s", cases[i].query, why.text);
        if (cases[i].result == 0 && (from != cases[i].from || to != cases[i].to))
            fail_msg("%s: %lld %lld", cases[i].query, (long long)from, (long long)to);
    }
}

static void numbers_and_flags_are_read_whole(void **state)
{
    OWN(params) params = PARAMS_EMPTY;
    struct fail why    = FAIL_OK;
    int64_t     number;
    bool        flag;

    (void)state;
    CHECK_OK(params_parse(&params, STR("limit=10&big=1001&x=1x&yes=true&no=0&maybe=perhaps"), &why),
             &why);
    CHECK_OK(params_int(&params, "limit", 1, 1000, 100, &number, &why), &why);
    assert_int_equal(number, 10);
    CHECK_OK(params_int(&params, "absent", 1, 1000, 100, &number, &why), &why);
    assert_int_equal(number, 100);
    CHECK_FAILS(params_int(&params, "big", 1, 1000, 100, &number, &why), FAIL_INPUT, &why);
    CHECK_FAILS(params_int(&params, "x", 1, 1000, 100, &number, &why), FAIL_INPUT, &why);
    CHECK_OK(params_bool(&params, "yes", false, &flag, &why), &why);
    assert_true(flag);
    CHECK_OK(params_bool(&params, "no", true, &flag, &why), &why);
    assert_false(flag);
    CHECK_FAILS(params_bool(&params, "maybe", true, &flag, &why), FAIL_INPUT, &why);
    assert_string_equal(params.fault_name, "maybe");
}

static void escaped_text_is_decoded_as_it_was(void **state)
{
    OWN(params) params = PARAMS_EMPTY;
    OWN(buf) query     = BUF_UP_TO(1000);
    struct fail why    = FAIL_OK;
    struct str  value;
    const char *text = "a b&c=d/\"<>\xe2\x80\xae+%";

    (void)state;
    buf_text(&query, "v=");
    params_escape(&query, str_of(text));
    CHECK_OK(params_parse(&params, buf_view(&query), &why), &why);
    assert_true(params_find(&params, "v", &value));
    CHECK_STR(value, text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_is_cut_and_decoded),
        cmocka_unit_test(there_is_an_end_to_parameters),
        cmocka_unit_test(an_unknown_name_is_refused_with_the_nearest),
        cmocka_unit_test(what_is_read_once_is_given_once),
        cmocka_unit_test(times_come_in_many_spellings),
        cmocka_unit_test(numbers_and_flags_are_read_whole),
        cmocka_unit_test(escaped_text_is_decoded_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
