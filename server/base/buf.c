#include "base/buf.h"

#include "base/fail.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

/* From here on everything added is swallowed. */
static void break_off(struct buf *buf, int kind)
{
    buf->broken     = kind;
    buf->free_until = 0;
}

/* Room for `more` bytes and one NUL. */
static int make_room(struct buf *buf, size_t more)
{
    size_t room = buf->room ? buf->room : FIRST_ROOM;
    char  *grown;

    if (buf->broken)
        return -1;
    if (more > buf->ceiling_bytes || buf->size > buf->ceiling_bytes - more) {
        break_off(buf, FAIL_SIZE);
        return -1;
    }
    if (buf->size + more + 1 <= buf->room)
        return 0;
    while (room < buf->size + more + 1)
        room *= 2;
    grown = mem_grow(buf->data, room, 1);
    if (!grown) {
        break_off(buf, FAIL_MEMORY);
        return -1;
    }
    buf->data       = grown;
    buf->room       = room;
    buf->free_until = room - 1 < buf->ceiling_bytes ? room - 1 : buf->ceiling_bytes;
    return 0;
}

void buf_add_slowly(struct buf *buf, const void *data, size_t size)
{
    if (size == 0 || make_room(buf, size))
        return;
    memcpy(buf->data + buf->size, data, size);
    buf->size += size;
}

void buf_str(struct buf *buf, struct str text)
{
    buf_add(buf, text.data, text.size);
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_i64(struct buf *buf, int64_t number)
{
    char     digits[24];
    size_t   at    = sizeof digits;
    uint64_t value = number < 0 ? 0u - (uint64_t)number : (uint64_t)number;

    do
        digits[--at] = (char)('0' + value % 10);
    while (value /= 10);
    if (number < 0)
        digits[--at] = '-';
    buf_add(buf, digits + at, sizeof digits - at);
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    int     size;

    va_start(args, format);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0 || make_room(buf, (size_t)size))
        return;
    va_start(args, format);
    (void)vsnprintf(buf->data + buf->size, (size_t)size + 1, format, args); /* measured above */
    va_end(args);
    buf->size += (size_t)size;
}

char *buf_room(struct buf *buf, size_t size)
{
    return make_room(buf, size) ? NULL : buf->data + buf->size;
}

void buf_grown(struct buf *buf, size_t size)
{
    buf->size += size;
}

struct str buf_view(const struct buf *buf)
{
    return str_from(buf->data, buf->size);
}

const char *buf_c(struct buf *buf)
{
    if (make_room(buf, 0))
        return "";
    buf->data[buf->size] = '\0';
    return buf->data;
}

int buf_check(const struct buf *buf, struct fail *why)
{
    if (!buf->broken)
        return 0;
    if (buf->broken == FAIL_SIZE)
        return fail_set(why, FAIL_SIZE, "more than %zu bytes", buf->ceiling_bytes);
    return fail_set(why, FAIL_MEMORY, "no memory for a buffer of %zu bytes", buf->size);
}

void buf_clear(struct buf *buf)
{
    buf->size   = 0;
    buf->broken = 0;
    if (buf->room)
        buf->free_until = buf->room - 1 < buf->ceiling_bytes ? buf->room - 1 : buf->ceiling_bytes;
}

void buf_release(struct buf *buf)
{
    mem_free(buf->data);
    *buf = BUF_UP_TO(buf->ceiling_bytes);
}

struct buf buf_take(struct buf *buf)
{
    struct buf taken = *buf;

    *buf = BUF_UP_TO(taken.ceiling_bytes);
    return taken;
}
