/* Where a version came from and where it went: the edges around it, one a line. */
#include <stdbool.h>
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
#include "wire/doc.h"

enum { COLUMNS = 4, PATH_MOST = 16 * 1024 };

static const struct doc *node_of(const struct doc *graph, struct str id)
{
    const struct doc *nodes = doc_member(graph, "nodes");

    for (size_t i = 0; i < doc_count(nodes); i++)
        if (str_is(show_text(doc_item(nodes, i), "id"), id))
            return doc_item(nodes, i);
    return NULL;
}

/* "job fraud-release-2026", "version 7 of /northwind/risk/card_fraud", "deployment 2 of ..". */
static void name_cell(struct table *table, const struct doc *graph, struct str id)
{
    static const struct {
        const char *member, *number;
    } ours[]               = {{"version", "model_version"}, {"deployment", "deployment_id"}};
    OWN(buf) text          = BUF_UP_TO(PATH_MOST);
    const struct doc *node = node_of(graph, id);
    struct str        name = show_text(node, "name");
    double            number;

    buf_str(&text, show_text(node, "type"));
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        const struct doc *thing = doc_member(node, ours[i].member);

        if (!show_number(thing, ours[i].number, &number))
            continue;
        buf_format(&text, " %.0f of", number);
        name = show_text(thing, "log_group");
    }
    buf_char(&text, ' ');
    buf_str(&text, name.size ? name : show_text(node, "key"));
    table_cell(table, buf_view(&text));
}

static void print_edges(const struct doc *graph)
{
    OWN(table) table        = TABLE(COLUMNS);
    const struct doc *edges = doc_member(graph, "edges");

    table_heads(&table, "FROM", "IS", "TO", "DETAIL");
    for (size_t i = 0; i < doc_count(edges); i++) {
        const struct doc *edge = doc_item(edges, i);

        name_cell(&table, graph, show_text(edge, "from"));
        show_cell(&table, edge, "type");
        name_cell(&table, graph, show_text(edge, "to"));
        show_cell(&table, edge, "detail");
    }
    table_print(&table, stdout);
}

/* Around a version; or around whatever an ARN or a URI names. */
static int make_path(const struct args *args, struct buf *path, struct fail *why)
{
    static const struct target_thing version   = {"/versions/", "a version's number", "/lineage"};
    static const char *const         filters[] = {"depth", "direction", NULL};
    const char                      *first     = args->operand_count == 1 ? args->operands[0] : "";
    bool                             is_arn    = str_starts(str_of(first), STR("arn:"));

    if (is_arn || strstr(first, "://")) {
        buf_text(path, "/api/v1/lineage");
        client_query(path, is_arn ? "arn" : "uri", first);
    } else if (target_thing_path(args, &version, path, why)) {
        return -1;
    }
    target_filters(args, filters, path);
    return buf_check(path, why);
}

int models_lineage(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path      = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) graph = NULL;

    if (make_path(args, &path, why) || client_get(client, buf_c(&path), &graph, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(graph, why);
    print_edges(graph);
    return 0;
}
