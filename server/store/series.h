/* series.h -- counts over time, from the rollups: never from the rows themselves. */
#ifndef SMON_STORE_SERIES_H
#define SMON_STORE_SERIES_H

#include "base/str.h"
#include "base/when.h"
#include "store/scope.h"
#include "store/sql.h"
#include "store/sums.h"

#include <stdbool.h>
#include <stdint.h>

struct db;
struct fail;
struct words;

/* What a sum is kept apart by; bits. */
enum series_by {
    SERIES_BY_ACCOUNT = 1,
    SERIES_BY_KIND    = 2,
    SERIES_BY_STATUS  = 4,
    SERIES_BY_REGION  = 8
};

/* What is summed; bits. */
enum series_sum {
    SERIES_CREATED   = 1,
    SERIES_ENDED     = 2,
    SERIES_UNSTARTED = 4,
    SERIES_DURATION  = 8 /* with `timed` */
};

struct series_filter {
    struct scope  scope;
    struct choice accounts, kinds, regions, statuses;
    enum grain    grain; /* GRAIN_HOUR or GRAIN_DAY; coarser sums are chosen where they suffice */
    ms            from, to; /* buckets that begin in [from, to); from is the beginning of one */
    unsigned      by;       /* bits of enum series_by */
    unsigned      sums;     /* bits of enum series_sum; 0: all. Each costs; the others read as 0 */
    ms            step;     /* buckets are that wide, from `from` on; 0: as wide as the grain */
    bool          is_one_bucket; /* one sum over the whole range: bucket is `from` */
};

struct series_item {
    ms         bucket;
    int64_t    account, kind; /* 0: not kept apart */
    struct str region, status;
    int64_t    created, ended, unstarted, duration_ms, timed;
};

typedef int series_visit(void *ctx, const struct series_item *item, struct fail *why);

/* Ordered by what is kept apart, then by bucket. Empty buckets are not visited. */
int series_list(struct db *db, struct words *words, const struct series_filter *filter,
                series_visit *visit, void *ctx, struct fail *why);

#endif
