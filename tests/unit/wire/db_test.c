/* The conformance suite of the engine seam: the same cases on SQLite, and on PostgreSQL when
 * SMON_TEST_POSTGRES names one (tests/peers/postgres.py run -- ...). */
#include "db_world.h"

static const char COUNT[] = "SELECT COUNT(*), SUM(whole), AVG(whole) FROM sample";
static const char UPSERT[] =
    "INSERT INTO keyed (account, name, times) VALUES (:account, :name, 1)"
    " ON CONFLICT (account, name) DO UPDATE SET times = keyed.times + excluded.times";
static const char ADD_KEYED[] =
    "INSERT INTO keyed (account, name, times) VALUES (:account, :name, 1)";
static const char ADD_ONCE[] =
    "INSERT INTO keyed (account, name, times) VALUES (:account, :name, 1)"
    " ON CONFLICT (account, name) DO NOTHING RETURNING times";
static const char PAGE[] = "SELECT name FROM keyed WHERE (account, name) > (:account, :name)"
                           " ORDER BY account, name LIMIT :limit";
static const char FOR_EVER[] =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)"
    " SELECT COUNT(*) FROM n";

static void every_type_comes_back_as_it_went(void **state)
{
    static const struct {
        int64_t    whole;
        double     part;
        struct str text;
        struct str bytes;
    } cases[] = {
        {0, 0.0, {"", 0}, {"", 0}},
        {INT64_MAX, 0.1, STR("caf\xc3\xa9 'quoted' \\ :x $y"), STR("\0\1\2\xff\0")},
        {INT64_MIN + 1, -1e300, STR("line\nline"), STR("\\x4142")},
    };
    struct db *db = db_in(state);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail  why  = FAIL_OK;
        int64_t      id   = add(db, cases[i].whole, cases[i].part, cases[i].text, cases[i].bytes);
        struct stmt *find = prepared(db, FIND);

        stmt_int(find, ":id", id);
        assert_int_equal(stmt_step(find, &why), 1);
        assert_true(col_int(find, 0) == cases[i].whole);
        assert_true(col_real(find, 1) == cases[i].part);
        assert_true(str_is(col_text(find, 2), cases[i].text));
        assert_true(str_is(col_blob(find, 3), cases[i].bytes));
        assert_non_null(col_blob(find, 3).data);
        assert_true(col_time(find, 4) == cases[i].whole);
        assert_false(col_is_null(find, 2));
        assert_int_equal(stmt_step(find, &why), 0);
        stmt_done(find);
    }
}

static void nothing_is_null(void **state)
{
    struct db   *db   = db_in(state);
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = prepared(db, ADD);
    int64_t      id;

    stmt_null(stmt, ":whole");
    stmt_text(stmt, ":text", STR_NONE);
    stmt_blob(stmt, ":bytes", STR_NONE);
    stmt_time(stmt, ":at", WHEN_UNKNOWN); /* and :part is not bound at all */
    CHECK_OK(stmt_step(stmt, &why), &why);
    id = col_int(stmt, 0);
    stmt_done(stmt);

    stmt = prepared(db, FIND);
    stmt_int(stmt, ":id", id);
    assert_int_equal(stmt_step(stmt, &why), 1);
    for (int i = 0; i < 5; i++)
        assert_true(col_is_null(stmt, i));
    assert_true(col_int(stmt, 0) == 0 && col_real(stmt, 1) == 0);
    assert_null(col_text(stmt, 2).data);
    assert_null(col_blob(stmt, 3).data);
    assert_true(col_time(stmt, 4) == WHEN_UNKNOWN);
    stmt_done(stmt);
}

static void a_statement_starts_afresh_each_time(void **state)
{
    struct db   *db   = db_in(state);
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = prepared(db, COUNT);
    char         again[sizeof COUNT];

    assert_int_equal(stmt_step(stmt, &why), 1);
    assert_true(col_is_null(stmt, 1));
    stmt_done(stmt);
    for (int i = 1; i <= 4; i++)
        (void)add(db, i, 0, STR("x"), STR("y"));
    memcpy(again, COUNT, sizeof again); /* another address, the same text: the same statement */
    assert_ptr_equal(prepared(db, again), stmt);
    assert_int_equal(stmt_step(stmt, &why), 1);
    assert_int_equal(col_int(stmt, 0), 4);
    assert_int_equal(col_int(stmt, 1), 10);
    assert_true(col_real(stmt, 2) == 2.5);
    assert_ptr_equal(prepared(db, COUNT), stmt); /* not done: it is reset */
    assert_int_equal(stmt_step(stmt, &why), 1);
    stmt_done(stmt);

    (void)snprintf(again, sizeof again, "SELECT 7"); /* the same address, another text */
    stmt = prepared(db, again);
    assert_int_equal(stmt_step(stmt, &why), 1);
    assert_int_equal(col_int(stmt, 0), 7);
    stmt_done(stmt);
}

