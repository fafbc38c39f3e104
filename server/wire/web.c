/* web.c -- opening, the event thread's loop, ending. web_parts.h has the map of the other files. */
#include "wire/web_parts.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
    IDLE_BY_DEFAULT     = 75 * MS_SECOND,
    DEADLINE_BY_DEFAULT = 10 * MS_SECOND,
    MOST_BY_DEFAULT     = 1024,
    FDS_FOR_OTHERS      = 48, /* the store, logs and whatever else the process opens */
    FEWEST              = 8,
    FINISH_WITHIN       = 500, /* ms for answers that were given but not yet read, at the end */
    NAP                 = 20   /* ms: how soon a moved test clock, or the end, is noticed */
};

/* --- waking --------------------------------------------------------------------------------- */

static void ring(struct web *web)
{
    uint64_t one = 1;

    if (write(web->wake_fd, &one, sizeof one) < 0)
        return; /* full: it is awake */
}

void web_wake(struct web *web, struct web_wake *wake)
{
    struct web_wake *newest = atomic_load_explicit(&web->woken, memory_order_relaxed);

    do
        wake->next = newest;
    while (!atomic_compare_exchange_weak_explicit(&web->woken, &newest, wake, memory_order_acq_rel,
                                                  memory_order_relaxed));
    if (!newest)
        ring(web);
}

/* In the order they came. */
static struct web_wake *take_woken(struct web *web)
{
    struct web_wake *newest = atomic_exchange_explicit(&web->woken, NULL, memory_order_acquire);
    struct web_wake *first  = NULL;

    while (newest) {
        struct web_wake *older = newest->next;

        newest->next = first;
        first        = newest;
        newest       = older;
    }
    return first;
}

static void look_at_woken(struct web *web)
{
    struct web_wake *wake = take_woken(web);

    while (wake) {
        struct web_wake *next = wake->next;

        if (wake->stream)
            web_stream_look(wake->stream);
        else
            web_request_resume(wake->request);
        wake = next;
    }
}

/* --- the loop ------------------------------------------------------------------------------- */

void web_watch(struct web *web, int fd, uint32_t events, struct web_source *source)
{
    struct epoll_event event = {.events = events, .data = {.ptr = source}};

    (void)epoll_ctl(web->epoll_fd, EPOLL_CTL_ADD, fd,
                    &event); /* only memory can be short: unwatched */
}

static void happen(struct web *web, struct web_source *source)
{
    uint64_t count;

    switch (source->kind) {
    case SOURCE_WAKE:
        if (read(web->wake_fd, &count, sizeof count) < 0)
            return; /* somebody rang and it was heard before */
        return;
    case SOURCE_LISTENER: web_visitor_accept(web); return;
    case SOURCE_ENGINE: return; /* all are run anyway */
    case SOURCE_STREAM: web_stream_hang_up(web_stream_at(source)); return;
    case SOURCE_LINGERER: web_visitor_read_on(web, (struct web_lingerer *)source); return;
    }
}

/* Whoever waits in the backlog was promised a connection by the kernel, and gets one. */
static void stop_listening(struct web *web)
{
    if (web->listen_fd < 0 || !atomic_load(&web->is_quiesced))
        return;
    for (int i = 0; i < WEB_BACKLOG && web_visitor_accept(web); i++)
        continue;
    close(web->listen_fd);
    web->listen_fd = -1;
    if (web->unix_path)
        (void)unlink(web->unix_path); /* a stale one is replaced anyway */
}

static void take_over(struct web *web)
{
    struct web_engine *engine = atomic_exchange(&web->next_engine, NULL);

    if (!engine)
        return;
    if (web->engines)
        web->engines->is_retired = true;
    engine->next = web->engines;
    web->engines = engine;
    web_watch(web, engine->epoll_fd, EPOLLIN, &engine->source);
}

