/* endpoint_fact.h -- what each event said about an endpoint's traffic, one compact row an event.
 *
 * The rollouts of deployments told by events are worked out from all of them at once
 * (intake/models/endpoint.h), so that the order of arrival does not matter. */
#ifndef SMON_STORE_MODELS_ENDPOINT_FACT_H
#define SMON_STORE_MODELS_ENDPOINT_FACT_H

#include "base/str.h"
#include "base/when.h"

#include <stdint.h>

struct batch;
struct fail;

/* Members as in schema/0009_deployments.sql; texts without data are "it does not say". */
struct endpoint_fact {
    int64_t    account, resource_id;
    ms         at, stamp;
    int64_t    weight, uid;
    struct str status, config, variants;
    struct str next_config, next_phase, next;
    struct str why;
};

/* The same fact again replaces itself: an update may understand more of an event. */
int endpoint_fact_put(struct batch *batch, const struct endpoint_fact *fact, struct fail *why);

/* All of one endpoint, in the order of (at, weight, stamp, uid). Texts are borrowed for the visit.
 */
typedef int endpoint_fact_visit(void *ctx, const struct endpoint_fact *fact, struct fail *why);
int         endpoint_fact_each(struct batch *batch, int64_t account, int64_t resource_id,
                               endpoint_fact_visit *visit, void *ctx, struct fail *why);

#endif
