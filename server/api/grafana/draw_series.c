/* Lines of points as series, or as a table of them. */
#include "api/grafana/draw.h"

#include "api/grafana/metric.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 512, FIRST_ROOM = 16, LABEL_ROOM = 64, MOST_LABELS = 16 };

/* One series of an answer. */
struct line {
    const struct grafana_answer *answer;
    uint32_t                     labels, points;
    char                         name[NAME_ROOM];
};

struct lines {
    struct line *items;
    size_t       count, room;
};

static const struct scan *scan_of(const struct line *line)
{
    return &line->answer->scan;
}

/* --- labels --- */

/* As filters and columns call it. */
static struct str label_name(struct str name)
{
    static const struct {
        const char *rest, *ours;
    } names[] = {{"model_name", "model"},
                 {"model_version", "version"},
                 {"server_id", "server"},
                 {"endpoint_name", "endpoint"}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is_text(name, names[i].rest))
            return str_of(names[i].ours);
    return name;
}

/* The at-th label: those of the series, then what was asked apart and is none of these. */
struct label {
    char       name[LABEL_ROOM];
    struct str value; /* no data: not known */
};

/* A label of the series itself; texts may be in `room`. */
static bool own_label(const struct line *line, size_t at, struct buf *room, struct label *out)
{
    const struct scan *scan  = scan_of(line);
    uint32_t           token = scan_first(scan, line->labels);
    struct str         name;

    for (size_t i = 0; token && i < 2 * at; i++)
        token = scan_next(scan, line->labels, token);
    if (!token || scan_text(scan, token, room, &name)
        || str_to_c(label_name(name), out->name, sizeof out->name))
        return false;
    token      = scan_next(scan, line->labels, token);
    out->value = STR_NONE;
    if (scan_type(scan, token) == SCAN_NUMBER)
        out->value = scan_raw(scan, token);
    else if (scan_text(scan, token, room, &out->value))
        out->value = STR_NONE;
    return true;
}

static bool has_own(const struct line *line, const char *name, struct buf *room)
{
    struct label label;

    for (size_t i = 0; own_label(line, i, room, &label); i++)
        if (strcmp(label.name, name) == 0)
            return true;
    return false;
}

static bool read_label(const struct line *line, size_t at, struct buf *room, struct label *out)
{
    size_t count = 0;

    buf_clear(room);
    while (own_label(line, count, room, out))
        if (count++ == at)
            return true;
    for (size_t i = 0; i < line->answer->label_count; i++) {
        if (has_own(line, line->answer->labels[i].name, room) || count++ != at)
            continue;
        (void)snprintf(out->name, sizeof out->name, "%s", line->answer->labels[i].name);
        out->value = line->answer->labels[i].value;
        return true;
    }
    return false;
}

/* --- names --- */

static void add_word(char name[NAME_ROOM], struct str word)
{
    size_t size = strlen(name);

    if (word.size)
        (void)snprintf(name + size, NAME_ROOM - size, " %.*s", /* a long name is cut */
                       STR_ARG(str_head(word, NAME_ROOM - size - 1)));
}

/* Not all lines have the same there. */
static bool tells_apart(const struct lines *lines, size_t at, struct buf *rooms)
{
    struct label first, other;

    if (!read_label(&lines->items[0], at, &rooms[0], &first))
        return false;
    for (size_t i = 1; i < lines->count; i++)
        if (!read_label(&lines->items[i], at, &rooms[1], &other)
            || !str_is(first.value, other.value))
            return true;
    return false;
}

static size_t count_labels(const struct line *line, struct buf *room)
{
    struct label label;
    size_t       count = 0;

    while (count < MOST_LABELS && read_label(line, count, room, &label))
        count++;
    return count;
}

/* "Latency p95 doc_classification 3": what it is, then the labels that tell lines apart, and in any
 * case the last one. */
static void name_lines(const struct grafana_metric *metric, struct lines *lines, struct buf *rooms)
{
    size_t       count = lines->count ? count_labels(&lines->items[0], &rooms[0]) : 0;
    bool         wanted[MOST_LABELS];
    struct label label;

    for (size_t at = 0; at < count; at++)
        wanted[at] = at + 1 == count || tells_apart(lines, at, rooms);
    for (size_t i = 0; i < lines->count; i++) {
        struct line *line = &lines->items[i];
        struct str   what = line->answer->name.data ? line->answer->name : str_of(metric->label);

        (void)snprintf(line->name, NAME_ROOM, "%.*s", STR_ARG(what));
        for (size_t at = 0; at < count; at++)
            if (wanted[at] && read_label(line, at, &rooms[0], &label))
                add_word(line->name, label.value);
    }
}

static int by_name(const void *a, const void *b)
{
    const struct line *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static int push(struct lines *lines, const struct line *line, struct fail *why)
{
    if (lines->count == lines->room) {
        size_t       room  = lines->room ? lines->room * 2 : FIRST_ROOM;
        struct line *grown = mem_grow(lines->items, room, sizeof *grown);

        if (!grown)
            return fail_set(why, FAIL_MEMORY, "no memory for series");
        lines->items = grown;
        lines->room  = room;
    }
    lines->items[lines->count++] = *line;
    return 0;
}

static int gather(const struct grafana_drawing *drawing, struct lines *out, struct buf *rooms,
                  struct fail *why)
{
    for (size_t i = 0; i < drawing->answers->count; i++) {
        const struct grafana_answer *answer = &drawing->answers->items[i];
        uint32_t                     data   = scan_member(&answer->scan, 0, "data");

        for (uint32_t at = scan_first(&answer->scan, data); at;
             at          = scan_next(&answer->scan, data, at)) {
            struct line line = {.answer = answer,
                                .labels = scan_member(&answer->scan, at, "labels"),
                                .points = scan_member(&answer->scan, at, "points")};

            if (push(out, &line, why))
                return -1;
        }
    }
    name_lines(drawing->question->metric, out, rooms);
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_name);
    return 0;
}

