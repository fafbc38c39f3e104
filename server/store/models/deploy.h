/* deploy.h -- registered deployments: make one, and say what happened to it.
 *
 * What happens to one of a group happens to the others in the same transaction (rollout.h). All of
 * it is refused with FAIL_CLASH and a sentence when it contradicts what is known. */
#ifndef SMON_STORE_MODELS_DEPLOY_H
#define SMON_STORE_MODELS_DEPLOY_H

#include "base/str.h"
#include "store/models/deployment.h"

struct batch;
struct buf;
struct fail;

/* What somebody says: about a deployment, when, who, why. */
struct deploy_say {
    enum rollout_what what;
    int64_t           share; /* of ROLLOUT_SHIFT */
    ms                at;
    struct str        who, why;
};

/* Adds the entry, and those of the others of its group. `subject` as deployment_find gives it. */
int deploy_say(struct batch *batch, const struct deployment *subject, const struct deploy_say *say,
               struct fail *why);

/* Makes it: created at deployment->created, and at once given `share` of the traffic (0: none
 * yet). With rollback_of, that one is rolled back, and the new one takes its members from it where
 * it has none, and its version from what ran before it when it is 0. Gives id, number and
 * version; texts it took are in `room`. `account` is the model's. */
struct deploy_order {
    int64_t    account;
    int64_t    share;
    struct str why; /* of the entries; no data: none */
};
int deploy_make(struct batch *batch, const struct deploy_order *order,
                struct deployment *deployment, struct buf *room, struct fail *why);

/* The edges version -> deployment -> endpoint. `endpoint` is a lineage key; empty: only the
 * first. */
int deploy_link(struct batch *batch, int64_t account, const struct deployment *deployment,
                struct str endpoint, struct fail *why);
/* Its variant's name has become known: the edge to its endpoint tells it. */
int deploy_name_link(struct batch *batch, int64_t account, const struct deployment *deployment,
                     struct fail *why);

#endif
