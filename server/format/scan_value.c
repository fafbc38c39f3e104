#include "base/buf.h"
#include "base/mem.h"
#include "format/scan_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int64_t EXACT_INTEGER = (int64_t)1 << 53; /* up to here a double has every integer */

enum {
    EXACT_DIGITS = 18, /* so many always fit an int64_t */
    NUMBER_ROOM  = 64,
    TIME_ROOM    = 64
};

int scan_hex4(const unsigned char *at, const unsigned char *end)
{
    int value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int c = at[i], lower = c | 0x20;

        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value * 16 + (lower - 'a' + 10);
        else
            return -1;
    }
    return value;
}

int scan_to_double(struct str text, double *out)
{
    char   near[NUMBER_ROOM];
    char  *far = text.size < sizeof near ? NULL : mem_copy(text.data, text.size);
    double value;

    if (!far && str_to_c(text, near, sizeof near))
        return -2;
    value = strtod(far ? far : near, NULL);
    mem_free(far);
    if (!isfinite(value))
        return -1;
    *out = value;
    return 0;
}

static void put_utf8(char **out, uint32_t point)
{
    char *at = *out;

    if (point < 0x80) {
        *at++ = (char)point;
    } else if (point < 0x800) {
        *at++ = (char)(0xc0 | point >> 6);
        *at++ = (char)(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        *at++ = (char)(0xe0 | point >> 12);
        *at++ = (char)(0x80 | (point >> 6 & 0x3f));
        *at++ = (char)(0x80 | (point & 0x3f));
    } else {
        *at++ = (char)(0xf0 | point >> 18);
        *at++ = (char)(0x80 | (point >> 12 & 0x3f));
        *at++ = (char)(0x80 | (point >> 6 & 0x3f));
        *at++ = (char)(0x80 | (point & 0x3f));
    }
    *out = at;
}

/* Behind the backslash; scan_read has seen that all is well. Returns where it goes on. */
static const unsigned char *unescape_one(const unsigned char *at, const unsigned char *end,
                                         char **out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char       *found;
    uint32_t          point;

    if (*at != 'u') {
        found     = strchr(from, *at);
        *(*out)++ = found ? to[found - from] : (char)*at;
        return at + 1;
    }
    point = (uint32_t)scan_hex4(at + 1, end);
    at += 5;
    if (point >= LEAST_SURROGATE && point <= LAST_SURROGATE) {
        point = 0x10000 + ((point - LEAST_SURROGATE) << 10)
                + ((uint32_t)scan_hex4(at + 2, end) - LOW_SURROGATE);
        at += 6;
    }
    put_utf8(out, point);
    return at;
}

struct str scan_inside(const struct scan *scan, uint32_t at)
{
    return str_from(scan->text.data + scan->tokens[at].start, scan->tokens[at].size);
}

struct scan_letters scan_letters(const struct scan *scan, uint32_t at)
{
    struct str text = scan_inside(scan, at);

    return (struct scan_letters){.at  = (const unsigned char *)text.data,
                                 .end = (const unsigned char *)text.data + text.size};
}

int scan_next_letter(struct scan_letters *letters)
{
    char *out = letters->piece;

    if (letters->used < letters->size)
        return (unsigned char)letters->piece[letters->used++];
    if (letters->at == letters->end)
        return -1;
    if (*letters->at != '\\')
        return *letters->at++;
    letters->at   = unescape_one(letters->at + 1, letters->end, &out);
    letters->size = (int)(out - letters->piece);
    letters->used = 1;
    return (unsigned char)letters->piece[0];
}

enum scan_type scan_type(const struct scan *scan, uint32_t at)
{
    return (enum scan_type)scan->tokens[at].type;
}

struct str scan_raw(const struct scan *scan, uint32_t at)
{
    const struct scan_token *token = &scan->tokens[at];
    uint32_t                 quote = token->type == SCAN_TEXT;

    return str_from(scan->text.data + token->start - quote, token->size + 2 * (size_t)quote);
}

/* Never longer than the escaped text. Returns the size. */
static size_t unescape(struct str text, char *out)
{
    const unsigned char *at    = (const unsigned char *)text.data;
    const unsigned char *end   = at + text.size;
    char                *start = out;

    while (at < end) {
        const unsigned char *slash = memchr(at, '\\', (size_t)(end - at));
        size_t               plain = (size_t)((slash ? slash : end) - at);

        memcpy(out, at, plain);
        out += plain;
        at += plain;
        if (slash)
            at = unescape_one(at + 1, end, &out);
    }
    return (size_t)(out - start);
}

/* Rare; kept out of the loop below, which then fits the registers. */
__attribute__((noinline)) static bool is_escaped_name(const struct scan *scan, uint32_t at,
                                                      const char *name, size_t size)
{
    struct scan_letters letters = scan_letters(scan, at);

    for (size_t i = 0; i < size; i++)
        if (scan_next_letter(&letters) != (unsigned char)name[i])
            return false;
    return scan_next_letter(&letters) < 0;
}

uint32_t scan_member(const struct scan *scan, uint32_t object, const char *name)
{
    const struct scan_token *tokens = scan->tokens;
    const char              *text   = scan->text.data;
    size_t                   size   = strlen(name);
    uint32_t                 found = SCAN_NONE, end = tokens[object].next;

    if (tokens[object].type != SCAN_OBJECT)
        return SCAN_NONE;
    for (uint32_t at = object + 1; at < end; at = tokens[at + 1].next) {
        if (tokens[at].has_escape) {
            if (is_escaped_name(scan, at, name, size))
                found = at + 1;
        } else if (tokens[at].size == size && memcmp(text + tokens[at].start, name, size) == 0) {
            found = at + 1;
        }
    }
    return found;
}

uint32_t scan_first(const struct scan *scan, uint32_t container)
{
    const struct scan_token *token = &scan->tokens[container];

    if (token->type != SCAN_ARRAY && token->type != SCAN_OBJECT)
        return SCAN_NONE;
    return token->next > container + 1 ? container + 1 : SCAN_NONE;
}

uint32_t scan_next(const struct scan *scan, uint32_t container, uint32_t at)
{
    uint32_t next = scan->tokens[at].next;

    return next < scan->tokens[container].next ? next : SCAN_NONE;
}

int scan_text(const struct scan *scan, uint32_t at, struct buf *room, struct str *out)
{
    const struct scan_token *token = &scan->tokens[at];
    char                    *here;
    size_t                   size;

    if (token->type != SCAN_TEXT)
        return -1;
    if (!token->has_escape) {
        *out = scan_inside(scan, at);
        return 0;
    }
    here = buf_room(room, token->size);
    if (!here)
        return -1;
    size = unescape(scan_inside(scan, at), here);
    buf_grown(room, size);
    *out = str_from(here, size);
    return 0;
}

/* Up to EXACT_DIGITS digits, perhaps with a minus before and ".000" behind: the common numbers. */
static int to_short_int(struct str text, int64_t *out)
{
    size_t  at    = text.size && text.data[0] == '-';
    size_t  start = at;
    int64_t value = 0;

    for (; at < text.size && text.data[at] >= '0' && text.data[at] <= '9'; at++) {
        if (at - start == EXACT_DIGITS)
            return -1;
        value = value * 10 + (text.data[at] - '0');
    }
    if (at < text.size && text.data[at] == '.')
        for (at++; at < text.size && text.data[at] == '0';)
            at++;
    if (at != text.size)
        return -1;
    *out = start ? -value : value;
    return 0;
}

int scan_number(const struct scan *scan, uint32_t at, double *out)
{
    const struct scan_token *token = &scan->tokens[at];
    int64_t                  whole;

    if (token->type != SCAN_NUMBER)
        return -1;
    if (to_short_int(scan_inside(scan, at), &whole) == 0
        && whole != 0) { /* -0 keeps its sign below */
        *out = (double)whole;
        return 0;
    }
    return scan_to_double(scan_inside(scan, at), out);
}

int scan_int(const struct scan *scan, uint32_t at, int64_t *out)
{
    struct str text;
    double     value;

    if (scan->tokens[at].type != SCAN_NUMBER)
        return -1;
    text = scan_inside(scan, at);
    if (to_short_int(text, out) == 0 || str_to_i64(text, INT64_MIN, INT64_MAX, out) == 0)
        return 0;
    if (scan_to_double(text, &value) || value != floor(value)
        || fabs(value) > (double)EXACT_INTEGER)
        return -1;
    *out = (int64_t)value;
    return 0;
}

int scan_time(const struct scan *scan, uint32_t at, ms *out)
{
    const struct scan_token *token = &scan->tokens[at];
    char                     plain[TIME_ROOM];
    double                   number;
    struct str               text;

    *out = WHEN_UNKNOWN;
    if (at == SCAN_NONE || token->type == SCAN_NULL)
        return 0;
    if (token->type == SCAN_NUMBER)
        return scan_number(scan, at, &number) || when_of_number(number, out) ? -1 : 0;
    if (token->type != SCAN_TEXT)
        return -1;
    text = scan_inside(scan, at);
    if (text.size > TIME_ROOM)
        return -1;
    if (token->has_escape)
        text = str_from(plain, unescape(text, plain));
    if (text.size == 0)
        return 0;
    return when_parse(text, out) ? -1 : 0;
}
