/* writer.h -- the one writer: gathers what waits, one transaction, one fsync, wakes everybody.
 *
 * Work is a function that runs inside a transaction on the writer's thread. Work that arrives
 * together shares a commit. When one piece fails, the transaction is rolled back; that piece is
 * tried alone, and the others without it, so that none spoils another's. `done` is called after the
 * commit is on disk (or after the failure), on the writer's thread, exactly once; it must be quick
 * and must not submit and wait.
 *
 * When the store does not take writes (disk full, connection lost), work fails with FAIL_BUSY
 * within its deadline. On a full disk (room.h) it fails at once, until there is room; the writer
 * looks every second. */
#ifndef SMON_STORE_WRITER_H
#define SMON_STORE_WRITER_H

#include "base/fail.h"
#include "base/own.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct batch; /* what the work of one transaction shares: connection, words, sums (batch.h) */
struct store;
struct store_policy;
struct writer;

struct work {
    struct work *next; /* the writer's own */
    /* Runs in the transaction; may run twice when the first was rolled back: it must start over. */
    int (*apply)(struct work *work, struct batch *batch, struct fail *why);
    void (*done)(struct work *work, int result, const struct fail *why);
    /* May be NULL. It failed alone, for a reason that will not pass: sets the part that failed
     * aside and gives true, to be tried again, or false when nothing can be set aside. Each true
     * must make the work smaller. */
    bool (*concede)(struct work *work, const struct fail *why);
    size_t weight_bytes; /* of memory held while it waits */
    bool   makes_room;   /* see writer_make_room */
    ms     deadline;     /* monotonic; past it, it fails with FAIL_BUSY; WHEN_UNKNOWN: none */
};

/* `policy` is copied. */
int writer_start(struct store *store, const struct store_policy *policy, struct writer **out,
                 struct fail *why);
/* Finishes what waits, then stops the thread. */
void writer_free(struct writer *writer);
OWN_PTR_TYPE(writer)

/* False: too much waits already, or it is stopping; `done` is not called. */
bool writer_submit(struct writer *writer, struct work *work);

/* Submits and waits: for threads other than the writer's and the web's. */
int writer_run(struct writer *writer,
               int (*apply)(void *ctx, struct batch *batch, struct fail *why), void *ctx,
               struct fail *why);

/* The same for work that makes room: on a full disk it runs when all other work is refused. */
int writer_make_room(struct writer *writer,
                     int (*apply)(void *ctx, struct batch *batch, struct fail *why), void *ctx,
                     struct fail *why);

/* Grows with every commit: tells cheaply whether anything can have changed. */
uint64_t writer_commits(const struct writer *writer);

struct writer_figures {
    uint64_t commits, works, rollbacks, refused;
    uint64_t commit_us_sum; /* time in commit, for a mean */
    size_t   waiting, waiting_bytes;
    bool     is_short;   /* the disk is full: only work that makes room is done (room.h) */
    bool     is_failing; /* the last commit failed, or one hangs: /readyz says so */
    char     failure[480];
};
void writer_figures(struct writer *writer, struct writer_figures *out);

#endif
