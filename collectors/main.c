/* smon-collect: leases errands from the service and does what needs the outside world. */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/log.h"
#include "base/own.h"
#include "base/process.h"
#include "emit/emit.h"
#include "enrich/enrich.h"
#include "runner/runner.h"
#include "runner/settings.h"
#include "runner/work.h"
#include "wire/doc.h"
#include "wire/fetch.h"

enum { EXIT_USAGE = 2, EXIT_CONFIG = 78, WORKER_ROOM = 128 };

static const char DEFAULT_SOCKET[] = "./smon-data/smon.sock";

static const char USAGE[] =
    "usage: smon-collect [--socket PATH | --url URL] [--watched[=PID]] [--worker NAME]\n"
    "\n"
    "Leases errands from smon's service, asks CloudWatch, writes EMF, reports. Holds the cloud\n"
    "credentials, so that the service need not; takes them where every AWS program does.\n"
    "\n"
    "  --socket PATH   the service's local socket (./smon-data/smon.sock)\n"
    "  --url URL       the service elsewhere: https://host:port, with SMON_COLLECT_KEY\n"
    "  --watched[=PID] end when the process that started this one (PID) ends\n"
    "  --worker NAME   what to lease under (HOST/PID)\n"
    "  --help, --version\n"
    "\n"
    "Environment:\n";

struct arguments {
    const char *socket, *url, *worker;
    bool        is_watched;
    int64_t     parent; /* who watches; 0: whoever started us */
};

