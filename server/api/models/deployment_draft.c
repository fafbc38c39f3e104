#include "api/models/deployment_draft.h"

#include "api/members.h"
#include "api/models/address.h"
#include "base/fail.h"
#include "format/compose.h"
#include "wire/doc.h"

enum { NAME_MOST = 256, ENDPOINT_MOST = 2048, WHO_MOST = 1100, METHOD_MOST = 64 };

static const ms AHEAD_MOST = 5 * (ms)MS_MINUTE; /* how far other clocks may be ahead of ours */

void deployment_draft_release(struct deployment_draft *draft)
{
    buf_release(&draft->variables);
    buf_release(&draft->tags);
}

/* --- what is good --- */

static bool is_any(struct str text)
{
    (void)text; /* values are nobody's business */
    return true;
}

static bool is_variable_name(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == '=' || text.data[i] == 0x7f)
            return false;
    return text.size > 0;
}

/* A URL, a name or an ARN; a URL must not carry a password. */
static bool is_endpoint(struct str text)
{
    bool is_url = false;

    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7f)
            return false;
        is_url = is_url || str_starts(str_part(text, i, text.size), STR("://"));
        if (is_url && text.data[i] == '@')
            return false;
    }
    return text.size > 0;
}

static bool is_method(struct str text)
{
    return deployment_method_parse(text) != 0;
}

static bool is_strategy(struct str text)
{
    return deployment_strategy_parse(text) != 0;
}

static bool is_what(struct str text)
{
    enum rollout_what what = rollout_what_parse(text);

    return what != 0 && what != ROLLOUT_CREATED;
}

/* --- registering --- */

static bool has_name(const struct doc *list, size_t until, struct str name)
{
    for (size_t i = 0; i < until; i++) {
        struct fail why = FAIL_OK;
        struct str  other;

        if (doc_text(doc_item(list, i), "name", &other, &why) == 0 && str_is(other, name))
            return true;
    }
    return false;
}

static void read_variable(const struct members *body, const struct doc *list, size_t at,
                          struct compose *out)
{
    static const char *const         names[] = {"name", "value", NULL};
    static const struct members_text name    = {.most      = NAME_MOST,
                                                .is_needed = true,
                                                .is_good   = is_variable_name,
                                                .shape     = "a name without blanks and '='"};
    static const struct members_text value   = {.most = DEPLOYMENT_VALUE_MOST, .is_good = is_any};
    struct members                   item;
    struct str                       said, secret;

    if (!members_item(body, "environment_variables", at, doc_item(list, at), &item))
        return;
    members_known(&item, names);
    members_text(&item, "name", &name, &said);
    members_text(&item, "value", &value, &secret);
    if (!members_has(&item, "value"))
        members_flaw(&item, "value", "missing", "'value' is needed");
    if (said.data && has_name(list, at, said))
        members_flaw(&item, "name", "duplicate", "an environment variable of this name is there");
    compose_open(out, NULL, '{');
    compose_text(out, "name", said);
    compose_text(out, "value", secret.data ? secret : STR(""));
    compose_close(out, '}');
}

static void read_variables(const struct members *body, struct deployment_draft *out)
{
    const struct doc *list =
        members_array(body, "environment_variables", DEPLOYMENT_MOST_VARIABLES);
    struct compose json = compose_into(&out->variables);

    if (!list)
        return;
    compose_open(&json, NULL, '[');
    for (size_t i = 0; i < doc_count(list); i++)
        read_variable(body, list, i, &json);
    compose_close(&json, ']');
    out->deployment.variables = buf_view(&out->variables);
}

/* In hundredths; `otherwise` when it is not given, or not good. */
static int64_t read_percent(const struct members *body, bool is_needed, int64_t otherwise)
{
    double percent;

    if (!members_has(body, "percent")) {
        if (is_needed)
            members_flaw(body, "percent", "missing", "'percent' is needed");
    } else if (doc_as_real(doc_member(body->object, "percent"), &percent)) {
        members_flaw(body, "percent", "wrong-type", "'percent' is a number");
    } else if (!(percent >= 0 && percent <= 100)) {
        members_flaw(body, "percent", "bad-value", "'percent' is a number from 0 to 100");
    } else {
        return (int64_t)(percent * ROLLOUT_PERCENT + 0.5);
    }
    return otherwise;
}

/* A moment that has come, give or take a clock. */
static ms read_moment(const struct members *body, const char *name, ms now)
{
    ms at;

    members_time(body, name, &at);
    if (at != WHEN_UNKNOWN && at > now + AHEAD_MOST)
        members_flaw(body, name, "bad-value", "'%s' is still to come", name);
    return at == WHEN_UNKNOWN ? now : at;
}

static void read_ways(const struct members *body, struct deployment *out)
{
    static const struct members_text method = {
        .most    = METHOD_MOST,
        .is_good = is_method,
        .shape   = "one of self hosted ECS, self hosted EKS, AWS Lambda, AWS SageMaker, AWS EC2, "
                   "AWS Elastic Beanstalk, on-premises container, on-premises VM"};
    static const struct members_text strategy = {
        .most = METHOD_MOST, .is_good = is_strategy, .shape = "one of blue green, canary, rolling"};
    struct str said;

    members_text(body, "deployment_method", &method, &said);
    out->method = said.data ? deployment_method_parse(said) : 0;
    members_text(body, "rolling_strategy", &strategy, &said);
    out->strategy = said.data ? deployment_strategy_parse(said) : 0;
}

