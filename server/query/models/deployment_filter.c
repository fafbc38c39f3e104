#include "query/models/deployment_filter.h"

#include "base/fail.h"

static int64_t state_of(struct str name)
{
    return rollout_state_parse(name);
}

int deployment_filter_at(struct params *params, const struct asker *asker, ms *out,
                         struct fail *why)
{
    if (params_time(params, "at", asker->now, out, why))
        return -1;
    *out = *out == WHEN_UNKNOWN ? asker->now : *out;
    return 0;
}

int deployment_filter_read(struct params *params, const struct asker *asker,
                           struct deployment_filter *out, struct fail *why)
{
    static const struct filter_set states     = {state_of,
                                                 "pending, active, retired, failed, rolled_back"};
    static const struct filter_set methods    = {deployment_method_parse,
                                                 "ecs, eks, lambda, sagemaker, ec2, elastic "
                                                    "beanstalk, on-premises container, on-premises vm"};
    static const struct filter_set strategies = {deployment_strategy_parse,
                                                 "blue green, canary, rolling"};
    struct str                     given;

    out->scope = asker->scope;
    if (deployment_filter_at(params, asker, &out->at, why)
        || filter_names(params, "state", &states, &out->states, why)
        || filter_names(params, "method", &methods, &out->methods, why)
        || filter_names(params, "strategy", &strategies, &out->strategies, why)
        || params_int(params, "version", 1, INT64_MAX, 0, &out->version, why))
        return -1;
    (void)params_find(params, "environment", &out->environment); /* absent: any */
    (void)params_find(params, "endpoint", &out->endpoint);
    if (params_find(params, "at", &given) && !out->states.is_given)
        out->states = (struct choice){.is_given = true, .count = 1, .values = {ROLLOUT_ACTIVE}};
    return 0;
}
