#include "query/inferences/question.h"

#include "base/fail.h"
#include "format/namespace.h"
#include "query/filter.h"
#include "query/params.h"
#include "store/inferences/inference.h"
#include "store/inferences/inference_filter.h"
#include "store/scope.h"
#include "store/words.h"

static const int64_t MOST_ELAPSE_MS = INT64_C(1) << 40;

static const struct question_name names[QUESTION_FIELDS] = {
    [QUESTION_ACCOUNT]     = {"account", "account_id", false},
    [QUESTION_REGION]      = {"region", "region", false},
    [QUESTION_MODEL]       = {"model", "model_name", false},
    [QUESTION_VERSION]     = {"model_version", "model_version", true},
    [QUESTION_DEPLOYMENT]  = {"deployment_id", "deployment_id", true},
    [QUESTION_SERVER]      = {"server_id", "server_id", false},
    [QUESTION_ENVIRONMENT] = {"environment", "environment", false},
    [QUESTION_ENDPOINT]    = {"endpoint", "endpoint_name", false},
    [QUESTION_STATUS]      = {"status", "status", false},
};

static const struct {
    const char         *name;
    enum question_field field;
} bys[QUESTION_BYS] = {
    [QUESTION_BY_NOTHING]     = {NULL, QUESTION_FIELDS},
    [QUESTION_BY_MODEL]       = {"model", QUESTION_MODEL},
    [QUESTION_BY_VERSION]     = {"version", QUESTION_VERSION},
    [QUESTION_BY_DEPLOYMENT]  = {"deployment", QUESTION_DEPLOYMENT},
    [QUESTION_BY_SERVER]      = {"server", QUESTION_SERVER},
    [QUESTION_BY_ENVIRONMENT] = {"environment", QUESTION_ENVIRONMENT},
    [QUESTION_BY_STATUS]      = {"status", QUESTION_STATUS},
    [QUESTION_BY_ENDPOINT]    = {"endpoint", QUESTION_ENDPOINT},
};

const struct question_name *question_name(enum question_field field)
{
    return &names[field];
}

const char *question_by_name(enum question_by by)
{
    return bys[by].name;
}

enum question_field question_by_field(enum question_by by)
{
    return bys[by].field;
}

/* --- reading --- */

static int check_value(struct params *params, enum question_field field, struct str value,
                       struct fail *why)
{
    const char *param  = names[field].param;
    struct fail wrong  = FAIL_OK;
    int64_t     number = 0;

    if (value.size == 0)
        return params_fault(params, PARAM_BAD, str_of(param), why, "'%s' has an empty value",
                            param);
    if (field == QUESTION_ACCOUNT && scope_account(value, &number))
        return params_fault(params, PARAM_BAD, str_of(param), why, "an account is 12 digits");
    if (field == QUESTION_MODEL && namespace_check_name(value, &wrong))
        return params_fault(params, PARAM_BAD, str_of(param), why, "'%s': %s", param, wrong.text);
    if (names[field].is_number && str_to_i64(value, 0, INT64_MAX, &number))
        return params_fault(params, PARAM_BAD, str_of(param), why, "'%s' is a number", param);
    return 0;
}

static bool has(const struct question_choice *choice, struct str value)
{
    for (size_t i = 0; i < choice->count; i++)
        if (str_is(choice->values[i], value))
            return true;
    return false;
}

static int add_values(struct params *params, enum question_field field, struct str list,
                      struct question_choice *out, struct fail *why)
{
    const char *param = names[field].param;
    struct str  value;

    while (str_cut(&list, ',', &value)) {
        value = str_trim(value);
        if (check_value(params, field, value, why))
            return -1;
        if (has(out, value))
            continue;
        if (out->count == QUESTION_MOST_VALUES)
            return params_fault(params, PARAM_BAD, str_of(param), why,
                                "'%s' takes at most %d values", param, QUESTION_MOST_VALUES);
        out->values[out->count++] = value;
    }
    return 0;
}

static int read_choice(struct params *params, enum question_field field,
                       struct question_choice *out, struct fail *why)
{
    const char  *param = names[field].param;
    struct param given;

    *out = (struct question_choice){.is_given = false};
    for (size_t i = 0; params_nth(params, param, i, &given); i++) {
        bool is_not = str_starts(given.value, STR("!"));

        if (i > 0 && is_not != out->is_not)
            return params_fault(params, PARAM_BAD, str_of(param), why,
                                "'%s' says both what is wanted and what is not", param);
        if (given.value.size == (size_t)is_not)
            return params_fault(params, PARAM_BAD, str_of(param), why, "'%s' is empty", param);
        out->is_given = true;
        out->is_not   = is_not;
        if (add_values(params, field, str_part(given.value, is_not, given.value.size), out, why))
            return -1;
    }
    return 0;
}

