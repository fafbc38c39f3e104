#include "api/grafana/choices.h"

#include "api/ask.h"
#include "api/grafana/draw.h"
#include "api/grafana/metric.h"
#include "api/grafana/relay.h"
#include "api/grafana/request.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/kind.h"

#include <stdlib.h>

enum { FIRST_ROOM = 64, MOST_CHOICES = 10000, MOST_ROWS = 1000, SHOWN_MOST = 1024 };

/* Which columns of which metrics; several lines of one name add up. */
static const struct {
    const char *name, *key, *metric, *column;
} sources[] = {
    {"accounts", "account", "accounts", "account"},
    {"regions", "region", "all_regions", "region"},
    {"kinds", "kind", NULL, NULL},
    {"statuses", "status", "all_statuses", "status"},
    {"statuses", "status", "all_outcomes", "status"},
    {"jobs", "name", "jobs", "name"},
    {"jobs", "job", "jobs", "name"},
    {"job_names", NULL, "jobs", "name"},
    {"namespaces", "namespace", "models", "namespace"},
    {"models", "model", "models", "model"},
    {"versions", "version", "versions", "version"},
    {"deployments", "deployment_id", "deployments", "deployment_id"},
    {"endpoints", "endpoint", "endpoints", "name"},
    {"environments", "environment", "deployments", "environment"},
    {"environments", "environment", "all_environments", "environment"},
    {"servers", "server", "all_servers", "server"},
};

enum { SOURCE_COUNT = sizeof sources / sizeof sources[0] };

void choices_release(struct choices *choices)
{
    for (size_t i = 0; i < choices->count; i++)
        mem_free((char *)(uintptr_t)choices->items[i].data);
    mem_free(choices->items);
}

const char *choices_name(size_t at)
{
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        bool is_again = i && str_is_text(str_of(sources[i].name), sources[i - 1].name);

        if (!is_again && at-- == 0)
            return sources[i].name;
    }
    return NULL;
}

const char *choices_of_key(struct str key)
{
    for (size_t i = 0; i < SOURCE_COUNT; i++)
        if (sources[i].key && str_is_text(key, sources[i].key))
            return sources[i].name;
    return NULL;
}

/* --- gathering --- */

static int push(struct choices *choices, struct str text, struct fail *why)
{
    char *copy;

    if (choices->count == choices->room) {
        size_t      room  = choices->room ? choices->room * 2 : FIRST_ROOM;
        struct str *grown = mem_grow(choices->items, room, sizeof *grown);

        if (!grown)
            return fail_set(why, FAIL_MEMORY, "no memory for choices");
        choices->items = grown;
        choices->room  = room;
    }
    copy = mem_copy(text.data, text.size);
    if (!copy)
        return fail_set(why, FAIL_MEMORY, "no memory for choices");
    choices->items[choices->count++] = str_from(copy, text.size);
    return 0;
}

/* A falsy text is misread by old plugins, and a long one is nobody's choice. */
static int add(struct choices *choices, struct str text, struct fail *why)
{
    if (!text.size || text.size > SHOWN_MOST || choices->count >= MOST_CHOICES)
        return 0;
    return push(choices, text, why);
}

/* A node of the tree with those above it: each of them can be asked for. */
static int add_node(struct choices *choices, struct str path, struct fail *why)
{
    for (size_t at = 1; at < path.size; at++)
        if (path.data[at] == '/' && add(choices, str_part(path, 0, at), why))
            return -1;
    return add(choices, path, why);
}

static int by_size(const void *a, const void *b)
{
    const struct str *left = a, *right = b;
    int64_t           x, y;

    if (str_to_i64(*left, INT64_MIN, INT64_MAX, &x) == 0
        && str_to_i64(*right, INT64_MIN, INT64_MAX, &y) == 0 && x != y)
        return x < y ? -1 : 1;
    return str_order(*left, *right);
}

static void settle(struct choices *choices)
{
    size_t kept = 0;

    if (!choices->count)
        return;
    qsort(choices->items, choices->count, sizeof *choices->items, by_size);
    for (size_t i = 0; i < choices->count; i++) {
        if (kept && str_is(choices->items[kept - 1], choices->items[i]))
            mem_free((char *)(uintptr_t)choices->items[i].data);
        else
            choices->items[kept++] = choices->items[i];
    }
    choices->count = kept;
}

/* --- from a metric --- */

static int add_rows(struct choices *choices, const struct grafana_drawing *drawing,
                    const char *path, bool is_tree, struct fail *why)
{
    OWN(grafana_rows) rows = GRAFANA_ROWS_EMPTY;
    OWN(buf) room          = BUF_UP_TO(draw_cell_room(drawing->answers));
    bool                has_more;
    struct grafana_cell cell;

    if (!buf_room(&room, room.ceiling_bytes))
        return buf_check(&room, why);
    if (draw_rows(drawing, &rows, &has_more, why))
        return -1;
    for (size_t i = 0; i < rows.count; i++) {
        buf_clear(&room);
        if (rows_cell(&rows.items[i], path, &room, &cell, why))
            return -1;
        if (cell.is_there
            && (is_tree ? add_node(choices, cell.text, why) : add(choices, cell.text, why)))
            return -1;
    }
    return 0;
}

static const char *path_of(const struct grafana_metric *metric, const char *title)
{
    for (const struct grafana_column *column = metric->columns; column->title; column++)
        if (str_is_text(str_of(title), column->title))
            return column->path;
    return "";
}

static int ask_source(struct ask *ask, struct grafana_request *request, size_t source,
                      const struct doc *payload, struct choices *out, struct fail *why)
{
    struct grafana_question     *question = mem_new(sizeof *question);
    struct grafana_answers      *answers  = mem_new(sizeof *answers);
    const struct grafana_drawing drawing  = {NULL, question, answers};
    int                          result   = -1;

    if (!question || !answers) {
        (void)fail_set(why, FAIL_MEMORY, "no memory for choices");
    } else {
        question->metric = metric_find(str_of(sources[source].metric));
        result           = relay_read_some(request, payload, question, why);
        question->limit  = question->metric->limit ? MOST_ROWS : 0;
        if (!result)
            result = relay_ask(ask, question, answers, why);
        if (!result)
            result = add_rows(out, &drawing, path_of(question->metric, sources[source].column),
                              str_is_text(str_of(sources[source].name), "namespaces"), why);
        grafana_answers_release(answers);
    }
    mem_free(question);
    mem_free(answers);
    return result;
}

static int add_kinds(struct choices *choices, struct fail *why)
{
    for (int kind = 1; kind < KIND_COUNT; kind++) {
        const struct kind_facts *facts = kind_facts((enum kind)kind);

        if (facts && add(choices, str_of(facts->name), why))
            return -1;
    }
    return 0;
}

int choices_list(struct ask *ask, struct grafana_request *request, struct str name,
                 const struct doc *payload, struct choices *out, struct fail *why)
{
    int found = 0;

    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        bool is_again = i && str_is_text(str_of(sources[i].name), sources[i - 1].name)
                        && sources[i].metric && sources[i - 1].metric
                        && str_is_text(str_of(sources[i].metric), sources[i - 1].metric);

        if (!str_is_text(name, sources[i].name) || is_again)
            continue;
        found = 1;
        if (sources[i].metric ? ask_source(ask, request, i, payload, out, why)
                              : add_kinds(out, why))
            return -1;
    }
    settle(out);
    return found;
}

int choices_fixed(struct str list, struct choices *out, struct fail *why)
{
    struct str one;

    while (str_cut(&list, '|', &one))
        if (add(out, one, why))
            return -1;
    return 0;
}
