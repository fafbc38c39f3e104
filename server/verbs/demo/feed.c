#include "verbs/demo/feed.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "verbs/demo/posts.h"
#include "wire/doc.h"
#include "wire/fetch.h"

enum {
    URL_ROOM    = 512,
    KEY_ROOM    = 256,
    BODY_MOST   = 128 * 1024,
    ANSWER_MOST = 64 * 1024,
    DEADLINE    = 10 * MS_SECOND,
    EVERY_NTH   = 7, /* comes in the wrapper of our input template */
};

struct feed {
    struct fetch       *fetch;
    char                url[URL_ROOM], key[KEY_ROOM];
    struct feed_figures figures;
};

int feed_new(const char *url, const char *key, struct feed **out, struct fail *why)
{
    OWN_PTR(feed) feed = mem_new(sizeof *feed);

    if (!feed)
        return fail_set(why, FAIL_MEMORY, "no memory for the feed");
    if (snprintf(feed->url, URL_ROOM, "%s/ingest/eventbridge", url) >= URL_ROOM
        || snprintf(feed->key, KEY_ROOM, "%s", key) >= KEY_ROOM)
        return fail_set(why, FAIL_INPUT, "the address or the key is too long");
    if (fetch_setup(why) || fetch_new(&feed->fetch, why))
        return -1;
    *out = TAKE(feed);
    return 0;
}

void feed_free(struct feed *feed)
{
    if (!feed)
        return;
    fetch_free(feed->fetch);
    mem_free(feed);
}

const struct feed_figures *feed_figures(const struct feed *feed)
{
    return &feed->figures;
}

static int read_receipt(struct feed *feed, const struct fetch_answer *answer, struct fail *why)
{
    OWN_PTR(doc) receipt = NULL;
    int64_t accepted, duplicates, quarantined;

    if (answer->status != 200)
        return fail_set(why, FAIL_REMOTE, "the service answered %d: %.*s", answer->status,
                        STR_ARG(str_part(buf_view(&answer->body), 0, 200)));
    receipt = doc_parse(buf_view(&answer->body), why);
    if (!receipt || doc_int_or(receipt, "accepted", 0, &accepted, why)
        || doc_int_or(receipt, "duplicates", 0, &duplicates, why)
        || doc_int_or(receipt, "quarantined", 0, &quarantined, why))
        return -1;
    feed->figures.posts++;
    feed->figures.accepted += accepted;
    feed->figures.duplicates += duplicates;
    feed->figures.quarantined += quarantined;
    return 0;
}

static int post_one(struct feed *feed, struct str event, struct fail *why)
{
    OWN(fetch_answer) answer             = FETCH_ANSWER;
    OWN(buf) body                        = BUF_UP_TO(BODY_MOST);
    bool                      is_wrapped = feed->figures.posts % EVERY_NTH == EVERY_NTH - 1;
    const struct fetch_header headers[]  = {
         {"Content-Type", "application/json; charset=utf-8"},
         {"User-Agent", "Amazon/EventBridge/ApiDestinations (smon demo)"},
         {"Range", "bytes=0-1048575"},
         {"X-API-Key", feed->key}};
    struct fetch_call call = {.method        = "POST",
                              .url           = feed->url,
                              .headers       = headers,
                              .header_count  = sizeof headers / sizeof *headers,
                              .deadline      = DEADLINE,
                              .answer_limit  = ANSWER_MOST,
                              .ignores_proxy = true};

    buf_text(&body, is_wrapped ? "{\"rule\":\"sagemaker-to-smon\",\"event\":" : "");
    buf_str(&body, event);
    buf_text(&body, is_wrapped ? "}" : "");
    call.body = buf_view(&body);
    if (buf_check(&body, why) || fetch_do(feed->fetch, &call, &answer, why))
        return fail_in(why, "posting an event");
    return read_receipt(feed, &answer, why);
}

int feed_due(struct feed *feed, struct posts *posts, ms now, struct fail *why)
{
    const struct post *post;

    while ((post = posts_next(posts, now)) != NULL)
        if (post_one(feed, buf_view(&post->body), why))
            return -1;
    return posts->is_broken ? fail_set(why, FAIL_MEMORY, "no memory for the demo's events") : 0;
}
