/* What is sent without waiting is in its order, as good as what is waited for, and its failure is
 * never lost: the same cases on SQLite, which does not wait either, and on PostgreSQL. */
#include "db_world.h"

#include "base/mem.h"

static const char PUT[]    = "INSERT INTO keyed (account, name, times) VALUES (:account, :name, 1)"
                             " ON CONFLICT (account, name) DO UPDATE SET times = keyed.times + 1";
static const char INSERT[] = "INSERT INTO keyed (account, name, times) VALUES (:account, :name, 1)";
static const char TIMES[]  = "SELECT times FROM keyed WHERE account = :account";
static const char DOUBLE[] = "UPDATE keyed SET times = times * 2 WHERE account = :account";
static const char WRONG[]  = "INSERT INTO sample (whole) VALUES (-13)";

static int send(struct db *db, const char *sql, int64_t account, struct fail *why)
{
    struct stmt *stmt = db_prepare(db, sql, why);

    if (!stmt)
        return -1;
    stmt_int(stmt, ":account", account);
    if (strstr(sql, ":name"))
        stmt_text(stmt, ":name", STR("it's"));
    return stmt_send(stmt, why);
}

static int64_t times(struct db *db, int64_t account)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = prepared(db, TIMES);
    int64_t      found;

    stmt_int(stmt, ":account", account);
    found = stmt_step(stmt, &why) == 1 ? col_int(stmt, 0) : 0;
    stmt_done(stmt);
    return found;
}

static void what_is_sent_runs_in_its_order(void **state)
{
    enum { MANY = 1000, ACCOUNTS = 7 };
    struct db *db      = db_in(state);
    OWN_PTR(db) reader = open_db(*state, false);
    struct fail why    = FAIL_OK;

    {
        OWN(tx) tx = TX_NONE;

        CHECK_OK(tx_begin(&tx, db, &why), &why);
        for (int i = 0; i < MANY; i++)
            CHECK_OK(send(db, PUT, i % ACCOUNTS, &why), &why);
        CHECK_OK(send(db, DOUBLE, 3, &why), &why);
        assert_int_equal(times(db, 3), (MANY / ACCOUNTS + 1) * 2); /* a statement of ours sees it */
        CHECK_OK(send(db, PUT, 3, &why), &why);
        (void)add(db, 1, 0, STR("between"), STR(""));
        CHECK_OK(send(db, DOUBLE, 3, &why), &why);
        assert_int_equal(times(reader, 3), 0);
        CHECK_OK(tx_commit(&tx, &why), &why);
    }
    assert_int_equal(times(reader, 3), ((MANY / ACCOUNTS + 1) * 2 + 1) * 2);
    assert_int_equal(times(reader, 6), MANY / ACCOUNTS);
    CHECK_OK(send(db, PUT, 6, &why), &why); /* without a transaction it runs at once */
    assert_int_equal(times(reader, 6), MANY / ACCOUNTS + 1);
}

static void what_is_sent_and_not_committed_is_undone(void **state)
{
    struct db  *db  = db_in(state);
    struct fail why = FAIL_OK;

    for (int i = 0; i < 3; i++) {
        OWN(tx) tx = TX_NONE;

        CHECK_OK(tx_begin(&tx, db, &why), &why);
        CHECK_OK(send(db, INSERT, 1, &why), &why);
    }
    assert_int_equal(times(db, 1), 0);
}

/* Wherever somebody next listens: at a statement that asks, at a new one, at the commit. */
static void a_failure_is_told_later_but_told(void **state)
{
    struct db *db = db_in(state);

    for (int way = 0; way < 4; way++) {
        struct fail why = FAIL_OK;
        OWN(tx) tx      = TX_NONE;
        char sql[40];
        bool is_told;

        (void)snprintf(sql, sizeof sql, "SELECT %d", way);
        (void)prepared(db, TIMES); /* known by now: it is the step that tells */
        CHECK_OK(tx_begin(&tx, db, &why), &why);
        CHECK_OK(send(db, PUT, 1, &why), &why);
        is_told = stmt_send(prepared(db, WRONG), &why) != 0;
        for (int i = 0; !is_told && way == 1 && i < 500; i++)
            is_told = send(db, PUT, 2, &why) != 0;
        if (!is_told && way == 2)
            is_told = stmt_step(prepared(db, TIMES), &why) < 0;
        if (!is_told && way == 3)
            is_told = !db_prepare(db, sql, &why);
        if (!is_told)
            is_told = tx_commit(&tx, &why) != 0;
        assert_true(is_told);
        assert_int_equal(why.kind, FAIL_CLASH);
        assert_non_null(tx.db);
        assert_int_not_equal(tx_commit(&tx, &why), 0); /* nor does it pass the second time */
    }
    assert_int_equal(times(db, 1), 0);
    assert_false(db_is_lost(db));
    assert_int_equal(count(db), 0);
}

