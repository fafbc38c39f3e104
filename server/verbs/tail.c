/* smon tail: events as they come in, asked for every second. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/seen.h"
#include "verbs/show.h"
#include "verbs/term.h"
#include "verbs/verbs.h"
#include "wire/doc.h"

enum { PATH_MOST = 4096, START_USUAL = 10, EVERY = 1000, LINE_MOST = 2 << 20 };
#define PAGE "1000" /* SEEN_MOST */

static int print_event(const struct doc *event, bool as_json, struct fail *why)
{
    OWN(buf) line  = BUF_UP_TO(LINE_MOST);
    OWN(buf) inert = BUF_UP_TO(LINE_MOST);
    char when[SHOW_ROOM];

    if (as_json) {
        if (doc_render(event, &line, why))
            return -1;
        term_inert_json(&inert, buf_view(&line));
    } else {
        show_when(show_time(event, "received_at"), when);
        buf_format(&line, "%s  %.*s  %.*s  %.*s  %.*s  %.*s  %.*s", when,
                   STR_ARG(show_text(event, "account")), STR_ARG(show_text(event, "region")),
                   STR_ARG(show_text(event, "detail_type")), STR_ARG(show_text(event, "name")),
                   STR_ARG(show_text(event, "status")), STR_ARG(show_text(event, "resource_id")));
        term_inert(&inert, str_trim(buf_view(&line)));
    }
    if (buf_check(&line, why) || buf_check(&inert, why))
        return -1;
    if (puts(buf_c(&inert)) == EOF || fflush(stdout))
        return fail_set(why, FAIL_REMOTE, "nobody reads what is printed");
    return 0;
}

/* Shows what is new of one page, the oldest first; `most` only on the first look. */
static int look(const struct args *args, struct client *client, struct seen *seen, size_t most,
                struct fail *why)
{
    OWN(buf) path     = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) page = NULL;
    const struct doc *data;

    buf_text(&path, "/api/v1/events");
    client_query(&path, "limit", PAGE);
    client_query(&path, "account", args_flag(args, "account"));
    if (buf_check(&path, why) || client_look(client, buf_c(&path), &page, why))
        return -1;
    if (!page)
        return 0;
    data = doc_member(page, "data");
    seen_begin(seen);
    for (size_t i = doc_count(data); i > 0; i--)
        if (seen_tell(seen, show_text(doc_item(data, i - 1), "id"), 0) && i <= most
            && print_event(doc_item(data, i - 1), args_has(args, "json"), why))
            return -1;
    return 0;
}

static int ask(const struct args *args, struct client *client, struct fail *why)
{
    struct seen *seen = mem_new(sizeof *seen);
    int64_t      start;
    int          done;

    if (!seen)
        return fail_set(why, FAIL_MEMORY, "no memory to follow");
    done = args_number(args, "limit", 0, SEEN_MOST, START_USUAL, &start, why);
    if (done == 0)
        done = look(args, client, seen, (size_t)start, why);
    while (done == 0) {
        show_pause(EVERY);
        done = look(args, client, seen, SIZE_MAX, why);
    }
    mem_free(seen);
    return done;
}

int verb_tail(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
