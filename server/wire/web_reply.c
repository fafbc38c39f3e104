#include "wire/web_parts.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "wire/gz.h"

enum {
    WORTH_PACKING = 1024,
    PACK_LEVEL    = 4,
    NO_MEMORY     = 503,
    MOST_VALUE    = 8 * 1024,
    MOST_REFUSAL  = 16 * 1024
};

static const char PROBLEM[] = "application/problem+json";

void web_reply_header(struct web_reply *reply, const char *name, const char *format, ...)
{
    OWN(buf) value = BUF_UP_TO(MOST_VALUE);
    va_list args;
    char   *room;
    int     size;

    if (reply->header_count == WEB_MOST_HEADERS)
        return;
    va_start(args, format);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    room = size < 0 ? NULL : buf_room(&value, (size_t)size);
    if (!room)
        return;
    va_start(args, format);
    (void)vsnprintf(room, (size_t)size + 1, format, args); /* measured above */
    va_end(args);
    reply->headers[reply->header_count].name  = name;
    reply->headers[reply->header_count].value = TAKE(value.data);
    reply->header_count++;
}

void web_reply_always(struct web_request *request, const char *name, struct str value)
{
    char *copy = request->always_count < WEB_MOST_ALWAYS ? mem_copy(value.data, value.size) : NULL;

    if (!copy)
        return;
    request->always[request->always_count].name    = name;
    request->always[request->always_count++].value = copy;
}

static void add_always(const struct web_request *request, struct web_reply *reply)
{
    for (int i = 0; i < request->always_count; i++)
        web_reply_header(reply, request->always[i].name, "%s", request->always[i].value);
}

void web_reply_release(struct web_reply *reply)
{
    for (int i = 0; i < reply->header_count; i++)
        mem_free(reply->headers[i].value);
    reply->header_count = 0;
    buf_release(&reply->body);
}

static bool has_header(const struct web_reply *reply, const char *name)
{
    for (int i = 0; i < reply->header_count; i++)
        if (str_is_nocase(str_of(reply->headers[i].name), str_of(name)))
            return true;
    return false;
}

/* Pictures and fonts are packed already. */
static bool is_packable(const struct web_request *request, const struct web_reply *reply)
{
    struct str type = str_of(reply->type);
    size_t     size = reply->static_body.data ? reply->static_body.size : reply->body.size;

    return size > WORTH_PACKING && !str_starts(request->path, STR("/ingest/"))
           && !has_header(reply, "Content-Encoding")
           && !(str_starts(type, STR("image/")) && !str_is_text(type, "image/svg+xml"))
           && !str_starts(type, STR("font/"));
}

/* In the thread that replies, which is seldom the event thread when the answer is large. */
static void pack(const struct web_request *request, struct web_reply *reply)
{
    struct str plain = reply->static_body.data ? reply->static_body : buf_view(&reply->body);
    OWN(buf) packed  = BUF_UP_TO(plain.size);
    struct fail why  = FAIL_OK;

    if (reply->status == MHD_HTTP_NOT_MODIFIED) /* says what the answer says that it stands for */
        web_reply_header(reply, "Vary", "Accept-Encoding");
    if (!is_packable(request, reply))
        return;
    web_reply_header(reply, "Vary", "Accept-Encoding");
    if (!request->wants_gzip || reply->header_count == WEB_MOST_HEADERS
        || gz_pack(plain, PACK_LEVEL, &packed, &why))
        return; /* no smaller, or no memory: it goes as it is */
    buf_release(&reply->body);
    reply->body        = buf_take(&packed);
    reply->static_body = STR_NONE;
    web_reply_header(reply, "Content-Encoding", "gzip");
}

/* A body that broke while it was built is not sent as if it were whole. */
static void mend(struct web_request *request, struct web_reply *reply)
{
    struct web *web = request->visitor->web;

    if (!reply->body.broken)
        return;
    web_reply_release(reply);
    *reply      = WEB_REPLY(NO_MEMORY);
    reply->type = PROBLEM;
    reply->body = BUF_UP_TO(MOST_REFUSAL);
    web->handlers.refuse(NO_MEMORY, "no memory for the answer", request->id, &reply->body,
                         web->handlers.ctx);
}

/* From now on the request is the event thread's, which may already have sent it when we return. */
static void hand_over(struct web *web, struct web_request *request)
{
    atomic_fetch_add(&web->wakers, 1);
    if (atomic_exchange(&request->hold, HOLD_REPLIED) == HOLD_KEPT)
        web_wake(web, &request->wake);
    atomic_fetch_sub(&web->wakers, 1);
}