static void read_texts(const struct members *body, struct deployment_draft *out)
{
    static const struct members_text name     = {.most = NAME_MOST};
    static const struct members_text endpoint = {
        .most    = ENDPOINT_MOST,
        .is_good = is_endpoint,
        .shape   = "a URL without user and password, or the name or ARN of an endpoint"};
    static const struct members_text prose = {.most = DEPLOYMENT_TEXT_MOST};

    members_text(body, "environment", &name, &out->deployment.environment);
    members_text(body, "endpoint", &endpoint, &out->deployment.endpoint);
    members_text(body, "variant", &name, &out->deployment.variant);
    members_text(body, "description", &prose, &out->deployment.description);
    members_text(body, "why", &prose, &out->order.why);
    members_text(body, "created_by", &(struct members_text){.most = WHO_MOST},
                 &out->deployment.created_by);
}

int deployment_draft_read(const struct members *body, ms now, struct deployment_draft *out,
                          struct fail *why)
{
    static const char *const names[]    = {ADDRESS_MEMBERS,
                                           "model_version",
                                           "environment",
                                           "endpoint",
                                           "variant",
                                           "environment_variables",
                                           "deployment_method",
                                           "rolling_strategy",
                                           "rollback_of",
                                           "percent",
                                           "why",
                                           "description",
                                           "tags",
                                           "create_at",
                                           "created_by",
                                           "deployment_id",
                                           NULL};
    const struct members_int number     = {1, INT64_MAX, 0};
    struct deployment       *deployment = &out->deployment;

    members_known(body, names);
    members_int(body, "model_version", &number, &deployment->version);
    members_int(body, "rollback_of", &number, &deployment->rollback_of);
    members_int(body, "deployment_id", &number, &out->number);
    if (!members_has(body, "model_version") && !members_has(body, "rollback_of"))
        members_flaw(body, "model_version", "missing", "'model_version' is needed");
    read_texts(body, out);
    read_ways(body, deployment);
    read_variables(body, out);
    if (members_tags(body, "tags", &out->tags) && out->tags.size)
        deployment->tags = buf_view(&out->tags);
    deployment->source  = ROLLOUT_BY_PEOPLE;
    deployment->created = read_moment(body, "create_at", now);
    out->order.share    = read_percent(body, false, deployment->rollback_of ? ROLLOUT_WHOLE : 0);
    return buf_check(&out->variables, why) || buf_check(&out->tags, why) ? -1 : 0;
}

/* --- saying what happened --- */

void deployment_draft_say(const struct members *body, ms now, struct deploy_say *out)
{
    static const char *const         names[] = {"what", "percent", "why", "at", NULL};
    static const struct members_text what    = {
           .most      = 32,
           .is_needed = true,
           .is_good   = is_what,
           .shape     = "one of traffic_shift, promoted, rolled_back, failed, retired"};
    static const struct members_text prose = {.most = DEPLOYMENT_TEXT_MOST};
    struct str                       said;
    bool                             is_shift;

    members_known(body, names);
    members_text(body, "what", &what, &said);
    members_text(body, "why", &prose, &out->why);
    out->what = said.data ? rollout_what_parse(said) : ROLLOUT_SHIFT;
    out->at   = read_moment(body, "at", now);
    is_shift  = said.data && out->what == ROLLOUT_SHIFT;
    if (said.data && !is_shift && members_has(body, "percent"))
        members_flaw(body, "percent", "bad-value", "'percent' goes with traffic_shift only");
    else
        out->share = read_percent(body, is_shift, 0);
}

/* --- changing --- */

void deployment_draft_patch(const struct members *body, struct deployment_patch *out)
{
    static const char *const         names[] = {ADDRESS_MEMBERS,
                                                "description",
                                                "tags",
                                                "model_version",
                                                "environment",
                                                "endpoint",
                                                "variant",
                                                "environment_variables",
                                                "deployment_method",
                                                "rolling_strategy",
                                                "rollback_of",
                                                "percent",
                                                "state",
                                                "since",
                                                "source",
                                                "endpoint_config",
                                                "create_at",
                                                "created_by",
                                                "deployment_id",
                                                "log_group",
                                                "changed_at",
                                                NULL};
    static const struct members_text prose   = {.most = DEPLOYMENT_TEXT_MOST};
    struct members                   tags;

    *out = (struct deployment_patch){.tags = NULL};
    members_known(body, names);
    for (size_t i = 0; names[i]; i++)
        if (!str_is_text(str_of(names[i]), "description") && !str_is_text(str_of(names[i]), "tags")
            && (members_has(body, names[i]) || members_is_null(body, names[i])))
            members_flaw(body, names[i], "immutable-field",
                         "'%s' of a registered deployment cannot change", names[i]);
    out->change.has_description =
        members_has(body, "description") || members_is_null(body, "description");
    out->change.has_tags = members_has(body, "tags") || members_is_null(body, "tags");
    members_text(body, "description", &prose, &out->change.description);
    if (members_object(body, "tags", &tags))
        out->tags = tags.object;
}
