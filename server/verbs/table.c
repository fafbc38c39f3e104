#include "verbs/table.h"

#include <stdarg.h>

#include "base/mem.h"
#include "verbs/term.h"

enum { GAP = 2, NUMBER_ROOM = 64, RENDERED_MOST = 96 << 20 };

struct table_cell {
    size_t           start, size, width;
    enum term_colour colour;
    bool             is_right;
};

void table_release(struct table *table)
{
    buf_release(&table->text);
    mem_free(table->cells);
    table->cells = NULL;
    table->count = table->room = 0;
}

static void add(struct table *table, struct str text, enum term_colour colour, bool is_right)
{
    size_t            start = table->text.size;
    struct table_cell cell  = {.start = start, .colour = colour, .is_right = is_right};

    if (table->count == table->room) {
        size_t             room  = table->room ? table->room * 2 : 64;
        struct table_cell *grown = mem_grow(table->cells, room, sizeof *grown);

        if (!grown) {
            table->is_broken = true;
            return;
        }
        table->cells = grown;
        table->room  = room;
    }
    if (text.size)
        term_inert(&table->text, text);
    else
        buf_char(&table->text, '-');
    if (table->text.broken) {
        table->is_broken = true;
        return;
    }
    cell.size                    = table->text.size - start;
    cell.width                   = term_width(str_from(table->text.data + start, cell.size));
    table->cells[table->count++] = cell;
}

void table_heads(struct table *table, ...)
{
    va_list heads;

    va_start(heads, table);
    for (int i = 0; i < table->columns; i++)
        add(table, str_of(va_arg(heads, const char *)), TERM_DIM, false);
    va_end(heads);
}

void table_cell(struct table *table, struct str text)
{
    add(table, text, TERM_PLAIN, false);
}

void table_status(struct table *table, struct str text)
{
    add(table, text, term_of_status(text), false);
}

void table_right(struct table *table, struct str text)
{
    add(table, text, TERM_PLAIN, true);
}

void table_number(struct table *table, const char *format, ...)
{
    char    text[NUMBER_ROOM];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args); /* no number is that long */
    va_end(args);
    add(table, str_of(text), TERM_PLAIN, true);
}

size_t table_rows(const struct table *table)
{
    size_t rows = table->count / (size_t)table->columns;

    return rows ? rows - 1 : 0;
}

static void pad(struct buf *out, size_t columns)
{
    while (columns--)
        buf_char(out, ' ');
}

static void render_cell(const struct table *table, size_t at, size_t width, bool has_colour,
                        struct buf *out)
{
    const struct table_cell *cell    = &table->cells[at];
    bool                     is_last = at % (size_t)table->columns + 1 == (size_t)table->columns;
    bool                     paints  = has_colour && cell->colour != TERM_PLAIN;

    if (cell->is_right)
        pad(out, width - cell->width);
    if (paints)
        term_paint(out, cell->colour);
    buf_add(out, table->text.data + cell->start, cell->size);
    if (paints)
        term_paint(out, TERM_PLAIN);
    if (is_last) {
        buf_char(out, '\n');
        return;
    }
    if (!cell->is_right)
        pad(out, width - cell->width);
    pad(out, GAP);
}

void table_render(const struct table *table, bool has_colour, struct buf *out)
{
    size_t widths[TABLE_MOST_COLUMNS] = {0};
    size_t whole                      = table->count - table->count % (size_t)table->columns;

    if (table->is_broken) {
        buf_text(out, "(no memory to show this table)\n");
        return;
    }
    for (size_t i = 0; i < whole; i++) {
        size_t *width = &widths[i % (size_t)table->columns];

        if (table->cells[i].width > *width)
            *width = table->cells[i].width;
    }
    for (size_t i = 0; i < whole; i++) {
        /* a head stands over its column as the column stands */
        if (i < (size_t)table->columns && whole > (size_t)table->columns)
            table->cells[i].is_right = table->cells[i + (size_t)table->columns].is_right;
        render_cell(table, i, widths[i % (size_t)table->columns], has_colour, out);
    }
}

void table_print(const struct table *table, FILE *file)
{
    OWN(buf) text = BUF_UP_TO(RENDERED_MOST);

    table_render(table, term_has_colour(file), &text);
    (void)fwrite(buf_c(&text), 1, text.size, file); /* main looks at stdout once, at the end */
}
