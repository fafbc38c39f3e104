#include "wire/web_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fail.h"

enum { LOCAL_MODE = 0600, SOCKET_FLAGS = SOCK_NONBLOCK | SOCK_CLOEXEC };

union address {
    struct sockaddr     any;
    struct sockaddr_in  v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un  local;
};

/* What to do about it, where the system's own words leave that open. */
static const char *advice_on(int cause)
{
    switch (cause) {
    case EADDRINUSE: return "; end what listens there, or choose another port";
    case EADDRNOTAVAIL: return "; this host has no such address, 0.0.0.0 means all it has";
    case EACCES: return "; ports below 1024 want CAP_NET_BIND_SERVICE";
    default: return "";
    }
}

static int give_up(int fd, const char *what, const char *where, struct fail *why)
{
    int cause = errno;

    if (fd >= 0)
        close(fd);
    return fail_set(why, FAIL_INPUT, "cannot %s %s: %s", what, where, strerror(cause));
}

static int refuse_bind(int fd, const char *address, struct fail *why)
{
    int cause = errno;

    close(fd);
    return fail_set(why, FAIL_INPUT, "cannot listen on %s: %s%s", address, strerror(cause),
                    advice_on(cause));
}

static socklen_t read_address(const char *text, uint16_t port, union address *out)
{
    *out = (union address){0};
    if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port   = htons(port);
        return sizeof out->v4;
    }
    if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port   = htons(port);
        return sizeof out->v6;
    }
    return 0;
}

static bool is_loopback(const union address *at)
{
    if (at->any.sa_family == AF_INET)
        return ntohl(at->v4.sin_addr.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
    return IN6_IS_ADDR_LOOPBACK(&at->v6.sin6_addr);
}

/* BBR, which many hosts are set to, takes the pauses between a proxy's questions for a slow way and
 * paces every answer beyond 64 KiB: by 20 ms, sometimes 75. On loopback there is nothing to pace
 * for. Reno is built into every kernel and allowed to everybody. */
static void do_without_pacing(int fd)
{
    static const char reno[] = "reno";

    (void)setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, reno, sizeof reno - 1);
}

int web_listen_address(const char *address, uint16_t port, uint16_t *bound, struct fail *why)
{
    union address at;
    int           yes = 1, no = 0, fd;
    socklen_t     size = read_address(address, port, &at);

    if (size == 0)
        return fail_set(why, FAIL_INPUT, "%s is not an IPv4 or IPv6 address", address);
    fd = socket(at.any.sa_family, SOCK_STREAM | SOCKET_FLAGS, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes))
        return give_up(fd, "make a socket for", address, why);
    if (is_loopback(&at))
        do_without_pacing(fd);
    if (at.any.sa_family == AF_INET6) /* "::" takes IPv4 as well; a host without it may refuse */
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(fd, &at.any, size) || listen(fd, WEB_BACKLOG))
        return refuse_bind(fd, address, why);
    if (getsockname(fd, &at.any, &size))
        return give_up(fd, "read the port of", address, why);
    *bound = ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
    return fd;
}

/* 0 when nothing is at `path` any more. A socket nobody answers on was left by a dead process. */
static int clear_path(const char *path, const union address *at, struct fail *why)
{
    struct stat found;
    int         fd, is_taken;

    if (lstat(path, &found))
        return errno == ENOENT ? 0 : give_up(-1, "look at", path, why);
    if (!S_ISSOCK(found.st_mode))
        return fail_set(why, FAIL_INPUT, "%s is in the way and is not a socket", path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCKET_FLAGS, 0);
    if (fd < 0)
        return give_up(fd, "make a socket for", path, why);
    is_taken = connect(fd, &at->any, sizeof at->local) == 0 || errno == EAGAIN;
    close(fd);
    if (is_taken)
        return fail_set(why, FAIL_CLASH, "another process listens on %s", path);
    return unlink(path) ? give_up(-1, "remove the stale", path, why) : 0;
}

int web_listen_unix(const char *path, struct fail *why)
{
    union address at = {.local = {.sun_family = AF_UNIX}};
    int           fd;

    if (str_to_c(str_of(path), at.local.sun_path, sizeof at.local.sun_path))
        return fail_set(why, FAIL_INPUT, "%s is too long for a local socket", path);
    if (clear_path(path, &at, why))
        return -1;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCKET_FLAGS, 0);
    if (fd < 0 || fchmod(fd, LOCAL_MODE)) /* before bind: it is never open to others */
        return give_up(fd, "make a socket for", path, why);
    if (bind(fd, &at.any, sizeof at.local) || listen(fd, WEB_BACKLOG))
        return give_up(fd, "listen on", path, why);
    return fd;
}
