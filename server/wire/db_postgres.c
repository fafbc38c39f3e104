#include "wire/db_engine.h"
#include "wire/db_postgres_talk.h"
#include "wire/db_postgres_text.h"

#include <string.h>
#include <sys/random.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/retry.h"

/* Everything travels as text but the bytes we send.
 *
 * Writers of several services take turns by an advisory lock that tx_begin takes: then a
 * transaction sees all that came before it, as on SQLite, and nothing needs to be retried for
 * having met another. Where an engine has no such locks, transactions are serializable and some
 * fail with FAIL_BUSY. */

enum {
    CONNECT_MS   = 5000,
    STATEMENT_MS = 30000,
    LOCK_MS      = 2000,       /* waiting for another service's turn to end */
    IDLE_MS      = 10000,      /* a service that stops in the middle of a transaction loses it */
    TURN_KEY     = 0x736d6f6e, /* of the advisory lock */
    MOST_BOUND   = 64 << 20,
    SQL_ROOM     = 512,
    OID_BYTEA    = 17
};

struct value {
    enum { VALUE_NULL, VALUE_TEXT, VALUE_BYTES } type;
    size_t     at; /* of text, in the statement's buffer */
    struct str bytes;
};

struct postgres_stmt {
    struct stmt   base;
    char          name[40];
    bool          is_known; /* to the server, by this name */
    struct value *values;
    const char  **pointers; /* the values as libpq wants them, filled just before it is called */
    int          *lengths;
    int          *formats;
    struct buf    texts;
    PGresult     *result;
    int           row;
    size_t       *blob_sizes; /* of this row's columns, once decoded */
};

static struct postgres_stmt *own(struct stmt *stmt)
{
    return (struct postgres_stmt *)stmt;
}

static int postgres_run(struct db *db, const char *sql, struct fail *why)
{
    OWN_RESULT result = NULL;

    return postgres_ask(postgres_of(db), sql, &result, why);
}

/* ---- opening ---- */

static void postgres_close(struct db *base)
{
    PQfinish(postgres_of(base)->conn);
    mem_free(base);
}

static void keep_quiet(void *ctx, const PGresult *notice)
{
    (void)ctx; /* libpq would print it */
    (void)notice;
}

static int connect_to(struct postgres *db, const struct db_options *options, struct fail *why)
{
    ms                within = options->connect_within > 0 ? options->connect_within : CONNECT_MS;
    char              seconds[24];
    const char *const names[]  = {"application_name", "connect_timeout",
                                  "keepalives",       "keepalives_idle",
                                  "keepalives_count", "keepalives_interval",
                                  "tcp_user_timeout", "dbname",
                                  "client_encoding",  NULL};
    const char *const values[] = {"smon", seconds, "1",          "10",   "3",
                                  "5",    "20000", options->url, "UTF8", NULL};

    (void)snprintf(seconds, sizeof seconds, "%lld", (long long)((within + 999) / 1000));
    db->conn =
        PQconnectdbParams(names, values, 1); /* what stands before dbname, the URL may change */
    if (!db->conn)
        return fail_set(why, FAIL_MEMORY, "no memory for a connection");
    (void)PQsetNoticeReceiver(db->conn, keep_quiet, NULL);
    if (PQstatus(db->conn) == CONNECTION_OK)
        return 0;
    return fail_set(why, FAIL_BUSY, "%.*s",
                    STR_ARG(postgres_first_line(str_of(PQerrorMessage(db->conn)))));
}

static bool is_value(const PGresult *result, int column, const char *value)
{
    return strcmp(PQgetvalue(result, 0, column), value) == 0;
}

/* A server that answers COMMIT before the data is on disk would make our 200 a lie. A session that
 * has set nothing follows the server when it reads its settings again, so `on` is set, too. */
