/* Questions that ask for too much: a list without a time range that runs out of time, and more
 * series than anybody can look at. Each blames the parameter that helps. On both engines. */
#include "../rows.h"

#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "query/buckets.h"

enum { JSON_CEILING = 4 << 20, MANY = BUCKETS_MOST_SERIES + 1 };

static const int64_t FIRST_ACCOUNT = 100000000000;

struct question {
    struct app    app;
    struct scope  all;
    struct caller caller;
    struct ask    ask;
};

/* What params_fault said, and the parameter to blame in *name. */
static enum param_fault asked(struct rows *rows, int (*handler)(struct ask *ask, struct fail *why),
                              const char *id, const char *query, char name[PARAMS_NAME_SHOWN])
{
    static struct question question; /* too big for a stack under a sanitizer */
    struct ask            *ask   = &question.ask;
    struct fail            why   = FAIL_OK;
    enum param_fault       fault = PARAM_FINE;
    int                    result;

    question               = (struct question){.all = SCOPE_ALL};
    question.ask           = (struct ask){.app    = &question.app,
                                          .caller = &question.caller,
                                          .params = PARAMS_EMPTY,
                                          .body   = BUF_UP_TO(JSON_CEILING)};
    question.caller.ids[0] = str_of(id);
    ask->asker             = (struct asker){rows->db, rows->words, &question.all, ROWS_NOW};
    ask->json              = compose_into(&ask->body);
    CHECK_OK(params_parse(&ask->params, str_of(query), &why), &why);
    result = handler(ask, &why);
    fault  = ask->params.fault;
    if (result && why.kind != FAIL_LIMIT)
        fail_msg("?%s: %s", query, why.text);
    if (!result)
        assert_int_equal(fault, PARAM_FINE);
    memcpy(name, ask->params.fault_name, PARAMS_NAME_SHOWN);
    buf_release(&ask->body);
    params_release(&ask->params);
    return fault;
}

/* Only the list of everything is told to ask for less: a range that is too slow is our trouble. */
static void a_list_of_all_times_that_takes_too_long_wants_a_range(void **state)
{
    static const struct {
        int (*handler)(struct ask *ask, struct fail *why);
        const char      *query;
        enum param_fault fault;
    } cases[] = {
        {jobs_list, "name_prefix=x", PARAM_TOO_WIDE},
        {jobs_list, "since=1h", PARAM_FINE},
        {resources_list, "", PARAM_TOO_WIDE},
        {resources_list, "from=0", PARAM_FINE},
        {events_list, "", PARAM_TOO_WIDE},
        {events_list, "since=1h", PARAM_FINE},
    };
    struct rows *rows = *state;
    char         name[PARAMS_NAME_SHOWN];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        db_deadline(rows->db, WHEN_UNKNOWN);
        assert_int_equal(asked(rows, cases[i].handler, "", cases[i].query, name), PARAM_FINE);
        db_deadline(rows->db, when_monotonic() - 1);
        assert_int_equal(asked(rows, cases[i].handler, "", cases[i].query, name), cases[i].fault);
        assert_string_equal(name, cases[i].fault ? "from" : "");
    }
    db_deadline(rows->db, WHEN_UNKNOWN);
}

static void more_series_than_can_be_looked_at_are_refused(void **state)
{
    struct rows *rows = *state;
    char         name[PARAMS_NAME_SHOWN], query[64];

    for (int i = 0; i < MANY; i++)
        (void)rows_put(rows, &(struct rows_job){.account = FIRST_ACCOUNT + i,
                                                .kind    = KIND_TRAINING,
                                                .name    = "demo",
                                                .status  = "InProgress",
                                                .created = ROWS_NOW - MS_MINUTE});
    assert_int_equal(asked(rows, series_show, "job_created", "group_by=account", name),
                     PARAM_TOO_WIDE);
    assert_string_equal(name, "group_by");
    assert_int_equal(asked(rows, series_show, "job_created", "group_by=kind", name), PARAM_FINE);
    (void)snprintf(query, sizeof query, "group_by=account&account=!%lld", (long long)FIRST_ACCOUNT);
    assert_int_equal(asked(rows, series_show, "job_created", query, name), PARAM_FINE);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(a_list_of_all_times_that_takes_too_long_wants_a_range),
    ROWS_TEST(more_series_than_can_be_looked_at_are_refused),
};

ROWS_MAIN("ask", tests)
