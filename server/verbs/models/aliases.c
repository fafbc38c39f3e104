/* Names for versions: which there are, where they point, and moving them. */
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
#include "verbs/term.h"
#include "wire/doc.h"

enum { COLUMNS = 4, MOVE_COLUMNS = 5, PATH_MOST = 16 * 1024, BODY_MOST = 64 * 1024 };

static const struct target_thing ALIAS = {"/aliases/", "an alias", NULL};

/* "4", or "4 (90%), 5 (10%)"; "-" for none. */
static void targets_cell(struct table *table, const struct doc *targets)
{
    OWN(buf) text = BUF_UP_TO(BODY_MOST);

    for (size_t i = 0; i < doc_count(targets); i++) {
        double version = 0, weight = 0;

        (void)show_number(doc_item(targets, i), "version", &version); /* else it is 0 */
        (void)show_number(doc_item(targets, i), "weight", &weight);
        buf_format(&text, doc_count(targets) > 1 ? "%s%.0f (%.0f%%)" : "%s%.0f", i ? ", " : "",
                   version, weight);
    }
    table_cell(table, buf_view(&text));
}

/* ---- list ----------------------------------------------------------------------------------- */

static void heads(struct table *table)
{
    table_heads(table, "ALIAS", "VERSION", "CHANGED", "BY");
}

static void row(struct table *table, const struct doc *item)
{
    show_cell(table, item, "alias");
    targets_cell(table, doc_member(item, "targets"));
    show_time_cell(table, item, "changed_at");
    show_cell(table, item, "changed_by");
}

static int list(const struct args *args, struct client *client, struct fail *why)
{
    static const struct show_list list = {COLUMNS, heads, row, SHOW_WHOLE};
    OWN(buf) path                      = BUF_UP_TO(PATH_MOST);

    if (target_path(args, 0, "/aliases", &path, why))
        return -1;
    return show_list(args, client, buf_view(&path), &list, why);
}

/* ---- one, with its history ------------------------------------------------------------------ */

static void print_history(const struct doc *alias)
{
    OWN(table) table          = TABLE(MOVE_COLUMNS);
    const struct doc *history = doc_member(alias, "history");

    table_heads(&table, "AT", "FROM", "TO", "BY", "WHY");
    for (size_t i = 0; i < doc_count(history); i++) {
        const struct doc *move = doc_item(history, i);

        show_time_cell(&table, move, "at");
        targets_cell(&table, doc_member(move, "before"));
        targets_cell(&table, doc_member(move, "after"));
        show_cell(&table, move, "who");
        show_cell(&table, move, "why");
    }
    table_print(&table, stdout);
}

static int show(const struct args *args, struct client *client, const char *path, struct fail *why)
{
    OWN_PTR(doc) alias = NULL;

    if (client_get(client, path, &alias, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(alias, why);
    print_history(alias);
    return 0;
}

/* ---- moving --------------------------------------------------------------------------------- */

static int add_target(struct doc *targets, struct str part, bool is_only, struct fail *why)
{
    struct doc *target = doc_object();
    struct str  version;
    int64_t     number = 0, weight = 100;

    doc_add(targets, target);
    (void)str_cut(&part, '=', &version); /* it has data */
    if (str_to_i64(str_trim(version), 1, INT64_MAX, &number)
        || (part.data && str_to_i64(str_trim(part), 1, 100, &weight)) || (!part.data && !is_only))
        return fail_set(why, FAIL_INPUT,
                        "--to wants a version's number, or several with their percent of the"
                        " traffic: 4=90,5=10");
    doc_set_int(target, "version", number);
    doc_set_int(target, "weight", weight);
    return 0;
}

static int make_body(const struct args *args, struct buf *out, struct fail *why)
{
    OWN_PTR(doc) body   = doc_object();
    struct doc *targets = doc_array();
    struct str  rest    = str_of(args_flag(args, "to")), part;
    bool        is_only = !strchr(args_flag(args, "to"), ',');

    doc_set(body, "targets", targets); /* it lives in the body from here on */
    while (str_cut(&rest, ',', &part))
        if (add_target(targets, part, is_only, why))
            return -1;
    if (args_has(args, "why"))
        doc_set_text(body, "why", str_of(args_flag(args, "why")));
    return doc_render(body, out, why);
}

static int change(const struct args *args, struct client *client,
                  const struct client_request *request, struct fail *why)
{
    OWN_PTR(doc) answer = NULL;
    OWN(buf) name       = BUF_UP_TO(BODY_MOST);

    if (client_send(client, request, &answer, why))
        return -1;
    term_inert(&name, str_of(args->operands[1]));
    if (args_has(args, "json") && answer)
        return show_json(answer, why);
    if (args_has(args, "json"))
        (void)puts("{\"removed\":true}");
    else if (args_has(args, "remove"))
        (void)printf("%s is removed; its history stays.\n", buf_c(&name));
    else
        (void)printf("%s is %s.\n", buf_c(&name), args_flag(args, "to"));
    return 0;
}

int models_aliases(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path                 = BUF_UP_TO(PATH_MOST);
    OWN(buf) body                 = BUF_UP_TO(BODY_MOST);
    struct client_request request = {.method = "PUT", .if_match = "*"};
    bool                  changes = args_has(args, "to") || args_has(args, "remove");

    if (args->operand_count < 2 && !changes)
        return list(args, client, why);
    if (args_has(args, "to") && args_has(args, "remove"))
        return fail_set(why, FAIL_INPUT, "either --to or --remove");
    if (target_thing_path(args, &ALIAS, &path, why)
        || (args_has(args, "to") && make_body(args, &body, why)))
        return -1;
    if (!changes)
        return show(args, client, buf_c(&path), why);
    request.method = args_has(args, "remove") ? "DELETE" : "PUT";
    request.path   = buf_c(&path);
    request.body   = buf_view(&body);
    return change(args, client, &request, why);
}
