/* check_db.h -- an empty database for one test: SQLite in a temporary folder, or a schema of its
 * own in the PostgreSQL that SMON_TEST_POSTGRES names (tests/peers/postgres.py run -- ...).
 *
 * A suite that holds for both engines runs once with each:
 *
 *     static struct check_db sqlite = {.name = "words"}, postgres = {.name = "words", .is_postgres
 * = 1}; failed += cmocka_run_group_tests_name("SQLite", tests_with(&sqlite), NULL, NULL); if
 * (check_has_postgres()) failed += ... */
#ifndef SMON_TESTS_CHECK_DB_H
#define SMON_TESTS_CHECK_DB_H

#include "check.h"

#include "wire/db.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

struct check_db {
    const char *name;        /* of the suite: letters */
    int         is_postgres; /* otherwise SQLite */
    char        dir[64];     /* a folder of this test's own, on both engines */
    char        url[512];    /* file or postgres://...: empty of tables */
    int         has_schema;  /* in PostgreSQL, from a test before */
};

/* Whether there is one; says so when there is none. */
static inline int check_has_postgres(void)
{
    if (getenv("SMON_TEST_POSTGRES"))
        return 1;
    print_message("[ SKIPPED  ] PostgreSQL: SMON_TEST_POSTGRES names none\n");
    return 0;
}

static inline struct db *check_open(const char *url, bool is_writer)
{
    struct db              *db      = NULL;
    struct fail             why     = FAIL_OK;
    const struct db_options options = {.url = url, .is_writer = is_writer};

    CHECK_OK(db_open(&options, &db, &why), &why);
    return db;
}

/* A connection to the PostgreSQL that empties this suite's schema. */
static inline void check_empty_schema(const struct check_db *check)
{
    OWN_PTR(db) db  = check_open(getenv("SMON_TEST_POSTGRES"), true);
    struct fail why = FAIL_OK;
    char        sql[200];

    (void)snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS test_%s CASCADE; CREATE SCHEMA test_%s",
                   check->name, check->name);
    CHECK_OK(db_run(db, sql, &why), &why);
}

/* The folder, and the URL. */
static inline void check_db_name(struct check_db *check)
{
    const char *server = getenv("SMON_TEST_POSTGRES");

    (void)snprintf(check->dir, sizeof check->dir, "/tmp/smon-%s-XXXXXX", check->name);
    assert_non_null(mkdtemp(check->dir));
    if (check->is_postgres)
        (void)snprintf(check->url, sizeof check->url, "%s%coptions=-csearch_path%%3Dtest_%s",
                       server, strchr(server, '?') ? '&' : '?', check->name);
    else
        (void)snprintf(check->url, sizeof check->url, "%s/smon.db", check->dir);
}

static inline void check_db_make(struct check_db *check)
{
    check_db_name(check);
    if (check->is_postgres)
        check_empty_schema(check);
}

/* Deletes all rows but those that tell of the migrations. What refers to a table was made after it.
 */
static inline void check_empty_tables(const struct check_db *check)
{
    static const char delete[] =
        "DO 'DECLARE one text; BEGIN"
        " FOR one IN SELECT relname FROM pg_class WHERE relkind = ''r'' AND relname <>"
        " ''schema_version'' AND relnamespace = to_regnamespace(current_schema()) ORDER BY oid DESC"
        " LOOP EXECUTE format(''DELETE FROM %I'', one); END LOOP;"
        " FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()"
        " LOOP EXECUTE format(''ALTER SEQUENCE %I RESTART'', one); END LOOP; END'";
    OWN_PTR(db) db  = check_open(check->url, true);
    struct fail why = FAIL_OK;

    CHECK_OK(db_run(db, delete, &why), &why);
}

/* For a suite whose tests all begin with smon's own tables, which the first of them makes, and
 * leave their shape alone: on PostgreSQL making them takes a quarter of a second, emptying them
 * little. */
static inline void check_db_make_again(struct check_db *check)
{
    if (!check->has_schema) {
        check_db_make(check);
        check->has_schema = check->is_postgres;
        return;
    }
    check_db_name(check);
    check_empty_tables(check);
}

static inline void check_db_remove(struct check_db *check)
{
    DIR           *dir = opendir(check->dir);
    struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char path[400];

        (void)snprintf(path, sizeof path, "%s/%s", check->dir, entry->d_name);
        if (entry->d_name[0] != '.')
            (void)unlink(path);
    }
    (void)closedir(dir);
    assert_int_equal(rmdir(check->dir), 0);
}

#endif
