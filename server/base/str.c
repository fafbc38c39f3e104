#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct str str_of(const char *text)
{
    return text ? (struct str){text, strlen(text)} : STR_NONE;
}

struct str str_from(const char *data, size_t size)
{
    return (struct str){data, size};
}

bool str_is(struct str a, struct str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool str_is_text(struct str a, const char *text)
{
    return str_is(a, str_of(text));
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_is_nocase(struct str a, struct str b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

int str_order(struct str a, struct str b)
{
    size_t shorter = a.size < b.size ? a.size : b.size;
    int    order   = shorter ? memcmp(a.data, b.data, shorter) : 0;

    if (order)
        return order;
    return a.size < b.size ? -1 : a.size > b.size;
}

bool str_starts(struct str a, struct str start)
{
    return a.size >= start.size && str_is(str_part(a, 0, start.size), start);
}

bool str_ends(struct str a, struct str end)
{
    return a.size >= end.size && str_is(str_part(a, a.size - end.size, end.size), end);
}

struct str str_part(struct str a, size_t at, size_t size)
{
    if (at >= a.size)
        return (struct str){a.data ? a.data + a.size : NULL, 0};
    return (struct str){a.data + at, size < a.size - at ? size : a.size - at};
}

struct str str_head(struct str a, size_t size)
{
    if (size >= a.size)
        return a;
    while (size && ((unsigned char)a.data[size] & 0xc0) == 0x80)
        size--;
    return str_part(a, 0, size);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str a)
{
    while (a.size && is_blank(a.data[0])) {
        a.data++;
        a.size--;
    }
    while (a.size && is_blank(a.data[a.size - 1]))
        a.size--;
    return a;
}

struct str str_after_last(struct str a, char sep)
{
    for (size_t i = a.size; i > 0; i--)
        if (a.data[i - 1] == sep)
            return str_part(a, i, a.size);
    return a;
}

bool str_cut(struct str *rest, char sep, struct str *piece)
{
    const char *found;

    if (!rest->data)
        return false;
    found = rest->size ? memchr(rest->data, sep, rest->size) : NULL;
    if (!found) {
        *piece = *rest;
        *rest  = STR_NONE;
        return true;
    }
    *piece = str_from(rest->data, (size_t)(found - rest->data));
    rest->size -= piece->size + 1;
    rest->data = found + 1;
    return true;
}

int str_to_i64(struct str a, int64_t least, int64_t most, int64_t *out)
{
    uint64_t sum = 0;
    size_t   i   = 0;
    bool     is_negative;
    int64_t  value;

    is_negative = a.size && a.data[0] == '-';
    i           = is_negative;
    if (i == a.size || a.size - i > 19)
        return -1;
    for (; i < a.size; i++) {
        if (a.data[i] < '0' || a.data[i] > '9')
            return -1;
        sum = sum * 10 + (uint64_t)(a.data[i] - '0');
    }
    if (sum > (uint64_t)INT64_MAX)
        return -1;
    value = is_negative ? -(int64_t)sum : (int64_t)sum;
    if (value < least || value > most)
        return -1;
    *out = value;
    return 0;
}

int str_to_double(struct str a, double *out)
{
    char   text[64];
    char  *end;
    double value;

    if (a.size == 0 || is_blank(a.data[0]) || str_to_c(a, text, sizeof text))
        return -1;
    errno = 0;
    value = strtod(text, &end);
    if (*end || end == text || !isfinite(value))
        return -1;
    *out = value;
    return 0;
}

/* FNV-1a with a final mix; eight bytes a turn would be faster and has never mattered. */
uint64_t str_hash(struct str a, uint64_t seed)
{
    uint64_t hash = 14695981039346656037u ^ seed;

    for (size_t i = 0; i < a.size; i++)
        hash = (hash ^ (unsigned char)a.data[i]) * 1099511628211u;
    hash ^= hash >> 32;
    hash *= 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
    return hash;
}

int str_to_c(struct str a, char *out, size_t room)
{
    if (a.size >= room || (a.size && memchr(a.data, '\0', a.size)))
        return -1;
    if (a.size)
        memcpy(out, a.data, a.size);
    out[a.size] = '\0';
    return 0;
}

/* How many continuation bytes follow this lead byte; -1 when it leads nothing. */
static int utf8_follow(unsigned char lead)
{
    if (lead < 0x80)
        return 0;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 1;
    if (lead >= 0xe0 && lead <= 0xef)
        return 2;
    return lead >= 0xf0 && lead <= 0xf4 ? 3 : -1;
}

/* Bounds of the second byte, where overlong forms, surrogates and the end of Unicode hide. */
static bool utf8_second_fits(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xe0: return second >= 0xa0;
    case 0xed: return second <= 0x9f;
    case 0xf0: return second >= 0x90;
    case 0xf4: return second <= 0x8f;
    default: return true;
    }
}

size_t str_character(struct str a, uint32_t *code)
{
    static const unsigned char masks[] = {0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char       *at      = (const unsigned char *)a.data;
    int                        follow  = a.size ? utf8_follow(*at) : -1;

    if (follow < 0 || (size_t)follow >= a.size || (follow && !utf8_second_fits(at[0], at[1])))
        return 0;
    *code = at[0] & masks[follow];
    for (int i = 1; i <= follow; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (at[i] & 0x3f);
    }
    return (size_t)follow + 1;
}

bool str_is_utf8(struct str a)
{
    uint32_t code;
    size_t   size;

    for (; a.size; a = str_part(a, size, a.size)) {
        size = str_character(a, &code);
        if (!size)
            return false;
    }
    return true;
}
