/* buf: grows to its ceiling, and says so only at the end. */
#include "check.h"

#include "base/mem.h"
#include "base/own.h"

#include <string.h>

static void grows_and_formats(void **state)
{
    OWN(buf) text = BUF_UP_TO(1u << 20);

    (void)state;
    buf_text(&text, "n=");
    buf_i64(&text, -42);
    buf_char(&text, ' ');
    buf_str(&text, STR("and "));
    buf_format(&text, "%s %04d", "padded", 7);
    CHECK_STR(buf_view(&text), "n=-42 and padded 0007");
    assert_string_equal(buf_c(&text), "n=-42 and padded 0007");
    for (int i = 0; i < 1000; i++)
        buf_text(&text, "0123456789");
    assert_int_equal(text.size, 21 + 10000);
    buf_clear(&text);
    assert_int_equal(text.size, 0);
    buf_i64(&text, INT64_MIN);
    buf_i64(&text, INT64_MAX);
    buf_i64(&text, 0);
    CHECK_STR(buf_view(&text), "-922337203685477580892233720368547758070");
}

static void an_empty_one_is_an_empty_text(void **state)
{
    OWN(buf) text   = BUF_UP_TO(0);
    struct fail why = FAIL_OK;

    (void)state;
    assert_string_equal(buf_c(&text), "");
    assert_int_equal(buf_view(&text).size, 0);
    buf_add(&text, "", 0);
    CHECK_OK(buf_check(&text, &why), &why);
    buf_char(&text, 'x');
    CHECK_FAILS(buf_check(&text, &why), FAIL_SIZE, &why);
}

static void keeps_its_ceiling(void **state)
{
    OWN(buf) text   = BUF_UP_TO(10);
    struct fail why = FAIL_OK;

    (void)state;
    buf_text(&text, "0123456789");
    CHECK_OK(buf_check(&text, &why), &why);
    buf_char(&text, 'x');
    buf_text(&text, "swallowed");
    CHECK_FAILS(buf_check(&text, &why), FAIL_SIZE, &why);
    assert_string_equal(buf_c(&text), "");
    assert_true(buf_room(&text, 1) == NULL);
    buf_clear(&text);
    buf_text(&text, "mended");
    CHECK_OK(buf_check(&text, &why), &why);
    buf_room(&text, SIZE_MAX); /* does not wrap around */
    CHECK_FAILS(buf_check(&text, &why), FAIL_SIZE, &why);
}

static void formats_up_to_its_ceiling(void **state)
{
    OWN(buf) text   = BUF_UP_TO(4);
    struct fail why = FAIL_OK;

    (void)state;
    buf_format(&text, "%d", 1234);
    CHECK_OK(buf_check(&text, &why), &why);
    CHECK_STR(buf_view(&text), "1234");
    buf_format(&text, "%d", 5);
    CHECK_FAILS(buf_check(&text, &why), FAIL_SIZE, &why);
}

static void lends_room(void **state)
{
    OWN(buf) text = BUF_UP_TO(100);
    char *room;

    (void)state;
    room = buf_room(&text, 50);
    assert_non_null(room);
    memcpy(room, "abc", 3);
    buf_grown(&text, 3);
    buf_text(&text, "def");
    CHECK_STR(buf_view(&text), "abcdef");
}

static void is_taken_whole(void **state)
{
    OWN(buf) text  = BUF_UP_TO(100);
    OWN(buf) taken = BUF_UP_TO(0);

    (void)state;
    buf_text(&text, "moved");
    taken = buf_take(&text);
    CHECK_STR(buf_view(&taken), "moved");
    assert_true(text.data == NULL);
    buf_text(&text, "again");
    CHECK_STR(buf_view(&text), "again");
}

static void without_memory_it_says_so_at_the_end(void **state)
{
    (void)state;
    for (long n = 1; n <= 3; n++) {
        OWN(buf) text   = BUF_UP_TO(1u << 20);
        struct fail why = FAIL_OK;

        mem_fail_at(n, 1);
        for (int i = 0; i < 200; i++)
            buf_text(&text, "0123456789");
        mem_fail_at(0, 0);
        CHECK_FAILS(buf_check(&text, &why), FAIL_MEMORY, &why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_formats),
        cmocka_unit_test(an_empty_one_is_an_empty_text),
        cmocka_unit_test(keeps_its_ceiling),
        cmocka_unit_test(formats_up_to_its_ceiling),
        cmocka_unit_test(lends_room),
        cmocka_unit_test(is_taken_whole),
        cmocka_unit_test(without_memory_it_says_so_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