static int check_durable(struct postgres *db, struct fail *why)
{
    OWN_RESULT result = NULL;

    if (postgres_ask(
            db,
            "SELECT current_setting('fsync', true), current_setting('synchronous_commit', true)",
            &result, why))
        return -1;
    if (is_value(result, 0, "off"))
        return fail_set(why, FAIL_INPUT,
                        "the server runs with fsync=off: what is acknowledged would"
                        " not survive a power cut. Set fsync=on and restart it");
    if (!is_value(result, 1, "off") && !is_value(result, 1, "on"))
        return 0; /* local, remote_write, remote_apply: on disk all the same */
    return postgres_run(&db->base, "SET synchronous_commit=on", why);
}

/* Whether there are advisory locks: the engines that speak PostgreSQL's tongue differ in this. */
static void look_for_turns(struct postgres *db)
{
    struct fail ignored = FAIL_OK;

    db->has_turns = !postgres_run(&db->base, "SELECT pg_try_advisory_xact_lock(0)", &ignored);
}

static int set_up_session(struct postgres *db, struct fail *why)
{
    struct str rest    = str_of(PQparameterStatus(db->conn, "server_version"));
    struct str version = rest;
    char       sql[SQL_ROOM];

    (void)str_cut(&rest, ' ', &version); /* "15.14 (Debian 15.14-0+deb12u1)" */
    (void)snprintf(db->base.version, sizeof db->base.version, "PostgreSQL %.*s", STR_ARG(version));
    (void)snprintf(sql, sizeof sql, /* far shorter than its room */
                   "SET statement_timeout=%lld; SET lock_timeout=%d;"
                   "SET idle_in_transaction_session_timeout=%d; SET bytea_output=hex%s",
                   (long long)db->statement_within, LOCK_MS, IDLE_MS,
                   db->base.is_writer ? "" : "; SET default_transaction_read_only=on");
    if (postgres_run(&db->base, sql, why))
        return -1;
    db->timeout_set = db->statement_within;
    if (!db->base.is_writer)
        return 0;
    look_for_turns(db);
    return check_durable(db, why);
}

static int postgres_open(const struct db_options *options, struct db **out, struct fail *why)
{
    struct postgres *db = mem_new(sizeof *db);

    if (!db)
        return fail_set(why, FAIL_MEMORY, "no memory for a connection");
    db->base.engine      = &db_postgres;
    db->base.is_writer   = options->is_writer;
    db->base.deadline    = WHEN_UNKNOWN;
    db->statement_within = options->statement_within > 0 ? options->statement_within : STATEMENT_MS;
    if (getrandom(&db->mark, sizeof db->mark, 0) != sizeof db->mark)
        db->mark = retry_random(); /* not so sure to be nobody else's, but better than none */
    if (postgres_url_check(str_of(options->url), why) || connect_to(db, options, why)
        || set_up_session(db, why)) {
        postgres_close(&db->base);
        return fail_in(why, "open PostgreSQL"); /* not the URL: it may hold a password */
    }
    *out = &db->base;
    return 0;
}

/* ---- statements ---- */

static void postgres_finalize(struct stmt *stmt)
{
    struct postgres_stmt *self    = own(stmt);
    struct postgres      *db      = postgres_of(stmt->db);
    struct fail           ignored = FAIL_OK;
    char                  sql[sizeof self->name + 16];

    PQclear(self->result);
    (void)snprintf(sql, sizeof sql, "DEALLOCATE %s", self->name); /* fits */
    if (self->is_known && !db->base.is_closing && !db->base.is_lost
        && !db->sent /* how those ended, nobody would hear here */
        && PQtransactionStatus(db->conn) != PQTRANS_INERROR)
        (void)postgres_run(&db->base, sql,
                           &ignored); /* if it stays, it only takes the server's memory */
    mem_free(self->values);
    mem_free(self->pointers);
    mem_free(self->lengths);
    mem_free(self->formats);
    mem_free(self->blob_sizes);
    buf_release(&self->texts);
    mem_free(self);
}

