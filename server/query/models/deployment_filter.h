/* deployment_filter.h -- the parameters of lists of deployments:
 *
 * at=2026-01-31T12:00:00Z  state=active,pending  method=ecs  strategy=canary  environment=prod
 * endpoint=https://..  version=4
 *
 * `at` asks what ran then: those that were active, unless `state` says otherwise. Without it, all
 * are listed as they stand now. */
#ifndef SMON_QUERY_MODELS_DEPLOYMENT_FILTER_H
#define SMON_QUERY_MODELS_DEPLOYMENT_FILTER_H

#include "query/filter.h"
#include "store/models/deployment.h"

#define DEPLOYMENT_FILTER_PARAMS                                                                   \
    "at", "state", "method", "strategy", "environment", "endpoint", "version"

/* Fills these members of *out, and the scope; the others are the caller's. */
int deployment_filter_read(struct params *params, const struct asker *asker,
                           struct deployment_filter *out, struct fail *why);
/* `at` alone; absent: now. */
int deployment_filter_at(struct params *params, const struct asker *asker, ms *out,
                         struct fail *why);

#endif