static void many_statements_push_out_the_oldest(void **state)
{
    struct db  *db  = db_in(state);
    struct fail why = FAIL_OK;

    for (int i = 0; i < 600; i++) {
        char         sql[40];
        struct stmt *stmt;

        (void)snprintf(sql, sizeof sql, "SELECT %d", i % 300);
        stmt = prepared(db, sql);
        assert_int_equal(stmt_step(stmt, &why), 1);
        assert_int_equal(col_int(stmt, 0), i % 300);
        stmt_done(stmt);
    }
}

static void keys_clash_or_give_way(void **state)
{
    struct db   *db  = db_in(state);
    struct fail  why = FAIL_OK;
    struct stmt *stmt;

    for (int i = 1; i <= 3; i++) {
        stmt = prepared(db, UPSERT);
        stmt_int(stmt, ":account", 1);
        stmt_text(stmt, ":name", STR("a"));
        CHECK_OK(stmt_run(stmt, &why), &why);
        assert_int_equal(stmt_changes(stmt), 1);
    }
    stmt = prepared(db, ADD_ONCE);
    stmt_int(stmt, ":account", 1);
    stmt_text(stmt, ":name", STR("a"));
    assert_int_equal(stmt_step(stmt, &why), 0);
    stmt_done(stmt);
    assert_int_equal(stmt_changes(stmt), 0);
    stmt = prepared(db, ADD_KEYED);
    stmt_int(stmt, ":account", 1);
    stmt_text(stmt, ":name", STR("a"));
    CHECK_FAILS(stmt_run(stmt, &why), FAIL_CLASH, &why);
    stmt = prepared(db, "INSERT INTO sample (whole) VALUES (-13)");
    CHECK_FAILS(stmt_run(stmt, &why), FAIL_CLASH, &why);
    stmt = prepared(db, "DELETE FROM keyed WHERE account = :account");
    stmt_int(stmt, ":account", 1);
    CHECK_OK(stmt_run(stmt, &why), &why);
    assert_int_equal(stmt_changes(stmt), 1);
    assert_false(db_is_lost(db));
}

static const char ADD_GIVING[]   = "INSERT INTO sample (id, whole) VALUES (:id, :whole)"
                                   " ON CONFLICT (id) DO NOTHING $GIVING_ID";
static const char ADD_NUMBERED[] = "INSERT INTO sample (whole) VALUES (:whole) $GIVING_ID";

static int inserted(struct db *db, int64_t given, int64_t whole, int64_t *id, struct fail *why)
{
    struct stmt *stmt = prepared(db, given ? ADD_GIVING : ADD_NUMBERED);

    if (given)
        stmt_int(stmt, ":id", given);
    stmt_int(stmt, ":whole", whole);
    return stmt_insert(stmt, id, why);
}

/* What gave way has no id: not the one of the row before, which SQLite would still tell. */
static void an_insert_gives_the_id_of_its_own_row(void **state)
{
    struct db   *db    = db_in(state);
    struct fail  why   = FAIL_OK;
    int64_t      first = 0, second = 0, none = -7;
    struct stmt *stmt;

    assert_int_equal(inserted(db, 0, 10, &first, &why), 1);
    assert_int_equal(inserted(db, first + 41, 11, &second, &why), 1);
    assert_true(first > 0 && second == first + 41);
    assert_int_equal(inserted(db, first, 12, &none, &why), 0);
    assert_int_equal(none, -7);
    CHECK_FAILS(inserted(db, 0, -13, &none, &why), FAIL_CLASH, &why);
    assert_int_equal(none, -7);
    stmt = prepared(db, UPSERT); /* a row elsewhere, without an id */
    stmt_int(stmt, ":account", 1);
    stmt_text(stmt, ":name", STR("a"));
    CHECK_OK(stmt_run(stmt, &why), &why);
    assert_int_equal(inserted(db, second, 12, &none, &why), 0);
    assert_int_equal(none, -7);
    stmt = prepared(db, FIND);
    stmt_int(stmt, ":id", second);
    assert_int_equal(stmt_step(stmt, &why), 1);
    assert_int_equal(col_int(stmt, 0), 11);
    stmt_done(stmt);
    assert_int_equal(count(db), 2);
}

