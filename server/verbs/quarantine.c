/* smon quarantine: posts that were rightly sent, kept, and not understood. */
#include "verbs/client.h"
#include "verbs/kept.h"
#include "verbs/table.h"
#include "verbs/verbs.h"

enum { COLUMNS = 5 };

static void heads(struct table *table)
{
    table_heads(table, "RECEIVED", "ID", "ACCOUNT", "BYTES", "REASON");
}

static void row(struct table *table, const struct doc *item)
{
    show_time_cell(table, item, "received_at");
    show_cell(table, item, "id");
    show_cell(table, item, "account");
    show_count_cell(table, item, "size_bytes");
    show_cell(table, item, "reason");
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    static const struct kept kept = {"/api/v1/quarantine",
                                     "a quarantined post's id",
                                     {"account"},
                                     {COLUMNS, heads, row, SHOW_SOME}};

    return kept_ask(args, client, &kept, why);
}

int verb_quarantine(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
