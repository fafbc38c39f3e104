#include "wire/db_engine.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "wire/db_sqlite_log.h"

/* Debian 12's SQLite can lose commits when two connections write or checkpoint at the same time.
 * So exactly one connection does both: readers are opened read-only, never checkpoint, and do not
 * clean up when they close. */

enum {
    WRITER_CACHE_KIB = 8 * 1024, /* each commit may walk it all: larger costs more than it saves */
    READER_CACHE_KIB = 4 * 1024,
    BUSY_MS          = 2000, /* for the short locks of opening and recovering */
    STUBBORN_MS      = 100,  /* how long the writer waits for readers to leave an overgrown log */
    OVERGROWN        = 8,    /* times the wanted pages */
    LOG_KEPT_BYTES   = 64 << 20,
    PROGRESS_STEPS   = 2000, /* of the virtual machine, between two looks at the clock */
    SQL_ROOM         = 512
};

struct sqlite {
    struct db     base;
    sqlite3      *handle;
    sqlite3_stmt *begin, *commit, *rollback;
    int           log_pages;   /* in the log after the last commit */
    int           moved_pages; /* of them, moved into the file */
};

struct sqlite_stmt {
    struct stmt   base;
    sqlite3_stmt *handle;
    bool          is_reading; /* changes nothing */
};

static struct sqlite *sqlite_of(struct db *db)
{
    return (struct sqlite *)db;
}

static sqlite3_stmt *handle_of(struct stmt *stmt)
{
    return ((struct sqlite_stmt *)stmt)->handle;
}

/* ---- memory: each block carries its size before it, because SQLite asks for it ---- */

enum { HEAD = 16 };

static void *block_new(int size)
{
    char *block = mem_raw((size_t)size + HEAD);

    if (!block)
        return NULL;
    memcpy(block, &size, sizeof size);
    return block + HEAD;
}

static void block_free(void *block)
{
    if (block)
        mem_free((char *)block - HEAD);
}

static void *block_grow(void *old, int size)
{
    char *block = mem_grow((char *)old - HEAD, (size_t)size + HEAD, 1);

    if (!block)
        return NULL;
    memcpy(block, &size, sizeof size);
    return block + HEAD;
}

static int block_size(void *block)
{
    int size = 0;

    if (block)
        memcpy(&size, (char *)block - HEAD, sizeof size);
    return size;
}

static int block_round(int size)
{
    return (size + 7) & ~7;
}

static int block_init(void *unused)
{
    (void)unused;
    return SQLITE_OK;
}

static void block_shutdown(void *unused)
{
    (void)unused;
}

static const char *writers_file_system;

static void set_up(void)
{
    static const sqlite3_mem_methods blocks = {block_new,   block_free, block_grow,     block_size,
                                               block_round, block_init, block_shutdown, NULL};

    /* Refused only when SQLite already runs: then it keeps its own memory, which is as good. */
    (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &blocks);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    writers_file_system = sqlite_log_file_system();
}

/* ---- failures ---- */

static enum fail_kind kind_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM: return FAIL_BUSY;
    case SQLITE_CONSTRAINT: return FAIL_CLASH;
    case SQLITE_INTERRUPT: return FAIL_LIMIT;
    case SQLITE_NOMEM: return FAIL_MEMORY;
    case SQLITE_TOOBIG: return FAIL_SIZE;
    default: return FAIL_BUG;
    }
}

