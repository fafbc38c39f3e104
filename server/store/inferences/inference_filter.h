/* inference_filter.h -- which transactions somebody asks for, and which series that means.
 *
 * What a transaction shares with many others stands in its series (schema/0011_inferences.sql), and
 * where that belongs stands in its model. So a question first finds series, which are few; then
 * rows or sums of those series. */
#ifndef SMON_STORE_INFERENCES_INFERENCE_FILTER_H
#define SMON_STORE_INFERENCES_INFERENCE_FILTER_H

#include "base/buf.h"
#include "base/own.h"
#include "base/str.h"
#include "base/when.h"
#include "store/scope.h"
#include "store/sql.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct fail;

struct inference_names {
    bool       is_given, is_not;
    size_t     count;
    struct str values[SQL_LIST_MOST];
};

struct inference_filter {
    struct scope scope;
    int64_t      model_id;         /* 0: any */
    struct str namespace;          /* a subtree; no data: any */
    struct inference_names models; /* by name */
    struct choice          accounts, regions, versions, deployments, environments, endpoints;
    struct choice          servers, statuses;            /* of the row, not of its series */
    int64_t                succeeded_id;                 /* word; -1: never heard of */
    int64_t                min_elapse_ms, max_elapse_ms; /* inclusive; -1: open */
    ms                     from, to;                     /* by start; WHEN_UNKNOWN: open */
};

struct inference_series {
    int64_t id, model_id;
    int64_t account; /* where it ran, else the model's; 0: neither is said */
    int64_t region_id, version, deployment, environment_id, endpoint_id; /* 0: not said */
    struct str namespace, model_name;
    size_t group; /* the caller's own */
};

enum { INFERENCE_MOST_SERIES = 20000 };

/* The series that match, those of one model side by side, in the order of models and ids. */
struct inference_set {
    struct inference_series  *items;
    struct inference_series **by_id; /* the same, by number */
    size_t                    count, room;
    struct buf                texts;  /* what the items' texts point into */
    int64_t                   of_all; /* so many series there are */
};
#define INFERENCE_SET_EMPTY ((struct inference_set){.texts = BUF_UP_TO(64u << 20)})
void inference_set_release(struct inference_set *set);

/* FAIL_LIMIT: more than INFERENCE_MOST_SERIES match. */
int inference_filter_series(struct db *db, const struct inference_filter *filter,
                            struct inference_set *out, struct fail *why);
/* NULL: not of the set. */
struct inference_series *inference_set_find(const struct inference_set *set, int64_t series_id);

/* For statements over `t`, rows or sums. Adds " AND t.series_id IN (...)" with a SELECT of the
 * filter's series; and what it says of servers and statuses. */
void inference_filter_series_of(struct sql *sql, const struct inference_filter *filter);
void inference_filter_rows(struct sql *sql, const struct inference_filter *filter);

/* Some series of a model may match and others not. */
bool inference_filter_splits(const struct inference_filter *filter);

#endif
