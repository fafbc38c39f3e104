/* Is the process up; does it take and keep posts. */
#include "api/app.h"
#include "api/handlers.h"
#include "base/buf.h"
#include "base/str.h"
#include "format/compose.h"
#include "query/readers.h"
#include "store/writer.h"
#include "wire/web.h"

enum { HEALTH_CEILING = 8 * 1024 };

static void send(struct web_request *request, int status, struct buf *body)
{
    struct web_reply reply = WEB_REPLY(status);

    reply.type = "application/json";
    reply.body = buf_take(body);
    web_reply_header(&reply, "Cache-Control", "no-store");
    web_reply_header(&reply, "Link", "</openapi.json>; rel=\"service-desc\"");
    if (status == 503)
        web_reply_header(&reply, "Retry-After", "2");
    web_reply(request, &reply);
}

void health_alive(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct buf     body = BUF_UP_TO(HEALTH_CEILING);
    struct compose out  = compose_into(&body);

    (void)caller; /* open to everybody */
    compose_open(&out, NULL, '{');
    compose_text(&out, "status", STR("ok"));
    compose_text(&out, "version", str_of(app->version));
    compose_time(&out, "started_at", app->started_at);
    compose_close(&out, '}');
    send(request, 200, &body);
}

static bool reason(struct compose *out, bool is_so, const char *code, const char *detail)
{
    if (!is_so)
        return false;
    compose_open(out, NULL, '{');
    compose_text(out, "code", str_of(code));
    compose_text(out, "detail", str_of(detail));
    compose_close(out, '}');
    return true;
}

void health_ready(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct buf             body        = BUF_UP_TO(HEALTH_CEILING);
    struct compose         out         = compose_into(&body);
    const char            *not_durable = atomic_load(&app->not_durable);
    struct writer_figures  writer;
    struct readers_figures readers;
    bool                   is_ready = true;

    (void)caller; /* open to everybody */
    writer_figures(app->writer, &writer);
    readers_figures(app->readers, &readers);
    compose_open(&out, NULL, '{');
    compose_open(&out, "reasons", '[');
    is_ready &=
        !reason(&out, atomic_load(&app->is_draining), "draining", "the service is stopping");
    is_ready &= !reason(&out, writer.is_failing, "store-failed", writer.failure);
    is_ready &= !reason(&out, not_durable, "not-durable", not_durable ? not_durable : "");
    is_ready &= !reason(&out, readers.waiting >= READERS_MOST_WAITING, "readers-full",
                        "too many questions wait");
    compose_close(&out, ']');
    compose_bool(&out, "ready", is_ready);
    compose_close(&out, '}');
    send(request, is_ready ? 200 : 503, &body);
}
