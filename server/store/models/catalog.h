/* catalog.h -- what people say about a model: its record, and how it is to be watched.
 *
 * record     {"description","owner","url","data_sources":[..],"inference":{"input":{..},
 *            "output":{..}}}
 * tags       {"team":"risk"}
 * payload    {"max_bytes":4096,"members":["/request/amount","/response/label"],"retention":"7d"}
 *            which parts of request and response may be kept; without it, none are
 * objective  {"target_percent":99.9,"max_elapse_ms":3000,"window":"30d"}
 * drift      {"reference":{"first_hours":24}|{"from":..,"to":..},"bins":10,"threshold":0.1}
 *
 * They are kept as JSON that has been checked (api/models/catalog_check.h) before it was stored. */
#ifndef SMON_STORE_MODELS_CATALOG_H
#define SMON_STORE_MODELS_CATALOG_H

#include "base/buf.h"
#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct db;
struct fail;
struct stmt;

enum { CATALOG_MOST_MEMBERS = 64 };

struct catalog_payload {
    bool       is_given;  /* false: no part of a body is kept */
    int64_t    max_bytes; /* of what is kept of one transaction, as JSON; over it: nothing is */
    ms         retention; /* how long */
    size_t     count;
    struct str members[CATALOG_MOST_MEMBERS]; /* RFC 6901 from the transaction: "/request/amount",
                                                 "/response" */
};

struct catalog_objective {
    bool    is_given;
    double  target_percent; /* of transactions that are good, 0 < x < 100 */
    int64_t max_elapse_ms;  /* good is succeeded and not slower; -1: as slow as it likes */
    ms      window;
};

struct catalog_drift {
    bool   is_given;
    ms     first;    /* the reference: so long from the version's first transaction, or ... */
    ms     from, to; /* ... this range; WHEN_UNKNOWN unless pinned */
    int    bins;     /* 10 or 20 */
    double threshold;
};

/* When nothing is said: catalog_settings fills these. */
#define CATALOG_WINDOW (30 * (ms)MS_DAY)
#define CATALOG_FIRST (24 * (ms)MS_HOUR)
#define CATALOG_THRESHOLD 0.1
enum { CATALOG_BINS = 10 };

struct catalog_settings {
    struct catalog_payload   payload;
    struct catalog_objective objective;
    struct catalog_drift     drift;
    int64_t                  rev;  /* of the model's row when they were read */
    struct buf               room; /* what `members` point into */
};
#define CATALOG_SETTINGS_EMPTY ((struct catalog_settings){.room = BUF_UP_TO(64 * 1024)})
void catalog_settings_release(struct catalog_settings *settings);

/* How this model is watched. Drift has its defaults also when it is not given. 1, 0 there is no
 * such model, -1. */
int catalog_settings(struct db *db, int64_t model_id, struct catalog_settings *out,
                     struct fail *why);

/* The row's texts, as JSON or with no data. */
struct catalog_row {
    int64_t    id, account, region_id;
    struct str path, namespace, name;
    struct str record, tags, payload, objective, drift;
    struct str description;           /* the record's, once more: for catalog_put only */
    int64_t    versions, deployments; /* the highest numbers ever given */
    ms         created_at, changed_at;
    struct str created_by;
    int64_t    rev;
};
typedef int catalog_visit(void *ctx, const struct catalog_row *row, struct fail *why);

/* What a list of models selects, from the table `m`; visits all rows and finishes. 0 or -1. */
#define CATALOG_COLUMNS                                                                            \
    "m.id, m.account, m.region_id, m.path, m.namespace, m.name, m.catalog, m.tags, m.payload,"     \
    " m.objective, m.drift, m.versions, m.deployments, m.created_ms, m.changed_ms, m.created_by,"  \
    " m.rev"
int catalog_visit_all(struct stmt *stmt, catalog_visit *visit, void *ctx, struct fail *why);

/* 1 visited, 0 there is no such model, -1. */
int catalog_get(struct db *db, int64_t model_id, catalog_visit *visit, void *ctx, struct fail *why);

/* Within a transaction: writes record, tags, payload, objective and drift of `row->id`, and makes
 * its rev one more. */
int catalog_put(struct batch *batch, const struct catalog_row *row, struct fail *why);

#endif
