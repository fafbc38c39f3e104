/* endpoint.h -- deployments that events tell of: their rows follow the endpoint's facts.
 *
 * Each event about an endpoint leaves a fact, and its deployments are worked out anew from all of
 * its facts (traffic.h) and from what lineage knows of its configurations (store/models/trace.h):
 *
 *     variant of a configuration -> model -> package or artifact -> version
 *
 * A variant whose version is not known yet is no deployment; when lineage learns of it, its
 * endpoints are worked out again. So which deployments there are, and what happened to each when,
 * depends on the set of events and registrations alone; only their numbers are given in the order
 * in which we come to know of them. */
#ifndef SMON_INTAKE_MODELS_ENDPOINT_H
#define SMON_INTAKE_MODELS_ENDPOINT_H

#include "base/str.h"

#include <stdint.h>

struct batch;
struct buf;
struct fail;
struct news;
struct resource;

/* After the event's edges of lineage and its version are written: what it means for deployments.
 * `row` is the event's. Kinds that mean nothing cost nothing. */
int deployments_follow(struct batch *batch, const struct news *news, const struct resource *row,
                       struct fail *why);

/* A version came, by registration or by its package: the endpoints that turn out to serve it. */
int deployments_of_version(struct batch *batch, int64_t model_id, int64_t number, struct fail *why);

/* By which the endpoint that somebody names is told apart, in account and region of its model (0
 * and no data: not known): an ARN in lower case, the ARN a SageMaker name would have, all else as
 * it is. */
void deployments_endpoint_key(struct str endpoint, int64_t account, struct str region,
                              struct buf *out);

#endif
