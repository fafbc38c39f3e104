#include "verbs/summary.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "wire/doc.h"

enum { KIND_COLUMNS = 3, LINE_MOST = 64 * 1024 };

static int add_status(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct buf *line  = ctx;
    int64_t     count = 0;

    (void)why;
    if (doc_as_int(value, &count) == 0)
        buf_format(line, "%s%s %" PRId64, line->size ? ", " : "", name, count);
    return 0;
}

void summary_kinds(struct table *table, const struct doc *overview, bool is_job)
{
    const struct doc *totals = doc_member(overview, "totals");

    table_heads(table, "KIND", "COUNT", "STATUSES");
    for (size_t i = 0; i < doc_count(totals); i++) {
        const struct doc *total = doc_item(totals, i);
        OWN(buf) line           = BUF_UP_TO(LINE_MOST);
        struct fail ignored     = FAIL_OK; /* what cannot be read shows as nothing */
        bool        is_one      = false;

        if (doc_bool_or(total, "is_job", false, &is_one, &ignored) || is_one != is_job)
            continue;
        show_cell(table, total, "kind");
        show_count_cell(table, total, "count");
        (void)doc_each(doc_member(total, "by_status"), add_status, &line, &ignored);
        table_cell(table, buf_view(&line));
    }
}

static void print_kinds(const struct doc *overview, bool is_job)
{
    OWN(table) table = TABLE(KIND_COLUMNS);

    summary_kinds(&table, overview, is_job);
    if (table_rows(&table) == 0)
        return;
    (void)printf("\n%s\n", is_job ? "jobs" : "resources");
    table_print(&table, stdout);
}

static int64_t number(const struct doc *object, const char *name)
{
    double value;

    return show_number(object, name, &value) ? (int64_t)value : 0;
}

static void print_errands(const struct doc *overview)
{
    const struct doc *errands = doc_member(overview, "errands");

    for (size_t i = 0; i < doc_count(errands); i++) {
        const struct doc *errand = doc_item(errands, i);

        (void)printf("%s%.*s %" PRId64 " waiting",
                     i ? "; " : "errands: ", STR_ARG(show_text(errand, "deed")),
                     number(errand, "waiting"));
        if (number(errand, "dead"))
            (void)printf(", %" PRId64 " given up", number(errand, "dead"));
    }
    (void)puts(doc_count(errands) ? "" : "errands: none");
}

void summary_print_overview(const struct doc *overview)
{
    const struct doc *ingest = doc_member(overview, "ingest");
    const struct doc *day    = doc_member(overview, "last_24h");
    const struct doc *silent = doc_member(overview, "silent_accounts");
    char              when[SHOW_ROOM];

    show_when(show_time(overview, "as_of"), when);
    (void)printf("smon at %s UTC\n", when);
    (void)printf("events: %" PRId64 " taken, %" PRId64 " duplicates, %" PRId64
                 " in quarantine; %zu accounts, %zu silent\n",
                 number(ingest, "events"), number(ingest, "duplicates"),
                 number(ingest, "quarantine_waiting"), doc_count(doc_member(overview, "accounts")),
                 doc_count(silent));
    (void)printf("last 24 h: %" PRId64 " created, %" PRId64 " ended, %" PRId64 " failed (%" PRId64
                 " before they started)\n",
                 number(day, "created"), number(day, "ended"), number(day, "failed"),
                 number(day, "failed_before_start"));
    print_errands(overview);
    print_kinds(overview, true);
    print_kinds(overview, false);
}
