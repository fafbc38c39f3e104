/* gather.h -- sums over transactions: counts, sizes, statuses, and how long they took.
 *
 * They come from the sums by minute and hour, whose histograms add up: percentiles are then within
 * HISTOGRAM_ERROR. When no more than GATHER_EXACT transactions are in the question their rows are
 * read as well, and percentiles are exact, by nearest rank. */
#ifndef SMON_QUERY_INFERENCES_GATHER_H
#define SMON_QUERY_INFERENCES_GATHER_H

#include "base/own.h"
#include "base/when.h"
#include "format/histogram.h"
#include "query/inferences/question.h"
#include "store/inferences/inference_filter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asker;
struct buckets;
struct fail;

enum { GATHER_EXACT = 1000, GATHER_MOST_GROUPS = 500, GATHER_MOST_STATUSES = 16 };
enum { GATHER_KEY = 3 };

struct gather_status {
    int64_t status_id, count;
};

struct gather_group {
    int64_t                        key[GATHER_KEY];
    const struct inference_series *series; /* one of the group's */
    int64_t                        server_id, status_id;
    int64_t                        count, failed, sum_elapse_ms, max_elapse_ms, min_elapse_ms;
    int64_t                        request_bytes, response_bytes;
    /* The first that were met; what is not among them is `count` less their sum. */
    struct gather_status statuses[GATHER_MOST_STATUSES];
    size_t               status_count;
    size_t               first, samples; /* where its exact values are */
    struct histogram     histogram;
};

struct gather {
    enum question_by        by;
    struct inference_filter filter;
    struct inference_set    set;
    struct gather_group   **groups; /* in the order they were met */
    size_t                  count;
    int64_t                 total;
    ms                      from, to; /* the range that was used: whole minutes */
    bool                    is_exact;
    int64_t                *samples; /* elapse, group by group, sorted */
};
#define GATHER_EMPTY ((struct gather){.set = INFERENCE_SET_EMPTY})
void gather_release(struct gather *gather);

/* All the question asks for, over its range (default: the last 24 hours), which is moved out to
 * whole minutes; to whole hours where the sums of minutes have been removed. FAIL_LIMIT: more than
 * GATHER_MOST_GROUPS groups. */
int gather_run(const struct asker *asker, const struct question *question, struct gather *out,
               struct fail *why);

/* The same bucket by bucket, never exact: when one is full, `visit` gets it with the groups so far;
 * then their sums begin anew. A group is the same at the same place in every call. */
typedef int gather_visit(void *ctx, const struct gather *gather, size_t bucket, struct fail *why);
struct gather_course {
    const struct buckets *buckets; /* steps of whole minutes */
    gather_visit         *visit;
    void                 *ctx;
};
int gather_over_time(const struct asker *asker, const struct question *question,
                     const struct gather_course *course, struct gather *out, struct fail *why);

/* By nearest rank, share from 0 to 1; never outside of the group's least and most. 0 of an empty
 * group. */
double gather_quantile(const struct gather *gather, const struct gather_group *group, double share);

/* The same for one list of numbers that are sorted. */
int64_t gather_nearest_rank(const int64_t *sorted, size_t count, double share);

#endif
