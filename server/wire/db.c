#include "wire/db.h"

#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "wire/db_engine.h"

enum { MOST_SQL_BYTES = 1 << 20, POINTER_SHIFT = 4 };

static const struct engine *const engines[] = {
    [DB_SQLITE] = &db_sqlite, [DB_POSTGRES] = &db_postgres};

int db_open(const struct db_options *options, struct db **out, struct fail *why)
{
    const struct engine *engine = engines[db_engine_of(options->url)];
    struct db           *db     = NULL;

    if (engine->open(options, &db, why))
        return -1;
    db->deadline = WHEN_UNKNOWN;
    *out         = db;
    return 0;
}

static void stmt_free(struct stmt *stmt)
{
    char        *text     = stmt->text;
    struct str  *params   = stmt->params;
    const char **asked_by = stmt->asked_by;

    stmt->db->engine->finalize(stmt);
    mem_free(text);
    mem_free(params);
    mem_free((void *)asked_by);
}

void db_free(struct db *db)
{
    if (!db)
        return;
    db->is_closing = true;
    for (int i = 0; i < db->stmt_count; i++)
        stmt_free(db->stmts[i]);
    db->engine->close(db);
}

enum db_engine db_engine(const struct db *db)
{
    return db->engine->kind;
}

const char *db_version(const struct db *db)
{
    return db->version;
}

bool db_is_lost(const struct db *db)
{
    return db->is_lost;
}

bool db_is_full(const struct db *db)
{
    return db->is_full;
}

/* After an I/O error nothing is tried again on the same connection: the system may have dropped
 * what it could not write and report success the next time. */
static int check_alive(const struct db *db, struct fail *why)
{
    if (!db->is_lost)
        return 0;
    return fail_set(why, FAIL_BUSY, "the database connection is lost and must be opened again");
}

int db_run(struct db *db, const char *sql, struct fail *why)
{
    OWN(buf) text          = BUF_UP_TO(MOST_SQL_BYTES);
    OWN(dialect) rewritten = {&text, NULL, 0};

    if (check_alive(db, why) || dialect_rewrite(db->engine->kind, sql, &rewritten, why))
        return -1;
    if (rewritten.count)
        return fail_set(why, FAIL_BUG, "db_run takes no parameters");
    if (!db->engine->run(db, buf_c(&text), why))
        return 0;
    db->is_spoiled = true;
    return -1;
}

void db_deadline(struct db *db, ms until)
{
    db->deadline = until;
    if (db->engine->deadline)
        db->engine->deadline(db);
}

void db_stepwise(struct db *db, bool is_stepwise)
{
    db->is_stepwise = is_stepwise;
}

int db_checkpoint(struct db *db, int pages, struct fail *why)
{
    if (check_alive(db, why))
        return -1;
    return db->engine->checkpoint ? db->engine->checkpoint(db, pages, why) : 0;
}

int db_empty_log(struct db *db, struct fail *why)
{
    if (check_alive(db, why))
        return -1;
    return db->engine->empty_log ? db->engine->empty_log(db, why) : 0;
}

int db_size(struct db *db, int64_t *out_bytes, struct fail *why)
{
    return check_alive(db, why) ? -1 : db->engine->size(db, out_bytes, why);
}

/* ---- the statements of a connection ---- */

/* The store's texts are constants, so the pointer finds the statement at once; the content is
 * compared all the same, because nothing forbids a text in a buffer that is used again. */
static struct db_slot *slot_of(struct db *db, const char *sql)
{
    return &db->slots[((uintptr_t)sql >> POINTER_SHIFT) % DB_POINTER_SLOTS];
}

static struct stmt *find(struct db *db, const char *sql, uint64_t hash)
{
    for (int i = 0; i < db->stmt_count; i++)
        if (db->stmts[i]->hash == hash && strcmp(db->stmts[i]->text, sql) == 0)
            return db->stmts[i];
    return NULL;
}

