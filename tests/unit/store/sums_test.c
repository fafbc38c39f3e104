/* What a batch of differences leaves in the tables is what counting the jobs afresh would give. */
#include "rows.h"

#include "base/mem.h"

enum { ACCOUNTS = 3, REGIONS = 2, STATUSES = 4, JOBS = 120, ROUNDS = 12, FLUSH_EVERY = 50 };

/* Small, repeatable and good enough to mix cases. */
static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static struct share random_share(unsigned *seed)
{
    struct share share = {
        .is_counted = next_random(seed) % 8 != 0,
        .account    = 1 + next_random(seed) % ACCOUNTS,
        .region_id  = 1 + next_random(seed) % REGIONS,
        .status_id  = 1 + next_random(seed) % STATUSES,
        .kind       = next_random(seed) % 2 ? KIND_TRAINING : KIND_PROCESSING,
        .created    = ROWS_NOW - MS_HOUR * (ms)(next_random(seed) % 60),
        .ended      = WHEN_UNKNOWN,
        .duration   = WHEN_UNKNOWN,
    };

    if (next_random(seed) % 2) {
        share.ended        = share.created + MS_MINUTE * (ms)(next_random(seed) % 300);
        share.is_unstarted = next_random(seed) % 4 == 0;
        share.duration     = next_random(seed) % 3 ? share.ended - share.created : WHEN_UNKNOWN;
    }
    return share;
}

/* One figure out of the tables; :account 0 is the fleet. */
static int64_t figure(struct rows *rows, const char *sql, int64_t account, int64_t status,
                      ms bucket)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = db_prepare(rows->db, sql, &why);
    int64_t      sum;

    if (!stmt)
        fail_msg("%s: %s", sql, why.text);
    stmt_int(stmt, ":account", account);
    stmt_int(stmt, ":status", status);
    if (bucket != WHEN_UNKNOWN)
        stmt_int(stmt, ":bucket", bucket);
    CHECK_OK(stmt_step(stmt, &why), &why);
    sum = col_int(stmt, 0);
    stmt_done(stmt);
    return sum;
}

static const char TALLY[] =
    "SELECT SUM(count) FROM tally WHERE account = :account AND status_id = :status";
static const char CREATED[] =
    "SELECT SUM(created) FROM rollup WHERE grain = 1"
    " AND account = :account AND status_id = :status AND bucket_ms = :bucket";
static const char DURATION[]  = "SELECT SUM(duration_ms) FROM rollup WHERE grain = 2"
                                " AND account = :account AND status_id = :status";
static const char TIMED[]     = "SELECT SUM(timed) FROM rollup WHERE grain = 1"
                                " AND account = :account AND status_id = :status";
static const char ENDED[]     = "SELECT SUM(ended) FROM rollup WHERE grain = 2"
                                " AND account = :account AND status_id = :status";
static const char UNSTARTED[] = "SELECT SUM(unstarted) FROM rollup WHERE grain = 1"
                                " AND account = :account AND status_id = :status";

struct recount {
    int64_t jobs, created, ended, unstarted, duration, timed;
};

static struct recount recounted(const struct share *jobs, int64_t account, int64_t status,
                                ms bucket)
{
    struct recount all = {.jobs = 0};

    for (size_t i = 0; i < JOBS; i++) {
        const struct share *job = &jobs[i];

        if (!job->is_counted || job->status_id != status || (account && job->account != account))
            continue;
        all.jobs++;
        all.created += job->created >= bucket && job->created < bucket + MS_HOUR;
        if (job->ended == WHEN_UNKNOWN)
            continue;
        all.ended++;
        all.unstarted += job->is_unstarted;
        all.timed += job->duration != WHEN_UNKNOWN;
        all.duration += job->duration != WHEN_UNKNOWN ? job->duration : 0;
    }
    return all;
}

static void agree(struct rows *rows, const struct share *jobs, int64_t account, int64_t status)
{
    ms             bucket = ROWS_NOW - ROWS_NOW % MS_HOUR - 5 * MS_HOUR;
    struct recount all    = recounted(jobs, account, status, bucket);

    if (account) /* the tally has no row for the fleet */
        assert_int_equal(figure(rows, TALLY, account, status, WHEN_UNKNOWN), all.jobs);
    assert_int_equal(figure(rows, CREATED, account, status, bucket), all.created);
    assert_int_equal(figure(rows, ENDED, account, status, WHEN_UNKNOWN), all.ended);
    assert_int_equal(figure(rows, UNSTARTED, account, status, WHEN_UNKNOWN), all.unstarted);
    assert_int_equal(figure(rows, TIMED, account, status, WHEN_UNKNOWN), all.timed);
    assert_int_equal(figure(rows, DURATION, account, status, WHEN_UNKNOWN), all.duration);
}

