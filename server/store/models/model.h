/* model.h -- the model as a node of the tree: find it, or make it when it is first heard of.
 *
 * A model is known by account, region and path (format/namespace.h). Numbers of versions and
 * deployments come from it, inside the transaction that uses them. */
#ifndef SMON_STORE_MODELS_MODEL_H
#define SMON_STORE_MODELS_MODEL_H

#include "base/str.h"
#include "base/when.h"

#include <stdint.h>

struct batch;
struct db;
struct fail;
struct scope;
struct words;

struct model_key {
    int64_t    account;   /* 0: tied to none */
    int64_t    region_id; /* 0: tied to none */
    struct str path;      /* checked with namespace_check by the caller */
};

/* Its number. 1, 0 there is none, -1. */
int model_find(struct db *db, const struct model_key *key, int64_t *out_id, struct fail *why);

/* Its number; made when it is not there, with `created_by` (no data: an event or a transaction). */
int model_make(struct batch *batch, const struct model_key *key, struct str created_by,
               int64_t *out_id, struct fail *why);

/* Where people name a model by path or by name, and by account and region where they wish. */
struct model_address {
    struct scope const *scope; /* of whom asks; models outside are not there */
    struct str namespace;      /* no data: any */
    struct str name;
    int64_t    account;   /* -1: any */
    int64_t    region_id; /* -1: any */
};

struct model_place {
    int64_t id, account, region_id;
};

/* 1: the only one. 0: none. 2: several, so that account, region or namespace must be said. -1. */
int model_locate(struct db *db, const struct model_address *address, struct model_place *out,
                 struct fail *why);

/* The next number of a version or deployment of this model: one more than was ever given. */
enum model_number { MODEL_VERSION, MODEL_DEPLOYMENT };
int model_next(struct batch *batch, int64_t model_id, enum model_number which, int64_t *out,
               struct fail *why);
/* `number` was given elsewhere (a model package has its own): it is not given again. */
int model_reserve(struct batch *batch, int64_t model_id, enum model_number which, int64_t number,
                  struct fail *why);

#endif
