#include "api/inferences/too_many.h"

#include "api/ask.h"
#include "base/fail.h"
#include "store/inferences/inference_filter.h"

int too_many_series(struct ask *ask, const struct inference_set *set, ms from, struct fail *why)
{
    if (why->kind != FAIL_LIMIT || set->count < INFERENCE_MOST_SERIES)
        return ask_too_wide(ask, from, why);
    return params_fault(&ask->params, PARAM_TOO_WIDE, STR("model"), why,
                        "more than %d series match; name models, versions, deployments or accounts",
                        INFERENCE_MOST_SERIES);
}
