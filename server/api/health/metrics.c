/* Figures for Prometheus. Names end in their unit; what only grows ends in _total. */
#include "api/app.h"
#include "api/ask.h"
#include "api/guard.h"
#include "api/handlers.h"
#include "api/inferences/figures.h"
#include "api/health/process.h"
#include "api/health/prometheus.h"
#include "api/shape.h"
#include "api/stream.h"
#include "base/fail.h"
#include "base/log.h"
#include "query/summary.h"
#include "store/writer.h"
#include "wire/db.h"

#include <stddef.h>

/* --- what came, per account and region --- */

static const struct {
    const char *name, *help;
    size_t      offset;
} pulses[] = {
    {"smon_events_total", "Events stored.", offsetof(struct account_item, events)},
    {"smon_event_duplicates_total", "Events that were delivered again.",
     offsetof(struct account_item, duplicates)},
    {"smon_event_repeats_total", "Other events that said what was known.",
     offsetof(struct account_item, repeats)},
    {"smon_events_out_of_order_total", "Events older than what was known.",
     offsetof(struct account_item, out_of_order)},
    {"smon_event_conflicts_total", "Jobs that were told to have ended in two ways.",
     offsetof(struct account_item, conflicts)},
    {"smon_events_of_unknown_type_total", "Events of detail-types that are not in our table.",
     offsetof(struct account_item, unknown_types)},
    {"smon_events_of_unknown_status_total", "Events with a status that is not in our table.",
     offsetof(struct account_item, unknown_statuses)},
    {"smon_events_with_bad_times_total", "Events with a time that could not be read.",
     offsetof(struct account_item, bad_times)},
    {"smon_quarantined_posts_total", "Posts kept raw because they were not understood.",
     offsetof(struct account_item, quarantined)},
};

static void account_labels(const struct account_item *item, char account[SHAPE_ID_ROOM],
                           struct label labels[2])
{
    shape_account(item->account, account);
    labels[0] = (struct label){"account", str_of(account)};
    labels[1] = (struct label){"region", item->region};
}

static void write_accounts(struct buf *out, const struct summary *summary)
{
    char         account[SHAPE_ID_ROOM];
    struct label labels[2];

    for (size_t p = 0; p < sizeof pulses / sizeof pulses[0]; p++) {
        prometheus_family(out, pulses[p].name, "counter", pulses[p].help);
        for (size_t i = 0; i < summary->account_count; i++) {
            const char    *item  = (const char *)&summary->accounts[i];
            const int64_t *value = (const void *)(item + pulses[p].offset);

            account_labels(&summary->accounts[i], account, labels);
            prometheus_sample(out, pulses[p].name, labels, 2, (double)*value);
        }
    }
    prometheus_family(out, "smon_account_last_event_timestamp_seconds", "gauge",
                      "The newest event's own time.");
    for (size_t i = 0; i < summary->account_count; i++) {
        if (summary->accounts[i].last_event_at == WHEN_UNKNOWN)
            continue;
        account_labels(&summary->accounts[i], account, labels);
        prometheus_sample(out, "smon_account_last_event_timestamp_seconds", labels, 2,
                          (double)summary->accounts[i].last_event_at / MS_SECOND);
    }
    prometheus_family(out, "smon_account_lag_seconds", "gauge",
                      "From the latest event's own time to its arrival.");
    for (size_t i = 0; i < summary->account_count; i++) {
        account_labels(&summary->accounts[i], account, labels);
        prometheus_sample(out, "smon_account_lag_seconds", labels, 2,
                          (double)summary->accounts[i].lag_ms / MS_SECOND);
    }
}

/* --- what there is, and what waits --- */

static void write_resources(struct buf *out, const struct summary *summary)
{
    prometheus_family(out, "smon_resources", "gauge",
                      "Jobs and resources by kind and status, now.");
    for (size_t i = 0; i < summary->total_count; i++) {
        const struct kind_facts *facts    = kind_facts((enum kind)summary->totals[i].kind);
        const struct label       labels[] = {{"kind", facts ? str_of(facts->name) : STR("other")},
                                             {"status", summary->totals[i].status}};

        prometheus_sample(out, "smon_resources", labels, 2, (double)summary->totals[i].count);
    }
}

