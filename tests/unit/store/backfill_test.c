/* What migration 0013 makes of what was there before it: the sums that are kept from then on. */
#include "rows.h"

#include "store/hardware.h"

enum { LAST_BEFORE = 12, MOST_MIGRATIONS = 64 };

static const int64_t ACCOUNT_A = 111122223333, ACCOUNT_B = 444455556666;
static const ms      HOUR = 1789999200000; /* 2026-09-21T14:00:00Z: a whole one */

static void migrate(struct rows *rows, int last)
{
    static struct migration some[MOST_MIGRATIONS];
    struct fail             why   = FAIL_OK;
    size_t                  count = 0;
    int                     applied;

    for (const struct migration *one = store_migrations; one->version; one++)
        if (one->version <= last)
            some[count++] = *one;
    some[count] = (struct migration){0, NULL, NULL};
    CHECK_OK(migrate_up(rows->db, some, &applied, &why), &why);
}

static int set_up(void **state)
{
    struct rows *rows = *state;
    struct fail  why  = FAIL_OK;

    check_db_make(&rows->check);
    rows->db = check_open(rows->check.url, true);
    migrate(rows, LAST_BEFORE);
    CHECK_OK(words_new(&rows->words, &why), &why);
    CHECK_OK(sums_new(&rows->sums, &why), &why);
    rows->batch =
        (struct batch){.db = rows->db, .words = rows->words, .sums = rows->sums, .now = ROWS_NOW};
    return 0;
}

static int64_t number(struct rows *rows, const char *sql)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = db_prepare(rows->db, sql, &why);
    int64_t      value;

    if (!stmt)
        fail_msg("%s: %s", sql, why.text);
    CHECK_OK(stmt_step(stmt, &why), &why);
    value = col_int(stmt, 0);
    stmt_done(stmt);
    return value;
}

static void put_event(struct rows *rows, int64_t account, const char *id, ms received, ms lag)
{
    const struct rows_event event = {
        .account = account, .id = id, .type = "t", .version = received - lag, .received = received};

    rows_put_event(rows, &event);
}

static void put_events(struct rows *rows)
{
    struct fail why = FAIL_OK;

    put_event(rows, ACCOUNT_A, "1", HOUR, 100);
    put_event(rows, ACCOUNT_A, "2", HOUR + 59999, 300);
    put_event(rows, ACCOUNT_A, "3", HOUR + MS_HOUR, -40);
    put_event(rows, ACCOUNT_B, "4", HOUR + MS_MINUTE, 7);
    CHECK_OK(db_run(rows->db, "UPDATE event SET effect = 4 WHERE time_ms = 1789999259699", &why),
             &why);
}

