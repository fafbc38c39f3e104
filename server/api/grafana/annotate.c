#include "api/grafana/annotate.h"

#include "api/grafana/draw.h"
#include "api/grafana/metric.h"
#include "base/fail.h"
#include "format/compose.h"
#include "wire/doc.h"

#include <string.h>

enum { TEXT_CEILING = 64 * 1024, ECHO_CEILING = 1 << 20, ECHO_MOST = 4096 };

/* Rows as they are read, with room for what is made of them. */
struct noting {
    const struct grafana_drawing *drawing;
    const struct grafana_note    *note;
    struct grafana_rows           rows;
    struct buf                    room, text;
    bool                          has_more;
};

static void noting_release(struct noting *noting)
{
    grafana_rows_release(&noting->rows);
    buf_release(&noting->room);
    buf_release(&noting->text);
}

static int read_cell(struct noting *noting, const struct grafana_row *row, struct str title,
                     struct grafana_cell *out, struct fail *why)
{
    const struct grafana_column *column = noting->drawing->question->metric->columns;

    buf_clear(&noting->room);
    while (column->title && !str_is_text(title, column->title))
        column++;
    if (!column->title)
        return fail_set(why, FAIL_BUG, "an annotation names no column");
    return rows_cell(row, column->path, &noting->room, out, why);
}

/* --- texts --- */

static void add_char(struct buf *out, char c)
{
    if (c == ' ' && (!out->size || out->data[out->size - 1] == ' '))
        return;
    buf_char(out, c);
}

/* "{model} v{version}" with the row's cells; what is not known leaves no gap. */
static int fill(struct noting *noting, const struct grafana_row *row, const char *template,
                struct fail *why)
{
    struct grafana_cell cell;

    buf_clear(&noting->text);
    for (const char *at = template; *at; at++) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;

        if (!end) {
            add_char(&noting->text, *at);
            continue;
        }
        if (read_cell(noting, row, str_from(at + 1, (size_t)(end - at - 1)), &cell, why))
            return -1;
        if (cell.is_there)
            buf_str(&noting->text, str_head(cell.text, TEXT_CEILING / 8));
        at = end;
    }
    return buf_check(&noting->text, why);
}

/* The at-th tag, with a cell that has commas made harmless; 1, 0 there is none, -1. */
static int fill_tag(struct noting *noting, const struct grafana_row *row, struct str tag,
                    struct fail *why)
{
    char template[64];

    if (str_to_c(tag, template, sizeof template))
        return fail_set(why, FAIL_BUG, "a tag is too long");
    if (fill(noting, row, template, why))
        return -1;
    for (size_t i = 0; i < noting->text.size; i++)
        if (noting->text.data[i] == ',')
            noting->text.data[i] = ' ';
    return noting->text.size > 0;
}

static int write_tags_joined(struct compose *out, struct noting *noting,
                             const struct grafana_row *row, struct fail *why)
{
    OWN(buf) joined = BUF_UP_TO(TEXT_CEILING);
    struct str rest = str_of(noting->note->tags), tag;

    while (str_cut(&rest, ',', &tag)) {
        int got = fill_tag(noting, row, tag, why);

        if (got < 0)
            return -1;
        if (!got)
            continue;
        buf_text(&joined, joined.size ? "," : "");
        buf_str(&joined, buf_view(&noting->text));
    }
    compose_text(out, NULL, joined.size ? buf_view(&joined) : STR(""));
    return buf_check(&joined, why);
}

static int write_text(struct compose *out, const char *name, struct noting *noting,
                      const struct grafana_row *row, const char *template, struct fail *why)
{
    if (fill(noting, row, template, why))
        return -1;
    compose_text(out, name,
                 str_trim(buf_view(&noting->text)).size ? str_trim(buf_view(&noting->text))
                                                        : STR("-"));
    return 0;
}

/* --- times --- */

static int read_time(struct noting *noting, const struct grafana_row *row, const char *title,
                     struct grafana_cell *out, struct fail *why)
{
    *out = (struct grafana_cell){.is_there = false};
    return title ? read_cell(noting, row, str_of(title), out, why) : 0;
}

/* The end, or the time itself where it is a moment. */
static int write_end(struct compose *out, const char *name, struct noting *noting,
                     const struct grafana_row *row, struct fail *why)
{
    struct grafana_cell cell;

    if (read_time(noting, row, noting->note->end, &cell, why)
        || (!cell.is_number && read_time(noting, row, noting->note->time, &cell, why)))
        return -1;
    compose_raw(out, name, cell.text);
    return 0;
}

/* Rows without a time are nowhere. */
static int open_notes(struct noting *noting, struct fail *why)
{
    struct grafana_cell cell;
    size_t              kept = 0;

    if (!noting->note)
        return fail_set(why, FAIL_INPUT,
                        "'%s' makes no annotations; deployment_events, deployments, failures, "
                        "jobs and quarantine do",
                        noting->drawing->question->metric->name);
    if (!buf_room(&noting->room, noting->room.ceiling_bytes))
        return buf_check(&noting->room, why);
    if (draw_rows(noting->drawing, &noting->rows, &noting->has_more, why))
        return -1;
    for (size_t i = 0; i < noting->rows.count; i++) {
        if (read_time(noting, &noting->rows.items[i], noting->note->time, &cell, why))
            return -1;
        if (cell.is_number)
            noting->rows.items[kept++] = noting->rows.items[i];
    }
    noting->rows.count = kept;
    return 0;
}

