#include "intake/tags.h"

#include "base/buf.h"
#include "base/mem.h"
#include "format/compose.h"
#include "format/scan.h"

#include <stdbool.h>
#include <stdlib.h>

struct tag {
    struct str key, value;
    size_t     order; /* as they came */
};

/* Whether the object is already as we would write it; then its own bytes will do. */
static bool is_normal(const struct scan *scan, uint32_t object)
{
    const struct scan_token *tokens = scan->tokens;
    struct str               last   = STR_NONE;
    size_t                   size   = 2;

    for (uint32_t at = object + 1; at < tokens[object].next; at += 2) {
        struct str key = str_from(scan->text.data + tokens[at].start, tokens[at].size);

        if (tokens[at + 1].type != SCAN_TEXT || tokens[at].has_escape || tokens[at + 1].has_escape
            || str_order(last, key) >= 0)
            return false;
        last = key;
        size += key.size + tokens[at + 1].size + sizeof "\"\":\"\"," - 1;
    }
    return tokens[object].size == size - (last.size > 0); /* no comma behind the last */
}

/* A value that is no text keeps its spelling; null is the empty text. -1: no memory. */
static int read_value(const struct scan *scan, uint32_t at, struct buf *room, struct str *out)
{
    if (at == SCAN_NONE || scan_type(scan, at) == SCAN_NULL)
        *out = STR("");
    else if (scan_type(scan, at) != SCAN_TEXT)
        *out = scan_raw(scan, at);
    else
        return scan_text(scan, at, room, out);
    return 0;
}

/* The key and value tokens of the pair that begins at `at`. */
static void find_pair(const struct scan *scan, uint32_t tags, uint32_t at, uint32_t pair[2])
{
    if (scan_type(scan, tags) == SCAN_OBJECT) {
        pair[0] = at;
        pair[1] = at + 1;
    } else {
        pair[0] = scan_member(scan, at, "Key");
        pair[1] = scan_member(scan, at, "Value");
    }
}

/* Fills `list`, which has room for every pair. -1: no memory. */
static int list_tags(const struct scan *scan, uint32_t tags, struct buf *room, struct tag *list,
                     size_t *count)
{
    uint32_t pair[2];

    for (uint32_t at = scan_first(scan, tags); at; at = scan_next(scan, tags, at)) {
        struct tag tag = {.order = *count};

        find_pair(scan, tags, at, pair);
        if (scan_type(scan, tags) == SCAN_OBJECT)
            at++; /* the walk goes on behind the value */
        if (pair[0] == SCAN_NONE || scan_type(scan, pair[0]) != SCAN_TEXT)
            continue;
        if (scan_text(scan, pair[0], room, &tag.key) || read_value(scan, pair[1], room, &tag.value))
            return -1;
        if (tag.key.size)
            list[(*count)++] = tag;
    }
    return 0;
}

static int order_tags(const void *left, const void *right)
{
    const struct tag *a = left, *b = right;
    int               order = str_order(a->key, b->key);

    return order ? order : a->order < b->order ? -1 : a->order > b->order;
}

static struct str write_tags(const struct tag *list, size_t count, struct buf *room)
{
    size_t         start = room->size;
    struct compose out   = compose_into(room);

    compose_open(&out, NULL, '{');
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && str_is(list[i].key, list[i + 1].key))
            continue;
        compose_text(&out, NULL, list[i].key);
        buf_char(room, ':');
        compose_quoted(room, list[i].value);
    }
    compose_close(&out, '}');
    return str_part(buf_view(room), start, room->size - start);
}

int tags_read(const struct scan *scan, uint32_t at, struct buf *room, struct str *out)
{
    size_t      count = 0;
    struct tag *list;
    int         state;

    if (at == SCAN_NONE)
        return 0;
    if (scan_type(scan, at) != SCAN_OBJECT && scan_type(scan, at) != SCAN_ARRAY)
        return 0;
    if (scan_type(scan, at) == SCAN_OBJECT && is_normal(scan, at)) {
        *out = scan_raw(scan, at);
        return 1;
    }
    list = mem_array(scan->tokens[at].next - at, sizeof *list);
    if (!list)
        return -1;
    state = list_tags(scan, at, room, list, &count);
    if (state == 0) {
        if (count > 1)
            qsort(list, count, sizeof *list, order_tags);
        *out = write_tags(list, count, room);
    }
    mem_free(list);
    return state || room->broken ? -1 : 1;
}
