/* The text runs: against a table of the shape that the seed's own query has. */
#include "asking.h"
#include "check_db.h"

#include "query/inferences/sqltext.h"

static const char TABLE[] =
    "CREATE TABLE model_monitoring_logs (model_name TEXT, measurement_type TEXT, start_at TEXT,"
    " message TEXT);";
static const char PUT[] =
    "INSERT INTO model_monitoring_logs VALUES (:model, :type, :start, json_object("
    "'model_name', :model, 'namespace', :namespace, 'status', :status, :elapse_name, :elapse,"
    " 'deployment_id', 1, 'model_version', :version, 'server_id', :server, 'request_size', 100,"
    " 'response_size', 10))";

static struct check_db check = {.name = "sqltext"};

struct row {
    const char *model, *namespace, *start, *status, *server;
    int64_t     elapse, version;
    bool        says_elapsed, is_other;
};

static const struct row rows[] = {
    {"doc", "/abc_corp/claim", "2023-01-01T00:00:00.000Z", "succeeded", "1", 3000, 1, false, false},
    {"doc", "/abc_corp/claim", "2023-01-01T08:00:00.000Z", "succeeded", "1", 2999, 1, false, false},
    {"doc", "/abc_corp/claim", "2023-01-01T09:00:00.000Z", "failed", "2", 9000, 2, true, false},
    {"doc", "/abc_corp/claims", "2023-01-01T10:00:00.000Z", "failed", "2", 9001, 2, false, false},
    {"doc", "/abc_corp/claim/deep", "2023-01-01T11:00:00.000Z", "timeout", "2", 9002, 2, false,
     false},
    {"doc", "/abc_corp/claim", "2023-01-02T00:00:00.000Z", "failed", "2", 9003, 2, false, false},
    {"other", "/abc_corp/claim", "2023-01-01T12:00:00.000Z", "failed", "2", 9004, 2, false, false},
    {"doc", "/abc_corp/claim", "2023-01-01T13:00:00.000Z", "failed", "2", 9005, 2, false, true},
};

static void put_row(struct db *db, const struct row *row)
{
    struct fail  why = FAIL_OK;
    struct stmt *put = db_prepare(db, PUT, &why);

    assert_non_null(put);
    stmt_text(put, ":model", str_of(row->model));
    stmt_text(put, ":type", row->is_other ? STR("drift_report") : STR("inference_transaction"));
    stmt_text(put, ":start", str_of(row->start));
    stmt_text(put, ":namespace", str_of(row->namespace));
    stmt_text(put, ":status", str_of(row->status));
    stmt_text(put, ":server", str_of(row->server));
    stmt_text(put, ":elapse_name", row->says_elapsed ? STR("elapsed") : STR("elapse"));
    stmt_int(put, ":elapse", row->elapse);
    stmt_int(put, ":version", row->version);
    CHECK_OK(stmt_run(put, &why), &why);
}

static struct db *open_table(void)
{
    struct fail why = FAIL_OK;
    struct db  *db;

    check_db_make(&check);
    db = check_open(check.url, true);
    CHECK_OK(db_run(db, TABLE, &why), &why);
    return db;
}

static struct stmt *run(struct db *db, const struct question *question, struct buf *text)
{
    struct fail  why = FAIL_OK;
    struct stmt *stmt;

    sqltext_render(question, text);
    stmt = db_prepare(db, buf_c(text), &why);
    if (!stmt)
        fail_msg("%s: %s", why.text, buf_c(text));
    return stmt;
}

/* The elapse of each row (column 5), in their order: "9000 3000 ". */
static void elapses(struct stmt *stmt, struct buf *out)
{
    struct fail why = FAIL_OK;
    int         got;

    while ((got = stmt_step(stmt, &why)) == 1)
        buf_format(out, "%lld ", (long long)col_int(stmt, 5));
    stmt_done(stmt);
    CHECK_OK(got, &why);
}

static void the_text_finds_what_was_asked_for(void **state)
{
    static const struct {
        const char *query, *elapses;
    } cases[] = {
        {"namespace=/abc_corp/claim&model=doc&min_elapse_ms=3000&since=24h&to=now",
         "9002 9000 3000 "},
        {"namespace=/abc_corp/claim&since=24h&to=now", "9004 9002 9000 2999 3000 "},
        {"namespace=/abc_corp/claim/doc&since=24h&to=now", "9000 2999 3000 "},
        {"namespace=/abc_corp&min_elapse_ms=9001&from=2023-01-01T10:00:00Z",
         "9003 9004 9002 9001 "},
        {"status=!failed", "9002 2999 3000 "},
        {"status=failed,timeout&model=!doc", "9004 "},
        {"server_id=1", "2999 3000 "},
        {"model_version=!1&max_elapse_ms=9001", "9001 9000 "},
        {"account=111122223333", ""},
        {"account=!111122223333&model=other", "9004 "},
        {"region=eu-central-1", ""},
        {"endpoint=e1", ""},
    };
    OWN_PTR(db) db = open_table();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        put_row(db, &rows[i]);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(asking) asking = ASKING_LIST;
        OWN(buf) text      = BUF_UP_TO(64 * 1024);
        OWN(buf) got       = BUF_UP_TO(1024);
        struct fail why    = FAIL_OK;

        CHECK_OK(asking_read(&asking, cases[i].query, &why), &why);
        elapses(run(db, &asking.question, &text), &got);
        CHECK_STR(buf_view(&got), cases[i].elapses);
    }
}

