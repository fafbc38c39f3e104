/* lanes.h -- the lanes of models in which what is asked for can stand (schema/0011_inferences.sql).
 *
 * A lane holds the transactions of a model whose elapse lies between two powers of two, those that
 * succeeded apart from the others. A threshold leaves out whole lanes, and cuts through one pair.
 */
#ifndef SMON_STORE_INFERENCES_LANES_H
#define SMON_STORE_INFERENCES_LANES_H

#include "base/own.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct fail;
struct inference_filter;
struct inference_set;

struct lane {
    int64_t model_id, lane;
    bool    is_plain; /* all that stands in it matches, but for the range of time */
    /* The walker's own: where it stands, and whether it is through. */
    ms      at;
    int64_t at_uid;
    bool    is_done;
};

struct lanes {
    struct lane *items; /* in the order of models and lanes */
    size_t       count, room;
};
#define LANES_EMPTY ((struct lanes){.count = 0})
void lanes_release(struct lanes *lanes);

/* Those that are there, of the set's models. */
int lanes_find(struct db *db, const struct inference_filter *filter,
               const struct inference_set *set, struct lanes *out, struct fail *why);

/* The oldest start in this lane; 1, 0 it is empty, -1. */
int lanes_oldest(struct db *db, const struct lane *lane, ms *out, struct fail *why);

#endif
