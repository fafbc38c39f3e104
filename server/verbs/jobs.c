/* smon jobs: what ran, runs, and how it went. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/jobs_watch.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "verbs/term.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { COLUMNS = 9, PATH_MOST = 16 * 1024, HOST_COLUMNS = 6, EVENT_COLUMNS = 4 };

/* ---- list ----------------------------------------------------------------------------------- */

static void list_heads(struct table *table)
{
    table_heads(table, "CREATED", "ACCOUNT", "REGION", "KIND", "NAME", "STATUS", "TOOK", "CPU%",
                "ID");
}

/* The job's figure in per cent of what its hosts have; the raw average where that is not known. */
static void figure_cell(struct table *table, const struct doc *figures)
{
    double value;

    if (show_number(figures, "normalized", &value) || show_number(figures, "avg", &value))
        table_number(table, "%.1f", value);
    else
        table_right(table, STR_NONE);
}

static void list_row(struct table *table, const struct doc *item)
{
    const struct doc *utilization = doc_member(item, "utilization");

    show_time_cell(table, item, "created_at");
    show_cell(table, item, "account");
    show_cell(table, item, "region");
    show_cell(table, item, "kind");
    show_cell(table, item, "name");
    show_cell(table, item, "status");
    show_span_cell(table, item, "duration_ms");
    figure_cell(table, doc_member(doc_member(utilization, "job"), "cpu"));
    show_cell(table, item, "id");
}

static int tag_query(const char *tag, struct buf *path, struct fail *why)
{
    OWN(buf) name     = BUF_UP_TO(PATH_MOST);
    const char *equal = strchr(tag, '=');

    if (!equal)
        return fail_set(why, FAIL_INPUT, "--tag wants NAME=VALUE");
    buf_format(&name, "tag.%.*s", (int)(equal - tag), tag);
    client_query(path, buf_c(&name), equal + 1);
    return 0;
}

int jobs_path(const struct args *args, struct buf *path, struct fail *why)
{
    static const struct {
        const char *flag, *parameter;
    } filters[] = {{"account", "account"}, {"region", "region"},           {"kind", "kind"},
                   {"status", "status"},   {"name-prefix", "name_prefix"}, {"since", "since"},
                   {"sort", "sort"}};

    buf_text(path, "/api/v1/jobs");
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        client_query(path, filters[i].parameter, args_flag(args, filters[i].flag));
    if (args_has(args, "failed-before-start"))
        client_query(path, "failed_before_start", "true");
    if (args_has(args, "tag") && tag_query(args_flag(args, "tag"), path, why))
        return -1;
    return buf_check(path, why);
}

static int list(const struct args *args, struct client *client, struct fail *why)
{
    static const struct show_list list = {COLUMNS, list_heads, list_row, SHOW_SOME};
    OWN(buf) path                      = BUF_UP_TO(PATH_MOST);

    if (args_most_operands(args, 0, why) || jobs_path(args, &path, why))
        return -1;
    return show_list(args, client, buf_view(&path), &list, why);
}

/* ---- show ----------------------------------------------------------------------------------- */

static void host_row(struct table *table, const struct doc *host, struct str name)
{
    static const char *const metrics[] = {"cpu", "memory", "gpu", "gpu_memory", "disk"};

    table_cell(table, name);
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        figure_cell(table, doc_member(host, metrics[i]));
}

static void show_utilization(const struct doc *utilization)
{
    OWN(table) table        = TABLE(HOST_COLUMNS);
    OWN(buf) reason         = BUF_UP_TO(PATH_MOST);
    const struct doc *hosts = doc_member(utilization, "hosts");

    if (!utilization)
        return;
    term_inert(&reason, show_text(utilization, "reason"));
    (void)printf("\nutilization: %.*s%s%s\n", STR_ARG(show_text(utilization, "state")),
                 reason.size ? ", " : "", buf_c(&reason));
    if (!doc_member(utilization, "job"))
        return;
    table_heads(&table, "HOST", "CPU%", "MEMORY%", "GPU%", "GPU MEMORY%", "DISK%");
    host_row(&table, doc_member(utilization, "job"), STR("(job)"));
    for (size_t i = 0; i < doc_count(hosts); i++)
        host_row(&table, doc_item(hosts, i), show_text(doc_item(hosts, i), "host"));
    table_print(&table, stdout);
}

static void event_heads(struct table *table)
{
    table_heads(table, "EVENT TIME", "RECEIVED", "STATUS", "ID");
}

static void event_row(struct table *table, const struct doc *item)
{
    show_time_cell(table, item, "time");
    show_time_cell(table, item, "received_at");
    show_cell(table, item, "status");
    show_cell(table, item, "id");
}

static int show_events(const struct args *args, struct client *client, const char *job_path,
                       struct fail *why)
{
    static const struct show_list list = {EVENT_COLUMNS, event_heads, event_row, SHOW_ALL};
    OWN(buf) path                      = BUF_UP_TO(PATH_MOST);

    buf_format(&path, "%s/events", job_path);
    if (buf_check(&path, why))
        return -1;
    (void)putchar('\n');
    return show_list(args, client, buf_view(&path), &list, why);
}

static int show(const struct args *args, struct client *client, struct fail *why)
{
    static const char *const shown_apart[] = {"utilization", "events", "timeline", NULL};
    OWN(buf) path                          = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) job                       = NULL;
    const char *id;

    if (args_operand(args, "a job's id", &id, why))
        return -1;
    buf_text(&path, "/api/v1/jobs/");
    client_segment(&path, str_of(id));
    if (buf_check(&path, why) || client_get(client, buf_c(&path), &job, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(job, why);
    if (show_members(job, shown_apart, why))
        return -1;
    show_utilization(doc_member(job, "utilization"));
    return show_events(args, client, buf_c(&path), why);
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    if (strcmp(args->word, "show") == 0)
        return show(args, client, why);
    if (strcmp(args->word, "watch") == 0)
        return jobs_watch(args, client, why);
    return list(args, client, why);
}

int verb_jobs(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
