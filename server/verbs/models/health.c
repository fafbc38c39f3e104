#include "verbs/models/health.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/models/question.h"
#include "verbs/models/target.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "verbs/term.h"
#include "wire/doc.h"

enum {
    SUMMARY_COLUMNS = 9,
    RATE_COLUMNS    = 4,
    ALERT_COLUMNS   = 4,
    BIN_COLUMNS     = 3,
    PATH_MOST       = 16 * 1024,
    NAME_MOST       = 4096
};

static double number(const struct doc *item, const char *name)
{
    double value;

    return show_number(item, name, &value) ? value : 0;
}

/* A sentence with what others chose in it. */
static void print_inert(struct buf *text)
{
    OWN(buf) inert = BUF_UP_TO(PATH_MOST);

    term_inert(&inert, buf_view(text));
    (void)puts(buf_c(&inert));
    buf_clear(text);
}

/* ---- summary -------------------------------------------------------------------------------- */

struct naming {
    struct buf *out;
    struct str  model; /* its name, to stand behind its namespace */
};

/* "/northwind/ads/ad_ranker, model_version 3": the members of a group in the order they come. */
static int name_part(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct naming *naming = ctx;
    struct str     text   = STR_NONE;
    double         number_;

    (void)why;
    if (str_is_text(str_of(name), "account") || str_is_text(str_of(name), "region")
        || str_is_text(str_of(name), "model_name"))
        return 0;
    if (naming->out->size)
        buf_text(naming->out, ", ");
    if (str_is_text(str_of(name), "namespace") && doc_as_text(value, &text) == 0)
        buf_format(naming->out, "%.*s/%.*s", STR_ARG(text), STR_ARG(naming->model));
    else if (doc_as_text(value, &text) == 0)
        buf_format(naming->out, "%s %.*s", name, STR_ARG(text));
    else if (doc_as_real(value, &number_) == 0)
        buf_format(naming->out, "%s %.0f", name, number_);
    else
        buf_format(naming->out, "%s -", name);
    return 0;
}

static void ms_cell(struct table *table, const struct doc *item, const char *name)
{
    double value;

    if (show_number(item, name, &value))
        table_number(table, "%.0f", value);
    else
        table_right(table, STR_NONE);
}

static void summary_row(struct table *table, const struct doc *item)
{
    OWN(buf) name            = BUF_UP_TO(NAME_MOST);
    const struct doc *group  = doc_member(item, "group");
    const struct doc *elapse = doc_member(item, "elapse");
    struct naming     naming = {&name, show_text(group, "model_name")};
    struct fail       none   = FAIL_OK; /* name_part does not fail */

    (void)doc_each(group, name_part, &naming, &none);
    table_cell(table, name.size ? buf_view(&name) : STR("(all)"));
    show_count_cell(table, item, "count");
    table_number(table, "%.2f%%", 100 * number(item, "error_rate"));
    ms_cell(table, elapse, "p50");
    ms_cell(table, elapse, "p90");
    ms_cell(table, elapse, "p95");
    ms_cell(table, elapse, "p99");
    ms_cell(table, elapse, "max");
    ms_cell(table, elapse, "avg");
}

static void print_summary(const struct doc *summary)
{
    OWN(table) table       = TABLE(SUMMARY_COLUMNS);
    const struct doc *data = doc_member(summary, "data");

    table_heads(&table, "OF", "COUNT", "ERRORS", "P50 MS", "P90 MS", "P95 MS", "P99 MS", "MAX MS",
                "AVG MS");
    for (size_t i = 0; i < doc_count(data); i++)
        summary_row(&table, doc_item(data, i));
    table_print(&table, stdout);
    (void)fflush(stdout); /* the remark comes behind the table */
    if (str_is_text(show_text(summary, "method"), "histogram"))
        (void)fprintf(stderr, "Percentiles are right to %.1f %%.\n",
                      100 * number(summary, "relative_error"));
}

