/* smon inferences: what models were asked and how they did; how much failure is left to them, and
 * whether they still are as sure as they were. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/models/health.h"
#include "verbs/models/question.h"
#include "verbs/models/target.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "verbs/term.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { COLUMNS = 9, PATH_MOST = 16 * 1024, TEXT_MOST = 1 << 20 };

#define SLOW_MS "3000"

/* ---- list and slow -------------------------------------------------------------------------- */

static void add_bounds(const struct args *args, const char *least, struct buf *path)
{
    client_query(path, "min_elapse_ms",
                 args_flag(args, "min-elapse-ms") ? args_flag(args, "min-elapse-ms") : least);
    client_query(path, "max_elapse_ms", args_flag(args, "max-elapse-ms"));
    client_query(path, "sort", args_flag(args, "sort"));
}

static void heads(struct table *table)
{
    table_heads(table, "STARTED", "MODEL", "VERSION", "DEPLOYMENT", "SERVER", "STATUS", "ELAPSE MS",
                "CONFIDENCE", "ID");
}

static void row(struct table *table, const struct doc *item)
{
    OWN(buf) model = BUF_UP_TO(PATH_MOST);
    double confidence;

    show_time_cell(table, item, "start_at");
    buf_format(&model, "%.*s/%.*s", STR_ARG(show_text(item, "namespace")),
               STR_ARG(show_text(item, "model_name")));
    table_cell(table, buf_view(&model));
    show_count_cell(table, item, "model_version");
    show_count_cell(table, item, "deployment_id");
    show_cell(table, item, "server_id");
    show_cell(table, item, "status");
    show_count_cell(table, item, "elapse");
    if (show_number(item, "confidence", &confidence))
        table_number(table, "%.2f", confidence);
    else
        table_right(table, STR_NONE);
    show_cell(table, item, "id");
}

static int list_from(const struct args *args, struct client *client, const char *least,
                     struct fail *why)
{
    static const struct show_list list = {COLUMNS, heads, row, SHOW_SOME};
    OWN(buf) path                      = BUF_UP_TO(PATH_MOST);

    buf_text(&path, "/api/v1/inferences");
    question_path(args, &path);
    add_bounds(args, least, &path);
    return buf_check(&path, why) ? -1 : show_list(args, client, buf_view(&path), &list, why);
}

static int list(const struct args *args, struct client *client, struct fail *why)
{
    return list_from(args, client, NULL, why);
}

static int list_slow(const struct args *args, struct client *client, struct fail *why)
{
    return list_from(args, client, SLOW_MS, why);
}

/* ---- the same in other languages ------------------------------------------------------------ */

static void print_notes(const struct doc *answer)
{
    const struct doc *notes  = doc_member(answer, "notes");
    const struct doc *groups = doc_member(answer, "log_groups");
    OWN(buf) text            = BUF_UP_TO(TEXT_MOST);

    for (size_t i = 0; i < doc_count(groups); i++) {
        buf_text(&text, "log group: ");
        term_inert(&text, show_text(doc_item(groups, i), "name"));
        buf_format(&text, " (%.*s %.*s)\n", STR_ARG(show_text(doc_item(groups, i), "account")),
                   STR_ARG(show_text(doc_item(groups, i), "region")));
    }
    for (size_t i = 0; i < doc_count(notes); i++) {
        struct str note = STR_NONE;

        if (doc_as_text(doc_item(notes, i), &note) == 0)
            term_inert(&text, note);
        buf_char(&text, '\n');
    }
    (void)fflush(stdout); /* they come behind the text */
    (void)fputs(buf_c(&text), stderr);
}

/* The text alone goes to stdout, so that it can be piped; what there is to say, to stderr. */
static int query(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path       = BUF_UP_TO(PATH_MOST);
    OWN(buf) text       = BUF_UP_TO(TEXT_MOST);
    OWN_PTR(doc) answer = NULL;
    const char *by      = args_flag(args, "group-by");

    if (!args_has(args, "as"))
        return fail_set(why, FAIL_INPUT, "--as says which language: insights, sql, elasticsearch");
    buf_text(&path, by ? "/api/v1/inferences/summary" : "/api/v1/inferences");
    question_path(args, &path);
    client_query(&path, "group_by", by);
    if (!by)
        add_bounds(args, NULL, &path);
    client_query(&path, "as", args_flag(args, "as"));
    client_query(&path, "limit", by ? NULL : args_flag(args, "limit"));
    if (buf_check(&path, why) || client_get(client, buf_c(&path), &answer, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(answer, why);
    term_inert_lines(&text, show_text(answer, "text"));
    (void)puts(buf_c(&text));
    print_notes(answer);
    return 0;
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    static const struct {
        const char *word;
        client_ask *ask;
        size_t      operands;
    } words[] = {
        {"list", list, 0},
        {"slow", list_slow, 0},
        {"summary", health_summary, 0},
        {"budget", health_budget, 1},
        {"drift", health_drift, 1},
        {"query", query, 0},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(args->word, words[i].word) == 0)
            return args_most_operands(args, words[i].operands, why)
                       ? -1
                       : words[i].ask(args, client, why);
    return fail_set(why, FAIL_BUG, "smon inferences has no %s", args->word);
}

int verb_inferences(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
