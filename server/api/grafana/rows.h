/* rows.h -- answers of the REST API taken apart into rows and cells.
 *
 * Where rows are: "data[]", "accounts[].kinds[].by_status{}": members on the way down; [] goes
 * through the items of an array, {} through the members of an object, each as one row. "" is the
 * answer itself, as its only row.
 *
 * Where a cell is: "utilization.job.cpu.avg" from the row down, a number being an item; a `^`
 * before it begins one [] or {} further up. Also `@value`: the row itself, when it is no object;
 * `@name`: its member's name; `#` within a path: the row's own number in its array; `@low` and
 * `@high`: its share of 100, for histograms. */
#ifndef SMON_API_GRAFANA_ROWS_H
#define SMON_API_GRAFANA_ROWS_H

#include "base/buf.h"
#include "base/own.h"
#include "base/str.h"
#include "format/scan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compose;
struct fail;

enum { ROWS_MOST_DEPTH = 4, ROWS_MOST_LABELS = 4 };

/* One answer, and what was asked apart for it: {"namespace","/abc_corp/claim"}. */
struct grafana_answer {
    struct buf  body;
    struct scan scan;
    size_t      label_count;
    struct {
        const char *name;
        struct str  value;
    } labels[ROWS_MOST_LABELS];
    struct str name; /* of its series, where several were picked; no data: the metric's */
};
#define GRAFANA_ANSWER_EMPTY ((struct grafana_answer){.scan = SCAN_EMPTY})
void grafana_answer_release(struct grafana_answer *answer);

struct grafana_row {
    const struct grafana_answer *answer;
    uint32_t                     at[ROWS_MOST_DEPTH]; /* from the root down */
    uint32_t                     name;                /* token of the member's name */
    int                          depth;               /* the last of `at` */
    int64_t                      index, count;        /* within its array */
};

struct grafana_rows {
    struct grafana_row *items;
    size_t              count, room;
};
#define GRAFANA_ROWS_EMPTY ((struct grafana_rows){NULL, 0, 0})
void grafana_rows_release(struct grafana_rows *rows);

/* Adds the rows of an answer, which is borrowed. */
int rows_add(struct grafana_rows *rows, const struct grafana_answer *answer, const char *where,
             struct fail *why);

/* A cell. `room` holds texts that had to be unescaped or made. */
struct grafana_cell {
    bool       is_there; /* false: absent or null */
    bool       is_number, is_text, is_true;
    double     number;
    struct str text; /* of a text; of all else its JSON */
};
int rows_cell(const struct grafana_row *row, const char *path, struct buf *room,
              struct grafana_cell *out, struct fail *why);

#endif
