/* The one plain page: what happened in a day, the newest jobs, what there is. Rendered here, so
 * that it works without script; it looks again by itself every half minute. */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/html.h"
#include "api/shape.h"
#include "base/fail.h"
#include "query/summary.h"
#include "store/job_list.h"

#include <string.h>

enum { NEWEST = 30, REASON_SHOWN = 300 };

static const char STYLE[] =
    ":root{color-scheme:light dark;--line:#d5d9de;--soft:#5b6470;--bad:#b3261e;--good:#1b6e3c;"
    "--back:#fff;--text:#15181c}\n"
    "@media(prefers-color-scheme:dark){:root{--line:#343b44;--soft:#9aa4b0;--bad:#ff8a80;"
    "--good:#7ddc9d;--back:#14171a;--text:#e8eaed}}\n"
    "*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);"
    "font:15px/1.45 system-ui,sans-serif}\n"
    "main{max-width:80rem;margin:0 auto;padding:1rem}h1{font-size:1.3rem;margin:.2rem 0}"
    "h2{font-size:1.05rem;margin:1.6rem 0 .4rem}p{margin:.3rem 0}a{color:inherit}\n"
    ".soft{color:var(--soft)}.bad{color:var(--bad);font-weight:600}.good{color:var(--good)}\n"
    "dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:.6rem;margin:."
    "6rem 0}"
    "dl div{border:1px solid var(--line);border-radius:.4rem;padding:.5rem .7rem}"
    "dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.35rem;font-variant-numeric:"
    "tabular-nums}\n"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.3rem 1rem .3rem 0;border-bottom:1px solid var(--line);"
    "vertical-align:top;white-space:nowrap}td:last-child,th:last-child{padding-right:0}"
    "th{color:var(--soft);font-weight:500;font-size:.85rem}"
    "td.wraps{white-space:normal;width:100%}td.wraps span{white-space:nowrap;margin-right:.9rem}"
    ".number{text-align:right;font-variant-numeric:tabular-nums}\n"
    /* The name takes what the others leave, and is cut before it pushes them out. */
    "td.name{width:100%;max-width:0;overflow:hidden;text-overflow:ellipsis}"
    "td.name div{overflow:hidden;text-overflow:ellipsis;color:var(--bad);font-size:.85rem}\n"
    "@media(max-width:64rem){.phase,.region{display:none}}\n"
    "@media(max-width:48rem){.account{display:none}}\n"
    /* On a phone each job is two or three lines: its name, then the rest. */
    "@media(max-width:40rem){main{padding:.8rem}th,td{padding-right:.6rem}"
    "table.jobs thead{display:none}table.jobs,table.jobs tbody,table.jobs tr{display:block}"
    "table.jobs tr{border-bottom:1px solid "
    "var(--line);padding:.35rem 0}table.jobs td{display:inline-block;border:0;padding:0 .8rem 0 0}"
    "table.jobs td.name{display:block;max-width:none;padding:0;font-weight:600}"
    "table.jobs td.name div{font-weight:400}table.jobs td:empty,table.jobs td.phase,table.jobs "
    "td.account,table.jobs td.region{display:none}}\n"
    "@media(max-width:28rem){table.jobs td.created{display:none}}\n";

void page_style(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct web_reply reply = WEB_REPLY(200);

    (void)app;
    (void)caller; /* the same for everybody */
    reply.type        = "text/css; charset=utf-8";
    reply.static_body = (struct str){STYLE, sizeof STYLE - 1};
    web_reply_header(&reply, "Cache-Control", "max-age=300");
    web_reply(request, &reply);
}

static void cell(struct buf *out, const char *class, struct str text)
{
    buf_format(out, "<td class=\"%s\">", class);
    html_text(out, text);
    buf_text(out, "</td>");
}

static void number_box(struct buf *out, const char *label, int64_t value, bool is_bad)
{
    buf_text(out, "<div><dt>");
    html_text(out, str_of(label));
    buf_format(out, "</dt><dd%s>%lld</dd></div>\n", is_bad && value ? " class=\"bad\"" : "",
               (long long)value);
}

static void write_boxes(struct buf *out, const struct summary *summary)
{
    int64_t waiting = 0, dead = 0;

    for (int deed = 1; deed < DEED_COUNT; deed++) {
        waiting += summary->errands[deed].waiting;
        dead += summary->errands[deed].dead;
    }
    html_element(out, "h2", STR("The last 24 hours"));
    buf_text(out, "<dl>\n");
    number_box(out, "jobs created", summary->day.created, false);
    number_box(out, "jobs ended", summary->day.ended, false);
    number_box(out, "failed", summary->day.failed, true);
    number_box(out, "failed before start", summary->day.unstarted, true);
    number_box(out, "errands waiting", waiting, false);
    number_box(out, "errands given up", dead, true);
    number_box(out, "in quarantine", summary->quarantined, true);
    buf_text(out, "</dl>\n");
}

/* One kind: its statuses with their counts, summed over accounts. How many totals it took. */
static size_t write_kind(struct buf *out, const struct tally_item *totals, size_t count)
{
    const struct kind_facts *facts = kind_facts((enum kind)totals->kind);
    int64_t                  sum   = 0;
    size_t                   same  = 0;

    while (same < count && totals[same].kind == totals->kind)
        sum += totals[same++].count;
    buf_text(out, "<tr>");
    cell(out, "", facts ? str_of(facts->name) : STR("other"));
    buf_format(out, "<td class=\"number\">%lld</td><td class=\"wraps\">", (long long)sum);
    for (size_t i = 0; i < same; i++) {
        struct str status = totals[i].status;

        if (!status.size)
            continue;
        buf_text(out,
                 summary_is_failure(totals[i].kind, status) ? "<span class=\"bad\">" : "<span>");
        html_text(out, status);
        buf_format(out, " %lld</span> ", (long long)totals[i].count);
    }
    buf_text(out, "</td></tr>\n");
    return same;
}

