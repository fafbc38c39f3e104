/* deployments.h -- what handlers about deployments share. */
#ifndef SMON_API_MODELS_DEPLOYMENTS_H
#define SMON_API_MODELS_DEPLOYMENTS_H

#include "base/when.h"
#include "store/models/model.h"

#include <stdint.h>

struct ask;
struct batch;
struct fail;
struct written;

/* The deployment that the path names, as far as the key reaches; FAIL_ABSENT. */
struct deployments_place {
    struct model_place model;
    int64_t            number, id; /* within the model, and its row's */
};
int deployments_address(struct ask *ask, struct deployments_place *out, struct fail *why);

/* Within the transaction of a write: answers with the deployment as it stands now, or at `at` when
 * that is later; with its address and tag. Values of environment variables are not shown. */
int deployments_write(struct batch *batch, int64_t model_id, int64_t number, ms at,
                      struct written *out, struct fail *why);

#endif
