#include "verbs/demo/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "base/str.h"
#include "format/compose.h"
#include "verbs/client.h"
#include "verbs/show.h"
#include "verbs/table.h"
#include "wire/doc.h"

enum { PATH_MOST = 4096, JSON_MOST = 1 << 20, COLUMNS = 3 };

/* ---- reading -------------------------------------------------------------------------------- */

static int64_t number(const struct doc *object, const char *name)
{
    double value;

    return show_number(object, name, &value) ? (int64_t)value : 0;
}

static void sum_errands(const struct doc *overview, int64_t *waiting, int64_t *dead)
{
    const struct doc *errands = doc_member(overview, "errands");

    *waiting = *dead = 0;
    for (size_t i = 0; i < doc_count(errands); i++) {
        *waiting += number(doc_item(errands, i), "waiting");
        *dead += number(doc_item(errands, i), "dead");
    }
}

int report_errands(struct client *client, int64_t *waiting, int64_t *dead, struct fail *why)
{
    OWN_PTR(doc) overview = NULL;

    if (client_get(client, "/api/v1/overview", &overview, why))
        return -1;
    if (!doc_is_array(doc_member(overview, "errands")))
        return fail_set(why, FAIL_REMOTE, "the overview does not tell the errands");
    sum_errands(overview, waiting, dead);
    return 0;
}

static int add_status(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct report       *report = ctx;
    struct report_count *row;

    if (report->job_rows == REPORT_KINDS)
        return fail_set(why, FAIL_SIZE, "more than %d kinds and statuses", REPORT_KINDS);
    row        = &report->jobs[report->job_rows];
    row->count = 0;
    if (doc_as_int(value, &row->count)
        || snprintf(row->status, sizeof row->status, "%s", name) >= (int)sizeof row->status)
        return fail_set(why, FAIL_REMOTE, "a status in the overview cannot be read");
    report->job_rows++;
    return 0;
}

static int read_totals(const struct doc *overview, struct report *out, struct fail *why)
{
    const struct doc *totals = doc_member(overview, "totals");

    for (size_t i = 0; i < doc_count(totals); i++) {
        const struct doc *total = doc_item(totals, i);
        size_t            first = out->job_rows;
        bool              is_job;

        if (doc_bool_or(total, "is_job", false, &is_job, why))
            return -1;
        if (!is_job) {
            out->resources += number(total, "count");
            continue;
        }
        if (doc_each(doc_member(total, "by_status"), add_status, out, why))
            return -1;
        for (size_t k = first; k < out->job_rows; k++)
            (void)snprintf(out->jobs[k].kind, REPORT_WORD,
                           "%.*s", /* kinds are our own, short words */
                           STR_ARG(show_text(total, "kind")));
    }
    return 0;
}

/* Only kinds that have metrics are asked about; and of these only what has ended. */
static void count_utilization(const struct doc *job, struct report *out)
{
    struct str state = show_text(doc_member(job, "utilization"), "state");
    double     ignored;

    if (str_is_text(state, "settled"))
        out->settled++;
    else if (str_is_text(state, "none"))
        out->none++;
    else if (str_is_text(state, "failed"))
        out->failed++;
    else if (str_is_text(state, "pending"))
        out->pending++;
    else if (doc_member(job, "completed_at"))
        out->not_asked++;
    if (str_is_text(show_text(job, "status"), "Failed")
        && !show_number(job, "duration_ms", &ignored) && !doc_member(job, "started_at"))
        out->never_started++;
}

static int read_jobs(struct client *client, struct report *out, struct fail *why)
{
    OWN(buf) cursor = BUF_UP_TO(PATH_MOST);

    for (;;) {
        OWN(buf) path     = BUF_UP_TO(PATH_MOST);
        OWN_PTR(doc) page = NULL;
        const struct doc *data;

        buf_text(&path, "/api/v1/jobs?limit=500");
        if (cursor.size)
            client_query(&path, "cursor", buf_c(&cursor));
        if (buf_check(&path, why) || client_get(client, buf_c(&path), &page, why))
            return -1;
        data = doc_member(page, "data");
        for (size_t i = 0; i < doc_count(data); i++)
            count_utilization(doc_item(data, i), out);
        buf_clear(&cursor);
        buf_str(&cursor, show_text(page, "next_cursor"));
        if (cursor.size == 0 || doc_count(data) == 0)
            return 0;
    }
}

/* How many rows a list has; the demo's lists fit one page. */
static int count_rows(struct client *client, const char *path, int64_t *out, struct fail *why)
{
    OWN_PTR(doc) page = NULL;

    if (client_get(client, path, &page, why))
        return -1;
    *out = (int64_t)doc_count(doc_member(page, "data"));
    return 0;
}

static int read_models(struct client *client, struct report *out, struct fail *why)
{
    OWN_PTR(doc) summary = NULL;
    const struct doc *all;

    if (count_rows(client, "/api/v1/models?limit=500", &out->models, why)
        || count_rows(client, "/api/v1/deployments?limit=500", &out->deployments, why)
        || client_get(client, "/api/v1/inferences/summary?since=7d", &summary, why))
        return -1;
    all                    = doc_item(doc_member(summary, "data"), 0);
    out->inferences        = number(all, "count");
    out->failed_inferences = number(all, "failed");
    return 0;
}

