#include "base/mem.h"
#include "format/scan_parts.h"

#include <stdlib.h>

struct named {
    uint64_t hash;
    uint32_t at; /* the name's token; its value is the next */
};

static bool is_same_text(const struct scan *a, uint32_t at, const struct scan *b, uint32_t bt)
{
    struct scan_letters la = scan_letters(a, at), lb = scan_letters(b, bt);
    int                 letter;

    if (!a->tokens[at].has_escape && !b->tokens[bt].has_escape)
        return str_is(scan_inside(a, at), scan_inside(b, bt));
    do {
        letter = scan_next_letter(&la);
        if (letter != scan_next_letter(&lb))
            return false;
    } while (letter >= 0);
    return true;
}

/* Two that are written as integers are compared as such, all others as doubles. */
static bool is_same_number(const struct scan *a, uint32_t at, const struct scan *b, uint32_t bt)
{
    struct str text_a = scan_inside(a, at), text_b = scan_inside(b, bt);
    int64_t    whole_a, whole_b;
    double     real_a, real_b;

    if (str_is(text_a, text_b))
        return true;
    if (!str_to_i64(text_a, INT64_MIN, INT64_MAX, &whole_a)
        && !str_to_i64(text_b, INT64_MIN, INT64_MAX, &whole_b))
        return whole_a == whole_b;
    return !scan_number(a, at, &real_a) && !scan_number(b, bt, &real_b)
           && !(real_a < real_b || real_a > real_b);
}

static uint64_t hash_name(const struct scan *scan, uint32_t at)
{
    struct scan_letters letters = scan_letters(scan, at);
    uint64_t            hash    = 14695981039346656037u;

    for (int letter; (letter = scan_next_letter(&letters)) >= 0;)
        hash = (hash ^ (unsigned)letter) * 1099511628211u;
    return hash;
}

static int order_named(const void *left, const void *right)
{
    const struct named *a = left, *b = right;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

/* The members that count, by hash of their name. Of those with the same name the last stays.
 * NULL: no memory. */
static struct named *list_members(const struct scan *scan, uint32_t object, size_t *count)
{
    const struct scan_token *tokens = scan->tokens;
    size_t                   n      = 0;
    struct named            *list = mem_array((tokens[object].next - object) / 2 + 1, sizeof *list);

    if (!list)
        return NULL;
    for (uint32_t at = object + 1; at < tokens[object].next; at = tokens[at + 1].next)
        list[n++] = (struct named){hash_name(scan, at), at};
    qsort(list, n, sizeof *list, order_named);
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (*count && list[*count - 1].hash == list[i].hash
            && is_same_text(scan, list[*count - 1].at, scan, list[i].at))
            (*count)--;
        list[(*count)++] = list[i];
    }
    return list;
}

static bool is_same_object(const struct scan *a, uint32_t at, const struct scan *b, uint32_t bt)
{
    size_t        count_a = 0, count_b = 0;
    struct named *list_a  = list_members(a, at, &count_a);
    struct named *list_b  = list_members(b, bt, &count_b);
    bool          is_same = list_a && list_b && count_a == count_b;

    for (size_t i = 0; is_same && i < count_a; i++)
        is_same = is_same_text(a, list_a[i].at, b, list_b[i].at)
                  && scan_same(a, list_a[i].at + 1, b, list_b[i].at + 1);
    mem_free(list_a);
    mem_free(list_b);
    return is_same;
}

static bool is_same_array(const struct scan *a, uint32_t at, const struct scan *b, uint32_t bt)
{
    uint32_t item_a = scan_first(a, at), item_b = scan_first(b, bt);

    while (item_a && item_b && scan_same(a, item_a, b, item_b)) {
        item_a = scan_next(a, at, item_a);
        item_b = scan_next(b, bt, item_b);
    }
    return !item_a && !item_b;
}

/* Calls itself, but never deeper than SCAN_DEPTH. */
bool scan_same(const struct scan *a, uint32_t at, const struct scan *b, uint32_t bt)
{
    if (a->tokens[at].type != b->tokens[bt].type)
        return false;
    switch (scan_type(a, at)) {
    case SCAN_NULL:
    case SCAN_FALSE:
    case SCAN_TRUE: return true;
    case SCAN_NUMBER: return is_same_number(a, at, b, bt);
    case SCAN_TEXT: return is_same_text(a, at, b, bt);
    case SCAN_ARRAY: return is_same_array(a, at, b, bt);
    case SCAN_OBJECT: return is_same_object(a, at, b, bt);
    }
    return false;
}
