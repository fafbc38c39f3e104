#include "wire/db_postgres_talk.h"
#include "wire/db_postgres_text.h"

#include <poll.h>

#include "base/fail.h"

enum { GRACE_MS = 2000 }; /* beyond the server's own timeout; then the connection counts as lost */

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

int postgres_collect(struct postgres *db, PGresult **out, struct fail *why)
{
    ms         until  = when_monotonic() + db->statement_within + GRACE_MS;
    OWN_RESULT last   = NULL;
    bool       failed = false;

    for (;;) {
        PGresult *next;

        while (PQisBusy(db->conn))
            if (await_input(db, until, why))
                return -1;
        next = PQgetResult(db->conn);
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

int postgres_ask(struct postgres *db, const char *sql, PGresult **out, struct fail *why)
{
    if (!PQsendQuery(db->conn, sql))
        return postgres_explain(db, NULL, why);
    return postgres_collect(db, out, why);
}
