#include "wire/db_postgres_talk.h"
#include "wire/db_postgres_text.h"

#include <poll.h>
#include <string.h>

#include "base/fail.h"

enum {
    GRACE_MS = 2000, /* beyond the server's own timeout; then the connection counts as lost */
    MOST_SENT =
        100 /* what the server says to so many fits the socket: nobody waits for the other */
};

int postgres_explain(struct postgres *db, const PGresult *result, struct fail *why)
{
    const char           *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    struct str            text  = str_trim(str_of(PQerrorMessage(db->conn)));
    struct postgres_state means;

    if (PQstatus(db->conn) != CONNECTION_OK)
        db->base.is_lost = true;
    if (state) {
        means = postgres_state(state, db->base.is_writer);
        text  = str_trim(str_of(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
        db->base.is_lost |= means.is_lost;
        return fail_set(why, means.kind, "%.*s (SQLSTATE %s)", STR_ARG(text), state);
    }
    if (!db->base.is_lost && str_starts(text, STR("out of memory")))
        return fail_set(why, FAIL_MEMORY, "no memory for a statement");
    db->base.is_lost = true;
    return fail_set(why, FAIL_BUSY, "PostgreSQL is lost: %.*s", STR_ARG(postgres_first_line(text)));
}

static bool is_good(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK;
}

/* Until something can be read. */
static int await_input(struct postgres *db, ms until, struct fail *why)
{
    struct pollfd socket = {PQsocket(db->conn), POLLIN, 0};
    ms            left   = until - when_monotonic();
    int           got    = poll(&socket, 1, left > 0 ? (int)left : 0);

    if (got == 0) {
        db->base.is_lost = true;
        return fail_set(why, FAIL_BUSY, "PostgreSQL does not answer");
    }
    if (got > 0 && !PQconsumeInput(db->conn))
        return postgres_explain(db, NULL, why);
    return 0; /* interrupted by a signal: look again */
}

/* What the server says next; *out is NULL when that was all. */
static int hear(struct postgres *db, ms until, PGresult **out, struct fail *why)
{
    while (PQisBusy(db->conn))
        if (await_input(db, until, why))
            return -1;
    *out = PQgetResult(db->conn);
    return 0;
}

static ms patience(const struct postgres *db)
{
    return when_monotonic() + db->statement_within + GRACE_MS;
}

int postgres_collect(struct postgres *db, PGresult **out, struct fail *why)
{
    ms         until  = patience(db);
    OWN_RESULT last   = NULL;
    bool       failed = false;

    for (;;) {
        PGresult *next;

        if (hear(db, until, &next, why))
            return -1;
        if (!next)
            break;
        if (!is_good(next) && !failed) {
            (void)postgres_explain(db, next, why);
            failed = true;
        }
        PQclear(last);
        last = next;
    }
    if (!failed && !last)
        return postgres_explain(db, NULL, why);
    if (failed)
        return -1;
    *out = TAKE(last);
    return 0;
}

static int check_one(PGresult *result, const char *otherwise, struct fail *why)
{
    if (!otherwise || strcmp(PQcmdTuples(result), "1") == 0)
        return 0;
    return fail_set(why, FAIL_BUSY, "%s", otherwise);
}

/* The ends of all that was sent, up to the mark behind them. The first failure is told; those
 * behind it were passed over, and say so. */
static int collect_sent(struct postgres *db, struct fail *why)
{
    bool failed = false, has_ended = false;
    int  at = 0;

    for (;;) {
        OWN_RESULT next = NULL;

        if (hear(db, patience(db), &next, why))
            return -1;
        if (PQstatus(db->conn) != CONNECTION_OK || (!next && has_ended))
            return failed ? -1 : postgres_explain(db, next, why);
        has_ended = !next; /* one of them, never two without a word between */
        at += has_ended;
        if (has_ended)
            continue;
        if (PQresultStatus(next) == PGRES_PIPELINE_SYNC)
            return failed ? -1 : 0;
        if (failed)
            continue;
        failed = is_good(next) ? check_one(next, db->otherwise[at], why)
                               : postgres_explain(db, next, why);
    }
}

int postgres_settle(struct postgres *db, struct fail *why)
{
    int ended;

    if (!db->sent)
        return 0;
    db->sent = 0;
    ended    = PQpipelineSync(db->conn) ? collect_sent(db, why) : postgres_explain(db, NULL, why);
    if (!db->base.is_lost && !PQexitPipelineMode(db->conn))
        ended = postgres_explain(db, NULL, why);
    if (ended)
        db->base.is_spoiled = true;
    return ended;
}

int postgres_begin_sending(struct postgres *db, const char *otherwise, struct fail *why)
{
    if (db->sent == POSTGRES_MOST_SENT && postgres_settle(db, why))
        return -1;
    if (!db->sent && !PQenterPipelineMode(db->conn))
        return postgres_explain(db, NULL, why);
    db->otherwise[db->sent++] = otherwise;
    return 0;
}

int postgres_ask(struct postgres *db, const char *sql, PGresult **out, struct fail *why)
{
    if (postgres_settle(db, why))
        return -1;
    if (!PQsendQuery(db->conn, sql))
        return postgres_explain(db, NULL, why);
    return postgres_collect(db, out, why);
}
