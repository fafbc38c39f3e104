/* db_engine.h -- what stands behind db.h: what both engines share (db.c) and what each must do.
 *
 * Only db.c and the engines (db_sqlite.c, db_postgres.c and their parts) include this. An engine's
 * connection begins with a `struct db`, its statement with a `struct stmt`. */
#ifndef SMON_WIRE_DB_ENGINE_H
#define SMON_WIRE_DB_ENGINE_H

#include "wire/db.h"

#include "base/fail.h"

struct buf;

enum { DB_MOST_STATEMENTS = 256, DB_POINTER_SLOTS = 512, DB_VERSION_ROOM = 48 };

/* A statement's text as its engine reads it, and its parameters in the order of their numbers. */
struct dialect {
    struct buf *sql;    /* rewritten */
    struct str *params; /* names with their colon, borrowed from the original text */
    int         count;
};
void dialect_release(struct dialect *dialect);

/* Replaces $words, and on PostgreSQL `:name` by `$1`, leaving quoted text and comments alone. `out`
 * names the buffer to write to. FAIL_BUG: an unknown $word, or a `::` cast. */
int dialect_rewrite(enum db_engine engine, const char *sql, struct dialect *out, struct fail *why);

struct stmt {
    struct db   *db;
    char        *text; /* as the store wrote it */
    uint64_t     hash; /* of text */
    uint64_t     used; /* the connection's clock when it was last asked for */
    struct str  *params;
    const char **asked_by; /* per parameter: the pointer it was last asked for by */
    int          param_count;
    int         next_param; /* where the search for a name begins: they are mostly bound in order */
    bool        is_dirty;   /* something was bound or stepped since the last reset */
    bool        is_running; /* stepped, and not at its end */
    int64_t     changes;
    const char *misuse; /* what the caller did wrong, told by the next step; NULL: nothing */
    enum fail_kind misuse_kind;
    const char    *misnamed; /* the parameter it was done with */
};

/* Remembers a wrong value; the step that would have used it fails instead. */
static inline void stmt_misuse(struct stmt *stmt, enum fail_kind kind, const char *what,
                               const char *name)
{
    stmt->misuse      = what;
    stmt->misuse_kind = kind;
    stmt->misnamed    = name;
}

struct db {
    const struct engine *engine;
    bool                 is_writer;
    bool                 is_lost;
    bool                 is_full; /* the disk was, since the last tx_begin */
    bool                 is_closing;
    bool                 is_in_tx;
    bool                 is_stepwise; /* what is sent is waited for */
    bool                 is_spoiled;  /* a statement failed: this transaction cannot commit */
    ms                   deadline;    /* monotonic, or WHEN_UNKNOWN */
    uint64_t             clock;       /* counts db_prepare */
    char                 version[DB_VERSION_ROOM];
    int                  stmt_count;
    struct stmt         *stmts[DB_MOST_STATEMENTS];
    struct db_slot {
        const char  *sql; /* the pointer it was asked by */
        struct stmt *stmt;
    } slots[DB_POINTER_SLOTS];
};

/* Every function that fails sets is_lost on the connection when it is of no more use. */
struct engine {
    enum db_engine kind;
    int (*open)(const struct db_options *options, struct db **out, struct fail *why);
    void (*close)(struct db *db); /* frees it; its statements are gone before */
    int (*run)(struct db *db, const char *sql, struct fail *why);
    struct stmt *(*prepare)(struct db *db, const struct dialect *dialect, struct fail *why);
    void (*finalize)(struct stmt *stmt); /* frees the engine's part and the statement itself */

    /* Parameters count from 0. */
    void (*bind_int)(struct stmt *stmt, int at, int64_t value);
    void (*bind_real)(struct stmt *stmt, int at, double value);
    void (*bind_text)(struct stmt *stmt, int at, struct str value);
    void (*bind_blob)(struct stmt *stmt, int at, struct str value);
    void (*bind_null)(struct stmt *stmt, int at);
    int (*step)(struct stmt *stmt, struct fail *why);
    void (*reset)(struct stmt *stmt); /* lets go of rows, locks and bound values */

    int64_t (*col_int)(struct stmt *stmt, int at);
    double (*col_real)(struct stmt *stmt, int at);
    struct str (*col_text)(struct stmt *stmt, int at);
    struct str (*col_blob)(struct stmt *stmt, int at);
    bool (*col_is_null)(struct stmt *stmt, int at);

    int (*begin)(struct db *db, struct fail *why);
    int (*commit)(struct db *db, struct fail *why);
    void (*rollback)(struct db *db);
    int (*size)(struct db *db, int64_t *out_bytes, struct fail *why);

    /* NULL where there is nothing to do. */
    void (*deadline)(struct db *db); /* db->deadline has changed */
    int (*checkpoint)(struct db *db, int pages, struct fail *why);
    int (*empty_log)(struct db *db, struct fail *why);
    /* As a step to the end, which need not be known yet. `otherwise`: of stmt_send_one, or NULL. */
    int (*send)(struct stmt *stmt, const char *otherwise, struct fail *why);
    int64_t (*last_id)(struct db *db); /* of the row inserted last; NULL: RETURNING gives it */
};

extern const struct engine db_sqlite, db_postgres;

#endif
