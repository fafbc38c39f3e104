/* smon top: the picture at a glance, refreshed as long as somebody looks. */
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/show.h"
#include "verbs/summary.h"
#include "verbs/table.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { COLUMNS = 6, EVERY = 2 * MS_SECOND };

static void print_newest(const struct doc *page)
{
    OWN(table) table       = TABLE(COLUMNS);
    const struct doc *data = doc_member(page, "data");

    table_heads(&table, "CREATED", "ACCOUNT", "KIND", "NAME", "STATUS", "TOOK");
    for (size_t i = 0; i < doc_count(data); i++) {
        const struct doc *job = doc_item(data, i);

        show_time_cell(&table, job, "created_at");
        show_cell(&table, job, "account");
        show_cell(&table, job, "kind");
        show_cell(&table, job, "name");
        show_cell(&table, job, "status");
        show_span_cell(&table, job, "duration_ms");
    }
    (void)puts("\nnewest jobs");
    table_print(&table, stdout);
}

static int look(const struct args *args, struct client *client, struct fail *why)
{
    OWN_PTR(doc) overview = NULL;
    OWN_PTR(doc) newest   = NULL;

    if (client_get(client, "/api/v1/overview", &overview, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(overview, why);
    if (client_get(client, "/api/v1/jobs?limit=15", &newest, why))
        return -1;
    if (isatty(STDOUT_FILENO) && !args_has(args, "once"))
        (void)fputs("\033[H\033[2J", stdout); /* home, and nothing left of the last look */
    summary_print_overview(overview);
    print_newest(newest);
    return 0;
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    const char *text  = args_flag(args, "every");
    ms          every = EVERY;

    if (text && (when_parse_span(str_of(text), &every) || every <= 0))
        return fail_set(why, FAIL_INPUT, "--every: \"%s\" is no time (2s, 500ms)", text);
    for (;; show_pause(every)) {
        if (look(args, client, why))
            return -1;
        if (args_has(args, "once") || args_has(args, "json") || !isatty(STDOUT_FILENO))
            return 0;
    }
}

int verb_top(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
