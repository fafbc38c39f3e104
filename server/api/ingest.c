/* A post is read on the event thread, committed by the writer together with whatever else waits,
 * and answered after the commit (held.h). */
#include "api/ingest.h"

#include "api/guard.h"
#include "api/held.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/log.h"
#include "base/mem.h"
#include "format/compose.h"
#include "intake/post.h"
#include "wire/web.h"

enum { RECEIPT_CEILING = 512, ANSWER_WITHIN = 2 * MS_SECOND }; /* EventBridge gives up after 5 s */

struct posted {
    struct post   *post;
    struct receipt receipt;
};

static void log_stored(const struct web_request *request, const struct posted *posted)
{
    const struct receipt *receipt = &posted->receipt;

    if (receipt->quarantined)
        LOG(LOG_QUARANTINED, LOG_TEXT("request_id", web_request_id(request)),
            LOG_INT("posts", receipt->quarantined), LOG_STR("reason", receipt->reason));
    else
        LOG(LOG_INGEST, LOG_TEXT("request_id", web_request_id(request)),
            LOG_INT("accepted", receipt->accepted), LOG_INT("duplicates", receipt->duplicates));
    if (receipt->bad_times)
        LOG(LOG_BAD_TIME, LOG_TEXT("request_id", web_request_id(request)),
            LOG_INT("events", receipt->bad_times), LOG_STR("event_id", receipt->bad_event),
            LOG_TEXT("member", receipt->bad_time));
}

static void answer(struct web_request *request, void *what)
{
    const struct posted *posted = what;
    struct web_reply     reply  = WEB_REPLY(200);
    struct str           reason = posted->receipt.reason;
    struct compose       json;

    log_stored(request, posted);
    reply.type = "application/json";
    reply.body = BUF_UP_TO(RECEIPT_CEILING + 8 * reason.size);
    json       = compose_into(&reply.body);
    compose_open(&json, NULL, '{');
    compose_int(&json, "accepted", posted->receipt.accepted);
    compose_int(&json, "duplicates", posted->receipt.duplicates);
    compose_int(&json, "quarantined", posted->receipt.quarantined);
    if (reason.data)
        compose_text(&json, "reason", reason);
    compose_close(&json, '}');
    web_reply(request, &reply);
}

static int apply(void *what, struct batch *batch, struct fail *why)
{
    struct posted *posted = what;

    return post_apply(posted->post, batch, &posted->receipt, why);
}

static bool concede(void *what, const struct fail *why)
{
    struct posted *posted = what;

    return post_concede(posted->post, why);
}

static void release(void *what)
{
    struct posted *posted = what;

    post_free(posted->post);
    mem_free(posted);
}

void ingest_eventbridge(struct app *app, struct web_request *request, const struct caller *caller)
{
    static const struct held_kind kind   = {.within  = ANSWER_WITHIN,
                                            .apply   = apply,
                                            .concede = concede,
                                            .answer  = answer,
                                            .release = release};
    struct posted                *posted = mem_new(sizeof *posted);
    struct fail                   why    = FAIL_OK;

    if (!posted)
        fail_set(&why, FAIL_MEMORY, "no memory to hold a post");
    if (!posted
        || post_read(web_body(request), &caller->scope, str_of(caller->kid), &posted->post, &why)) {
        held_refuse(request, &why);
        mem_free(posted);
        return;
    }
    held_store(app, request, &kind, posted, post_weight(posted->post) + sizeof *posted);
}
