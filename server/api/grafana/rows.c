#include "api/grafana/rows.h"

#include "base/fail.h"
#include "base/mem.h"

#include <string.h>

enum { FIRST_ROOM = 64, NAME_ROOM = 64 };

static const double HUNDRED = 100;

void grafana_answer_release(struct grafana_answer *answer)
{
    scan_release(&answer->scan);
    buf_release(&answer->body);
}

void grafana_rows_release(struct grafana_rows *rows)
{
    mem_free(rows->items);
}

/* --- rows --- */

static int push(struct grafana_rows *rows, const struct grafana_row *row, struct fail *why)
{
    if (rows->count == rows->room) {
        size_t              room  = rows->room ? rows->room * 2 : FIRST_ROOM;
        struct grafana_row *grown = mem_grow(rows->items, room, sizeof *grown);

        if (!grown)
            return fail_set(why, FAIL_MEMORY, "no memory for rows");
        rows->items = grown;
        rows->room  = room;
    }
    rows->items[rows->count++] = *row;
    return 0;
}

/* The next member of a path, cut off; `kind` is '[' or '{' where its items are rows. */
static struct str next_step(struct str *rest, char *kind)
{
    struct str step = STR_NONE;

    (void)str_cut(rest, '.', &step); /* the caller looked whether there is one */
    *kind = '\0';
    if (str_ends(step, STR("[]")) || str_ends(step, STR("{}"))) {
        *kind = step.data[step.size - 2];
        step.size -= 2;
    }
    return step;
}

/* The member of an object; SCAN_NONE: there is none. */
static uint32_t find(const struct scan *scan, uint32_t object, struct str name)
{
    char text[NAME_ROOM];

    return str_to_c(name, text, sizeof text) ? SCAN_NONE : scan_member(scan, object, text);
}

static int walk(struct grafana_rows *rows, struct grafana_row row, uint32_t at, struct str rest,
                struct fail *why);

static int walk_items(struct grafana_rows *rows, struct grafana_row row, uint32_t list,
                      struct str rest, struct fail *why)
{
    const struct scan *scan      = &row.answer->scan;
    bool               is_object = scan_type(scan, list) == SCAN_OBJECT;

    if (++row.depth == ROWS_MOST_DEPTH)
        return fail_set(why, FAIL_BUG, "a metric's rows are too deep");
    row.index = row.count = 0;
    for (uint32_t at = scan_first(scan, list); at; at = scan_next(scan, list, at))
        row.count += 1;
    if (is_object)
        row.count /= 2;
    for (uint32_t at = scan_first(scan, list); at; at = scan_next(scan, list, at)) {
        row.name = at;
        if (is_object)
            at = scan_next(scan, list, at);
        row.at[row.depth] = at;
        if (walk(rows, row, at, rest, why))
            return -1;
        row.index++;
    }
    return 0;
}

static int walk(struct grafana_rows *rows, struct grafana_row row, uint32_t at, struct str rest,
                struct fail *why)
{
    const struct scan *scan = &row.answer->scan;

    while (rest.size) {
        char       kind;
        struct str step = next_step(&rest, &kind);

        at = find(scan, at, step);
        if (at == SCAN_NONE)
            return 0;
        if (kind && scan_type(scan, at) != (kind == '[' ? SCAN_ARRAY : SCAN_OBJECT))
            return 0;
        if (kind)
            return walk_items(rows, row, at, rest, why);
    }
    return push(rows, &row, why);
}

int rows_add(struct grafana_rows *rows, const struct grafana_answer *answer, const char *where,
             struct fail *why)
{
    const struct grafana_row root = {.answer = answer};

    return walk(rows, root, 0, str_of(where), why);
}

/* --- cells --- */

/* The item of this number; SCAN_NONE: there is none. */
static uint32_t find_item(const struct scan *scan, uint32_t array, int64_t number)
{
    uint32_t at = scan_type(scan, array) == SCAN_ARRAY ? scan_first(scan, array) : SCAN_NONE;

    while (at && number-- > 0)
        at = scan_next(scan, array, at);
    return at;
}

/* False: there is nothing. */
static bool follow(const struct grafana_row *row, struct str path, uint32_t *out)
{
    const struct scan *scan  = &row->answer->scan;
    int                depth = row->depth;
    struct str         step;
    int64_t            number;

    while (str_starts(path, STR("^"))) {
        path = str_part(path, 1, path.size);
        depth--;
    }
    if (depth < 0)
        return false;
    *out = row->at[depth];
    while (str_cut(&path, '.', &step)) {
        if (str_is_text(step, "#"))
            *out = find_item(scan, *out, row->index);
        else if (scan_type(scan, *out) == SCAN_ARRAY)
            *out =
                str_to_i64(step, 0, INT32_MAX, &number) ? SCAN_NONE : find_item(scan, *out, number);
        else
            *out = find(scan, *out, step);
        if (*out == SCAN_NONE)
            return false;
    }
    return true;
}

/* A list of texts reads better with commas than as JSON. */
static int read_list(const struct scan *scan, uint32_t list, struct buf *room, struct str *out,
                     struct fail *why)
{
    OWN(buf) text = BUF_UP_TO(1u << 20);
    struct str one;

    for (uint32_t at = scan_first(scan, list); at; at = scan_next(scan, list, at)) {
        if (scan_text(scan, at, room, &one))
            return 0; /* not only texts: stays as it is */
        buf_text(&text, text.size ? ", " : "");
        buf_str(&text, one);
    }
    if (buf_check(&text, why) || !buf_room(room, text.size))
        return fail_in(why, "a cell");
    *out = str_from(room->data + room->size, text.size);
    memcpy(room->data + room->size, text.data ? text.data : "", text.size);
    buf_grown(room, text.size);
    return 0;
}

static int read_token(const struct scan *scan, uint32_t at, struct buf *room,
                      struct grafana_cell *out, struct fail *why)
{
    enum scan_type type = scan_type(scan, at);

    *out = (struct grafana_cell){.is_there = type != SCAN_NULL, .text = scan_raw(scan, at)};
    if (type == SCAN_TEXT) {
        out->is_text = true;
        return scan_text(scan, at, room, &out->text)
                   ? fail_set(why, FAIL_BUG, "a text that is none")
                   : 0;
    }
    out->is_number = type == SCAN_NUMBER && scan_number(scan, at, &out->number) == 0;
    out->is_true   = type == SCAN_TRUE;
    return type == SCAN_ARRAY ? read_list(scan, at, room, &out->text, why) : 0;
}

/* The cells that are about the row itself; 0: it is none of them. */
static int read_own(const struct grafana_row *row, struct str path, struct grafana_cell *out)
{
    bool is_low = str_is_text(path, "@low");

    if (!is_low && !str_is_text(path, "@high"))
        return 0;
    *out        = (struct grafana_cell){.is_there = true, .is_number = true};
    out->number = HUNDRED * (double)(row->index + !is_low) / (double)(row->count ? row->count : 1);
    return 1;
}

int rows_cell(const struct grafana_row *row, const char *path, struct buf *room,
              struct grafana_cell *out, struct fail *why)
{
    const struct scan *scan = &row->answer->scan;
    uint32_t           at;

    *out = (struct grafana_cell){.is_there = false};
    if (read_own(row, str_of(path), out))
        return 0;
    if (str_is_text(str_of(path), "@name"))
        return read_token(scan, row->name, room, out, why);
    if (str_is_text(str_of(path), "@value"))
        return read_token(scan, row->at[row->depth], room, out, why);
    return follow(row, str_of(path), &at) ? read_token(scan, at, room, out, why) : 0;
}
