/* table.h -- plain aligned columns.
 *
 *     OWN(table) table = TABLE(3);
 *     table_heads(&table, "NAME", "STATUS", "CPU%");
 *     table_cell(&table, name);
 *     table_status(&table, status);
 *     table_number(&table, "%.0f", cpu);
 *     table_print(&table, stdout);
 *
 * Cells fill rows from left to right. They are made inert (term.h). Failures (no memory) show as a
 * sentence in place of the table. */
#ifndef SMON_VERBS_TABLE_H
#define SMON_VERBS_TABLE_H

#include "base/buf.h"
#include "base/own.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { TABLE_MOST_COLUMNS = 16 };

struct table_cell; /* one cell */

struct table {
    int                columns;
    struct buf         text;  /* all cells, one behind the other */
    struct table_cell *cells; /* the heads first */
    size_t             count, room;
    bool               is_broken;
};
#define TABLE(columns_) ((struct table){.columns = (columns_), .text = BUF_UP_TO(64u << 20)})
void table_release(struct table *table);

/* As many texts as there are columns. */
void table_heads(struct table *table, ...);
void table_cell(struct table *table, struct str text);   /* empty or NULL: "-" */
void table_status(struct table *table, struct str text); /* coloured by what it says */
void table_right(struct table *table, struct str text);  /* flush right */
__attribute__((format(printf, 2, 3))) void table_number(struct table *table, const char *format,
                                                        ...); /* flush right */
size_t table_rows(const struct table *table);                 /* without the heads */

/* Renders with or without colour; table_print looks at the file. */
void table_render(const struct table *table, bool has_colour, struct buf *out);
void table_print(const struct table *table, FILE *file);

#endif
