#include "api/desk.h"

#include "api/problem.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/lock.h"
#include "base/mem.h"
#include "store/errands.h"
#include "store/store.h"
#include "store/writer.h"
#include "wire/db.h"
#include "wire/web.h"

enum { MOST_WAITING = 256, ANSWER_CEILING = 16 << 20 };

static const ms LOOK_EVERY = 500;

struct waiter {
    struct waiter       *next;
    struct web_request  *request;
    struct lease_request lease;
    ms                   until; /* monotonic */
};

struct desk {
    struct store  *store;
    struct writer *writer;
    struct db     *db; /* the desk thread's own */
    pthread_t      thread;
    struct lock    lock; /* guards arrived, count, is_stopping, should_look */
    struct bell    bell;
    struct waiter *arrived;
    int            count;
    bool           is_stopping, should_look;
};

static struct waiter *append(struct waiter *waiting, struct waiter *arrived)
{
    struct waiter **end = &waiting;

    while (*end)
        end = &(*end)->next;
    *end = arrived;
    return waiting;
}

static void answer(struct waiter *waiter, struct buf *errands)
{
    struct web_reply reply = WEB_REPLY(200);

    reply.type = "application/json";
    if (errands)
        reply.body = buf_take(errands);
    else
        reply.static_body = STR("{\"errands\":[]}");
    web_reply(waiter->request, &reply);
    mem_free(waiter);
}

/* What one lease needs on the writer's thread. */
struct leasing {
    const struct lease_request *lease;
    struct buf                 *out;
    int                         taken;
};

static int take(void *ctx, struct batch *batch, struct fail *why)
{
    struct leasing *leasing = ctx;

    leasing->taken = outcome_lease(batch, leasing->lease, leasing->out, why);
    return leasing->taken < 0 ? -1 : 0;
}

/* True when it was answered. */
static bool try_lease(struct desk *desk, struct waiter *waiter)
{
    struct buf     out     = BUF_UP_TO(ANSWER_CEILING);
    struct leasing leasing = {&waiter->lease, &out, 0};
    struct fail    why     = FAIL_OK;

    if (writer_run(desk->writer, take, &leasing, &why)) {
        problem_reply(waiter->request, &why);
        mem_free(waiter);
        buf_release(&out);
        return true;
    }
    if (leasing.taken > 0)
        answer(waiter, &out);
    buf_release(&out);
    return leasing.taken > 0;
}

/* Whether any of these deeds is due; *next_due moves to the soonest of those that are not. */
static bool is_due(struct desk *desk, unsigned deeds, ms *next_due)
{
    struct fail why = FAIL_OK;
    ms          due;

    if (!desk->db && store_reader(desk->store, &desk->db, &why))
        return false; /* the store is away: look again later */
    if (outcome_next(desk->db, deeds, &due, &why)) {
        if (db_is_lost(desk->db)) {
            db_free(desk->db);
            desk->db = NULL;
        }
        return false;
    }
    if (due == WHEN_UNKNOWN)
        return false;
    if (due <= when_now())
        return true;
    if (*next_due == WHEN_UNKNOWN || due < *next_due)
        *next_due = due;
    return false;
}

/* It has waited long enough, or it died: a lease to it would keep the errand from others. */
static bool is_over(const struct waiter *waiter)
{
    return waiter->until <= when_monotonic() || web_is_gone(waiter->request);
}

static void count_off(struct desk *desk)
{
    lock_take(&desk->lock);
    desk->count--;
    lock_drop(&desk->lock);
}

/* Goes round all who wait. Gives the list of those who go on waiting. */
static struct waiter *serve_all(struct desk *desk, struct waiter *waiting, ms *next_due)
{
    struct waiter *kept = NULL, **end = &kept;

    while (waiting) {
        struct waiter *waiter = waiting;

        waiting      = waiter->next;
        waiter->next = NULL;
        if (!web_is_gone(waiter->request) && is_due(desk, waiter->lease.deeds, next_due)
            && try_lease(desk, waiter)) {
            count_off(desk);
        } else if (is_over(waiter)) {
            answer(waiter, NULL);
            count_off(desk);
        } else {
            *end = waiter;
            end  = &waiter->next;
        }
    }
    return kept;
}

