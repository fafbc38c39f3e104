/* scope.h -- which accounts and namespaces somebody may see; applied inside SQL for all that reads.
 *
 * A scope is borrowed: whoever made the list keeps it. An empty list that is not `is_all` sees
 * nothing: deny by default. */
#ifndef SMON_STORE_SCOPE_H
#define SMON_STORE_SCOPE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct fail;

enum { SCOPE_MOST_ACCOUNTS = 1000 };

struct scope {
    bool           is_all;
    const int64_t *accounts;
    size_t         count;
    struct str     text;       /* ",111122223333,444455556666,": the same list as SQL compares it */
    struct str     namespaces; /* of models: "*", or paths joined by ','; no data: none */
};
#define SCOPE_ALL ((struct scope){true, NULL, 0, STR_NONE, STR("*")})
#define SCOPE_NOBODY ((struct scope){false, NULL, 0, STR_NONE, STR_NONE})

bool scope_has(const struct scope *scope, int64_t account);
/* The model or namespace of this path stands at or below one of the scope's namespaces. */
bool scope_has_path(const struct scope *scope, struct str path);
/* A key of these accounts and namespaces ("*", or each joined by ',') sees nothing that the scope
 * does not. */
bool scope_covers(const struct scope *scope, struct str accounts, struct str namespaces);

/* The part of a WHERE that keeps a query on table `t` within a scope. It binds :scope. The plus
 * keeps the engines from choosing an index by account where the order asked for has a
 * better one. */
#define SCOPE_FILTER                                                                               \
    " AND +t.account IN (SELECT s.account FROM account s"                                          \
    " WHERE replace(:scope, ',' || s.account || ',', '') <> :scope)"

/* 12 digits as a number; 0 done, -1. */
int scope_account(struct str text, int64_t *out);

/* "*" or numbers joined by ',' to a list (mem_array, you own it) and its SQL text. */
int scope_parse(struct str text, bool *out_all, int64_t **out, size_t *out_count,
                struct buf *out_text, struct fail *why);

#endif
