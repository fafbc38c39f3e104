/* db_postgres_talk.h -- a connection to PostgreSQL: asking the server, and waiting for what it
 * says.
 *
 * For db_postgres.c alone. Waiting is ours (poll), because the server's own statement_timeout is of
 * no help when the server, or the way to it, is gone. */
#ifndef SMON_WIRE_DB_POSTGRES_TALK_H
#define SMON_WIRE_DB_POSTGRES_TALK_H

#include "wire/db_engine.h"

#include <stdbool.h>
#include <stdint.h>

#include <libpq-fe.h>

/* What the server says to so many fits the socket: neither waits for the other to read. */
enum { POSTGRES_MOST_SENT = 100 };

struct postgres {
    struct db base;
    PGconn   *conn;
    ms        statement_within;
    ms        timeout_set; /* statement_timeout as the session has it; -1: not known */
    bool      has_turns;
    uint64_t  names; /* how many statements were named */
    uint64_t  mark;  /* of their names: behind a pooler others prepare in the same session, and a
                        statement of theirs must not be taken for ours */
    /* Statements that nobody has heard the end of (with any, the connection is a pipeline), and of
     * each what is wrong when it did not change one row; NULL: nothing. */
    int         sent;
    const char *otherwise[POSTGRES_MOST_SENT];
};

static inline struct postgres *postgres_of(struct db *db)
{
    return (struct postgres *)db;
}

static inline void PGresult_drop(PGresult **result)
{
    PQclear(*result);
}
#define OWN_RESULT __attribute__((cleanup(PGresult_drop))) PGresult *

/* Sets *why from a result, or from the connection when there is none; marks the connection as lost
 * when it is. Always -1. */
int postgres_explain(struct postgres *db, const PGresult *result, struct fail *why);

/* Before a statement is sent that nobody waits for; now and then this waits for all before it. */
int postgres_begin_sending(struct postgres *db, const char *otherwise, struct fail *why);

/* Waits for the ends of what was sent. The first that failed is told, and has undone them all: the
 * transaction is spoiled. To be called before anything else is asked. */
int postgres_settle(struct postgres *db, struct fail *why);

/* Everything the server has to say to one question. Gives the last result, when all were good. */
int postgres_collect(struct postgres *db, PGresult **out, struct fail *why);

/* Statements without parameters, after all that was sent; the result of the last. */
int postgres_ask(struct postgres *db, const char *sql, PGresult **out, struct fail *why);

#endif
