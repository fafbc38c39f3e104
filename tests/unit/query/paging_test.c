#include "check.h"

#include "base/own.h"
#include "query/paging.h"

static const unsigned char KEY[CURSOR_KEY] = "0123456789abcde";
static const char *const   SORTS[]         = {"created_at", "ended_at", NULL};
static const struct paging JOBS            = {SORTS, true, "/api/v1/jobs"};
static const struct paging RESOURCES       = {SORTS, true, "/api/v1/resources"};

static int read_page(const struct paging *paging, const char *query, struct paged *out)
{
    OWN(params) params = PARAMS_EMPTY;
    struct fail why    = FAIL_OK;

    CHECK_OK(params_parse(&params, str_of(query), &why), &why);
    return paging_read(&params, paging, KEY, out, &why) ? (int)params.fault : 0;
}

static void order_and_size_are_read(void **state)
{
    static const struct {
        const char *query;
        int         fault, limit, sort;
        bool        is_descending;
    } cases[] = {
        {"", 0, PAGE_DEFAULT, 0, true},
        {"limit=7&sort=created_at", 0, 7, 0, false},
        {"sort=-ended_at", 0, PAGE_DEFAULT, 1, true},
        {"limit=1001", PARAM_BAD, 0, 0, false},
        {"sort=name", PARAM_BAD, 0, 0, false},
        {"sort=--created_at", PARAM_BAD, 0, 0, false},
        {"cursor=x", PARAM_CURSOR, 0, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct paged paged;

        assert_int_equal(read_page(&JOBS, cases[i].query, &paged), cases[i].fault);
        if (cases[i].fault)
            continue;
        assert_int_equal(paged.page.limit, cases[i].limit);
        assert_int_equal(paged.sort, cases[i].sort);
        assert_int_equal(paged.page.is_descending, cases[i].is_descending);
    }
}

/* A cursor goes on with its own list, filters and order, in whatever order they are written. */
static void a_cursor_fits_only_where_it_came_from(void **state)
{
    static const struct {
        const struct paging *paging;
        const char          *query;
        int                  fault;
    } cases[] = {
        {&JOBS, "status=Failed&kind=training", 0},
        {&JOBS, "kind=training&status=Failed&limit=3&fields=id", 0},
        {&JOBS, "kind=training", PARAM_CURSOR},
        {&JOBS, "status=training&kind=Failed", PARAM_CURSOR},
        {&JOBS, "status=Failed&kind=training&sort=created_at", PARAM_CURSOR},
        {&RESOURCES, "status=Failed&kind=training", PARAM_CURSOR},
    };
    struct paged paged;
    OWN(buf) cursor = BUF_UP_TO(CURSOR_MOST_TEXT);
    struct fail why = FAIL_OK;

    (void)state;
    assert_int_equal(read_page(&JOBS, cases[0].query, &paged), 0);
    paged.page.last_at = 55;
    paged.page.last_id = 66;
    CHECK_OK(paging_cursor(&paged, KEY, &cursor, &why), &why);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) query = BUF_UP_TO(1000);

        buf_format(&query, "%s&cursor=%s", cases[i].query, buf_c(&cursor));
        assert_int_equal(read_page(cases[i].paging, buf_c(&query), &paged), cases[i].fault);
        if (!cases[i].fault)
            assert_true(paged.page.goes_on && paged.page.at == 55 && paged.page.id == 66);
    }
}

static void a_link_has_the_same_parameters(void **state)
{
    OWN(params) params = PARAMS_EMPTY;
    OWN(buf) link      = BUF_UP_TO(1000);
    struct fail why    = FAIL_OK;

    (void)state;
    CHECK_OK(params_parse(&params, STR("status=!A,B&cursor=old&tag.x=a%20b"), &why), &why);
    paging_link(&params, "/api/v1/jobs", STR("new"), &link);
    CHECK_STR(buf_view(&link), "/api/v1/jobs?status=%21A%2CB&tag.x=a%20b&cursor=new");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_size_are_read),
        cmocka_unit_test(a_cursor_fits_only_where_it_came_from),
        cmocka_unit_test(a_link_has_the_same_parameters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