static void events_are_summed_up(void **state)
{
    static const struct {
        const char *sql;
        int64_t     wanted;
    } cases[] = {
        {"SELECT COUNT(*) FROM arrival WHERE grain = 1", 3},
        {"SELECT COUNT(*) FROM arrival WHERE grain = 2", 3},
        {"SELECT COUNT(*) FROM arrival WHERE grain = 3 AND account = 0", 3},
        {"SELECT COUNT(*) FROM arrival WHERE grain = 4 AND account = 0", 2},
        {"SELECT events FROM arrival WHERE grain = 1 AND account = 111122223333"
         " AND bucket_ms = 1789999200000",
         2},
        {"SELECT events FROM arrival WHERE grain = 4 AND bucket_ms = 1789999200000", 3},
        {"SELECT repeats FROM arrival WHERE grain = 4 AND bucket_ms = 1789999200000", 1},
        {"SELECT lag_ms FROM arrival WHERE grain = 4 AND bucket_ms = 1789999200000", 407},
        {"SELECT longest_lag_ms FROM arrival WHERE grain = 4 AND bucket_ms = 1789999200000", 300},
        {"SELECT lag_ms FROM arrival WHERE grain = 3 AND bucket_ms = 1790002800000", -40},
        {"SELECT longest_lag_ms FROM arrival WHERE grain = 3 AND bucket_ms = 1790002800000", 0},
    };
    struct rows *rows = *state;

    put_events(rows);
    migrate(rows, LAST_BEFORE + 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (number(rows, cases[i].sql) != cases[i].wanted)
            fail_msg("%s: %lld", cases[i].sql, (long long)number(rows, cases[i].sql));
}

static const char WRONG_FLEET[] =
    "SELECT COUNT(*) FROM (SELECT SUM(created) AS c, SUM(ended) AS e, SUM(duration_ms) AS d FROM"
    " (SELECT grain + 4 AS grain, bucket_ms, status_id, created, ended, duration_ms"
    "  FROM rollup WHERE grain <= 2 AND account = 0 UNION ALL"
    "  SELECT grain, bucket_ms, status_id, -created, -ended, -duration_ms"
    "  FROM rollup WHERE grain IN (5, 6)) AS both_ways GROUP BY grain, bucket_ms, status_id)"
    " AS left_over WHERE c <> 0 OR e <> 0 OR d <> 0";

static struct figures busy(double percent)
{
    return (struct figures){
        .is_known = true, .average = percent, .maximum = percent, .normalized = percent};
}

/* What puts jobs today writes columns, and asks for a table, that were not there then. */
static void open_minutes(struct rows *rows, const char *action)
{
    static const char *const columns[] = {"open_ms", "open_events", "open_repeats", "open_lag_ms",
                                          "open_longest_lag_ms"};
    const bool               is_adding = strcmp(action, "ADD") == 0;
    struct fail              why       = FAIL_OK;
    char                     sql[128];

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        (void)snprintf(sql, sizeof sql, "ALTER TABLE account %s COLUMN %s %s", action, columns[i],
                       is_adding ? "BIGINT NOT NULL DEFAULT 0" : "");
        CHECK_OK(db_run(rows->db, sql, &why), &why);
    }
    CHECK_OK(db_run(rows->db,
                    is_adding
                        ? "CREATE TABLE arrival (grain BIGINT, bucket_ms BIGINT, account BIGINT,"
                          " region_id BIGINT, events BIGINT, repeats BIGINT, lag_ms BIGINT,"
                          " longest_lag_ms BIGINT,"
                          " PRIMARY KEY (grain, bucket_ms, account, region_id))"
                        : "DROP TABLE arrival",
                    &why),
             &why);
}

static void put_job(struct rows *rows, int64_t account, const char *name, double cpu, double gpu)
{
    const struct rows_job job  = {account, KIND_TRAINING, name, "Completed",         NULL,
                                  NULL,    HOUR,          HOUR, HOUR + 2 * MS_MINUTE};
    struct utilization    used = UTILIZATION_EMPTY;
    struct fail           why  = FAIL_OK;
    int64_t               id   = rows_put(rows, &job);

    used.job.metric[METRIC_CPU] = busy(cpu);
    if (gpu >= 0)
        used.job.metric[METRIC_GPU] = busy(gpu);
    CHECK_OK(hardware_put(&rows->batch, account, id, &used, &why), &why);
}

static void jobs_are_summed_up_and_the_idle_found(void **state)
{
    struct rows *rows = *state;
    struct fail  why  = FAIL_OK;

    open_minutes(rows, "ADD");
    put_job(rows, ACCOUNT_A, "idle", 5, -1);
    put_job(rows, ACCOUNT_A, "busy", 35, -1);
    put_job(rows, ACCOUNT_B, "busy GPUs", 5, 80);
    put_job(rows, ACCOUNT_B, "idle GPUs", 80, 5);
    open_minutes(rows, "DROP");
    CHECK_OK(db_run(rows->db, "DELETE FROM rollup WHERE grain > 4", &why), &why);
    migrate(rows, LAST_BEFORE + 1);
    assert_int_equal(number(rows, WRONG_FLEET), 0);
    assert_int_equal(number(rows, "SELECT SUM(created) FROM rollup WHERE grain = 5"), 4);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM idle_job i JOIN resource r"
                                  " ON r.account = i.account AND r.id = i.resource_id"
                                  " WHERE r.name IN ('idle', 'idle GPUs')"
                                  " AND i.ended_ms = r.ended_ms AND i.machine_ms = 120000"),
                     2);
    assert_int_equal(number(rows, "SELECT COUNT(*) FROM idle_job"), 2);
}

#define BEFORE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, rows_tear_down)
static struct CMUnitTest tests[] = {
    BEFORE_TEST(events_are_summed_up),
    BEFORE_TEST(jobs_are_summed_up_and_the_idle_found),
};

ROWS_MAIN("backfill", tests)