static struct postgres_stmt *new_stmt(struct postgres *db, int params, struct fail *why)
{
    struct postgres_stmt *stmt = mem_new(sizeof *stmt);
    size_t                n    = (size_t)params;

    if (!stmt) {
        (void)fail_set(why, FAIL_MEMORY, "no memory for a statement");
        return NULL;
    }
    stmt->texts    = BUF_UP_TO(MOST_BOUND);
    stmt->values   = mem_array(n, sizeof *stmt->values);
    stmt->pointers = mem_array(n, sizeof *stmt->pointers);
    stmt->lengths  = mem_array(n, sizeof *stmt->lengths);
    stmt->formats  = mem_array(n, sizeof *stmt->formats);
    stmt->base.db  = &db->base;
    (void)snprintf(stmt->name, sizeof stmt->name, "s%016llx_%llu", (unsigned long long)db->mark,
                   (unsigned long long)++db->names); /* 38 characters at most */
    if (stmt->values && stmt->pointers && stmt->lengths && stmt->formats)
        return stmt;
    (void)fail_set(why, FAIL_MEMORY, "no memory for a statement");
    postgres_finalize(&stmt->base);
    return NULL;
}

static struct stmt *postgres_prepare(struct db *base, const struct dialect *dialect,
                                     struct fail *why)
{
    struct postgres      *db     = postgres_of(base);
    struct postgres_stmt *stmt   = new_stmt(db, dialect->count, why);
    OWN_RESULT            result = NULL;

    if (!stmt)
        return NULL;
    if (postgres_settle(db, why)) {
        postgres_finalize(&stmt->base);
        return NULL;
    }
    if (!PQsendPrepare(db->conn, stmt->name, buf_c(dialect->sql), 0, NULL))
        (void)postgres_explain(db, NULL, why);
    else if (!postgres_collect(db, &result, why))
        stmt->is_known = true;
    if (stmt->is_known)
        return &stmt->base;
    postgres_finalize(&stmt->base);
    return NULL;
}

static void postgres_bind_text(struct stmt *stmt, int at, struct str text)
{
    struct postgres_stmt *self = own(stmt);

    self->values[at] = (struct value){VALUE_TEXT, self->texts.size, STR_NONE};
    buf_str(&self->texts, text);
    buf_char(&self->texts, '\0');
}

static void postgres_bind_int(struct stmt *stmt, int at, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)value); /* 20 characters at most */
    postgres_bind_text(stmt, at, str_of(text));
}

static void postgres_bind_real(struct stmt *stmt, int at, double value)
{
    char text[40];

    (void)snprintf(text, sizeof text, "%.17g", value); /* 24 characters at most */
    postgres_bind_text(stmt, at, str_of(text));
}

static void postgres_bind_blob(struct stmt *stmt, int at, struct str value)
{
    own(stmt)->values[at] = (struct value){VALUE_BYTES, 0, value};
}

static void postgres_bind_null(struct stmt *stmt, int at)
{
    own(stmt)->values[at] = (struct value){VALUE_NULL, 0, STR_NONE};
}

/* statement_timeout follows the deadline; it is told to the server only when it differs. */
static int follow_deadline(struct postgres *db, struct fail *why)
{
    ms   wanted = postgres_timeout(db->statement_within, db->base.deadline);
    char sql[64];

    if (wanted == db->timeout_set)
        return 0;
    (void)snprintf(sql, sizeof sql, "SET statement_timeout=%lld", (long long)wanted); /* fits */
    if (postgres_run(&db->base, sql, why))
        return -1;
    db->timeout_set = wanted;
    return 0;
}

static void fill_params(struct postgres_stmt *stmt)
{
    for (int i = 0; i < stmt->base.param_count; i++) {
        const struct value *value = &stmt->values[i];

        stmt->formats[i] = value->type == VALUE_BYTES;
        stmt->lengths[i] = (int)value->bytes.size;
        if (value->type == VALUE_TEXT)
            stmt->pointers[i] = stmt->texts.data + value->at;
        else
            stmt->pointers[i] = value->type == VALUE_BYTES ? value->bytes.data : NULL;
    }
}