static void who_must_change_one_row_and_does_not_fails(void **state)
{
    struct db   *db  = db_in(state);
    struct fail  why = FAIL_OK;
    struct stmt *stmt;
    bool         is_told;

    for (int64_t account = 1; account <= 2; account++) { /* 1 is there, 2 is not */
        OWN(tx) tx = TX_NONE;

        CHECK_OK(tx_begin(&tx, db, &why), &why);
        CHECK_OK(send(db, PUT, 1, &why), &why);
        stmt = prepared(db, DOUBLE);
        stmt_int(stmt, ":account", account);
        is_told = stmt_send_one(stmt, "it is another's", &why) || send(db, PUT, 5, &why)
                  || tx_commit(&tx, &why);
        assert_int_equal(is_told, account == 2);
    }
    assert_int_equal(why.kind, FAIL_BUSY);
    CHECK_STR(str_of(why.text), "it is another's");
    assert_int_equal(times(db, 1), 2); /* the second round is undone */
    assert_int_equal(times(db, 5), 1);
}

/* More than the sockets hold, and statements that push each other out while they are on their way.
 */
static void neither_waits_for_the_other_to_read(void **state)
{
    enum { LARGE = 300000, ROWS = 250 };
    struct db  *db  = db_in(state);
    struct fail why = FAIL_OK;
    char       *x   = mem_array(LARGE, 1);
    OWN(tx) tx      = TX_NONE;

    assert_non_null(x);
    memset(x, 'x', LARGE);
    CHECK_OK(tx_begin(&tx, db, &why), &why);
    for (int i = 0; i < ROWS; i++) {
        struct stmt *stmt;
        char         sql[120];

        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO sample (whole, text, bytes) VALUES (%d, :t, :b)", i);
        stmt = prepared(db, sql);
        stmt_text(stmt, ":t", str_from(x, i % 2 ? 10 : LARGE));
        stmt_blob(stmt, ":b", str_from(x, i % 2 ? LARGE : 10));
        CHECK_OK(stmt_send(stmt, &why), &why);
    }
    memset(x, 'y', LARGE); /* what was sent is no longer borrowed */
    mem_free(x);
    CHECK_OK(tx_commit(&tx, &why), &why);
    assert_int_equal(count(db), ROWS);
    assert_int_equal(stmt_step(prepared(db, "SELECT 1 FROM sample WHERE text LIKE '%y%'"), &why),
                     0);
}

static void mistakes_are_named(void **state)
{
    struct db  *db  = db_in(state);
    struct fail why = FAIL_OK;
    OWN(tx) tx      = TX_NONE;
    struct stmt *stmt;

    CHECK_OK(tx_begin(&tx, db, &why), &why);
    stmt = prepared(db, INSERT);
    stmt_int(stmt, ":acount", 1);
    CHECK_FAILS(stmt_send(stmt, &why), FAIL_BUG, &why);
    stmt = prepared(db, INSERT);
    stmt_text(stmt, ":name", str_from("a\0b", 3));
    CHECK_FAILS(stmt_send(stmt, &why), FAIL_INPUT, &why);
    CHECK_FAILS(tx_commit(&tx, &why), FAIL_BUG, &why);
}

/* ---- PostgreSQL alone ---- */

static void a_connection_lost_on_the_way_is_told(void **state)
{
    struct world *world = *state;
    OWN_PTR(db) other   = open_db(world, true);
    struct fail  why    = FAIL_OK;
    struct stmt *stmt   = prepared(world->db, "SELECT pg_backend_pid()");
    OWN(tx) tx          = TX_NONE;
    int64_t pid;

    CHECK_OK(stmt_step(stmt, &why), &why);
    pid = col_int(stmt, 0);
    stmt_done(stmt);
    CHECK_OK(tx_begin(&tx, world->db, &why), &why);
    CHECK_OK(send(world->db, PUT, 1, &why), &why);
    stmt = prepared(other, "SELECT pg_terminate_backend(CAST(:pid AS INTEGER), 5000)");
    stmt_int(stmt, ":pid", pid);
    CHECK_OK(stmt_run(stmt, &why), &why);
    CHECK_FAILS(tx_commit(&tx, &why), FAIL_BUSY, &why);
    assert_true(db_is_lost(world->db));
    assert_int_equal(times(other, 1), 0);
}

static int conformance(const char *engine, int is_postgres)
{
    static struct world     world;
    const struct CMUnitTest tests[] = {
        ON_BOTH(what_is_sent_runs_in_its_order),
        ON_BOTH(what_is_sent_and_not_committed_is_undone),
        ON_BOTH(a_failure_is_told_later_but_told),
        ON_BOTH(who_must_change_one_row_and_does_not_fails),
        ON_BOTH(neither_waits_for_the_other_to_read),
        ON_BOTH(mistakes_are_named),
    };
    const struct CMUnitTest alone[] = {ON_BOTH(a_connection_lost_on_the_way_is_told)};
    int                     failed;

    world  = (struct world){.check = {.name = "send", .is_postgres = is_postgres}};
    failed = cmocka_run_group_tests_name(engine, tests, NULL, NULL);
    return is_postgres ? failed + cmocka_run_group_tests_name(engine, alone, NULL, NULL) : failed;
}

int main(void)
{
    int failed = conformance("SQLite", 0);

    return check_has_postgres() ? failed + conformance("PostgreSQL", 1) : failed;
}