/* Where the next statement goes: a free place, or that of the one idle for longest. */
static int make_place(struct db *db)
{
    int oldest = 0;

    if (db->stmt_count < DB_MOST_STATEMENTS)
        return db->stmt_count++;
    for (int i = 1; i < db->stmt_count; i++)
        if (!db->stmts[i]->is_running
            && (db->stmts[oldest]->is_running || db->stmts[i]->used < db->stmts[oldest]->used))
            oldest = i;
    for (size_t i = 0; i < DB_POINTER_SLOTS; i++)
        if (db->slots[i].stmt == db->stmts[oldest])
            db->slots[i] = (struct db_slot){NULL, NULL};
    stmt_free(db->stmts[oldest]);
    return oldest;
}

/* The parameters' names are borrowed from the statement's own text from here on. */
static void keep_names(struct stmt *stmt, struct dialect *dialect, const char *sql)
{
    stmt->params      = TAKE(dialect->params);
    stmt->param_count = dialect->count;
    for (int i = 0; i < stmt->param_count; i++)
        stmt->params[i].data = stmt->text + (stmt->params[i].data - sql);
}

static struct stmt *prepare(struct db *db, const char *sql, uint64_t hash, struct fail *why)
{
    OWN(buf) text          = BUF_UP_TO(MOST_SQL_BYTES);
    OWN(dialect) rewritten = {&text, NULL, 0};
    struct stmt *stmt      = NULL;
    char        *copy;
    const char **asked_by;

    if (dialect_rewrite(db->engine->kind, sql, &rewritten, why))
        return NULL;
    copy     = mem_copy(sql, strlen(sql));
    asked_by = mem_array((size_t)rewritten.count, sizeof *asked_by);
    if (!copy || !asked_by)
        (void)fail_set(why, FAIL_MEMORY, "no memory for a statement");
    else
        stmt = db->engine->prepare(db, &rewritten, why);
    if (!stmt) {
        mem_free(copy);
        mem_free((void *)asked_by);
        return NULL;
    }
    stmt->db       = db;
    stmt->text     = copy;
    stmt->asked_by = asked_by;
    stmt->hash     = hash;
    keep_names(stmt, &rewritten, sql);
    db->stmts[make_place(db)] = stmt;
    return stmt;
}

struct stmt *db_prepare(struct db *db, const char *sql, struct fail *why)
{
    struct db_slot *slot = slot_of(db, sql);
    struct stmt    *stmt = slot->stmt;

    if (check_alive(db, why))
        return NULL;
    if (slot->sql != sql || strcmp(stmt->text, sql) != 0) {
        uint64_t hash = str_hash(str_of(sql), 0);

        stmt = find(db, sql, hash);
        if (!stmt)
            stmt = prepare(db, sql, hash, why);
        if (!stmt) {
            db->is_spoiled = true;
            return NULL;
        }
        *slot = (struct db_slot){sql, stmt};
    }
    stmt_done(stmt);
    stmt->used = ++db->clock;
    return stmt;
}

/* ---- binding ---- */

/* A loop of our own: names have a dozen letters, and this runs for every value that is bound. */
static inline bool is_param(const struct stmt *stmt, int at, const char *name)
{
    struct str param = stmt->params[at];

    for (size_t i = 0; i < param.size; i++)
        if (param.data[i] != name[i])
            return false;
    return !name[param.size];
}

/* An address that was seen may hold another text by now, unless it is a literal's. */
static bool is_asked_by(const struct stmt *stmt, int at, const char *name, bool is_literal)
{
    return stmt->asked_by[at] == name && (is_literal || is_param(stmt, at, name));
}

static int search(struct stmt *stmt, const char *name, bool is_literal)
{
    for (int at = 0; at < stmt->param_count; at++)
        if (is_asked_by(stmt, at, name, is_literal))
            return at;
    for (int at = 0; at < stmt->param_count; at++)
        if (is_param(stmt, at, name))
            return at;
    return -1;
}

