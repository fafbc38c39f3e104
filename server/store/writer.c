/* How a group forms: there is no lingering. While one commit is on its way to the disk, posts
 * gather; the next transaction takes them all. A lone post is committed at once. */
#include "store/writer.h"

#include "base/fault.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/retry.h"
#include "store/batch.h"
#include "store/inferences/ledger.h"
#include "store/room.h"
#include "store/rows.h"
#include "store/store.h"
#include "store/sums.h"
#include "store/words.h"
#include "wire/db.h"

#include <stdatomic.h>

enum {
    MOST_WAITING     = 16384,
    MOST_WAITING_MIB = 24, /* bytes of posts held while the disk is slow */
    MOST_IN_GROUP    = 1024,
    CHECKPOINT_PAGES = 8000, /* 32 MiB of log: pages that change often are copied once */
    TRIES            = 5     /* of a transaction that met a sister service's */
};

static const ms LOOK_EVERY  = MS_SECOND;     /* whether a full disk has room again */
static const ms HANGS_AFTER = 3 * MS_SECOND; /* past what a post waits for */

struct writer {
    struct store         *store;
    struct store_policy   policy;
    pthread_t             thread;
    struct lock           lock; /* guards the queue, is_stopping, figures, busy_since */
    struct bell           bell; /* rung when work comes and when it is time to stop */
    struct work          *first, **last;
    bool                  is_stopping;
    struct writer_figures figures;
    ms                    busy_since; /* with one group; WHEN_UNKNOWN: it waits for work */
    _Atomic uint64_t      commits;
    /* The writer thread's own. */
    struct words  *words;
    struct sums   *sums;
    struct ledger *ledger;
    struct room   *room;
    struct rows   *rows;     /* NULL on PostgreSQL, where sister services write, too */
    struct fail    shortage; /* of room; FAIL_NONE: there is enough */
    struct work
        *culprit;  /* whose apply failed in the last transaction; NULL: the store itself did */
    bool is_alone; /* one work has the transaction: it wants to know which part of it failed */
};

/* ---- the queue ---- */

bool writer_submit(struct writer *writer, struct work *work)
{
    bool is_welcome;

    lock_take(&writer->lock);
    is_welcome = !writer->is_stopping && writer->figures.waiting < MOST_WAITING
                 && writer->figures.waiting_bytes + work->weight_bytes <= (size_t)MOST_WAITING_MIB
                                                                              << 20;
    if (is_welcome) {
        work->next    = NULL;
        *writer->last = work;
        writer->last  = &work->next;
        writer->figures.waiting++;
        writer->figures.waiting_bytes += work->weight_bytes;
        bell_ring(&writer->bell);
    } else {
        writer->figures.refused++;
    }
    lock_drop(&writer->lock);
    return is_welcome;
}

/* Waits until there is work or it is time to stop; when room is short, for LOOK_EVERY at most. */
static void wait_for_work(struct writer *writer)
{
    ms until = room_is_short(writer->room) ? when_monotonic() + LOOK_EVERY : WHEN_UNKNOWN;

    lock_held(&writer->lock);
    while (!writer->first && !writer->is_stopping)
        if (bell_wait(&writer->bell, &writer->lock, until))
            return;
}

/* Takes a group off the queue, NULL when none came. False: time to stop, and nothing waits. */
static bool take_group(struct writer *writer, struct work **group)
{
    size_t        most = room_group_bytes(writer->room), bytes = 0;
    struct work **end;
    bool          is_over;

    lock_take(&writer->lock);
    writer->busy_since = WHEN_UNKNOWN;
    wait_for_work(writer);
    writer->busy_since = when_monotonic();
    is_over            = !writer->first && writer->is_stopping;
    *group             = writer->first;
    end                = group;
    for (int n = 0; *end && n < MOST_IN_GROUP && bytes < most; end = &(*end)->next, n++) {
        writer->figures.waiting--;
        writer->figures.waiting_bytes -= (*end)->weight_bytes;
        bytes += (*end)->weight_bytes;
    }
    writer->first = *end;
    if (!writer->first)
        writer->last = &writer->first;
    *end = NULL;
    lock_drop(&writer->lock);
    return !is_over;
}

/* ---- one transaction ---- */

static void note_failure(struct writer *writer, const struct fail *why)
{
    lock_take(&writer->lock);
    writer->figures.rollbacks++;
    if (why && fail_meaning(why->kind)->is_temporary) {
        writer->figures.is_failing = true;
        memcpy(writer->figures.failure, why->text, sizeof writer->figures.failure - 1);
    }
    lock_drop(&writer->lock);
}