static int send_values(struct postgres *db, struct postgres_stmt *stmt, struct fail *why)
{
    fill_params(stmt);
    if (PQsendQueryPrepared(db->conn, stmt->name, stmt->base.param_count, stmt->pointers,
                            stmt->lengths, stmt->formats, 0))
        return 0;
    return postgres_explain(db, NULL, why);
}

static int execute(struct postgres *db, struct postgres_stmt *stmt, struct fail *why)
{
    const char *tag;

    if (buf_check(&stmt->texts, why) || follow_deadline(db, why))
        return -1;
    if (postgres_settle(db, why) || send_values(db, stmt, why))
        return -1;
    if (postgres_collect(db, &stmt->result, why))
        return -1;
    if (!stmt->blob_sizes)
        stmt->blob_sizes = mem_array((size_t)PQnfields(stmt->result), sizeof *stmt->blob_sizes);
    if (!stmt->blob_sizes)
        return fail_set(why, FAIL_MEMORY, "no memory for a row");
    tag                = PQcmdTuples(stmt->result);
    stmt->row          = -1;
    stmt->base.changes = 0;
    if (!str_starts(str_of(PQcmdStatus(stmt->result)), STR("SELECT")))
        (void)str_to_i64(str_of(tag), 0, INT64_MAX,
                         &stmt->base.changes); /* none: nothing changed */
    return 0;
}

static int postgres_send(struct stmt *base, const char *otherwise, struct fail *why)
{
    struct postgres      *db   = postgres_of(base->db);
    struct postgres_stmt *stmt = own(base);

    if (buf_check(&stmt->texts, why) || follow_deadline(db, why)
        || postgres_begin_sending(db, otherwise, why))
        return -1;
    base->changes = 0;
    return send_values(db, stmt, why);
}

static void decode_blobs(struct postgres_stmt *stmt)
{
    for (int column = 0; column < PQnfields(stmt->result); column++)
        if (PQftype(stmt->result, column) == OID_BYTEA)
            stmt->blob_sizes[column] =
                postgres_unhex(PQgetvalue(stmt->result, stmt->row, column),
                               (size_t)PQgetlength(stmt->result, stmt->row, column));
}

static int postgres_step(struct stmt *base, struct fail *why)
{
    struct postgres_stmt *stmt = own(base);

    if (!stmt->result && execute(postgres_of(base->db), stmt, why))
        return -1;
    if (++stmt->row >= PQntuples(stmt->result)) {
        stmt->row = PQntuples(stmt->result) - 1; /* the end stays the end */
        return 0;
    }
    decode_blobs(stmt);
    return 1;
}

static void postgres_reset(struct stmt *stmt)
{
    struct postgres_stmt *self = own(stmt);

    PQclear(self->result);
    self->result = NULL;
    buf_clear(&self->texts);
    for (int i = 0; i < stmt->param_count; i++)
        self->values[i] = (struct value){VALUE_NULL, 0, STR_NONE};
}

static bool postgres_col_is_null(struct stmt *stmt, int at)
{
    return PQgetisnull(own(stmt)->result, own(stmt)->row, at);
}

static struct str postgres_col_text(struct stmt *stmt, int at)
{
    const struct postgres_stmt *self = own(stmt);

    if (postgres_col_is_null(stmt, at))
        return STR_NONE;
    return str_from(PQgetvalue(self->result, self->row, at),
                    (size_t)PQgetlength(self->result, self->row, at));
}

static struct str postgres_col_blob(struct stmt *stmt, int at)
{
    const struct postgres_stmt *self = own(stmt);

    if (postgres_col_is_null(stmt, at) || PQftype(self->result, at) != OID_BYTEA)
        return postgres_col_text(stmt, at);
    return str_from(PQgetvalue(self->result, self->row, at), self->blob_sizes[at]);
}

