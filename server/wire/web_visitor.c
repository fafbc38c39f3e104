#include "wire/web_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/mem.h"

enum {
    ACCEPT_AT_ONCE     = 16,
    ACCEPT_AGAIN_AFTER = 100, /* ms, when descriptors ran out */
    LINGER_FOR         = 2 * MS_SECOND,
    LINGER_BYTES       = 8 * 1024 * 1024,
    PREFIX_V6          = 8 /* bytes: who has one address of a /64 has all of them */
};

static const unsigned char MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

void web_visitor_due(struct web_visitor *visitor, ms in, bool is_asking)
{
    visitor->is_asking = is_asking;
    visitor->due       = in == WHEN_UNKNOWN ? WHEN_UNKNOWN : when_monotonic() + in;
    if (visitor->due != WHEN_UNKNOWN && visitor->due < visitor->web->next_sweep)
        visitor->web->next_sweep = visitor->due;
}

void web_visitor_hasten(struct web_visitor *visitor, ms in)
{
    if (visitor->due != WHEN_UNKNOWN && visitor->due > when_monotonic() + in)
        web_visitor_due(visitor, in, true);
}

/* libmicrohttpd then sees the end, and closes. The descriptor is ours until it has told us. */
void web_visitor_cut(struct web_visitor *visitor)
{
    (void)shutdown(visitor->fd, SHUT_RDWR); /* already gone is as good */
    visitor->due = WHEN_UNKNOWN;
}

void web_visitor_pause(struct web *web, bool accepts)
{
    struct epoll_event event = {.events = accepts ? EPOLLIN : 0,
                                .data   = {.ptr = &web->listen_source}};

    if (web->listen_fd < 0 || web->is_accepting == accepts)
        return;
    web->is_accepting = accepts;
    (void)epoll_ctl(web->epoll_fd, EPOLL_CTL_MOD, web->listen_fd,
                    &event); /* known fd: no failure */
}

/* The 16 bytes an address is counted by, and its text. */
static bool read_peer(const struct sockaddr_storage *from, unsigned char key[16],
                      char text[WEB_ADDRESS_ROOM])
{
    const struct sockaddr_in  *v4 = (const struct sockaddr_in *)from;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;

    memset(key, 0, 16);
    if (from->ss_family == AF_INET) {
        memcpy(key, MAPPED, sizeof MAPPED);
        memcpy(key + sizeof MAPPED, &v4->sin_addr, sizeof v4->sin_addr);
    } else if (from->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
        memcpy(key, &v6->sin6_addr, sizeof v6->sin6_addr);
    } else if (from->ss_family == AF_INET6) {
        memcpy(key, &v6->sin6_addr, PREFIX_V6);
        (void)inet_ntop(AF_INET6, &v6->sin6_addr, text, WEB_ADDRESS_ROOM); /* has room for any */
        return true;
    } else {
        (void)str_to_c(STR("local"), text, WEB_ADDRESS_ROOM); /* has room for it */
        return false;
    }
    (void)inet_ntop(AF_INET, key + sizeof MAPPED, text, WEB_ADDRESS_ROOM);
    return true;
}

static struct web_address **address_slot(struct web *web, const unsigned char key[16])
{
    uint64_t hash = str_hash(str_from((const char *)key, 16), 0);

    return &web->addresses[hash % WEB_ADDRESS_SLOTS];
}

/* One more for this address; NULL when it has enough, or there is no memory. */
static struct web_address *enter(struct web *web, const unsigned char key[16])
{
    struct web_address **slot = address_slot(web, key), *address = *slot;

    while (address && memcmp(address->bytes, key, 16) != 0)
        address = address->next;
    if (address && address->count >= web->most_per_address)
        return NULL;
    if (!address) {
        address = mem_new(sizeof *address);
        if (!address)
            return NULL;
        memcpy(address->bytes, key, 16);
        address->next = *slot;
        *slot         = address;
    }
    address->count++;
    return address;
}

static void leave(struct web *web, struct web_address *address)
{
    struct web_address **at;

    if (!address || --address->count > 0)
        return;
    at = address_slot(web, address->bytes);
    while (*at != address)
        at = &(*at)->next;
    *at = address->next;
    mem_free(address);
}

static struct web_visitor *new_visitor(struct web *web, int fd, const struct sockaddr_storage *from)
{
    unsigned char       key[16];
    struct web_visitor *visitor = mem_new(sizeof *visitor);

    if (!visitor)
        return NULL;
    visitor->web    = web;
    visitor->engine = web->engines;
    visitor->fd     = fd;
    if (!read_peer(from, key, visitor->peer) || web->most_per_address <= 0)
        return visitor;
    visitor->address = enter(web, key);
    if (visitor->address)
        return visitor;
    atomic_fetch_add_explicit(&web->refused_per_address, 1, memory_order_relaxed);
    mem_free(visitor);
    return NULL;
}

