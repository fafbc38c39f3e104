/* smon accounts: which accounts and regions were heard of, and how they do. */
#include "base/fail.h"
#include "verbs/client.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "verbs/verbs.h"

enum { COLUMNS = 7 };

static void heads(struct table *table)
{
    table_heads(table, "ACCOUNT", "REGIONS", "EVENTS", "DUPLICATES", "JOBS", "FAILED",
                "LAST EVENT");
}

static void row(struct table *table, const struct doc *item)
{
    show_cell(table, item, "account");
    show_words_cell(table, item, "regions");
    show_count_cell(table, item, "events");
    show_count_cell(table, item, "duplicates");
    show_count_cell(table, item, "jobs");
    show_count_cell(table, item, "failed");
    show_time_cell(table, item, "last_event_at");
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    static const struct show_list list = {COLUMNS, heads, row, SHOW_SOME};

    return show_list(args, client, STR("/api/v1/accounts"), &list, why);
}

int verb_accounts(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
