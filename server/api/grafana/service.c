/* The service's own figures as rows: what /metrics says, for those who only have this source. */
#include "api/app.h"
#include "api/ask.h"
#include "api/grafana/metric.h"
#include "api/health/process.h"
#include "base/fail.h"
#include "query/summary.h"
#include "store/writer.h"
#include "wire/db.h"

static void write_figure(struct compose *out, const char *name, double value, const char *meaning)
{
    compose_open(out, NULL, '{');
    compose_text(out, "name", str_of(name));
    compose_real(out, "value", value);
    compose_text(out, "meaning", str_of(meaning));
    compose_close(out, '}');
}

static void write_errands(struct compose *out, const struct summary *summary)
{
    int64_t waiting = 0, dead = 0;

    for (int deed = 1; deed < DEED_COUNT; deed++) {
        waiting += summary->errands[deed].waiting;
        dead += summary->errands[deed].dead;
    }
    write_figure(out, "errands_waiting", (double)waiting, "what is still to be done");
    write_figure(out, "errands_dead", (double)dead, "what was given up");
    write_figure(out, "errands_delivered", (double)summary->delivered, "done since ever");
    write_figure(out, "quarantine_waiting", (double)summary->quarantined,
                 "posts that were not understood and not replayed");
}

static void write_intake(struct compose *out, const struct summary *summary)
{
    int64_t events = 0, duplicates = 0, out_of_order = 0;

    for (size_t i = 0; i < summary->account_count; i++) {
        events += summary->accounts[i].events;
        duplicates += summary->accounts[i].duplicates;
        out_of_order += summary->accounts[i].out_of_order;
    }
    write_figure(out, "events", (double)events, "stored since ever");
    write_figure(out, "duplicates", (double)duplicates, "the same event delivered again");
    write_figure(out, "out_of_order", (double)out_of_order, "older than what was known");
}

static void write_threads(struct compose *out, struct app *app)
{
    struct writer_figures  writer;
    struct readers_figures readers;

    writer_figures(app->writer, &writer);
    readers_figures(app->readers, &readers);
    write_figure(out, "writer_waiting", (double)writer.waiting, "pieces of work that wait");
    write_figure(out, "writer_failing", writer.is_failing, "1 while the store takes no writes");
    write_figure(out, "commits", (double)writer.commits, "transactions since the start");
    write_figure(out, "readings_waiting", (double)readers.waiting, "questions that wait");
    write_figure(out, "readings_refused", (double)readers.refused, "questions refused as too many");
}

static void write_process(struct compose *out, const struct app *app, ms now)
{
    struct process_figures process;

    process_figures(&process);
    write_figure(out, "uptime_seconds", (double)(now - app->started_at) / MS_SECOND,
                 "since the start");
    write_figure(out, "resident_bytes", process.resident_bytes, "resident memory");
    write_figure(out, "open_files", process.open_files, "open file descriptors");
}

int grafana_service_figures(struct ask *ask, struct fail *why)
{
    OWN(summary) summary = SUMMARY_EMPTY;
    int64_t size         = 0;

    if (summary_read(&ask->asker, &summary, why) || db_size(ask->asker.db, &size, why))
        return -1;
    compose_open(&ask->json, NULL, '{');
    compose_open(&ask->json, "data", '[');
    write_intake(&ask->json, &summary);
    write_errands(&ask->json, &summary);
    write_threads(&ask->json, ask->app);
    write_figure(&ask->json, "store_bytes", (double)size, "the database and its log on disk");
    write_process(&ask->json, ask->app, ask->asker.now);
    compose_close(&ask->json, ']');
    compose_close(&ask->json, '}');
    return 0;
}
