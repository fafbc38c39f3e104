/* Rows as a table with typed columns. */
#include "api/grafana/draw.h"

#include "api/grafana/metric.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_ROOM = 1024 };

size_t draw_cell_room(const struct grafana_answers *answers)
{
    size_t most = 0;

    for (size_t i = 0; i < answers->count; i++)
        most = answers->items[i].body.size > most ? answers->items[i].body.size : most;
    return 2 * most + LEAST_ROOM; /* a list's texts, and the text that they make */
}

/* --- which rows --- */

static const struct grafana_column *column_of(const struct grafana_metric *metric,
                                              const char                  *title)
{
    for (const struct grafana_column *column = metric->columns; column->title; column++)
        if (strcmp(column->title, title) == 0)
            return column;
    return NULL;
}

/* The column a key chooses by: of its name. */
static int is_chosen_by(const struct grafana_key *key, const struct grafana_question *question,
                        const struct grafana_row *row, struct buf *room, struct fail *why)
{
    const struct grafana_values *values = &question->values[key - question->metric->keys];
    const struct grafana_column *column = column_of(question->metric, key->name);
    struct grafana_cell          cell;

    if (!(key->flags & KEY_HERE) || !values_restrict(values))
        return 1;
    if (!column)
        return fail_set(why, FAIL_BUG, "'%s' has no column '%s'", question->metric->name,
                        key->name);
    buf_clear(room);
    if (rows_cell(row, column->path, room, &cell, why))
        return -1;
    return values_match(values, cell.is_there ? cell.text : STR(""));
}

/* 1: the row is wanted, 0, -1. */
static int is_chosen(const struct grafana_question *question, const struct grafana_row *row,
                     struct buf *room, struct fail *why)
{
    int is_in = 1;

    for (const struct grafana_key *key = question->metric->keys; key->name && is_in == 1; key++)
        is_in = is_chosen_by(key, question, row, room, why);
    return is_in;
}

static int choose(const struct grafana_question *question, struct grafana_rows *rows,
                  struct buf *room, struct fail *why)
{
    size_t kept = 0;

    for (size_t i = 0; i < rows->count; i++) {
        int got = is_chosen(question, &rows->items[i], room, why);

        if (got < 0)
            return -1;
        if (got)
            rows->items[kept++] = rows->items[i];
    }
    rows->count = kept;
    return 0;
}

/* --- their order --- */

struct ordered {
    double             number;
    size_t             place;
    struct grafana_row row;
};

