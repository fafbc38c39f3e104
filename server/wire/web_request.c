/* web_request.c -- the life of one request.
 *
 * libmicrohttpd calls us when the request line is in (web_request_start), when the headers are, for
 * each piece of the body, when it is whole, and after every resume; and once when all is over
 * (web_request_completed), also if the client vanished. A reply to it can only be given when the
 * headers are in or when the body is whole, not in between. */
#include "wire/web_parts.h"

#include <poll.h>
#include <string.h>

#include "base/mem.h"
#include "base/retry.h"

enum {
    BAD_REQUEST  = 400,
    TOO_LARGE    = 413,
    NO_MEMORY    = 503,
    SWALLOW_MOST = 4 * 1024 * 1024, /* past the limit, of a client that does not stop sending */
    SWALLOW_FEW  = 64 * 1024        /* of a refused post: cheaper than a new connection */
};

/* 48 bits of time, 80 that nobody has twice, in 26 letters that sort by time (as in a ULID). */
void web_request_fresh_id(char id[WEB_MOST_ID + 1])
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint64_t          parts[3]  = {(uint64_t)when_now(), retry_random(), retry_random()};
    int               sizes[3]  = {10, 8, 8};

    for (int part = 0; part < 3; part++) {
        for (int i = sizes[part] - 1; i >= 0; i--) {
            id[i] = letters[parts[part] & 31];
            parts[part] >>= 5;
        }
        id += sizes[part];
    }
    *id = '\0';
}

void *web_request_start(void *web, const char *target, struct MHD_Connection *connection)
{
    size_t              size    = strlen(target);
    struct web_request *request = mem_new(sizeof *request + size + 1);

    (void)web;
    if (!request)
        return NULL; /* web_request_handle then closes */
    request->visitor =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    request->wake.request = request;
    request->target_end   = target + size;
    memcpy(request->target, target, size);
    request->refused_why = web_guard_target(request->target, size, &request->path, &request->query,
                                            &request->refused_status);
    web_visitor_hasten(request->visitor, request->visitor->web->request_deadline);
    return request;
}

static bool is_replied(const struct web_request *request)
{
    return atomic_load_explicit(&request->hold, memory_order_acquire) == HOLD_REPLIED;
}

/* Replied before the body came. A small one is read and forgotten, so that the connection can go
 * on; otherwise the answer goes out now and the connection ends. */
static enum MHD_Result answer_early(struct web_request *request, const struct web_heading *heading)
{
    bool is_small = !heading->is_chunked && heading->length <= SWALLOW_FEW;

    if (!request->has_body || (is_small && !heading->expects_continue)) {
        request->stage = STAGE_SWALLOW;
        return MHD_YES;
    }
    request->visitor->lingers = true;
    return web_reply_queue(request);
}

static void refuse_size(struct web_request *request)
{
    struct web *web = request->visitor->web;

    atomic_fetch_add_explicit(&web->refused_size, 1, memory_order_relaxed);
    buf_release(&request->body);
    web_reply_refuse(request, TOO_LARGE, "the body is larger than this address takes");
}

/* May the body come, and where to put it. */
static void admit(struct web_request *request, const struct web_heading *heading)
{
    struct web *web = request->visitor->web;

    request->is_counted = true;
    atomic_fetch_add(&web->pending, 1);
    request->body_limit = web->handlers.admit(request, web->handlers.ctx);
    if (is_replied(request))
        return;
    request->body = BUF_UP_TO(request->body_limit);
    if (heading->lengths && (uint64_t)heading->length > request->body_limit)
        refuse_size(request);
    else if (heading->lengths && heading->length > 0
             && !buf_room(&request->body, (size_t)heading->length))
        web_reply_refuse(request, NO_MEMORY, "no memory for the body");
}

/* The headers are in. */
static enum MHD_Result begin(struct web_request *request, struct MHD_Connection *connection,
                             const char *method, const char *version)
{
    struct web        *web     = request->visitor->web;
    struct web_heading heading = {.target_end = request->target_end};
    int                status;
    const char        *why;

    why                  = web_guard_heading(connection, method, version, &heading, &status);
    request->stage       = STAGE_BODY;
    request->is_head     = strcmp(method, "HEAD") == 0;
    request->method      = request->is_head ? STR("GET") : str_of(method);
    request->wants_gzip  = heading.wants_gzip;
    request->has_body    = heading.is_chunked || heading.length > 0;
    request->received_at = when_monotonic();
    if (heading.id.size == 0 || str_to_c(heading.id, request->id, sizeof request->id))
        web_request_fresh_id(request->id);
    if (why) {
        if (status == BAD_REQUEST)
            atomic_fetch_add_explicit(&web->refused_smuggling, 1, memory_order_relaxed);
        request->visitor->lingers = true;
        web_reply_refuse(request, status, why);
        return web_reply_queue(request);
    }
    if (request->refused_why)
        web_reply_refuse(request, request->refused_status, request->refused_why);
    else
        admit(request, &heading);
    return is_replied(request) ? answer_early(request, &heading) : MHD_YES;
}

