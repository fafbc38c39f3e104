#include "check_db.h"

#include "store/migrate.h"
#include "store/store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const char NEWER[] = "INSERT INTO schema_version (version, name, checksum, applied_ms)"
                            " VALUES (9999, '9999_future', 1, 1)";
static const char BEAT[]  = "INSERT INTO counter (name, value) VALUES ('beat', 1)"
                            " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1";
static const char READ[]  = "SELECT COALESCE(SUM(value), 0) FROM counter WHERE name = 'beat'";

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

static struct store_options options_of(const struct check_db *check)
{
    return (struct store_options){check->dir, check->is_postgres ? check->url : NULL, 0};
}

static struct store *open_store(const struct check_db *check)
{
    struct store_options options = options_of(check);
    struct store        *store   = NULL;
    struct fail          why     = FAIL_OK;

    CHECK_OK(store_open(&options, &store, &why), &why);
    return store;
}

static void beat(struct store *store)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = db_prepare(store_writer_db(store), BEAT, &why);

    assert_non_null(stmt);
    CHECK_OK(stmt_run(stmt, &why), &why);
}

static int64_t beats(struct store *store)
{
    OWN_PTR(db) reader = NULL;
    struct fail  why   = FAIL_OK;
    struct stmt *stmt;
    int64_t      count;

    CHECK_OK(store_reader(store, &reader, &why), &why);
    stmt = db_prepare(reader, READ, &why);
    assert_non_null(stmt);
    CHECK_OK(stmt_step(stmt, &why), &why);
    count = col_int(stmt, 0);
    stmt_done(stmt);
    return count;
}

static void it_opens_migrates_and_keeps(void **state)
{
    const struct check_db *check = *state;

    {
        OWN_PTR(store) store = open_store(check);

        assert_true(store_migrated(store) > 0);
        assert_int_equal(store_migrated(store), store_schema_version(store));
        assert_string_equal(store_data_dir(store), check->dir);
        beat(store);
        assert_int_equal(beats(store), 1);
    }
    OWN_PTR(store) again = open_store(check);
    assert_int_equal(store_migrated(again), 0);
    assert_int_equal(beats(again), 1);
}

static void a_second_one_is_refused_with_the_pid(void **state)
{
    const struct check_db *check   = *state;
    struct store_options   options = options_of(check);
    struct store          *second  = NULL;
    struct fail            why     = FAIL_OK;
    char                   pid[24];

    {
        OWN_PTR(store) store = open_store(check);

        assert_non_null(store);
        CHECK_FAILS(store_open(&options, &second, &why), FAIL_CLASH, &why);
        (void)snprintf(pid, sizeof pid, "process %ld)", (long)getpid());
        assert_non_null(strstr(why.text, pid));
    }
    OWN_PTR(store) free_again = open_store(check);
    assert_non_null(free_again);
}