static void write_kinds(struct buf *out, const struct summary *summary)
{
    html_element(out, "h2", STR("What there is"));
    if (!summary->tally_count) {
        html_element(out, "p", STR("Nothing yet: no event has come."));
        return;
    }
    buf_text(out, "<table>\n<thead><tr><th>kind</th><th class=\"number\">count</th>"
                  "<th>by status</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < summary->total_count;)
        i += write_kind(out, summary->totals + i, summary->total_count - i);
    buf_text(out, "</tbody>\n</table>\n");
}

static void write_silent(struct buf *out, const struct summary *summary, ms now)
{
    char   account[SHAPE_ID_ROOM];
    size_t next, silent = 0, all = 0;

    for (size_t i = 0; i < summary->account_count; i = next) {
        silent += summary_is_silent(summary, i, now, &next);
        all += summary->accounts[i].account != 0; /* 0: senders we could not read */
    }
    buf_format(out, "<p class=\"soft\">%zu account%s heard of.", all, all == 1 ? "" : "s");
    if (silent)
        buf_text(out, " Silent for a day: <span class=\"bad\">");
    for (size_t i = 0, told = 0; i < summary->account_count; i = next) {
        if (!summary_is_silent(summary, i, now, &next))
            continue;
        shape_account(summary->accounts[i].account, account);
        buf_text(out, told++ ? ", " : "");
        buf_text(out, account);
    }
    buf_text(out, silent ? "</span></p>\n" : "</p>\n");
}

static void write_duration(struct buf *out, ms duration)
{
    if (duration == WHEN_UNKNOWN) {
        buf_text(out, "<td class=\"number\"></td>");
        return;
    }
    buf_format(out, "<td class=\"number\">%lld:%02lld:%02lld</td>", (long long)(duration / MS_HOUR),
               (long long)(duration / MS_MINUTE % 60), (long long)(duration / MS_SECOND % 60));
}

/* The name, and under it why the job failed: one line of it, all of it when pointed at. */
static void write_name(struct buf *out, const struct job_row *row)
{
    buf_text(out, "<td class=\"name\" title=\"");
    html_text(out, row->name);
    buf_text(out, "\">");
    html_text(out, row->name);
    if (row->has_failed && row->failure_reason.size) {
        buf_text(out, "<div title=\"");
        html_text(out, row->failure_reason);
        buf_text(out, "\">");
        html_text(out, str_head(row->failure_reason, REASON_SHOWN));
        buf_text(out, "</div>");
    }
    buf_text(out, "</td>");
}

static int write_job(void *ctx, const struct job_row *row, struct fail *why)
{
    struct buf              *out   = ctx;
    const struct kind_facts *facts = kind_facts((enum kind)row->kind);
    char                     when[WHEN_ROOM], account[SHAPE_ID_ROOM];

    (void)why; /* writing to a buffer is checked at the end */
    when_render(row->created_at, when);
    when[19] = '\0'; /* without fractions */
    if (when[10] == 'T')
        when[10] = ' ';
    shape_account(row->account, account);
    buf_text(out, "<tr>");
    write_name(out, row);
    cell(out, "", facts ? str_of(facts->name) : STR(""));
    cell(out, row->has_failed ? "bad" : "", row->status);
    cell(out, "soft phase",
         row->failed_before_start ? STR("failed before start") : row->secondary_status);
    write_duration(out, row->duration_ms);
    cell(out, "soft created", str_of(when));
    cell(out, "soft account", str_of(account));
    cell(out, "soft region", row->region);
    buf_text(out, "</tr>\n");
    return 0;
}

static int write_newest(struct ask *ask, struct fail *why)
{
    const struct job_filter filter = {
        .scope = *ask->asker.scope, .from = WHEN_UNKNOWN, .to = WHEN_UNKNOWN};
    const struct page page = {.limit = NEWEST - 1, .is_descending = true};

    html_element(&ask->body, "h2", STR("Newest jobs"));
    buf_text(&ask->body,
             "<table class=\"jobs\">\n<thead><tr><th>name</th><th>kind</th><th>status</th>"
             "<th class=\"phase\">phase</th><th class=\"number\">took</th>"
             "<th class=\"created\">created (UTC)</th><th class=\"account\">account</th>"
             "<th class=\"region\">region</th></tr></thead>\n<tbody>\n");
    if (job_list(ask->asker.db, ask->asker.words, &filter, &page, write_job, &ask->body, why))
        return -1;
    buf_text(&ask->body, "</tbody>\n</table>\n");
    return 0;
}

int page_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {NULL};
    OWN(summary) summary             = SUMMARY_EMPTY;
    struct buf *out                  = &ask->body;
    char        now[WHEN_ROOM];

    if (ask_check(ask, known, why) || summary_read(&ask->asker, &summary, why))
        return -1;
    when_render(ask->asker.now, now);
    html_open(out, "smon");
    html_element(out, "h1", STR("SageMaker workloads"));
    buf_format(out, "<p class=\"soft\">as of %s</p>\n", now);
    write_silent(out, &summary, ask->asker.now);
    write_boxes(out, &summary);
    if (write_newest(ask, why))
        return -1;
    write_kinds(out, &summary);
    buf_text(out, "<p class=\"soft\"><a href=\"/openapi.json\">API</a></p>\n");
    html_close(out);
    html_headers(&ask->reply);
    web_reply_header(&ask->reply, "Link", "</openapi.json>; rel=\"service-desc\"");
    web_reply_header(&ask->reply, "Refresh", "30");
    return 0;
}
