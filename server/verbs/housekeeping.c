#include "verbs/housekeeping.h"

#include "base/fail.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "config.h"
#include "store/batch.h"
#include "store/errands.h"
#include "store/inferences/expiry.h"
#include "store/retention.h"
#include "store/store.h"
#include "store/writer.h"
#include "wire/db.h"

#include <stdatomic.h>

enum {
    ROWS_A_STEP         = 500,
    TRANSACTIONS_A_STEP = 5000,
    SHORT_OF            = 10 /* times fewer at a time on a full disk: the log is short, too */
};

/* Transactions may come by the thousand in a second, so they must go as fast. */
static const ms EXPIRING_A_TICK = 2 * MS_SECOND;

/* So long at a time: inferences, and what is too big, want their turn. */
static const ms SWEEPING_A_TICK = MS_SECOND / 2;

/* The other half of a transaction comes within seconds, or never. */
static const ms HALVES_WAIT = MS_HOUR;

/* Error budgets look at the minutes of six hours, from a whole hour on. */
static const ms MINUTES_LEAST = 8 * MS_HOUR;

/* No errand is put off for so long: a lease has 15 minutes, a failed try 6 hours, and a job that
 * ended waits enrich.settle. */
static const ms LONGEST_WAIT = 12 * MS_HOUR;

static const ms LOOK_EVERY = MS_SECOND;

static const ms TICK_EVERY = MS_MINUTE, HURRY = 2 * MS_SECOND, BELIEVABLE_JUMP = MS_HOUR,
                PAUSE_AFTER_JUMP = MS_DAY;

/* Nothing has come for so long, at a start: rather the host has a wrong date. */
static const ms BELIEVABLE_SILENCE = 30 * (ms)MS_DAY;

struct housekeeping {
    struct lock          lock; /* guards the changes of is_stopping */
    struct bell          bell; /* rung to stop */
    atomic_bool          is_stopping;
    bool                 has_thread;
    pthread_t            thread;
    const struct config *config;
    struct store        *store;
    struct writer       *writer;
    ms                   next_tick;       /* monotonic */
    ms                   wall, monotonic; /* at the last look */
    ms                   paused_until;    /* monotonic */
    bool                 is_short;        /* the disk is full */
    bool                 is_behind;       /* there is more to remove than there was time for */
    int64_t              swept_bytes;     /* how big it was when the oldest hour was last chosen */
    ms                   size_before; /* what is older goes by size; WHEN_UNKNOWN: nothing does */
    /* Where each walk goes on at the next tick. */
    struct retention_place by_age, by_size;
};

static void disbelieve(struct housekeeping *keeping, ms jump)
{
    keeping->paused_until = when_monotonic() + PAUSE_AFTER_JUMP;
    LOG(LOG_RETENTION_PAUSED, LOG_INT("jump_ms", jump));
}

/* Before the start there is no clock to compare with but the time when something came last. */
static void doubt_at_start(struct housekeeping *keeping)
{
    OWN_PTR(db) db      = NULL;
    struct fail ignored = FAIL_OK; /* a store that cannot tell this tells everybody else why */
    ms          newest  = keeping->wall;

    if (store_reader(keeping->store, &db, &ignored) || retention_newest(db, &newest, &ignored))
        return;
    if (keeping->wall - newest > BELIEVABLE_SILENCE)
        disbelieve(keeping, keeping->wall - newest);
}

int housekeeping_new(const struct config *config, struct store *store, struct writer *writer,
                     struct housekeeping **out, struct fail *why)
{
    struct housekeeping *keeping = mem_new(sizeof *keeping);

    if (!keeping)
        return fail_set(why, FAIL_MEMORY, "no memory for housekeeping");
    lock_init(&keeping->lock);
    bell_init(&keeping->bell);
    keeping->config      = config;
    keeping->store       = store;
    keeping->writer      = writer;
    keeping->wall        = when_now();
    keeping->monotonic   = when_monotonic();
    keeping->next_tick   = keeping->monotonic + TICK_EVERY;
    keeping->size_before = WHEN_UNKNOWN;
    doubt_at_start(keeping);
    *out = keeping;
    return 0;
}

void housekeeping_free(struct housekeeping *keeping)
{
    if (!keeping)
        return;
    housekeeping_stop(keeping);
    if (keeping->has_thread)
        pthread_join(keeping->thread, NULL);
    bell_release(&keeping->bell);
    lock_release(&keeping->lock);
    mem_free(keeping);
}

/* False while the clock is not believed. */
static bool clock_is_believed(struct housekeeping *keeping)
{
    ms wall = when_now(), monotonic = when_monotonic();
    ms jump = (wall - keeping->wall) - (monotonic - keeping->monotonic);

    keeping->wall      = wall;
    keeping->monotonic = monotonic;
    if (jump > BELIEVABLE_JUMP)
        disbelieve(keeping, jump);
    return monotonic >= keeping->paused_until;
}