static void note_commit(struct writer *writer, size_t works, ms began)
{
    lock_take(&writer->lock);
    writer->figures.commits++;
    writer->figures.works += works;
    writer->figures.commit_us_sum += (uint64_t)(when_monotonic() - began) * 1000;
    writer->figures.is_failing = room_is_short(writer->room);
    lock_drop(&writer->lock);
    atomic_fetch_add(&writer->commits, 1);
}

/* Remembers why room is short, or that it is no more. Returns `result`. */
static int note_room(struct writer *writer, int result, const struct fail *why)
{
    bool was_short = writer->shortage.kind != FAIL_NONE;

    if (!result && !was_short)
        return 0;
    writer->shortage = result ? *why : FAIL_OK;
    lock_take(&writer->lock);
    writer->figures.is_short   = result != 0;
    writer->figures.is_failing = result != 0;
    memcpy(writer->figures.failure, writer->shortage.text, sizeof writer->figures.failure - 1);
    lock_drop(&writer->lock);
    return result;
}

static int apply_all(struct writer *writer, struct work *group, struct batch *batch,
                     struct fail *why)
{
    for (struct work *work = group; work; work = work->next) {
        writer->culprit = work;
        if (work->apply(work, batch, why))
            return -1;
        if (FAULT("writer/between_works"))
            return fail_set(why, FAIL_BUSY, "fault between works");
    }
    writer->culprit = NULL;
    return ledger_flush(batch->ledger, batch->db, why) || sums_flush(batch->sums, batch->db, why)
               ? -1
               : 0;
}

/* Everything from BEGIN to COMMIT. After -1 nothing of it has happened. */
static int transact(struct writer *writer, struct work *group, struct fail *why)
{
    struct db   *db    = store_writer_db(writer->store);
    struct batch batch = {.db     = db,
                          .words  = writer->words,
                          .sums   = writer->sums,
                          .ledger = writer->ledger,
                          .rows   = writer->rows,
                          .policy = &writer->policy,
                          .now    = when_now()};
    OWN(tx) tx         = TX_NONE;

    writer->culprit = NULL;
    words_trim(writer->words);
    db_stepwise(db, writer->is_alone);
    if (FAULT("writer/before_begin"))
        return fail_set(why, FAIL_BUSY, "fault before the transaction");
    if (store_check_place(writer->store, why) || tx_begin(&tx, db, why)
        || apply_all(writer, group, &batch, why))
        return -1;
    if (FAULT("writer/before_commit"))
        return fail_set(why, FAIL_BUSY, "fault before the commit");
    return tx_commit(&tx, why);
}

static size_t count(const struct work *group)
{
    size_t n = 0;

    for (; group; group = group->next)
        n++;
    return n;
}

/* What the works of a rolled back transaction left in memory. */
static void forget(struct writer *writer)
{
    words_forget(writer->words);
    sums_clear(writer->sums);
    ledger_clear(writer->ledger);
    if (writer->rows)
        rows_clear(writer->rows);
}

/* While room is short, nobody else may use up what little there is. */
static int check_room(const struct writer *writer, const struct work *group, struct fail *why)
{
    if (!room_is_short(writer->room))
        return 0;
    for (; group; group = group->next)
        if (!group->makes_room) {
            *why = writer->shortage;
            return -1;
        }
    return 0;
}

/* After a transaction that failed: brings the store into a state in which it may be tried again. */
static int mend(struct writer *writer, struct fail *why)
{
    struct fail reason = FAIL_OK;

    if (room_was_full(writer->room)
        && note_room(writer, room_spend(writer->room, &reason), &reason)) {
        *why = reason;
        return -1;
    }
    if (db_is_lost(store_writer_db(writer->store)) && store_reopen(writer->store, &reason))
        return fail_in(why, "%s; opening again", reason.text);
    return 0;
}

/* Tries a transaction, again when a sister service was in the way or the connection broke. */
static int commit(struct writer *writer, struct work *group, struct fail *why)
{
    static const struct retry_policy pause = {2, 100};
    ms                               began = when_monotonic();

    writer->culprit = NULL;
    for (int attempt = 0;; attempt++) {
        if (check_room(writer, group, why))
            return -1;
        if (transact(writer, group, why) == 0) {
            note_commit(writer, count(group), began);
            return 0;
        }
        forget(writer);
        if (mend(writer, why) || why->kind != FAIL_BUSY || attempt + 1 >= TRIES)
            return -1;
        lock_take(&writer->lock);
        (void)bell_wait(&writer->bell, &writer->lock,
                        when_monotonic() + retry_wait(&pause, attempt, 0));
        lock_drop(&writer->lock);
    }
}

/* ---- a group ---- */

static void finish_all(struct work *group, int result, const struct fail *why)
{
    while (group) {
        struct work *next = group->next;

        group->done(group, result, why); /* it may free itself */
        group = next;
    }
}

