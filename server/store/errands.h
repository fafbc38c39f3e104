/* errands.h -- what is still to be done: leased to collectors, finished by them.
 *
 * A row is born in the transaction of the event that asks for it, and dies when the deed is
 * confirmed. Between the two a collector may fall over, so a deed can happen twice; the fence
 * number, which grows with every lease, keeps the slower one from reporting over the quicker.
 *
 * A lease that ends without a report is a loss: its collector ended, or was too slow. An errand
 * that ends its collector every time takes others down with it, so after ERRANDS_SUSPECT losses it
 * is leased alone, and only while no other such one is out: then its losses are its own. */
#ifndef SMON_STORE_ERRANDS_H
#define SMON_STORE_ERRANDS_H

#include "base/buf.h"
#include "base/str.h"
#include "base/when.h"
#include "format/errand.h"

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct fail;

/* One errand of this deed per resource: a second one while the first waits is the same one. */
int errands_add(struct batch *batch, int64_t account, int64_t resource_id, enum deed deed, ms due,
                struct fail *why);

enum { ERRANDS_SUSPECT = 3 };

struct errands_lease {
    unsigned   deeds; /* bits: 1 << enum deed */
    int        most;
    ms         until; /* our clock */
    struct str worker;
};
struct leased {
    int64_t    account, id, resource_id, fence;
    int64_t    attempt; /* which lease of it this is, from 1 */
    int64_t    losses; /* leases before this one that nobody reported about; of errands_take only */
    enum deed  deed;
    ms         born;
    struct buf memo; /* JSON, or empty */
};
void leased_release(struct leased *leased);

/* Leases the oldest due ones; how many, or -1. `out` has room for lease->most and is zeroed;
 * release every entry of it afterwards, also after -1. */
int errands_take(struct batch *batch, const struct errands_lease *lease, struct leased *out,
                 struct fail *why);

/* Is it still ours: account, id, born and fence of `lease`; *out says what it is about. 1; 0 the
 * fence has moved on or it is finished; -1. (SQLite gives the number of a finished one to the next:
 * the time of birth tells them apart.) */
int errands_hold(struct batch *batch, const struct leased *lease, struct leased *out,
                 struct fail *why);

int errands_done(struct batch *batch, const struct leased *errand, struct fail *why);
/* Put off. STR_NONE: the memo stays as it was. */
int errands_later(struct batch *batch, const struct leased *errand, ms due, struct str error,
                  struct str memo, struct fail *why);
/* Given up: kept, with its last error, until somebody asks for it again. */
int errands_dead(struct batch *batch, const struct leased *errand, struct str error,
                 struct fail *why);

/* Asked for again: one that waits is due at once, one that was given up is born anew, with
 * its losses forgotten; one that a collector is at stays with it. *id becomes its
 * number. 1; 0 there is none; -1. */
int errands_revive(struct batch *batch, int64_t account, int64_t *id, struct fail *why);

/* This deed for this resource, now: added, or asked for again. Its number. */
int errands_ask(struct batch *batch, int64_t account, int64_t resource_id, enum deed deed,
                int64_t *id, struct fail *why);

/* This worker has ended: what it holds is due at once. The fence stays, and grows with the next
 * lease: a report that is still on its way counts until then, and is refused from then on. */
int errands_let_go(struct batch *batch, struct str worker, int64_t *freed, struct fail *why);

/* Nothing is put off until after `latest`: what is due later was written while the clock ran ahead,
 * and is due at once. Also what is leased so: its fence stays, as in errands_let_go. */
int errands_recall(struct batch *batch, ms latest, int64_t *recalled, struct fail *why);

/* When the next one of these deeds falls due; WHEN_UNKNOWN: none waits. */
int errands_next_due(struct batch *batch, unsigned deeds, ms *out, struct fail *why);

#endif
