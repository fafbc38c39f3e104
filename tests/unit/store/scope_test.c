#include "check.h"

#include "base/mem.h"
#include "base/own.h"
#include "store/scope.h"

static void an_account_is_twelve_digits(void **state)
{
    static const struct {
        const char *text;
        int         result;
        int64_t     account;
    } cases[] = {
        {"111122223333", 0, 111122223333},
        {"000000000001", 0, 1},
        {"11112222333", -1, 0},
        {"1111222233334", -1, 0},
        {"11112222333x", -1, 0},
        {"+11112222333", -1, 0},
        {" 11112222333", -1, 0},
        {"", -1, 0},
    };
    int64_t account;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(scope_account(str_of(cases[i].text), &account), cases[i].result);
        if (cases[i].result == 0)
            assert_int_equal(account, cases[i].account);
    }
}

static void a_list_is_read_whole_or_refused(void **state)
{
    static const struct {
        const char *text;
        int         result;
        bool        is_all;
        size_t      count;
        const char *sql;
    } cases[] = {
        {"*", 0, true, 0, ","},
        {"", 0, false, 0, ","},
        {"111122223333", 0, false, 1, ",111122223333,"},
        {"111122223333,000000000001", 0, false, 2, ",111122223333,1,"},
        {"111122223333,", -1, false, 0, ""},
        {"*,111122223333", -1, false, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) text        = BUF_UP_TO(1000);
        struct fail  why     = FAIL_OK;
        struct scope scope   = SCOPE_NOBODY;
        int64_t     *numbers = NULL;
        int          result =
            scope_parse(str_of(cases[i].text), &scope.is_all, &numbers, &scope.count, &text, &why);

        assert_int_equal(result, cases[i].result);
        if (result)
            continue;
        scope.accounts = numbers;
        assert_int_equal(scope.is_all, cases[i].is_all);
        assert_int_equal(scope.count, cases[i].count);
        CHECK_STR(buf_view(&text), cases[i].sql);
        assert_int_equal(scope_has(&scope, 111122223333), cases[i].is_all || cases[i].count > 0);
        assert_int_equal(scope_has(&scope, 5), cases[i].is_all);
        mem_free(numbers);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_is_twelve_digits),
        cmocka_unit_test(a_list_is_read_whole_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