static bool concedes(struct work *work, const struct fail *why)
{
    return !fail_meaning(why->kind)->is_temporary && work->concede && work->concede(work, why);
}

/* In a transaction of its own, without what can never be stored of it. */
static void commit_alone(struct writer *writer, struct work *work)
{
    struct fail why;
    int         result;

    writer->is_alone = true;
    do {
        why    = FAIL_OK;
        result = commit(writer, work, &why);
        if (result)
            note_failure(writer, &why);
    } while (result && concedes(work, &why));
    writer->is_alone = false;
    work->done(work, result, &why);
}

static void commit_each(struct writer *writer, struct work *group)
{
    while (group) {
        struct work *next = group->next;

        group->next = NULL;
        commit_alone(writer, group);
        group = next;
    }
}

/* Those whose sender has given up waiting are not stored: it has been told to come again. */
static struct work *drop_late(struct work *group)
{
    struct work *kept = NULL, **end = &kept;
    ms           now = when_monotonic();
    struct fail  why;

    fail_set(&why, FAIL_BUSY, "the store was busy for too long");
    while (group) {
        struct work *next = group->next;

        group->next = NULL;
        if (group->deadline != WHEN_UNKNOWN && group->deadline < now) {
            group->done(group, -1, &why);
        } else {
            *end = group;
            end  = &group->next;
        }
        group = next;
    }
    return kept;
}

/* While room is short, only those that make some are kept. */
static struct work *hold_back(struct writer *writer, struct work *group)
{
    struct work *kept = NULL, **end = &kept;

    if (!room_is_short(writer->room))
        return group;
    while (group) {
        struct work *next = group->next;

        group->next = NULL;
        if (group->makes_room) {
            *end = group;
            end  = &group->next;
        } else {
            group->done(group, -1, &writer->shortage);
        }
        group = next;
    }
    return kept;
}

static struct work *without(struct work *group, struct work *taken)
{
    struct work **at = &group;

    while (*at != taken)
        at = &(*at)->next;
    *at         = taken->next;
    taken->next = NULL;
    return group;
}

static void give_up(struct writer *writer, struct work *group, const struct fail *why)
{
    note_failure(writer, why);
    finish_all(group, -1, why);
}

/* The store has no time. When one piece of work said so, the others are tried without it, once:
 * should the store itself be the reason, they learn it now. */
static void commit_without(struct writer *writer, struct work *group, struct fail *why)
{
    struct work *culprit = writer->culprit;
    struct work *rest    = culprit ? without(group, culprit) : group;

    if (culprit) {
        struct fail again = FAIL_OK;

        give_up(writer, culprit, why);
        if (rest && commit(writer, rest, &again) == 0) {
            finish_all(rest, 0, &again);
            return;
        }
        *why = again;
    }
    if (rest)
        give_up(writer, rest, why);
}

/* One of the group cannot be stored, for a reason that will not pass: it gets a transaction of its
 * own, and the others one without it. Should that fail, too, each gets its own. */
static void commit_apart(struct writer *writer, struct work *group)
{
    struct work *culprit = writer->culprit;
    struct work *rest    = culprit ? without(group, culprit) : group;
    struct fail  why     = FAIL_OK;

    if (culprit)
        commit_alone(writer, culprit);
    if (culprit && rest && commit(writer, rest, &why) == 0)
        finish_all(rest, 0, &why);
    else
        commit_each(writer, rest);
}

static void run_group(struct writer *writer, struct work *group)
{
    struct fail why = FAIL_OK;

    group = hold_back(writer, drop_late(group));
    if (!group)
        return;
    if (commit(writer, group, &why) == 0) {
        (void)FAULT("writer/after_commit");
        finish_all(group, 0, &why);
        return;
    }
    if (why.kind == FAIL_BUSY)
        commit_without(writer, group, &why);
    else
        commit_apart(writer, group);
}

static void checkpoint(struct writer *writer)
{
    struct fail why   = FAIL_OK;
    int         pages = room_log_pages(writer->room, CHECKPOINT_PAGES);

    (void)FAULT("store/before_checkpoint");
    if (db_checkpoint(store_writer_db(writer->store), pages, &why))
        note_failure(writer, &why); /* the log grows on; the next commit says what is wrong */
}

static void look_for_room(struct writer *writer)
{
    struct fail why    = FAIL_OK;
    int         result = room_was_full(writer->room) ? room_spend(writer->room, &why)
                                                     : room_look(writer->room, &why);

    (void)note_room(writer, result, &why); /* kept, and told to everybody who comes */
}

