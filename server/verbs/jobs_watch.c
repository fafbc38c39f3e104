#include "verbs/jobs_watch.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/own.h"
#include "format/kind.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/seen.h"
#include "verbs/show.h"
#include "verbs/term.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { PATH_MOST = 16 * 1024, LINE_MOST = 64 * 1024, EVERY = 2000 };
#define NEWEST "1000" /* SEEN_MOST */

static bool is_new(struct seen *seen, const struct doc *job)
{
    return seen_tell(
        seen, show_text(job, "id"),
        str_hash(show_text(job, "secondary_status"), str_hash(show_text(job, "status"), 0)));
}

static int print_change(const struct doc *job, bool as_json, struct fail *why)
{
    OWN(buf) line  = BUF_UP_TO(LINE_MOST);
    OWN(buf) inert = BUF_UP_TO(LINE_MOST);
    char when[SHOW_ROOM];

    if (as_json) {
        if (doc_render(job, &line, why))
            return -1;
        term_inert_json(&inert, buf_view(&line));
    } else {
        show_when(show_time(job, "last_event_at"), when);
        buf_format(&line, "%s  %.*s  %.*s  %.*s  %.*s", when, STR_ARG(show_text(job, "account")),
                   STR_ARG(show_text(job, "kind")), STR_ARG(show_text(job, "name")),
                   STR_ARG(show_text(job, "status")));
        if (show_text(job, "secondary_status").size)
            buf_format(&line, " (%.*s)", STR_ARG(show_text(job, "secondary_status")));
        if (show_text(job, "failure_reason").size)
            buf_format(&line, ": %.*s", STR_ARG(show_text(job, "failure_reason")));
        term_inert(&inert, buf_view(&line));
    }
    if (buf_check(&line, why) || buf_check(&inert, why))
        return -1;
    if (puts(buf_c(&inert)) == EOF || fflush(stdout))
        return fail_set(why, FAIL_REMOTE, "nobody reads what is printed");
    return 0;
}

/* A job that is first heard of when it is deleted has ended, and nobody knows how. */
static int end_of(const struct doc *job)
{
    static const char *const   good[] = {"Completed", "Succeeded"};
    struct str                 status = show_text(job, "status");
    const struct status_facts *facts  = status_facts(kind_of_name(show_text(job, "kind")), status);

    if (!facts || facts->class == STATUS_PASSING)
        return -1;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (str_is_text(status, good[i]))
            return VERB_OK;
    return VERB_FAILED;
}

static int watch_one(const struct args *args, struct client *client, struct seen *seen,
                     struct fail *why)
{
    OWN(buf) path = BUF_UP_TO(PATH_MOST);

    buf_text(&path, "/api/v1/jobs/");
    client_segment(&path, str_of(args->operands[0]));
    if (buf_check(&path, why))
        return -1;
    for (;; show_pause(EVERY)) {
        OWN_PTR(doc) job = NULL;
        int end;

        if (client_look(client, buf_c(&path), &job, why))
            return -1;
        if (!job)
            continue;
        seen_begin(seen);
        if (is_new(seen, job) && print_change(job, args_has(args, "json"), why))
            return -1;
        end = end_of(job);
        if (end >= 0)
            return end;
    }
}

static int watch_all(const struct args *args, struct client *client, struct seen *seen,
                     struct fail *why)
{
    OWN(buf) path = BUF_UP_TO(PATH_MOST);

    if (jobs_path(args, &path, why))
        return -1;
    client_query(&path, "limit", NEWEST);
    for (;; show_pause(EVERY)) {
        OWN_PTR(doc) page = NULL;
        const struct doc *data;

        if (client_look(client, buf_c(&path), &page, why))
            return -1;
        if (!page)
            continue;
        data = doc_member(page, "data");
        seen_begin(seen);
        for (size_t i = doc_count(data); i > 0; i--) /* the oldest change first */
            if (is_new(seen, doc_item(data, i - 1)) && !seen_is_first(seen)
                && print_change(doc_item(data, i - 1), args_has(args, "json"), why))
                return -1;
    }
}

int jobs_watch(const struct args *args, struct client *client, struct fail *why)
{
    struct seen *seen = mem_new(sizeof *seen);
    int          done;

    if (!seen)
        return fail_set(why, FAIL_MEMORY, "no memory to watch");
    done = args->operand_count ? watch_one(args, client, seen, why)
                               : watch_all(args, client, seen, why);
    mem_free(seen);
    return done;
}
