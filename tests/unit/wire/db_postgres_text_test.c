/* db_postgres_text_test.c -- what is said of PostgreSQL without asking it. */
#include "check.h"

#include "wire/db_postgres_text.h"

static void a_url_is_checked_before_libpq_could_repeat_a_piece_of_its_password(void **state)
{
    static const struct {
        const char *url;
        bool        is_good;
    } cases[] = {
        {"postgres://127.0.0.1:5432/smon", true},
        {"postgresql://u:secret@db.example.org/smon?sslmode=require", true},
        {"postgres://u:se?cret@[::1]:5432/smon", true},
        {"postgres://u:%2F%40%25@one:1,two:2/smon", true},
        {"postgres://u@%2Fvar%2Frun/smon", true},
        {"postgres:///smon?host=/var/run&user=u@x", true},
        {"postgres://", true},
        {"postgres://u:sec@ret@host/smon", false},
        {"postgres://u:se/cret@host/smon", false},
        {"postgres://u:12/34@host/smon", false},
        {"postgres://u:p%zzsecret@host/smon", false},
        {"postgres://u:secret%4", false},
        {"postgres://u:secret", false},
        {"postgres://u:secret@host:port/smon", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why = FAIL_OK;
        int         got = postgres_url_check(str_of(cases[i].url), &why);

        if ((got == 0) != cases[i].is_good)
            fail_msg("%s: %d %s", cases[i].url, got, why.text);
        assert_null(strstr(why.text, "sec"));
        assert_null(strstr(why.text, "ret"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_is_checked_before_libpq_could_repeat_a_piece_of_its_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
