/* web_client.h -- for the tests of web: a small site to talk to, and a client that can
 * misbehave. */
#ifndef SMON_TESTS_WEB_CLIENT_H
#define SMON_TESTS_WEB_CLIENT_H

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/mem.h"
#include "base/when.h"
#include "wire/web.h"

enum { SITE_BODY = 64 * 1024, SITE_BIG = 200 * 1024, SITE_HELD = 64 };

/* What the handlers saw and keep. `held` is written by the event thread before `held_count`. */
struct site {
    struct web         *web;
    struct web_request *held[SITE_HELD];
    atomic_int          held_count;
    struct web_stream  *stream; /* written before has_stream */
    atomic_int          has_stream;
    atomic_int          served, released;
    pthread_t           helper;
    pthread_barrier_t   replied;
};

static char site_big[SITE_BIG];

static inline void site_text(struct web_request *request, int status, const char *text)
{
    struct web_reply reply = WEB_REPLY(status);

    reply.type = "text/plain";
    reply.body = BUF_UP_TO(SITE_BODY * 2);
    buf_text(&reply.body, text);
    web_reply(request, &reply);
}

static inline void site_fixed(struct web_request *request)
{
    struct web_reply reply = WEB_REPLY(200);

    reply.type        = "text/plain";
    reply.static_body = str_from(site_big, sizeof site_big);
    web_reply(request, &reply);
}

/* "path|query|body size|peer|x-test" */
static inline void site_describe(struct web_request *request)
{
    struct web_reply reply = WEB_REPLY(200);

    reply.type = "text/plain";
    reply.body = BUF_UP_TO(SITE_BODY);
    buf_format(&reply.body, "%.*s %.*s|%.*s|%zu|%s|%.*s", STR_ARG(web_method(request)),
               STR_ARG(web_path(request)), STR_ARG(web_query(request)), web_body(request).size,
               web_peer(request), STR_ARG(web_header(request, "X-Test")));
    web_reply_header(&reply, "Cache-Control", "max-age=%d", 5);
    web_reply(request, &reply);
}

static inline void *site_reply_soon(void *arg)
{
    site_text(arg, 200, "soon");
    return NULL;
}

/* A reply from another thread that has surely come before serve returns. */
static inline void site_soon(struct web_request *request)
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, site_reply_soon, request), 0);
    pthread_join(thread, NULL);
}

static inline void site_hold(struct site *site, struct web_request *request)
{
    int at = atomic_load(&site->held_count);

    assert_true(at < SITE_HELD);
    site->held[at] = request;
    atomic_store(&site->held_count, at + 1);
}

static inline void site_stream(struct site *site, struct web_request *request)
{
    struct web_reply reply = WEB_REPLY(200);

    reply.type   = "text/event-stream";
    site->stream = web_stream_open(request, &reply);
    atomic_store(&site->has_stream, 1);
}

static inline size_t site_admit(struct web_request *request, void *ctx)
{
    (void)ctx;
    if (str_is_text(web_path(request), "/denied"))
        site_text(request, 401, "who are you");
    return SITE_BODY;
}

static inline void site_release(void *site)
{
    atomic_fetch_add(&((struct site *)site)->released, 1);
}

static inline void site_serve(struct web_request *request, void *ctx)
{
    struct site *site = ctx;
    struct str   path = web_path(request);

    atomic_fetch_add(&site->served, 1);
    web_keep(request, site, site_release);
    if (str_is_text(path, "/big") || str_is_text(path, "/ingest/big"))
        site_fixed(request);
    else if (str_is_text(path, "/soon"))
        site_soon(request);
    else if (str_is_text(path, "/hold"))
        site_hold(site, request);
    else if (str_is_text(path, "/stream"))
        site_stream(site, request);
    else
        site_describe(request);
}

static inline void site_refuse(int status, const char *detail, const char *id, struct buf *body,
                               void *ctx)
{
    (void)ctx;
    buf_format(body, "{\"status\":%d,\"detail\":\"%s\",\"request_id\":\"%s\"}", status, detail, id);
}

static inline void site_open(struct site *site, struct web_options options)
{
    struct fail         why      = FAIL_OK;
    struct web_handlers handlers = {site_admit, site_serve, site_refuse, site, NULL};

    memset(site_big, 'x', sizeof site_big);
    if (!options.unix_path && !options.address)
        options.address = "127.0.0.1";
    CHECK_OK(web_open(&options, &handlers, &site->web, &why), &why);
}

