/* totals_list.h -- sums of transactions by minute and hour, as they are asked for. */
#ifndef SMON_STORE_INFERENCES_TOTALS_LIST_H
#define SMON_STORE_INFERENCES_TOTALS_LIST_H

#include "base/str.h"
#include "base/when.h"
#include "store/inferences/totals.h"

struct db;
struct fail;
struct inference_filter;
struct inference_series;
struct inference_set;

struct totals_item {
    ms                             bucket;
    const struct inference_series *series;
    int64_t                        server_id, status_id;
    int64_t    count, sum_elapse_ms, max_elapse_ms, min_elapse_ms, request_bytes, response_bytes;
    struct str histogram; /* format/histogram.h; borrowed */
};

typedef int totals_visit(void *ctx, const struct totals_item *item, struct fail *why);

struct totals_range {
    enum totals_grain grain;
    ms                from, to; /* whole buckets, half open */
};

/* Visits the sums of the set's series (which inference_filter_series found for this filter) in the
 * order of time. The filter's own range and bounds of elapse are left aside. */
int totals_list(struct db *db, const struct inference_filter *filter,
                const struct inference_set *set, const struct totals_range *range,
                totals_visit *visit, void *ctx, struct fail *why);

/* The oldest bucket there are sums of: those of minutes are removed long before those of hours. 1,
 * 0 there are none, -1. */
int totals_oldest(struct db *db, enum totals_grain grain, ms *out, struct fail *why);

/* A range of whole minutes as up to three stretches: minutes, then hours, then minutes. The number
 * of them. */
enum { TOTALS_MOST_PARTS = 3 };
int totals_parts(ms from, ms to, struct totals_range out[TOTALS_MOST_PARTS]);

/* How sure a version of a model was: counts by bin of TOTALS_BIN_WIDTH, over the whole hours from
 * `from` to `to`. */
struct totals_confidence {
    int64_t model_id, version;
    ms      from, to;
};
int totals_confidence(struct db *db, const struct totals_confidence *of, int64_t out[TOTALS_BINS],
                      struct fail *why);
/* The first hour in which this version was heard of with a confidence. `version` -1: of the highest
 * version that was, which is filled in. 1, 0 there is none, -1. */
int totals_first_confidence(struct db *db, int64_t model_id, int64_t *version, ms *out,
                            struct fail *why);

#endif