static enum MHD_Result take_body(struct web_request *request, const char *piece, size_t size)
{
    if (request->stage == STAGE_BODY) {
        buf_add(&request->body, piece, size);
        if (request->body.broken) {
            request->stage            = STAGE_SWALLOW;
            request->visitor->lingers = true;
            refuse_size(request);
        }
        return MHD_YES;
    }
    request->swallowed += size;
    if (request->swallowed <= SWALLOW_MOST)
        return MHD_YES;
    web_reply_raw(request);
    return MHD_NO;
}

/* The body is whole: the handlers' turn. Once kept, another thread may reply at any moment; it
 * then asks this thread to look, which it will do after the connection was suspended here. */
static enum MHD_Result serve(struct web_request *request, struct MHD_Connection *connection)
{
    struct web *web  = request->visitor->web;
    int         open = HOLD_OPEN;

    request->stage = STAGE_HELD;
    web_visitor_due(request->visitor, WHEN_UNKNOWN, false);
    web->handlers.serve(request, web->handlers.ctx);
    if (!atomic_compare_exchange_strong(&request->hold, &open, HOLD_KEPT))
        return web_reply_queue(request);
    web->held++;
    MHD_suspend_connection(connection);
    return MHD_YES;
}

void web_request_resume(struct web_request *request)
{
    request->visitor->web->held--;
    MHD_resume_connection(request->visitor->connection);
}

enum MHD_Result web_request_handle(void *web, struct MHD_Connection *connection, const char *url,
                                   const char *method, const char *version, const char *upload,
                                   size_t *upload_size, void **context)
{
    struct web_request *request = *context;
    size_t              size    = *upload_size;

    (void)web;
    (void)url; /* decoded by rules that are not ours */
    if (!request)
        return MHD_NO;
    *upload_size = 0;
    switch (request->stage) {
    case STAGE_HEADING: return begin(request, connection, method, version);
    case STAGE_BODY: return size ? take_body(request, upload, size) : serve(request, connection);
    case STAGE_SWALLOW: return size ? take_body(request, upload, size) : web_reply_queue(request);
    case STAGE_HELD: return is_replied(request) ? web_reply_queue(request) : MHD_YES;
    case STAGE_ANSWERED: return MHD_YES;
    }
    return MHD_NO;
}

void web_request_settle(struct web_request *request)
{
    if (!request->is_counted)
        return;
    request->is_counted = false;
    atomic_fetch_sub(&request->visitor->web->pending, 1);
}

void web_request_completed(void *web, struct MHD_Connection *connection, void **context,
                           enum MHD_RequestTerminationCode code)
{
    struct web_request *request = *context;
    struct web         *mine    = web;

    (void)connection;
    (void)code;
    if (!request)
        return;
    *context = NULL;
    if (request->release)
        request->release(request->mine);
    /* Idle now. A next request has its time from when it may begin at the latest. */
    web_visitor_due(request->visitor, mine->idle_timeout + mine->request_deadline, true);
    web_request_settle(request);
    if (request->stream)
        web_stream_leave(request->stream);
    web_reply_release(&request->reply);
    for (int i = 0; i < request->always_count; i++)
        mem_free(request->always[i].value);
    buf_release(&request->body);
    mem_free(request);
}

struct str web_method(const struct web_request *request)
{
    return request->method;
}

struct str web_path(const struct web_request *request)
{
    return request->path;
}

struct str web_query(const struct web_request *request)
{
    return request->query;
}

struct str web_body(const struct web_request *request)
{
    return buf_view(&request->body);
}

struct str web_header(const struct web_request *request, const char *name)
{
    const char *value;
    size_t      size;

    if (MHD_lookup_connection_value_n(request->visitor->connection, MHD_HEADER_KIND, name,
                                      strlen(name), &value, &size)
        != MHD_YES)
        return STR_NONE;
    return str_trim(str_from(value, size));
}

const char *web_peer(const struct web_request *request)
{
    return request->visitor->peer;
}

bool web_is_local(const struct web_request *request)
{
    return request->visitor->web->unix_path != NULL;
}

bool web_is_gone(const struct web_request *request)
{
    struct pollfd look = {.fd = request->visitor->fd, .events = POLLRDHUP};

    return poll(&look, 1, 0) > 0 && look.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

bool web_takes_gzip(const struct web_request *request)
{
    return request->wants_gzip;
}

const char *web_request_id(const struct web_request *request)
{
    return request->id;
}

ms web_received_at(const struct web_request *request)
{
    return request->received_at;
}

void web_keep(struct web_request *request, void *mine, void (*release)(void *))
{
    request->mine    = mine;
    request->release = release;
}

void *web_kept(const struct web_request *request)
{
    return request->mine;
}
