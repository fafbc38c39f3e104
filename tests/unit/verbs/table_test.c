#include "check.h"

#include "base/mem.h"
#include "verbs/table.h"

enum { RENDERED_MOST = 1 << 20, MANY = 1000 };

static void fill(struct table *table)
{
    table_heads(table, "NAME", "STATUS", "CPU%");
    table_cell(table, STR("fraud"));
    table_status(table, STR("Failed"));
    table_number(table, "%.1f", 7.25);
    table_cell(table, STR("caf\xc3\xa9\033[2J"));
    table_status(table, STR_NONE);
    table_number(table, "%d", 100);
}

static void columns_are_aligned_and_cells_inert(void **state)
{
    OWN(table) table  = TABLE(3);
    OWN(buf) rendered = BUF_UP_TO(RENDERED_MOST);

    (void)state;
    fill(&table);
    assert_int_equal(table_rows(&table), 2);
    table_render(&table, false, &rendered);
    assert_string_equal(buf_c(&rendered), "NAME         STATUS  CPU%\n"
                                          "fraud        Failed   7.2\n"
                                          "caf\xc3\xa9\\x1b[2J  -        100\n");
}

static void colours_wrap_their_cell_alone(void **state)
{
    OWN(table) table  = TABLE(3);
    OWN(buf) rendered = BUF_UP_TO(RENDERED_MOST);

    (void)state;
    fill(&table);
    table_render(&table, true, &rendered);
    assert_non_null(strstr(buf_c(&rendered), "\033[31mFailed\033[0m   7.2\n"));
}

static void an_unfinished_row_is_left_out(void **state)
{
    OWN(table) table  = TABLE(2);
    OWN(buf) rendered = BUF_UP_TO(RENDERED_MOST);

    (void)state;
    table_heads(&table, "A", "B");
    table_cell(&table, STR("x"));
    table_render(&table, false, &rendered);
    assert_string_equal(buf_c(&rendered), "A  B\n");
}

static void without_memory_it_says_so(void **state)
{
    (void)state;
    for (long n = 1; n < 12; n++) {
        OWN(table) table  = TABLE(3);
        OWN(buf) rendered = BUF_UP_TO(RENDERED_MOST);

        mem_fail_at(n, 1);
        for (int i = 0; i < MANY; i++)
            fill(&table);
        mem_fail_at(0, 0);
        table_render(&table, false, &rendered);
        assert_non_null(strstr(buf_c(&rendered), "no memory"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_aligned_and_cells_inert),
        cmocka_unit_test(colours_wrap_their_cell_alone),
        cmocka_unit_test(an_unfinished_row_is_left_out),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
