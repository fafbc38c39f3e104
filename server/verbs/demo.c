/* smon demo: the real service and the real collector, fed over HTTP with a day of sample events,
 * with a stand-in for CloudWatch on loopback. */
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/when.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/demo/cast.h"
#include "verbs/demo/child.h"
#include "verbs/demo/demo.h"
#include "verbs/demo/family.h"
#include "verbs/demo/feed.h"
#include "verbs/demo/posts.h"
#include "verbs/demo/registry.h"
#include "verbs/demo/report.h"
#include "verbs/demo/scenario.h"
#include "verbs/demo/standin.h"
#include "verbs/show.h"
#include "verbs/verbs.h"

enum {
    READY_WITHIN   = 20 * MS_SECOND,
    ERRANDS_WITHIN = 120 * MS_SECOND,
    LOOK_EVERY     = 200,
    NEW_JOB_EVERY  = 12 * MS_SECOND
};

/* Everything one demo holds; released in the reverse of the order in which it was made. */
struct demo {
    const struct args      *args;
    struct demo_places      places;
    struct cast            *cast;
    struct standin         *standin;
    struct child            child;
    struct client          *client;
    struct feed            *feed;
    struct posts            posts;
    struct registry_figures told; /* over REST */
};

static void demo_release(struct demo *demo)
{
    feed_free(demo->feed);
    client_free(demo->client);
    child_release(&demo->child);
    standin_free(demo->standin);
    posts_release(&demo->posts);
    if (demo->cast)
        cast_release(demo->cast);
    mem_free(demo->cast);
    demo_places_release(&demo->places);
}

static volatile sig_atomic_t is_asked_to_stop; /* set by a signal, never cleared */

static void on_signal(int signal)
{
    (void)signal;
    is_asked_to_stop = 1;
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    (void)sigaction(SIGINT, &action, NULL); /* cannot fail for signals that exist */
    (void)sigaction(SIGTERM, &action, NULL);
}

/* What we are doing; beside the summary when that is JSON. */
__attribute__((format(printf, 2, 3))) static void say(const struct demo *demo, const char *format,
                                                      ...)
{
    FILE   *to = args_has(demo->args, "json") ? stderr : stdout;
    va_list args;

    va_start(args, format);
    (void)vfprintf(to, format, args); /* nobody has to read it */
    va_end(args);
    (void)fflush(to);
}

/* ---- opening -------------------------------------------------------------------------------- */

static int wait_ready(struct demo *demo, struct fail *why)
{
    ms          until = when_monotonic() + READY_WITHIN;
    struct fail last  = FAIL_OK;

    while (when_monotonic() < until && !is_asked_to_stop) {
        if (!child_runs(&demo->child, demo->places.data, why))
            return -1;
        if (child_holds(&demo->child, demo->places.data)
            && client_get(demo->client, "/readyz", NULL, &last) == 0)
            return 0;
        show_pause(LOOK_EVERY);
    }
    return fail_set(why, FAIL_BUSY, "the service is not ready: %.300s", last.text);
}

static int open_all(struct demo *demo, struct fail *why)
{
    const struct demo_options options = {.listen = args_flag(demo->args, "listen"),
                                         .data   = args_flag(demo->args, "data")};
    struct child_options      child   = {.listen    = demo->places.listen,
                                         .data      = demo->places.data,
                                         .admin_key = demo->places.key,
                                         .emf       = demo->places.emf};

    demo->cast = mem_new(sizeof *demo->cast);
    if (!demo->cast)
        return fail_set(why, FAIL_MEMORY, "no memory for the demo");
    cast_init(demo->cast);
    if (demo_places_make(&options, &demo->places, why)
        || standin_open(demo->cast, &demo->standin, why))
        return -1;
    child.standin_port = standin_port(demo->standin);
    if (child_start(&demo->child, &child, why) || client_at(demo->places.socket, &demo->client, why)
        || wait_ready(demo, why))
        return -1;
    return feed_new(demo->places.url, demo->places.key, &demo->feed, why);
}

