#include "api/models/address.h"

#include "api/ask.h"
#include "base/fail.h"
#include "format/namespace.h"
#include "store/words.h"

enum { SECOND_ID = 1 };

/* Which account, as the query says; -1: it does not. */
static int read_account(struct ask *ask, int64_t *out, struct fail *why)
{
    struct str text;

    *out = -1;
    if (!params_find(&ask->params, "account", &text))
        return 0;
    if (scope_account(text, out))
        return params_fault(&ask->params, PARAM_BAD, STR("account"), why,
                            "'account' has 12 digits");
    return 0;
}

static int read_namespace(struct ask *ask, struct str *out, struct fail *why)
{
    struct fail wrong = FAIL_OK;

    *out = STR_NONE;
    if (!params_find(&ask->params, "namespace", out) || namespace_check(*out, &wrong) == 0)
        return 0;
    return params_fault(&ask->params, PARAM_BAD, STR("namespace"), why, "'namespace': %s",
                        wrong.text);
}

int address_model(struct ask *ask, struct model_place *out, struct fail *why)
{
    struct model_address address = {
        .scope = ask->asker.scope, .name = ask->caller->ids[0], .region_id = -1};
    struct str region;
    int        got;

    if (read_account(ask, &address.account, why) || read_namespace(ask, &address.namespace, why))
        return -1;
    if (params_find(&ask->params, "region", &region)) {
        got = words_find(ask->asker.words, ask->asker.db, region, &address.region_id, why);
        if (got <= 0)
            return got < 0 ? -1 : ask_absent(why);
    }
    got = model_locate(ask->asker.db, &address, out, why);
    if (got == 2)
        return params_fault(&ask->params, PARAM_BAD,
                            address.namespace.data ? STR("account") : STR("namespace"), why,
                            "several models are called so; say which with 'namespace', 'account' "
                            "and 'region'");
    return got == 1 ? 0 : got == 0 ? ask_absent(why) : -1;
}

/* The only account a key reaches, or none. */
static int64_t own_account(const struct scope *scope)
{
    return !scope->is_all && scope->count == 1 ? scope->accounts[0] : -1;
}

int address_new_model(struct ask *ask, struct buf *room, struct address_new *out, struct fail *why)
{
    const struct scope *scope = ask->asker.scope;
    struct fail         wrong = FAIL_OK;
    struct str          parent;

    out->region = STR_NONE;
    if (read_account(ask, &out->account, why) || read_namespace(ask, &parent, why))
        return -1;
    if (!parent.data)
        return params_fault(&ask->params, PARAM_BAD, STR("namespace"), why,
                            "'namespace' says where the model stands, like /abc_corp/claim");
    if (namespace_check_name(ask->caller->ids[0], &wrong))
        return fail_set(why, FAIL_INPUT, "the model's name: %s", wrong.text);
    (void)params_find(&ask->params, "region", &out->region);
    if (out->account < 0)
        out->account = own_account(scope);
    buf_str(room, parent);
    buf_char(room, '/');
    buf_str(room, ask->caller->ids[0]);
    if (buf_check(room, why))
        return fail_set(why, FAIL_INPUT, "namespace and name are over %d characters together",
                        NAMESPACE_MOST);
    out->path = buf_view(room);
    if ((out->account < 0 && !scope->is_all)
        || (out->account >= 0 && !scope_has(scope, out->account))
        || !scope_has_path(scope, out->path))
        return fail_set(why, FAIL_DENIED,
                        "the key does not reach this namespace and account; name both");
    out->account = out->account < 0 ? 0 : out->account;
    return 0;
}

int address_number(const struct ask *ask, int64_t *out, struct fail *why)
{
    return str_to_i64(ask->caller->ids[SECOND_ID], 1, INT64_MAX, out) ? ask_absent(why) : 0;
}
