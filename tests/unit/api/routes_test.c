/* The routes table: what a path finds, and that openapi.json says the same, both ways. */
#include "check.h"

#include "api/openapi_text.h"
#include "api/problem.h"
#include "api/routes.h"
#include "base/own.h"
#include "wire/doc.h"

#include <ctype.h>
#include <string.h>

static void a_path_finds_its_route(void **state)
{
    static const struct {
        const char *method, *path, *route, *id, *allow;
    } cases[] = {
        {"GET", "/api/v1/jobs", "/api/v1/jobs", "", ""},
        {"HEAD", "/api/v1/jobs", "/api/v1/jobs", "", ""},
        {"GET", "/api/v1/jobs/111122223333-1", "/api/v1/jobs/{id}", "111122223333-1", ""},
        {"GET", "/api/v1/jobs/x/events", "/api/v1/jobs/{id}/events", "x", ""},
        {"GET", "/api/v1/jobs/", NULL, "", ""},
        {"GET", "/api/v1/jobs//events", NULL, "", ""},
        {"GET", "/api/v1/jobs/x/y", NULL, "", ""},
        {"POST", "/ingest/eventbridge", "/ingest/eventbridge", "", ""},
        {"PUT", "/ingest/eventbridge", "/ingest/eventbridge", "", ""},
        {"GET", "/ingest/eventbridge", NULL, "", "POST, PUT"},
        {"POST", "/api/v1/jobs", NULL, "", "GET, HEAD"},
        {"PATCH", "/api/v1/keys/x", NULL, "", "DELETE"},
        {"GET", "/", "/", "", ""},
        {"GET", "", NULL, "", ""},
        {"GET", "/nothing", NULL, "", ""},
        {"get", "/healthz", NULL, "", "GET, HEAD"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) allow = BUF_UP_TO(200);
        struct str          ids[ROUTE_MOST_IDS];
        const struct route *route =
            route_find(str_of(cases[i].method), str_of(cases[i].path), ids, &allow);

        if ((route == NULL) != (cases[i].route == NULL))
            fail_msg("%s %s", cases[i].method, cases[i].path);
        CHECK_STR(buf_view(&allow), cases[i].allow);
        if (!route)
            continue;
        assert_string_equal(route->path, cases[i].route);
        CHECK_STR(ids[0], cases[i].id);
    }
}

static void every_route_has_one_handler(void **state)
{
    (void)state;
    for (size_t i = 0; route_at(i); i++) {
        assert_true((route_at(i)->live == NULL) != (route_at(i)->read == NULL));
        assert_non_null(route_at(i)->about);
    }
}

static void lower(const char *method, char out[16])
{
    size_t i = 0;

    for (; method[i] && i < 15; i++)
        out[i] = (char)tolower((unsigned char)method[i]);
    out[i] = '\0';
}

static void every_route_is_described(void **state)
{
    struct fail why         = FAIL_OK;
    OWN_PTR(doc) openapi    = doc_parse(openapi_text(), &why);
    const struct doc *paths = doc_member(openapi, "paths");

    (void)state;
    assert_non_null(paths);
    for (size_t i = 0; route_at(i); i++) {
        const struct route *route = route_at(i);
        char                method[16];

        lower(route->method, method);
        if (!doc_member(doc_member(paths, route->path), method))
            fail_msg("openapi.json lacks %s %s", route->method, route->path);
    }
}

static int look_at_operation(void *ctx, const char *method, const struct doc *operation,
                             struct fail *why)
{
    const char *path = ctx;

    for (size_t i = 0; route_at(i); i++) {
        char known[16];

        lower(route_at(i)->method, known);
        if (!strcmp(route_at(i)->path, path) && !strcmp(known, method))
            return doc_member(operation, "operationId") && doc_member(operation, "tags")
                           && doc_member(doc_member(operation, "responses"), "default")
                       ? 0
                       : fail_set(why, FAIL_INPUT, "%s %s is not whole", method, path);
    }
    return fail_set(why, FAIL_INPUT, "%s %s is described and not routed", method, path);
}

static int look_at_path(void *ctx, const char *path, const struct doc *item, struct fail *why)
{
    char copy[200];

    (void)ctx;
    assert_int_equal(str_to_c(str_of(path), copy, sizeof copy), 0);
    return doc_each(item, look_at_operation, copy, why);
}

static void everything_described_is_routed(void **state)
{
    struct fail why      = FAIL_OK;
    OWN_PTR(doc) openapi = doc_parse(openapi_text(), &why);

    (void)state;
    CHECK_OK(doc_each(doc_member(openapi, "paths"), look_at_path, NULL, &why), &why);
}

static void every_kind_of_failure_has_a_page(void **state)
{
    (void)state;
    for (int kind = FAIL_INPUT; kind <= FAIL_BUG; kind++) {
        struct fail why = {.kind = (enum fail_kind)kind};

        assert_non_null(problem_of_fail(&why));
    }
    for (size_t i = 0; problem_type(i); i++)
        assert_ptr_equal(problem_find(str_of(problem_type(i)->slug)), problem_type(i));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_finds_its_route),
        cmocka_unit_test(every_route_has_one_handler),
        cmocka_unit_test(every_route_is_described),
        cmocka_unit_test(everything_described_is_routed),
        cmocka_unit_test(every_kind_of_failure_has_a_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
