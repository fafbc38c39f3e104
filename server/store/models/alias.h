/* alias.h -- free names for versions: "champion" is version 4, "canary" is 90 parts 4 and 10 parts
 * 5.
 *
 * The weights of one alias sum to 100. Every move is appended to its history and never changed. */
#ifndef SMON_STORE_MODELS_ALIAS_H
#define SMON_STORE_MODELS_ALIAS_H

#include "base/str.h"
#include "base/when.h"

#include <stddef.h>
#include <stdint.h>

struct batch;
struct buf;
struct db;
struct fail;
struct page;

enum { ALIAS_MOST_TARGETS = 16, ALIAS_NAME_MOST = 128, ALIAS_WHOLE = 100, ALIAS_MOST = 1000 };

/* Letters, digits and `_ - .`; not digits alone, which would look like a version. FAIL_INPUT. */
int alias_check_name(struct str name, struct fail *why);

struct alias_target {
    int64_t number, weight;
};

struct alias_move {
    int64_t             model_id;
    struct str          alias;
    struct alias_target targets[ALIAS_MOST_TARGETS]; /* ordered by number; none: it is removed */
    size_t              count;
    struct str          who, why_so; /* why_so: no data when nobody says */
};

/* The targets as JSON: [{"version":4,"weight":90},{"version":5,"weight":10}]. */
void alias_render(const struct alias_move *move, struct buf *out);

/* How an alias stands: its targets as JSON, [] when there is none, and the number of its last move,
 * 0 before the first. `room` holds the text. */
struct alias_state {
    struct str targets;
    int64_t    change_id;
    ms         at;
    struct str who;
};
int alias_get(struct db *db, int64_t model_id, struct str alias, struct buf *room,
              struct alias_state *out, struct fail *why);

/* Within a transaction. 1: moved; 0: it stood so already; -1: FAIL_INPUT when a version is not
 * there or the weights do not sum to 100; FAIL_SIZE over ALIAS_MOST names of one model. */
int alias_put(struct batch *batch, const struct alias_move *move, struct fail *why);

typedef int alias_visit(void *ctx, struct str alias, const struct alias_state *state,
                        struct fail *why);
/* All that a model has, by name. */
int alias_list(struct db *db, int64_t model_id, alias_visit *visit, void *ctx, struct fail *why);

struct alias_change {
    int64_t    id;
    ms         at;
    struct str who, why_so, before, after; /* JSON */
};
typedef int alias_change_visit(void *ctx, const struct alias_change *change, struct fail *why);
/* The newest move first; also of an alias that was removed. page->id goes on. How many were
 * visited, or -1. */
int alias_history(struct db *db, int64_t model_id, struct str alias, const struct page *page,
                  alias_change_visit *visit, void *ctx, struct fail *why);

#endif
