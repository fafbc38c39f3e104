/* db.h -- the engine seam: one SQL text, SQLite or PostgreSQL behind it.
 *
 * A `struct db` is one connection and belongs to one thread at a time. Statements are prepared once
 * per connection and kept (found again by their text). Parameters are written `:name` and bound by
 * name; `::` casts are not used (write CAST). Columns are read by position. Integers are 64 bits.
 *
 *     struct stmt *find = db_prepare(db, FIND, why);
 *     if (!find)
 *         return -1;
 *     stmt_int(find, ":account", account);
 *     while ((got = stmt_step(find, why)) == 1)
 *         use(col_int(find, 0));
 *     stmt_done(find);                     always, also after -1: it lets go of rows and locks
 *
 * What differs between the engines stands in one table in db_dialect.c: words that begin with `$`
 * in a migration or a statement ($IDENTITY, $BLOB, ...) are replaced before it is prepared.
 *
 * Failures: FAIL_BUSY try the whole transaction again (locked, serialization, deadlock, connection
 * lost, disk full); FAIL_CLASH a unique key or a check refused; FAIL_LIMIT the time given to
 * db_deadline ran out; FAIL_BUG the statement is wrong; FAIL_MEMORY. */
#ifndef SMON_WIRE_DB_H
#define SMON_WIRE_DB_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stdint.h>

struct fail;
struct db;
struct stmt;

enum db_engine { DB_SQLITE, DB_POSTGRES };

struct db_options {
    const char *url;       /* a file name, or postgres://... or postgresql://... */
    bool        is_writer; /* SQLite: exactly one in the world; others are opened read-only */
    int         cache_kib; /* SQLite page cache; 0: a sensible default (8 MiB writer, 4 reader) */
    ms          connect_within;   /* PostgreSQL; 0: 5 s */
    ms          statement_within; /* PostgreSQL statement_timeout; 0: 30 s */
};

enum db_engine db_engine_of(const char *url);

/* A writer on SQLite sets WAL, synchronous FULL, foreign keys on, and checkpoints itself. On
 * PostgreSQL it refuses fsync=off and sets synchronous_commit=on when it is off. */
int  db_open(const struct db_options *options, struct db **out, struct fail *why);
void db_free(struct db *db);
OWN_PTR_TYPE(db)
enum db_engine db_engine(const struct db *db);
const char    *db_version(const struct db *db); /* "SQLite 3.40.1", "PostgreSQL 15.14" */

/* Several statements without parameters or rows: migrations. $words are replaced. */
int db_run(struct db *db, const char *sql, struct fail *why);

/* The prepared statement for this text, reset and unbound. Owned by the connection. */
struct stmt *db_prepare(struct db *db, const char *sql, struct fail *why);

/* A literal's name is found again by its address, any other one by its text. */
#define stmt_int(stmt, name, value) stmt_bind_int(stmt, name, __builtin_constant_p(name), value)
#define stmt_time(stmt, name, value) stmt_bind_time(stmt, name, __builtin_constant_p(name), value)
#define stmt_real(stmt, name, value) stmt_bind_real(stmt, name, __builtin_constant_p(name), value)
#define stmt_text(stmt, name, value) stmt_bind_text(stmt, name, __builtin_constant_p(name), value)
#define stmt_blob(stmt, name, value) stmt_bind_blob(stmt, name, __builtin_constant_p(name), value)
#define stmt_null(stmt, name) stmt_bind_null(stmt, name, __builtin_constant_p(name))
void stmt_bind_int(struct stmt *stmt, const char *name, bool is_literal, int64_t value);
void stmt_bind_time(struct stmt *stmt, const char *name, bool is_literal,
                    ms value); /* WHEN_UNKNOWN binds NULL */
void stmt_bind_real(struct stmt *stmt, const char *name, bool is_literal, double value);
/* NULL data binds NULL. A NUL byte within a text fails the step with FAIL_INPUT on both engines. */
void stmt_bind_text(struct stmt *stmt, const char *name, bool is_literal, struct str value);
void stmt_bind_blob(struct stmt *stmt, const char *name, bool is_literal,
                    struct str value); /* bytes stay valid until stmt_done */
