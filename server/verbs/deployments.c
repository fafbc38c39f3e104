/* smon deployments: which version works where, since when, and what happened to it. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/models/release.h"
#include "verbs/models/target.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { COLUMNS = 9, ENTRY_COLUMNS = 7, PATH_MOST = 16 * 1024 };

/* ---- lists ---------------------------------------------------------------------------------- */

static void heads(struct table *table)
{
    table_heads(table, "MODEL", "DEPLOYMENT", "VERSION", "STATE", "TRAFFIC", "SINCE", "ENVIRONMENT",
                "ENDPOINT", "ROLLBACK OF");
}

static void percent_cell(struct table *table, const struct doc *item, const char *name)
{
    double percent;

    if (show_number(item, name, &percent))
        table_number(table, "%g%%", percent);
    else
        table_right(table, STR_NONE);
}

static void row(struct table *table, const struct doc *item)
{
    show_cell(table, item, "log_group");
    show_count_cell(table, item, "deployment_id");
    show_count_cell(table, item, "model_version");
    table_status(table, show_text(item, "state"));
    percent_cell(table, item, "percent");
    show_time_cell(table, item, "since");
    show_cell(table, item, "environment");
    show_cell(table, item, "endpoint");
    show_count_cell(table, item, "rollback_of");
}

static int list(const struct args *args, struct client *client, size_t model, const char *at,
                struct fail *why)
{
    static const struct show_list list      = {COLUMNS, heads, row, SHOW_SOME};
    static const char *const      filters[] = {"state",    "method", "strategy", "environment",
                                               "endpoint", "sort",   NULL};
    OWN(buf) path                           = BUF_UP_TO(PATH_MOST);

    if (args->operand_count > model) {
        if (target_path(args, model, "/deployments", &path, why))
            return -1;
    } else {
        buf_text(&path, "/api/v1/deployments");
        target_place(args, &path);
    }
    target_filters(args, filters, &path);
    client_query(&path, "version", args_flag(args, "version"));
    client_query(&path, "at", at);
    return buf_check(&path, why) ? -1 : show_list(args, client, buf_view(&path), &list, why);
}

static int list_now(const struct args *args, struct client *client, struct fail *why)
{
    return list(args, client, 0, NULL, why);
}

/* What ran at a moment. */
static int list_at(const struct args *args, struct client *client, struct fail *why)
{
    const char *at;

    if (args_operand(args, "a moment, as 2026-11-21T07:30:00Z", &at, why))
        return -1;
    return list(args, client, 1, at, why);
}

/* ---- one ------------------------------------------------------------------------------------ */

static void entry_heads(struct table *table)
{
    table_heads(table, "AT", "WHAT", "TRAFFIC", "BEFORE", "BY", "SOURCE", "WHY");
}

static void entry_row(struct table *table, const struct doc *entry)
{
    show_time_cell(table, entry, "at");
    show_cell(table, entry, "what");
    percent_cell(table, entry, "percent");
    percent_cell(table, entry, "previous_percent");
    show_cell(table, entry, "who");
    show_cell(table, entry, "source");
    show_cell(table, entry, "why");
}

static int print_rollout(const struct args *args, struct client *client, const struct buf *path,
                         struct fail *why)
{
    static const struct show_list list = {ENTRY_COLUMNS, entry_heads, entry_row, SHOW_ALL};

    (void)putchar('\n');
    return show_list(args, client, buf_view(path), &list, why);
}

static int show(const struct args *args, struct client *client, struct fail *why)
{
    static const struct target_thing one     = {"/deployments/", "a deployment's number", NULL};
    static const struct target_thing rollout = {"/deployments/", "a deployment's number",
                                                "/rollout"};
    OWN(buf) path                            = BUF_UP_TO(PATH_MOST);
    OWN(buf) history                         = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) deployment                  = NULL;

    if (target_thing_path(args, &one, &path, why)
        || target_thing_path(args, &rollout, &history, why))
        return -1;
    client_query(&path, "reveal", args_has(args, "reveal") ? "environment_variables" : NULL);
    if (buf_check(&path, why) || client_get(client, buf_c(&path), &deployment, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(deployment, why);
    return show_members(deployment, NULL, why) || print_rollout(args, client, &history, why) ? -1
                                                                                             : 0;
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    static const struct {
        const char *word;
        client_ask *ask;
    } words[] = {
        {"list", list_now},      {"show", show},           {"create", release_create},
        {"shift", release_say},  {"promote", release_say}, {"rollback", release_rollback},
        {"retire", release_say}, {"at", list_at},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(args->word, words[i].word) == 0)
            return words[i].ask(args, client, why);
    return fail_set(why, FAIL_BUG, "smon deployments has no %s", args->word);
}

int verb_deployments(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