static void write_errands(struct buf *out, const struct summary *summary, ms now)
{
    prometheus_family(out, "smon_errands", "gauge",
                      "What is still to be done, and what was given up.");
    for (int deed = 1; deed < DEED_COUNT; deed++) {
        struct label labels[] = {{"deed", str_of(deed_name((enum deed)deed))},
                                 {"state", STR("waiting")}};

        prometheus_sample(out, "smon_errands", labels, 2, (double)summary->errands[deed].waiting);
        labels[1].value = STR("dead");
        prometheus_sample(out, "smon_errands", labels, 2, (double)summary->errands[deed].dead);
    }
    prometheus_family(out, "smon_errands_overdue_seconds", "gauge",
                      "How long the oldest errand could have been leased.");
    for (int deed = 1; deed < DEED_COUNT; deed++) {
        const struct label label = {"deed", str_of(deed_name((enum deed)deed))};
        ms                 due   = summary->errands[deed].oldest_due;

        prometheus_sample(out, "smon_errands_overdue_seconds", &label, 1,
                          due == WHEN_UNKNOWN || due > now ? 0 : (double)(now - due) / MS_SECOND);
    }
    prometheus_single(out, "smon_errands_accepted_total", "counter", "Errands ever asked for.",
                      (double)summary->accepted);
    prometheus_single(out, "smon_errands_delivered_total", "counter", "Errands done and confirmed.",
                      (double)summary->delivered);
    prometheus_single(out, "smon_errands_dead_total", "counter", "Errands given up.",
                      (double)summary->dead);
    prometheus_single(out, "smon_quarantine_waiting", "gauge", "Posts in quarantine, not replayed.",
                      (double)summary->quarantined);
}

/* --- the service itself --- */

static void write_writer(struct buf *out, struct writer *writer)
{
    struct writer_figures figures;

    writer_figures(writer, &figures);
    prometheus_single(out, "smon_writer_commits_total", "counter", "Transactions committed.",
                      (double)figures.commits);
    prometheus_single(out, "smon_writer_works_total", "counter", "Pieces of work done.",
                      (double)figures.works);
    prometheus_single(out, "smon_writer_rollbacks_total", "counter", "Transactions rolled back.",
                      (double)figures.rollbacks);
    prometheus_single(out, "smon_writer_refused_total", "counter",
                      "Pieces of work refused as too many.", (double)figures.refused);
    prometheus_single(out, "smon_writer_commit_seconds_total", "counter", "Time spent committing.",
                      (double)figures.commit_us_sum / 1e6);
    prometheus_single(out, "smon_writer_waiting", "gauge", "Pieces of work that wait.",
                      (double)figures.waiting);
    prometheus_single(out, "smon_writer_waiting_bytes", "gauge", "Memory held by what waits.",
                      (double)figures.waiting_bytes);
    prometheus_single(out, "smon_writer_failing", "gauge", "1 while the store takes no writes.",
                      figures.is_failing);
}

static void write_readers(struct buf *out, struct app *app)
{
    struct readers_figures figures;

    readers_figures(app->readers, &figures);
    prometheus_single(out, "smon_readings_total", "counter", "Questions answered from the store.",
                      (double)figures.runs);
    prometheus_single(out, "smon_readings_refused_total", "counter",
                      "Questions refused as too many.", (double)figures.refused);
    prometheus_single(out, "smon_readings_waiting", "gauge", "Questions that wait.",
                      (double)figures.waiting);
    prometheus_single(out, "smon_readers_reopened_total", "counter",
                      "Lost connections opened again.", (double)figures.reopened);
    prometheus_single(out, "smon_streams", "gauge", "Open streams of changes.",
                      stream_count(app->stream));
    prometheus_single(out, "smon_keys", "gauge", "Keys that are valid now.", keys_count(app->keys));
}

