#include "check.h"

#include <stdlib.h>

#include "base/own.h"
#include "verbs/term.h"

enum { SHOWN_MOST = 4096 };

static void what_a_terminal_could_mistake_is_written_out(void **state)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"plain-job_1", "plain-job_1"},
        {"", ""},
        {"\033[31mred", "\\x1b[31mred"},
        {"a\nb\tc\r", "a\\x0ab\\x09c\\x0d"},
        {"\x7f", "\\x7f"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"\xe2\x80\xae"
         "exe",
         "\\u202eexe"}, /* right-to-left override */
        {"\xe2\x81\xa6"
         "x",
         "\\u2066x"}, /* isolate */
        {"a\xe2\x80\x8b"
         "b",
         "a\\u200bb"}, /* zero width space */
        {"\xc2\x9b"
         "31m",
         "\\x9b31m"},                        /* CSI as one character */
        {"\xff\xfe", "\\xff\\xfe"},          /* not UTF-8 */
        {"\xc0\x80", "\\xc0\\x80"},          /* overlong */
        {"\xf3\xa0\x81\x81", "\\U000e0041"}, /* tag letter */
        {"\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OWN(buf) shown = BUF_UP_TO(SHOWN_MOST);

        term_inert(&shown, str_of(cases[i].text));
        assert_string_equal(buf_c(&shown), cases[i].shown);
    }
}

static void lines_stay_lines_where_they_may(void **state)
{
    OWN(buf) shown = BUF_UP_TO(SHOWN_MOST);

    (void)state;
    term_inert_lines(&shown, STR("a\n\033b\n"));
    assert_string_equal(buf_c(&shown), "a\n\\x1bb\n");
}

static void json_stays_json(void **state)
{
    static const struct {
        const char *json, *shown;
    } cases[] = {
        {"{\"a\":\"b\\u001b\"}\n", "{\"a\":\"b\\u001b\"}\n"},
        {"\"\xe2\x80\xae\"", "\"\\u202e\""},
        {"\"\xf3\xa0\x81\x81\"", "\"\\udb40\\udc41\""},
        {"\"\xc3\xa9\"", "\"\xc3\xa9\""},
        {"\"\x7f\"", "\"\\u007f\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OWN(buf) shown = BUF_UP_TO(SHOWN_MOST);

        term_inert_json(&shown, str_of(cases[i].json));
        assert_string_equal(buf_c(&shown), cases[i].shown);
    }
}

static void widths_are_columns(void **state)
{
    (void)state;
    assert_int_equal(term_width(STR("abc")), 3);
    assert_int_equal(term_width(STR("caf\xc3\xa9")), 4);
    assert_int_equal(term_width(STR("e\xcc\x81")), 1);                /* combining */
    assert_int_equal(term_width(STR("\xe6\x97\xa5\xe6\x9c\xac")), 4); /* wide */
}

static void colour_is_refused_by_the_environment(void **state)
{
    (void)state;
    setenv("NO_COLOR", "1", 1);
    assert_false(term_has_colour(stdout));
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    assert_false(term_has_colour(stdout));
    assert_int_equal(term_of_status(STR("Failed")), TERM_RED);
    assert_int_equal(term_of_status(STR("Whatever")), TERM_PLAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_terminal_could_mistake_is_written_out),
        cmocka_unit_test(lines_stay_lines_where_they_may),
        cmocka_unit_test(json_stays_json),
        cmocka_unit_test(widths_are_columns),
        cmocka_unit_test(colour_is_refused_by_the_environment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
