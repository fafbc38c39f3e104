/* web_stream.c -- answers that go on.
 *
 * Three hold a stream: the one who sends, libmicrohttpd's response, and the queue while it waits to
 * be looked at; the last frees it. While nothing is to be sent the connection is suspended, and our
 * own epoll watches whether the client hangs up. */
#include "wire/web_parts.h"

#include <string.h>
#include <sys/epoll.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/own.h"

enum { MOST_WAITING = 1024 * 1024, PIECE = 16 * 1024 };

struct web_stream {
    struct web_source source;
    struct web       *web;
    struct web_wake   wake;
    struct lock       lock; /* guards what follows */
    struct buf        waiting;
    size_t            sent; /* of `waiting` */
    int               shares;
    bool              is_queued; /* in web's queue */
    bool              is_gone;   /* the client left, or was too slow */
    bool              is_ended;  /* the sender is done */

    /* the event thread's */
    struct web_visitor *visitor; /* NULL before and after the response */
    bool                is_suspended;
};

static struct web_stream *new_stream(struct web *web)
{
    struct web_stream *stream = mem_new(sizeof *stream);

    if (!stream)
        return NULL;
    stream->source.kind = SOURCE_STREAM;
    stream->web         = web;
    stream->wake.stream = stream;
    stream->waiting     = BUF_UP_TO(MOST_WAITING);
    stream->shares      = 2; /* the sender's, and the request's until its end */
    lock_init(&stream->lock);
    return stream;
}

/* Gives back one share; `stream->lock` is held and dropped. */
static void drop_share(struct web_stream *stream)
{
    bool is_last = --stream->shares == 0;

    lock_drop(&stream->lock);
    if (!is_last)
        return;
    buf_release(&stream->waiting);
    lock_release(&stream->lock);
    mem_free(stream);
}

struct web_stream *web_stream_open(struct web_request *request, struct web_reply *reply)
{
    struct web_stream *stream;

    if (request->is_head) { /* libmicrohttpd would send the end of chunks that never were */
        web_reply(request, reply);
        return NULL;
    }
    stream = new_stream(request->visitor->web);
    if (!stream) {
        reply->body.broken = FAIL_MEMORY; /* which web_reply answers with 503 */
        web_reply(request, reply);
        return NULL;
    }
    if (reply->status == 0)
        reply->status = MHD_HTTP_OK;
    request->stream = stream;
    web_reply(request, reply);
    return stream;
}

/* Asks the event thread to look; the lock is held, so web_free cannot pass meanwhile. */
static void ask_to_look(struct web_stream *stream)
{
    if (stream->is_queued)
        return;
    stream->is_queued = true;
    stream->shares++;
    web_wake(stream->web, &stream->wake);
}

int web_stream_send(struct web_stream *stream, struct str bytes)
{
    int result;

    lock_take(&stream->lock);
    if (!stream->is_gone && stream->sent) {
        stream->waiting.size -= stream->sent;
        memmove(stream->waiting.data, stream->waiting.data + stream->sent, stream->waiting.size);
        stream->sent = 0;
    }
    if (!stream->is_gone) {
        buf_str(&stream->waiting, bytes);
        stream->is_gone = stream->waiting.broken != 0;
        ask_to_look(stream);
    }
    result = stream->is_gone ? -1 : 0;
    lock_drop(&stream->lock);
    return result;
}

void web_stream_end(struct web_stream *stream)
{
    lock_take(&stream->lock);
    stream->is_ended = true;
    if (!stream->is_gone)
        ask_to_look(stream);
    drop_share(stream);
}

static void resume(struct web_stream *stream)
{
    if (!stream->is_suspended || !stream->visitor) /* nobody is left to wake */
        return;
    stream->is_suspended = false;
    MHD_resume_connection(stream->visitor->connection);
}

void web_stream_look(struct web_stream *stream)
{
    lock_take(&stream->lock);
    stream->is_queued = false;
    if (stream->visitor && stream->is_gone)
        web_visitor_cut(stream->visitor);
    else if (stream->visitor && stream->is_ended)
        web_visitor_due(stream->visitor, WEB_ANSWER_WITHIN, false);
    resume(stream);
    drop_share(stream);
}

struct web_stream *web_stream_at(struct web_source *source)
{
    return (struct web_stream *)source; /* its first member */
}

void web_stream_hang_up(struct web_stream *stream)
{
    lock_take(&stream->lock);
    stream->is_gone = true;
    resume(stream);
    lock_drop(&stream->lock);
}

void web_stream_leave(struct web_stream *stream)
{
    lock_take(&stream->lock);
    stream->is_gone = true;
    if (stream->visitor) {
        struct web_visitor *visitor = TAKE(stream->visitor);

        visitor->stream = NULL; /* the connection may go on; its hanging up is not ours any more */
        (void)epoll_ctl(stream->web->epoll_fd, EPOLL_CTL_DEL, visitor->fd, NULL); /* known fd */
    }
    drop_share(stream);
}

static ssize_t take_piece(struct web_stream *stream, char *room, size_t most)
{
    size_t left = stream->waiting.size - stream->sent;
    size_t size = left < most ? left : most;

    if (stream->is_gone)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (left == 0 && stream->is_ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (left == 0) {
        stream->is_suspended = true;
        MHD_suspend_connection(stream->visitor->connection);
        return 0;
    }
    memcpy(room, stream->waiting.data + stream->sent, size);
    stream->sent += size;
    if (size == left) {
        buf_clear(&stream->waiting);
        stream->sent = 0;
    }
    return (ssize_t)size;
}

static ssize_t read_stream(void *ctx, uint64_t at, char *room, size_t most)
{
    struct web_stream *stream = ctx;
    ssize_t            got;

    (void)at;
    lock_take(&stream->lock);
    got = take_piece(stream, room, most);
    lock_drop(&stream->lock);
    return got;
}

struct MHD_Response *web_stream_response(struct web_stream *stream, struct web_visitor *visitor)
{
    lock_take(&stream->lock);
    stream->visitor = visitor;
    lock_drop(&stream->lock);
    visitor->stream = stream;
    web_watch(visitor->web, visitor->fd, EPOLLRDHUP | EPOLLET, &stream->source);
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, read_stream, stream, NULL);
}
