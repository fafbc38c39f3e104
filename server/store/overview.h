/* overview.h -- counts of now: how many there are by account, kind and status, and what waits. */
#ifndef SMON_STORE_OVERVIEW_H
#define SMON_STORE_OVERVIEW_H

#include "base/str.h"
#include "base/when.h"
#include "store/scope.h"

#include <stdint.h>

struct db;
struct fail;
struct words;

struct tally_item {
    int64_t    account, kind;
    struct str status; /* empty: the kind has none */
    int64_t    count;
};
typedef int tally_visit(void *ctx, const struct tally_item *item, struct fail *why);

/* By account, kind and status; nothing that counts 0. */
int overview_tally(struct db *db, struct words *words, const struct scope *scope,
                   tally_visit *visit, void *ctx, struct fail *why);

struct waiting_item {
    int64_t    deed; /* enum deed; 0: a sum, see `sum` */
    int64_t    is_dead;
    int64_t    count;
    ms         oldest_due;
    struct str sum; /* "errands.accepted", "errands.delivered", "errands.dead": since ever */
};
typedef int waiting_visit(void *ctx, const struct waiting_item *item, struct fail *why);

/* Errands by deed, those that wait and those given up, and the sums since ever, all as they were at
 * one moment: accepted = delivered + dead + waiting. Errands are the service's own, so they are not
 * limited by accounts. */
int overview_errands(struct db *db, waiting_visit *visit, void *ctx, struct fail *why);

/* Posts in quarantine that no replay has taken in. */
int overview_quarantined(struct db *db, const struct scope *scope, int64_t *out, struct fail *why);

#endif
