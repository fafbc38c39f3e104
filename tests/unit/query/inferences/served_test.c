/* Figures of deployments, held against the same transactions one by one. */
#include "transactions.h"

#include "query/filter.h"
#include "query/inferences/gather.h"
#include "query/inferences/served.h"
#include "store/models/model.h"

static void put(struct transactions *to, const char *model, int64_t deployment, int64_t elapse,
                ms start)
{
    transactions_put(to, &(struct transaction){.namespace   = "/abc_corp/claim",
                                               .model       = model,
                                               .status      = elapse % 10 ? "succeeded" : "failed",
                                               .server      = "1",
                                               .environment = "prod",
                                               .account     = 111122223333,
                                               .version     = 1,
                                               .deployment  = deployment,
                                               .elapse      = elapse,
                                               .start       = start});
}

static int64_t model_of(struct rows *rows, const char *path)
{
    struct fail  why  = FAIL_OK;
    struct stmt *find = db_prepare(rows->db, "SELECT id FROM model WHERE path = :path", &why);
    int64_t      id;

    assert_non_null(find);
    stmt_text(find, ":path", str_of(path));
    assert_int_equal(stmt_step(find, &why), 1);
    id = col_int(find, 0);
    stmt_done(find);
    return id;
}

static void each_deployment_has_what_names_it_in_the_last_day(void **state)
{
    struct rows        *rows  = *state;
    const struct scope  scope = SCOPE_ALL;
    const struct asker  asker = {rows->db, rows->words, &scope, ROWS_NOW};
    struct served       items[5];
    struct transactions to;
    struct fail         why = FAIL_OK;

    transactions_begin(&to, rows);
    for (int i = 1; i <= 100; i++) {
        put(&to, "doc", 1, i, ROWS_NOW - i * (ms)MS_MINUTE);
        put(&to, "doc", 2, 1000 + i, ROWS_NOW - i * (ms)MS_MINUTE);
        put(&to, "doc", 1, 9999, ROWS_NOW - 2 * (ms)MS_DAY);
    }
    for (int i = 0; i <= GATHER_EXACT; i++)
        put(&to, "busy", 1, 5001, ROWS_NOW - i);
    transactions_end(&to);
    items[0] = (struct served){.model_id = model_of(rows, "/abc_corp/claim/doc"), .deployment = 1};
    items[1] = (struct served){.model_id = model_of(rows, "/abc_corp/claim/busy"), .deployment = 1};
    items[2] = (struct served){.model_id = items[0].model_id, .deployment = 2};
    items[3] = (struct served){.model_id = items[0].model_id, .deployment = 3};
    items[4] = (struct served){.model_id = 999999, .deployment = 1};
    CHECK_OK(served_read(&asker, items, 5, &why), &why);
    for (size_t i = 0; i < 5; i++) {
        static const int64_t counts[]  = {100, GATHER_EXACT + 1, 100, 0, 0};
        static const double  middles[] = {50, 5001, 1050, 0, 0};
        static const double  mosts[]   = {99, 5001, 1099, 0, 0};

        assert_true(items[i].is_known);
        assert_int_equal(items[i].count, counts[i]);
        assert_int_equal(items[i].failed, counts[i] == 100 ? 10 : 0);
        assert_int_equal(items[i].is_exact, counts[i] == 100 || i == 3);
        assert_true(items[i].p50 == middles[i] && items[i].p99 == mosts[i]);
        assert_true(items[i].from <= ROWS_NOW - MS_DAY && items[i].to >= ROWS_NOW);
    }
}

static void a_model_out_of_reach_has_no_figures(void **state)
{
    static const int64_t accounts[] = {444455556666};
    struct rows         *rows       = *state;
    const struct scope   scope      = {false, accounts, 1, STR(",444455556666,"), STR("*")};
    const struct asker   asker      = {rows->db, rows->words, &scope, ROWS_NOW};
    struct served        item       = {.deployment = 1};
    struct transactions  to;
    struct fail          why = FAIL_OK;

    transactions_begin(&to, rows);
    put(&to, "doc", 1, 1, ROWS_NOW - MS_MINUTE);
    transactions_end(&to);
    item.model_id = model_of(rows, "/abc_corp/claim/doc");
    CHECK_OK(served_read(&asker, &item, 1, &why), &why);
    assert_true(item.is_known);
    assert_int_equal(item.count, 0);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(each_deployment_has_what_names_it_in_the_last_day),
    ROWS_TEST(a_model_out_of_reach_has_no_figures),
};
ROWS_MAIN("served", tests)
