/* rollout_feed.h -- what happened to deployments of all models, as one list: for annotations and
 * for those who look back. (Of one deployment alone: rollout_log.h.) */
#ifndef SMON_STORE_MODELS_ROLLOUT_FEED_H
#define SMON_STORE_MODELS_ROLLOUT_FEED_H

#include "base/str.h"
#include "base/when.h"
#include "store/scope.h"
#include "store/sql.h"

#include <stdint.h>

struct db;
struct fail;
struct page;
struct words;

/* Texts are borrowed until the next row. */
struct rollout_feed_row {
    int64_t    id;
    ms         at;
    int64_t    what, share, state; /* rollout.h */
    struct str who, why;
    int64_t    source;
    int64_t    number, version; /* of the deployment, and of the model's version */
    struct str environment, endpoint;
    int64_t    method, strategy, rollback_of;
    int64_t    account;
    struct str region, path, namespace, model_name;
};

struct rollout_feed_filter {
    struct scope const *scope; /* deployment_scope */
    struct str          below; /* namespace subtree; no data: all */
    struct choice       accounts, regions, whats;
    struct str          model_name, environment; /* no data: any */
    ms                  from, to;                /* half open; WHEN_UNKNOWN: open */
};

typedef int rollout_feed_visit(void *ctx, const struct rollout_feed_row *row, struct fail *why);

/* In the order of (at, id) or against it; `visit` asks page_takes(page, row->at, row->id). */
int rollout_feed_list(struct db *db, struct words *words, const struct rollout_feed_filter *filter,
                      const struct page *page, rollout_feed_visit *visit, void *ctx,
                      struct fail *why);

#endif