static int show_help(void)
{
    OWN(buf) text = BUF_UP_TO(64 * 1024);

    buf_text(&text, USAGE);
    settings_help(&text);
    return fputs(buf_c(&text), stdout) < 0 || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* -1: go on; otherwise the exit code. */
static int parse_arguments(int argc, char **argv, struct arguments *out)
{
    enum { SOCKET = 1, URL, WATCHED, WORKER, HELP, VERSION };
    static const struct option options[] = {
        {"socket", required_argument, NULL, SOCKET},
        {"url", required_argument, NULL, URL},
        {"watched", optional_argument, NULL, WATCHED},
        {"worker", required_argument, NULL, WORKER},
        {"help", no_argument, NULL, HELP},
        {"version", no_argument, NULL, VERSION},
        {NULL, 0, NULL, 0},
    };
    int got;

    while ((got = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (got) {
        case SOCKET: out->socket = optarg; break;
        case URL: out->url = optarg; break;
        case WATCHED:
            out->is_watched = true;
            if (optarg && str_to_i64(str_of(optarg), 1, INT32_MAX, &out->parent))
                return EXIT_USAGE;
            break;
        case WORKER: out->worker = optarg; break;
        case HELP: return show_help();
        case VERSION: return puts("smon-collect " SMON_VERSION) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
        default: return EXIT_USAGE; /* getopt has said what is wrong */
        }
    if (optind < argc || (out->socket && out->url)) {
        (void)fputs("smon-collect: one of --socket and --url, and nothing else\n", stderr);
        return EXIT_USAGE;
    }
    if (out->url)
        return -1;
    if (!out->socket)
        out->socket = DEFAULT_SOCKET;
    return -1;
}

static size_t act_enrich(void *ctx, const struct errand *errands, size_t count,
                         struct errand_outcome *outcomes, const atomic_bool *stop)
{
    size_t i = 0;

    for (; i < count && !atomic_load(stop); i++)
        enrich_act(ctx, &errands[i], &outcomes[i]);
    return i;
}

static size_t act_emit(void *ctx, const struct errand *errands, size_t count,
                       struct errand_outcome *outcomes, const atomic_bool *stop)
{
    if (atomic_load(stop))
        return 0;
    emit_act(ctx, errands, count, outcomes);
    return count;
}

static int name_worker(const struct arguments *arguments, char out[WORKER_ROOM])
{
    char host[64] = "";

    if (arguments->worker)
        return str_to_c(str_of(arguments->worker), out, WORKER_ROOM);
    (void)gethostname(host, sizeof host - 1); /* without a name the number must do */
    (void)snprintf(out, WORKER_ROOM, "%s/%ld", host, (long)getpid());
    return 0;
}

static int run(const struct arguments *arguments, const struct settings *settings, struct fail *why)
{
    OWN_PTR(enrich) enrich = NULL;
    OWN_PTR(emit) emit     = NULL;
    char                  worker[WORKER_ROOM];
    struct enrich_options enriching = {.give_up     = settings->enrich_give_up,
                                       .role        = settings->enrich_role,
                                       .external_id = settings->enrich_external_id};
    struct emit_options   emitting  = {
           .output    = settings->emf_output,
           .namespace = settings->emf_namespace,
           .region    = settings->emf_region,
           .log_group = getenv("AWS_EMF_LOG_GROUP_NAME") ? getenv("AWS_EMF_LOG_GROUP_NAME") : ""};
    struct work_place place = {
        .socket = arguments->socket, .url = arguments->url, .key = settings->key, .worker = worker};

    if (name_worker(arguments, worker))
        return fail_set(why, FAIL_INPUT, "--worker is at most %d bytes", WORKER_ROOM - 1);
    if (access_parse(settings->enrich_access, &enriching.access))
        return fail_set(why, FAIL_INPUT,
                        "SMON_ENRICH_ACCESS is none of auto, observability, assume");
    if (enrich_new(&enriching, &enrich, why)
        || (settings->emf_enabled && emit_new(&emitting, &emit, why)))
        return -1;

    const struct runner_group groups[] = {
        {.deeds      = {DEED_ENRICH},
         .deed_count = 1,
         .most       = 4,
         .lease      = 5 * (ms)MS_MINUTE,
         .ctx        = enrich,
         .act        = act_enrich},
        {.deeds      = {DEED_EMIT, DEED_EMIT_UTILIZATION},
         .deed_count = 2,
         .most       = RUNNER_MOST_ERRANDS,
         .lease      = 2 * (ms)MS_MINUTE,
         .ctx        = emit,
         .act        = act_emit},
    };

    LOG(LOG_STARTING, LOG_TEXT("program", "smon-collect"), LOG_TEXT("version", SMON_VERSION),
        LOG_TEXT("service", arguments->socket ? arguments->socket : arguments->url),
        LOG_TEXT("emf", emit ? settings->emf_output : "off"), LOG_TEXT("worker", worker));
    return runner_run(&place, groups, emit ? 2 : 1, why);
}

/* Signals are waited for by the main thread alone; a broken pipe is an error like another. */
static void quiet_signals(void)
{
    sigset_t blocked;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    (void)signal(SIGHUP, SIG_IGN); /* the service reloads; we are told by a restart */
}

/* The parent may have died before we asked to be told. */
static bool is_orphan(int64_t parent)
{
    if (!parent)
        parent = getppid();
    return prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent;
}

static int prepare(struct settings *settings, struct fail *why)
{
    enum log_level level;

    doc_setup();
    if (settings_read(settings, why) || fetch_setup(why)
        || (settings->clock_file && when_use_file(settings->clock_file, why)))
        return -1;
    if (log_level_parse(settings->log_level, &level))
        return fail_set(why, FAIL_INPUT, "SMON_LOG_LEVEL is none of error, warn, info, debug");
    log_set_level(level);
    return 0;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct settings  settings;
    struct fail      why = FAIL_OK;
    int              code;

    process_setup();
    code = parse_arguments(argc, argv, &arguments);
    if (code >= 0)
        return code;
    quiet_signals();
    if (arguments.is_watched && is_orphan(arguments.parent))
        return EXIT_SUCCESS;
    if (prepare(&settings, &why) || run(&arguments, &settings, &why)) {
        (void)fprintf(stderr, "smon-collect: %s\n", why.text);
        return why.kind == FAIL_INPUT ? EXIT_CONFIG : EXIT_FAILURE;
    }
    LOG(LOG_STOPPED, LOG_TEXT("program", "smon-collect"));
    return EXIT_SUCCESS;
}