/* Totals of an account that are not the sum over its kinds, regions and statuses. */
static const char WRONG_TOTALS[] =
    "SELECT count(*) FROM (SELECT SUM(created) AS c, SUM(ended) AS e, SUM(unstarted) AS u,"
    " SUM(duration_ms) AS d, SUM(timed) AS t FROM"
    " (SELECT grain + 2 AS grain, bucket_ms, account, created, ended, unstarted, duration_ms, timed"
    "  FROM rollup WHERE grain <= 2 AND account > 0 UNION ALL"
    "  SELECT grain, bucket_ms, account, -created, -ended, -unstarted, -duration_ms, -timed"
    "  FROM rollup WHERE grain IN (3, 4)) AS both_ways GROUP BY grain, bucket_ms, account) AS "
    "left_over"
    " WHERE c <> 0 OR e <> 0 OR u <> 0 OR d <> 0 OR t <> 0";

/* The fleet by status, which is not the sum over kinds and regions. */
static const char WRONG_FLEET[] =
    "SELECT count(*) FROM (SELECT SUM(created) AS c, SUM(ended) AS e, SUM(unstarted) AS u,"
    " SUM(duration_ms) AS d, SUM(timed) AS t FROM"
    " (SELECT grain + 4 AS grain, bucket_ms, status_id, created, ended, unstarted, duration_ms, "
    "timed"
    "  FROM rollup WHERE grain <= 2 AND account = 0 UNION ALL"
    "  SELECT grain, bucket_ms, status_id, -created, -ended, -unstarted, -duration_ms, -timed"
    "  FROM rollup WHERE grain IN (5, 6)) AS both_ways GROUP BY grain, bucket_ms, status_id)"
    " AS left_over WHERE c <> 0 OR e <> 0 OR u <> 0 OR d <> 0 OR t <> 0";

static void are_none(struct rows *rows, const char *wrong)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = db_prepare(rows->db, wrong, &why);

    if (!stmt)
        fail_msg("%s", why.text);
    CHECK_OK(stmt_step(stmt, &why), &why);
    assert_int_equal(col_int(stmt, 0), 0);
    stmt_done(stmt);
}

static void flush(struct rows *rows)
{
    struct fail why = FAIL_OK;
    OWN(tx) tx      = TX_NONE;

    CHECK_OK(tx_begin(&tx, rows->db, &why), &why);
    CHECK_OK(sums_flush(rows->sums, rows->db, &why), &why);
    CHECK_OK(tx_commit(&tx, &why), &why);
}

static void differences_add_up_to_a_recount(void **state)
{
    struct rows *rows       = *state;
    struct share jobs[JOBS] = {{.created = WHEN_UNKNOWN}};
    unsigned     seed       = 20260921;

    for (size_t i = 0; i < (size_t)JOBS * ROUNDS; i++) {
        struct share *job = &jobs[next_random(&seed) % JOBS];
        struct share  now = random_share(&seed);

        sums_share(rows->sums, job, &now);
        *job = now;
        if (i % FLUSH_EVERY == 0)
            flush(rows);
    }
    flush(rows);
    for (int64_t account = 0; account <= ACCOUNTS; account++)
        for (int64_t status = 1; status <= STATUSES; status++)
            agree(rows, jobs, account, status);
    are_none(rows, WRONG_TOTALS);
    are_none(rows, WRONG_FLEET);
}

static const char PULSE[] =
    "SELECT events, duplicates, conflicts, lag_ms, last_event_ms, last_received_ms, first_seen_ms"
    " FROM account WHERE account = 7 AND region_id = 1";

static void a_pulse_is_added_to_what_is_there(void **state)
{
    static const int64_t expected[2][7] = {
        {2, 0, 0, 500, 2000, 2500, 2500},
        {3, 1, 0, 900, 2000, 2900, 2500}, /* older news: the newest time stays */
    };
    struct rows *rows = *state;
    struct fail  why  = FAIL_OK;

    for (int round = 0; round < 2; round++) {
        struct stmt *stmt;

        sums_heard(rows->sums, 7, 1, round ? 2000 : 1000, round ? 2900 : 1100);
        sums_pulse(rows->sums, 7, 1, PULSE_EVENTS);
        if (round) {
            sums_pulse(rows->sums, 7, 1, PULSE_DUPLICATES);
        } else {
            sums_heard(rows->sums, 7, 1, 2000, 2500);
            sums_pulse(rows->sums, 7, 1, PULSE_EVENTS);
        }
        flush(rows);
        stmt = db_prepare(rows->db, PULSE, &why);
        assert_non_null(stmt);
        assert_int_equal(stmt_step(stmt, &why), 1);
        for (int i = 0; i < 7; i++)
            if (col_int(stmt, i) != expected[round][i])
                fail_msg("round %d, column %d: %lld", round, i, (long long)col_int(stmt, i));
        stmt_done(stmt);
    }
}

