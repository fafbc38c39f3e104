/* db_postgres_text.h -- what PostgreSQL says and how to read it: the part that needs no libpq. */
#ifndef SMON_WIRE_DB_POSTGRES_TEXT_H
#define SMON_WIRE_DB_POSTGRES_TEXT_H

#include "base/fail.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>

struct postgres_state {
    enum fail_kind kind;
    bool           is_lost; /* the connection is of no more use */
};

/* What a SQLSTATE (five characters) means to us; FAIL_BUG when it is none of those we expect. */
struct postgres_state postgres_state(const char *state, bool is_writer);

/* Whether a URL can be cut as its writer meant it. libpq repeats the piece it cannot make sense of,
 * which may be of the password: so such a URL never reaches it. FAIL_INPUT says nothing of it. */
int postgres_url_check(struct str url, struct fail *why);

/* libpq explains itself at length; the first line says what happened. */
struct str postgres_first_line(struct str text);

/* Turns \x and hexadecimal digits into bytes, in place; gives how many. */
size_t postgres_unhex(char *text, size_t size);

/* The statement_timeout for a statement that starts now and may run until the monotonic deadline,
 * never more than `most`. Rounded up, so that queries with the same allowance need no new one. */
ms postgres_timeout(ms most, ms deadline);

#endif