/* The greatest first; what is equal stays as it was. */
static int by_number(const void *a, const void *b)
{
    const struct ordered *left = a, *right = b;

    if (left->number != right->number)
        return left->number > right->number ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

/* Each answer is in order; of several the rows are brought together. */
static int order(const struct grafana_drawing *drawing, struct grafana_rows *rows, struct buf *room,
                 struct fail *why)
{
    const struct grafana_metric *metric = drawing->question->metric;
    const struct grafana_column *column = metric->order ? column_of(metric, metric->order) : NULL;
    struct ordered              *items;
    struct grafana_cell          cell;
    int                          result = 0;

    if (!column || drawing->answers->count < 2)
        return 0;
    items = mem_array(rows->count, sizeof *items);
    if (!items)
        return fail_set(why, FAIL_MEMORY, "no memory for rows");
    for (size_t i = 0; i < rows->count && !result; i++) {
        buf_clear(room);
        result   = rows_cell(&rows->items[i], column->path, room, &cell, why);
        items[i] = (struct ordered){cell.is_number ? cell.number : 0, i, rows->items[i]};
    }
    qsort(items, rows->count, sizeof *items, by_number);
    for (size_t i = 0; i < rows->count; i++)
        rows->items[i] = items[i].row;
    mem_free(items);
    return result;
}

int draw_rows(const struct grafana_drawing *drawing, struct grafana_rows *out, bool *out_more,
              struct fail *why)
{
    const struct grafana_question *question = drawing->question;
    OWN(buf) room                           = BUF_UP_TO(draw_cell_room(drawing->answers));

    if (!buf_room(&room, room.ceiling_bytes))
        return buf_check(&room, why);
    for (size_t i = 0; i < drawing->answers->count; i++)
        if (rows_add(out, &drawing->answers->items[i], question->metric->rows, why))
            return -1;
    if (choose(question, out, &room, why) || order(drawing, out, &room, why))
        return -1;
    *out_more = drawing->answers->has_more;
    if (question->limit && out->count > (size_t)question->limit) {
        out->count = (size_t)question->limit;
        *out_more  = true;
    }
    return 0;
}

/* --- writing --- */

static const char *type_name(enum grafana_type type)
{
    switch (type) {
    case TYPE_TIME: return "time";
    case TYPE_NUMBER: return "number";
    case TYPE_STRING: return "string";
    case TYPE_BOOLEAN: return "boolean";
    }
    return "string";
}

static void write_columns(struct compose *out, const struct grafana_column *columns)
{
    compose_open(out, "columns", '[');
    for (const struct grafana_column *column = columns; column->title; column++) {
        compose_open(out, NULL, '{');
        compose_text(out, "text", str_of(column->title));
        compose_text(out, "type", str_of(type_name(column->type)));
        if (column->unit)
            compose_text(out, "unit", str_of(column->unit));
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

/* What does not fit its column's type is left out: Grafana would take the type by its word. */
static void write_cell(struct compose *out, enum grafana_type type, const struct grafana_cell *cell)
{
    if (!cell->is_there || (type == TYPE_TIME && !cell->is_number)
        || (type == TYPE_NUMBER && !cell->is_number))
        compose_null(out, NULL);
    else if (type == TYPE_STRING)
        compose_text(out, NULL, cell->text);
    else if (type == TYPE_BOOLEAN)
        compose_bool(out, NULL, cell->is_true);
    else if (cell->text.data)
        compose_raw(out, NULL, cell->text);
    else
        compose_real(out, NULL, cell->number);
}

static int write_row(struct compose *out, const struct grafana_column *columns,
                     const struct grafana_row *row, struct buf *room, struct fail *why)
{
    struct grafana_cell cell;

    compose_open(out, NULL, '[');
    for (const struct grafana_column *column = columns; column->title; column++) {
        buf_clear(room);
        if (rows_cell(row, column->path, room, &cell, why))
            return -1;
        write_cell(out, column->type, &cell);
    }
    compose_close(out, ']');
    return 0;
}

static void add_notice(struct buf *list, const char *text)
{
    struct compose json = compose_into(list);

    json.needs_comma = list->size > 0;
    compose_open(&json, NULL, '{');
    compose_text(&json, "severity", STR("warning"));
    compose_text(&json, "text", str_of(text));
    compose_close(&json, '}');
}

static void write_meta(struct compose *out, struct str notices)
{
    if (!notices.size)
        return;
    compose_open(out, "meta", '{');
    compose_open(out, "notices", '[');
    compose_raw(out, NULL, notices);
    compose_close(out, ']');
    compose_close(out, '}');
}

void draw_notices(struct compose *out, const struct grafana_drawing *drawing, bool has_more)
{
    const struct grafana_question *question = drawing->question;
    OWN(buf) list                           = BUF_UP_TO(64 * 1024);
    char text[RELAY_NOTICE];

    for (size_t i = 0; i < question->notice_count; i++)
        add_notice(&list, question->notices[i]);
    if (has_more) {
        /* the number fits */
        (void)snprintf(text, sizeof text,
                       "there are more rows than these; narrow the filters or the range, or raise "
                       "the limit (%lld)",
                       (long long)question->limit);
        add_notice(&list, text);
    }
    write_meta(out, buf_view(&list));
}

static void open_table(struct compose *out, const struct grafana_drawing *drawing, bool has_more)
{
    const struct grafana_metric *metric = drawing->question->metric;

    compose_open(out, NULL, '{');
    compose_text(out, "type", STR("table"));
    if (drawing->target->ref.data)
        compose_text(out, "refId", drawing->target->ref);
    compose_text(out, "name", str_of(metric->name));
    draw_notices(out, drawing, has_more);
    write_columns(out, metric->columns);
    compose_open(out, "rows", '[');
}

static void close_table(struct compose *out)
{
    compose_close(out, ']');
    compose_close(out, '}');
}

int draw_table(struct compose *out, const struct grafana_drawing *drawing, struct fail *why)
{
    const struct grafana_metric *metric = drawing->question->metric;
    OWN(grafana_rows) rows              = GRAFANA_ROWS_EMPTY;
    OWN(buf) room                       = BUF_UP_TO(draw_cell_room(drawing->answers));
    bool has_more                       = false;

    if (!buf_room(&room, room.ceiling_bytes))
        return buf_check(&room, why);
    if (draw_rows(drawing, &rows, &has_more, why))
        return -1;
    open_table(out, drawing, has_more);
    for (size_t i = 0; i < rows.count; i++)
        if (write_row(out, metric->columns, &rows.items[i], &room, why))
            return -1;
    close_table(out);
    return 0;
}

void draw_failure(struct compose *out, const struct grafana_drawing *drawing, const char *sentence)
{
    struct grafana_question *question = drawing->question;
    bool                     is_table = question->metric && question->metric->columns;

    question->notice_count = 0; /* what came before does not matter any more */
    relay_notice(question, "%s", sentence);
    if (is_table) {
        open_table(out, drawing, false);
        close_table(out);
        return;
    }
    compose_open(out, NULL, '{');
    compose_text(out, "target", drawing->target->name);
    if (drawing->target->ref.data)
        compose_text(out, "refId", drawing->target->ref);
    draw_notices(out, drawing, false);
    compose_open(out, "datapoints", '[');
    compose_close(out, ']');
    compose_close(out, '}');
}
