/* collectors/enrich/access.c: the way into an account. */
#include "check.h"

#include <stdlib.h>

#include "enrich/access.h"

static void ways_are_remembered_by_account(void **state)
{
    struct access *access = calloc(1, sizeof *access);
    char           account[ACCOUNT_ROOM];

    (void)state;
    assert_int_equal(access_find(access, STR("111122223333")), ACCESS_AUTO);
    access_remember(access, STR("111122223333"), ACCESS_ASSUME);
    assert_int_equal(access_find(access, STR("111122223333")), ACCESS_ASSUME);
    access_remember(access, STR("111122223333"), ACCESS_OBSERVABILITY);
    assert_int_equal(access_find(access, STR("111122223333")), ACCESS_OBSERVABILITY);
    assert_int_equal(access->count, 1);
    for (int i = 0; i < ACCESS_MOST; i++) {
        snprintf(account, sizeof account, "%012d", i);
        access_remember(access, str_of(account), ACCESS_ASSUME);
    }
    assert_int_equal(access->count, ACCESS_MOST);
    assert_int_equal(access_find(access, STR("111122223333")), ACCESS_AUTO); /* the oldest went */
    access_remember(access, STR("not an account id at all"), ACCESS_ASSUME);
    free(access);
}

static void the_role_is_in_the_regions_partition(void **state)
{
    static const struct {
        const char *region, *arn;
    } cases[] = {
        {"eu-west-1", "arn:aws:iam::111122223333:role/r"},
        {"cn-north-1", "arn:aws-cn:iam::111122223333:role/r"},
        {"us-gov-west-1", "arn:aws-us-gov:iam::111122223333:role/r"},
    };
    char        arn[ROLE_ARN_ROOM];
    struct fail why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_OK(access_role_arn(STR("111122223333"), str_of(cases[i].region), "r", arn, &why),
                 &why);
        assert_string_equal(arn, cases[i].arn);
    }
}

static void settings_have_three_words(void **state)
{
    enum access_way way;

    (void)state;
    assert_int_equal(access_parse("assume", &way), 0);
    assert_int_equal(way, ACCESS_ASSUME);
    assert_int_equal(access_parse("Auto", &way), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_are_remembered_by_account),
        cmocka_unit_test(the_role_is_in_the_regions_partition),
        cmocka_unit_test(settings_have_three_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
