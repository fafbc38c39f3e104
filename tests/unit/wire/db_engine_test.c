/* What only one of the engines can do, or suffer: SQLite's files, PostgreSQL's connections. */
#include "db_world.h"

#include "base/mem.h"

/* ---- SQLite alone ---- */

static void the_log_is_moved_when_it_has_grown(void **state)
{
    struct world *world = *state;
    OWN_PTR(db) reader  = open_db(world, false);
    struct fail why     = FAIL_OK;
    char        path[600];
    FILE       *log;
    long        size;

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 50; i++) {
            OWN(tx) tx = TX_NONE;

            CHECK_OK(tx_begin(&tx, world->db, &why), &why);
            (void)add(world->db, i, 0, STR("x"), STR("y"));
            CHECK_OK(tx_commit(&tx, &why), &why);
        }
        assert_true(count(reader) > 0);
        CHECK_OK(db_checkpoint(world->db, 20, &why), &why);
    }
    (void)snprintf(path, sizeof path, "%s-wal", world->check.url);
    log = fopen(path, "rb");
    assert_non_null(log);
    (void)fseek(log, 0, SEEK_END);
    size = ftell(log);
    (void)fclose(log);
    if (size > 4120L * 100) /* one round's pages, not three's */
        fail_msg("the log has %ld bytes", size);
    CHECK_FAILS(db_checkpoint(reader, 20, &why), FAIL_BUG, &why);
}

static void damage_is_told_and_ends_the_connection(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;
    struct stmt  *stmt;
    char          rubbish[4096];
    FILE         *file;

    for (int i = 0; i < 400; i++)
        (void)add(world->db, i, 0, STR("some text to fill pages with"), STR("y"));
    db_free(world->db);
    world->db = NULL;
    memset(rubbish, 0x5a, sizeof rubbish);
    file = fopen(world->check.url, "r+b");
    assert_non_null(file);
    for (long page = 1; page < 5; page++) {
        (void)fseek(file, page * (long)sizeof rubbish, SEEK_SET);
        assert_int_equal(fwrite(rubbish, sizeof rubbish, 1, file), 1);
    }
    (void)fclose(file);

    world->db = open_db(world, true);
    stmt      = prepared(world->db, "SELECT SUM(whole), MAX(text) FROM sample");
    CHECK_FAILS(stmt_run(stmt, &why), FAIL_BUSY, &why);
    assert_non_null(strstr(why.text, "newest copy"));
    assert_true(db_is_lost(world->db));
    assert_null(db_prepare(world->db, "SELECT 1", &why));
    assert_int_equal(why.kind, FAIL_BUSY);
}

static void a_full_disk_passes(void **state)
{
    struct db  *db  = db_in(state);
    struct fail why = FAIL_OK;
    char        big[60000];

    memset(big, 'x', sizeof big);
    CHECK_OK(db_run(db, "PRAGMA max_page_count = 12", &why), &why);
    {
        struct stmt *stmt = prepared(db, ADD);
        OWN(tx) tx        = TX_NONE;

        CHECK_OK(tx_begin(&tx, db, &why), &why);
        stmt_blob(stmt, ":bytes", str_from(big, sizeof big));
        CHECK_FAILS(stmt_run(stmt, &why), FAIL_BUSY, &why);
        CHECK_FAILS(tx_commit(&tx, &why), FAIL_BUG, &why);
    }
    assert_false(db_is_lost(db));
    assert_int_equal(count(db), 0);
    CHECK_OK(db_run(db, "PRAGMA max_page_count = 2000", &why), &why);
    (void)add(db, 1, 0, STR("x"), str_from(big, sizeof big));
    assert_int_equal(count(db), 1);
}

static void what_is_no_database_is_refused(void **state)
{
    struct db        *db      = NULL;
    struct fail       why     = FAIL_OK;
    struct db_options options = {.url = "/nowhere/at/all.db"};

    (void)state;
    CHECK_FAILS(db_open(&options, &db, &why), FAIL_INPUT, &why);
    assert_non_null(strstr(why.text, "No such file"));
}

/* Every allocation of SQLite's and ours fails once: an orderly answer, and the database
 * is whole. */
static void without_memory_it_says_so(void **state)
{
    struct world *world  = *state;
    int           failed = 0;
    long          n      = 1;

    for (bool is_over = false; !is_over; n += n < 60 ? 1 : 7) {
        struct db        *db      = NULL;
        struct fail       why     = FAIL_OK;
        struct db_options options = {.url = world->check.url};
        struct stmt      *stmt    = NULL;
        int               result  = -1;

        mem_fail_at(n, 0);
        if (!db_open(&options, &db, &why))
            stmt = db_prepare(db, FIND, &why);
        if (stmt) {
            stmt_int(stmt, ":id", 1);
            result = stmt_run(stmt, &why);
        }
        is_over = mem_count() < n;
        db_free(db);
        mem_fail_at(0, 0);
        if (result < 0 && why.kind != FAIL_MEMORY)
            fail_msg("allocation %ld: [%d] %s", n, why.kind, why.text);
        failed += result < 0;
    }
    assert_true(failed > 10);
}

