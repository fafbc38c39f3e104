/* deployment_json.h -- a deployment, and an entry of its rollout, as REST shows them. */
#ifndef SMON_API_MODELS_DEPLOYMENT_JSON_H
#define SMON_API_MODELS_DEPLOYMENT_JSON_H

#include "api/match.h"
#include "api/shape.h"
#include "store/models/deployment.h"

#include <stdbool.h>

struct ask;
struct buf;
struct compose;
struct fail;
struct rollout_item;

extern const struct shape deployment_shape[];

/* Values of environment variables are "***" unless `reveals`. A deployment that was not there at
 * the moment asked for has no state. -1: memory. */
struct deployment_json {
    uint64_t wanted;
    bool     reveals;
};
int deployment_json(struct compose *out, const char *name, const struct deployment_row *row,
                    const struct deployment_json *how, struct fail *why);

/* What is shown by name: members of `shape` that a deployment and what happened to one have alike.
 */
struct deployment_words {
    int64_t source, state, share, method, strategy,
        rollback_of; /* as they are stored; state 0: none */
};
void deployment_json_words(struct compose *out, const struct shape *shape, uint64_t wanted,
                           const struct deployment_words *words);

/* Reads `reveal`: environment_variables, for keys with the role admin. FAIL_DENIED for others. */
int deployment_json_reveal(struct ask *ask, bool *out, struct fail *why);

/* "d7-3" */
void deployment_json_tag(int64_t number, int64_t rev, char out[MATCH_ROOM]);
/* The address of a deployment. */
void deployment_json_link(const struct deployment_row *row, struct buf *out);

void deployment_json_entry(struct compose *out, const char *name, const struct rollout_item *item);

#endif
