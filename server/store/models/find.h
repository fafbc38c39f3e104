/* find.h -- conditions that the lists of models and versions share. */
#ifndef SMON_STORE_MODELS_FIND_H
#define SMON_STORE_MODELS_FIND_H

#include "base/str.h"
#include "base/when.h"
#include "store/sql.h"

#include <stddef.h>

struct buf;

enum { FIND_MOST_TAGS = 4, FIND_TEXT_MOST = 200 };

/* Whose, where, when, and which words: of a model (`m`), or of a version of it (`v`). */
struct find_by {
    struct scope const *scope;
    struct str          below; /* a node of the tree; no data: the whole tree */
    struct choice       accounts, regions;
    struct str          text; /* searched for, in any case of ASCII letters; no data: none */
    struct str          tags[FIND_MOST_TAGS];
    size_t              tag_count;
    ms                  from, to; /* of creation */
};

/* The columns that a list searches in. */
struct find_columns {
    const char *tags[FIND_MOST_TAGS]; /* " AND replace(m.tags, :tag0, '') <> m.tags", ... */
    const char *text;                 /* " AND (lower(..) LIKE :text ESCAPE '!')" */
    const char *from, *to;            /* " AND m.created_ms >= :from", " AND .. < :to" */
};

/* Adds them; `room` holds the pattern searched for until the statement is done. */
void find_add(struct sql *sql, const struct find_by *by, const struct find_columns *columns,
              struct buf *room);

/* The end of the range of texts that begin with `prefix`, in `room`; no data: it has none that is
 * easily said, and the range is open. */
struct str find_prefix_end(struct str prefix, struct buf *room);

#endif
