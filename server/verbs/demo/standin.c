#include "verbs/demo/standin.h"

#include <stdatomic.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"
#include "wire/doc.h"
#include "wire/web.h"

enum { REQUEST_MOST = 1 << 20, ANSWER_MOST = 16 << 20, CONNECTIONS = 32 };

struct standin {
    struct cast     *cast;
    struct web      *web;
    _Atomic uint64_t calls;
};

static void label(struct web_reply *reply)
{
    reply->type = "application/x-amz-json-1.0";
    web_reply_header(reply, "Server", "smon-demo-stand-in");
    web_reply_header(reply, "X-Stand-In", "cloudwatch");
}

static void refuse_body(int status, const char *detail, const char *request_id, struct buf *body,
                        void *ctx)
{
    struct compose json = compose_into(body);

    (void)status;
    (void)request_id;
    (void)ctx;
    compose_open(&json, NULL, '{');
    compose_text(&json, "__type", STR("com.amazonaws.cloudwatch#InvalidParameterValueException"));
    compose_text(&json, "message", str_of(detail));
    compose_close(&json, '}');
}

static void refuse(struct web_request *request, int status, const char *detail)
{
    struct web_reply reply = WEB_REPLY(status);

    label(&reply);
    reply.body = BUF_UP_TO(REQUEST_MOST);
    refuse_body(status, detail, "", &reply.body, NULL);
    web_reply(request, &reply);
}

static size_t admit(struct web_request *request, void *ctx)
{
    (void)request;
    (void)ctx;
    return REQUEST_MOST;
}

static int answer(struct standin *standin, struct web_request *request, struct buf *out,
                  struct fail *why)
{
    struct str target     = str_after_last(web_header(request, "X-Amz-Target"), '.');
    OWN_PTR(doc) question = doc_parse(web_body(request), why);

    if (!question)
        return -1;
    if (str_is_text(target, "ListMetrics"))
        return standin_list_metrics(standin->cast, question, out, why);
    if (!str_is_text(target, "GetMetricData"))
        return fail_set(why, FAIL_INPUT, "this stand-in only knows GetMetricData and ListMetrics");
    atomic_fetch_add(&standin->calls, 1);
    return standin_metric_data(standin->cast, question, out, why);
}

static void serve(struct web_request *request, void *ctx)
{
    struct fail      why   = FAIL_OK;
    struct web_reply reply = WEB_REPLY(200);

    if (!str_is_text(web_method(request), "POST")) {
        refuse(request, 405, "this is a stand-in for CloudWatch, made by smon demo");
        return;
    }
    if (!str_starts(web_header(request, "Authorization"), STR("AWS4-HMAC-SHA256 "))) {
        refuse(request, 403, "the request is not signed");
        return;
    }
    reply.body = BUF_UP_TO(ANSWER_MOST);
    if (answer(ctx, request, &reply.body, &why) || buf_check(&reply.body, &why)) {
        buf_release(&reply.body);
        refuse(request, 400, why.text);
        return;
    }
    label(&reply);
    web_reply(request, &reply);
}

int standin_open(struct cast *cast, struct standin **out, struct fail *why)
{
    OWN_PTR(standin) standin           = mem_new(sizeof *standin);
    const struct web_options  options  = {.address          = "127.0.0.1",
                                          .most_connections = CONNECTIONS,
                                          .request_deadline = 10 * MS_SECOND,
                                          .idle_timeout     = MS_MINUTE};
    const struct web_handlers handlers = {
        .admit = admit, .serve = serve, .refuse = refuse_body, .ctx = standin};

    if (!standin)
        return fail_set(why, FAIL_MEMORY, "no memory for the stand-in");
    standin->cast = cast;
    if (web_open(&options, &handlers, &standin->web, why))
        return fail_in(why, "opening the stand-in for CloudWatch");
    *out = TAKE(standin);
    return 0;
}

void standin_free(struct standin *standin)
{
    if (!standin)
        return;
    web_free(standin->web);
    mem_free(standin);
}

uint16_t standin_port(const struct standin *standin)
{
    return web_port(standin->web);
}

uint64_t standin_calls(const struct standin *standin)
{
    return atomic_load(&standin->calls);
}
