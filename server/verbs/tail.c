/* smon tail: events as they come in, asked for every second.
 *
 * A look follows the pages of the list, the newest first, until one has an event that the last look
 * had. Ten thousands that came at once are not all kept: the oldest are only counted. */
#include <inttypes.h>
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

enum {
    PATH_MOST   = 16 * 1024,
    START_USUAL = 10,
    EVERY       = 1000,
    LINE_MOST   = 2 << 20,
    KEPT_PAGES  = 20, /* shown after one look */
    PAGES_MOST  = 200 /* followed in one look */
};
#define PAGE "1000" /* SEEN_MOST */

/* What one look found, the newest page first. */
struct gathered {
    struct doc *pages[KEPT_PAGES];
    size_t      count;
    int64_t     skipped; /* events behind them, not shown */
    bool        is_cut;  /* and there are more of these */
    bool        is_busy; /* the service was: the next look finds it all */
};

static void gathered_release(struct gathered *gathered)
{
    for (size_t i = 0; i < gathered->count; i++)
        doc_free(gathered->pages[i]);
}

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
        buf_format(&line, "%s  %.*s  %.*s  %.*s  %.*s  %.*s  event %.*s", when,
                   STR_ARG(show_text(event, "account")), STR_ARG(show_text(event, "region")),
                   STR_ARG(show_text(event, "detail_type")), STR_ARG(show_text(event, "name")),
                   STR_ARG(show_text(event, "status")), STR_ARG(show_text(event, "id")));
        term_inert(&inert, str_trim(buf_view(&line)));
    }
    if (buf_check(&line, why) || buf_check(&inert, why))
        return -1;
    if (puts(buf_c(&inert)) == EOF || fflush(stdout))
        return fail_set(why, FAIL_REMOTE, "nobody reads what is printed");
    return 0;
}

static int get_page(const struct args *args, struct client *client, struct buf *cursor,
                    struct doc **out, struct fail *why)
{
    OWN(buf) path = BUF_UP_TO(PATH_MOST);

    buf_text(&path, "/api/v1/events");
    client_query(&path, "limit", PAGE);
    client_query(&path, "account", args_flag(args, "account"));
    client_query(&path, "cursor", cursor->size ? buf_c(cursor) : NULL);
    return buf_check(&path, why) ? -1 : client_look(client, buf_c(&path), out, why);
}

static int64_t count_new(const struct seen *seen, const struct doc *data)
{
    int64_t count = 0;

    for (size_t i = 0; i < doc_count(data); i++)
        count += !seen_has(seen, show_text(doc_item(data, i), "id"));
    return count;
}

static int gather(const struct args *args, struct client *client, const struct seen *seen,
                  size_t pages_most, struct gathered *out, struct fail *why)
{
    OWN(buf) cursor = BUF_UP_TO(PATH_MOST);

    for (size_t i = 0; i < pages_most; i++) {
        OWN_PTR(doc) page = NULL;
        int64_t fresh, all;

        if (get_page(args, client, &cursor, &page, why))
            return -1;
        out->is_busy = !page;
        fresh        = count_new(seen, doc_member(page, "data"));
        all          = (int64_t)doc_count(doc_member(page, "data"));
        buf_clear(&cursor);
        buf_str(&cursor, show_text(page, "next_cursor"));
        if (buf_check(&cursor, why))
            return -1;
        if (page && out->count < KEPT_PAGES)
            out->pages[out->count++] = TAKE(page);
        else
            out->skipped += fresh;
        if (fresh < all || cursor.size == 0)
            return 0;
    }
    out->is_cut = true;
    return 0;
}

/* Shows what is new, the oldest first; of the newest page only so many as `most` says. */
static int print_new(const struct args *args, const struct seen *seen,
                     const struct gathered *gathered, size_t most, struct fail *why)
{
    for (size_t at = gathered->count; at > 0; at--) {
        const struct doc *data = doc_member(gathered->pages[at - 1], "data");

        for (size_t i = doc_count(data); i > 0; i--)
            if (i <= most && !seen_has(seen, show_text(doc_item(data, i - 1), "id"))
                && print_event(doc_item(data, i - 1), args_has(args, "json"), why))
                return -1;
    }
    return 0;
}

static void remember(struct seen *seen, const struct doc *newest)
{
    const struct doc *data = doc_member(newest, "data");

    seen_begin(seen);
    for (size_t i = 0; i < doc_count(data); i++)
        (void)seen_tell(seen, show_text(doc_item(data, i), "id"), 0); /* we know which are new */
}

/* 1 looked, 0 the service was busy, -1. */
static int look(const struct args *args, struct client *client, struct seen *seen,
                size_t pages_most, size_t most, struct fail *why)
{
    OWN(gathered) gathered = {.count = 0};

    if (gather(args, client, seen, pages_most, &gathered, why))
        return -1;
    if (gathered.is_busy)
        return 0;
    if (gathered.skipped)
        (void)fprintf(stderr,
                      "smon tail: %s%" PRId64 " events came at once and are not shown;"
                      " smon events list --all shows them\n",
                      gathered.is_cut ? "more than " : "", gathered.skipped);
    if (print_new(args, seen, &gathered, most, why))
        return -1;
    remember(seen, gathered.pages[0]);
    return 1;
}

/* Begins with the newest page alone. */
static int follow(const struct args *args, struct client *client, struct seen *seen, size_t start,
                  struct fail *why)
{
    int done;

    while ((done = look(args, client, seen, 1, start, why)) == 0)
        show_pause(EVERY);
    while (done >= 0) {
        show_pause(EVERY);
        done = look(args, client, seen, PAGES_MOST, SIZE_MAX, why);
    }
    return done;
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
        done = follow(args, client, seen, (size_t)start, why);
    mem_free(seen);
    return done;
}

int verb_tail(int argc, char **argv)
{
    return client_verb(argc, argv, ask);
}