static int sqlite_tests(void)
{
    static struct world     world   = {.check = {.name = "dbengine"}};
    const struct CMUnitTest tests[] = {
        ON_BOTH(the_log_is_moved_when_it_has_grown),
        ON_BOTH(damage_is_told_and_ends_the_connection),
        ON_BOTH(a_full_disk_passes),
        cmocka_unit_test(what_is_no_database_is_refused),
        ON_BOTH(without_memory_it_says_so),
    };

    return cmocka_run_group_tests_name("SQLite", tests, NULL, NULL);
}

/* ---- PostgreSQL alone ---- */

static void a_lost_connection_is_told(void **state)
{
    struct world *world = *state;
    OWN_PTR(db) other   = open_db(world, true);
    struct fail  why    = FAIL_OK;
    struct stmt *stmt   = prepared(world->db, "SELECT pg_backend_pid()");
    int64_t      pid;

    CHECK_OK(stmt_step(stmt, &why), &why);
    pid = col_int(stmt, 0);
    stmt_done(stmt);
    stmt = prepared(other, "SELECT pg_terminate_backend(CAST(:pid AS INTEGER))");
    stmt_int(stmt, ":pid", pid);
    CHECK_OK(stmt_run(stmt, &why), &why);
    assert_null(db_prepare(world->db, "SELECT 1", &why));
    assert_int_equal(why.kind, FAIL_BUSY);
    assert_true(db_is_lost(world->db));
    {
        OWN(tx) tx = TX_NONE;

        CHECK_FAILS(tx_begin(&tx, world->db, &why), FAIL_BUSY, &why);
    }
}

static const char NEWEST[] = "SELECT MAX(name) FROM pg_prepared_statements";

/* A pooler gives a session to one, then to another: what one has prepared, the other must not run
 * in the belief that it is its own. */
static void no_two_connections_name_a_statement_alike(void **state)
{
    struct world *world = *state;
    OWN_PTR(db) first   = open_db(world, false);
    OWN_PTR(db) second  = open_db(world, false);
    struct fail  why    = FAIL_OK;
    struct stmt *one    = prepared(first, NEWEST);
    struct stmt *other  = prepared(second, NEWEST);

    CHECK_OK(stmt_step(one, &why), &why);
    CHECK_OK(stmt_step(other, &why), &why);
    assert_false(str_is(col_text(one, 0), col_text(other, 0)));
    stmt_done(one);
    stmt_done(other);
}

static void writers_take_turns(void **state)
{
    struct world *world = *state;
    OWN_PTR(db) other   = open_db(world, true);
    struct fail why     = FAIL_OK;
    OWN(tx) second      = TX_NONE;
    OWN(tx) first       = TX_NONE;

    CHECK_OK(tx_begin(&first, world->db, &why), &why);
    CHECK_OK(db_run(other, "SET lock_timeout=100", &why), &why);
    CHECK_FAILS(tx_begin(&second, other, &why), FAIL_BUSY, &why);
    assert_false(db_is_lost(other));
    CHECK_OK(tx_commit(&first, &why), &why);
    CHECK_OK(tx_begin(&second, other, &why), &why);
    CHECK_OK(tx_commit(&second, &why), &why);
}

static void weak_commits_are_made_strong(void **state)
{
    struct world *world   = *state;
    OWN_PTR(db) weak      = NULL;
    struct fail       why = FAIL_OK;
    char              url[700];
    struct db_options options = {.url = url, .is_writer = true};
    struct stmt      *stmt;

    (void)snprintf(url, sizeof url, "%s%%20-csynchronous_commit%%3Doff", world->check.url);
    CHECK_OK(db_open(&options, &weak, &why), &why);
    stmt = prepared(weak, "SELECT current_setting('synchronous_commit')");
    CHECK_OK(stmt_step(stmt, &why), &why);
    CHECK_STR(col_text(stmt, 0), "on");
    stmt_done(stmt);
}

/* Else the server would weaken them under way, by reading its settings again. */
static void strong_commits_stay_strong(void **state)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = prepared(db_in(state), "SELECT setting, source FROM pg_settings"
                                               " WHERE name = 'synchronous_commit'");

    CHECK_OK(stmt_step(stmt, &why), &why);
    CHECK_STR(col_text(stmt, 0), "on");
    CHECK_STR(col_text(stmt, 1), "session");
    stmt_done(stmt);
}

static void nobody_listens(void **state)
{
    struct db        *db      = NULL;
    struct fail       why     = FAIL_OK;
    struct db_options options = {.url       = "postgres://smon:secret@127.0.0.1:1/none",
                                 .is_writer = true};

    (void)state;
    CHECK_FAILS(db_open(&options, &db, &why), FAIL_BUSY, &why);
    assert_null(strstr(why.text, "secret"));
}

static int postgres_tests(void)
{
    static struct world     world   = {.check = {.name = "dbengine", .is_postgres = 1}};
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_lost_connection_is_told),    ON_BOTH(no_two_connections_name_a_statement_alike),
        ON_BOTH(a_lost_connection_is_told),    ON_BOTH(writers_take_turns),
        ON_BOTH(weak_commits_are_made_strong), ON_BOTH(strong_commits_stay_strong),
        cmocka_unit_test(nobody_listens),
    };

    if (!check_has_postgres())
        return 0;
    return cmocka_run_group_tests_name("PostgreSQL", tests, NULL, NULL);
}

int main(void)
{
    int failed = sqlite_tests();

    return failed + postgres_tests();
}
