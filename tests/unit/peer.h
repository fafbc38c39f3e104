/* peer.h -- a scripted HTTP peer on loopback for unit tests: raw bytes in, raw bytes out.
 *
 *     static const struct peer_step steps[] = {
 *         {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
 *         {.resets = true},
 *     };
 *     struct peer *peer = peer_open(steps, 2);         http://127.0.0.1:<peer_port(peer)>/
 *     ... CHECK_STR(peer_request(peer, 0), "GET / HTTP/1.1\r\n...");
 *     peer_close(peer);
 *
 * Every request takes the next step; the last one goes on for ever. A connection is kept until a
 * step closes it. peer_request borrows until peer_close. For judged signatures there is
 * tests/peers. */
#ifndef SMON_TESTS_PEER_H
#define SMON_TESTS_PEER_H

#include "check.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

struct peer_step {
    const char *answer;  /* NULL: nothing */
    size_t      size;    /* of the answer; 0: up to its NUL */
    int         wait_ms; /* before the answer; a test that is done does not wait for it */
    size_t      rubbish; /* then so many 'x' */
    bool        closes;  /* then closes */
    bool        resets;  /* then resets */
};

enum { PEER_MOST_REQUESTS = 64 };

struct peer {
    const struct peer_step *steps;
    size_t                  count, at;
    int                     listener, stop[2];
    pthread_t               thread;
    pthread_mutex_t         mutex; /* guards requests and taken */
    struct buf              requests[PEER_MOST_REQUESTS];
    size_t                  taken;
};

static inline bool peer_pause(struct peer *peer, int ms_long)
{
    struct pollfd stop = {peer->stop[0], POLLIN, 0};

    return poll(&stop, 1, ms_long) == 0;
}

static inline void peer_send(int fd, const char *data, size_t size)
{
    while (size) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);

        if (sent <= 0)
            return; /* the client has gone: its right */
        data += sent;
        size -= (size_t)sent;
    }
}

/* True when the connection goes on. */
static inline bool peer_answer(struct peer *peer, int fd)
{
    const struct peer_step *step        = &peer->steps[peer->at];
    static const char       noise[4096] = {'x'};

    if (peer->at + 1 < peer->count)
        peer->at++;
    if (step->wait_ms && !peer_pause(peer, step->wait_ms))
        return false;
    if (step->answer)
        peer_send(fd, step->answer, step->size ? step->size : strlen(step->answer));
    for (size_t left = step->rubbish; left; left -= left < sizeof noise ? left : sizeof noise)
        peer_send(fd, noise, left < sizeof noise ? left : sizeof noise);
    if (step->resets) {
        struct linger now = {1, 0};

        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    return !step->closes && !step->resets;
}

/* Whether a whole request stands at the beginning. */
static inline bool peer_whole(const struct buf *got)
{
    const char *end    = got->size ? memmem(got->data, got->size, "\r\n\r\n", 4) : NULL;
    const char *length = end ? strcasestr(got->data, "\r\nContent-Length:") : NULL;
    size_t      head   = end ? (size_t)(end - got->data) + 4 : 0;

    if (!end)
        return false;
    return got->size >= head + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
}

static inline void peer_keep(struct peer *peer, struct buf *request)
{
    pthread_mutex_lock(&peer->mutex);
    if (peer->taken < PEER_MOST_REQUESTS)
        peer->requests[peer->taken++] = buf_take(request);
    pthread_mutex_unlock(&peer->mutex);
    buf_clear(request);
}

static inline void *peer_run(void *ctx)
{
    struct peer  *peer   = ctx;
    struct buf    got    = BUF_UP_TO(16u << 20);
    struct pollfd fds[3] = {
        {peer->stop[0], POLLIN, 0}, {peer->listener, POLLIN, 0}, {-1, POLLIN, 0}};
    char piece[4096];

    while (poll(fds, 3, -1) > 0 && !fds[0].revents) {
        if (fds[1].revents) { /* whoever comes last is served; the one before has gone quiet */
            if (fds[2].fd >= 0)
                close(fds[2].fd);
            fds[2].fd = accept(peer->listener, NULL, NULL);
            buf_clear(&got);
        } else if (fds[2].fd >= 0 && fds[2].revents) {
            ssize_t more = recv(fds[2].fd, piece, sizeof piece, 0);
            bool    ends = more <= 0;

            if (more > 0)
                buf_add(&got, piece, (size_t)more);
            (void)buf_c(&got);
            if (more > 0 && peer_whole(&got)) {
                peer_keep(peer, &got);
                ends = !peer_answer(peer, fds[2].fd);
            }
            if (ends) {
                close(fds[2].fd);
                fds[2].fd = -1;
            }
        }
    }
    if (fds[2].fd >= 0)
        close(fds[2].fd);
    buf_release(&got);
    return NULL;
}

/* On a bound socket. */
static inline struct peer *peer_start(int listener, const struct peer_step *steps, size_t count)
{
    struct peer *peer = calloc(1, sizeof *peer);

    assert_non_null(peer);
    peer->steps    = steps;
    peer->count    = count;
    peer->listener = listener;
    for (size_t i = 0; i < PEER_MOST_REQUESTS; i++)
        peer->requests[i] = BUF_UP_TO(16u << 20);
    pthread_mutex_init(&peer->mutex, NULL);
    assert_int_equal(pipe(peer->stop), 0);
    assert_int_equal(listen(peer->listener, 16), 0);
    assert_int_equal(pthread_create(&peer->thread, NULL, peer_run, peer), 0);
    return peer;
}

static inline struct peer *peer_open(const struct peer_step *steps, size_t count)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int                listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(listener, (struct sockaddr *)&here, sizeof here), 0);
    return peer_start(listener, steps, count);
}

/* On a local socket. */
static inline struct peer *peer_open_local(const char *path, const struct peer_step *steps,
                                           size_t count)
{
    struct sockaddr_un here     = {.sun_family = AF_UNIX};
    int                listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(strlen(path) < sizeof here.sun_path);
    memcpy(here.sun_path, path, strlen(path) + 1);
    assert_int_equal(bind(listener, (struct sockaddr *)&here, sizeof here), 0);
    return peer_start(listener, steps, count);
}

static inline int peer_port(const struct peer *peer)
{
    struct sockaddr_in here;
    socklen_t          size = sizeof here;

    assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&here, &size), 0);
    return ntohs(here.sin_port);
}

static inline size_t peer_taken(struct peer *peer)
{
    size_t taken;

    pthread_mutex_lock(&peer->mutex);
    taken = peer->taken;
    pthread_mutex_unlock(&peer->mutex);
    return taken;
}

static inline struct str peer_request(struct peer *peer, size_t at)
{
    assert_true(at < peer_taken(peer));
    return buf_view(&peer->requests[at]);
}

/* Whether that request holds these bytes somewhere. */
static inline bool peer_got(struct peer *peer, size_t at, const char *text)
{
    struct str request = peer_request(peer, at);

    return memmem(request.data, request.size, text, strlen(text)) != NULL;
}

static inline void peer_close(struct peer *peer)
{
    assert_int_equal(write(peer->stop[1], "x", 1), 1);
    pthread_join(peer->thread, NULL);
    close(peer->listener);
    close(peer->stop[0]);
    close(peer->stop[1]);
    for (size_t i = 0; i < PEER_MOST_REQUESTS; i++)
        buf_release(&peer->requests[i]);
    pthread_mutex_destroy(&peer->mutex);
    free(peer);
}

#endif