/* Where to bind; -1 when there is no such parameter: the step will say so. Most are bound in the
 * order of the text, so the one behind the last is tried first. */
static int binding(struct stmt *stmt, const char *name, bool is_literal)
{
    int at = stmt->next_param < stmt->param_count ? stmt->next_param : 0;

    stmt->is_dirty = true;
    if (stmt->param_count == 0 || !is_asked_by(stmt, at, name, is_literal))
        at = search(stmt, name, is_literal);
    if (at < 0) {
        stmt_misuse(stmt, FAIL_BUG, "there is no", name);
        return -1;
    }
    stmt->asked_by[at] = name;
    stmt->next_param   = at + 1;
    return at;
}

void stmt_bind_int(struct stmt *stmt, const char *name, bool is_literal, int64_t value)
{
    int at = binding(stmt, name, is_literal);

    if (at >= 0)
        stmt->db->engine->bind_int(stmt, at, value);
}

void stmt_bind_real(struct stmt *stmt, const char *name, bool is_literal, double value)
{
    int at = binding(stmt, name, is_literal);

    if (at >= 0)
        stmt->db->engine->bind_real(stmt, at, value);
}

void stmt_bind_null(struct stmt *stmt, const char *name, bool is_literal)
{
    int at = binding(stmt, name, is_literal);

    if (at >= 0)
        stmt->db->engine->bind_null(stmt, at);
}

void stmt_bind_time(struct stmt *stmt, const char *name, bool is_literal, ms value)
{
    if (value == WHEN_UNKNOWN)
        stmt_bind_null(stmt, name, is_literal);
    else
        stmt_bind_int(stmt, name, is_literal, value);
}

void stmt_bind_text(struct stmt *stmt, const char *name, bool is_literal, struct str value)
{
    int at = binding(stmt, name, is_literal);

    if (at < 0)
        return;
    if (!value.data)
        stmt->db->engine->bind_null(stmt, at);
    else if (memchr(value.data, '\0', value.size)) /* PostgreSQL cannot keep it, so nobody does */
        stmt_misuse(stmt, FAIL_INPUT, "a NUL byte within the text", name);
    else
        stmt->db->engine->bind_text(stmt, at, value);
}

void stmt_bind_blob(struct stmt *stmt, const char *name, bool is_literal, struct str value)
{
    int at = binding(stmt, name, is_literal);

    if (at < 0)
        return;
    if (!value.data)
        stmt->db->engine->bind_null(stmt, at);
    else
        stmt->db->engine->bind_blob(stmt, at, value);
}

/* ---- running ---- */

static int check_ready(const struct stmt *stmt, struct fail *why)
{
    const struct db *db = stmt->db;

    if (stmt->misuse)
        return fail_set(why, stmt->misuse_kind, "%s %s in: %.80s", stmt->misuse, stmt->misnamed,
                        stmt->text);
    if (check_alive(db, why))
        return -1;
    if (!stmt->is_running && db->deadline != WHEN_UNKNOWN && when_monotonic() >= db->deadline)
        return fail_set(why, FAIL_LIMIT, "the time for this query has run out");
    return 0;
}

int stmt_step(struct stmt *stmt, struct fail *why)
{
    int got;

    stmt->is_dirty = true;
    if (check_ready(stmt, why)) {
        stmt->db->is_spoiled = true;
        return -1;
    }
    got              = stmt->db->engine->step(stmt, why);
    stmt->is_running = got == 1;
    if (got < 0)
        stmt->db->is_spoiled = true;
    return got;
}

int stmt_run(struct stmt *stmt, struct fail *why)
{
    int got;

    do
        got = stmt_step(stmt, why);
    while (got == 1);
    stmt_done(stmt);
    return got;
}

static int run_one(struct stmt *stmt, const char *otherwise, struct fail *why)
{
    if (stmt_run(stmt, why))
        return -1;
    if (!otherwise || stmt->changes == 1)
        return 0;
    stmt->db->is_spoiled = true;
    return fail_set(why, FAIL_BUSY, "%s", otherwise);
}

