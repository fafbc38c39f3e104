#include "query/models/deployment_filter.h"

#include "base/fail.h"

static int64_t state_of(struct str name)
{
    return rollout_state_parse(name);
}

/* One list of names, each turned into its number; `!` before the first means none of them. */
static int read_names(struct params *params, const char *name, int64_t (*number_of)(struct str),
                      struct choice *out, struct fail *why)
{
    struct str rest, word;

    *out = (struct choice){.is_given = false};
    if (!params_find(params, name, &rest))
        return 0;
    out->is_given = true;
    out->is_not   = str_starts(rest, STR("!"));
    rest          = str_part(rest, out->is_not, rest.size);
    while (str_cut(&rest, ',', &word)) {
        int64_t number = number_of(str_trim(word));

        if (!number || out->count == SQL_LIST_MOST)
            return params_fault(params, PARAM_BAD, str_of(name), why,
                                "'%s': '%.*s' is not one of those that /openapi.json lists", name,
                                STR_ARG(str_head(word, PARAMS_NAME_SHOWN)));
        out->values[out->count++] = number;
    }
    return out->count ? 0
                      : params_fault(params, PARAM_BAD, str_of(name), why, "'%s' is empty", name);
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
    struct str given;

    out->scope = asker->scope;
    if (deployment_filter_at(params, asker, &out->at, why)
        || read_names(params, "state", state_of, &out->states, why)
        || read_names(params, "method", deployment_method_parse, &out->methods, why)
        || read_names(params, "strategy", deployment_strategy_parse, &out->strategies, why)
        || params_int(params, "version", 1, INT64_MAX, 0, &out->version, why))
        return -1;
    (void)params_find(params, "environment", &out->environment); /* absent: any */
    (void)params_find(params, "endpoint", &out->endpoint);
    if (params_find(params, "at", &given) && !out->states.is_given)
        out->states = (struct choice){.is_given = true, .count = 1, .values = {ROLLOUT_ACTIVE}};
    return 0;
}