static bool is_damage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/* Sets *why from the connection's last error, and whether the connection is still of use. */
static int explain(struct sqlite *db, const char *what, struct fail *why)
{
    int code = sqlite3_extended_errcode(db->handle);

    if (code == SQLITE_IOERR_NOMEM)
        code = SQLITE_NOMEM;
    if ((code & 0xff) == SQLITE_IOERR || is_damage(code))
        db->base.is_lost = true;
    if ((code & 0xff) == SQLITE_FULL)
        db->base.is_full = true;
    if (is_damage(code))
        return fail_set(why, FAIL_BUSY,
                        "%s: the database file %s is damaged (%s). " DB_AFTER_DAMAGE, what,
                        sqlite3_db_filename(db->handle, "main"), sqlite3_errmsg(db->handle));
    if ((code & 0xff) == SQLITE_INTERRUPT)
        return fail_set(why, FAIL_LIMIT, "the time for this query has run out");
    if ((code & 0xff) == SQLITE_READONLY && !db->base.is_writer)
        return fail_set(why, FAIL_BUG, "%s: a reader tried to write", what);
    return fail_set(why, kind_of(code), "%s: %s (SQLite %d)", what, sqlite3_errmsg(db->handle),
                    code);
}

/* ---- opening ---- */

static void sqlite_close(struct db *base)
{
    struct sqlite *db = sqlite_of(base);

    if (!db->handle) {
        mem_free(db);
        return;
    }
    (void)sqlite3_finalize(db->begin);
    (void)sqlite3_finalize(db->commit);
    (void)sqlite3_finalize(db->rollback);
    /* Only a sound writer may move the log into the file as it leaves. */
    if (!db->base.is_writer || db->base.is_lost)
        (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    (void)sqlite3_close(db->handle);
    mem_free(db);
}

static int sqlite_run(struct db *base, const char *sql, struct fail *why)
{
    struct sqlite *db = sqlite_of(base);

    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return explain(db, "run", why);
    return 0;
}

static int note_log(void *ctx, sqlite3 *handle, const char *name, int pages)
{
    struct sqlite *db = ctx;

    (void)handle;
    (void)name;
    if (pages < db->moved_pages)
        db->moved_pages = 0; /* it began again from its first page */
    db->log_pages = pages;
    return SQLITE_OK;
}

/* One value of one row, as text; fails unless it is `expected`. */
static int demand(struct sqlite *db, const char *pragma, const char *expected, struct fail *why)
{
    sqlite3_stmt *stmt = NULL;
    const char   *got  = NULL;
    int           result;

    if (sqlite3_prepare_v2(db->handle, pragma, -1, &stmt, NULL) != SQLITE_OK)
        return explain(db, pragma, why);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        got = (const char *)sqlite3_column_text(stmt, 0);
    if (!got)
        result = explain(db, pragma, why);
    else if (strcmp(got, expected) != 0)
        result =
            fail_set(why, FAIL_INPUT,
                     "%s gave %s instead of %s: what is acknowledged would not be durable here",
                     pragma, got, expected);
    else
        result = 0;
    (void)sqlite3_finalize(stmt);
    return result;
}

/* Empties the log. What a connection before us could not sync lies in it perhaps only in memory;
 * moved into the file and synced there, it is on disk or reported. Idle readers do not hinder. */
static int empty_log(struct sqlite *db, struct fail *why)
{
    int code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    if (code == SQLITE_OK)
        return 0;
    return explain(db, "empty the log", why);
}

static int set_up_writer(struct sqlite *db, struct fail *why)
{
    if (demand(db, "PRAGMA journal_mode=WAL", "wal", why)
        || sqlite_run(&db->base, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0", why)
        || demand(db, "PRAGMA synchronous", "2", why) || empty_log(db, why))
        return -1;
    (void)sqlite3_wal_hook(db->handle, note_log, db);
    return 0;
}

static int set_up_connection(struct sqlite *db, const struct db_options *options, struct fail *why)
{
    int  usual = options->is_writer ? WRITER_CACHE_KIB : READER_CACHE_KIB;
    char sql[SQL_ROOM];

    (void)snprintf(sql, sizeof sql, /* far shorter than its room */
                   "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF;"
                   "PRAGMA cache_size=-%d; PRAGMA journal_size_limit=%d%s",
                   options->cache_kib > 0 ? options->cache_kib : usual, LOG_KEPT_BYTES,
                   options->is_writer ? "" : "; PRAGMA wal_autocheckpoint=0; PRAGMA query_only=ON");
    (void)sqlite3_extended_result_codes(db->handle, 1);
    (void)sqlite3_busy_timeout(db->handle, BUSY_MS);
    if (sqlite_run(&db->base, sql, why))
        return -1;
    return options->is_writer ? set_up_writer(db, why) : 0;
}

static int open_file(struct sqlite *db, const char *path, bool is_writer, struct fail *why)
{
    int flags = is_writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    int code  = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX,
                               is_writer ? writers_file_system : NULL);
    int error;

    if (code == SQLITE_OK)
        return 0;
    if (!db->handle || code == SQLITE_NOMEM)
        return fail_set(why, FAIL_MEMORY, "no memory to open %s", path);
    error = sqlite3_system_errno(db->handle);
    return fail_set(why, error == EMFILE || error == ENFILE ? FAIL_BUSY : FAIL_INPUT,
                    "cannot open the database %s: %s", path,
                    error ? strerror(error) : sqlite3_errmsg(db->handle));
}

static int sqlite_open(const struct db_options *options, struct db **out, struct fail *why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct sqlite        *db;

    (void)pthread_once(&once, set_up);
    db = mem_new(sizeof *db);
    if (!db)
        return fail_set(why, FAIL_MEMORY, "no memory for a connection");
    db->base.engine    = &db_sqlite;
    db->base.is_writer = options->is_writer;
    (void)snprintf(db->base.version, sizeof db->base.version, "SQLite %s", sqlite3_libversion());
    if (open_file(db, options->url, options->is_writer, why)
        || set_up_connection(db, options, why)) {
        sqlite_close(&db->base);
        return fail_in(why, "open the database %s", options->url);
    }
    *out = &db->base;
    return 0;
}

/* ---- statements ---- */

static struct stmt *sqlite_prepare(struct db *base, const struct dialect *dialect, struct fail *why)
{
    struct sqlite      *db   = sqlite_of(base);
    const char         *sql  = buf_c(dialect->sql);
    struct sqlite_stmt *stmt = mem_new(sizeof *stmt);

    if (!stmt) {
        (void)fail_set(why, FAIL_MEMORY, "no memory for a statement");
        return NULL;
    }
    if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle, NULL)
        != SQLITE_OK) {
        (void)explain(db, sql, why);
        if ((sqlite3_errcode(db->handle) & 0xff) == SQLITE_ERROR) /* what is asked never changes */
            (void)fail_set(
                why, FAIL_BUG, "%s is damaged or was changed: %s in %.80s. " DB_AFTER_DAMAGE,
                sqlite3_db_filename(db->handle, "main"), sqlite3_errmsg(db->handle), sql);
        mem_free(stmt);
        return NULL;
    }
    stmt->is_reading = sqlite3_stmt_readonly(stmt->handle);
    return &stmt->base;
}