static void pages_go_by_key(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    struct db               *db      = db_in(state);
    struct fail              why     = FAIL_OK;
    struct stmt             *stmt;

    for (size_t i = 0; i < 4; i++) {
        stmt = prepared(db, UPSERT);
        stmt_int(stmt, ":account", 5);
        stmt_text(stmt, ":name", str_of(names[i]));
        CHECK_OK(stmt_run(stmt, &why), &why);
    }
    stmt = prepared(db, PAGE);
    stmt_int(stmt, ":account", 5);
    stmt_text(stmt, ":name", STR("b"));
    stmt_int(stmt, ":limit", 2);
    assert_int_equal(stmt_step(stmt, &why), 1);
    CHECK_STR(col_text(stmt, 0), "c");
    assert_int_equal(stmt_step(stmt, &why), 1);
    CHECK_STR(col_text(stmt, 0), "d");
    assert_int_equal(stmt_step(stmt, &why), 0);
    stmt_done(stmt);
}

static void what_is_not_committed_is_undone(void **state)
{
    struct db  *db  = db_in(state);
    struct fail why = FAIL_OK;

    {
        OWN(tx) tx = TX_NONE;

        CHECK_OK(tx_begin(&tx, db, &why), &why);
        (void)add(db, 1, 0, STR("gone"), STR(""));
        {
            OWN(tx) inner = TX_NONE;

            CHECK_FAILS(tx_begin(&inner, db, &why), FAIL_BUG, &why);
        }
        assert_int_equal(count(db), 1);
    }
    assert_int_equal(count(db), 0);

    OWN(tx) tx = TX_NONE;
    CHECK_OK(tx_begin(&tx, db, &why), &why);
    (void)add(db, 1, 0, STR("kept"), STR(""));
    CHECK_OK(tx_commit(&tx, &why), &why);
    assert_null(tx.db);
    assert_int_equal(count(db), 1);
}

static void a_failed_statement_spoils_its_transaction(void **state)
{
    struct db  *db  = db_in(state);
    struct fail why = FAIL_OK;

    {
        OWN(tx) tx = TX_NONE;

        CHECK_OK(tx_begin(&tx, db, &why), &why);
        (void)add(db, 1, 0, STR("gone"), STR(""));
        CHECK_FAILS(stmt_run(prepared(db, "INSERT INTO sample (whole) VALUES (-13)"), &why),
                    FAIL_CLASH, &why);
        CHECK_FAILS(tx_commit(&tx, &why), FAIL_BUG, &why);
    }
    assert_int_equal(count(db), 0);
    OWN(tx) tx = TX_NONE;
    CHECK_OK(tx_begin(&tx, db, &why), &why);
    CHECK_OK(tx_commit(&tx, &why), &why);
}

static void a_reader_sees_what_is_committed_and_writes_nothing(void **state)
{
    struct db *db      = db_in(state);
    OWN_PTR(db) reader = open_db(*state, false);
    struct fail why    = FAIL_OK;

    {
        OWN(tx) tx = TX_NONE;

        CHECK_OK(tx_begin(&tx, db, &why), &why);
        (void)add(db, 1, 0, STR("x"), STR(""));
        assert_int_equal(count(reader), 0);
        CHECK_OK(tx_commit(&tx, &why), &why);
    }
    assert_int_equal(count(reader), 1);
    CHECK_FAILS(stmt_run(prepared(reader, "DELETE FROM sample"), &why), FAIL_BUG, &why);
    assert_int_equal(count(reader), 1);
}

/* Far more than is gathered for the log, and rows that do not fit a page; some of it undone. */
static void large_transactions_are_seen_whole(void **state)
{
    enum { ROWS = 300, ROUNDS = 4, LARGE = 20000 };
    struct db *db      = db_in(state);
    OWN_PTR(db) reader = open_db(*state, false);
    struct fail why    = FAIL_OK;
    static char x[LARGE];
    int64_t     committed = 0;

    memset(x, 'x', sizeof x);
    for (int round = 0; round < ROUNDS; round++) {
        OWN(tx) tx = TX_NONE;

        CHECK_OK(tx_begin(&tx, db, &why), &why);
        for (size_t i = 0; i < ROWS; i++)
            (void)add(db, round, 0, str_from(x, i * 17), str_from(x, i % 10 ? i : LARGE));
        assert_int_equal(count(reader), committed);
        if (round % 2)
            continue; /* rolled back at the end of its scope */
        CHECK_OK(tx_commit(&tx, &why), &why);
        committed += ROWS;
        assert_int_equal(count(reader), committed);
        CHECK_OK(db_checkpoint(db, 0, &why), &why);
        assert_int_equal(count(reader), committed);
    }
}

