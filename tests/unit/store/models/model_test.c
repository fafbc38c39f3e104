/* Models as nodes of the tree, and the numbers they give, on both engines. */
#include "rows.h"

#include "store/models/model.h"
#include "store/scope.h"

enum { OTHER_REGION = 7 };

static int64_t make(struct rows *rows, int64_t account, int64_t region, const char *path)
{
    const struct model_key key = {account, region, str_of(path)};
    struct fail            why = FAIL_OK;
    int64_t                id  = 0;

    CHECK_OK(model_make(&rows->batch, &key, STR("somebody"), &id, &why), &why);
    return id;
}

static void a_model_is_one_path_in_one_account_and_region(void **state)
{
    struct rows           *rows = *state;
    struct fail            why  = FAIL_OK;
    const int64_t          id   = make(rows, 0, 0, "/abc/claim/doc");
    const struct model_key bare = {0, 0, STR("/doc")}, none = {0, 0, STR("/abc/claim/other")};
    int64_t                found;

    assert_int_equal(make(rows, 0, 0, "/abc/claim/doc"), id);
    assert_int_not_equal(make(rows, 0, 0, "/abc/claims/doc"), id);
    assert_int_not_equal(make(rows, 0, OTHER_REGION, "/abc/claim/doc"), id);
    assert_int_not_equal(make(rows, 111122223333, 0, "/abc/claim/doc"), id);
    assert_int_equal(model_find(rows->db, &none, &found, &why), 0);
    assert_int_equal(model_make(&rows->batch, &bare, STR_NONE, &found, &why), -1);
    assert_int_equal(why.kind, FAIL_INPUT);
}

static void it_is_found_by_what_tells_it_apart(void **state)
{
    struct rows       *rows   = *state;
    const struct scope all    = SCOPE_ALL;
    const int64_t      mine   = 111122223333;
    const struct scope claims = {true, NULL, 0, STR_NONE, STR("/abc/claims,/xyz")};
    const struct scope own    = {false, &mine, 1, STR(",111122223333,"), STR("*")};
    struct fail        why    = FAIL_OK;
    struct model_place place;
    const struct {
        struct model_address address;
        int                  found;
    } cases[] = {
        {{&all, STR_NONE, STR("doc"), -1, -1}, 2},
        {{&all, STR("/abc/claims"), STR("doc"), -1, -1}, 1},
        {{&all, STR("/abc/claim"), STR("doc"), -1, -1}, 2},
        {{&all, STR("/abc/claim"), STR("doc"), mine, -1}, 1},
        {{&all, STR("/abc/claim"), STR("doc"), 0, -1}, 1},
        {{&all, STR("/abc"), STR("doc"), -1, -1}, 0},
        {{&claims, STR_NONE, STR("doc"), -1, -1}, 1}, /* and not below /abc/claim */
        {{&own, STR_NONE, STR("doc"), -1, -1}, 1},
        {{&all, STR_NONE, STR("Doc"), -1, -1}, 0},
        {{&all, STR("/abc/claim"), STR("doc"), mine, OTHER_REGION}, 0},
    };

    make(rows, 0, 0, "/abc/claim/doc");
    make(rows, 0, 0, "/abc/claims/doc");
    make(rows, mine, 0, "/abc/claim/doc");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int got = model_locate(rows->db, &cases[i].address, &place, &why);

        if (got != cases[i].found)
            fail_msg("case %zu: %d", i, got);
    }
}

static void numbers_are_never_given_twice(void **state)
{
    struct rows  *rows = *state;
    struct fail   why  = FAIL_OK;
    const int64_t id   = make(rows, 0, 0, "/abc/claim/doc");
    int64_t       number;

    CHECK_OK(model_next(&rows->batch, id, MODEL_VERSION, &number, &why), &why);
    assert_int_equal(number, 1);
    CHECK_OK(model_next(&rows->batch, id, MODEL_DEPLOYMENT, &number, &why), &why);
    assert_int_equal(number, 1);
    CHECK_OK(model_reserve(&rows->batch, id, MODEL_VERSION, 26, &why), &why);
    CHECK_OK(model_reserve(&rows->batch, id, MODEL_VERSION, 3, &why), &why);
    CHECK_OK(model_next(&rows->batch, id, MODEL_VERSION, &number, &why), &why);
    assert_int_equal(number, 27);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(a_model_is_one_path_in_one_account_and_region),
    ROWS_TEST(it_is_found_by_what_tells_it_apart),
    ROWS_TEST(numbers_are_never_given_twice),
};

ROWS_MAIN("model", tests)
