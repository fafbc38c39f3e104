/* smon models: what there is to serve, from its catalogue record to where it came from. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/models/parts.h"
#include "verbs/models/target.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { COLUMNS = 7, PATH_MOST = 16 * 1024 };

static void heads(struct table *table)
{
    table_heads(table, "MODEL", "ACCOUNT", "REGION", "VERSION", "DEPLOYMENT", "OWNER", "CHANGED");
}

static void row(struct table *table, const struct doc *item)
{
    show_cell(table, item, "log_group");
    show_cell(table, item, "account");
    show_cell(table, item, "region");
    show_count_cell(table, item, "latest_version");
    show_count_cell(table, item, "latest_deployment_id");
    show_cell(table, item, "owner");
    show_time_cell(table, item, "changed_at");
}

static int list(const struct args *args, struct client *client, struct fail *why)
{
    static const struct show_list list      = {COLUMNS, heads, row, SHOW_SOME};
    static const char *const      filters[] = {"q", "name-prefix", "since", "sort", NULL};
    OWN(buf) path                           = BUF_UP_TO(PATH_MOST);

    if (args_most_operands(args, 0, why))
        return -1;
    buf_text(&path, "/api/v1/models");
    target_place(args, &path);
    target_filters(args, filters, &path);
    if (target_tag_filter(args, &path, why))
        return -1;
    return buf_check(&path, why) ? -1 : show_list(args, client, buf_view(&path), &list, why);
}

static int show(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path      = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) model = NULL;

    if (target_path(args, 0, NULL, &path, why) || client_get(client, buf_c(&path), &model, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(model, why);
    if (show_members(model, NULL, why))
        return -1;
    (void)putchar('\n');
    return models_versions(args, client, why);
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    static const struct {
        const char *word;
        client_ask *ask;
    } words[] = {
        {"list", list},
        {"show", show},
        {"register", models_register},
        {"versions", models_versions},
        {"aliases", models_aliases},
        {"approve", models_approve},
        {"lineage", models_lineage},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(args->word, words[i].word) == 0)
            return words[i].ask(args, client, why);
    return fail_set(why, FAIL_BUG, "smon models has no %s", args->word);
}

int verb_models(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