static void forget(struct web_visitor *visitor)
{
    leave(visitor->web, visitor->address);
    mem_free(visitor);
}

static void welcome(struct web *web, int fd, const struct sockaddr_storage *from, socklen_t size)
{
    web->arriving = new_visitor(web, fd, from);
    if (!web->arriving) {
        close(fd);
        return;
    }
    /* It takes the descriptor, also when it fails; web_visitor_notify takes `arriving`. */
    (void)MHD_add_connection(web->engines->daemon, fd, (const struct sockaddr *)from, size);
    if (web->arriving)
        forget(TAKE(web->arriving));
}

bool web_visitor_accept(struct web *web)
{
    for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
        struct sockaddr_storage from = {0};
        socklen_t               size = sizeof from;
        int                     fd;

        if (atomic_load_explicit(&web->open_connections, memory_order_relaxed)
            >= web->most_connections) {
            web_visitor_pause(web, false); /* the others wait in the backlog */
            return false;
        }
        fd = accept4(web->listen_fd, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            welcome(web, fd, &from, size);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            web_visitor_pause(web, false); /* asking at once again would only burn the CPU */
            web->accept_again = when_monotonic() + ACCEPT_AGAIN_AFTER;
            return false;
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return false;
        }
    }
    return true;
}

static void enroll(struct web_visitor *visitor, struct MHD_Connection *connection)
{
    struct web *web = visitor->web;

    visitor->connection = connection;
    visitor->after      = web->visitors;
    if (web->visitors)
        web->visitors->before = visitor;
    web->visitors = visitor;
    visitor->engine->visitors++;
    atomic_fetch_add_explicit(&web->open_connections, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&web->accepted, 1, memory_order_relaxed);
    web_visitor_due(visitor, web->request_deadline, true);
}

static void linger(struct web *web, int fd)
{
    for (size_t i = 0; i < WEB_LINGERERS; i++) {
        struct web_lingerer *lingerer = &web->lingerers[i];

        if (lingerer->fd >= 0)
            continue;
        lingerer->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        if (lingerer->fd < 0)
            return;
        lingerer->due  = when_monotonic() + LINGER_FOR;
        lingerer->left = LINGER_BYTES;
        if (lingerer->due < web->next_sweep)
            web->next_sweep = lingerer->due;
        (void)shutdown(lingerer->fd, SHUT_WR); /* our answer, then the end */
        web_watch(web, lingerer->fd, EPOLLIN | EPOLLRDHUP, &lingerer->source);
        return;
    }
}

static void end_lingering(struct web_lingerer *lingerer)
{
    close(lingerer->fd);
    lingerer->fd = -1;
}

void web_visitor_read_on(struct web *web, struct web_lingerer *lingerer)
{
    char    sink[16 * 1024];
    ssize_t got;

    (void)web;
    if (lingerer->fd < 0)
        return;
    got = recv(lingerer->fd, sink, sizeof sink, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)
        || (got > 0 && (size_t)got > lingerer->left))
        end_lingering(lingerer);
    else if (got > 0)
        lingerer->left -= (size_t)got;
}

static void part(struct web_visitor *visitor)
{
    struct web *web = visitor->web;

    if (visitor->lingers)
        linger(web, visitor->fd);
    if (visitor->before)
        visitor->before->after = visitor->after;
    else
        web->visitors = visitor->after;
    if (visitor->after)
        visitor->after->before = visitor->before;
    visitor->engine->visitors--;
    atomic_fetch_sub_explicit(&web->open_connections, 1, memory_order_relaxed);
    forget(visitor);
    if (web->accept_again == WHEN_UNKNOWN)
        web_visitor_pause(web, true);
}

void web_visitor_notify(void *web, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode code)
{
    struct web *mine = web;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = mine->arriving;
        enroll(TAKE(mine->arriving), connection);
    } else {
        part(*context);
        *context = NULL;
    }
}

/* Cuts who is over its time, and finds when to look again. */
void web_visitor_sweep(struct web *web, ms now)
{
    ms earliest = now + MS_HOUR;

    if (now < web->next_sweep)
        return;
    for (struct web_visitor *visitor = web->visitors; visitor; visitor = visitor->after) {
        if (visitor->due == WHEN_UNKNOWN)
            continue;
        if (visitor->due <= now) {
            if (visitor->is_asking)
                atomic_fetch_add_explicit(&web->refused_deadline, 1, memory_order_relaxed);
            web_visitor_cut(visitor);
        } else if (visitor->due < earliest) {
            earliest = visitor->due;
        }
    }
    for (size_t i = 0; i < WEB_LINGERERS; i++) {
        if (web->lingerers[i].fd < 0)
            continue;
        if (web->lingerers[i].due <= now)
            end_lingering(&web->lingerers[i]);
        else if (web->lingerers[i].due < earliest)
            earliest = web->lingerers[i].due;
    }
    web->next_sweep = earliest > now + WEB_SWEEP_EVERY ? earliest : now + WEB_SWEEP_EVERY;
}
