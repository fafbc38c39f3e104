/* Taking in once more what is stored: a quarantined post after its cause was mended, an event after
 * an update that understands more. Both run wholly on the writer's thread. */
#include "api/app.h"
#include "api/guard.h"
#include "api/ingest.h"
#include "api/problem.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"
#include "intake/post.h"
#include "query/params.h"
#include "store/event.h"
#include "store/quarantine.h"
#include "store/writer.h"
#include "wire/web.h"

enum { BODY_CEILING = 2 << 20, ANSWER_CEILING = 4096 };

struct replay {
    struct work         work; /* first: the writer hands it back */
    struct web_request *request;
    struct scope        scope;
    int64_t             account, id; /* account 0: a quarantined post */
    struct receipt      receipt;
    char                reason[400]; /* why it is still not understood; "": it is */
};

/* It goes on waiting, for this reason now. */
static int keep_waiting(struct replay *replay, struct batch *batch, struct str reason,
                        struct fail *why)
{
    (void)snprintf(replay->reason, sizeof replay->reason, "%.*s", STR_ARG(reason));
    return quarantine_new_reason(batch, replay->id, reason, why);
}

static int replay_post(struct replay *replay, struct batch *batch, struct post *post,
                       struct fail *why)
{
    struct str reason = post_first_reason(post);

    if (reason.data) {
        replay->receipt = (struct receipt){.quarantined = 1};
        return keep_waiting(replay, batch, reason, why);
    }
    if (post_apply_kept(post, batch, &replay->receipt, why))
        return -1;
    if (replay->receipt.quarantined)
        return keep_waiting(replay, batch, replay->receipt.reason, why);
    return quarantine_mark_replayed(batch, replay->id, why);
}

static int replay_event(struct replay *replay, struct batch *batch, struct post *post,
                        struct fail *why)
{
    replay->receipt = (struct receipt){.duplicates = 1};
    return post_apply_again(post, batch, replay->id, why);
}

static int apply(struct work *work, struct batch *batch, struct fail *why)
{
    struct replay *replay = (struct replay *)work;
    OWN(buf) body         = BUF_UP_TO(BODY_CEILING);
    OWN_PTR(post) post    = NULL;
    int got = replay->account ? event_body(batch, replay->account, replay->id, &body, why)
                              : quarantine_body(batch, &replay->scope, replay->id, &body, why);

    if (got == 0)
        return fail_set(why, FAIL_ABSENT, "there is no such %s",
                        replay->account ? "event" : "quarantined post");
    if (got < 0 || post_read(buf_view(&body), &replay->scope, STR("replay"), &post, why))
        return -1;
    return replay->account ? replay_event(replay, batch, post, why)
                           : replay_post(replay, batch, post, why);
}

static void done(struct work *work, int result, const struct fail *why)
{
    struct replay   *replay = (struct replay *)work;
    struct web_reply reply  = WEB_REPLY(200);
    struct compose   json;

    if (result) {
        problem_reply(replay->request, why);
        mem_free(replay);
        return;
    }
    reply.type = "application/json";
    reply.body = BUF_UP_TO(ANSWER_CEILING);
    json       = compose_into(&reply.body);
    compose_open(&json, NULL, '{');
    compose_int(&json, "accepted", replay->receipt.accepted);
    compose_int(&json, "duplicates", replay->receipt.duplicates);
    compose_int(&json, "quarantined", replay->receipt.quarantined);
    if (replay->reason[0])
        compose_text(&json, "reason", str_of(replay->reason));
    compose_close(&json, '}');
    web_reply(replay->request, &reply);
    mem_free(replay);
}

/* Replays take no parameter: one that asks for less than the deed must not be overlooked. */
static int refuse_params(struct web_request *request)
{
    static const char *const known[] = {NULL};
    OWN(params) params               = PARAMS_EMPTY;
    struct fail why                  = FAIL_OK;

    if (params_parse(&params, web_query(request), &why) == 0
        && params_check(&params, known, &why) == 0)
        return 0;
    problem_reply_asked(request, &(struct problem_asked){.params = &params}, &why);
    return -1;
}

static void submit(struct app *app, struct web_request *request, const struct replay *wish)
{
    struct replay *replay;
    struct fail    why;

    if (refuse_params(request))
        return;
    replay = mem_new(sizeof *replay);
    fail_set(&why, FAIL_BUSY, "too much waits to be stored");
    if (replay) {
        *replay      = *wish;
        replay->work = (struct work){.apply = apply, .done = done, .deadline = WHEN_UNKNOWN};
        if (writer_submit(app->writer, &replay->work))
            return;
        mem_free(replay);
    }
    problem_reply(request, &why);
}

void ingest_replay(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct replay wish = {.request = request, .scope = caller->scope};

    if (str_to_i64(caller->ids[0], 1, INT64_MAX, &wish.id))
        problem_reply_as(request, "not-found", "there is no such quarantined post");
    else
        submit(app, request, &wish);
}

void ingest_replay_event(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct replay wish = {.request = request, .scope = caller->scope};
    struct str    rest = caller->ids[0], account;

    if (!str_cut(&rest, '-', &account) || str_to_i64(account, 1, 999999999999, &wish.account)
        || str_to_i64(rest, 1, INT64_MAX, &wish.id) || !scope_has(&caller->scope, wish.account))
        problem_reply_as(request, "not-found", "there is no such event");
    else
        submit(app, request, &wish);
}