static void introduce(const struct demo *demo)
{
    say(demo,
        "smon demo: the real service and collector, with made-up events of four accounts.\n"
        "  service     %s/  (reading needs no key here)\n"
        "  key         %s\n"
        "  CloudWatch  a stand-in on http://127.0.0.1:%u, not the real one; no call leaves this"
        " machine\n"
        "  data        %s%s\n"
        "  commands    smon jobs list --data %s\n"
        "              smon deployments list /northwind/risk/card_fraud --data %s\n",
        demo->places.url, demo->places.key, standin_port(demo->standin), demo->places.data,
        demo->places.is_temporary ? " (removed at the end)" : "", demo->places.data,
        demo->places.data);
}

/* ---- feeding -------------------------------------------------------------------------------- */

static int feed_day(struct demo *demo, struct fail *why)
{
    ms now   = when_now();
    ms start = when_monotonic();
    ms took;

    scenario_day(&demo->posts, demo->cast, now);
    posts_sort(&demo->posts, now);
    if (registry_before(demo->client, now, &demo->told, why)
        || feed_due(demo->feed, &demo->posts, now, why)
        || registry_after(demo->client, now, &demo->told, why))
        return -1;
    took = when_monotonic() - start;
    say(demo, "Posted %" PRId64 " events of the last day over HTTP in %" PRId64 " ms.\n",
        feed_figures(demo->feed)->posts, took);
    start = when_monotonic();
    if (registry_traffic(demo->client, now, &demo->told, why))
        return -1;
    took = when_monotonic() - start;
    say(demo, "Posted a day of %" PRId64 " transactions of %d models in %" PRId64 " ms.\n",
        demo->told.inferences, FAMILY_MODELS, took);
    return 0;
}

static int wait_errands(struct demo *demo, struct fail *why)
{
    ms      until   = when_monotonic() + ERRANDS_WITHIN;
    int64_t waiting = 1, dead;

    say(demo, "Waiting until every errand is done ...\n");
    while (waiting > 0 && when_monotonic() < until && !is_asked_to_stop) {
        show_pause(LOOK_EVERY);
        if (!child_runs(&demo->child, demo->places.data, why))
            return -1;
        if (report_errands(demo->client, &waiting, &dead, why)
            && !fail_meaning(why->kind)->is_temporary) /* a busy service is asked again */
            return -1;
    }
    return 0;
}

static int run_once(struct demo *demo, struct fail *why)
{
    struct report report = {.job_rows = 0};

    if (wait_errands(demo, why) || report_read(demo->client, demo->places.emf, &report, why))
        return -1;
    report.fed              = *feed_figures(demo->feed);
    report.refused          = demo->told.refused;
    report.cloudwatch_calls = (int64_t)standin_calls(demo->standin);
    if (report_print(&report, args_has(demo->args, "json"), why))
        return -1;
    return report_complaints(&report) ? VERB_FAILED : VERB_OK;
}

/* New events as they fall due, and a small new job now and then. */
static int keep_going(struct demo *demo, struct fail *why)
{
    ms       next_job = when_now();
    unsigned turn     = 0;

    say(demo, "New events keep coming. Ctrl-C ends the demo.\n");
    while (!is_asked_to_stop) {
        ms now = when_now();

        if (now >= next_job) {
            scenario_more(&demo->posts, demo->cast, now, turn++);
            posts_sort(&demo->posts, now);
            next_job = now + NEW_JOB_EVERY;
        }
        if (feed_due(demo->feed, &demo->posts, now, why)
            || !child_runs(&demo->child, demo->places.data, why))
            return -1;
        show_pause(LOOK_EVERY);
    }
    say(demo, "\nStopping after %" PRId64 " posts.\n", feed_figures(demo->feed)->posts);
    return VERB_OK;
}

static int run(struct demo *demo, struct fail *why)
{
    if (open_all(demo, why))
        return -1;
    introduce(demo);
    if (feed_day(demo, why))
        return -1;
    return args_has(demo->args, "once") ? run_once(demo, why) : keep_going(demo, why);
}

int verb_demo(int argc, char **argv)
{
    OWN(args) args  = ARGS_NONE;
    OWN(demo) demo  = {.args = &args};
    struct fail why = FAIL_OK;
    int         done;

    if (args_read(verbs_find("demo"), argc, argv, &args, &why))
        return verbs_complain("demo", VERB_USAGE, &why);
    watch_signals();
    done = run(&demo, &why);
    if (done >= 0)
        return done;
    if (is_asked_to_stop)
        return VERB_OK;
    return verbs_complain("demo", why.kind == FAIL_INPUT ? VERB_USAGE : VERB_FAILED, &why);
}
