#include "api/models/deployment_json.h"

#include "api/ask.h"
#include "api/models/address.h"
#include "base/buf.h"
#include "base/fail.h"
#include "format/compose.h"
#include "store/key.h"
#include "store/models/rollout_log.h"
#include "wire/doc.h"

#include <stddef.h>
#include <stdio.h>

#define AT(member) offsetof(struct deployment_row, member)

const struct shape deployment_shape[] = {
    {"account", SHAPE_ACCOUNT, AT(account)},
    {"region", SHAPE_TEXT, AT(region)},
    {"namespace", SHAPE_TEXT, AT(namespace)},
    {"model_name", SHAPE_TEXT, AT(model_name)},
    {"log_group", SHAPE_TEXT, AT(path)},
    {"deployment_id", SHAPE_NUMBER, AT(number)},
    {"model_version", SHAPE_NUMBER, AT(version)},
    {"source", SHAPE_APART, 0},
    {"state", SHAPE_APART, 0},
    {"percent", SHAPE_APART, 0},
    {"since", SHAPE_TIME, AT(since)},
    {"environment", SHAPE_TEXT, AT(environment)},
    {"endpoint", SHAPE_TEXT, AT(endpoint)},
    {"endpoint_config", SHAPE_TEXT, AT(config)},
    {"variant", SHAPE_TEXT, AT(variant)},
    {"environment_variables", SHAPE_APART, 0},
    {"deployment_method", SHAPE_APART, 0},
    {"rolling_strategy", SHAPE_APART, 0},
    {"rollback_of", SHAPE_APART, 0},
    {"description", SHAPE_TEXT, AT(description)},
    {"tags", SHAPE_JSON, AT(tags)},
    {"create_at", SHAPE_TIME, AT(created)},
    {"created_by", SHAPE_TEXT, AT(created_by)},
    {"changed_at", SHAPE_TIME, AT(changed)},
    {NULL, SHAPE_NULL, 0},
};

/* The stored array with its names; the values only for those who may see them. */
static int write_variables(struct compose *out, struct str json, bool reveals, struct fail *why)
{
    OWN_PTR(doc) list = doc_parse(json.size ? json : STR("[]"), why);

    if (!list)
        return -1;
    compose_open(out, "environment_variables", '[');
    for (size_t i = 0; i < doc_count(list); i++) {
        struct str name = STR_NONE, value = STR_NONE;

        if (doc_text(doc_item(list, i), "name", &name, why)
            || doc_text(doc_item(list, i), "value", &value, why))
            return -1;
        compose_open(out, NULL, '{');
        compose_text(out, "name", name);
        compose_text(out, "value", !reveals ? STR("***") : value.data ? value : STR(""));
        compose_close(out, '}');
    }
    compose_close(out, ']');
    return 0;
}

static struct str source_name(int64_t source)
{
    return source == ROLLOUT_BY_EVENTS ? STR("events") : STR("registered");
}

static struct str state_name(int64_t state)
{
    return state ? str_of(rollout_state_name((enum rollout_state)state)) : STR_NONE;
}

static void write_percent(struct compose *out, const char *name, int64_t state, int64_t share)
{
    if (state)
        compose_real(out, name, (double)share / ROLLOUT_PERCENT);
    else
        compose_null(out, name);
}

void deployment_json_words(struct compose *out, const struct shape *shape, uint64_t wanted,
                           const struct deployment_words *words)
{
    if (shape_wants(shape, "source", wanted))
        compose_text(out, "source", source_name(words->source));
    if (shape_wants(shape, "state", wanted))
        compose_text(out, "state", state_name(words->state));
    if (shape_wants(shape, "percent", wanted))
        write_percent(out, "percent", words->state, words->share);
    if (shape_wants(shape, "deployment_method", wanted))
        compose_text(out, "deployment_method", str_of(deployment_method_name(words->method)));
    if (shape_wants(shape, "rolling_strategy", wanted))
        compose_text(out, "rolling_strategy", str_of(deployment_strategy_name(words->strategy)));
    if (!shape_wants(shape, "rollback_of", wanted))
        return;
    if (words->rollback_of)
        compose_int(out, "rollback_of", words->rollback_of);
    else
        compose_null(out, "rollback_of");
}

int deployment_json(struct compose *out, const char *name, const struct deployment_row *row,
                    const struct deployment_json *how, struct fail *why)
{
    compose_open(out, name, '{');
    shape_compose(out, deployment_shape, row, how->wanted);
    deployment_json_words(out, deployment_shape, how->wanted,
                          &(struct deployment_words){row->source, row->state, row->share,
                                                     row->method, row->strategy, row->rollback_of});
    if (shape_wants(deployment_shape, "environment_variables", how->wanted)
        && write_variables(out, row->variables, how->reveals, why))
        return -1;
    compose_close(out, '}');
    return 0;
}

int deployment_json_reveal(struct ask *ask, bool *out, struct fail *why)
{
    struct str what;

    *out = false;
    if (!params_find(&ask->params, "reveal", &what))
        return 0;
    if (!str_is_text(what, "environment_variables"))
        return params_fault(&ask->params, PARAM_BAD, STR("reveal"), why,
                            "'reveal' is environment_variables");
    if (!(ask->caller->roles & ROLE_ADMIN))
        return fail_set(why, FAIL_DENIED,
                        "only a key with the role admin may see environment variables");
    *out = true;
    web_reply_header(&ask->reply, "Cache-Control", "no-store");
    return 0;
}

void deployment_json_tag(int64_t number, int64_t rev, char out[MATCH_ROOM])
{
    match_tag(out, 'd', number, rev);
}

void deployment_json_link(const struct deployment_row *row, struct buf *out)
{
    char below[48];

    /* A number of 20 digits fits. */
    (void)snprintf(below, sizeof below, "/deployments/%lld", (long long)row->number);
    address_link(
        &(struct address_link){row->account, row->region, row->namespace, row->model_name, below},
        out);
}

void deployment_json_entry(struct compose *out, const char *name, const struct rollout_item *item)
{
    compose_open(out, name, '{');
    compose_time(out, "at", item->at);
    compose_text(out, "what", str_of(rollout_what_name((enum rollout_what)item->what)));
    write_percent(out, "percent", item->state, item->share);
    compose_text(out, "state", state_name(item->state));
    compose_text(out, "previous_state", state_name(item->previous_state));
    write_percent(out, "previous_percent", item->previous_state, item->previous_share);
    compose_text(out, "who", item->who.size ? item->who : STR_NONE);
    compose_text(out, "why", item->why.size ? item->why : STR_NONE);
    compose_text(out, "source", source_name(item->source));
    compose_close(out, '}');
}