static int next_timeout(const struct web *web)
{
    ms now = when_monotonic(), left = web->next_sweep - now, in;

    if (web->accept_again != WHEN_UNKNOWN && web->accept_again - now < left)
        left = web->accept_again - now;
    for (const struct web_engine *engine = web->engines; engine; engine = engine->next)
        if (web_engine_has_timeout(engine, &in) && in < left)
            left = in;
    if (left > NAP && (when_is_movable() || atomic_load(&web->is_stopping)))
        left = NAP;
    return left < 0 ? 0 : (int)left;
}

static void turn(struct web *web)
{
    struct epoll_event events[WEB_BATCH];
    int                count = epoll_wait(web->epoll_fd, events, WEB_BATCH, next_timeout(web));
    ms                 now;

    for (int i = 0; i < count; i++)
        happen(web, events[i].data.ptr);
    take_over(web);
    stop_listening(web);
    look_at_woken(web);
    web_engine_run_all(web);
    now = when_monotonic();
    if (web->accept_again != WHEN_UNKNOWN && web->accept_again <= now) {
        web->accept_again = WHEN_UNKNOWN;
        web_visitor_pause(web, true);
    }
    web_visitor_sweep(web, now);
}

static void *run(void *arg)
{
    struct web *web = arg;
    ms          end;

    while (!atomic_load(&web->is_stopping))
        turn(web);
    end = when_monotonic() + FINISH_WITHIN;
    while (atomic_load(&web->pending) > 0 && when_monotonic() < end)
        turn(web);
    return NULL;
}

/* --- opening and ending --------------------------------------------------------------------- */

/* So many that the process still has descriptors for everything else. */
static int connections_allowed(int wanted)
{
    struct rlimit limit;
    int           most = wanted > 0 ? wanted : MOST_BY_DEFAULT;

    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= (rlim_t)most + FDS_FOR_OTHERS)
        return most;
    return limit.rlim_cur > FDS_FOR_OTHERS + FEWEST ? (int)limit.rlim_cur - FDS_FOR_OTHERS : FEWEST;
}

static int copy_text(const char *text, char **out, struct fail *why)
{
    if (!text)
        return 0;
    *out = mem_copy(text, strlen(text));
    return *out ? 0 : fail_set(why, FAIL_MEMORY, "no memory to listen");
}

static struct web *new_web(const struct web_options *options, const struct web_handlers *handlers)
{
    struct web *web = mem_new(sizeof *web);

    if (!web)
        return NULL;
    web->handlers         = *handlers;
    web->most_connections = connections_allowed(options->most_connections);
    web->most_per_address = options->most_per_address;
    web->request_deadline =
        options->request_deadline > 0 ? options->request_deadline : DEADLINE_BY_DEFAULT;
    web->idle_timeout       = options->idle_timeout > 0 ? options->idle_timeout : IDLE_BY_DEFAULT;
    web->wake_source.kind   = SOURCE_WAKE;
    web->listen_source.kind = SOURCE_LISTENER;
    web->listen_fd = web->wake_fd = web->epoll_fd = -1;
    web->accept_again                             = WHEN_UNKNOWN;
    web->next_sweep                               = when_monotonic();
    for (size_t i = 0; i < WEB_LINGERERS; i++)
        web->lingerers[i] = (struct web_lingerer){.source = {SOURCE_LINGERER}, .fd = -1};
    return web;
}

static int open_sockets(struct web *web, const struct web_options *options, struct fail *why)
{
    web->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    web->wake_fd  = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (web->epoll_fd < 0 || web->wake_fd < 0)
        return fail_set(why, FAIL_BUSY, "cannot listen: %s", strerror(errno));
    web->listen_fd = options->unix_path
                         ? web_listen_unix(options->unix_path, why)
                         : web_listen_address(options->address, options->port, &web->port, why);
    if (web->listen_fd < 0)
        return -1;
    if (copy_text(options->unix_path, &web->unix_path, why)) /* from now on it is ours to remove */
        return -1;
    web->is_accepting = true;
    web_watch(web, web->wake_fd, EPOLLIN, &web->wake_source);
    web_watch(web, web->listen_fd, EPOLLIN, &web->listen_source);
    return 0;
}

