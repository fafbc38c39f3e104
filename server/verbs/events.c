/* smon events: every event that came, as it came. */
#include "verbs/client.h"
#include "verbs/kept.h"
#include "verbs/table.h"
#include "verbs/verbs.h"

enum { COLUMNS = 9 };

static void heads(struct table *table)
{
    table_heads(table, "RECEIVED", "EVENT TIME", "ACCOUNT", "REGION", "DETAIL TYPE", "NAME",
                "STATUS", "EFFECT", "ID");
}

static void row(struct table *table, const struct doc *item)
{
    show_time_cell(table, item, "received_at");
    show_time_cell(table, item, "time");
    show_cell(table, item, "account");
    show_cell(table, item, "region");
    show_cell(table, item, "detail_type");
    show_cell(table, item, "name");
    show_cell(table, item, "status");
    show_cell(table, item, "effect");
    show_cell(table, item, "id");
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    static const struct kept kept = {
        "/api/v1/events", "an event's id", {"account", "since"}, {COLUMNS, heads, row, SHOW_SOME}};

    return kept_ask(args, client, &kept, why);
}

int verb_events(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
