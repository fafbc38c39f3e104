/* mem: one counter over every allocation, and a way to make the n-th fail. */
#include "check.h"

#include "base/mem.h"

#include <string.h>

static void is_zeroed_and_never_wraps(void **state)
{
    char *zeroed  = mem_new(64);
    char *nothing = mem_new(0);
    char *copy    = mem_copy("a\0b", 3);
    char *grown   = mem_grow(NULL, 4, 2);

    (void)state;
    for (int i = 0; i < 64; i++)
        assert_int_equal(zeroed[i], 0);
    assert_non_null(nothing);
    assert_memory_equal(copy, "a\0b\0", 4);
    assert_non_null(grown);
    memcpy(grown, "1234567", 8);
    grown = mem_grow(grown, 100, 2);
    assert_string_equal(grown, "1234567");
    assert_null(mem_array(SIZE_MAX / 2, 3));
    assert_null(mem_grow(NULL, SIZE_MAX / 2, 3));
    assert_null(mem_copy("", SIZE_MAX));
    mem_free(NULL);
    mem_free(zeroed);
    mem_free(nothing);
    mem_free(copy);
    mem_free(grown);
}

static void fails_at_the_nth(void **state)
{
    (void)state;
    for (long n = 1; n <= 5; n++)
        for (int all_after = 0; all_after <= 1; all_after++) {
            mem_fail_at(n, all_after);
            for (long i = 1; i <= 6; i++) {
                void *got = i % 2 ? mem_new(8) : mem_raw(8);

                assert_int_equal(got == NULL, i == n || (i > n && all_after));
                mem_free(got);
            }
            assert_int_equal(mem_count(), 6);
            mem_fail_at(0, 0);
        }
}

static void a_failed_grow_keeps_the_old_block(void **state)
{
    char *block = mem_copy("kept", 4);

    (void)state;
    mem_fail_at(1, 0);
    assert_null(mem_grow(block, 1000, 1));
    mem_fail_at(0, 0);
    assert_string_equal(block, "kept");
    mem_free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_zeroed_and_never_wraps),
        cmocka_unit_test(fails_at_the_nth),
        cmocka_unit_test(a_failed_grow_keeps_the_old_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
