#include "check.h"

#include "api/problem.h"
#include "base/own.h"

static void a_problem_says_all_it_knows(void **state)
{
    const struct {
        struct problem problem;
        const char    *json;
    } cases[] = {
        {{.type       = problem_find(STR("unknown-parameter")),
          .detail     = "it's \"x\"",
          .parameter  = "x",
          .request_id = "r1"},
         "{\"type\":\"/problems/unknown-parameter\",\"title\":\"Unknown parameter\",\"status\":400,"
         "\"detail\":\"it's "
         "\\\"x\\\"\",\"errors\":[{\"parameter\":\"x\",\"code\":\"unknown-parameter\","
         "\"detail\":\"it's \\\"x\\\"\"}],\"request_id\":\"r1\"}"},
        {{.type = problem_of_status(503), .detail = "full", .parameter = "", .retry_after_s = 2},
         "{\"type\":\"/problems/"
         "busy\",\"title\":\"Busy\",\"status\":503,\"detail\":\"full\",\"retry_after_s\":2}"},
        {{.type = problem_of_status(418), .status = 418},
         "{\"type\":\"about:blank\",\"title\":\"HTTP error\",\"status\":418,\"detail\":\"\"}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) out = BUF_UP_TO(2000);

        problem_compose(&cases[i].problem, &out);
        CHECK_STR(buf_view(&out), cases[i].json);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(a_problem_says_all_it_knows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
