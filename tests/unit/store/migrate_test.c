/* Migrations on both engines: from nothing, from the middle, edited, newer, failing, two
 * at once. */
#include "check_db.h"

#include "store/migrate.h"

#include <pthread.h>

static const struct migration first[] = {
    {1, "0001_a", "CREATE TABLE a (id $IDENTITY, text TEXT NOT NULL)"},
    {0, NULL, NULL},
};
static const struct migration both[] = {
    {1, "0001_a", "CREATE TABLE a (id $IDENTITY, text TEXT NOT NULL)"},
    {2, "0002_b", "CREATE TABLE b (id $IDENTITY); INSERT INTO a (text) VALUES ('two')"},
    {0, NULL, NULL},
};
static const struct migration edited[] = {
    {1, "0001_a", "CREATE TABLE a (id $IDENTITY, text TEXT)"},
    {2, "0002_b", "CREATE TABLE b (id $IDENTITY); INSERT INTO a (text) VALUES ('two')"},
    {0, NULL, NULL},
};
static const struct migration breaking[] = {
    {1, "0001_a", "CREATE TABLE a (id $IDENTITY, text TEXT NOT NULL)"},
    {2, "0002_b", "INSERT INTO a (text) VALUES ('half'); INSERT INTO nowhere VALUES (1)"},
    {0, NULL, NULL},
};

static int set_up(void **state)
{
    check_db_make(*state);
    return 0;
}

static int tear_down(void **state)
{
    check_db_remove(*state);
    return 0;
}

static struct db *open_db(void **state)
{
    return check_open(((struct check_db *)*state)->url, true);
}

static int64_t count_of(struct db *db, const char *sql)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = db_prepare(db, sql, &why);
    int64_t      count;

    if (!stmt)
        fail_msg("%s", why.text);
    CHECK_OK(stmt_step(stmt, &why), &why);
    count = col_int(stmt, 0);
    stmt_done(stmt);
    return count;
}

static int version_of(struct db *db)
{
    struct fail why     = FAIL_OK;
    int         version = -1;

    CHECK_OK(migrate_version(db, &version, &why), &why);
    return version;
}

static void what_is_missing_is_applied_once(void **state)
{
    OWN_PTR(db) db  = open_db(state);
    struct fail why = FAIL_OK;
    int         applied;

    assert_int_equal(version_of(db), 0);
    CHECK_OK(migrate_up(db, first, &applied, &why), &why);
    assert_int_equal(applied, 1);
    assert_int_equal(version_of(db), 1);
    CHECK_OK(migrate_up(db, both, &applied, &why), &why);
    assert_int_equal(applied, 1);
    CHECK_OK(migrate_up(db, both, &applied, &why), &why);
    assert_int_equal(applied, 0);
    assert_int_equal(version_of(db), 2);
    assert_int_equal(count_of(db, "SELECT COUNT(*) FROM a"), 1);
}

static void an_edited_migration_is_refused(void **state)
{
    OWN_PTR(db) db  = open_db(state);
    struct fail why = FAIL_OK;
    int         applied;

    CHECK_OK(migrate_up(db, first, &applied, &why), &why);
    CHECK_FAILS(migrate_up(db, edited, &applied, &why), FAIL_INPUT, &why);
    assert_non_null(strstr(why.text, "0001_a"));
    assert_int_equal(version_of(db), 1);
}

static void a_newer_database_is_left_alone(void **state)
{
    OWN_PTR(db) db  = open_db(state);
    struct fail why = FAIL_OK;
    int         applied;

    CHECK_OK(migrate_up(db, both, &applied, &why), &why);
    CHECK_FAILS(migrate_up(db, first, &applied, &why), FAIL_INPUT, &why);
    assert_non_null(strstr(why.text, "schema 2"));
    assert_int_equal(version_of(db), 2);
}

static void half_a_migration_is_none(void **state)
{
    OWN_PTR(db) db  = open_db(state);
    struct fail why = FAIL_OK;
    int         applied;

    CHECK_FAILS(migrate_up(db, breaking, &applied, &why), FAIL_BUG, &why);
    assert_non_null(strstr(why.text, "0002_b"));
    assert_int_equal(version_of(db), 1);
    assert_int_equal(count_of(db, "SELECT COUNT(*) FROM a"), 0);
    CHECK_OK(migrate_up(db, both, &applied, &why), &why);
    assert_int_equal(version_of(db), 2);
}

struct starter {
    struct check_db *check;
    int              applied;
    struct fail      why;
    int              result;
};

static void *start(void *ctx)
{
    struct starter   *starter = ctx;
    struct db        *db      = NULL;
    struct db_options options = {.url = starter->check->url, .is_writer = true};

    starter->result = db_open(&options, &db, &starter->why);
    if (!starter->result)
        starter->result = migrate_up(db, both, &starter->applied, &starter->why);
    db_free(db);
    return NULL;
}

/* On SQLite the store's lock lets only one in; PostgreSQL is where services meet. */
static void two_that_start_at_once_take_turns(void **state)
{
    struct check_db *check     = *state;
    struct starter   all[3]    = {{.check = check}, {.check = check}, {.check = check}};
    pthread_t        thread[3] = {0};
    int              applied   = 0;

    if (!check->is_postgres)
        skip();
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, start, &all[i]), 0);
    for (int i = 0; i < 3; i++) {
        pthread_join(thread[i], NULL);
        CHECK_OK(all[i].result, &all[i].why);
        applied += all[i].applied;
    }
    assert_int_equal(applied, 2);
}

/* The real ones: applied on this engine, in order, and none in the folder forgotten. */
static void the_schema_is_applied(void **state)
{
    OWN_PTR(db) db    = open_db(state);
    struct fail why   = FAIL_OK;
    int         count = 0;
    int         files = 0;
    int         applied;
    DIR        *dir = opendir("schema");

    while (store_migrations[count].version)
        count++;
    for (int i = 0; i < count; i++)
        assert_int_equal(store_migrations[i].version, i + 1);
    assert_non_null(dir);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        files += str_ends(str_of(entry->d_name), STR(".sql"));
    (void)closedir(dir);
    assert_int_equal(count, files);
    CHECK_OK(migrate_up(db, store_migrations, &applied, &why), &why);
    assert_int_equal(applied, count);
    assert_int_equal(count_of(db, "SELECT COUNT(*) FROM event"), 0);
}

static int run(const char *name, struct check_db *check)
{
    const struct CMUnitTest tests[] = {
#define CASE(test) cmocka_unit_test_prestate_setup_teardown(test, set_up, tear_down, check)
        CASE(what_is_missing_is_applied_once),   CASE(an_edited_migration_is_refused),
        CASE(a_newer_database_is_left_alone),    CASE(half_a_migration_is_none),
        CASE(two_that_start_at_once_take_turns), CASE(the_schema_is_applied),
    };

    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    static struct check_db sqlite   = {.name = "migrate"};
    static struct check_db postgres = {.name = "migrate", .is_postgres = 1};
    int                    failed   = run("SQLite", &sqlite);

    return check_has_postgres() ? failed + run("PostgreSQL", &postgres) : failed;
}