static void time_runs_out(void **state)
{
    OWN_PTR(db) reader = open_db(*state, false);
    struct fail why    = FAIL_OK;
    ms          began  = when_monotonic();

    db_deadline(reader, began + 60);
    CHECK_FAILS(stmt_run(prepared(reader, FOR_EVER), &why), FAIL_LIMIT, &why);
    assert_true(when_monotonic() - began < 2000);
    CHECK_FAILS(stmt_run(prepared(reader, "SELECT 1"), &why), FAIL_LIMIT, &why);
    db_deadline(reader, WHEN_UNKNOWN);
    assert_int_equal(count(reader), 0);
    assert_false(db_is_lost(reader));
}

static void mistakes_of_ours_are_named(void **state)
{
    static const char *const wrong[] = {
        "SELECT nothing FROM nowhere",
        "SELECT $NONSENSE",
        "SELECT 1::bigint",
        "SELEC 1",
    };
    struct db   *db  = db_in(state);
    struct fail  why = FAIL_OK;
    struct stmt *stmt;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_null(db_prepare(db, wrong[i], &why));
        if (why.kind != FAIL_BUG)
            fail_msg("%s: %s", wrong[i], why.text);
    }
    stmt = prepared(db, FIND);
    stmt_int(stmt, ":idd", 1);
    CHECK_FAILS(stmt_step(stmt, &why), FAIL_BUG, &why);
    assert_non_null(strstr(why.text, ":idd"));
    stmt_done(stmt);
    stmt = prepared(db, FIND);
    stmt_int(stmt, ":id", 1);
    assert_int_equal(stmt_step(stmt, &why), 0);
    stmt_done(stmt);
    stmt = prepared(db, ADD);
    stmt_text(stmt, ":text", STR("a\0b"));
    CHECK_FAILS(stmt_step(stmt, &why), FAIL_INPUT, &why);
    stmt_done(stmt);
    CHECK_FAILS(db_run(db, "SELECT :x", &why), FAIL_BUG, &why);
    assert_false(db_is_lost(db));
}

static void quoted_text_and_comments_are_left_alone(void **state)
{
    struct db   *db   = db_in(state);
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = prepared(
        db, "SELECT ':a $b''$c', /* $d :e '*/ CAST(:x AS BIGINT) + CAST(:x AS BIGINT) -- :f '\n"
            " AS \"g:h\", CAST(:y AS TEXT)");

    stmt_text(stmt, ":y", STR("why"));
    stmt_int(stmt, ":x", 21);
    assert_int_equal(stmt_step(stmt, &why), 1);
    CHECK_STR(col_text(stmt, 0), ":a $b'$c");
    assert_int_equal(col_int(stmt, 1), 42);
    CHECK_STR(col_text(stmt, 2), "why");
    stmt_done(stmt);
}

static void it_has_a_size_and_a_version(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;
    int64_t       bytes = 0;

    CHECK_OK(db_size(world->db, &bytes, &why), &why);
    assert_true(bytes > 4096);
    assert_int_equal(db_engine(world->db), world->check.is_postgres ? DB_POSTGRES : DB_SQLITE);
    assert_non_null(
        strstr(db_version(world->db), world->check.is_postgres ? "PostgreSQL " : "SQLite 3."));
    CHECK_OK(db_checkpoint(world->db, 0, &why), &why);
}

static int conformance(const char *engine, int is_postgres)
{
    static struct world     world;
    const struct CMUnitTest tests[] = {
        ON_BOTH(every_type_comes_back_as_it_went),
        ON_BOTH(nothing_is_null),
        ON_BOTH(a_statement_starts_afresh_each_time),
        ON_BOTH(many_statements_push_out_the_oldest),
        ON_BOTH(keys_clash_or_give_way),
        ON_BOTH(an_insert_gives_the_id_of_its_own_row),
        ON_BOTH(pages_go_by_key),
        ON_BOTH(what_is_not_committed_is_undone),
        ON_BOTH(a_failed_statement_spoils_its_transaction),
        ON_BOTH(a_reader_sees_what_is_committed_and_writes_nothing),
        ON_BOTH(large_transactions_are_seen_whole),
        ON_BOTH(time_runs_out),
        ON_BOTH(mistakes_of_ours_are_named),
        ON_BOTH(quoted_text_and_comments_are_left_alone),
        ON_BOTH(it_has_a_size_and_a_version),
    };

    world = (struct world){.check = {.name = "db", .is_postgres = is_postgres}};
    return cmocka_run_group_tests_name(engine, tests, NULL, NULL);
}

int main(void)
{
    int failed = conformance("SQLite", 0);

    return check_has_postgres() ? failed + conformance("PostgreSQL", 1) : failed;
}
