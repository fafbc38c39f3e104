/* show.h -- what verbs show: members of the service's answers as cells, whole answers as JSON.
 *
 * Members that are absent, null or of another type show as nothing: the service may be newer. */
#ifndef SMON_VERBS_SHOW_H
#define SMON_VERBS_SHOW_H

#include "base/buf.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stdint.h>

struct args;
struct client;
struct doc;
struct fail;
struct table;

struct str show_text(const struct doc *item, const char *name);                /* empty: none */
bool       show_number(const struct doc *item, const char *name, double *out); /* false: none */
ms         show_time(const struct doc *item, const char *name);                /* WHEN_UNKNOWN */

/* As cells of a table. */
void show_cell(struct table *table, const struct doc *item, const char *name);
void show_words_cell(struct table *table, const struct doc *item, const char *name); /* an array */
void show_time_cell(struct table *table, const struct doc *item, const char *name);
void show_span_cell(struct table *table, const struct doc *item, const char *name);
void show_count_cell(struct table *table, const struct doc *item, const char *name);

enum { SHOW_ROOM = 32 };
/* "2026-11-21 07:34:00" in UTC; "-" when unknown. */
void show_when(ms when, char out[SHOW_ROOM]);
/* "3h 20m", "45s", "820ms". */
void show_span(ms span, char out[SHOW_ROOM]);

/* The document, indented on a terminal, with everything a terminal could mistake escaped. */
int show_json(const struct doc *doc, struct fail *why);

/* "NAME  value" lines of all plain members of an object, but for those in `leave_out` (ends with
 * NULL), which the caller shows its own way. */
int show_members(const struct doc *object, const char *const *leave_out, struct fail *why);

/* How much of a list is shown. */
enum show_extent {
    SHOW_SOME, /* as many as --limit says, or 50 */
    SHOW_ALL,  /* all pages, if --limit does not say less */
    SHOW_WHOLE /* it comes in one page and takes no limit */
};

/* A list of the service, page by page, as a table or as JSON ({"data","has_more"}). */
struct show_list {
    int columns;
    void (*heads)(struct table *table);
    void (*row)(struct table *table, const struct doc *item);
    enum show_extent extent;
};
/* `path` has its filters already; --limit, --all, --json are looked up in `args`. */
int show_list(const struct args *args, struct client *client, struct str path,
              const struct show_list *list, struct fail *why);

/* Waits, for verbs that look again and again. */
void show_pause(ms span);

#endif