void stmt_bind_null(struct stmt *stmt, const char *name, bool is_literal);

int stmt_step(struct stmt *stmt, struct fail *why); /* 1 a row, 0 the end, -1 */
int stmt_run(struct stmt *stmt, struct fail *why);  /* to the end, then stmt_done; 0 or -1 */
/* As stmt_run, within a transaction, for a statement whose rows and changes nobody asks for. Where
 * the engine stands at the end of a wire, nobody waits for its answer either: that it failed is
 * then told by a later statement or by the commit (but see db_stepwise). What is sent runs in its
 * order. */
int stmt_send(struct stmt *stmt, struct fail *why);
/* The same, when it must change one row: FAIL_BUSY that says `otherwise`, a literal, if not. */
int stmt_send_one(struct stmt *stmt, const char *otherwise, struct fail *why);
/* An INSERT of one row that ends in $GIVING_ID, then stmt_done. 1: *id is the new row's; 0: ON
 * CONFLICT DO NOTHING did nothing; -1. */
int stmt_insert(struct stmt *stmt, int64_t *id, struct fail *why);
/* The number in the first row's first column, then stmt_done. 1: *out is it; 0: there is no row,
 * and *out is left alone; -1. */
int     stmt_number(struct stmt *stmt, int64_t *out, struct fail *why);
void    stmt_done(struct stmt *stmt);
int64_t stmt_changes(const struct stmt *stmt); /* rows touched by the last run */

int64_t    col_int(struct stmt *stmt, int at);  /* NULL reads as 0 */
ms         col_time(struct stmt *stmt, int at); /* NULL reads as WHEN_UNKNOWN */
double     col_real(struct stmt *stmt, int at);
struct str col_text(struct stmt *stmt, int at); /* borrowed until the next step; NULL: no data */
struct str col_blob(struct stmt *stmt, int at);
bool       col_is_null(struct stmt *stmt, int at);

/* A transaction. Released without commit it is rolled back. A statement that failed spoils it, on
 * both engines: tx_commit then fails. Writers take turns: on SQLite there is one, on PostgreSQL
 * tx_begin takes an advisory lock (FAIL_BUSY when another service keeps it for 2 s), so that a
 * transaction sees everything that was committed before it. */
struct tx {
    struct db *db;
};
#define TX_NONE ((struct tx){NULL})
int  tx_begin(struct tx *tx, struct db *db, struct fail *why); /* for writing: SQLite IMMEDIATE */
int  tx_commit(struct tx *tx, struct fail *why);
void tx_release(struct tx *tx);

/* Statements that still run at this monotonic time end with FAIL_LIMIT; WHEN_UNKNOWN: no bound. */
void db_deadline(struct db *db, ms until);

/* From now on what is sent is waited for, so that who failed is told, or no more. */
void db_stepwise(struct db *db, bool is_stepwise);

/* What an operator does about a damaged SQLite file. */
#define DB_AFTER_DAMAGE                                                                            \
    "Stop smon, move it and its -wal and -shm away (but keep them), put your newest copy in its "  \
    "place or none, start smon, and replay EventBridge's archive since then"

/* True when the connection is of no more use (I/O error, corruption, lost): close and
 * open again. */
bool db_is_lost(const struct db *db);

/* True when a statement since the last tx_begin found the disk full (SQLite). */
bool db_is_full(const struct db *db);

/* SQLite: moves the WAL into the file when it has grown past `pages`; PostgreSQL: nothing. */
int db_checkpoint(struct db *db, int pages, struct fail *why);
/* SQLite: moves all of it that no reader needs, and gives its room back to the disk. */
int db_empty_log(struct db *db, struct fail *why);
/* Bytes in use. SQLite: without pages that are free to be used again. PostgreSQL: of the database,
 * which does not shrink when rows go, but is used again before it grows. */
int db_size(struct db *db, int64_t *out_bytes, struct fail *why);

#endif
