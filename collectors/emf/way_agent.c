#include "emf/ways.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "base/when.h"

enum {
    CONNECT_MS    = 3000,
    WRITE_MS      = 5000, /* without a byte moving */
    FAREWELL_MS   = 3000,
    MOST_DATAGRAM = 65507 /* IPv4: 65,535 without the headers */
};

int way_address_parse(struct str text, struct way_address *out, struct fail *why)
{
    struct way_address read;
    struct str         port = str_after_last(text, ':');
    struct str         host = str_part(text, 0, text.size - port.size);
    int64_t            number;

    if (host.size)
        host.size--; /* the colon */
    if (host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']')
        host = str_part(host, 1, host.size - 2);
    if (!host.size || str_to_i64(port, 1, 65535, &number)
        || str_to_c(host, read.host, sizeof read.host)
        || str_to_c(port, read.port, sizeof read.port))
        return fail_set(why, FAIL_INPUT, "\"%.*s\" is not HOST:PORT", STR_ARG(text));
    *out = read;
    return 0;
}

static int wait_for(int fd, short events, int most_ms)
{
    struct pollfd one = {.fd = fd, .events = events};
    int           got;

    do {
        got = poll(&one, 1, most_ms);
    } while (got < 0 && errno == EINTR);
    return got;
}

static int socket_error(int fd)
{
    int       error = 0;
    socklen_t size  = sizeof error;

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) ? errno : error;
}

static int connect_one(const struct addrinfo *to, struct fail *why)
{
    int fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->ai_protocol);
    int error = 0;

    if (fd < 0)
        return fail_set(why, FAIL_REMOTE, "socket: %s", strerror(errno));
    if (connect(fd, to->ai_addr, to->ai_addrlen)) {
        error = errno;
        if (error == EINPROGRESS)
            error = wait_for(fd, POLLOUT, CONNECT_MS) > 0 ? socket_error(fd) : ETIMEDOUT;
    }
    if (!error)
        return fd;
    close(fd);
    return fail_set(why, FAIL_REMOTE, "connect: %s", strerror(error));
}

static int resolve(const struct way_address *to, int type, struct addrinfo **out, struct fail *why)
{
    const struct addrinfo hint  = {.ai_socktype = type};
    int                   error = getaddrinfo(to->host, to->port, &hint, out);

    return error ? fail_set(why, FAIL_REMOTE, "%s: %s", to->host, gai_strerror(error)) : 0;
}

/* A connected socket that does not block, or -1. */
static int reach(const struct way_address *to, struct fail *why)
{
    struct addrinfo *all;
    int              fd = -1;

    if (resolve(to, SOCK_STREAM, &all, why))
        return -1;
    for (const struct addrinfo *at = all; at && fd < 0; at = at->ai_next)
        fd = connect_one(at, why);
    freeaddrinfo(all);
    return fd < 0 ? fail_in(why, "%s:%s", to->host, to->port) : fd;
}

static int send_all(int fd, const char *data, size_t size, struct fail *why)
{
    while (size) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);

        if (sent >= 0) {
            data += sent;
            size -= (size_t)sent;
            continue;
        }
        if (errno == EAGAIN && wait_for(fd, POLLOUT, WRITE_MS) > 0)
            continue;
        if (errno != EINTR)
            return fail_set(why, FAIL_REMOTE, "send: %s", strerror(errno));
    }
    return 0;
}

/* Says that no more comes and waits until the other side has read it all and closes, too: a plain
 * send tells only that our own kernel took the bytes. A peer that keeps its side open, silent or
 * not, is believed when its kernel has acknowledged everything. */
static int part(int fd, struct fail *why)
{
    ms   until = when_monotonic() + FAREWELL_MS;
    char rubbish[512];
    int  unread = 1;

    if (shutdown(fd, SHUT_WR))
        return fail_set(why, FAIL_REMOTE, "shutdown: %s", strerror(errno));
    for (ms left = FAREWELL_MS; left > 0 && wait_for(fd, POLLIN, (int)left) > 0;
         left    = until - when_monotonic()) {
        ssize_t got = recv(fd, rubbish, sizeof rubbish, 0);

        if (got == 0)
            return 0;
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return fail_set(why, FAIL_REMOTE, "receive: %s", strerror(errno));
    }
    if (ioctl(fd, SIOCOUTQ, &unread) || unread)
        return fail_set(why, FAIL_REMOTE, "the peer does not read");
    return 0;
}

int way_tcp(const struct way_address *to, struct output_event *events, size_t count,
            struct fail *why)
{
    int fd     = reach(to, why);
    int result = fd < 0 ? -1 : 0;

    for (size_t i = 0; i < count && !result; i++)
        if (send_all(fd, events[i].line.data, events[i].line.size, why)
            || send_all(fd, "\n", 1, why))
            result = -1;
    if (!result)
        result = part(fd, why);
    if (fd >= 0)
        close(fd);
    if (result)
        return fail_in(why, "tcp");
    for (size_t i = 0; i < count; i++)
        events[i].result = OUTPUT_TAKEN;
    return 0;
}

static int send_datagram(int fd, struct output_event *event, struct fail *why)
{
    OWN(buf) datagram = BUF_UP_TO(MOST_DATAGRAM);
    int error;

    if (event->line.size >= MOST_DATAGRAM) {
        event->result = OUTPUT_REFUSED;
        event->reason = "does not fit a datagram";
        return 0;
    }
    buf_str(&datagram, event->line);
    buf_char(&datagram, '\n');
    if (buf_check(&datagram, why))
        return -1;
    while (send(fd, datagram.data, datagram.size, MSG_NOSIGNAL) < 0)
        if (errno != EINTR && (errno != EAGAIN || wait_for(fd, POLLOUT, WRITE_MS) <= 0))
            return fail_set(why, FAIL_REMOTE, "send: %s", strerror(errno));
    error = socket_error(fd); /* on this host "nobody listens" is known at once */
    if (error)
        return fail_set(why, FAIL_REMOTE, "send: %s", strerror(error));
    event->result = OUTPUT_TAKEN;
    return 0;
}

static int send_datagrams(const struct addrinfo *to, struct output_event *events, size_t count,
                          struct fail *why)
{
    int fd     = connect_one(to, why);
    int result = fd < 0 ? -1 : 0;

    for (size_t i = 0; i < count && !result; i++)
        if (events[i].result == OUTPUT_WAITS)
            result = send_datagram(fd, &events[i], why);
    if (fd >= 0)
        close(fd);
    return result;
}

/* A datagram socket connects to any address; only sending tells that nobody listens there. */
int way_udp(const struct way_address *to, struct output_event *events, size_t count,
            struct fail *why)
{
    struct addrinfo *all;
    int              result = -1;

    if (resolve(to, SOCK_DGRAM, &all, why))
        return fail_in(why, "udp");
    for (const struct addrinfo *at = all; at && result; at = at->ai_next)
        result = send_datagrams(at, events, count, why);
    freeaddrinfo(all);
    return result ? fail_in(why, "udp") : 0;
}