/* Signals are for the other threads. */
static int start_thread(struct web *web, struct fail *why)
{
    sigset_t all, before;
    int      cause;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    cause = thread_start(&web->thread, "web", run, web);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return cause ? fail_set(why, FAIL_BUSY, "cannot start a thread: %s", strerror(cause)) : 0;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* What the event thread owned, when there is none. */
static void release_all(struct web *web)
{
    for (struct web_visitor *visitor = web->visitors; visitor; visitor = visitor->after)
        if (visitor->stream)
            web_stream_hang_up(visitor->stream);
    look_at_woken(web);
    assert(web->held == 0); /* every kept request was replied to */
    web_engine_free(atomic_exchange(&web->next_engine, NULL));
    while (web->engines) {
        struct web_engine *engine = web->engines;

        web->engines = engine->next;
        web_engine_free(engine); /* ends its connections */
    }
    look_at_woken(web); /* what was sent to a stream meanwhile */
    for (size_t i = 0; i < WEB_LINGERERS; i++)
        close_fd(web->lingerers[i].fd);
    if (web->listen_fd >= 0 && web->unix_path)
        (void)unlink(web->unix_path); /* a stale one is replaced anyway */
    close_fd(web->listen_fd);
    close_fd(web->wake_fd);
    close_fd(web->epoll_fd);
    mem_free(web->unix_path);
    mem_free(web->certificate_file);
    mem_free(web->key_file);
    mem_free(web);
}

/* libmicrohttpd cannot change a certificate, so another daemon takes the new connections. */
static int renew_engine(struct web *web, struct fail *why)
{
    struct web_engine *engine = web_engine_new(web, why);

    if (!engine)
        return -1;
    web_engine_free(atomic_exchange(&web->next_engine, engine)); /* one nobody has used yet */
    ring(web);
    return 0;
}

int web_open(const struct web_options *options, const struct web_handlers *handlers,
             struct web **out, struct fail *why)
{
    struct web *web = new_web(options, handlers);

    if (!web)
        return fail_set(why, FAIL_MEMORY, "no memory to listen");
    if (copy_text(options->certificate_file, &web->certificate_file, why)
        || copy_text(options->key_file, &web->key_file, why) || open_sockets(web, options, why)
        || renew_engine(web, why) || (take_over(web), start_thread(web, why))) {
        release_all(web);
        return -1;
    }
    *out = web;
    return 0;
}

void web_free(struct web *web)
{
    if (!web)
        return;
    atomic_store(&web->is_stopping, true);
    ring(web);
    pthread_join(web->thread, NULL);
    while (atomic_load(&web->wakers) > 0) /* a thread is about to leave web_reply */
        sched_yield();
    release_all(web);
}

uint16_t web_port(const struct web *web)
{
    return web->port;
}

int web_reload_certificate(struct web *web, struct fail *why)
{
    if (!web->certificate_file)
        return fail_set(why, FAIL_INPUT, "there is no certificate to read again");
    return renew_engine(web, why);
}

void web_quiesce(struct web *web)
{
    atomic_store(&web->is_quiesced, true);
    ring(web);
}

int web_pending(const struct web *web)
{
    return atomic_load(&web->pending);
}

void web_figures(const struct web *web, struct web_figures *out)
{
    *out = (struct web_figures){
        .accepted            = atomic_load(&web->accepted),
        .refused_smuggling   = atomic_load(&web->refused_smuggling),
        .refused_deadline    = atomic_load(&web->refused_deadline),
        .refused_size        = atomic_load(&web->refused_size),
        .refused_per_address = atomic_load(&web->refused_per_address),
        .open_connections    = atomic_load(&web->open_connections),
    };
}