static bool has_time(struct housekeeping *keeping, ms until)
{
    return when_monotonic() < until && !atomic_load(&keeping->is_stopping);
}

static int step(void *ctx, struct batch *batch, struct fail *why)
{
    return retention_step(batch, ctx, why);
}

static int at_a_time(const struct housekeeping *keeping, int usual)
{
    return keeping->is_short ? usual / SHORT_OF : usual;
}

/* Removes what is older than `before`, in small transactions between which posts are taken, from
 * `place` on. True: there is no more of it. */
static bool sweep(struct housekeeping *keeping, struct retention_place *place, ms before,
                  const char *reason)
{
    int64_t                events = 0, resources = 0, posts = 0;
    ms                     until = when_monotonic() + SWEEPING_A_TICK;
    struct retention_sweep sweep = {
        .before = before, .most = at_a_time(keeping, ROWS_A_STEP), .place = *place};

    do {
        struct fail why = FAIL_OK;

        if (writer_make_room(keeping->writer, step, &sweep, &why)) {
            LOG(LOG_STORE_FAILED, LOG_TEXT("doing", "retention"), LOG_WHY(&why));
            return false;
        }
        sweep.place = *place = sweep.reached;
        events += sweep.events;
        resources += sweep.resources;
        posts += sweep.posts;
    } while (!sweep.is_through && has_time(keeping, until));
    if (events + resources + posts)
        LOG(LOG_RETENTION, LOG_TEXT("by", reason), LOG_INT("events", events),
            LOG_INT("resources", resources), LOG_INT("posts", posts));
    keeping->is_behind |= !sweep.is_through;
    return sweep.is_through;
}

static void sweep_by_age(struct housekeeping *keeping)
{
    if (keeping->config->retention_age > 0
        && sweep(keeping, &keeping->by_age, when_now() - keeping->config->retention_age, "age"))
        keeping->by_age = (struct retention_place){0};
}

struct size_look {
    int64_t bytes;
    ms      transaction; /* the oldest */
};

static int look(void *ctx, struct batch *batch, struct fail *why)
{
    struct size_look *found = ctx;

    return db_size(batch->db, &found->bytes, why) || expiry_oldest(batch, &found->transaction, why)
               ? -1
               : 0;
}

static int look_on(void *ctx, struct batch *batch, struct fail *why)
{
    return retention_oldest(batch, ctx, why);
}

/* The oldest event that may go; *out is left alone when none was found in the time there is. Behind
 * those that must stay the next tick goes on. */
static int find_oldest(struct housekeeping *keeping, ms *out, struct fail *why)
{
    ms                    until = when_monotonic() + SWEEPING_A_TICK;
    struct retention_look look  = {.most  = at_a_time(keeping, ROWS_A_STEP),
                                   .place = keeping->by_size};

    do {
        if (writer_make_room(keeping->writer, look_on, &look, why))
            return -1;
        look.place = look.reached;
    } while (look.oldest == WHEN_UNKNOWN && !look.is_through && has_time(keeping, until));
    keeping->by_size = look.place;
    if (look.oldest != WHEN_UNKNOWN)
        *out = look.oldest;
    else if (look.is_through) /* what had to stay may have become free */
        keeping->by_size = (struct retention_place){0};
    else
        keeping->is_behind = true;
    return 0;
}

static int expire(void *ctx, struct batch *batch, struct fail *why)
{
    return expiry_step(batch, ctx, why);
}

/* What is older than this, at the given age; age 0 is for ever. */
static ms before(ms age)
{
    return age > 0 ? when_now() - age : WHEN_UNKNOWN;
}

/* The longer of two ages. */
static ms longer(ms a, ms b)
{
    return a == 0 || b == 0 ? 0 : a > b ? a : b;
}

/* The same for inference transactions and all that belongs to them. */
static void sweep_inferences(struct housekeeping *keeping, const struct expiry *ages,
                             const char *reason)
{
    int64_t transactions = 0, sums = 0, parts = 0;
    ms      until = when_monotonic() + EXPIRING_A_TICK;

    while (has_time(keeping, until)) {
        struct expiry expiry = *ages;
        struct fail   why    = FAIL_OK;

        expiry.most = at_a_time(keeping, TRANSACTIONS_A_STEP);

        if (writer_make_room(keeping->writer, expire, &expiry, &why)) {
            LOG(LOG_STORE_FAILED, LOG_TEXT("doing", "retention"), LOG_WHY(&why));
            break;
        }
        transactions += expiry.transactions;
        sums += expiry.sums;
        parts += expiry.parts;
        if (expiry.transactions + expiry.sums + expiry.parts == 0)
            break;
    }
    if (transactions + sums + parts)
        LOG(LOG_RETENTION, LOG_TEXT("by", reason), LOG_INT("transactions", transactions),
            LOG_INT("sums", sums), LOG_INT("parts", parts));
}

