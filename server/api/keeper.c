#include "api/keeper.h"

#include "api/app.h"
#include "api/guard.h"
#include "api/stream.h"
#include "base/fail.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/mem.h"
#include "query/readers.h"
#include "store/store.h"
#include "store/words.h"
#include "wire/db.h"

static const ms STREAM_EVERY = 250, KEYS_EVERY = 2 * (ms)MS_SECOND, USED_EVERY = MS_MINUTE;
static const ms LOOK_WITHIN = 10 * (ms)MS_SECOND;

struct keeper {
    struct app   *app;
    pthread_t     thread;
    struct reader reader; /* the thread's own */
    ms            keys_due, used_due;
    bool          is_failing; /* logged once, until it works again */

    struct lock lock; /* guards the flags */
    struct bell bell; /* a flag changed */
    bool        is_woken, is_stopping, ends_streams, has_ended_streams;
};

static void note(struct keeper *keeper, int result, const struct fail *why)
{
    if (result == 0) {
        keeper->is_failing = false;
        return;
    }
    if (!keeper->is_failing)
        LOG(LOG_STORE_NOTE, LOG_TEXT("doing", "keeping the API in step"), LOG_WHY(why));
    keeper->is_failing = true;
}

static void look(struct keeper *keeper)
{
    struct app *app = keeper->app;
    struct fail why = FAIL_OK;
    ms          now = when_monotonic();

    reader_mend(&keeper->reader, app->store);
    if (!keeper->reader.db) {
        note(keeper, -1, keeper->reader.why);
        return;
    }
    words_trim(keeper->reader.words);
    db_deadline(keeper->reader.db, now + LOOK_WITHIN);
    if (now >= keeper->keys_due) {
        note(keeper, keys_reload(app->keys, keeper->reader.db, &why), &why);
        keeper->keys_due = now + KEYS_EVERY;
    }
    if (now >= keeper->used_due) {
        note(keeper, keys_flush_used(app->keys, app->writer, &why), &why);
        keeper->used_due = now + USED_EVERY;
    }
    if (stream_look(app->stream, app->writer, &keeper->reader, &why))
        note(keeper, -1, &why);
}

/* What is asked of it now; waits when nothing is. False: it is over. */
static bool wait_for_something(struct keeper *keeper, bool *ends_streams)
{
    ms   until = when_monotonic() + (stream_count(keeper->app->stream) ? STREAM_EVERY : KEYS_EVERY);
    bool goes_on;

    lock_take(&keeper->lock);
    while (!keeper->is_stopping && !keeper->is_woken && !keeper->ends_streams)
        if (bell_wait(&keeper->bell, &keeper->lock, until))
            break;
    keeper->is_woken = false;
    *ends_streams    = keeper->ends_streams || keeper->is_stopping;
    goes_on          = !keeper->is_stopping;
    lock_drop(&keeper->lock);
    return goes_on;
}

static void end_streams(struct keeper *keeper)
{
    stream_end_all(keeper->app->stream);
    lock_take(&keeper->lock);
    keeper->ends_streams      = false;
    keeper->has_ended_streams = true;
    bell_ring_all(&keeper->bell);
    lock_drop(&keeper->lock);
}

static void *run(void *ctx)
{
    struct keeper *keeper = ctx;
    bool           ends_streams, goes_on;

    do {
        goes_on = wait_for_something(keeper, &ends_streams);
        if (ends_streams)
            end_streams(keeper);
        else if (goes_on)
            look(keeper);
    } while (goes_on);
    return NULL;
}

int keeper_start(struct app *app, struct keeper **out, struct fail *why)
{
    struct keeper *keeper = mem_new(sizeof *keeper);
    ms             now    = when_monotonic();

    if (!keeper)
        return fail_set(why, FAIL_MEMORY, "no memory for the keeper");
    *keeper =
        (struct keeper){.app = app, .keys_due = now + KEYS_EVERY, .used_due = now + USED_EVERY};
    if (reader_open(&keeper->reader, app->store, why)) {
        mem_free(keeper);
        return -1;
    }
    lock_init(&keeper->lock);
    bell_init(&keeper->bell);
    if (thread_start(&keeper->thread, "keeper", run, keeper)) {
        bell_release(&keeper->bell);
        lock_release(&keeper->lock);
        reader_release(&keeper->reader);
        mem_free(keeper);
        return fail_set(why, FAIL_BUSY, "cannot start the keeper's thread");
    }
    *out = keeper;
    return 0;
}

void keeper_free(struct keeper *keeper)
{
    if (!keeper)
        return;
    lock_take(&keeper->lock);
    keeper->is_stopping = true;
    bell_ring_all(&keeper->bell);
    lock_drop(&keeper->lock);
    (void)pthread_join(keeper->thread, NULL); /* ours, and joined once */
    reader_release(&keeper->reader);
    bell_release(&keeper->bell);
    lock_release(&keeper->lock);
    mem_free(keeper);
}

void keeper_wake(struct keeper *keeper)
{
    lock_take(&keeper->lock);
    keeper->is_woken = true;
    bell_ring_all(&keeper->bell);
    lock_drop(&keeper->lock);
}

void keeper_end_streams(struct keeper *keeper)
{
    lock_take(&keeper->lock);
    keeper->ends_streams      = true;
    keeper->has_ended_streams = false;
    bell_ring_all(&keeper->bell);
    while (!keeper->has_ended_streams)
        (void)bell_wait(&keeper->bell, &keeper->lock, WHEN_UNKNOWN); /* the loop looks again */
    lock_drop(&keeper->lock);
}
