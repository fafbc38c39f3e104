/* db_world.h -- one database with two tables, made anew for every test of the engine seam. */
#ifndef SMON_TESTS_DB_WORLD_H
#define SMON_TESTS_DB_WORLD_H

#include "check_db.h"

static const char TABLES[] =
    "CREATE TABLE sample (id $IDENTITY, whole BIGINT, part $REAL, text TEXT, bytes $BLOB,"
    " at_ms BIGINT, CHECK (whole <> -13)); -- a comment with :colon and $WORD\n"
    "CREATE TABLE keyed (account BIGINT NOT NULL, name TEXT NOT NULL, times BIGINT NOT NULL,"
    " PRIMARY KEY (account, name)) $WITHOUT_ROWID";
static const char ADD[]  = "INSERT INTO sample (whole, part, text, bytes, at_ms)"
                           " VALUES (:whole, :part, :text, :bytes, :at) RETURNING id";
static const char FIND[] = "SELECT whole, part, text, bytes, at_ms FROM sample WHERE id = :id";

struct world {
    struct check_db check;
    struct db      *db;
};

static inline struct db *open_db(const struct world *world, bool is_writer)
{
    return check_open(world->check.url, is_writer);
}

static inline int set_up(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;

    check_db_make(&world->check);
    world->db = open_db(world, true);
    CHECK_OK(db_run(world->db, TABLES, &why), &why);
    return 0;
}

static inline int tear_down(void **state)
{
    struct world *world = *state;

    db_free(world->db);
    world->db = NULL;
    check_db_remove(&world->check);
    return 0;
}

static inline struct db *db_in(void **state)
{
    return ((struct world *)*state)->db;
}

static inline struct stmt *prepared(struct db *db, const char *sql)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = db_prepare(db, sql, &why);

    if (!stmt)
        fail_msg("%s: %s", sql, why.text);
    return stmt;
}

static inline int64_t add(struct db *db, int64_t whole, double part, struct str text,
                          struct str bytes)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = prepared(db, ADD);
    int64_t      id;

    stmt_int(stmt, ":whole", whole);
    stmt_real(stmt, ":part", part);
    stmt_text(stmt, ":text", text);
    stmt_blob(stmt, ":bytes", bytes);
    stmt_time(stmt, ":at", whole);
    CHECK_OK(stmt_step(stmt, &why), &why);
    id = col_int(stmt, 0);
    stmt_done(stmt);
    assert_int_equal(stmt_changes(stmt), 1);
    return id;
}

static inline int64_t count(struct db *db)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = prepared(db, "SELECT COUNT(*) FROM sample");
    int64_t      rows;

    CHECK_OK(stmt_step(stmt, &why), &why);
    rows = col_int(stmt, 0);
    stmt_done(stmt);
    return rows;
}

/* `world` is the suite's own: SQLite or PostgreSQL. */
#define ON_BOTH(test) cmocka_unit_test_prestate_setup_teardown(test, set_up, tear_down, &world)

#endif