/* The lock dies with the process; what it had committed is there, what it had not is gone. */
static void a_killed_one_leaves_nothing_behind(void **state)
{
    const struct check_db *check = *state;
    pid_t                  child = fork();
    int                    status;

    if (child == 0) {
        struct store *store = open_store(check);
        struct tx     tx    = TX_NONE;
        struct fail   why   = FAIL_OK;

        beat(store);
        if (!tx_begin(&tx, store_writer_db(store), &why))
            beat(store);
        (void)raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    OWN_PTR(store) store = open_store(check);
    assert_int_equal(beats(store), 1);
}

static void it_can_be_opened_again_under_way(void **state)
{
    OWN_PTR(store) store = open_store(*state);
    struct fail why      = FAIL_OK;

    beat(store);
    CHECK_OK(store_reopen(store, &why), &why);
    beat(store);
    assert_int_equal(beats(store), 2);
    assert_false(db_is_lost(store_writer_db(store)));
}

/* A write that fails with anything but a full disk: nothing more happens on that connection. */
static void an_io_error_ends_the_connection_not_the_store(void **state)
{
    const struct check_db *check = *state;
    struct fail            why   = FAIL_OK;
    struct rlimit          usual;
    struct rlimit          none;

    if (check->is_postgres)
        skip();
    OWN_PTR(store) store = open_store(check);
    beat(store);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    none = (struct rlimit){0, usual.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    {
        struct stmt *stmt   = db_prepare(store_writer_db(store), BEAT, &why);
        int          result = stmt_run(stmt, &why);

        assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
        CHECK_FAILS(result, FAIL_BUSY, &why);
    }
    assert_true(db_is_lost(store_writer_db(store)));
    assert_null(db_prepare(store_writer_db(store), BEAT, &why));
    assert_int_equal(beats(store), 1);
    CHECK_OK(store_reopen(store, &why), &why);
    beat(store);
    assert_int_equal(beats(store), 2);
}

/* Its own descriptors would go on working: what is committed then is in no file that has a name. */
static void a_file_that_is_gone_takes_nothing_until_it_is_back(void **state)
{
    const struct check_db *check = *state;
    char                   elsewhere[120];
    struct fail            why = FAIL_OK;

    if (check->is_postgres)
        skip();
    OWN_PTR(store) store = open_store(check);
    CHECK_OK(store_check_place(store, &why), &why);
    (void)snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", check->dir);
    assert_int_equal(rename(store_url(store), elsewhere), 0);
    CHECK_FAILS(store_check_place(store, &why), FAIL_BUSY, &why);
    CHECK_FAILS(store_reopen(store, &why), FAIL_BUSY, &why);
    assert_int_equal(access(store_url(store), F_OK), -1); /* no empty one was made in its place */
    assert_int_equal(close(open(store_url(store), O_CREAT | O_WRONLY, 0600)), 0);
    CHECK_FAILS(store_check_place(store, &why), FAIL_BUSY, &why);
    assert_int_equal(rename(elsewhere, store_url(store)), 0);
    CHECK_OK(store_check_place(store, &why), &why);
    CHECK_OK(store_reopen(store, &why), &why);
    beat(store);
    assert_int_equal(beats(store), 1);
}

static void its_folder_is_private(void **state)
{
    const struct check_db *check = *state;
    char                   dir[100];
    char                   file[120];
    struct store_options   options = {dir, NULL, 0};
    struct fail            why     = FAIL_OK;
    struct stat            info;

    (void)snprintf(dir, sizeof dir, "%s/deeper/", check->dir);
    {
        OWN_PTR(store) store = NULL;

        CHECK_OK(store_open(&options, &store, &why), &why);
        beat(store);
    }
    assert_int_equal(stat(dir, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    static const char *const files[] = {"smon.db", "lock"};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(file, sizeof file, "%s%s", dir, files[i]);
        assert_int_equal(stat(file, &info), 0);
        assert_int_equal(info.st_mode & 0077, 0);
        (void)unlink(file);
    }
    assert_int_equal(rmdir(dir), 0);
}

static void wrong_places_are_refused(void **state)
{
    const struct check_db *check = *state;
    static const struct {
        const char *dir;
        const char *url;
        const char *said;
    } cases[] = {
        {"/nowhere/at/all", NULL, "No such file"},
        {"/dev/null", NULL, "not a directory"},
        {NULL, "mysql://elsewhere", "postgres://"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct store_options options = {cases[i].dir ? cases[i].dir : check->dir, cases[i].url, 0};
        struct store        *store   = NULL;
        struct fail          why     = FAIL_OK;

        CHECK_FAILS(store_open(&options, &store, &why), FAIL_INPUT, &why);
        if (!strstr(why.text, cases[i].said))
            fail_msg("%s", why.text);
    }
}

static struct buf contents(const struct check_db *check)
{
    return check_file(check->url);
}

static void a_newer_schema_is_refused_untouched(void **state)
{
    const struct check_db *check   = *state;
    struct store_options   options = options_of(check);
    struct store          *store   = NULL;
    struct fail            why     = FAIL_OK;

    {
        OWN_PTR(store) older = open_store(check);

        CHECK_OK(db_run(store_writer_db(older), NEWER, &why), &why);
    }
    if (check->is_postgres) {
        CHECK_FAILS(store_open(&options, &store, &why), FAIL_INPUT, &why);
        return;
    }
    OWN(buf) before = contents(check);
    CHECK_FAILS(store_open(&options, &store, &why), FAIL_INPUT, &why);
    assert_non_null(strstr(why.text, "9999"));
    OWN(buf) after = contents(check);
    assert_true(str_is(buf_view(&before), buf_view(&after)));
}

static int run(const char *name, struct check_db *check)
{
    const struct CMUnitTest tests[] = {
#define CASE(test) cmocka_unit_test_prestate_setup_teardown(test, set_up, tear_down, check)
        CASE(it_opens_migrates_and_keeps),
        CASE(a_second_one_is_refused_with_the_pid),
        CASE(a_killed_one_leaves_nothing_behind),
        CASE(it_can_be_opened_again_under_way),
        CASE(an_io_error_ends_the_connection_not_the_store),
        CASE(a_file_that_is_gone_takes_nothing_until_it_is_back),
        CASE(its_folder_is_private),
        CASE(wrong_places_are_refused),
        CASE(a_newer_schema_is_refused_untouched),
    };

    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    static struct check_db sqlite   = {.name = "store"};
    static struct check_db postgres = {.name = "store", .is_postgres = 1};
    int                    failed   = run("SQLite", &sqlite);

    return check_has_postgres() ? failed + run("PostgreSQL", &postgres) : failed;
}