static int read_namespace(struct params *params, struct str *out, struct fail *why)
{
    struct fail wrong = FAIL_OK;

    *out = STR_NONE;
    if (!params_find(params, "namespace", out) || namespace_check(*out, &wrong) == 0)
        return 0;
    return params_fault(params, PARAM_BAD, STR("namespace"), why, "'namespace': %s", wrong.text);
}

static int read_elapse(struct params *params, struct question *out, struct fail *why)
{
    if (params_int(params, "min_elapse_ms", 0, MOST_ELAPSE_MS, -1, &out->min_elapse_ms, why)
        || params_int(params, "max_elapse_ms", 0, MOST_ELAPSE_MS, -1, &out->max_elapse_ms, why))
        return -1;
    if (out->max_elapse_ms >= 0 && out->max_elapse_ms < out->min_elapse_ms)
        return params_fault(params, PARAM_BAD, STR("max_elapse_ms"), why,
                            "'max_elapse_ms' is below 'min_elapse_ms'");
    return 0;
}

static int read_group(struct params *params, enum question_by *out, struct fail *why)
{
    struct str text;

    *out = QUESTION_BY_NOTHING;
    if (!params_find(params, "group_by", &text))
        return 0;
    for (int by = QUESTION_BY_NOTHING + 1; by < QUESTION_BYS; by++)
        if (str_is_text(text, bys[by].name)) {
            *out = (enum question_by)by;
            return 0;
        }
    return params_fault(params, PARAM_BAD, STR("group_by"), why,
                        "'group_by' is one of model, version, deployment, server, environment, "
                        "status, endpoint");
}

int question_read(struct params *params, ms now, struct question *out, struct fail *why)
{
    out->min_elapse_ms = out->max_elapse_ms = -1;
    if (read_namespace(params, &out->namespace, why))
        return -1;
    for (int field = 0; field < QUESTION_FIELDS; field++)
        if (read_choice(params, (enum question_field)field, &out->choices[field], why))
            return -1;
    if (params_range(params, now, &out->from, &out->to, why))
        return -1;
    return out->is_summary ? read_group(params, &out->by, why) : read_elapse(params, out, why);
}

/* --- as the store understands it --- */

static int number_of(enum question_field field, struct str value, const struct asker *asker,
                     int64_t *out, struct fail *why)
{
    int got;

    if (field == QUESTION_ACCOUNT || names[field].is_number) /* checked when it was read */
        return str_to_i64(value, 0, INT64_MAX, out);
    got = words_find(asker->words, asker->db, value, out, why);
    if (got == 0)
        *out = -1;
    return got < 0 ? -1 : 0;
}

static int to_choice(const struct question *question, enum question_field field,
                     const struct asker *asker, struct choice *out, struct fail *why)
{
    const struct question_choice *choice = &question->choices[field];

    *out = (struct choice){
        .is_given = choice->is_given, .is_not = choice->is_not, .count = choice->count};
    for (size_t i = 0; i < choice->count; i++)
        if (number_of(field, choice->values[i], asker, &out->values[i], why))
            return -1;
    return 0;
}

static void to_names(const struct question_choice *choice, struct inference_names *out)
{
    out->is_given = choice->is_given;
    out->is_not   = choice->is_not;
    out->count    = choice->count;
    for (size_t i = 0; i < choice->count; i++)
        out->values[i] = choice->values[i];
}

int question_filter(const struct question *question, const struct asker *asker,
                    struct inference_filter *out, struct fail *why)
{
    *out = (struct inference_filter){.scope         = *asker->scope,
                                     .model_id      = question->model_id,
                                     .namespace     = question->namespace,
                                     .min_elapse_ms = question->min_elapse_ms,
                                     .max_elapse_ms = question->max_elapse_ms,
                                     .from          = question->from,
                                     .to            = question->to};
    to_names(&question->choices[QUESTION_MODEL], &out->models);
    if (number_of(QUESTION_STATUS, STR(INFERENCE_SUCCEEDED), asker, &out->succeeded_id, why)
        || to_choice(question, QUESTION_ACCOUNT, asker, &out->accounts, why)
        || to_choice(question, QUESTION_REGION, asker, &out->regions, why)
        || to_choice(question, QUESTION_VERSION, asker, &out->versions, why)
        || to_choice(question, QUESTION_DEPLOYMENT, asker, &out->deployments, why)
        || to_choice(question, QUESTION_ENVIRONMENT, asker, &out->environments, why)
        || to_choice(question, QUESTION_ENDPOINT, asker, &out->endpoints, why)
        || to_choice(question, QUESTION_SERVER, asker, &out->servers, why)
        || to_choice(question, QUESTION_STATUS, asker, &out->statuses, why))
        return -1;
    return 0;
}
