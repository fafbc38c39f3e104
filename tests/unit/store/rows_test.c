/* The rows met last: exactly the generation asked for, texts that survive what they were copied
 * from, and nothing once it was emptied. */
#include "check.h"

#include "base/mem.h"
#include "base/own.h"
#include "store/rows.h"

#include <string.h>

enum { ACCOUNT = 4711, REGION = 2 };

static const ms BORN = 1790000000000;

static struct resource row_of(const char *name, ms generation)
{
    return (struct resource){
        .id             = 12,
        .account        = ACCOUNT,
        .region_id      = REGION,
        .kind           = KIND_TRAINING,
        .name           = str_of(name),
        .generation     = generation,
        .failure_reason = STR("ClientError: no such bucket"),
        .tags           = STR(""),
        .rev            = 3,
    };
}

static struct resource_key key_of(const struct resource *row)
{
    return (struct resource_key){row->account, row->region_id, row->kind, row->name,
                                 row->generation};
}

static struct rows *rows_made(void)
{
    struct rows *rows = NULL;
    struct fail  why  = FAIL_OK;

    CHECK_OK(rows_new(&rows, &why), &why);
    return rows;
}

static void only_exactly_this_row_is_found(void **state)
{
    struct resource row         = row_of("train-1", BORN);
    OWN_PTR(rows) rows          = rows_made();
    struct resource_key other[] = {key_of(&row), key_of(&row), key_of(&row),
                                   key_of(&row), key_of(&row), key_of(&row)};
    struct resource_key key     = key_of(&row);
    struct resource     found   = {.id = 0};

    (void)state;
    assert_false(rows_find(rows, &key, &found));
    rows_put(rows, &row);
    assert_true(rows_find(rows, &key, &found));
    assert_int_equal(found.id, 12);
    assert_int_equal(found.rev, 3);
    other[0].generation = BORN + 1;
    other[1].generation = 0; /* the event does not say: the store decides which is meant */
    other[2].account++;
    other[3].region_id++;
    other[4].kind = KIND_PROCESSING;
    other[5].name = STR("train-12");
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        if (rows_find(rows, &other[i], &found))
            fail_msg("case %zu is found", i);
}

static void a_row_without_a_generation_is_not_found(void **state)
{
    struct resource row     = row_of("train-1", 0);
    OWN_PTR(rows) rows      = rows_made();
    struct resource_key key = key_of(&row);
    struct resource     found;

    (void)state;
    rows_put(rows, &row);
    assert_false(rows_find(rows, &key, &found));
}

static void texts_live_on_without_what_they_came_from(void **state)
{
    char            name[] = "train-1", reason[] = "AlgorithmError";
    struct resource row     = row_of(name, BORN);
    OWN_PTR(rows) rows      = rows_made();
    struct resource_key key = {ACCOUNT, REGION, KIND_TRAINING, STR("train-1"), BORN};
    struct resource     found;

    (void)state;
    row.failure_reason = str_of(reason);
    rows_put(rows, &row);
    memset(name, '?', sizeof name - 1);
    memset(reason, '?', sizeof reason - 1);
    assert_true(rows_find(rows, &key, &found));
    CHECK_STR(found.name, "train-1");
    CHECK_STR(found.failure_reason, "AlgorithmError");
    assert_non_null(found.tags.data); /* empty and absent stay two things */
    assert_int_equal(found.tags.size, 0);
    assert_null(found.arn.data);
}

/* What was found may be the base of what is put next, as resource_put does. */
static void a_row_may_be_put_from_its_own_texts(void **state)
{
    struct resource row     = row_of("train-1", BORN);
    OWN_PTR(rows) rows      = rows_made();
    struct resource_key key = key_of(&row);
    struct resource     before, after;

    (void)state;
    rows_put(rows, &row);
    for (int64_t rev = 4; rev < 10; rev++) {
        assert_true(rows_find(rows, &key, &before));
        before.rev = rev;
        rows_put(rows, &before);
        CHECK_STR(before.failure_reason,
                  "ClientError: no such bucket"); /* until the next but one */
        assert_true(rows_find(rows, &key, &after));
        assert_int_equal(after.rev, rev);
        CHECK_STR(after.failure_reason, "ClientError: no such bucket");
    }
}

/* More rows than places: whatever is found is the right one, and the newest is always there. */
static void it_holds_no_more_than_it_should(void **state)
{
    OWN_PTR(rows) rows = rows_made();
    int kept           = 0;

    (void)state;
    for (int i = 0; i < 3 * ROWS_MOST; i++) {
        char                name[32];
        struct resource     row, found;
        struct resource_key key;

        (void)snprintf(name, sizeof name, "train-%d", i);
        row    = row_of(name, BORN + i);
        row.id = i;
        key    = key_of(&row);
        rows_put(rows, &row);
        assert_true(rows_find(rows, &key, &found));
        assert_int_equal(found.id, i);
    }
    for (int i = 0; i < 3 * ROWS_MOST; i++) {
        char                name[32];
        struct resource     found;
        struct resource_key key = {ACCOUNT, REGION, KIND_TRAINING, STR_NONE, BORN + i};

        (void)snprintf(name, sizeof name, "train-%d", i);
        key.name = str_of(name);
        if (!rows_find(rows, &key, &found))
            continue;
        kept++;
        assert_int_equal(found.id, i);
        CHECK_STR(found.name, name);
    }
    assert_in_range(kept, ROWS_MOST / 2, ROWS_MOST);
}

static void cleared_it_is_empty_and_usable(void **state)
{
    struct resource row     = row_of("train-1", BORN);
    OWN_PTR(rows) rows      = rows_made();
    struct resource_key key = key_of(&row);
    struct resource     found;

    (void)state;
    rows_put(rows, &row);
    rows_put(rows, &row);
    rows_clear(rows);
    assert_false(rows_find(rows, &key, &found));
    rows_clear(rows);
    rows_put(rows, &row);
    assert_true(rows_find(rows, &key, &found));
}

static void without_memory_it_forgets_rather_than_errs(void **state)
{
    struct resource row       = row_of("train-1", BORN);
    OWN_PTR(rows) rows        = rows_made();
    struct rows        *never = NULL;
    struct resource_key key   = key_of(&row);
    struct fail         why   = FAIL_OK;
    struct resource     found;

    (void)state;
    rows_put(rows, &row); /* the old state must not be found either: it is wrong now */
    row.rev++;
    mem_fail_at(1, 1);
    rows_put(rows, &row);
    CHECK_FAILS(rows_new(&never, &why), FAIL_MEMORY, &why);
    mem_fail_at(0, 0);
    assert_false(rows_find(rows, &key, &found));
    rows_put(rows, &row);
    assert_true(rows_find(rows, &key, &found));
    assert_int_equal(found.rev, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_exactly_this_row_is_found),
        cmocka_unit_test(a_row_without_a_generation_is_not_found),
        cmocka_unit_test(texts_live_on_without_what_they_came_from),
        cmocka_unit_test(a_row_may_be_put_from_its_own_texts),
        cmocka_unit_test(it_holds_no_more_than_it_should),
        cmocka_unit_test(cleared_it_is_empty_and_usable),
        cmocka_unit_test(without_memory_it_forgets_rather_than_errs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
