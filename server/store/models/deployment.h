/* deployment.h -- a version put to work: its row, and finding and listing rows as they stood.
 *
 * What the members mean stands in schema/0009_deployments.sql. Where it stood at a moment is the
 * newest entry of its rollout (rollout.h, rollout_log.h). */
#ifndef SMON_STORE_MODELS_DEPLOYMENT_H
#define SMON_STORE_MODELS_DEPLOYMENT_H

#include "base/str.h"
#include "base/when.h"
#include "store/models/rollout.h"
#include "store/scope.h"
#include "store/sql.h"

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct db;
struct fail;
struct page;
struct words;

enum deploy_method { /* the numbers are stored */
                     DEPLOY_ECS                   = 1,
                     DEPLOY_EKS                   = 2,
                     DEPLOY_LAMBDA                = 3,
                     DEPLOY_SAGEMAKER             = 4,
                     DEPLOY_ON_PREMISES_CONTAINER = 5,
                     DEPLOY_ON_PREMISES_VM        = 6,
                     DEPLOY_EC2                   = 7,
                     DEPLOY_BEANSTALK             = 8
};
enum deploy_strategy { /* the numbers are stored */
                       DEPLOY_BLUE_GREEN = 1,
                       DEPLOY_CANARY     = 2,
                       DEPLOY_ROLLING    = 3
};

/* "self hosted ECS", "blue green"; NULL for 0. */
const char *deployment_method_name(int64_t method);
const char *deployment_strategy_name(int64_t strategy);
/* Letter case, blanks, '-' and '_' do not matter; short spellings ("ecs", "canory") are known, too.
 * 0: no such. */
int64_t deployment_method_parse(struct str name);
int64_t deployment_strategy_parse(struct str name);

/* What is written of a new one. Texts without data are "it does not say". */
struct deployment {
    int64_t             id; /* given by deployment_make, as is the number */
    int64_t             model_id, number, version;
    enum rollout_source source;
    struct str          environment, endpoint, endpoint_key;
    int64_t             resource_id;
    struct str          config, variant;
    int64_t             method, strategy;
    struct str          variables;   /* JSON */
    int64_t             rollback_of; /* 0: of none */
    struct str          description, tags;
    ms                  created;
    struct str          created_by;
};

/* Gives it the model's next number and writes it. */
int deployment_make(struct batch *batch, struct deployment *deployment, struct fail *why);

/* The row of one told by events, by (resource_id, config, variant, model_id, version). 1, 0, -1. */
int deployment_find_told(struct batch *batch, const struct deployment *key, int64_t *out_id,
                         struct fail *why);

/* The row of one told by events of which only the variant's name was not known: it has it now. 1,
 * 0, -1. */
int deployment_name_told(struct batch *batch, const struct deployment *key, int64_t *out_id,
                         struct fail *why);

/* Its row by the model's number; with the group it belongs to, which only registered ones have.
 * Texts are copied into `room`. 1, 0, -1. */
int deployment_find(struct batch *batch, int64_t model_id, int64_t number, struct buf *room,
                    struct deployment *out, struct fail *why);

/* Its history changed: rev grows; and its creation is that of the first entry. */
int deployment_touch(struct batch *batch, int64_t id, struct fail *why);

/* Sets what may change, when the row still has this rev (-1: whatever it has). 1, 0 not, -1. */
struct deployment_change {
    bool       has_description, has_tags;
    struct str description, tags; /* no data: nothing from now on */
};
int deployment_amend(struct batch *batch, int64_t id, int64_t rev,
                     const struct deployment_change *change, struct fail *why);

/* The version is there and was not deleted. 1, 0, -1. */
int deployment_has_version(struct db *db, int64_t model_id, int64_t number, struct fail *why);

/* --- reading --- */

/* One row as a list shows it, and how it stood at the filter's moment. */
struct deployment_row {
    int64_t    id, model_id, number, version, rev;
    int64_t    account;
    struct str region, path, namespace, model_name;
    int64_t    source;                                 /* enum rollout_source */
    struct str environment, endpoint, config, variant; /* empty: does not say */
    int64_t    method, strategy;
    struct str variables; /* JSON; secret */
    int64_t    rollback_of;
    struct str description, tags, created_by;
    ms         created, changed;
    int64_t    state, share; /* state 0: it was not there at that moment */
    ms         since;        /* the moment of that entry */
};

/* Adds to a statement over models `m` and deployments `d` what a scope allows to see: deployments
 * of its models; where events tell of one, its endpoint must be within the scope, too, for whoever
 * registers a version can say of any file that it is made of it. */
void deployment_scope(struct sql *sql, const struct scope *scope);

struct deployment_filter {
    struct scope const *scope;             /* deployment_scope */
    int64_t             model_id;          /* 0: any */
    int64_t             number;            /* 0: any */
    struct str          below;             /* namespace subtree; no data: all */
    struct choice       accounts, regions; /* of the model; regions are words */
    struct choice       states;            /* numbers of enum rollout_state */
    struct choice       methods;
    struct choice       strategies;
    struct str          environment, endpoint; /* no data: any */
    int64_t             version;               /* 0: any */
    ms                  at;                    /* how they stood then */
};

typedef int deployment_visit(void *ctx, const struct deployment_row *row, struct fail *why);

/* By id: newest first or oldest first; `visit` asks page_takes(page, 0, row->id). */
int deployment_list(struct db *db, struct words *words, const struct deployment_filter *filter,
                    const struct page *page, deployment_visit *visit, void *ctx, struct fail *why);
/* The one the filter's model_id and number name. 1, 0, -1. */
int deployment_one(struct db *db, struct words *words, const struct deployment_filter *filter,
                   deployment_visit *visit, void *ctx, struct fail *why);

#endif