/* --- points --- */

/* Time and value of a point, as JSON; a rate is worked out. */
struct point {
    struct str time, value;
    bool       is_known;
    double     rate;
};

static struct point read_point(const struct grafana_drawing *drawing, const struct line *line,
                               uint32_t at)
{
    const struct scan *scan  = scan_of(line);
    uint32_t           time  = scan_first(scan, at);
    uint32_t           value = scan_next(scan, at, time);
    struct point       point = {.time = scan_raw(scan, time), .value = scan_raw(scan, value)};

    point.is_known = scan_number(scan, value, &point.rate) == 0;
    point.rate /= (double)drawing->answers->step / MS_SECOND;
    return point;
}

static void write_value(struct compose *out, const struct grafana_drawing *drawing,
                        const struct point *point)
{
    if (!point->is_known)
        compose_null(out, NULL);
    else if (drawing->question->metric->is_rate)
        compose_real(out, NULL, point->rate);
    else
        compose_raw(out, NULL, point->value);
}

static void write_points(struct compose *out, const struct grafana_drawing *drawing,
                         const struct line *line)
{
    compose_open(out, "datapoints", '[');
    for (uint32_t at = scan_first(scan_of(line), line->points); at;
         at          = scan_next(scan_of(line), line->points, at)) {
        struct point point = read_point(drawing, line, at);

        compose_open(out, NULL, '[');
        write_value(out, drawing, &point);
        compose_raw(out, NULL, point.time);
        compose_close(out, ']');
    }
    compose_close(out, ']');
}

/* --- series --- */

static void write_tags(struct compose *out, const struct line *line, struct buf *room)
{
    struct label label;

    compose_open(out, "tags", '{');
    for (size_t i = 0; i < MOST_LABELS && read_label(line, i, room, &label); i++)
        if (label.value.data) /* labels are texts */
            compose_text(out, label.name, label.value);
    compose_close(out, '}');
}

static void open_series(struct compose *out, const struct grafana_drawing *drawing,
                        const char *name, bool is_first)
{
    compose_open(out, NULL, '{');
    compose_text(out, "target", str_of(name));
    if (drawing->target->ref.data)
        compose_text(out, "refId", drawing->target->ref);
    compose_text(out, "unit", str_of(drawing->question->metric->unit));
    if (is_first)
        draw_notices(out, drawing, false);
}

static void write_series(struct compose *out, const struct grafana_drawing *drawing,
                         const struct lines *lines, struct buf *room)
{
    for (size_t i = 0; i < lines->count; i++) {
        open_series(out, drawing, lines->items[i].name, i == 0);
        write_tags(out, &lines->items[i], room);
        write_points(out, drawing, &lines->items[i]);
        compose_close(out, '}');
    }
    if (lines->count)
        return;
    open_series(out, drawing, drawing->question->metric->label, true);
    compose_open(out, "datapoints", '[');
    compose_close(out, ']');
    compose_close(out, '}');
}

/* --- as a table --- */

static void write_column(struct compose *out, const char *text, const char *type, const char *unit)
{
    compose_open(out, NULL, '{');
    compose_text(out, "text", str_of(text));
    compose_text(out, "type", str_of(type));
    if (unit)
        compose_text(out, "unit", str_of(unit));
    compose_close(out, '}');
}

static void write_line_rows(struct compose *out, const struct grafana_drawing *drawing,
                            const struct line *line)
{
    for (uint32_t at = scan_first(scan_of(line), line->points); at;
         at          = scan_next(scan_of(line), line->points, at)) {
        struct point point = read_point(drawing, line, at);

        compose_open(out, NULL, '[');
        compose_raw(out, NULL, point.time);
        compose_text(out, NULL, str_of(line->name));
        write_value(out, drawing, &point);
        compose_close(out, ']');
    }
}

static void write_table(struct compose *out, const struct grafana_drawing *drawing,
                        const struct lines *lines)
{
    compose_open(out, NULL, '{');
    compose_text(out, "type", STR("table"));
    if (drawing->target->ref.data)
        compose_text(out, "refId", drawing->target->ref);
    compose_text(out, "name", str_of(drawing->question->metric->name));
    draw_notices(out, drawing, false);
    compose_open(out, "columns", '[');
    write_column(out, "Time", "time", NULL);
    write_column(out, "series", "string", NULL);
    write_column(out, "Value", "number", drawing->question->metric->unit);
    compose_close(out, ']');
    compose_open(out, "rows", '[');
    for (size_t i = 0; i < lines->count; i++)
        write_line_rows(out, drawing, &lines->items[i]);
    compose_close(out, ']');
    compose_close(out, '}');
}

int draw_series(struct compose *out, const struct grafana_drawing *drawing, struct fail *why)
{
    size_t       size     = draw_cell_room(drawing->answers);
    struct buf   rooms[2] = {BUF_UP_TO(size), BUF_UP_TO(size)}; /* to compare two labels */
    struct lines lines    = {NULL, 0, 0};
    int          result   = 0;

    if (!buf_room(&rooms[0], size) || !buf_room(&rooms[1], size))
        result = fail_set(why, FAIL_MEMORY, "no memory for series");
    else
        result = gather(drawing, &lines, rooms, why);
    if (!result && drawing->target->is_table)
        write_table(out, drawing, &lines);
    else if (!result)
        write_series(out, drawing, &lines, &rooms[0]);
    mem_free(lines.items);
    buf_release(&rooms[0]);
    buf_release(&rooms[1]);
    return result;
}