static struct noting noting_of(const struct grafana_drawing *drawing)
{
    return (struct noting){.drawing = drawing,
                           .note    = drawing->question->metric->note,
                           .rows    = GRAFANA_ROWS_EMPTY,
                           .room    = BUF_UP_TO(draw_cell_room(drawing->answers)),
                           .text    = BUF_UP_TO(TEXT_CEILING)};
}

/* --- a frame --- */

enum field { FIELD_TIME, FIELD_END, FIELD_TITLE, FIELD_TEXT, FIELD_TAGS, FIELDS };

static int write_value(struct compose *out, struct noting *noting, const struct grafana_row *row,
                       enum field field, struct fail *why)
{
    struct grafana_cell cell;

    switch (field) {
    case FIELD_TIME:
        if (read_time(noting, row, noting->note->time, &cell, why))
            return -1;
        compose_raw(out, NULL, cell.text);
        return 0;
    case FIELD_END: return write_end(out, NULL, noting, row, why);
    case FIELD_TITLE: return write_text(out, NULL, noting, row, noting->note->title, why);
    case FIELD_TEXT: return write_text(out, NULL, noting, row, noting->note->text, why);
    case FIELD_TAGS: return write_tags_joined(out, noting, row, why);
    case FIELDS: break;
    }
    return 0;
}

static int write_field(struct compose *out, struct noting *noting, enum field field,
                       struct fail *why)
{
    static const char *const names[FIELDS] = {"time", "timeEnd", "title", "text", "tags"};

    compose_open(out, NULL, '{');
    compose_text(out, "name", str_of(names[field]));
    compose_text(out, "type", field <= FIELD_END ? STR("time") : STR("string"));
    compose_open(out, "values", '[');
    for (size_t i = 0; i < noting->rows.count; i++)
        if (write_value(out, noting, &noting->rows.items[i], field, why))
            return -1;
    compose_close(out, ']');
    compose_close(out, '}');
    return 0;
}

int annotate_frame(struct compose *out, const struct grafana_drawing *drawing, struct fail *why)
{
    OWN(noting) noting = noting_of(drawing);

    if (open_notes(&noting, why))
        return -1;
    compose_open(out, NULL, '{');
    if (drawing->target->ref.data)
        compose_text(out, "refId", drawing->target->ref);
    compose_text(out, "name", str_of(drawing->question->metric->name));
    draw_notices(out, drawing, noting.has_more);
    compose_open(out, "fields", '[');
    for (int field = 0; field < FIELDS; field++)
        if (write_field(out, &noting, (enum field)field, why))
            return -1;
    compose_close(out, ']');
    compose_close(out, '}');
    return 0;
}

/* --- objects --- */

static int write_tag_list(struct compose *out, struct noting *noting, const struct grafana_row *row,
                          struct fail *why)
{
    struct str rest = str_of(noting->note->tags), tag;

    compose_open(out, "tags", '[');
    while (str_cut(&rest, ',', &tag)) {
        int got = fill_tag(noting, row, tag, why);

        if (got < 0)
            return -1;
        if (got)
            compose_text(out, NULL, buf_view(&noting->text));
    }
    compose_close(out, ']');
    return 0;
}

static int write_object(struct compose *out, struct noting *noting, const struct grafana_row *row,
                        struct str echo, struct fail *why)
{
    struct grafana_cell time, end;
    bool                is_region;

    if (read_time(noting, row, noting->note->end, &end, why))
        return -1;
    is_region = end.is_number;
    if (read_time(noting, row, noting->note->time, &time, why))
        return -1;
    compose_open(out, NULL, '{');
    compose_raw(out, "time", time.text);
    if (is_region && write_end(out, "timeEnd", noting, row, why))
        return -1;
    compose_bool(out, "isRegion", is_region);
    if (write_text(out, "title", noting, row, noting->note->title, why)
        || write_text(out, "text", noting, row, noting->note->text, why)
        || write_tag_list(out, noting, row, why))
        return -1;
    if (echo.size)
        compose_raw(out, "annotation", echo);
    compose_close(out, '}');
    return 0;
}

int annotate_list(struct compose *out, const struct grafana_drawing *drawing,
                  const struct doc *echo, struct fail *why)
{
    OWN(noting) noting = noting_of(drawing);
    OWN(buf) text      = BUF_UP_TO(ECHO_CEILING);

    if (open_notes(&noting, why) || (echo && doc_render(echo, &text, why)))
        return -1;
    for (size_t i = 0; i < noting.rows.count; i++)
        if (write_object(out, &noting, &noting.rows.items[i],
                         text.size <= ECHO_MOST ? buf_view(&text) : STR_NONE, why))
            return -1;
    return 0;
}