static int send_one(struct stmt *stmt, const char *otherwise, struct fail *why)
{
    struct db *db = stmt->db;
    int        sent;

    if (!db->engine->send || !db->is_in_tx || db->is_stepwise)
        return run_one(stmt, otherwise, why);
    stmt->is_dirty = true;
    sent           = check_ready(stmt, why) || db->engine->send(stmt, otherwise, why) ? -1 : 0;
    if (sent)
        db->is_spoiled = true;
    stmt_done(stmt);
    return sent;
}

int stmt_send(struct stmt *stmt, struct fail *why)
{
    return send_one(stmt, NULL, why);
}

int stmt_send_one(struct stmt *stmt, const char *otherwise, struct fail *why)
{
    return send_one(stmt, otherwise, why);
}

void stmt_done(struct stmt *stmt)
{
    if (!stmt->is_dirty)
        return;
    stmt->db->engine->reset(stmt);
    stmt->is_dirty   = false;
    stmt->is_running = false;
    stmt->next_param = 0;
    stmt->misuse     = NULL;
}

int stmt_insert(struct stmt *stmt, int64_t *id, struct fail *why)
{
    struct db *db  = stmt->db;
    int        got = stmt_step(stmt, why);

    if (got == 1)
        *id = col_int(stmt, 0);
    if (got == 0 && db->engine->last_id && stmt->changes == 1) {
        *id = db->engine->last_id(db);
        got = 1;
    }
    stmt_done(stmt);
    return got;
}

int stmt_number(struct stmt *stmt, int64_t *out, struct fail *why)
{
    int got = stmt_step(stmt, why);

    if (got == 1)
        *out = col_int(stmt, 0);
    stmt_done(stmt);
    return got;
}

int64_t stmt_changes(const struct stmt *stmt)
{
    return stmt->changes;
}

int64_t col_int(struct stmt *stmt, int at)
{
    return stmt->db->engine->col_int(stmt, at);
}

ms col_time(struct stmt *stmt, int at)
{
    return col_is_null(stmt, at) ? WHEN_UNKNOWN : col_int(stmt, at);
}

double col_real(struct stmt *stmt, int at)
{
    return stmt->db->engine->col_real(stmt, at);
}

struct str col_text(struct stmt *stmt, int at)
{
    return stmt->db->engine->col_text(stmt, at);
}

struct str col_blob(struct stmt *stmt, int at)
{
    return stmt->db->engine->col_blob(stmt, at);
}

bool col_is_null(struct stmt *stmt, int at)
{
    return stmt->db->engine->col_is_null(stmt, at);
}

/* ---- transactions ---- */

int tx_begin(struct tx *tx, struct db *db, struct fail *why)
{
    db->is_full = false;
    if (db->is_in_tx)
        return fail_set(why, FAIL_BUG, "a transaction within a transaction");
    if (check_alive(db, why) || db->engine->begin(db, why))
        return -1;
    db->is_in_tx   = true;
    db->is_spoiled = false;
    tx->db         = db;
    return 0;
}

/* PostgreSQL ends a transaction in which a statement failed with a rollback, whatever one asks for.
 * SQLite would commit the rest; here it does not, so that both do the same. */
int tx_commit(struct tx *tx, struct fail *why)
{
    struct db *db = tx->db;

    if (check_alive(db, why))
        return -1;
    if (db->is_spoiled)
        return fail_set(why, FAIL_BUG, "a statement of this transaction has failed; it is undone");
    if (db->engine->commit(db, why))
        return -1;
    db->is_in_tx = false;
    tx->db       = NULL;
    return 0;
}

void tx_release(struct tx *tx)
{
    struct db *db = tx->db;

    if (!db)
        return;
    db->engine->rollback(db);
    db->is_in_tx = false;
    tx->db       = NULL;
}
