/* smon errands: what collectors still have to do, what they have given up, and trying it again. */
#include <string.h>

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
    table_heads(table, "ID", "DEED", "STATE", "ACCOUNT", "NAME", "DUE", "TRIES", "LAST ERROR");
}

static void row(struct table *table, const struct doc *item)
{
    show_cell(table, item, "id");
    show_cell(table, item, "deed");
    show_cell(table, item, "state");
    show_cell(table, item, "account");
    show_cell(table, item, "name");
    show_time_cell(table, item, "due_at");
    show_count_cell(table, item, "leases");
    show_cell(table, item, "last_error");
}

static int list(const struct args *args, struct client *client, struct fail *why)
{
    static const struct show_list as = {COLUMNS, heads, row, SHOW_SOME};
    OWN(buf) path                    = BUF_UP_TO(PATH_MOST);

    if (args_most_operands(args, 0, why))
        return -1;
    buf_text(&path, "/api/v1/errands");
    client_query(&path, "account", args_flag(args, "account"));
    client_query(&path, "state", args_flag(args, "state"));
    client_query(&path, "deed", args_flag(args, "deed"));
    return buf_check(&path, why) ? -1 : show_list(args, client, buf_view(&path), &as, why);
}

/* One by its id, or "all" that were given up. */
static int retry(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path       = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) answer = NULL;
    const char *id;

    if (args_operand(args, "an errand's id, or all", &id, why))
        return -1;
    buf_text(&path, "/api/v1/errands");
    if (strcmp(id, "all") != 0) {
        buf_char(&path, '/');
        client_segment(&path, str_of(id));
    }
    buf_text(&path, "/retry");
    if (strcmp(id, "all") == 0) {
        client_query(&path, "account", args_flag(args, "account"));
        client_query(&path, "deed", args_flag(args, "deed"));
    }
    if (buf_check(&path, why) || client_call(client, "POST", buf_c(&path), STR_NONE, &answer, why))
        return -1;
    return args_has(args, "json") ? show_json(answer, why) : show_members(answer, NULL, why);
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    return strcmp(args->word, "retry") == 0 ? retry(args, client, why) : list(args, client, why);
}

int verb_errands(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
