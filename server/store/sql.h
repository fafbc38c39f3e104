/* sql.h -- a query put together from constant pieces, with what is bound to it.
 *
 *     OWN(sql) query = SQL_EMPTY;
 *     sql_add(&query, "SELECT id FROM event t WHERE t.id < :after");
 *     sql_int(&query, ":after", after);
 *     if (!(stmt = sql_prepare(&query, db, why)))
 *
 * Only constants go into the text; what comes from outside is bound. Lists grow in powers of two,
 * so that a connection keeps few texts. Bound texts are borrowed until the statement is done. */
#ifndef SMON_STORE_SQL_H
#define SMON_STORE_SQL_H

#include "base/buf.h"
#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct fail;
struct page;
struct scope;
struct stmt;

enum { SQL_MOST_VALUES = 96, SQL_NAME_ROOM = 24, SQL_LIST_MOST = 16 };

struct sql_value {
    char       name[SQL_NAME_ROOM];
    int64_t    number;
    struct str text; /* NULL data: it is the number */
};

struct sql {
    struct buf       text;
    struct sql_value values[SQL_MOST_VALUES];
    size_t           count;
    int              overflows; /* more values than there is room for: sql_prepare fails */
};
#define SQL_EMPTY ((struct sql){.text = BUF_UP_TO(64 * 1024)})
void sql_release(struct sql *sql);

void sql_add(struct sql *sql, const char *constant);
/* The same name may be bound again: the last value counts. */
void sql_int(struct sql *sql, const char *name, int64_t value);
void sql_text(struct sql *sql, const char *name, struct str value);
/* Adds `before` "(:name0,:name1)": before is like " AND t.kind IN ". At most SQL_LIST_MOST. */
void sql_list(struct sql *sql, const char *before, const char *name, const int64_t *values,
              size_t count);
/* Adds SCOPE_FILTER and its binding, or nothing for a scope that sees all. */
void sql_scope(struct sql *sql, const struct scope *scope);
/* The same for the table of models, `m`: account and path within the scope. */
void sql_scope_models(struct sql *sql, const struct scope *scope);
/* Adds " AND <m.path at or below the path>", for which the index of paths is good. */
void sql_below(struct sql *sql, struct str path);

/* One of a short list of numbers, or none of them. */
struct choice {
    bool    is_given, is_not;
    size_t  count;
    int64_t values[SQL_LIST_MOST];
};
/* Once, however often it is added. FAIL_INPUT: more than SQL_LIST_MOST. */
int sql_choice_add(struct choice *choice, int64_t value, struct fail *why);
/* Adds `in` or `not_in` with the list; nothing for a choice that is not given. */
void sql_choice(struct sql *sql, const struct choice *choice, const char *in, const char *not_in,
                const char *name);

/* Adds "received from ... up to before ...", for a table `t`; WHEN_UNKNOWN: open. */
void sql_received(struct sql *sql, ms from, ms to);
/* Ends the query with one page in the order of (`column`, t.id), and the one row more: see page.h.
 * `column` is a constant like "t.received_ms". A WHERE stands before it. */
void sql_page(struct sql *sql, const char *column, const struct page *page);

struct stmt *sql_prepare(struct sql *sql, struct db *db, struct fail *why);
/* Runs a query of one row with one number; *out is left alone when there is no row. */
int sql_number(struct sql *sql, struct db *db, int64_t *out, struct fail *why);

#endif
