#include "runner/runner.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/retry.h"
#include "runner/work.h"
#include "wire/doc.h"

static const struct retry_policy UNREACHABLE = {.base = 500, .cap = 30 * MS_SECOND};
static const ms                  POLL        = 20 * MS_SECOND;
static const ms                  HURRY       = 200;
static const ms                  LAST_WORDS  = 5 * MS_SECOND; /* to report, once we must stop */

/* Shared by all threads: constant but for the flag, and the bell that tells of it. */
struct runner {
    struct work_place place;
    atomic_bool       stop;
    struct lock       lock; /* guards nothing but the bell */
    struct bell       bell;
};

/* One thread's own. */
struct worker {
    struct runner             *runner;
    const struct runner_group *group;
    struct work               *work;
    pthread_t                  thread;
    int                        failures; /* in a row, of reaching the service */
    struct errand              errands[RUNNER_MOST_ERRANDS];
    struct errand_outcome      outcomes[RUNNER_MOST_ERRANDS];
    struct work_receipt        receipts[RUNNER_MOST_ERRANDS];
};

static bool must_stop(const struct worker *worker)
{
    return atomic_load(&worker->runner->stop);
}

/* Stopping cuts it short, but not to nothing: who has something to report yet may try again. */
static void pause_for(struct worker *worker, ms wait)
{
    struct runner *runner   = worker->runner;
    bool           was_told = must_stop(worker);
    ms             until    = when_monotonic() + (was_told && wait > HURRY ? HURRY : wait);

    lock_take(&runner->lock);
    while (must_stop(worker) == was_told && !bell_wait(&runner->bell, &runner->lock, until))
        ;
    lock_drop(&runner->lock);
}

static void say_unreachable(struct worker *worker, ms hint, const struct fail *why)
{
    ms wait = retry_wait(&UNREACHABLE, worker->failures++, hint ? hint : UNREACHABLE.base / 2);

    LOG(LOG_WORK_UNREACHABLE, LOG_WHY(why), LOG_INT("again_ms", wait));
    pause_for(worker, wait);
}

static void log_outcome(const struct errand *errand, const struct errand_outcome *outcome,
                        const struct work_receipt *receipt, ms took)
{
    static const enum log_event events[] = {
        [ERRAND_DONE]  = LOG_ERRAND_DONE,
        [ERRAND_LATER] = LOG_ERRAND_LATER,
        [ERRAND_DEAD]  = LOG_ERRAND_DEAD,
    };
    bool        is_in = receipt->is_accepted;
    const char *state = utilization_state_name(outcome->utilization.state);

    LOG(is_in ? events[outcome->result] : LOG_ERRAND_LATER, LOG_TEXT("id", outcome->id),
        LOG_TEXT("deed", errand->deed ? deed_name(errand->deed) : ""),
        LOG_STR("account", errand->job.account), LOG_STR("job", errand->job.name),
        LOG_INT("attempt", errand->attempt), LOG_INT("ms", took),
        LOG_TEXT("utilization", state ? state : ""),
        LOG_INT("after_ms", outcome->result == ERRAND_LATER ? outcome->after_ms : 0),
        LOG_TEXT("why", is_in ? outcome->why : receipt->reason));
}

/* An errand this program cannot read will not get better by waiting here. */
static void refuse(const struct doc *item, struct errand_outcome *out, const struct fail *why)
{
    struct fail ignored; /* without an id the service refuses this outcome, too */
    struct str  id = STR_NONE;

    *out = (struct errand_outcome){.result = ERRAND_DEAD};
    (void)doc_text(item, "id", &id, &ignored);
    (void)str_to_c(id, out->id, sizeof out->id);
    (void)doc_int_or(item, "fence", 0, &out->fence, &ignored);
    errand_say(str_of(why->text), out->why, sizeof out->why);
}

static void begin_outcome(const struct errand *errand, struct errand_outcome *out)
{
    *out = (struct errand_outcome){.fence = errand->fence, .result = ERRAND_LATER};
    memcpy(out->id, errand->id, sizeof out->id);
    (void)snprintf(out->why, sizeof out->why, "the collector stops");
}

/* Fills errands and outcomes; those that cannot be read go to the end, with their outcome. How many
 * there are; *good is how many are to be done. */
static size_t take_leased(struct worker *worker, const struct doc *leased, size_t *good)
{
    const struct doc *items = doc_member(leased, "errands");
    size_t            count = doc_count(items), bad = 0;

    if (count > (size_t)worker->group->most)
        count = (size_t)worker->group->most;
    *good = 0;
    for (size_t i = 0; i < count; i++) {
        struct fail   why = FAIL_OK;
        struct errand errand;

        if (errand_parse(doc_item(items, i), &errand, &why)) {
            bad++;
            worker->errands[count - bad] = (struct errand){.id = ""};
            refuse(doc_item(items, i), &worker->outcomes[count - bad], &why);
            continue;
        }
        worker->errands[*good] = errand;
        begin_outcome(&errand, &worker->outcomes[(*good)++]);
    }
    return count;
}