static void write_answers(struct buf *out, struct app *app)
{
    static const char *const parts[APP_PARTS] = {[APP_INGEST] = "ingest", [APP_REST] = "rest"};

    prometheus_family(out, "smon_answers_total", "counter",
                      "Answers by what was asked and by class of status.");
    for (int part = 0; part < APP_PARTS; part++)
        for (int class = 2; class < APP_STATUS_CLASSES; class ++) {
            char               text[]   = {(char)('0' + class), 'x', 'x', '\0'};
            const struct label labels[] = {{"part", str_of(parts[part])}, {"code", str_of(text)}};

            prometheus_sample(out, "smon_answers_total", labels, 2,
                              (double)atomic_load(&app->answers[part][class]));
        }
}

static void write_web(struct buf *out, struct app *app)
{
    struct web_figures sum = {0}, one;

    for (int i = 0; i < APP_MOST_WEBS; i++) {
        const struct web *web = atomic_load(&app->webs[i]);

        if (!web)
            continue;
        web_figures(web, &one);
        sum.accepted += one.accepted;
        sum.refused_smuggling += one.refused_smuggling;
        sum.refused_deadline += one.refused_deadline;
        sum.refused_size += one.refused_size;
        sum.refused_per_address += one.refused_per_address;
        sum.open_connections += one.open_connections;
    }
    const struct {
        const char *reason;
        uint64_t    count;
    } refused[] = {{"smuggling", sum.refused_smuggling},
                   {"deadline", sum.refused_deadline},
                   {"size", sum.refused_size},
                   {"per_address", sum.refused_per_address}};

    prometheus_single(out, "smon_http_accepted_total", "counter", "Connections accepted.",
                      (double)sum.accepted);
    prometheus_single(out, "smon_http_open_connections", "gauge", "Connections open now.",
                      sum.open_connections);
    prometheus_family(out, "smon_http_refused_total", "counter",
                      "Requests refused before routing.");
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const struct label label = {"reason", str_of(refused[i].reason)};

        prometheus_sample(out, "smon_http_refused_total", &label, 1, (double)refused[i].count);
    }
}

static void write_log(struct buf *out)
{
    prometheus_family(out, "smon_log_lines_total", "counter",
                      "Lines logged or asked for, by event.");
    for (int event = 0; event < LOG_EVENT_COUNT; event++) {
        const struct label label = {"event", str_of(log_event_name((enum log_event)event))};

        prometheus_sample(out, "smon_log_lines_total", &label, 1,
                          (double)log_event_count((enum log_event)event));
    }
}

static void write_process(struct buf *out, const struct app *app)
{
    const struct label     version = {"version", str_of(app->version)};
    struct process_figures figures;

    process_figures(&figures);
    prometheus_family(out, "smon_build_info", "gauge", "Which version runs; always 1.");
    prometheus_sample(out, "smon_build_info", &version, 1, 1);
    prometheus_single(out, "process_resident_memory_bytes", "gauge", "Resident memory.",
                      figures.resident_bytes);
    prometheus_single(out, "process_cpu_seconds_total", "counter", "CPU time, user and system.",
                      figures.cpu_seconds);
    prometheus_single(out, "process_open_fds", "gauge", "Open file descriptors.",
                      figures.open_files);
    prometheus_single(out, "process_max_fds", "gauge", "Most file descriptors allowed.",
                      figures.most_files);
    prometheus_single(out, "process_start_time_seconds", "gauge", "When it started, as Unix time.",
                      (double)app->started_at / MS_SECOND);
}

int metrics_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {NULL};
    OWN(summary) summary             = SUMMARY_EMPTY;
    struct buf *out                  = &ask->body;
    int64_t     size                 = 0;

    if (ask_check(ask, known, why) || summary_read(&ask->asker, &summary, why)
        || db_size(ask->asker.db, &size, why))
        return -1;
    ask->reply.type = "text/plain; version=0.0.4; charset=utf-8";
    write_accounts(out, &summary);
    write_resources(out, &summary);
    write_errands(out, &summary, ask->asker.now);
    prometheus_single(out, "smon_store_bytes", "gauge", "The database and its log on disk.",
                      (double)size);
    if (figures_write(ask, why))
        return -1;
    write_writer(out, ask->app->writer);
    write_readers(out, ask->app);
    write_answers(out, ask->app);
    write_web(out, ask->app);
    write_log(out);
    write_process(out, ask->app);
    return 0;
}