static double postgres_col_real(struct stmt *stmt, int at)
{
    return postgres_col_is_null(stmt, at)
               ? 0
               : strtod(PQgetvalue(own(stmt)->result, own(stmt)->row, at), NULL);
}

/* Also of a comparison (t or f), and of a sum or a mean with a fraction, as SQLite does. */
static int64_t postgres_col_int(struct stmt *stmt, int at)
{
    struct str text  = postgres_col_text(stmt, at);
    int64_t    value = 0;

    if (str_is(text, STR("t")))
        return 1;
    if (str_to_i64(text, INT64_MIN, INT64_MAX, &value))
        return (int64_t)postgres_col_real(stmt, at);
    return value;
}

/* ---- transactions ---- */

static int postgres_begin(struct db *base, struct fail *why)
{
    struct postgres *db      = postgres_of(base);
    struct fail      ignored = FAIL_OK;
    char             sql[96];

    if (db->has_turns)
        (void)snprintf(sql, sizeof sql, "BEGIN; SELECT pg_advisory_xact_lock(%d)", TURN_KEY);
    else
        (void)snprintf(sql, sizeof sql, "BEGIN ISOLATION LEVEL SERIALIZABLE");
    if (follow_deadline(db, why))
        return -1;
    if (!postgres_run(&db->base, sql, why))
        return 0;
    if (!base->is_lost)
        (void)postgres_run(&db->base, "ROLLBACK",
                           &ignored); /* the first failure is the one to report */
    return -1;
}

/* When the connection breaks here, nobody knows whether it was committed: FAIL_BUSY, and whoever
 * tries again finds what is there already. */
static int postgres_commit(struct db *base, struct fail *why)
{
    OWN_RESULT result = NULL;

    if (postgres_ask(postgres_of(base), "COMMIT", &result, why))
        return -1;
    if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
        return fail_set(why, FAIL_BUSY, "PostgreSQL has undone the transaction");
    return 0;
}

static void postgres_rollback(struct db *base)
{
    struct postgres *db      = postgres_of(base);
    struct fail      ignored = FAIL_OK;

    (void)postgres_settle(db, &ignored);
    db->timeout_set = -1; /* what was set within is undone, too */
    if (base->is_lost || PQtransactionStatus(db->conn) == PQTRANS_IDLE)
        return;
    if (postgres_run(&db->base, "ROLLBACK", &ignored))
        base->is_lost = true;
}

/* ---- the rest ---- */

static int postgres_size(struct db *base, int64_t *out_bytes, struct fail *why)
{
    OWN_RESULT result = NULL;

    if (postgres_ask(postgres_of(base), "SELECT pg_database_size(current_database())", &result,
                     why))
        return -1;
    if (str_to_i64(str_of(PQgetvalue(result, 0, 0)), 0, INT64_MAX, out_bytes))
        return fail_set(why, FAIL_BUG, "PostgreSQL gave no size");
    return 0;
}

const struct engine db_postgres = {
    .kind        = DB_POSTGRES,
    .open        = postgres_open,
    .close       = postgres_close,
    .run         = postgres_run,
    .prepare     = postgres_prepare,
    .finalize    = postgres_finalize,
    .bind_int    = postgres_bind_int,
    .bind_real   = postgres_bind_real,
    .bind_text   = postgres_bind_text,
    .bind_blob   = postgres_bind_blob,
    .bind_null   = postgres_bind_null,
    .step        = postgres_step,
    .send        = postgres_send,
    .reset       = postgres_reset,
    .col_int     = postgres_col_int,
    .col_real    = postgres_col_real,
    .col_text    = postgres_col_text,
    .col_blob    = postgres_col_blob,
    .col_is_null = postgres_col_is_null,
    .begin       = postgres_begin,
    .commit      = postgres_commit,
    .rollback    = postgres_rollback,
    .size        = postgres_size,
};