static void sqlite_finalize(struct stmt *stmt)
{
    (void)sqlite3_finalize(handle_of(stmt));
    mem_free(stmt);
}

/* A value that could not be bound (no memory, too big) must not go on as NULL. */
static void bound(struct stmt *stmt, int code)
{
    if (code == SQLITE_TOOBIG)
        stmt_misuse(stmt, FAIL_SIZE, "too many bytes for", "a parameter");
    else if (code != SQLITE_OK)
        stmt_misuse(stmt, code == SQLITE_NOMEM ? FAIL_MEMORY : FAIL_BUG, "could not bind",
                    "a parameter");
}

static void sqlite_bind_int(struct stmt *stmt, int at, int64_t value)
{
    bound(stmt, sqlite3_bind_int64(handle_of(stmt), at + 1, value));
}

static void sqlite_bind_real(struct stmt *stmt, int at, double value)
{
    bound(stmt, sqlite3_bind_double(handle_of(stmt), at + 1, value));
}

static void sqlite_bind_text(struct stmt *stmt, int at, struct str value)
{
    bound(stmt, sqlite3_bind_text64(handle_of(stmt), at + 1, value.data, value.size, SQLITE_STATIC,
                                    SQLITE_UTF8));
}

static void sqlite_bind_blob(struct stmt *stmt, int at, struct str value)
{
    bound(stmt,
          sqlite3_bind_blob64(handle_of(stmt), at + 1, value.data, value.size, SQLITE_STATIC));
}

