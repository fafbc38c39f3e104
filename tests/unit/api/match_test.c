/* Tags of If-Match and If-None-Match. */
#include "check.h"

#include "api/match.h"

static void tags_are_found_in_lists(void **state)
{
    static const struct {
        const char *list, *tag;
        bool        has;
    } cases[] = {
        {"\"v4-1\"", "\"v4-1\"", true},   {"W/\"v4-1\"", "\"v4-1\"", true},
        {"\"v4-1\"", "W/\"v4-1\"", true}, {"\"a\" , \"v4-1\"", "\"v4-1\"", true},
        {"*", "\"v4-1\"", true},          {"*", NULL, true},
        {"\"v4-10\"", "\"v4-1\"", false}, {"v4-1", "\"v4-1\"", false},
        {"\"v4-1\"", NULL, false},        {"", "\"v4-1\"", false},
        {NULL, "\"v4-1\"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (match_has(str_of(cases[i].list), cases[i].tag) != cases[i].has)
            fail_msg("case %zu", i);
}

static void a_tag_says_number_and_revision(void **state)
{
    char tag[MATCH_ROOM];

    (void)state;
    match_tag(tag, 'v', 4, 1);
    assert_string_equal(tag, "\"v4-1\"");
    match_tag(tag, 'v', INT64_MAX, INT64_MAX);
    assert_string_equal(tag, "\"v9223372036854775807-9223372036854775807\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_found_in_lists),
        cmocka_unit_test(a_tag_says_number_and_revision),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
