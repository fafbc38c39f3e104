/* arrivals.h -- when events came, how late, and how many said what was known: over time, from sums
 * by minute and hour, never from the events themselves. */
#ifndef SMON_STORE_ARRIVALS_H
#define SMON_STORE_ARRIVALS_H

#include "base/str.h"
#include "base/when.h"
#include "store/scope.h"
#include "store/sql.h"

#include <stdbool.h>
#include <stdint.h>

struct db;
struct fail;
struct words;

/* What is summed; bits. */
enum arrivals_sum {
    ARRIVALS_EVENTS  = 1,
    ARRIVALS_REPEATS = 2,
    ARRIVALS_LAG     = 4,
    ARRIVALS_LONGEST = 8
};

struct arrivals_filter {
    struct scope  scope;
    struct choice accounts, regions;
    ms            from, to, step; /* received; whole minutes, and whole steps from `from` on */
    bool          by_account, by_region;
    unsigned      sums; /* bits of enum arrivals_sum; 0: all. Each costs; the others read as 0 */
};

struct arrivals_item {
    ms         bucket;
    int64_t    account; /* 0: not kept apart */
    struct str region;
    int64_t    count, repeated;
    int64_t    lag_ms, longest_lag_ms; /* the sum, and the greatest: 0 when none was late */
};
typedef int arrivals_visit(void *ctx, const struct arrivals_item *item, struct fail *why);

/* Ordered by what is kept apart, then by bucket. Empty buckets are not visited. */
int arrivals_list(struct db *db, struct words *words, const struct arrivals_filter *filter,
                  arrivals_visit *visit, void *ctx, struct fail *why);

#endif