static void a_summary_has_nearest_rank_percentiles(void **state)
{
    OWN(asking) asking = ASKING_SUMMARY;
    OWN(buf) text      = BUF_UP_TO(64 * 1024);
    OWN_PTR(db) db     = open_table();
    struct row   row   = {"doc", "/a", "2023-01-01T00:00:00.000Z", "succeeded", "1", 0, 1,
                          false, false};
    struct fail  why   = FAIL_OK;
    struct stmt *stmt;

    (void)state;
    for (row.elapse = 200; row.elapse > 0; row.elapse--) {
        row.version = row.elapse % 2;
        row.status  = row.elapse > 190 ? "failed" : "succeeded";
        put_row(db, &row);
    }
    CHECK_OK(asking_read(&asking, "model=doc&group_by=version", &why), &why);
    stmt = run(db, &asking.question, &text);
    for (int version = 0; version < 2; version++) { /* even ones: 2..200, odd ones: 1..199 */
        static const int64_t percents[] = {50, 90, 95, 99};

        assert_int_equal(stmt_step(stmt, &why), 1);
        assert_int_equal(col_int(stmt, 2), version); /* after namespace and name */
        assert_int_equal(col_int(stmt, 3), 100);
        for (int p = 0; p < 4; p++)
            assert_int_equal(col_int(stmt, 4 + p), 2 * percents[p] - version);
        assert_int_equal(col_int(stmt, 8), 200 - version);
        assert_int_equal(col_int(stmt, 9), 5);
        assert_int_equal(col_int(stmt, 10), 10000);
    }
    assert_int_equal(stmt_step(stmt, &why), 0);
    stmt_done(stmt);
}

static void every_grouping_runs(void **state)
{
    OWN_PTR(db) db = open_table();

    (void)state;
    put_row(db, &rows[0]);
    for (int by = QUESTION_BY_NOTHING; by < QUESTION_BYS; by++) {
        OWN(asking) asking = ASKING_SUMMARY;
        OWN(buf) text      = BUF_UP_TO(64 * 1024);
        struct fail  why   = FAIL_OK;
        struct stmt *stmt;

        CHECK_OK(asking_read(&asking, "since=24h&to=now", &why), &why);
        asking.question.by = (enum question_by)by;
        stmt               = run(db, &asking.question, &text);
        assert_int_equal(stmt_step(stmt, &why), 1);
        stmt_done(stmt);
    }
}

static void hostile_values_stay_values(void **state)
{
    OWN_PTR(db) db = open_table();
    struct row row = rows[0];

    (void)state;
    for (size_t i = 0; i < ASKING_HOSTILE; i++) {
        row.status = asking_hostile[i];
        row.elapse = (int64_t)i;
        put_row(db, &row);
    }
    for (size_t i = 0; i < ASKING_HOSTILE; i++) {
        OWN(asking) asking               = ASKING_LIST;
        OWN(buf) text                    = BUF_UP_TO(64 * 1024);
        OWN(buf) got                     = BUF_UP_TO(1024);
        struct fail             why      = FAIL_OK;
        struct question_choice *statuses = &asking.question.choices[QUESTION_STATUS];
        char                    expected[32];

        CHECK_OK(asking_read(&asking, "", &why), &why);
        statuses->is_given  = true;
        statuses->count     = 1;
        statuses->values[0] = str_of(asking_hostile[i]);
        elapses(run(db, &asking.question, &text), &got);
        (void)snprintf(expected, sizeof expected, "%zu ", i);
        CHECK_STR(buf_view(&got), expected);
    }
}

static int remove_table(void **state)
{
    (void)state;
    check_db_remove(&check);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_text_finds_what_was_asked_for, remove_table),
        cmocka_unit_test_teardown(a_summary_has_nearest_rank_percentiles, remove_table),
        cmocka_unit_test_teardown(every_grouping_runs, remove_table),
        cmocka_unit_test_teardown(hostile_values_stay_values, remove_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
