/* deployment_draft.h -- the body that registers a deployment, read strictly.
 *
 * Values of environment variables are secrets: no flaw, log line or failure repeats them. */
#ifndef SMON_API_MODELS_DEPLOYMENT_DRAFT_H
#define SMON_API_MODELS_DEPLOYMENT_DRAFT_H

#include "base/buf.h"
#include "base/own.h"
#include "store/models/deploy.h"

struct fail;
struct members;

enum {
    DEPLOYMENT_MOST_VARIABLES = 200,
    DEPLOYMENT_VALUE_MOST     = 8192, /* bytes of one value */
    DEPLOYMENT_TEXT_MOST      = 4096
};

/* {"model_version":4,"environment":..,"endpoint":..,"variant":..,"environment_variables":[..],
 *  "deployment_method":..,"rolling_strategy":..,"rollback_of":..,"percent":..,"why":..,
 *  "description":..,"tags":{..},"create_at":..,"created_by":..,"deployment_id":..} and the members
 * of address.h. */
struct deployment_draft {
    struct deployment   deployment; /* model_id is the caller's */
    struct deploy_order order;      /* account is the caller's */
    int64_t             number;     /* that it must get; 0: whichever */
    struct buf          variables, tags;
};
#define DEPLOYMENT_DRAFT_EMPTY                                                                     \
    ((struct deployment_draft){.variables = BUF_UP_TO(1 << 20), .tags = BUF_UP_TO(64 * 1024)})
void deployment_draft_release(struct deployment_draft *draft);

/* Flaws are noted; -1 only without memory. `now` is our clock. */
int deployment_draft_read(const struct members *body, ms now, struct deployment_draft *out,
                          struct fail *why);

/* {"what":"traffic_shift","percent":25,"why":..,"at":..}; flaws are noted. `who` is the
 * caller's. */
void deployment_draft_say(const struct members *body, ms now, struct deploy_say *out);

/* A merge patch: description and tags; the rest is `immutable-field`. Tags stay a document, to be
 * merged with those that are there. */
struct deployment_patch {
    struct deployment_change change;
    const struct doc        *tags; /* borrowed; NULL: not an object to merge */
};
void deployment_draft_patch(const struct members *body, struct deployment_patch *out);

#endif
