/* arrivals.h -- when events came, how late, and how many said what was known: over time, counted
 * from the events themselves. */
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

struct arrivals_filter {
    struct scope  scope;
    struct choice accounts, regions;
    ms            from, to, step; /* received; whole steps from `from` on */
    bool          by_account, by_region;
};

struct arrivals_item {
    ms         bucket;
    int64_t    account; /* 0: not kept apart */
    struct str region;
    int64_t    count, repeated;
    int64_t    lag_ms, longest_lag_ms; /* the sum, and the greatest */
};
typedef int arrivals_visit(void *ctx, const struct arrivals_item *item, struct fail *why);

/* Ordered by what is kept apart, then by bucket. Empty buckets are not visited. */
int arrivals_list(struct db *db, struct words *words, const struct arrivals_filter *filter,
                  arrivals_visit *visit, void *ctx, struct fail *why);

#endif
