#include "verbs/minder.h"

#include "base/fail.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/retry.h"
#include "config.h"
#include "wire/crypt.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const struct retry_policy AGAIN = {1000, 60000};
static const ms RAN_WELL               = MS_MINUTE; /* after this long, an end is the first again */
static const ms LOOK_EVERY             = 20;

struct minder {
    char   program[PATH_MAX];
    char   socket[PATH_MAX];
    char **settings;   /* "SMON_...=...", before the environment we were started with */
    char  *secrets[2]; /* ours; no variable with one of them is passed on */
    pid_t  pid;        /* 0: it does not run */
    ms     started, next_start;
    int    ends;                         /* in a row */
    int    starts;                       /* ever */
    char   name[MINDER_WORKER_ROOM / 2]; /* what all its workers' names begin with */
    char   worker[MINDER_WORKER_ROOM];   /* of the one that runs, or ran last */
    void (*ended)(void *ctx, const char *worker);
    void              *ctx;
    const atomic_bool *is_urgent;
};

/* The program of the setting, or the one beside us. */
static int find_program(const struct config *config, char out[PATH_MAX], struct fail *why)
{
    char    self[PATH_MAX];
    ssize_t size;
    char   *slash;

    if (config->collect_program[0])
        return str_to_c(str_of(config->collect_program), out, PATH_MAX);
    size = readlink("/proc/self/exe", self, sizeof self - 1);
    if (size <= 0)
        return fail_set(why, FAIL_BUG, "where is smon itself: %s", strerror(errno));
    self[size] = '\0';
    slash      = strrchr(self, '/');
    if (!slash
        || snprintf(out, PATH_MAX, "%.*s/smon-collect", (int)(slash - self), self) >= PATH_MAX)
        return fail_set(why, FAIL_INPUT, "the path of smon-collect is too long");
    return 0;
}

/* The host is for people; the random part tells us from every other service that ever was. */
static int make_name(char *out, size_t room, struct fail *why)
{
    unsigned char random[8];
    char          hex[2 * sizeof random + 1], host[40] = "";

    if (crypt_random(random, sizeof random, why))
        return -1;
    crypt_hex(random, sizeof random, hex);
    (void)gethostname(host, sizeof host - 1); /* without it the random part must do */
    (void)snprintf(out, room, "%s/%s", host, hex);
    return 0;
}

static int keep_secrets(struct minder *minder, const struct config *config, struct fail *why)
{
    const char *const secrets[] = {config->admin_key, config->store_url};

    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        minder->secrets[i] = mem_copy(secrets[i], strlen(secrets[i]));
        if (!minder->secrets[i])
            return fail_set(why, FAIL_MEMORY, "no memory to mind the collector");
    }
    return 0;
}

int minder_new(const struct config *config, const struct minder_place *place, struct minder **out,
               struct fail *why)
{
    OWN_PTR(minder) minder = mem_new(sizeof *minder);

    if (!minder)
        return fail_set(why, FAIL_MEMORY, "no memory to mind the collector");
    minder->ended     = place->ended;
    minder->ctx       = place->ctx;
    minder->is_urgent = place->is_urgent;
    if (find_program(config, minder->program, why)
        || make_name(minder->name, sizeof minder->name, why))
        return -1;
    if (str_to_c(str_of(place->socket), minder->socket, sizeof minder->socket))
        return fail_set(why, FAIL_INPUT, "the path of the local socket is too long");
    minder->settings = config_environment(config, why);
    if (!minder->settings || keep_secrets(minder, config, why))
        return -1;
    if (access(minder->program, X_OK))
        return fail_set(why, FAIL_INPUT, "%s: %s; set collect.program, or collect.enabled to no",
                        minder->program, strerror(errno));
    *out = TAKE(minder);
    return 0;
}

static size_t count(char *const *list)
{
    size_t n = 0;

    while (list[n])
        n++;
    return n;
}

static bool is_overridden(const char *variable, char *const *settings)
{
    const char *equals = strchr(variable, '=');
    struct str  name =
        str_part(str_of(variable), 0, equals ? (size_t)(equals - variable) + 1 : SIZE_MAX);

    for (; *settings; settings++)
        if (str_starts(str_of(*settings), name))
            return true;
    return false;
}

