/* buf.h -- a growing buffer with a ceiling given at birth.
 *
 * Adding cannot fail in the middle: past the ceiling, or without memory, the buffer remembers that
 * it is broken, swallows the rest, and buf_check says why at the end. */
#ifndef SMON_BASE_BUF_H
#define SMON_BASE_BUF_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct fail;

struct buf {
    char  *data;
    size_t size;
    size_t room;
    size_t ceiling_bytes;
    size_t free_until; /* size may grow to this without further ado; 0 while broken */
    int    broken;     /* 0, or an enum fail_kind: FAIL_SIZE or FAIL_MEMORY */
};

#define BUF_UP_TO(bytes) ((struct buf){NULL, 0, 0, (bytes), 0, 0})

/* The part of buf_add that has to think. */
void buf_add_slowly(struct buf *buf, const void *data, size_t size);

/* Long answers are made of a million of these, so they are inline. */
static inline void buf_add(struct buf *buf, const void *data, size_t size)
{
    if (size > buf->free_until - buf->size || buf->broken) {
        buf_add_slowly(buf, data, size);
        return;
    }
    if (size)
        memcpy(buf->data + buf->size, data, size);
    buf->size += size;
}

static inline void buf_char(struct buf *buf, char c)
{
    if (buf->size >= buf->free_until) {
        buf_add_slowly(buf, &c, 1);
        return;
    }
    buf->data[buf->size++] = c;
}

void                                       buf_str(struct buf *buf, struct str text);
void                                       buf_text(struct buf *buf, const char *text);
void                                       buf_i64(struct buf *buf, int64_t number);
__attribute__((format(printf, 2, 3))) void buf_format(struct buf *buf, const char *format, ...);

/* Room for `size` more bytes, to be filled by the caller and counted with buf_grown;
 * NULL: broken. */
char *buf_room(struct buf *buf, size_t size);
void  buf_grown(struct buf *buf, size_t size);

/* What it holds, borrowed until the next change. */
struct str buf_view(const struct buf *buf);

/* The same with a NUL behind it; "" when broken. */
const char *buf_c(struct buf *buf);

/* 0, or -1 with FAIL_SIZE or FAIL_MEMORY. */
int buf_check(const struct buf *buf, struct fail *why);

void buf_clear(struct buf *buf); /* empties, keeps the memory, mends */
void buf_release(struct buf *buf);

/* Moves the contents out; the old one is empty with the same ceiling. */
struct buf buf_take(struct buf *buf);

#endif