int health_summary(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path        = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) summary = NULL;

    buf_text(&path, "/api/v1/inferences/summary");
    question_path(args, &path);
    client_query(&path, "group_by", args_flag(args, "group-by"));
    if (buf_check(&path, why) || client_get(client, buf_c(&path), &summary, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(summary, why);
    print_summary(summary);
    return 0;
}

/* ---- error budget --------------------------------------------------------------------------- */

static void print_rates(const struct doc *budget)
{
    OWN(table) rates         = TABLE(RATE_COLUMNS);
    OWN(table) alerts        = TABLE(ALERT_COLUMNS);
    const struct doc *burned = doc_member(budget, "burn_rates");
    const struct doc *fires  = doc_member(budget, "alerts");

    table_heads(&rates, "WINDOW", "COUNT", "BAD", "BURN RATE");
    for (size_t i = 0; i < doc_count(burned); i++) {
        show_cell(&rates, doc_item(burned, i), "window");
        show_count_cell(&rates, doc_item(burned, i), "count");
        show_count_cell(&rates, doc_item(burned, i), "bad");
        table_number(&rates, "%.2f", number(doc_item(burned, i), "burn_rate"));
    }
    table_heads(&alerts, "ALERT ABOVE", "OVER", "AND OVER", "STATE");
    for (size_t i = 0; i < doc_count(fires); i++) {
        table_number(&alerts, "%g", number(doc_item(fires, i), "factor"));
        show_cell(&alerts, doc_item(fires, i), "long_window");
        show_cell(&alerts, doc_item(fires, i), "short_window");
        show_cell(&alerts, doc_item(fires, i), "state");
    }
    (void)putchar('\n');
    table_print(&rates, stdout);
    (void)putchar('\n');
    table_print(&alerts, stdout);
}

static void print_budget(const struct doc *budget)
{
    OWN(buf) line               = BUF_UP_TO(PATH_MOST);
    const struct doc *objective = doc_member(budget, "objective");
    double            days      = number(objective, "window_ms") / MS_DAY;

    buf_format(&line, "%.*s: %g %% good", STR_ARG(show_text(budget, "log_group")),
               number(objective, "target_percent"));
    if (doc_member(objective, "max_elapse_ms"))
        buf_format(&line, " and within %.0f ms", number(objective, "max_elapse_ms"));
    buf_format(&line, ", over %g days", days);
    print_inert(&line);
    (void)printf("%.0f of %.0f were bad, %.0f may be: %.1f %% of the budget is left\n",
                 number(budget, "bad"), number(budget, "count"), number(budget, "allowed_bad"),
                 number(budget, "left_percent"));
    print_rates(budget);
}

int health_budget(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path       = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) budget = NULL;

    if (target_path(args, 0, "/budget", &path, why)
        || client_get(client, buf_c(&path), &budget, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(budget, why);
    print_budget(budget);
    return 0;
}

/* ---- drift ---------------------------------------------------------------------------------- */

static void print_bins(const struct doc *drift)
{
    OWN(table) table       = TABLE(BIN_COLUMNS);
    const struct doc *was  = doc_member(doc_member(drift, "reference"), "bins");
    const struct doc *is   = doc_member(doc_member(drift, "current"), "bins");
    size_t            bins = doc_count(was) < doc_count(is) ? doc_count(was) : doc_count(is);

    table_heads(&table, "CONFIDENCE", "WAS", "IS");
    for (size_t i = 0; i < bins; i++) {
        char   range[SHOW_ROOM];
        double before = 0, now = 0;

        (void)snprintf(range, sizeof range, "%zu to %zu", i * 100 / bins, (i + 1) * 100 / bins);
        (void)doc_as_real(doc_item(was, i), &before); /* else it is 0 */
        (void)doc_as_real(doc_item(is, i), &now);
        table_right(&table, str_of(range));
        table_number(&table, "%.0f", before);
        table_number(&table, "%.0f", now);
    }
    table_print(&table, stdout);
}

static void print_drift(const struct doc *drift)
{
    OWN(buf) line   = BUF_UP_TO(PATH_MOST);
    bool has_number = doc_member(drift, "psi") != NULL;

    buf_format(&line, "%.*s, version %.0f: %.*s", STR_ARG(show_text(drift, "log_group")),
               number(drift, "model_version"), STR_ARG(show_text(drift, "state")));
    print_inert(&line);
    if (has_number)
        (void)printf("PSI %.3f, Jensen-Shannon %.3f; from %g on it is a warning\n\n",
                     number(drift, "psi"), number(drift, "jensen_shannon"),
                     number(drift, "threshold"));
    else
        (void)printf("too few for a number: %.0f and %.0f, of %.0f each\n\n",
                     number(doc_member(drift, "reference"), "count"),
                     number(doc_member(drift, "current"), "count"), number(drift, "least_events"));
    print_bins(drift);
}

int health_drift(const struct args *args, struct client *client, struct fail *why)
{
    static const char *const times[] = {"from", "to", "since", NULL};
    OWN(buf) path                    = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) drift               = NULL;

    if (target_path(args, 0, "/drift", &path, why))
        return -1;
    client_query(&path, "version", args_flag(args, "version"));
    target_filters(args, times, &path);
    if (buf_check(&path, why) || client_get(client, buf_c(&path), &drift, why))
        return -1;
    if (args_has(args, "json"))
        return show_json(drift, why);
    print_drift(drift);
    return 0;
}