/* Whatever it is called: settings may name the variable that holds a secret. */
static bool is_secret(const struct minder *minder, const char *variable)
{
    static const char *const names[] = {"SMON_ADMIN_KEY", "SMON_STORE_URL", "PGPASSWORD"};
    struct str               value   = str_of(variable), name;

    (void)str_cut(&value, '=', &name);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is_text(name, names[i]))
            return true;
    for (size_t i = 0; i < sizeof minder->secrets / sizeof minder->secrets[0]; i++)
        if (*minder->secrets[i] && str_is_text(str_trim(value), minder->secrets[i]))
            return true;
    return false;
}

/* Our environment with the settings in it; the pointers are borrowed. No secret of ours. */
static char **whole_environment(const struct minder *minder)
{
    size_t n    = 0;
    char **list = mem_array(count(minder->settings) + count(environ) + 1, sizeof *list);

    for (char *const *at = minder->settings; list && *at; at++)
        list[n++] = *at;
    for (char *const *at = environ; list && *at; at++)
        if (!is_overridden(*at, minder->settings) && !is_secret(minder, *at))
            list[n++] = *at;
    return list;
}

static void start(struct minder *minder)
{
    char              watched[40];
    char             *arguments[] = {minder->program,
                                     (char[]){"--socket"},
                                     minder->socket,
                                     watched,
                                     (char[]){"--worker"},
                                     minder->worker,
                                     NULL};
    char            **environment = whole_environment(minder);
    posix_spawnattr_t attributes;
    sigset_t          none;
    int               failed;

    (void)snprintf(watched, sizeof watched, "--watched=%ld", (long)getpid());
    (void)snprintf(minder->worker, sizeof minder->worker, "%s-%d", minder->name, ++minder->starts);
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    failed = environment ? posix_spawn(&minder->pid, minder->program, NULL, &attributes, arguments,
                                       environment)
                         : ENOMEM;
    posix_spawnattr_destroy(&attributes);
    mem_free(environment);
    minder->started = when_monotonic();
    if (failed) {
        minder->pid        = 0;
        minder->next_start = minder->started + retry_wait(&AGAIN, minder->ends++, AGAIN.base);
        LOG(LOG_COLLECTOR_ENDED, LOG_TEXT("why", strerror(failed)));
        return;
    }
    LOG(LOG_COLLECTOR_STARTED, LOG_INT("pid", minder->pid));
}

static void note_end(struct minder *minder)
{
    minder->pid = 0;
    minder->ended(minder->ctx, minder->worker);
}

/* True when it does not run (any more). */
static bool reap(struct minder *minder)
{
    int status;

    if (!minder->pid)
        return true;
    if (waitpid(minder->pid, &status, WNOHANG) != minder->pid)
        return false;
    if (when_monotonic() - minder->started > RAN_WELL)
        minder->ends = 0;
    minder->next_start = when_monotonic() + retry_wait(&AGAIN, minder->ends++, AGAIN.base);
    LOG(LOG_COLLECTOR_ENDED, LOG_INT("pid", minder->pid),
        LOG_INT("exit", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
        LOG_INT("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
        LOG_INT("again_in_ms", minder->next_start - when_monotonic()));
    note_end(minder);
    return true;
}

void minder_tick(struct minder *minder)
{
    if (reap(minder) && when_monotonic() >= minder->next_start)
        start(minder);
}

void minder_stop(struct minder *minder, ms until)
{
    int status;

    if (!minder->pid)
        return;
    kill(minder->pid, SIGTERM);
    while (waitpid(minder->pid, &status, WNOHANG) == 0) {
        if (when_monotonic() >= until || (minder->is_urgent && atomic_load(minder->is_urgent))) {
            kill(minder->pid, SIGKILL);
            waitpid(minder->pid, &status, 0);
            break;
        }
        /* The program ends: nothing else is to be done meanwhile. */
        (void)usleep((useconds_t)LOOK_EVERY * 1000);
    }
    note_end(minder);
}

void minder_free(struct minder *minder)
{
    if (!minder)
        return;
    minder_stop(minder, when_monotonic());
    config_environment_free(minder->settings);
    for (size_t i = 0; i < sizeof minder->secrets / sizeof minder->secrets[0]; i++) {
        if (minder->secrets[i])
            explicit_bzero(minder->secrets[i], strlen(minder->secrets[i]));
        mem_free(minder->secrets[i]);
    }
    mem_free(minder);
}