/* Sleeps until somebody comes, something may be due, or a wait is over. */
static void rest(struct desk *desk, const struct waiter *waiting, ms next_due)
{
    ms now   = when_monotonic();
    ms until = waiting ? now + LOOK_EVERY : WHEN_UNKNOWN;

    lock_held(&desk->lock);
    if (next_due != WHEN_UNKNOWN && next_due - when_now() < LOOK_EVERY)
        until = now + (next_due > when_now() ? next_due - when_now() : 1);
    for (; waiting; waiting = waiting->next)
        if (waiting->until < until)
            until = waiting->until;
    if (!desk->arrived && !desk->is_stopping && !desk->should_look)
        (void)bell_wait(&desk->bell, &desk->lock, until);
    desk->should_look = false;
}

static void *run(void *arg)
{
    struct desk   *desk     = arg;
    struct waiter *waiting  = NULL;
    ms             next_due = WHEN_UNKNOWN;
    bool           is_over  = false;

    while (!is_over) {
        lock_take(&desk->lock);
        rest(desk, waiting, next_due);
        waiting       = append(waiting, desk->arrived);
        desk->arrived = NULL;
        is_over       = desk->is_stopping;
        lock_drop(&desk->lock);
        next_due = WHEN_UNKNOWN;
        if (!is_over)
            waiting = serve_all(desk, waiting, &next_due);
    }
    while (waiting) {
        struct waiter *next = waiting->next;

        answer(waiting, NULL);
        waiting = next;
    }
    return NULL;
}

int desk_new(struct store *store, struct writer *writer, struct desk **out, struct fail *why)
{
    struct desk *desk = mem_new(sizeof *desk);

    if (!desk)
        return fail_set(why, FAIL_MEMORY, "no memory for the desk");
    desk->store  = store;
    desk->writer = writer;
    lock_init(&desk->lock);
    bell_init(&desk->bell);
    if (thread_start(&desk->thread, "desk", run, desk)) {
        mem_free(desk);
        return fail_set(why, FAIL_MEMORY, "no thread for the desk");
    }
    *out = desk;
    return 0;
}

void desk_stop(struct desk *desk)
{
    bool was_stopping;

    lock_take(&desk->lock);
    was_stopping      = desk->is_stopping;
    desk->is_stopping = true;
    bell_ring_all(&desk->bell);
    lock_drop(&desk->lock);
    if (!was_stopping)
        pthread_join(desk->thread, NULL);
}

void desk_free(struct desk *desk)
{
    if (!desk)
        return;
    desk_stop(desk);
    db_free(desk->db);
    bell_release(&desk->bell);
    lock_release(&desk->lock);
    mem_free(desk);
}

int desk_wait(struct desk *desk, struct web_request *request, const struct lease_request *lease,
              ms wait_ms, struct fail *why)
{
    struct waiter *waiter = mem_new(sizeof *waiter);
    bool           is_full;

    if (!waiter)
        return fail_set(why, FAIL_MEMORY, "no memory for a lease");
    waiter->request = request;
    waiter->lease   = *lease;
    waiter->until   = when_monotonic() + wait_ms;
    lock_take(&desk->lock);
    is_full = desk->count >= MOST_WAITING || desk->is_stopping;
    if (!is_full) {
        desk->arrived = append(desk->arrived, waiter);
        desk->count++;
        bell_ring(&desk->bell);
    }
    lock_drop(&desk->lock);
    if (!is_full)
        return 0;
    mem_free(waiter);
    return fail_set(why, FAIL_LIMIT, "%d collectors wait already, or the service is stopping",
                    MOST_WAITING);
}

void desk_look(struct desk *desk)
{
    lock_take(&desk->lock);
    desk->should_look = true;
    bell_ring(&desk->bell);
    lock_drop(&desk->lock);
}

struct forgetting {
    struct str worker;
    int64_t    freed;
};

static int let_go(void *ctx, struct batch *batch, struct fail *why)
{
    struct forgetting *forgetting = ctx;

    return errands_let_go(batch, forgetting->worker, &forgetting->freed, why);
}

int desk_forget(struct desk *desk, struct str worker, int64_t *freed, struct fail *why)
{
    struct forgetting forgetting = {worker, 0};

    if (writer_run(desk->writer, let_go, &forgetting, why))
        return -1;
    *freed = forgetting.freed;
    if (forgetting.freed)
        desk_look(desk);
    return 0;
}