static void sqlite_bind_null(struct stmt *stmt, int at)
{
    bound(stmt, sqlite3_bind_null(handle_of(stmt), at + 1));
}

static int sqlite_step(struct stmt *stmt, struct fail *why)
{
    struct sqlite *db   = sqlite_of(stmt->db);
    int            code = sqlite3_step(handle_of(stmt));

    if (code == SQLITE_ROW)
        return 1;
    if (code != SQLITE_DONE)
        return explain(db, "statement", why);
    if (!((struct sqlite_stmt *)stmt)->is_reading)
        stmt->changes = sqlite3_changes64(db->handle);
    return 0;
}

static void sqlite_reset(struct stmt *stmt)
{
    bool was_running = stmt->is_running;

    (void)sqlite3_reset(handle_of(stmt)); /* repeats the error that the step has reported */
    if (was_running && !((struct sqlite_stmt *)stmt)->is_reading)
        stmt->changes = sqlite3_changes64(sqlite_of(stmt->db)->handle);
    (void)sqlite3_clear_bindings(handle_of(stmt));
}

static int64_t sqlite_col_int(struct stmt *stmt, int at)
{
    return sqlite3_column_int64(handle_of(stmt), at);
}

static double sqlite_col_real(struct stmt *stmt, int at)
{
    return sqlite3_column_double(handle_of(stmt), at);
}

static bool sqlite_col_is_null(struct stmt *stmt, int at)
{
    return sqlite3_column_type(handle_of(stmt), at) == SQLITE_NULL;
}

static struct str sqlite_col_text(struct stmt *stmt, int at)
{
    const char *data = (const char *)sqlite3_column_text(handle_of(stmt), at);

    return data ? str_from(data, (size_t)sqlite3_column_bytes(handle_of(stmt), at)) : STR_NONE;
}

static struct str sqlite_col_blob(struct stmt *stmt, int at)
{
    const char *data = sqlite3_column_blob(handle_of(stmt), at);

    if (data)
        return str_from(data, (size_t)sqlite3_column_bytes(handle_of(stmt), at));
    return sqlite_col_is_null(stmt, at) ? STR_NONE
                                        : STR(""); /* SQLite gives no address to no bytes */
}

/* ---- transactions ---- */

/* Prepares *kept at its first use, and runs it. */
static int run_kept(struct sqlite *db, sqlite3_stmt **kept, const char *sql, struct fail *why)
{
    int result = 0;

    if (!*kept
        && sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, kept, NULL)
               != SQLITE_OK)
        return explain(db, sql, why);
    if (sqlite3_step(*kept) != SQLITE_DONE)
        result = explain(db, sql, why);
    (void)sqlite3_reset(*kept);
    return result;
}

static int sqlite_begin(struct db *db, struct fail *why)
{
    return run_kept(sqlite_of(db), &sqlite_of(db)->begin, "BEGIN IMMEDIATE", why);
}

static int sqlite_commit(struct db *db, struct fail *why)
{
    return run_kept(sqlite_of(db), &sqlite_of(db)->commit, "COMMIT", why);
}

static void sqlite_rollback(struct db *base)
{
    struct sqlite *db      = sqlite_of(base);
    struct fail    ignored = FAIL_OK;

    /* Some failures have rolled back already. */
    if (!sqlite3_get_autocommit(db->handle) && run_kept(db, &db->rollback, "ROLLBACK", &ignored))
        db->base.is_lost = true;
}

/* ---- time, log and size ---- */

static int is_late(void *ctx)
{
    const struct db *db = ctx;

    return when_monotonic() >= db->deadline;
}

static void sqlite_deadline(struct db *db)
{
    bool is_bound = db->deadline != WHEN_UNKNOWN;

    sqlite3_progress_handler(sqlite_of(db)->handle, PROGRESS_STEPS, is_bound ? is_late : NULL, db);
}

