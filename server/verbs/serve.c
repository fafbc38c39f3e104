/* smon serve: opens the service, then waits for signals, once a second looking after the collector
 * and the house.
 *
 * SIGTERM, SIGINT  no new connections; what was taken is finished (shutdown.drain); a second one
 *                  ends at once, though a database should hang: what is not acknowledged comes
 *                  again
 *
 * SIGHUP           settings and certificate are read again; what is wrong is logged and changes
 *                  nothing
 *
 * SIGCHLD          the collector ended: it is started again after a pause */
#include "verbs/verbs.h"

#include "base/fail.h"
#include "base/log.h"
#include "base/when.h"
#include "config.h"
#include "verbs/minder.h"
#include "verbs/service.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { URGENT_WITHIN_S = 1 };

static const ms LOOK_EVERY = MS_SECOND, MINDER_WITHIN = 5 * (ms)MS_SECOND;

static atomic_bool is_urgent; /* asked to stop once more */

/* Tells systemd, when it started us and wants to know: "READY=1", "STOPPING=1". */
static void notify(const char *state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char        *path    = getenv("NOTIFY_SOCKET");
    int                fd;

    if (!path || str_to_c(str_of(path), address.sun_path, sizeof address.sun_path))
        return;
    if (address.sun_path[0] == '@')
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
    close(fd);
}

static void watch_signals(sigset_t *watched)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};

    sigemptyset(watched);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaddset(watched, signals[i]);
    pthread_sigmask(SIG_BLOCK, watched, NULL); /* inherited by every thread that starts from here */
}

/* The signal that came within `within`, or 0. */
static int next_signal(const sigset_t *watched, ms within)
{
    struct timespec wait = {.tv_sec  = within / MS_SECOND,
                            .tv_nsec = (within % MS_SECOND) * 1000000};
    int             got  = sigtimedwait(watched, NULL, &wait);

    return got > 0 ? got : 0;
}

static void apply_log_level(const struct config *config)
{
    enum log_level level = LEVEL_INFO;

    (void)log_level_parse(config->log_level, &level); /* checked when it was read */
    log_set_level(level);
}

/* What can change while we run: the certificate and the log level. The rest is checked, so that a
 * mistake shows now and not at the next start. */
static void reload(struct service *service, int argc, char **argv)
{
    OWN_PTR(config) config = NULL;
    struct fail why        = FAIL_OK;

    if (verbs_read_settings(argc, argv, &config, &why)
        || service_reload_certificate(service, &why)) {
        LOG(LOG_RELOAD_REFUSED, LOG_WHY(&why));
        return;
    }
    apply_log_level(config);
    LOG(LOG_RELOADED, LOG_TEXT("applied", "log.level, tls.certificate"),
        LOG_TEXT("others", "at the next start"));
}

/* Until a signal asks us to stop. */
static void watch(struct service *service, struct minder *minder, const sigset_t *watched, int argc,
                  char **argv)
{
    for (;;) {
        int got = next_signal(watched, LOOK_EVERY);

        if (got == SIGTERM || got == SIGINT)
            return;
        if (got == SIGHUP)
            reload(service, argc, argv);
        if (minder)
            minder_tick(minder);
        service_watch_store(service);
    }
}

static void end_here(int number)
{
    (void)number;
    _exit(VERB_TEMPORARY);
}

/* Who waits for a database that hangs cannot be told to stop waiting. */
static void hurry(int number)
{
    (void)number;
    atomic_store(&is_urgent, true);
    (void)alarm(URGENT_WITHIN_S);
}

/* From now on a signal to stop is the second one, and is heard wherever this thread waits. */
static void watch_for_the_second(void)
{
    const struct sigaction second = {.sa_handler = hurry}, end = {.sa_handler = end_here};
    sigset_t               both;

    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGINT);
    (void)sigaction(SIGALRM, &end, NULL); /* known signals: no failure */
    (void)sigaction(SIGTERM, &second, NULL);
    (void)sigaction(SIGINT, &second, NULL);
    pthread_sigmask(SIG_UNBLOCK, &both, NULL);
}

/* Finishes what was taken. A second signal, or the end of `drain`, ends the patience. */
static void drain(struct service *service, struct minder *minder, ms drain)
{
    ms until = when_monotonic() + drain;

    watch_for_the_second();
    notify("STOPPING=1");
    LOG(LOG_DRAINING, LOG_INT("within_ms", drain));
    service_quiesce(service);
    if (minder)
        minder_stop(minder, when_monotonic() + (MINDER_WITHIN < drain ? MINDER_WITHIN : drain));
    while (!service_wait_idle(service, when_monotonic() + 100) && when_monotonic() < until
           && !atomic_load(&is_urgent))
        continue;
}

static void say_listening(const struct config *config, const struct service *service)
{
    LOG(LOG_LISTENING, LOG_TEXT("listen", config->listen), LOG_INT("port", service_port(service)),
        LOG_TEXT("socket", service_socket(service)), LOG_TEXT("data", config->data),
        LOG_TEXT("tls", config->tls_certificate[0] ? "yes" : "no"), LOG_INT("pid", getpid()));
    notify("READY=1");
}

static enum verb_exit exit_of_open(const struct fail *why)
{
    if (why->kind == FAIL_INPUT)
        return VERB_CONFIG;
    return fail_meaning(why->kind)->is_temporary ? VERB_TEMPORARY : VERB_FAILED;
}

static void forget_collector(void *ctx, const char *worker)
{
    service_forget_collector(ctx, worker);
}

static int open_minder(const struct config *config, struct service *service, struct minder **out,
                       struct fail *why)
{
    const struct minder_place place = {
        .socket    = service_socket(service),
        .ended     = forget_collector,
        .ctx       = service,
        .is_urgent = &is_urgent,
    };

    return config->collect_enabled ? minder_new(config, &place, out, why) : 0;
}

static enum verb_exit run(const struct config *config, int argc, char **argv)
{
    OWN_PTR(service) service = NULL;
    OWN_PTR(minder) minder   = NULL;
    struct fail why          = FAIL_OK;
    sigset_t    watched;

    watch_signals(&watched);
    if (service_open(config, &service, &why) || open_minder(config, service, &minder, &why)
        || service_first_keys(service, &why))
        return verbs_complain("serve", exit_of_open(&why), &why);
    say_listening(config, service);
    if (minder)
        minder_tick(minder);
    watch(service, minder, &watched, argc, argv);
    drain(service, minder, config->drain);
    service_free(TAKE(service));
    LOG(LOG_STOPPED, LOG_INT("pid", getpid()));
    return VERB_OK;
}

int verb_serve(int argc, char **argv)
{
    OWN_PTR(config) config = NULL;
    struct fail why        = FAIL_OK;
    const char *clock      = getenv("SMON_CLOCK_FILE");
    int         read       = verbs_read_settings(argc, argv, &config, &why);

    if (read)
        return verbs_complain("serve", (enum verb_exit)read, &why);
    if (config_files(config, &why))
        return verbs_complain("serve", VERB_CONFIG, &why);
    if (clock && when_use_file(clock, &why))
        return verbs_complain("serve", VERB_CONFIG, &why);
    apply_log_level(config);
    LOG(LOG_STARTING, LOG_TEXT("version", SMON_VERSION), LOG_INT("pid", getpid()));
    return run(config, argc, argv);
}
