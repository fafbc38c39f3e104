#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "store/migrate.h"
#include "wire/db.h"

#define LOCK_NAME "lock"
#define FILE_NAME "smon.db"

enum {
    MOST_PATH    = 4096,
    PID_ROOM     = 24,
    MIGRATION_MS = 2 * MS_HOUR, /* an index over many rows takes its time */
    CHECK_MS     = 10 * MS_SECOND,
    TOLD_BYTES   = 100 /* of a finding: what to do about it must fit, too */
};

struct store {
    char      *data_dir;
    char      *url;
    int        cache_kib;
    int        lock; /* -1: not held */
    dev_t      device;
    ino_t      file; /* on that device, SQLite's */
    struct db *writer;
    int        schema_version;
    int        migrated;
};

static int cannot(const char *what, const char *path, struct fail *why)
{
    int error = errno;

    return fail_set(why,
                    error == EMFILE || error == ENFILE || error == ENOSPC ? FAIL_BUSY : FAIL_INPUT,
                    "cannot %s %s: %s", what, path, strerror(error));
}

/* A name in a directory is on disk only when the directory is. */
static int sync_dir(const char *path, struct fail *why)
{
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result;

    if (dir < 0)
        return cannot("open", path, why);
    result = fsync(dir) ? cannot("sync", path, why) : 0;
    (void)close(dir); /* nothing was written through it */
    return result;
}

static int sync_parent(const char *path, struct fail *why)
{
    char *copy = mem_copy(path, strlen(path));
    char *slash;
    int   result;

    if (!copy)
        return fail_set(why, FAIL_MEMORY, "no memory for a path");
    for (size_t end = strlen(copy); end > 1 && copy[end - 1] == '/'; end--)
        copy[end - 1] = '\0';
    slash = strrchr(copy, '/');
    if (slash)
        slash[slash == copy] = '\0';
    result = sync_dir(slash ? copy : ".", why);
    mem_free(copy);
    return result;
}

static int make_dir(const char *path, struct fail *why)
{
    struct stat info;

    if (mkdir(path, 0700) == 0)
        return sync_parent(path, why);
    if (errno != EEXIST)
        return cannot("make the directory", path, why);
    if (stat(path, &info))
        return cannot("look at", path, why);
    if (!S_ISDIR(info.st_mode))
        return fail_set(why, FAIL_INPUT, "%s is not a directory", path);
    return 0;
}

static int join(const char *dir, const char *name, char **out, struct fail *why)
{
    OWN(buf) path = BUF_UP_TO(MOST_PATH);

    buf_format(&path, "%s/%s", dir, name);
    (void)buf_c(&path);
    if (buf_check(&path, why))
        return -1;
    *out = buf_take(&path).data;
    return 0;
}

static int refuse_second(struct store *store, struct fail *why)
{
    char       text[PID_ROOM] = "";
    ssize_t    size           = pread(store->lock, text, sizeof text - 1, 0);
    struct str pid            = str_trim(str_from(text, size > 0 ? (size_t)size : 0));

    if (!pid.size)
        pid = STR("unknown");
    return fail_set(why, FAIL_CLASH, "%s is in use by another smon (process %.*s)", store->data_dir,
                    STR_ARG(pid));
}

static int write_pid(struct store *store, const char *path, struct fail *why)
{
    char text[PID_ROOM];
    int  size = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    if (ftruncate(store->lock, 0) || pwrite(store->lock, text, (size_t)size, 0) != size)
        return cannot("write", path, why);
    return 0;
}

/* The lock is the flock, which dies with the process; the number in the file is for the reader. */
static int take_lock(struct store *store, struct fail *why)
{
    char *path = NULL;
    int   result;

    if (join(store->data_dir, LOCK_NAME, &path, why))
        return -1;
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock < 0)
        result = cannot("open", path, why);
    else if (flock(store->lock, LOCK_EX | LOCK_NB) == 0)
        result = write_pid(store, path, why);
    else if (errno == EWOULDBLOCK)
        result = refuse_second(store, why);
    else
        result = cannot("lock", path, why);
    mem_free(path);
    return result;
}

