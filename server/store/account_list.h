/* account_list.h -- the pulse of accounts and regions, as people read it. */
#ifndef SMON_STORE_ACCOUNT_LIST_H
#define SMON_STORE_ACCOUNT_LIST_H

#include "base/str.h"
#include "base/when.h"
#include "store/scope.h"

#include <stdint.h>

struct db;
struct fail;
struct words;

struct account_item {
    int64_t    account; /* 0: posts whose account could not be read */
    struct str region;
    ms         first_seen_at, last_received_at, last_event_at;
    int64_t    lag_ms;
    int64_t    events, duplicates, repeats, out_of_order, conflicts;
    int64_t    unknown_types, unknown_statuses, bad_times, quarantined;
};

typedef int account_visit(void *ctx, const struct account_item *item, struct fail *why);

/* Every region of the first `most` accounts behind `after` (-1: from the start), by account and
 * region. Unknown senders (account 0) only where the scope sees all. */
int account_list(struct db *db, struct words *words, const struct scope *scope, int64_t after,
                 int most, account_visit *visit, void *ctx, struct fail *why);

#endif
