#include "verbs/demo/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "verbs/show.h"

extern char **environ;

enum {
    TEXT_MOST   = 4096,
    VARIABLES   = 16,
    STOP_WITHIN = 25 * MS_SECOND,
    LOOK_EVERY  = 50,
    LOG_TAIL    = 2000,
    EXEC_FAILED = 127
};

/* ---- its environment ------------------------------------------------------------------------ */

/* Our own settings, anybody's real credentials, and proxies (all calls are to loopback)
 * stay out. */
static bool is_kept(const char *variable)
{
    static const char *const dropped[] = {
        "SMON_", "AWS_", "http_proxy=", "https_proxy=", "HTTPS_PROXY=", "all_proxy=", "ALL_PROXY="};

    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        if (strncmp(variable, dropped[i], strlen(dropped[i])) == 0)
            return false;
    return true;
}

static char *text(const char *format, const char *value)
{
    OWN(buf) line = BUF_UP_TO(TEXT_MOST);

    buf_text(&line, format);
    buf_text(&line, value);
    return line.broken ? NULL : mem_copy(line.data, line.size);
}

static void free_environment(char **environment)
{
    for (size_t i = 0; environment && environment[i]; i++)
        mem_free(environment[i]);
    mem_free(environment);
}

static bool fill(char **environment, const struct child_options *options)
{
    char   endpoint[TEXT_MOST];
    size_t used = 0;
    const struct {
        const char *name, *value;
    } ours[] = {
        {"SMON_ADMIN_KEY=", options->admin_key},
        {"SMON_EMF_OUTPUT=file:", options->emf},
        {"SMON_ENRICH_SETTLE=", "1s"},
        {"SMON_ENRICH_GIVE_UP=", "5s"}, /* the stand-in has all points at once */
        {"SMON_ENRICH_ACCESS=", "observability"},
        {"SMON_LISTEN_OPEN_READING=", "yes"},
        {"AWS_ENDPOINT_URL=", endpoint},
        {"AWS_REGION=", "us-east-1"},
        {"AWS_ACCESS_KEY_ID=", "AKIDSMONDEMOSTANDIN"},
        {"AWS_SECRET_ACCESS_KEY=", "not-a-secret-smon-demo-stand-in"},
        {"AWS_EC2_METADATA_DISABLED=", "true"},
    };

    (void)snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u", options->standin_port);
    for (size_t i = 0; environ[i]; i++) {
        if (!is_kept(environ[i]))
            continue;
        environment[used] = mem_copy(environ[i], strlen(environ[i]));
        if (!environment[used++])
            return false;
    }
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        environment[used] = text(ours[i].name, ours[i].value);
        if (!environment[used++])
            return false;
    }
    return true;
}

static char **make_environment(const struct child_options *options)
{
    size_t count = VARIABLES;
    char **environment;

    while (environ[count - VARIABLES])
        count++;
    environment = mem_array(count + 1, sizeof *environment);
    if (environment && !fill(environment, options)) {
        free_environment(environment);
        environment = NULL;
    }
    return environment;
}

/* ---- starting ------------------------------------------------------------------------------- */

/* Only calls that are safe between fork and exec of a program with threads. */
static void become(int log, char **argv, char **environment, pid_t parent)
{
    (void)setpgid(0, 0); /* Ctrl-C is for us; we ask the child to stop */
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent && dup2(log, STDOUT_FILENO) >= 0 && dup2(log, STDERR_FILENO) >= 0)
        (void)execve("/proc/self/exe", argv, environment);
    _exit(EXEC_FAILED);
}

static int open_log(const char *data, struct fail *why)
{
    char path[TEXT_MOST];
    int  used = snprintf(path, sizeof path, "%s/smon.log", data);
    int  log;

    if (used < 0 || (size_t)used >= sizeof path)
        return fail_set(why, FAIL_INPUT, "the data directory's name is too long");
    log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return log >= 0 ? log : fail_set(why, FAIL_INPUT, "%s: %s", path, strerror(errno));
}

int child_start(struct child *child, const struct child_options *options, struct fail *why)
{
    char  *argv[]      = {text("smon", ""), text("serve", ""), text("--listen=", options->listen),
                          text("--data=", options->data), NULL};
    char **environment = make_environment(options);
    int    log         = open_log(options->data, why);
    pid_t  self        = getpid();

    child->pid = -1;
    if (log >= 0 && environment && argv[0] && argv[1] && argv[2] && argv[3]) {
        child->pid = fork();
        if (child->pid == 0)
            become(log, argv, environment, self);
        if (child->pid < 0)
            (void)fail_set(why, FAIL_BUSY, "starting the service: %s", strerror(errno));
    } else if (log >= 0) {
        (void)fail_set(why, FAIL_MEMORY, "no memory to start the service");
    }
    if (log >= 0)
        (void)close(log);
    free_environment(environment);
    for (size_t i = 0; i + 1 < sizeof argv / sizeof *argv; i++)
        mem_free(argv[i]);
    if (child->pid > 0)
        return 0;
    child->pid = 0;
    return -1;
}

/* ---- watching and stopping ------------------------------------------------------------------ */

static void last_line(const char *data, char *out, size_t room)
{
    char   path[TEXT_MOST], tail[LOG_TAIL + 1] = "";
    size_t got = 0;
    char  *line;
    FILE  *file;

    (void)snprintf(path, sizeof path, "%s/smon.log", data); /* a cut path is not found */
    file = fopen(path, "re");
    if (file) {
        (void)fseek(file, -(long)LOG_TAIL, SEEK_END); /* a shorter file is read from its start */
        got = fread(tail, 1, LOG_TAIL, file);
        (void)fclose(file); /* it was only read */
    }
    while (got && tail[got - 1] == '\n')
        got--;
    tail[got] = '\0';
    line      = strrchr(tail, '\n');
    (void)snprintf(out, room, "%s", line ? line + 1 : tail);
}

int child_runs(struct child *child, const char *data, struct fail *why)
{
    char line[300];
    int  status = 0;

    if (child->pid > 0 && waitpid(child->pid, &status, WNOHANG) == 0)
        return 1;
    child->pid = 0;
    last_line(data, line, sizeof line);
    (void)fail_set(why, FAIL_REMOTE, "the service ended with code %d; its last words: %s",
                   WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                   line[0] ? line : "(none)");
    return 0;
}

bool child_holds(const struct child *child, const char *data)
{
    char  path[TEXT_MOST], text[24] = "";
    FILE *file;
    bool  holds;

    (void)snprintf(path, sizeof path, "%s/lock", data); /* a cut path is not found */
    file = fopen(path, "re");
    if (!file)
        return false;
    holds = fgets(text, sizeof text, file) && strtol(text, NULL, 10) == child->pid;
    (void)fclose(file); /* it was only read */
    return holds;
}

void child_release(struct child *child)
{
    ms until = when_monotonic() + STOP_WITHIN;

    if (child->pid <= 0)
        return;
    (void)kill(child->pid, SIGTERM);
    while (waitpid(child->pid, NULL, WNOHANG) == 0) {
        if (when_monotonic() > until)
            (void)kill(child->pid, SIGKILL);
        show_pause(LOOK_EVERY);
    }
    child->pid = 0;
}
