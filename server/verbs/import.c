/* smon import inferences: a stream of transactions, one JSON object a line, into the service.
 *
 * Batches go out several at a time and are accounted for in their order, so that the line where it
 * stopped is a line before which everything was answered. What is sent again is known again: the
 * service counts it as a duplicate. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "base/when.h"
#include "format/compose.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/import/lines.h"
#include "verbs/import/progress.h"
#include "verbs/import/receipt.h"
#include "verbs/import/senders.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { PATH_MOST = 16 * 1024, TEXT_MOST = 4 * 1024 };

struct import {
    const struct args *args;
    const char        *path;   /* where to, with what holds for all lines */
    struct client     *client; /* for what is not sent in turn */
    struct lines      *lines;
    struct senders    *senders;
    struct refused    *refused;
    struct progress    progress;
    struct receipt_sum sum;
    int64_t            line; /* everything up to here was answered */
    bool               is_stopped;
};

static void import_release(struct import *import)
{
    senders_free(import->senders);
    refused_free(import->refused);
    lines_free(import->lines);
}

static volatile sig_atomic_t is_asked_to_stop; /* set by a signal, never cleared */

static void on_signal(int signal)
{
    (void)signal;
    is_asked_to_stop = 1;
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal}; /* reading ends with it: no SA_RESTART */

    (void)sigaction(SIGINT, &action, NULL); /* cannot fail for signals that exist */
    (void)sigaction(SIGTERM, &action, NULL);
}

/* ---- one batch after the other -------------------------------------------------------------- */

/* What an answer that came says. 1: there is more to be named; 0; -1. */
static int read_answer(struct import *import, struct sent *sent, struct receipt_sum *sum,
                       struct fail *why)
{
    bool is_good = sent->status >= 200 && sent->status <= 299;

    if (!is_good && !receipt_is_refusal(sent))
        return client_refused(import->client, sent->status, TAKE(sent->answer), why);
    if (sum && (!is_good || doc_count(doc_member(sent->answer, "refused"))))
        progress_end(&import->progress); /* lines are about to be told */
    return receipt_read(sent, import->refused, sum, why);
}

/* A service names only so many refused lines at a time: what is left of the batch is sent again
 * until all are named. What was taken is known by then. */
static int read_answers(struct import *import, struct sent *sent, struct fail *why)
{
    struct receipt_sum *sum = &import->sum;
    int                 got;

    while ((got = read_answer(import, sent, sum, why)) == 1) {
        const struct client_request again = {.method       = "POST",
                                             .path         = import->path,
                                             .body         = buf_view(&sent->batch.text),
                                             .content_type = "application/x-ndjson"};

        sum = NULL;
        doc_free(TAKE(sent->answer));
        if (client_exchange(import->client, &again, &sent->status, &sent->answer, why))
            return -1;
    }
    return got;
}

/* Accounts for the oldest batch under way. 1 done, 0 there is none, -1 it was not taken. */
static int settle(struct import *import, struct sent *sent, struct fail *why)
{
    int64_t done, size;

    if (!senders_take(import->senders, sent))
        return 0;
    if (sent->result) {
        *why = sent->why;
        return -1;
    }
    if (read_answers(import, sent, why))
        return -1;
    import->line = sent->batch.first + sent->batch.count - 1;
    lines_progress(import->lines, &done, &size);
    progress_tell(&import->progress, import->sum.lines, done, size);
    return 1;
}

static int send_all(struct import *import, struct fail *why)
{
    OWN(lines_batch) batch = LINES_BATCH;
    OWN(sent) sent         = SENT_NONE;
    int got                = 1;

    while (!is_asked_to_stop && (got = lines_next(import->lines, &batch, why)) == 1) {
        if (senders_are_full(import->senders) && settle(import, &sent, why) < 0)
            return -1;
        senders_give(import->senders, &batch);
    }
    import->is_stopped = is_asked_to_stop;
    if (got < 0) { /* what stands before the bad line is still wanted */
        struct fail other = FAIL_OK;

        while (settle(import, &sent, &other) > 0)
            ;
        return -1;
    }
    while ((got = settle(import, &sent, why)) > 0)
        ;
    return got;
}

/* ---- telling -------------------------------------------------------------------------------- */

static int print_json(const struct import *import, ms took, struct fail *why)
{
    OWN(buf) text       = BUF_UP_TO(TEXT_MOST);
    struct compose json = compose_into(&text);

    compose_open(&json, NULL, '{');
    compose_int(&json, "lines", import->sum.lines);
    compose_int(&json, "accepted", import->sum.accepted);
    compose_int(&json, "duplicates", import->sum.duplicates);
    compose_int(&json, "refused", import->sum.refused);
    compose_int(&json, "took_ms", took);
    if (import->is_stopped)
        compose_int(&json, "stopped_at", import->line);
    else
        compose_null(&json, "stopped_at");
    compose_close(&json, '}');
    if (buf_check(&text, why))
        return -1;
    (void)puts(buf_c(&text)); /* verbs_main looks at stdout at the end */
    return 0;
}

static int print_sum(const struct import *import, struct fail *why)
{
    ms                        took = when_monotonic() - import->progress.started;
    const struct receipt_sum *sum  = &import->sum;

    if (args_has(import->args, "json"))
        return print_json(import, took, why);
    (void)printf("%" PRId64 " lines in %.1f s (%.0f/s): %" PRId64 " taken, %" PRId64
                 " known before, %" PRId64 " refused\n",
                 sum->lines, (double)took / MS_SECOND,
                 took > 0 ? (double)sum->lines * MS_SECOND / (double)took : 0.0, sum->accepted,
                 sum->duplicates, sum->refused);
    return 0;
}

/* Says where it stopped, so that it can go on there. */
static void say_where(const struct import *import)
{
    (void)fflush(stdout);
    (void)fprintf(stderr,
                  "smon import: stopped behind line %" PRId64 "; --skip %" PRId64
                  " goes on from there\n",
                  import->line, import->line);
}

/* ---- the verb ------------------------------------------------------------------------------- */

static int make_path(const struct args *args, struct buf *path, struct fail *why)
{
    buf_text(path, "/ingest/inferences");
    client_query(path, "namespace", args_flag(args, "namespace"));
    client_query(path, "account", args_flag(args, "account"));
    client_query(path, "region", args_flag(args, "region"));
    return buf_check(path, why);
}

static int run(struct import *import, const char *file, struct fail *why)
{
    int64_t done, size, skip;
    int     got;

    if (args_number(import->args, "skip", 0, INT64_MAX, 0, &skip, why)
        || lines_open(file, &import->lines, why) || lines_skip(import->lines, skip, why)
        || refused_open(args_flag(import->args, "refused"), &import->refused, why)
        || senders_new(import->args, import->path, &import->senders, why))
        return -1;
    import->line = skip;
    lines_progress(import->lines, &done, &size);
    progress_start(&import->progress, skip ? done : 0);
    got = send_all(import, why);
    progress_end(&import->progress);
    import->is_stopped |= got < 0;
    if (refused_close(import->refused, why) || print_sum(import, why))
        return -1;
    if (import->is_stopped)
        say_where(import);
    return got;
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    OWN(import) import = {.args = args, .client = client};
    OWN(buf) path      = BUF_UP_TO(PATH_MOST);
    const char *file;

    if (args_operand(args, "a file of NDJSON, or - for standard input", &file, why)
        || make_path(args, &path, why))
        return -1;
    import.path = buf_c(&path);
    watch_signals();
    if (run(&import, file, why))
        return -1;
    return import.sum.refused || import.is_stopped ? VERB_FAILED : VERB_OK;
}

int verb_import(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