void web_reply(struct web_request *request, struct web_reply *reply)
{
    struct web *web = request->visitor->web;

    assert(atomic_load(&request->hold) != HOLD_REPLIED); /* exactly one reply */
    mend(request, reply);
    add_always(request, reply);
    pack(request, reply);
    if (web->handlers.answered)
        web->handlers.answered(request, reply->status, web->handlers.ctx);
    request->reply = *reply;
    *reply         = (struct web_reply){0};
    hand_over(web, request);
}

void web_reply_refuse(struct web_request *request, int status, const char *why)
{
    struct web      *web   = request->visitor->web;
    struct web_reply reply = WEB_REPLY(status);

    reply.type   = PROBLEM;
    reply.closes = true;
    reply.body   = BUF_UP_TO(MOST_REFUSAL);
    web->handlers.refuse(status, why, request->id, &reply.body, web->handlers.ctx);
    web_reply(request, &reply);
}

/* Bytes that outlive it; it only reads them. */
static struct MHD_Response *fixed_response(struct str bytes)
{
    char *loose;

    memcpy(&loose, &bytes.data, sizeof loose);
    return MHD_create_response_from_buffer(bytes.size, loose, MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *new_response(struct web_request *request)
{
    struct web_reply    *reply = &request->reply;
    struct MHD_Response *response;

    if (request->stream)
        return web_stream_response(request->stream, request->visitor);
    if (reply->static_body.data)
        return fixed_response(reply->static_body);
    if (reply->body.size == 0)
        return fixed_response(STR(""));
    response = MHD_create_response_from_buffer_with_free_callback(reply->body.size,
                                                                  reply->body.data, mem_free);
    if (response)
        (void)buf_take(&reply->body); /* given away */
    return response;
}

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    (void)MHD_add_response_header(response, name, value); /* without memory it is left out */
}

static void add_headers(const struct web_request *request, struct MHD_Response *response)
{
    const struct web_reply *reply          = &request->reply;
    struct web             *web            = request->visitor->web;
    bool                    has_cache_rule = false;

    for (int i = 0; i < reply->header_count; i++) {
        add(response, reply->headers[i].name, reply->headers[i].value);
        if (str_is_nocase(str_of(reply->headers[i].name), STR("Cache-Control")))
            has_cache_rule = true;
    }
    if (reply->type)
        add(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    add(response, "X-Request-Id", request->id);
    add(response, "X-Content-Type-Options", "nosniff");
    if (!has_cache_rule)
        add(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (reply->closes || request->visitor->engine->is_retired
        || atomic_load_explicit(&web->is_quiesced, memory_order_relaxed))
        add(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* In the middle of a body libmicrohttpd takes no answer. Nothing was sent yet, so in clear text we
 * can give it ourselves; a client that reads while it sends then learns why it is cut. */
void web_reply_raw(struct web_request *request)
{
    const struct web_reply *reply = &request->reply;
    OWN(buf) text                 = BUF_UP_TO(2 * MOST_REFUSAL);
    ssize_t sent;

    if (request->visitor->web->certificate_file)
        return;
    buf_format(&text,
               "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
               "X-Request-Id: %s\r\n\r\n",
               reply->status, MHD_get_reason_phrase_for((unsigned)reply->status),
               reply->type ? reply->type : PROBLEM, reply->body.size, request->id);
    buf_str(&text, buf_view(&reply->body));
    sent = text.broken ? 0 : send(request->visitor->fd, text.data, text.size, MSG_NOSIGNAL);
    request->visitor->lingers = sent > 0;
}

enum MHD_Result web_reply_queue(struct web_request *request)
{
    struct MHD_Response *response = new_response(request);
    enum MHD_Result      result;

    request->stage = STAGE_ANSWERED;
    if (!response)
        return MHD_NO;
    add_headers(request, response);
    if (request->stream) {
        web_visitor_due(request->visitor, WHEN_UNKNOWN, false);
        web_request_settle(request);
    } else {
        web_visitor_due(request->visitor, WEB_ANSWER_WITHIN, false);
    }
    result =
        MHD_queue_response(request->visitor->connection, (unsigned)request->reply.status, response);
    MHD_destroy_response(response); /* it keeps its own share */
    return result;
}
