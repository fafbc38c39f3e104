/* A post is read on the event thread, committed by the writer together with whatever else waits,
 * and answered after the commit. EventBridge gives up after five seconds, so a post that the disk
 * keeps waiting is answered 503 after two: the sender comes again, and should the commit succeed
 * after all, the event is found to be there. */
#include "api/ingest.h"

#include "api/app.h"
#include "api/guard.h"
#include "api/patience.h"
#include "api/problem.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "format/compose.h"
#include "intake/post.h"
#include "store/quarantine.h"
#include "store/scope.h"
#include "store/writer.h"
#include "wire/web.h"

enum { RECEIPT_CEILING = 512 };

static const ms ANSWER_WITHIN = 2000;

struct held {
    struct work          work; /* first: the writer hands it back */
    struct patience_wait wait;
    struct post         *post;
    struct receipt       receipt;
};

static void answer(struct web_request *request, const struct post *post,
                   const struct receipt *receipt)
{
    struct web_reply reply  = WEB_REPLY(200);
    struct str       reason = post_first_reason(post);
    struct compose   json;

    reply.type = "application/json";
    reply.body = BUF_UP_TO(RECEIPT_CEILING + 8 * reason.size);
    json       = compose_into(&reply.body);
    compose_open(&json, NULL, '{');
    compose_int(&json, "accepted", receipt->accepted);
    compose_int(&json, "duplicates", receipt->duplicates);
    compose_int(&json, "quarantined", receipt->quarantined);
    if (reason.data)
        compose_text(&json, "reason", reason);
    compose_close(&json, '}');
    web_reply(request, &reply);
}

static int apply(struct work *work, struct batch *batch, struct fail *why)
{
    struct held *held = (struct held *)work;

    return post_apply(held->post, batch, &held->receipt, why);
}

static void log_stored(const struct web_request *request, const struct held *held)
{
    const struct receipt *receipt = &held->receipt;

    if (receipt->quarantined)
        LOG(LOG_QUARANTINED, LOG_TEXT("request_id", web_request_id(request)),
            LOG_INT("posts", receipt->quarantined),
            LOG_STR("reason", post_first_reason(held->post)));
    else
        LOG(LOG_INGEST, LOG_TEXT("request_id", web_request_id(request)),
            LOG_INT("accepted", receipt->accepted), LOG_INT("duplicates", receipt->duplicates));
}

static void refuse(struct web_request *request, const struct fail *why)
{
    LOG(LOG_REFUSED, LOG_TEXT("request_id", web_request_id(request)), LOG_WHY(why));
    problem_reply(request, why);
}

static void done(struct work *work, int result, const struct fail *why)
{
    struct held        *held    = (struct held *)work;
    struct web_request *request = patience_end(&held->wait);

    (void)FAULT("ingest/before_reply");
    if (request && result == 0) {
        log_stored(request, held);
        answer(request, held->post, &held->receipt);
    } else if (request) {
        refuse(request, why);
    }
    post_free(held->post);
    mem_free(held);
}

/* The sender has waited long enough; the writer may still be at it. */
static void too_late(struct patience_wait *wait, struct web_request *request)
{
    struct fail why;

    (void)wait;
    fail_set(&why, FAIL_BUSY, "the store did not confirm within %d ms; please send it again",
             (int)ANSWER_WITHIN);
    refuse(request, &why);
}

/* Gives the post to the writer and keeps the request until it is stored. Takes `post`. */
static void store(struct app *app, struct web_request *request, struct post *post)
{
    struct held *held = mem_new(sizeof *held);
    struct fail  why;

    if (!held) {
        post_free(post);
        fail_set(&why, FAIL_MEMORY, "no memory to hold a post");
        refuse(request, &why);
        return;
    }
    held->post = post;
    held->work = (struct work){.apply        = apply,
                               .done         = done,
                               .weight_bytes = post_weight(post) + sizeof *held,
                               .deadline     = when_monotonic() + ANSWER_WITHIN};
    patience_begin(app->patience, &held->wait, request, when_monotonic() + ANSWER_WITHIN, too_late);
    if (writer_submit(app->writer, &held->work))
        return;
    fail_set(&why, FAIL_BUSY, "too many posts wait to be stored; please send it again");
    done(&held->work, -1, &why);
}

void ingest_eventbridge(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct post *post;
    struct fail  why = FAIL_OK;

    if (post_read(web_body(request), &caller->scope, str_of(caller->kid), &post, &why)) {
        refuse(request, &why);
        return;
    }
    store(app, request, post);
}