static void *run(void *arg)
{
    struct writer *writer = arg;
    struct work   *group;

    while (take_group(writer, &group)) {
        if (group)
            run_group(writer, group);
        checkpoint(writer);
        look_for_room(writer);
    }
    return NULL;
}

/* ---- life ---- */

int writer_start(struct store *store, const struct store_policy *policy, struct writer **out,
                 struct fail *why)
{
    struct writer *writer = mem_new(sizeof *writer);

    if (!writer)
        return fail_set(why, FAIL_MEMORY, "no memory for the writer");
    writer->store      = store;
    writer->policy     = *policy;
    writer->last       = &writer->first;
    writer->busy_since = WHEN_UNKNOWN;
    lock_init(&writer->lock);
    bell_init(&writer->bell);
    if (words_new(&writer->words, why) || sums_new(&writer->sums, why)
        || ledger_new(&writer->ledger, why)
        || (db_engine(store_writer_db(store)) == DB_SQLITE && rows_new(&writer->rows, why))
        || room_new(store, &writer->room, why)
        || thread_start(&writer->thread, "writer", run, writer)) {
        words_free(writer->words);
        sums_free(writer->sums);
        ledger_free(writer->ledger);
        rows_free(writer->rows);
        room_free(writer->room);
        mem_free(writer);
        return why->kind ? -1 : fail_set(why, FAIL_MEMORY, "no thread for the writer");
    }
    *out = writer;
    return 0;
}

void writer_free(struct writer *writer)
{
    if (!writer)
        return;
    lock_take(&writer->lock);
    writer->is_stopping = true;
    bell_ring_all(&writer->bell);
    lock_drop(&writer->lock);
    pthread_join(writer->thread, NULL);
    words_free(writer->words);
    sums_free(writer->sums);
    ledger_free(writer->ledger);
    rows_free(writer->rows);
    room_free(writer->room);
    bell_release(&writer->bell);
    lock_release(&writer->lock);
    mem_free(writer);
}

uint64_t writer_commits(const struct writer *writer)
{
    return atomic_load(&writer->commits);
}

void writer_figures(struct writer *writer, struct writer_figures *out)
{
    lock_take(&writer->lock);
    *out = writer->figures;
    if (writer->busy_since != WHEN_UNKNOWN && when_monotonic() - writer->busy_since > HANGS_AFTER) {
        out->is_failing = true;
        (void)str_to_c(STR("the disk or the database does not answer"), out->failure,
                       sizeof out->failure); /* has room for it */
    }
    lock_drop(&writer->lock);
}

/* ---- work somebody waits for ---- */

struct awaited {
    struct work work;
    int (*apply)(void *ctx, struct batch *batch, struct fail *why);
    void        *ctx;
    struct lock  lock; /* guards is_done */
    struct bell  bell;
    bool         is_done;
    int          result;
    struct fail *why;
};

static int apply_awaited(struct work *work, struct batch *batch, struct fail *why)
{
    struct awaited *awaited = (struct awaited *)work;

    return awaited->apply(awaited->ctx, batch, why);
}

static void awaited_done(struct work *work, int result, const struct fail *why)
{
    struct awaited *awaited = (struct awaited *)work;

    lock_take(&awaited->lock);
    awaited->result  = result;
    *awaited->why    = *why;
    awaited->is_done = true;
    bell_ring(&awaited->bell);
    lock_drop(&awaited->lock);
}

static int run_awaited(struct writer *writer, struct awaited *awaited)
{
    awaited->work.apply    = apply_awaited;
    awaited->work.done     = awaited_done;
    awaited->work.deadline = WHEN_UNKNOWN;
    lock_init(&awaited->lock);
    bell_init(&awaited->bell);
    if (!writer_submit(writer, &awaited->work)) {
        awaited->result = fail_set(awaited->why, FAIL_BUSY, "too much waits to be stored");
    } else {
        lock_take(&awaited->lock);
        while (!awaited->is_done)
            (void)bell_wait(&awaited->bell, &awaited->lock, WHEN_UNKNOWN);
        lock_drop(&awaited->lock);
    }
    bell_release(&awaited->bell);
    lock_release(&awaited->lock);
    return awaited->result;
}

int writer_run(struct writer *writer,
               int (*apply)(void *ctx, struct batch *batch, struct fail *why), void *ctx,
               struct fail *why)
{
    struct awaited awaited = {.apply = apply, .ctx = ctx, .why = why};

    return run_awaited(writer, &awaited);
}

int writer_make_room(struct writer *writer,
                     int (*apply)(void *ctx, struct batch *batch, struct fail *why), void *ctx,
                     struct fail *why)
{
    struct awaited awaited = {.work = {.makes_room = true}, .apply = apply, .ctx = ctx, .why = why};

    return run_awaited(writer, &awaited);
}
