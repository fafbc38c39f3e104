/* smon events: every event that came, as it came. */
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { COLUMNS = 8, PATH_MOST = 16 * 1024 };

static void heads(struct table *table)
{
    table_heads(table, "RECEIVED", "EVENT TIME", "ACCOUNT", "REGION", "DETAIL TYPE", "STATUS",
                "EFFECT", "ID");
}

static void row(struct table *table, const struct doc *item)
{
    show_time_cell(table, item, "received_at");
    show_time_cell(table, item, "time");
    show_cell(table, item, "account");
    show_cell(table, item, "region");
    show_cell(table, item, "detail_type");
    show_cell(table, item, "status");
    show_cell(table, item, "effect");
    show_cell(table, item, "id");
}

static int list(const struct args *args, struct client *client, struct fail *why)
{
    static const struct show_list list = {COLUMNS, heads, row, false};
    OWN(buf) path                      = BUF_UP_TO(PATH_MOST);

    buf_text(&path, "/api/v1/events");
    client_query(&path, "account", args_flag(args, "account"));
    client_query(&path, "since", args_flag(args, "since"));
    return buf_check(&path, why) ? -1 : show_list(args, client, buf_view(&path), &list, why);
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path       = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) answer = NULL;
    bool        replays = strcmp(args->word, "replay") == 0;
    const char *id;

    if (strcmp(args->word, "list") == 0)
        return list(args, client, why);
    if (args_operand(args, "an event's id", &id, why))
        return -1;
    buf_text(&path, "/api/v1/events/");
    client_segment(&path, str_of(id));
    if (replays)
        buf_text(&path, "/replay");
    if (buf_check(&path, why)
        || client_call(client, replays ? "POST" : "GET", buf_c(&path), STR_NONE, &answer, why))
        return -1;
    if (!answer)
        return 0;
    return args_has(args, "json") ? show_json(answer, why) : show_members(answer, NULL, why);
}

int verb_events(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
