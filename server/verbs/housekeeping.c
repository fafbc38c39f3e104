#include "verbs/housekeeping.h"

#include "base/fail.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "config.h"
#include "store/batch.h"
#include "store/inferences/expiry.h"
#include "store/retention.h"
#include "store/store.h"
#include "store/writer.h"
#include "wire/db.h"

enum {
    ROWS_A_STEP         = 500,
    STEPS_A_TICK        = 20,
    TRANSACTIONS_A_STEP = 5000,
    SHORT_OF            = 10 /* times fewer at a time on a full disk: the log is short, too */
};

/* Transactions may come by the thousand in a second, so they must go as fast. */
static const ms EXPIRING_A_TICK = 2 * MS_SECOND;

/* The other half of a transaction comes within seconds, or never. */
static const ms HALVES_WAIT = MS_HOUR;

/* Error budgets look at the minutes of six hours, from a whole hour on. */
static const ms MINUTES_LEAST = 8 * MS_HOUR;

static const ms TICK_EVERY = MS_MINUTE, HURRY = 2 * MS_SECOND, BELIEVABLE_JUMP = MS_HOUR,
                PAUSE_AFTER_JUMP = MS_DAY;

struct housekeeping {
    const struct config *config;
    struct store        *store;
    struct writer       *writer;
    ms                   next_tick;       /* monotonic */
    ms                   wall, monotonic; /* at the last look */
    ms                   paused_until;    /* monotonic */
    bool                 is_short;        /* the disk is full */
    int64_t              swept_bytes;     /* how big it was when the oldest hour was last removed */
};

int housekeeping_new(const struct config *config, struct store *store, struct writer *writer,
                     struct housekeeping **out, struct fail *why)
{
    struct housekeeping *keeping = mem_new(sizeof *keeping);

    if (!keeping)
        return fail_set(why, FAIL_MEMORY, "no memory for housekeeping");
    keeping->config    = config;
    keeping->store     = store;
    keeping->writer    = writer;
    keeping->wall      = when_now();
    keeping->monotonic = when_monotonic();
    keeping->next_tick = keeping->monotonic + TICK_EVERY;
    *out               = keeping;
    return 0;
}

void housekeeping_free(struct housekeeping *keeping)
{
    mem_free(keeping);
}

/* False while the clock is not believed. */
static bool clock_is_believed(struct housekeeping *keeping)
{
    ms wall = when_now(), monotonic = when_monotonic();
    ms jump = (wall - keeping->wall) - (monotonic - keeping->monotonic);

    keeping->wall      = wall;
    keeping->monotonic = monotonic;
    if (jump > BELIEVABLE_JUMP) {
        keeping->paused_until = monotonic + PAUSE_AFTER_JUMP;
        LOG(LOG_RETENTION_PAUSED, LOG_INT("jump_ms", jump));
    }
    return monotonic >= keeping->paused_until;
}

static int step(void *ctx, struct batch *batch, struct fail *why)
{
    return retention_step(batch, ctx, why);
}

static int at_a_time(const struct housekeeping *keeping, int usual)
{
    return keeping->is_short ? usual / SHORT_OF : usual;
}

/* Removes what is older than `before`, in small transactions between which posts are taken. */
static void sweep(struct housekeeping *keeping, ms before, const char *reason)
{
    struct retention_sweep total = {0};

    for (int i = 0; i < STEPS_A_TICK; i++) {
        struct retention_sweep sweep = {.before = before, .most = at_a_time(keeping, ROWS_A_STEP)};
        struct fail            why   = FAIL_OK;

        if (writer_make_room(keeping->writer, step, &sweep, &why)) {
            LOG(LOG_STORE_FAILED, LOG_TEXT("doing", "retention"), LOG_WHY(&why));
            break;
        }
        total.events += sweep.events;
        total.resources += sweep.resources;
        total.posts += sweep.posts;
        if (sweep.events + sweep.resources + sweep.posts == 0)
            break;
    }
    if (total.events + total.resources + total.posts)
        LOG(LOG_RETENTION, LOG_TEXT("by", reason), LOG_INT("events", total.events),
            LOG_INT("resources", total.resources), LOG_INT("posts", total.posts));
}

struct size_look {
    int64_t bytes;
    ms      oldest;
};

static int look(void *ctx, struct batch *batch, struct fail *why)
{
    struct size_look *found       = ctx;
    ms                transaction = WHEN_UNKNOWN;

    if (db_size(batch->db, &found->bytes, why) || retention_oldest(batch, &found->oldest, why)
        || expiry_oldest(batch, &transaction, why))
        return -1;
    if (found->oldest == WHEN_UNKNOWN
        || (transaction != WHEN_UNKNOWN && transaction < found->oldest))
        found->oldest = transaction;
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

    while (when_monotonic() < until) {
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

/* Too big: the oldest hour goes. The next look, a minute later, decides about the next hour, unless
 * the size is the very same: then removed rows do not show (PostgreSQL), and it must grow first. */
static void sweep_by_size(struct housekeeping *keeping)
{
    struct size_look found = {0, WHEN_UNKNOWN};
    struct fail      why   = FAIL_OK;

    if (writer_make_room(keeping->writer, look, &found, &why)) {
        LOG(LOG_STORE_FAILED, LOG_TEXT("doing", "retention"), LOG_WHY(&why));
        return;
    }
    if (found.bytes <= keeping->config->retention_bytes || found.bytes == keeping->swept_bytes
        || found.oldest == WHEN_UNKNOWN)
        return;
    keeping->swept_bytes = found.bytes;
    sweep(keeping, found.oldest + MS_HOUR, "size");
    sweep_inferences(keeping,
                     &(struct expiry){.raw_before     = found.oldest + MS_HOUR,
                                      .minutes_before = found.oldest + MS_HOUR,
                                      .hours_before   = WHEN_UNKNOWN,
                                      .halves_before  = WHEN_UNKNOWN},
                     "size");
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
    if (!clock_is_believed(keeping))
        return;
    if (config->retention_age > 0)
        sweep(keeping, when_now() - config->retention_age, "age");
    sweep_inferences_by_age(keeping);
    if (config->retention_bytes > 0)
        sweep_by_size(keeping);
}
