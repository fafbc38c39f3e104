/* Transactions posted: read on the event thread, stored by the writer, answered after the
 * commit. */
#include "api/ingest.h"

#include "api/guard.h"
#include "api/held.h"
#include "api/problem.h"
#include "base/fail.h"
#include "base/log.h"
#include "base/mem.h"
#include "format/compose.h"
#include "format/flaws.h"
#include "format/namespace.h"
#include "intake/inferences/delivery.h"
#include "query/params.h"
#include "wire/web.h"

enum { RECEIPT_CEILING = 2 << 20, ANSWER_WITHIN = 20 * MS_SECOND }; /* a batch is big */

static const int64_t MOST_NUMBER = (int64_t)1 << 53;

struct posted {
    struct delivery *delivery;
    struct caller    caller; /* lives as long as this does */
};

static const char *const KNOWN[] = {"namespace",     "account",       "region", "environment",
                                    "model_version", "deployment_id", NULL};

/* ---- the defaults of a post ---- */

static int read_text(struct params *params, const char *name, struct str *out, struct fail *why)
{
    struct str text;

    if (!params_find(params, name, &text))
        return 0;
    if (!text.size || text.size > TRANSACTION_MOST_WORD)
        return params_fault(params, PARAM_BAD, str_of(name), why, "%s has 1 to %d bytes", name,
                            TRANSACTION_MOST_WORD);
    *out = text;
    return 0;
}

static int read_namespace(struct params *params, struct str *out, struct fail *why)
{
    struct fail wrong = FAIL_OK;

    if (params_find(params, "namespace", out) && namespace_check(*out, &wrong))
        return params_fault(params, PARAM_BAD, STR("namespace"), why, "%s", wrong.text);
    return 0;
}

/* The account of the query; else the only one of the key. */
static int read_account(struct params *params, const struct scope *scope, int64_t *out,
                        struct fail *why)
{
    struct str text;

    *out = !scope->is_all && scope->count == 1 ? scope->accounts[0] : -1;
    if (params_find(params, "account", &text) && scope_account(text, out))
        return params_fault(params, PARAM_BAD, STR("account"), why, "an account is 12 digits");
    return 0;
}

static int read_defaults(struct params *params, const struct scope *scope,
                         struct transaction_defaults *out, struct fail *why)
{
    struct inference_whose *whose = &out->whose;

    out->now = when_now();
    return params_check(params, KNOWN, why) || read_namespace(params, &whose->namespace, why)
                   || read_account(params, scope, &whose->account, why)
                   || read_text(params, "region", &whose->region, why)
                   || read_text(params, "environment", &whose->environment, why)
                   || params_int(params, "model_version", 1, MOST_NUMBER, 0, &whose->version, why)
                   || params_int(params, "deployment_id", 1, MOST_NUMBER, 0, &whose->deployment,
                                 why)
               ? -1
               : 0;
}

/* ---- storing and answering ---- */

static int apply(void *what, struct batch *batch, struct fail *why)
{
    struct posted *posted = what;

    return delivery_apply(posted->delivery, &posted->caller.scope, batch, why);
}

static void release(void *what)
{
    struct posted *posted = what;

    delivery_free(posted->delivery);
    guard_release(&posted->caller);
    mem_free(posted);
}

/* Nothing of it could be stored. */
static void answer_refused(struct web_request *request, const struct posted *posted)
{
    struct params              params = PARAMS_EMPTY;
    const struct flaws        *flaws  = delivery_flaws(posted->delivery);
    const struct problem_asked asked  = {.params = &params,
                                         .flaws  = flaws,
                                         .slug   = flaws_are(flaws, "forbidden") ? "forbidden"
                                                                                 : "bad-member"};
    struct fail                why    = FAIL_OK;

    (void)flaws_fail(flaws, &why);
    LOG(LOG_REFUSED, LOG_TEXT("request_id", web_request_id(request)), LOG_WHY(&why));
    problem_reply_asked(request, &asked, &why);
}

static void answer(struct web_request *request, void *what)
{
    const struct posted         *posted = what;
    const struct delivery_counts counts = delivery_counts(posted->delivery);
    struct web_reply             reply  = WEB_REPLY(200);
    struct compose               json;

    if (!counts.accepted && !counts.duplicates && !counts.waiting) {
        answer_refused(request, posted);
        return;
    }
    LOG(LOG_INGEST, LOG_TEXT("request_id", web_request_id(request)),
        LOG_INT("accepted", counts.accepted), LOG_INT("duplicates", counts.duplicates),
        LOG_INT("waiting", counts.waiting), LOG_INT("refused", counts.refused));
    reply.type = "application/json";
    reply.body = BUF_UP_TO(RECEIPT_CEILING);
    json       = compose_into(&reply.body);
    delivery_compose(posted->delivery, &json);
    web_reply(request, &reply);
}

/* ---- the request ---- */

static void read_binary(const struct web_request *request, struct delivery_request *out)
{
    struct cloudevent *event = &out->event;

    event->id        = web_header(request, "ce-id");
    event->type      = web_header(request, "ce-type");
    event->time      = web_header(request, "ce-time");
    event->service   = web_header(request, "ce-inferenceservicename");
    event->namespace = web_header(request, "ce-namespace");
    event->endpoint  = web_header(request, "ce-endpoint");
    event->component = web_header(request, "ce-component");
    out->is_binary   = web_header(request, "ce-specversion").data != NULL;
}

static int read_post(struct web_request *request, const struct caller *caller,
                     struct params *params, struct delivery **out, struct fail *why)
{
    struct delivery_request post = {.body         = web_body(request),
                                    .content_type = web_header(request, "Content-Type")};

    read_binary(request, &post);
    if (params_parse(params, web_query(request), why)
        || read_defaults(params, &caller->scope, &post.defaults, why))
        return -1;
    return delivery_read(&post, out, why);
}

static void refuse(struct web_request *request, const struct params *params, const struct fail *why)
{
    const struct problem_asked asked = {.params = params};

    LOG(LOG_REFUSED, LOG_TEXT("request_id", web_request_id(request)), LOG_WHY(why));
    problem_reply_asked(request, &asked, why);
}

void ingest_inferences(struct app *app, struct web_request *request, const struct caller *caller)
{
    static const struct held_kind kind = {
        .within = ANSWER_WITHIN, .apply = apply, .answer = answer, .release = release};
    OWN(params) params    = PARAMS_EMPTY;
    struct posted *posted = mem_new(sizeof *posted);
    struct fail    why    = FAIL_OK;

    if (!posted)
        fail_set(&why, FAIL_MEMORY, "no memory to hold a post");
    if (!posted || read_post(request, caller, &params, &posted->delivery, &why)) {
        refuse(request, &params, &why);
        mem_free(posted);
        return;
    }
    posted->caller = guard_copy(caller);
    held_store(app, request, &kind, posted, delivery_weight(posted->delivery) + sizeof *posted);
}
