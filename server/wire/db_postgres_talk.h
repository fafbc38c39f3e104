/* db_postgres_talk.h -- a connection to PostgreSQL: asking the server, and waiting for what it says.
 *
 * For db_postgres.c alone. Waiting is ours (poll), because the server's own statement_timeout is of
 * no help when the server, or the way to it, is gone. */
#ifndef SMON_WIRE_DB_POSTGRES_TALK_H
#define SMON_WIRE_DB_POSTGRES_TALK_H

#include "wire/db_engine.h"

#include <stdbool.h>
#include <stdint.h>

#include <libpq-fe.h>

struct postgres {
    struct db base;
    PGconn   *conn;
    ms        statement_within;
    ms        timeout_set; /* statement_timeout as the session has it; -1: not known */
    bool      has_turns;
    uint64_t  names; /* how many statements were named */
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

/* Everything the server has to say to what was sent. Gives the last result, when all were good. */
int postgres_collect(struct postgres *db, PGresult **out, struct fail *why);

/* Statements without parameters; the result of the last. */
int postgres_ask(struct postgres *db, const char *sql, PGresult **out, struct fail *why);

#endif