static void sweep_inferences_by_age(struct housekeeping *keeping)
{
    const struct config *config = keeping->config;
    const struct expiry  ages   = {
           .raw_before     = before(config->inferences_age),
           .minutes_before = before(longer(config->inferences_minutes, MINUTES_LEAST)),
           .hours_before   = before(longer(config->retention_age, config->inferences_age)),
           .halves_before  = before(HALVES_WAIT)};

    sweep_inferences(keeping, &ages, "age");
}

/* Too big: the oldest hour goes. When it has gone, a later look decides about the next hour, unless
 * the size is the very same: then removed rows do not show (PostgreSQL), and it must grow first. */
static int choose_hour(struct housekeeping *keeping, struct fail *why)
{
    struct size_look found  = {0, WHEN_UNKNOWN};
    ms               oldest = WHEN_UNKNOWN;

    if (writer_make_room(keeping->writer, look, &found, why))
        return -1;
    if (found.bytes <= keeping->config->retention_bytes || found.bytes == keeping->swept_bytes)
        return 0;
    if (find_oldest(keeping, &oldest, why))
        return -1;
    if (oldest == WHEN_UNKNOWN || (found.transaction != WHEN_UNKNOWN && found.transaction < oldest))
        oldest = found.transaction;
    if (oldest == WHEN_UNKNOWN)
        return 0;
    keeping->swept_bytes = found.bytes;
    keeping->size_before = oldest + MS_HOUR;
    return 0;
}

static void sweep_by_size(struct housekeeping *keeping)
{
    struct fail why = FAIL_OK;
    ms          before;

    if (keeping->size_before == WHEN_UNKNOWN && choose_hour(keeping, &why))
        LOG(LOG_STORE_FAILED, LOG_TEXT("doing", "retention"), LOG_WHY(&why));
    before = keeping->size_before;
    if (before == WHEN_UNKNOWN)
        return;
    if (sweep(keeping, &keeping->by_size, before, "size")) {
        keeping->by_size.account = 0; /* the next time from the first again */
        keeping->size_before     = WHEN_UNKNOWN;
    }
    sweep_inferences(keeping,
                     &(struct expiry){.raw_before     = before,
                                      .minutes_before = before,
                                      .hours_before   = WHEN_UNKNOWN,
                                      .halves_before  = WHEN_UNKNOWN},
                     "size");
}

struct recall {
    ms      ahead;
    int64_t recalled;
};

static int recall(void *ctx, struct batch *batch, struct fail *why)
{
    struct recall *recall = ctx;

    return errands_recall(batch, batch->now + recall->ahead, &recall->recalled, why);
}

/* What was put off while the clock ran ahead would else wait until it is there again. */
static int recall_errands(struct housekeeping *keeping)
{
    struct recall found = {.ahead = LONGEST_WAIT + keeping->config->enrich_settle};
    struct fail   why   = FAIL_OK;

    if (writer_run(keeping->writer, recall, &found, &why)) {
        LOG(LOG_STORE_FAILED, LOG_TEXT("doing", "errands"), LOG_WHY(&why));
        return -1;
    }
    if (found.recalled)
        LOG(LOG_ERRANDS_RECALLED, LOG_INT("errands", found.recalled));
    return 0;
}

void housekeeping_tick(struct housekeeping *keeping)
{
    const struct config  *config = keeping->config;
    struct writer_figures figures;
    bool                  was_short = keeping->is_short;

    writer_figures(keeping->writer, &figures);
    keeping->is_short = figures.is_short;
    if (when_monotonic() < keeping->next_tick && (was_short || !keeping->is_short))
        return;
    keeping->next_tick = when_monotonic() + (keeping->is_short ? HURRY : TICK_EVERY);
    if (!keeping->is_short && recall_errands(keeping))
        return; /* a store that hangs keeps us waiting each time it is asked */
    if (!clock_is_believed(keeping))
        return;
    keeping->is_behind = false;
    sweep_by_age(keeping);
    sweep_inferences_by_age(keeping);
    if (config->retention_bytes > 0)
        sweep_by_size(keeping);
    if (keeping->is_behind)
        keeping->next_tick = when_monotonic() + HURRY;
}

/* ---- its thread ---- */

static void *run(void *arg)
{
    struct housekeeping *keeping = arg;

    while (!atomic_load(&keeping->is_stopping)) {
        housekeeping_tick(keeping);
        lock_take(&keeping->lock);
        if (!atomic_load(&keeping->is_stopping))
            (void)bell_wait(&keeping->bell, &keeping->lock, when_monotonic() + LOOK_EVERY);
        lock_drop(&keeping->lock);
    }
    return NULL;
}

int housekeeping_start(struct housekeeping *keeping, struct fail *why)
{
    if (thread_start(&keeping->thread, "housekeeping", run, keeping))
        return fail_set(why, FAIL_MEMORY, "no thread for housekeeping");
    keeping->has_thread = true;
    return 0;
}

void housekeeping_stop(struct housekeeping *keeping)
{
    lock_take(&keeping->lock);
    atomic_store(&keeping->is_stopping, true);
    bell_ring(&keeping->bell);
    lock_drop(&keeping->lock);
}
