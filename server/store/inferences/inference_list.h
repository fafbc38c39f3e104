/* inference_list.h -- transactions as people ask for them: the newest, or the longest, that match.
 *
 * A million rows stand in lanes by elapse (lanes.h), each in the order of time. The newest that
 * match are taken from the top of each lane that can hold one; a lane through which a threshold
 * cuts, or whose rows have more to answer, is looked at only where the sums say that it is worth it
 * (guide.h), and never further back than the oldest of the rows found so far. The longest are those
 * of the longest lanes; of a lane that is reached, all rows in the range of time are looked at: a
 * few milliseconds in the tail, more where one lane holds most of all rows. */
#ifndef SMON_STORE_INFERENCES_INFERENCE_LIST_H
#define SMON_STORE_INFERENCES_INFERENCE_LIST_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct fail;
struct inference_filter;
struct inference_set;
struct page;

/* What finds a row, and what the list knows of it already. */
struct inference_key {
    int64_t model_id, lane;
    ms      start;
    int64_t uid;
    int64_t elapse_ms, series_id, server_id, status_id;
};

struct inference_keys {
    struct inference_key *items; /* in order */
    size_t                count, room;
};
#define INFERENCE_KEYS_EMPTY ((struct inference_keys){.count = 0})
void inference_keys_release(struct inference_keys *keys);

/* The newest first, or the longest. page->limit + 1 at most; `at` and `id` of a page are start (or
 * elapse) and uid. `set`: what inference_filter_series found for the filter. */
enum inference_order { INFERENCE_BY_START, INFERENCE_BY_ELAPSE };
struct inference_question {
    const struct inference_filter *filter;
    const struct inference_set    *set;
    const struct page             *page;
    enum inference_order           order;
};
int inference_list(struct db *db, const struct inference_question *question,
                   struct inference_keys *out, struct fail *why);

struct inference_row {
    struct inference_key key;
    ms                   end, received_at;
    bool                 is_mismatched;
    int64_t              request_bytes, response_bytes;
    int64_t              request_digest, response_digest; /* where there was a body */
    bool                 has_request, has_response;
    int64_t              confidence; /* in 1/100 percent; -1: not said */
    struct str           extras;     /* JSON object, or no data */
};
typedef int inference_visit(void *ctx, const struct inference_row *row, struct fail *why);

/* The row of a key, of which model, lane, start and uid are filled. 1 visited, 0 there is none
 * (any more), -1. */
int inference_get(struct db *db, const struct inference_key *key, inference_visit *visit, void *ctx,
                  struct fail *why);
/* What was kept of its bodies: JSON, added to `out`. 1, 0 nothing (any more at `now`), -1. */
struct buf;
int inference_payload(struct db *db, const struct inference_key *key, ms now, struct buf *out,
                      struct fail *why);

#endif
