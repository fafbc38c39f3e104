#include "api/models/address.h"

#include "api/ask.h"
#include "api/members.h"
#include "base/fail.h"
#include "format/namespace.h"
#include "store/batch.h"
#include "store/words.h"

enum { SECOND_ID = 1, ACCOUNT_TEXT = 12, REGION_MOST = 32 };

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

/* 1: the only one that fits. 0: none. -1, also when several do. */
static int locate(struct ask *ask, struct str name, struct model_place *out, struct fail *why)
{
    struct model_address address = {.scope = ask->asker.scope, .name = name, .region_id = -1};
    struct str           region;
    int                  got;

    if (read_account(ask, &address.account, why) || read_namespace(ask, &address.namespace, why))
        return -1;
    if (params_find(&ask->params, "region", &region)) {
        got = words_find(ask->asker.words, ask->asker.db, region, &address.region_id, why);
        if (got <= 0)
            return got;
    }
    got = model_locate(ask->asker.db, &address, out, why);
    if (got == 2)
        return params_fault(&ask->params, PARAM_BAD,
                            address.namespace.data ? STR("account") : STR("namespace"), why,
                            "several models are called so; say which with 'namespace', 'account' "
                            "and 'region'");
    return got;
}

int address_model(struct ask *ask, struct model_place *out, struct fail *why)
{
    int got = locate(ask, ask->caller->ids[0], out, why);

    return got == 0 ? ask_absent(why) : got < 0 ? -1 : 0;
}

/* The only account a key reaches, or none. */
static int64_t own_account(const struct scope *scope)
{
    return !scope->is_all && scope->count == 1 ? scope->accounts[0] : -1;
}

static int new_model(struct ask *ask, struct str name, struct buf *room, struct address_new *out,
                     struct fail *why)
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
    if (namespace_check_name(name, &wrong))
        return fail_set(why, FAIL_INPUT, "the model's name: %s", wrong.text);
    (void)params_find(&ask->params, "region", &out->region);
    if (out->account < 0)
        out->account = own_account(scope);
    buf_str(room, parent);
    buf_char(room, '/');
    buf_str(room, name);
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

/* --- what a body says --- */

/* Noted here with a pointer, before the query's own checks would blame a parameter. */
static void check_place(const struct members *body)
{
    const struct members_text any   = {.most = NAMESPACE_MOST};
    struct flaws              spare = FLAWS_NONE; /* types were judged before */
    struct members            again = *body;
    struct fail               wrong = FAIL_OK;
    struct str                text;
    int64_t                   account;

    again.flaws = &spare;
    members_text(&again, "namespace", &any, &text);
    if (text.data && namespace_check(text, &wrong))
        members_flaw(body, "namespace", "bad-value", "%s", wrong.text);
    members_text(&again, "account", &any, &text);
    if (text.data && scope_account(text, &account))
        members_flaw(body, "account", "bad-value", "'account' has 12 digits");
}

/* As if it stood in the query. */
static void take_member(struct ask *ask, const struct members *body, const char *name, size_t most)
{
    struct params *params = &ask->params;
    struct str     said, asked;

    members_text(body, name, &(struct members_text){.most = most}, &said);
    if (!said.data)
        return;
    if (params_find(params, name, &asked)) {
        if (!str_is(said, asked))
            members_flaw(body, name, "bad-value", "'%s' is not what the query says", name);
    } else if (params->count == PARAMS_MOST) {
        members_flaw(body, name, "too-many", "the query has no room for '%s'", name);
    } else {
        params->items[params->count++] = (struct param){str_of(name), said};
    }
}

struct str address_members(struct ask *ask, const struct members *body, struct str name)
{
    struct str  said;
    struct fail wrong = FAIL_OK;

    members_text(body, "model_name",
                 &(struct members_text){.most = NAMESPACE_MOST, .is_needed = !name.data}, &said);
    if (said.data && namespace_check_name(said, &wrong)) {
        members_flaw(body, "model_name", "bad-value", "%s", wrong.text);
        said = STR_NONE;
    }
    if (said.data && name.data && !str_is(said, name))
        members_flaw(body, "model_name", "bad-value", "'model_name' is not what the path says");
    take_member(ask, body, "namespace", NAMESPACE_MOST);
    take_member(ask, body, "account", ACCOUNT_TEXT);
    take_member(ask, body, "region", REGION_MOST);
    check_place(body);
    return name.data ? name : said;
}

int address_write(struct ask *ask, struct str name, struct buf *room, struct address_write *out,
                  struct fail *why)
{
    int got = locate(ask, name, &out->there, why);

    if (got < 0)
        return -1;
    if (got == 1)
        return 0;
    out->there = (struct model_place){.id = 0};
    return new_model(ask, name, room, &out->fresh, why);
}

int address_make(struct batch *batch, const struct address_write *address, struct str who,
                 int64_t *out_id, struct fail *why)
{
    struct model_key key = {.account = address->fresh.account, .path = address->fresh.path};

    *out_id = address->there.id;
    if (*out_id)
        return 0;
    if (words_put(batch->words, batch->db, address->fresh.region, &key.region_id, why))
        return -1;
    return model_make(batch, &key, who, out_id, why);
}

void address_link(const struct address_link *link, struct buf *out)
{
    buf_text(out, "/api/v1/models/");
    params_escape(out, link->name);
    buf_text(out, link->below);
    buf_text(out, "?namespace=");
    params_escape(out, link->namespace);
    if (link->account)
        buf_format(out, "&account=%012lld", (long long)link->account);
    if (link->region.size) {
        buf_text(out, "&region=");
        params_escape(out, link->region);
    }
}

int address_number(const struct ask *ask, int64_t *out, struct fail *why)
{
    return str_to_i64(ask->caller->ids[SECOND_ID], 1, INT64_MAX, out) ? ask_absent(why) : 0;
}