static ms last_received(struct rows *rows)
{
    struct fail  why = FAIL_OK;
    struct stmt *stmt =
        db_prepare(rows->db, "SELECT last_received_ms FROM account WHERE account = 7", &why);
    ms value;

    assert_non_null(stmt);
    assert_int_equal(stmt_step(stmt, &why), 1);
    value = col_time(stmt, 0);
    stmt_done(stmt);
    return value;
}

static void a_receipt_of_a_clock_that_had_run_ahead_gives_way(void **state)
{
    static const struct {
        ms received, stands;
    } cases[] = {
        {ROWS_NOW, ROWS_NOW},
        {ROWS_NOW - MS_HOUR, ROWS_NOW}, /* a sister service's clock, or ours set right */
        {ROWS_NOW + 3650 * (ms)MS_DAY, ROWS_NOW + 3650 * (ms)MS_DAY},
        {ROWS_NOW + MS_MINUTE, ROWS_NOW + MS_MINUTE},
        {ROWS_NOW + 2 * MS_MINUTE, ROWS_NOW + 2 * MS_MINUTE},
    };
    struct rows *rows = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sums_heard(rows->sums, 7, 1, ROWS_NOW, cases[i].received);
        sums_pulse(rows->sums, 7, 1, PULSE_EVENTS);
        flush(rows);
        assert_int_equal(last_received(rows), cases[i].stands);
    }
}

static int64_t counted(struct rows *rows)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = db_prepare(
        rows->db, "SELECT COALESCE(SUM(value), 0) FROM counter WHERE name = 'errands.dead'", &why);
    int64_t value;

    assert_non_null(stmt);
    CHECK_OK(stmt_step(stmt, &why), &why);
    value = col_int(stmt, 0);
    stmt_done(stmt);
    return value;
}

static void what_was_flushed_or_cleared_is_not_written_again(void **state)
{
    struct rows *rows = *state;

    sums_count(rows->sums, COUNTER_ERRANDS_DEAD, 2);
    flush(rows);
    flush(rows);
    assert_int_equal(counted(rows), 2);
    sums_count(rows->sums, COUNTER_ERRANDS_DEAD, 5);
    sums_clear(rows->sums);
    flush(rows);
    assert_int_equal(counted(rows), 2);
    sums_count(rows->sums, COUNTER_ERRANDS_DEAD, 3);
    sums_count(rows->sums, COUNTER_ERRANDS_DEAD, -1);
    flush(rows);
    assert_int_equal(counted(rows), 4);
}

/* Adding does not fail; the flush does, and writes nothing. After a clear all is well again. */
static void without_memory_the_flush_says_so(void **state)
{
    struct rows *rows  = *state;
    struct sums *never = NULL;
    struct fail  why   = FAIL_OK;

    mem_fail_at(1, 1);
    CHECK_FAILS(sums_new(&never, &why), FAIL_MEMORY, &why);
    sums_count(rows->sums, COUNTER_ERRANDS_DEAD, 1);
    for (int64_t region = 1; region < 2000; region++)
        sums_pulse(rows->sums, 7, region, PULSE_EVENTS);
    mem_fail_at(0, 0);
    CHECK_FAILS(sums_flush(rows->sums, rows->db, &why), FAIL_MEMORY, &why);
    assert_int_equal(counted(rows), 0);
    sums_clear(rows->sums);
    sums_count(rows->sums, COUNTER_ERRANDS_DEAD, 1);
    for (int64_t region = 1; region < 2000; region++)
        sums_count(rows->sums, COUNTER_ERRANDS_DEAD, 1);
    CHECK_OK(sums_flush(rows->sums, rows->db, &why), &why);
    assert_int_equal(counted(rows), 2000);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(differences_add_up_to_a_recount),
    ROWS_TEST(a_pulse_is_added_to_what_is_there),
    ROWS_TEST(a_receipt_of_a_clock_that_had_run_ahead_gives_way),
    ROWS_TEST(what_was_flushed_or_cleared_is_not_written_again),
    ROWS_TEST(without_memory_the_flush_says_so),
};

ROWS_MAIN("sums", tests)
