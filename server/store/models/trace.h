/* trace.h -- the way between versions and endpoints, through what lineage knows:
 *
 *     version <- package|artifact -> model -> endpoint configuration <- facts of endpoints
 *
 * Nodes of one key in several accounts are one thing: a package may stand in the account of the
 * registry and be used from another. */
#ifndef SMON_STORE_MODELS_TRACE_H
#define SMON_STORE_MODELS_TRACE_H

#include "base/own.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct batch;
struct fail;

/* An endpoint's configuration and variant; an empty variant is any of it. */
struct trace_config {
    int64_t    account, region_id;
    struct str config;
    struct str key; /* its ARN in lower case, as far as it can be told; may be empty */
    struct str variant;
};

struct trace_version {
    int64_t model_id, number;
};

enum { TRACE_MOST_VERSIONS = 16 };

/* The versions that a variant serves (several where its model has several containers): how many, at
 * most TRACE_MOST_VERSIONS; 0 while it is not known; -1. */
int trace_versions(struct batch *batch, const struct trace_config *config,
                   struct trace_version out[TRACE_MOST_VERSIONS], struct fail *why);

/* Endpoints, by their row. */
struct trace_place {
    int64_t account, resource_id;
};
struct trace_places {
    struct trace_place *items;
    size_t              count, room;
};
#define TRACE_PLACES_EMPTY ((struct trace_places){NULL, 0, 0})
void trace_places_release(struct trace_places *places);

/* Adds the endpoints that have facts about a configuration which uses this; each may come more than
 * once. */
int trace_of_version(struct batch *batch, const struct trace_version *version,
                     struct trace_places *out, struct fail *why);
/* A row of kind model, model package or endpoint configuration. */
int trace_of_resource(struct batch *batch, int64_t account, int64_t resource_id,
                      struct trace_places *out, struct fail *why);

#endif
