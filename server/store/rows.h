/* rows.h -- the rows of resources the writer met last, kept in memory.
 *
 * Events of one job come close together, and a look-up here costs a tenth of a SELECT. Only the one
 * writer of an SQLite file may use it: nobody else changes rows there. Every row that is written
 * goes in (resource_put); a rollback empties it, and so does retention. It holds ROWS_MOST rows,
 * the newer of two that want the same place. */
#ifndef SMON_STORE_ROWS_H
#define SMON_STORE_ROWS_H

#include "base/own.h"
#include "store/resource.h"

struct fail;
struct rows;

enum { ROWS_MOST = 4096 };

int  rows_new(struct rows **out, struct fail *why);
void rows_free(struct rows *rows);
OWN_PTR_TYPE(rows)

/* True when the row of exactly this generation is here: *out is filled. Its texts are valid until
 * the next but one rows_put. */
bool rows_find(struct rows *rows, const struct resource_key *key, struct resource *out);

/* Copies it in. Without memory it is merely not here. */
void rows_put(struct rows *rows, const struct resource *row);

void rows_clear(struct rows *rows);

#endif