static int64_t count_lines(const char *path)
{
    FILE   *file  = fopen(path, "re");
    int64_t lines = 0;
    int     c;

    while (file && (c = fgetc(file)) != EOF)
        lines += c == '\n';
    if (file)
        (void)fclose(file); /* it was only read */
    return lines;
}

int report_read(struct client *client, const char *emf_file, struct report *out, struct fail *why)
{
    OWN_PTR(doc) overview = NULL;

    if (client_get(client, "/api/v1/overview", &overview, why) || read_totals(overview, out, why)
        || read_jobs(client, out, why) || read_models(client, out, why))
        return -1;
    sum_errands(overview, &out->errands_waiting, &out->errands_dead);
    out->emf_lines = count_lines(emf_file);
    return 0;
}

/* ---- showing -------------------------------------------------------------------------------- */

static void print_text(const struct report *report)
{
    OWN(table) table = TABLE(COLUMNS);

    (void)printf(
        "\nsummary\n"
        "  posts         %" PRId64 " over HTTP\n"
        "  events        %" PRId64 " taken, %" PRId64 " duplicates, %" PRId64 " quarantined\n"
        "  resources     %" PRId64 " endpoints, models, packages and the like\n"
        "  utilization   %" PRId64 " settled, %" PRId64 " none, %" PRId64 " failed, %" PRId64
        " pending (jobs with metrics of their own)\n"
        "  never started %" PRId64 " failed before their start\n"
        "  models        %" PRId64 " with %" PRId64 " deployments; %" PRId64 " inferences, %" PRId64
        " of them failed\n"
        "  EMF           %" PRId64 " lines\n"
        "  CloudWatch    %" PRId64 " questions to the stand-in\n\n",
        report->fed.posts, report->fed.accepted, report->fed.duplicates, report->fed.quarantined,
        report->resources, report->settled, report->none, report->failed, report->pending,
        report->never_started, report->models, report->deployments, report->inferences,
        report->failed_inferences, report->emf_lines, report->cloudwatch_calls);
    table_heads(&table, "JOBS OF KIND", "STATUS", "COUNT");
    for (size_t i = 0; i < report->job_rows; i++) {
        table_cell(&table, str_of(report->jobs[i].kind));
        table_status(&table, str_of(report->jobs[i].status));
        table_number(&table, "%" PRId64, report->jobs[i].count);
    }
    table_print(&table, stdout);
}

static void compose_figures(struct compose *out, const struct report *report)
{
    const struct {
        const char *name;
        int64_t     value;
    } figures[] = {
        {"posts", report->fed.posts},
        {"accepted", report->fed.accepted},
        {"duplicates", report->fed.duplicates},
        {"quarantined", report->fed.quarantined},
        {"resources", report->resources},
        {"failed_before_start", report->never_started},
        {"models", report->models},
        {"deployments", report->deployments},
        {"inferences", report->inferences},
        {"failed_inferences", report->failed_inferences},
        {"refused_inferences", report->refused},
        {"emf_lines", report->emf_lines},
        {"cloudwatch_calls", report->cloudwatch_calls},
        {"errands_waiting", report->errands_waiting},
        {"errands_dead", report->errands_dead},
    };

    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        compose_int(out, figures[i].name, figures[i].value);
}

static void compose_report(struct compose *out, const struct report *report)
{
    compose_open(out, NULL, '{');
    compose_figures(out, report);
    compose_open(out, "utilization", '{');
    compose_int(out, "settled", report->settled);
    compose_int(out, "none", report->none);
    compose_int(out, "failed", report->failed);
    compose_int(out, "pending", report->pending);
    compose_int(out, "not_asked", report->not_asked);
    compose_close(out, '}');
    compose_open(out, "jobs", '[');
    for (size_t i = 0; i < report->job_rows; i++) {
        compose_open(out, NULL, '{');
        compose_text(out, "kind", str_of(report->jobs[i].kind));
        compose_text(out, "status", str_of(report->jobs[i].status));
        compose_int(out, "count", report->jobs[i].count);
        compose_close(out, '}');
    }
    compose_close(out, ']');
    compose_close(out, '}');
}

int report_print(const struct report *report, bool as_json, struct fail *why)
{
    OWN(buf) text       = BUF_UP_TO(JSON_MOST);
    struct compose json = compose_into(&text);

    if (!as_json) {
        print_text(report);
        return 0;
    }
    compose_report(&json, report);
    return buf_check(&text, why) || puts(buf_c(&text)) == EOF ? -1 : 0;
}

static int complain(bool is_wrong, const char *reason)
{
    if (is_wrong)
        (void)fprintf(stderr, "smon demo: %s\n", reason);
    return is_wrong;
}

int report_complaints(const struct report *report)
{
    return complain(report->errands_waiting > 0, "some errands are not done")
           + complain(report->errands_dead > 0, "some errands were given up")
           + complain(report->pending > 0, "the utilization of some jobs is not settled")
           + complain(report->failed > 0, "the utilization of some jobs could not be read")
           + complain(report->settled == 0, "no job has its utilization")
           + complain(report->fed.quarantined != 1, "not exactly one post went to quarantine")
           + complain(report->deployments < 6, "the deployments of the models are not all there")
           + complain(report->inferences == 0, "no transaction was taken")
           + complain(report->refused > 0, "some transactions were refused")
           + complain(report->emf_lines == 0, "no EMF line was written");
}