/* SQLite would make the file readable for all; its log and index take after it. */
static int make_file(const struct store *store, struct fail *why)
{
    int file = open(store->url, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (file < 0)
        return errno == EEXIST ? 0 : cannot("make", store->url, why);
    (void)close(file); /* empty */
    return sync_dir(store->data_dir, why);
}

static int choose_url(struct store *store, const char *url, struct fail *why)
{
    if (!url || !*url)
        return join(store->data_dir, FILE_NAME, &store->url, why) || make_file(store, why) ? -1 : 0;
    if (db_engine_of(url) != DB_POSTGRES)
        return fail_set(why, FAIL_INPUT, "the store's URL must begin with postgres://");
    store->url = mem_copy(url, strlen(url));
    return store->url ? 0 : fail_set(why, FAIL_MEMORY, "no memory for the store's URL");
}

static int open_writer(const struct store *store, ms statement_within, struct db **out,
                       struct fail *why)
{
    const struct db_options options = {.url              = store->url,
                                       .is_writer        = true,
                                       .cache_kib        = store->cache_kib,
                                       .statement_within = statement_within};

    return db_open(&options, out, why);
}

static const char CHECK[] = "PRAGMA quick_check(1)";

/* A look for damage after something went wrong. It may take long on a big file; what it has not
 * found within CHECK_MS, a later read will. */
static int check_file(struct db *db, struct fail *why)
{
    struct stmt *stmt;
    int          got = -1;

    db_deadline(db, when_monotonic() + CHECK_MS);
    stmt = db_prepare(db, CHECK, why);
    if (stmt) {
        got = stmt_step(stmt, why);
        if (got == 1 && !str_is(col_text(stmt, 0), STR("ok")))
            got = fail_set(why, FAIL_BUSY, "the database is damaged (%.*s). " DB_AFTER_DAMAGE,
                           STR_ARG(str_head(col_text(stmt, 0), TOLD_BYTES)));
        else if (got < 0 && why->kind == FAIL_LIMIT)
            got = 0;
        stmt_done(stmt);
    }
    db_deadline(db, WHEN_UNKNOWN);
    return got < 0 ? -1 : 0;
}

/* What cannot be migrated may be damaged: then that is the reason to give. A connection that is
 * lost has told it already. */
static int explain(struct store *store, struct fail *why)
{
    struct fail damage = FAIL_OK;

    if (db_engine(store->writer) == DB_SQLITE && !db_is_lost(store->writer)
        && check_file(store->writer, &damage))
        *why = damage;
    return db_engine(store->writer) == DB_SQLITE ? fail_in(why, "%s", store->url) : -1;
}

static int migrate(struct store *store, struct fail *why)
{
    if (open_writer(store, MIGRATION_MS, &store->writer, why))
        return -1;
    if (migrate_up(store->writer, store_migrations, &store->migrated, why)
        || migrate_version(store->writer, &store->schema_version, why))
        return explain(store, why);
    if (db_engine(store->writer) == DB_SQLITE) /* no statement timeout to take back */
        return 0;
    db_free(TAKE(store->writer));
    return open_writer(store, 0, &store->writer, why);
}

static bool is_a_file(const struct store *store)
{
    return db_engine_of(store->url) == DB_SQLITE;
}

static int note_place(struct store *store, struct fail *why)
{
    struct stat found;

    if (!is_a_file(store))
        return 0;
    if (stat(store->url, &found))
        return cannot("look at", store->url, why);
    store->device = found.st_dev;
    store->file   = found.st_ino;
    return 0;
}

int store_check_place(const struct store *store, struct fail *why)
{
    struct stat found;

    if (!is_a_file(store)
        || (stat(store->url, &found) == 0 && found.st_dev == store->device
            && found.st_ino == store->file))
        return 0;
    return fail_set(why, FAIL_BUSY,
                    "the database file %s was removed or replaced under way: put it back, or stop"
                    " smon and start it again on what is there",
                    store->url);
}

int store_open(const struct store_options *options, struct store **out, struct fail *why)
{
    OWN_PTR(store) store = mem_new(sizeof *store);

    if (!store)
        return fail_set(why, FAIL_MEMORY, "no memory for the store");
    store->lock      = -1;
    store->cache_kib = options->cache_kib;
    store->data_dir  = mem_copy(options->data_dir, strlen(options->data_dir));
    if (!store->data_dir)
        return fail_set(why, FAIL_MEMORY, "no memory for the store");
    if (make_dir(store->data_dir, why) || take_lock(store, why)
        || choose_url(store, options->url, why) || migrate(store, why) || note_place(store, why))
        return -1;
    *out = TAKE(store);
    return 0;
}

void store_free(struct store *store)
{
    if (!store)
        return;
    db_free(store->writer);
    if (store->lock >= 0)
        (void)close(store->lock); /* lets the lock go; the file stays for the next one */
    mem_free(store->url);
    mem_free(store->data_dir);
    mem_free(store);
}

const char *store_data_dir(const struct store *store)
{
    return store->data_dir;
}

const char *store_url(const struct store *store)
{
    return store->url;
}

int store_schema_version(const struct store *store)
{
    return store->schema_version;
}

int store_migrated(const struct store *store)
{
    return store->migrated;
}

int store_reader(struct store *store, struct db **out, struct fail *why)
{
    const struct db_options options = {.url = store->url};

    return db_open(&options, out, why);
}

struct db *store_writer_db(struct store *store)
{
    return store->writer;
}

int store_reopen(struct store *store, struct fail *why)
{
    OWN_PTR(db) fresh = NULL;

    /* The lost connection stays until there is a new one, so that there is always one to ask. */
    if (store_check_place(store, why) || open_writer(store, 0, &fresh, why)
        || (db_engine(fresh) == DB_SQLITE && check_file(fresh, why)))
        return fail_in(why, "open the store again");
    db_free(store->writer);
    store->writer = TAKE(fresh);
    return 0;
}
