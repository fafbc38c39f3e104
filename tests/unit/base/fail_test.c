/* fail: a kind and one sentence, that grows at the front and never past its room. */
#include "check.h"

#include "base/str.h"

#include <string.h>

static void says_what_and_where(void **state)
{
    struct fail why = FAIL_OK;

    (void)state;
    assert_int_equal(fail_set(&why, FAIL_INPUT, "%s is %d years old", "job", 7), -1);
    assert_int_equal(fail_in(&why, "reading %s", "event"), -1);
    assert_int_equal(fail_in(&why, "post"), -1);
    assert_int_equal(why.kind, FAIL_INPUT);
    assert_string_equal(why.text, "post: reading event: job is 7 years old");
}

static void long_sentences_are_cut(void **state)
{
    struct fail why = FAIL_OK;
    char        much[1000];

    (void)state;
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    fail_set(&why, FAIL_BUG, "%s", much);
    assert_int_equal(strlen(why.text), sizeof why.text - 1);
    fail_in(&why, "here");
    assert_int_equal(strlen(why.text), sizeof why.text - 1);
    assert_memory_equal(why.text, "here: xxx", 9);
    fail_set(&why, FAIL_BUG, "what happened");
    fail_in(&why, "%s", much); /* where is longer than the room: what happened matters more */
    assert_string_equal(why.text, "what happened");
}

static void what_is_cut_ends_with_a_whole_character(void **state)
{
    struct fail why = FAIL_OK;
    char        much[1000];

    (void)state;
    for (size_t i = 0; i + 2 < sizeof much; i += 2)
        memcpy(much + i, "\xc3\xbc", 2);
    much[sizeof much - 2] = '\0';
    fail_set(&why, FAIL_BUG, "%s", much);
    assert_int_equal(strlen(why.text), sizeof why.text - 2);
    fail_in(&why, "%s", "it");
    assert_int_equal(strlen(why.text), sizeof why.text - 2);
    fail_in(&why, "%s", "is");
    assert_int_equal(strlen(why.text) % 2, 0);
    assert_true(str_is_utf8(str_of(why.text)));
}

static void every_kind_has_a_meaning(void **state)
{
    static const struct {
        enum fail_kind kind;
        const char    *name;
        int            http_status;
        bool           is_temporary;
    } cases[] = {
        {FAIL_NONE, "none", 200, false},     {FAIL_INPUT, "input", 400, false},
        {FAIL_AUTH, "auth", 401, false},     {FAIL_DENIED, "denied", 403, false},
        {FAIL_ABSENT, "absent", 404, false}, {FAIL_CLASH, "clash", 409, false},
        {FAIL_LIMIT, "limit", 429, true},    {FAIL_SIZE, "size", 413, false},
        {FAIL_BUSY, "busy", 503, true},      {FAIL_REMOTE, "remote", 502, true},
        {FAIL_MEMORY, "memory", 503, true},  {FAIL_BUG, "bug", 500, false},
    };

    (void)state;
    assert_int_equal(sizeof cases / sizeof cases[0], FAIL_BUG + 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct fail_meaning *meaning = fail_meaning(cases[i].kind);

        assert_string_equal(meaning->name, cases[i].name);
        assert_int_equal(meaning->http_status, cases[i].http_status);
        assert_int_equal(meaning->is_temporary, cases[i].is_temporary);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_and_where),
        cmocka_unit_test(long_sentences_are_cut),
        cmocka_unit_test(what_is_cut_ends_with_a_whole_character),
        cmocka_unit_test(every_kind_has_a_meaning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