/* Replies to the n-th held request. */
static inline void site_answer(struct site *site, int n, const char *text)
{
    site_text(site->held[n], 200, text);
}

/* Until the counter is there, or the test fails. */
static inline void wait_for(atomic_int *counter, int least)
{
    for (int i = 0; i < 3000 && atomic_load(counter) < least; i++)
        usleep(1000);
    if (atomic_load(counter) < least)
        fail_msg("waited in vain for %d; it is %d", least, atomic_load(counter));
}

static inline void wait_for_pending(const struct web *web, int exactly)
{
    for (int i = 0; i < 3000 && web_pending(web) != exactly; i++)
        usleep(1000);
    assert_int_equal(web_pending(web), exactly);
}

static inline void wait_for_connections(const struct web *web, int exactly)
{
    struct web_figures figures = {0};

    for (int i = 0; i < 3000; i++) {
        web_figures(web, &figures);
        if (figures.open_connections == exactly)
            return;
        usleep(1000);
    }
    fail_msg("%d connections stay open instead of %d", figures.open_connections, exactly);
}

static inline int dial(const struct web *web)
{
    struct sockaddr_in at      = {.sin_family = AF_INET, .sin_port = htons(web_port(web))};
    struct timeval     patient = {.tv_sec = 5};
    int                fd      = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patient, sizeof patient), 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patient, sizeof patient), 0);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

/* False when the other side had enough; what it answered tells. */
static inline bool say(int fd, struct str text)
{
    while (text.size) {
        ssize_t sent = send(fd, text.data, text.size, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        text = str_part(text, (size_t)sent, text.size);
    }
    return true;
}

static inline void say_text(int fd, const char *text)
{
    say(fd, str_of(text));
}

struct answer {
    int        status; /* 0: the connection ended without one; -1: silence */
    struct buf text;   /* all bytes */
    size_t     head;   /* of them, the heading */
};

static inline void answer_release(struct answer *answer)
{
    buf_release(&answer->text);
}

static inline struct str answer_body(const struct answer *answer)
{
    return str_part(buf_view(&answer->text), answer->head, answer->text.size);
}

/* The value of a header, or no data. */
static inline struct str answer_header(const struct answer *answer, const char *name)
{
    struct str rest = str_part(buf_view(&answer->text), 0, answer->head), line, before;

    while (str_cut(&rest, '\n', &line))
        if (str_cut(&line, ':', &before) && line.data && str_is_nocase(before, str_of(name)))
            return str_trim(line);
    return STR_NONE;
}

static inline bool more(int fd, struct answer *answer)
{
    char   *room = buf_room(&answer->text, 4096);
    ssize_t got  = room ? recv(fd, room, 4096, 0) : 0;

    if (got > 0)
        buf_grown(&answer->text, (size_t)got);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        answer->status = -1;
    return got > 0;
}

/* One answer with a Content-Length (no body after HEAD); a status of 0 when the
 * connection ended. */
static inline struct answer hear(int fd, bool after_head)
{
    struct answer answer = {0, BUF_UP_TO(8 << 20), 0};
    int64_t       length = 0;
    char         *end    = NULL;

    while (!end) {
        if (!more(fd, &answer))
            return answer;
        end = memmem(answer.text.data, answer.text.size, "\r\n\r\n", 4);
    }
    answer.head   = (size_t)(end - answer.text.data) + 4;
    answer.status = (int)strtol(answer.text.data + 9, NULL, 10);
    if (!after_head)
        (void)str_to_i64(answer_header(&answer, "Content-Length"), 0, 1 << 30, &length);
    while (answer.text.size < answer.head + (size_t)length)
        if (!more(fd, &answer))
            break;
    return answer;
}

static inline bool is_closed(int fd)
{
    char byte;

    return recv(fd, &byte, 1, 0) <= 0 && errno != EAGAIN;
}

/* A connection of its own for one request. */
static inline struct answer ask(const struct web *web, struct str request)
{
    int           fd = dial(web);
    struct answer answer;

    assert_true(fd >= 0);
    say(fd, request);
    answer = hear(fd, str_starts(request, STR("HEAD")));
    close(fd);
    return answer;
}

#endif
