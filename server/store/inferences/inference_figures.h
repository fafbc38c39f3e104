/* inference_figures.h -- how much there is of models and transactions, for those who watch the
 * service. */
#ifndef SMON_STORE_INFERENCES_INFERENCE_FIGURES_H
#define SMON_STORE_INFERENCES_INFERENCE_FIGURES_H

#include <stdint.h>

struct db;
struct fail;
struct scope;

struct inference_figures {
    int64_t models, versions, deployments; /* of the scope; numbers ever given */
    /* Ever, over everything. */
    int64_t stored, duplicates, refused, mismatched, unpaired;
};
int inference_figures(struct db *db, const struct scope *scope, struct inference_figures *out,
                      struct fail *why);

#endif