/* Of the errands leased together, those that are reported at once. */
struct part {
    size_t first, count;
    ms     begun; /* when the report of all of them began, by the monotonic clock */
    ms     took;  /* to do them */
};

static void log_part(const struct worker *worker, const struct part *part)
{
    for (size_t i = part->first; i < part->first + part->count; i++)
        log_outcome(&worker->errands[i], &worker->outcomes[i], &worker->receipts[i], part->took);
}

/* There is no sense in trying again. Leases of what is not reported end by themselves, and one at
 * which the service fails is not tried for longer than that: others wait behind it. */
static bool gives_up(const struct worker *worker, const struct part *part, const struct fail *why)
{
    ms          since      = when_monotonic() - part->begun;
    bool        is_refused = why->kind == FAIL_INPUT || why->kind == FAIL_SIZE;
    bool        is_bad     = is_refused || (why->kind == FAIL_BUG && since > worker->group->lease);
    bool        is_last    = must_stop(worker) && since > LAST_WORDS;
    const char *id         = worker->outcomes[part->first].id;

    if (!is_bad && !is_last)
        return false;
    LOG(is_bad ? LOG_INTERNAL : LOG_WORK_UNREACHABLE, LOG_WHY(why), LOG_TEXT("id", id),
        LOG_INT("unreported", (int64_t)part->count));
    return true;
}

/* Until it is reported or given up. What is too big together is reported one by one. */
static void report(struct worker *worker, const struct part *part)
{
    for (;;) {
        struct fail why  = FAIL_OK;
        ms          hint = 0;

        if (!work_finish(worker->work, &worker->outcomes[part->first], part->count,
                         &worker->receipts[part->first], &hint, &why)) {
            worker->failures = 0;
            log_part(worker, part);
            return;
        }
        if (why.kind == FAIL_SIZE && part->count > 1)
            break;
        if (gives_up(worker, part, &why))
            return;
        say_unreachable(worker, hint, &why);
    }
    for (size_t i = 0; i < part->count; i++)
        report(worker, &(struct part){part->first + i, 1, part->begun, part->took});
}

static void work_off(struct worker *worker, const struct doc *leased)
{
    size_t good, count = take_leased(worker, leased, &good);
    ms     begun = when_monotonic(), done;

    if (!count)
        return;
    if (good)
        (void)worker->group->act(worker->group->ctx, worker->errands, good, worker->outcomes,
                                 &worker->runner->stop);
    done = when_monotonic();
    report(worker, &(struct part){0, count, done, done - begun});
    for (size_t i = 0; i < count; i++)
        errand_outcome_release(&worker->outcomes[i]);
}

static void *worker_main(void *ctx)
{
    struct worker         *worker = ctx;
    const struct work_wish wish   = {.deeds      = worker->group->deeds,
                                     .deed_count = worker->group->deed_count,
                                     .most       = worker->group->most,
                                     .wait       = POLL,
                                     .lease      = worker->group->lease};

    while (!must_stop(worker)) {
        OWN_PTR(doc) leased = NULL;
        struct fail why     = FAIL_OK;
        ms          hint    = 0;

        if (!work_lease(worker->work, &wish, &leased, &hint, &why)) {
            worker->failures = 0;
            work_off(worker, leased);
        } else if (!must_stop(worker)) {
            say_unreachable(worker, hint, &why);
        }
    }
    return NULL;
}

static int worker_start(struct worker *worker, struct fail *why)
{
    int error;

    if (work_new(&worker->runner->place, &worker->work, why))
        return -1;
    error = thread_start(&worker->thread, "worker", worker_main, worker);
    if (!error)
        return 0;
    work_free(TAKE(worker->work));
    return fail_set(why, FAIL_MEMORY, "a thread: %s", strerror(error));
}

static void wait_for_signal(void)
{
    sigset_t wanted;
    int      got;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    (void)sigwait(&wanted, &got); /* fails only for a wrong set */
}

static void stop_all(struct runner *runner, struct worker *workers, size_t started)
{
    lock_take(&runner->lock);
    atomic_store(&runner->stop, true);
    bell_ring_all(&runner->bell);
    lock_drop(&runner->lock);
    for (size_t i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
        work_free(workers[i].work);
    }
}

int runner_run(const struct work_place *place, const struct runner_group *groups, size_t count,
               struct fail *why)
{
    struct runner  runner  = {.place = *place};
    struct worker *workers = mem_array(count, sizeof *workers);
    size_t         started = 0;
    int            result  = workers ? 0 : fail_set(why, FAIL_MEMORY, "no memory for the workers");

    lock_init(&runner.lock);
    bell_init(&runner.bell);
    atomic_init(&runner.stop, false);
    runner.place.stop = &runner.stop;
    for (; !result && started < count; started += !result) {
        workers[started].runner = &runner;
        workers[started].group  = &groups[started];
        result                  = worker_start(&workers[started], why);
    }
    if (!result)
        wait_for_signal();
    if (workers)
        stop_all(&runner, workers, started);
    bell_release(&runner.bell);
    lock_release(&runner.lock);
    mem_free(workers);
    return result;
}
