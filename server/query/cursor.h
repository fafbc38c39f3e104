/* cursor.h -- where a list goes on, in a form that only we can make.
 *
 * base64url of: version, sort, the last row's key (two numbers), a hash of the filters, and a keyed
 * checksum over all of it. The key belongs to the database, so a cursor works on every service that
 * shares it, and after a restart. A cursor does not expire. */
#ifndef SMON_QUERY_CURSOR_H
#define SMON_QUERY_CURSOR_H

#include "base/str.h"

#include <stdint.h>

struct buf;
struct fail;

enum { CURSOR_KEY = 16, CURSOR_MOST_TEXT = 128 };

struct cursor {
    unsigned char sort;    /* which order, as the list numbers them */
    uint64_t      filters; /* hash of everything that decides what is listed */
    int64_t       at, id;  /* of the last row shown */
};

int cursor_render(const unsigned char key[CURSOR_KEY], const struct cursor *cursor, struct buf *out,
                  struct fail *why);
/* Fills *out. FAIL_INPUT: not ours, damaged, or made by a later version. */
int cursor_parse(const unsigned char key[CURSOR_KEY], struct str text, struct cursor *out,
                 struct fail *why);

#endif
