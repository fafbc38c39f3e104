#include "check.h"

#include "base/own.h"
#include "query/cursor.h"

static const unsigned char KEY[CURSOR_KEY]       = "0123456789abcde",
                           OTHER_KEY[CURSOR_KEY] = "0123456789abcdf";

static void what_is_rendered_is_parsed(void **state)
{
    static const struct cursor cases[] = {
        {0, 0, 0, 0},
        {3, UINT64_MAX, INT64_MIN, INT64_MAX},
        {255, 42, 1790000000000, 7},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) text        = BUF_UP_TO(CURSOR_MOST_TEXT);
        struct fail   why    = FAIL_OK;
        struct cursor cursor = {.sort = 9};

        CHECK_OK(cursor_render(KEY, &cases[i], &text, &why), &why);
        CHECK_OK(cursor_parse(KEY, buf_view(&text), &cursor, &why), &why);
        assert_int_equal(cursor.sort, cases[i].sort);
        assert_true(cursor.filters == cases[i].filters);
        assert_int_equal(cursor.at, cases[i].at);
        assert_int_equal(cursor.id, cases[i].id);
    }
}

static void one_changed_letter_is_refused(void **state)
{
    static const struct cursor cursor = {1, 2, 3, 4};
    OWN(buf) text                     = BUF_UP_TO(CURSOR_MOST_TEXT);
    struct fail   why                 = FAIL_OK;
    struct cursor out;

    (void)state;
    CHECK_OK(cursor_render(KEY, &cursor, &text, &why), &why);
    for (size_t i = 0; i < text.size; i++) {
        char was = text.data[i];

        text.data[i] = was == 'A' ? 'B' : 'A';
        CHECK_FAILS(cursor_parse(KEY, buf_view(&text), &out, &why), FAIL_INPUT, &why);
        text.data[i] = was;
    }
    CHECK_FAILS(cursor_parse(OTHER_KEY, buf_view(&text), &out, &why), FAIL_INPUT, &why);
    CHECK_FAILS(cursor_parse(KEY, STR(""), &out, &why), FAIL_INPUT, &why);
    CHECK_FAILS(cursor_parse(KEY, STR("????"), &out, &why), FAIL_INPUT, &why);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_rendered_is_parsed),
        cmocka_unit_test(one_changed_letter_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