/* Passive: takes what no reader needs and waits for nobody. A log that readers keep from starting
 * over for long grows without end, so past OVERGROWN times the bound the writer waits a little. */
static int sqlite_checkpoint(struct db *base, int pages, struct fail *why)
{
    struct sqlite *db    = sqlite_of(base);
    int            mode  = SQLITE_CHECKPOINT_PASSIVE;
    int            moved = 0;
    int            code;

    if (!base->is_writer)
        return fail_set(why, FAIL_BUG, "only the writer moves the log");
    if (db->log_pages - db->moved_pages <= pages)
        return 0;
    if (db->log_pages / OVERGROWN > pages) {
        mode = SQLITE_CHECKPOINT_RESTART;
        (void)sqlite3_busy_timeout(db->handle, STUBBORN_MS);
    }
    code = sqlite3_wal_checkpoint_v2(db->handle, NULL, mode, NULL, &moved);
    (void)sqlite3_busy_timeout(db->handle, BUSY_MS);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        return explain(db, "checkpoint", why);
    db->moved_pages = db->log_pages; /* the next try comes after as many new pages, not at once */
    return 0;
}

static int sqlite_empty_log(struct db *base, struct fail *why)
{
    struct sqlite *db = sqlite_of(base);
    int            code;

    if (!base->is_writer)
        return fail_set(why, FAIL_BUG, "only the writer moves the log");
    (void)sqlite3_busy_timeout(db->handle, STUBBORN_MS);
    code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    (void)sqlite3_busy_timeout(db->handle, BUSY_MS);
    if (code == SQLITE_BUSY)
        return 0; /* a reader needs the rest */
    if (code != SQLITE_OK)
        return explain(db, "empty the log", why);
    db->log_pages = db->moved_pages = 0;
    return 0;
}

/* One number that a pragma tells. */
static int ask_number(struct sqlite *db, const char *pragma, int64_t *out, struct fail *why)
{
    sqlite3_stmt *stmt = NULL;
    int           code = sqlite3_prepare_v2(db->handle, pragma, -1, &stmt, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return code == SQLITE_ROW ? 0 : explain(db, pragma, why);
}

/* The file never shrinks: pages that deleted rows left free are used again before it grows. */
static int sqlite_size(struct db *base, int64_t *out_bytes, struct fail *why)
{
    struct sqlite *db = sqlite_of(base);
    int64_t        pages, unused, size;

    if (ask_number(db, "PRAGMA page_count", &pages, why)
        || ask_number(db, "PRAGMA freelist_count", &unused, why)
        || ask_number(db, "PRAGMA page_size", &size, why))
        return -1;
    *out_bytes = (pages - unused) * size;
    return 0;
}

static int64_t sqlite_last_id(struct db *base)
{
    return sqlite3_last_insert_rowid(sqlite_of(base)->handle);
}

const struct engine db_sqlite = {
    .kind        = DB_SQLITE,
    .open        = sqlite_open,
    .close       = sqlite_close,
    .run         = sqlite_run,
    .prepare     = sqlite_prepare,
    .finalize    = sqlite_finalize,
    .bind_int    = sqlite_bind_int,
    .bind_real   = sqlite_bind_real,
    .bind_text   = sqlite_bind_text,
    .bind_blob   = sqlite_bind_blob,
    .bind_null   = sqlite_bind_null,
    .step        = sqlite_step,
    .reset       = sqlite_reset,
    .col_int     = sqlite_col_int,
    .col_real    = sqlite_col_real,
    .col_text    = sqlite_col_text,
    .col_blob    = sqlite_col_blob,
    .col_is_null = sqlite_col_is_null,
    .begin       = sqlite_begin,
    .commit      = sqlite_commit,
    .rollback    = sqlite_rollback,
    .deadline    = sqlite_deadline,
    .checkpoint  = sqlite_checkpoint,
    .empty_log   = sqlite_empty_log,
    .size        = sqlite_size,
    .last_id     = sqlite_last_id,
};
