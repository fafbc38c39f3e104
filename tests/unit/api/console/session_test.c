/* Sessions: found by the whole of their id, for their time, and never more than there is room for.
 */
#include "check.h"

#include "api/console/session.h"

#include <string.h>

static struct sessions *open_sessions(void)
{
    struct sessions *sessions = NULL;
    struct fail      why      = FAIL_OK;

    CHECK_OK(sessions_new(&sessions, &why), &why);
    return sessions;
}

static void a_session_is_found_until_it_ends(void **state)
{
    OWN_PTR(sessions) sessions = open_sessions();
    struct fail why            = FAIL_OK;
    char        id[SESSION_ID_ROOM], kid[KEY_ID_ROOM];

    (void)state;
    CHECK_OK(session_add(sessions, STR("reader"), 1000, id, &why), &why);
    assert_true(session_find(sessions, str_of(id), 2000, kid));
    assert_string_equal(kid, "reader");
    assert_true(session_find(sessions, str_of(id), 1000 + SESSION_LIFE - 1, kid));
    assert_false(session_find(sessions, str_of(id), 1000 + SESSION_LIFE, kid));
    session_end(sessions, str_of(id));
    assert_false(session_find(sessions, str_of(id), 2000, kid));
}

static void a_guess_finds_nothing(void **state)
{
    OWN_PTR(sessions) sessions        = open_sessions();
    struct fail              why      = FAIL_OK;
    static const char *const wrongs[] = {
        "",        "-",     "0000",  "0000-",
        "9999-00", "-1-00", "0001-", "0000-000000000000000000000000000000000000000000000000"};
    char id[SESSION_ID_ROOM], kid[KEY_ID_ROOM];

    (void)state;
    CHECK_OK(session_add(sessions, STR("reader"), 0, id, &why), &why);
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++)
        assert_false(session_find(sessions, str_of(wrongs[i]), 1, kid));
    id[strlen(id) - 1] = id[strlen(id) - 1] == '0' ? '1' : '0';
    assert_false(session_find(sessions, str_of(id), 1, kid));
    id[3] = '1'; /* the place of another */
    assert_false(session_find(sessions, str_of(id), 1, kid));
    assert_int_equal(session_add(sessions, STR("a name that no key can have"), 0, id, &why), -1);
}

static void the_oldest_makes_room(void **state)
{
    OWN_PTR(sessions) sessions = open_sessions();
    struct fail why            = FAIL_OK;
    char        first[SESSION_ID_ROOM], second[SESSION_ID_ROOM], id[SESSION_ID_ROOM];
    char        kid[KEY_ID_ROOM];

    (void)state;
    CHECK_OK(session_add(sessions, STR("first"), 1, first, &why), &why);
    CHECK_OK(session_add(sessions, STR("second"), 2, second, &why), &why);
    for (int i = 0; i < SESSION_MOST - 1; i++)
        CHECK_OK(session_add(sessions, STR("more"), 3, id, &why), &why);
    assert_false(session_find(sessions, str_of(first), 4, kid));
    assert_true(session_find(sessions, str_of(second), 4, kid));
    assert_true(session_find(sessions, str_of(id), 4, kid));
}

static void a_cookie_is_found_among_others(void **state)
{
    static const struct {
        const char *header, *id;
    } cases[] = {
        {"smon_session=0000-ab", "0000-ab"},
        {"a=b; smon_session=0000-ab; c=d", "0000-ab"},
        {"a=b;smon_session=0000-ab", "0000-ab"},
        {"xsmon_session=1; smon_sessions=2", ""},
        {"smon_session", ""},
        {"smon_session=", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_STR(session_cookie(str_of(cases[i].header)), cases[i].id);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_found_until_it_ends),
        cmocka_unit_test(a_guess_finds_nothing),
        cmocka_unit_test(the_oldest_makes_room),
        cmocka_unit_test(a_cookie_is_found_among_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
