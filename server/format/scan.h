/* scan.h -- a fast, strict, read-only JSON reader: text to a flat array of tokens, in one pass.
 *
 * For the ingest path, where a tree of allocations costs more than all the rest. It accepts exactly
 * what RFC 8259 allows (and refuses what jansson refuses: bad UTF-8, lone surrogates, NUL escapes,
 * numbers beyond a double, trailing bytes), but for depths over SCAN_DEPTH. Held against jansson by
 * a differential fuzzer; unlike it, integers over 64 bits are taken (scan_number reads them,
 * scan_int does not), and a NUL byte behind a number is refused. A scan borrows the text; nothing
 * is copied or unescaped until asked.
 *
 * Where an object has the same member twice, the last one counts. */
#ifndef SMON_FORMAT_SCAN_H
#define SMON_FORMAT_SCAN_H

#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct fail;

enum { SCAN_DEPTH = 64, SCAN_NONE = 0 }; /* token 0 is never a member: it is the root */

enum scan_type {
    SCAN_NULL,
    SCAN_FALSE,
    SCAN_TRUE,
    SCAN_NUMBER,
    SCAN_TEXT,
    SCAN_ARRAY,
    SCAN_OBJECT
};

struct scan_token {
    uint32_t start; /* offset of the first byte; of a text: behind its quote */
    uint32_t size;  /* bytes; of a text: without its quotes, still escaped */
    uint32_t next;  /* index of the token behind this value and all in it */
    uint8_t  type;  /* enum scan_type */
    uint8_t  has_escape;
};

struct scan {
    struct str         text;
    struct scan_token *tokens; /* in an object: name, value, name, value, ... */
    uint32_t           count, room;
};
#define SCAN_EMPTY ((struct scan){STR_NONE, NULL, 0, 0})

/* Reads the whole text; may be called again with the same scan, which keeps its memory. FAIL_INPUT
 * says what is wrong and at which byte; FAIL_MEMORY. Texts over 4 GiB are refused. */
int  scan_read(struct scan *scan, struct str text, struct fail *why);
void scan_release(struct scan *scan);

enum scan_type scan_type(const struct scan *scan, uint32_t at);
struct str scan_raw(const struct scan *scan, uint32_t at); /* the value's own bytes, with quotes */

/* The member's value token, or SCAN_NONE when `object` is no object or has no such member.
 * SCAN_NONE and the root are both 0: look at what you found before you look into it. */
uint32_t scan_member(const struct scan *scan, uint32_t object, const char *name);
/* First item of an array or first name of an object (SCAN_NONE: empty); its successor within
 * `container` (SCAN_NONE: the end). For objects, scan_next walks name, value, name, value. */
uint32_t scan_first(const struct scan *scan, uint32_t container);
uint32_t scan_next(const struct scan *scan, uint32_t container, uint32_t at);

/* The text without copying when it has no escapes; otherwise unescaped into `room` (cleared first
 * by nobody: it is added to, and must not be released while *out is in use; it must not move, so
 * give it room for the whole document at birth with buf_room). -1: not a text. */
int scan_text(const struct scan *scan, uint32_t at, struct buf *room, struct str *out);
int scan_number(const struct scan *scan, uint32_t at, double *out); /* -1: not a number */
int scan_int(const struct scan *scan, uint32_t at, int64_t *out);   /* also 3.0; -1 otherwise */

/* A time in any of the spellings SageMaker events use: number, digits in a text, RFC 3339. Absent
 * (SCAN_NONE), null and "" give WHEN_UNKNOWN and 0; what cannot be read gives WHEN_UNKNOWN
 * and -1. */
int scan_time(const struct scan *scan, uint32_t at, ms *out);

/* Equal as JSON values: member order, escapes and spelling of numbers do not matter. Without memory
 * two objects count as different. */
bool scan_same(const struct scan *a, uint32_t at, const struct scan *b, uint32_t bt);

/* The same for values that are scan_same (but for objects with the same member twice, of which it
 * counts both, and for integers beyond 2^53 that are spelled differently). It is stored, so it
 * never changes. */
uint64_t scan_hash(const struct scan *scan, uint32_t at);

#endif
