#include "aws/canonical.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/own.h"
#include "wire/fetch.h"

enum { MOST_PAIRS = 1024, MOST_BYTES = 1 << 20 };

/* Many of name and value, to be sorted; `text` holds the bytes of both. */
struct pair {
    struct str name, value;
    size_t     order; /* as given: qsort forgets it */
};

struct pairs {
    struct pair *all;
    size_t       count;
    struct buf   text;
};

#define PAIRS_NONE ((struct pairs){NULL, 0, BUF_UP_TO(MOST_BYTES)})

static void pairs_release(struct pairs *pairs)
{
    mem_free(pairs->all);
    buf_release(&pairs->text);
}

static int pairs_room(struct pairs *pairs, size_t count, struct fail *why)
{
    if (count > MOST_PAIRS)
        return fail_set(why, FAIL_SIZE, "more than %d parts to sign", MOST_PAIRS);
    pairs->all = mem_array(count, sizeof *pairs->all);
    if (!pairs->all)
        return fail_set(why, FAIL_MEMORY, "no memory for %zu parts to sign", count);
    return 0;
}

/* The text moves while it grows, so pairs are noted by size alone and placed at the end. */
static void pairs_note(struct pairs *pairs, size_t name_size, size_t value_size)
{
    pairs->all[pairs->count] =
        (struct pair){str_from(NULL, name_size), str_from(NULL, value_size), pairs->count};
    pairs->count++;
}

static int by_name_and_value(const void *a, const void *b)
{
    const struct pair *one = a, *two = b;
    int                order = str_order(one->name, two->name);

    return order ? order : str_order(one->value, two->value);
}

static int by_name_and_order(const void *a, const void *b)
{
    const struct pair *one = a, *two = b;
    int                order = str_order(one->name, two->name);

    if (order)
        return order;
    return one->order < two->order ? -1 : one->order > two->order;
}

static int pairs_sort(struct pairs *pairs, int (*order)(const void *, const void *),
                      struct fail  *why)
{
    const char *at = pairs->text.data;

    if (buf_check(&pairs->text, why))
        return -1;
    for (size_t i = 0; i < pairs->count; i++) {
        struct pair *pair = &pairs->all[i];

        pair->name.data  = at;
        pair->value.data = at + pair->name.size;
        at += pair->name.size + pair->value.size;
    }
    if (pairs->count)
        qsort(pairs->all, pairs->count, sizeof *pairs->all, order);
    return 0;
}

/* --- bytes ------------------------------------------------------------------------------------ */

static bool is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
           || c == '.' || c == '_' || c == '~';
}

void canonical_encode(struct str text, bool keeps_slash, struct buf *out)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if (is_unreserved(c) || (c == '/' && keeps_slash))
            buf_char(out, (char)c);
        else
            buf_add(out, (const char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes %XX (a stray '%' stands for itself) and encodes again; gives the size added. */
static size_t recode(struct str text, struct buf *out)
{
    size_t before = out->size;

    for (size_t i = 0; i < text.size; i++) {
        char c    = text.data[i];
        int  high = c == '%' && i + 2 < text.size ? hex_digit(text.data[i + 1]) : -1;
        int  low  = high >= 0 ? hex_digit(text.data[i + 2]) : -1;

        if (low >= 0) {
            c = (char)(high << 4 | low);
            i += 2;
        }
        canonical_encode(str_from(&c, 1), false, out);
    }
    return out->size - before;
}

/* --- the three parts -------------------------------------------------------------------------- */

/* Removes dot segments and doubled slashes; what stood behind the last '/' decides whether the
 * result ends in one. */
static void merge(struct str path, struct buf *out)
{
    struct str piece;
    bool       ends_in_slash = true;

    while (str_cut(&path, '/', &piece)) {
        ends_in_slash = piece.size == 0 || str_is(piece, STR(".")) || str_is(piece, STR(".."));
        if (str_is(piece, STR("..")))
            while (out->size && out->data[--out->size] != '/')
                ;
        if (ends_in_slash)
            continue;
        buf_char(out, '/');
        buf_str(out, piece);
    }
    if (ends_in_slash || out->size == 0)
        buf_char(out, '/');
}

int canonical_path(struct str path, bool merges, bool encodes, struct buf *out, struct fail *why)
{
    OWN(buf) merged = BUF_UP_TO(MOST_BYTES);

    if (path.size == 0)
        path = STR("/");
    if (merges) {
        merge(path, &merged);
        path = buf_view(&merged);
    }
    if (buf_check(&merged, why))
        return -1;
    if (encodes)
        canonical_encode(path, true, out);
    else
        buf_str(out, path);
    return buf_check(out, why);
}

static size_t count_of(struct str text, char c)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++)
        count += text.data[i] == c;
    return count;
}

int canonical_query(struct str query, struct buf *out, struct fail *why)
{
    OWN(pairs) pairs = PAIRS_NONE;
    struct str pair;

    if (pairs_room(&pairs, count_of(query, '&') + 1, why))
        return -1;
    while (str_cut(&query, '&', &pair)) {
        struct str name;
        size_t     name_size;

        if (pair.size == 0)
            continue;
        (void)str_cut(&pair, '=', &name); /* there is always a first piece; `pair` keeps the rest */
        name_size = recode(name, &pairs.text);
        pairs_note(&pairs, name_size, recode(pair, &pairs.text));
    }
    if (pairs_sort(&pairs, by_name_and_value, why))
        return -1;
    for (size_t i = 0; i < pairs.count; i++) {
        if (i)
            buf_char(out, '&');
        buf_str(out, pairs.all[i].name);
        buf_char(out, '=');
        buf_str(out, pairs.all[i].value);
    }
    return buf_check(out, why);
}

static size_t add_lower(struct str name, struct buf *out)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];

        buf_char(out, (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
    }
    return name.size;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Both ends stripped, runs of blanks inside made one; gives the size added. */
static size_t add_folded(struct str value, struct buf *out)
{
    size_t before = out->size;

    value = str_trim(value);
    for (size_t i = 0; i < value.size; i++)
        if (!is_blank(value.data[i]))
            buf_char(out, value.data[i]);
        else if (!is_blank(value.data[i - 1])) /* the first is none: it is trimmed */
            buf_char(out, ' ');
    return out->size - before;
}

int canonical_headers(const struct fetch_header *headers, size_t count, struct buf *lines,
                      struct buf *names, struct fail *why)
{
    OWN(pairs) pairs = PAIRS_NONE;

    if (pairs_room(&pairs, count, why))
        return -1;
    for (size_t i = 0; i < count; i++) {
        size_t name_size = add_lower(str_trim(str_of(headers[i].name)), &pairs.text);

        pairs_note(&pairs, name_size, add_folded(str_of(headers[i].value), &pairs.text));
    }
    if (pairs_sort(&pairs, by_name_and_order, why))
        return -1;
    for (size_t i = 0; i < pairs.count; i++) {
        const struct pair *pair = &pairs.all[i];

        if (i && str_is(pair->name, pairs.all[i - 1].name)) {
            lines->size -= lines->size > 0; /* back over the line's end */
            buf_char(lines, ',');
        } else {
            if (i)
                buf_char(names, ';');
            buf_str(names, pair->name);
            buf_str(lines, pair->name);
            buf_char(lines, ':');
        }
        buf_str(lines, pair->value);
        buf_char(lines, '\n');
    }
    return buf_check(lines, why) ? -1 : buf_check(names, why);
}
