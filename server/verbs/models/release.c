#include "verbs/models/release.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/models/parts.h"
#include "verbs/models/target.h"
#include "verbs/show.h"
#include "verbs/term.h"
#include "wire/doc.h"

enum { PATH_MOST = 16 * 1024, BODY_MOST = 2 << 20, LINE_MOST = 64 * 1024 };

/* ---- shared --------------------------------------------------------------------------------- */

static int set_number(const struct args *args, const char *flag, const char *member,
                      struct doc *body, struct fail *why)
{
    int64_t number;

    if (!args_has(args, flag))
        return 0;
    if (args_number(args, flag, 1, INT64_MAX, 0, &number, why))
        return -1;
    doc_set_int(body, member, number);
    return 0;
}

static int set_percent(const struct args *args, struct doc *body, struct fail *why)
{
    const char *text = args_flag(args, "percent");
    double      percent;

    if (!text)
        return 0;
    if (str_to_double(str_of(text), &percent) || percent < 0 || percent > 100)
        return fail_set(why, FAIL_INPUT, "--percent: \"%s\" is no number between 0 and 100", text);
    doc_set_real(body, "percent", percent);
    return 0;
}

/* "deployment 3 of /northwind/ads/ad_ranker: version 3, active, 25%" */
static int print_state(const struct args *args, const struct doc *deployment, struct fail *why)
{
    OWN(buf) line  = BUF_UP_TO(LINE_MOST);
    OWN(buf) inert = BUF_UP_TO(LINE_MOST);
    double number = 0, version = 0, percent = 0;

    if (args_has(args, "json"))
        return show_json(deployment, why);
    (void)show_number(deployment, "deployment_id", &number); /* else it is 0 */
    (void)show_number(deployment, "model_version", &version);
    (void)show_number(deployment, "percent", &percent);
    buf_format(&line, "deployment %.0f of %.*s: version %.0f, %.*s, %g%%", number,
               STR_ARG(show_text(deployment, "log_group")), version,
               STR_ARG(show_text(deployment, "state")), percent);
    term_inert(&inert, buf_view(&line));
    (void)puts(buf_c(&inert));
    return 0;
}

static int post(const struct args *args, struct client *client, const char *path,
                const struct doc *body, struct fail *why)
{
    OWN(buf) text                 = BUF_UP_TO(BODY_MOST);
    OWN_PTR(doc) deployment       = NULL;
    struct client_request request = {
        .method = "POST", .path = path, .once = args_flag(args, "once")};

    if (doc_render(body, &text, why))
        return -1;
    request.body = buf_view(&text);
    if (client_send(client, &request, &deployment, why))
        return -1;
    return print_state(args, deployment, why);
}

/* ---- create --------------------------------------------------------------------------------- */

static int take_variable(void *ctx, struct str name, struct str value, struct fail *why)
{
    struct doc *variable = doc_object();

    (void)why; /* what the memory does not allow is told when the body is rendered */
    doc_set_text(variable, "name", name);
    doc_set_text(variable, "value", value);
    doc_add(ctx, variable);
    return 0;
}

static int make_body(const struct args *args, struct doc *body, struct fail *why)
{
    static const struct target_member members[] = {{"environment", "environment"},
                                                   {"endpoint", "endpoint"},
                                                   {"variant", "variant"},
                                                   {"method", "deployment_method"},
                                                   {"strategy", "rolling_strategy"},
                                                   {"description", "description"},
                                                   {"why", "why"},
                                                   {NULL, NULL}};
    OWN_PTR(doc) variables                      = doc_array();

    target_texts(args, members, body);
    if (target_pairs(args, "variables", take_variable, variables, why)
        || target_tags(args, body, why) || set_percent(args, body, why)
        || set_number(args, "version", "model_version", body, why))
        return -1;
    if (args_has(args, "variables"))
        doc_set(body, "environment_variables", TAKE(variables));
    return 0;
}

int release_create(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path     = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) body = NULL;

    if (target_path(args, 0, "/deployments", &path, why) || models_body(args, &body, why)
        || make_body(args, body, why))
        return -1;
    return post(args, client, buf_c(&path), body, why);
}

/* ---- what happened to one ------------------------------------------------------------------- */

int release_say(const struct args *args, struct client *client, struct fail *why)
{
    static const struct target_thing rollout       = {"/deployments/", "a deployment's number",
                                                      "/rollout"};
    OWN(buf) path                                  = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) body                              = doc_object();
    bool                              is_shift     = strcmp(args->word, "shift") == 0;
    bool                              is_promotion = strcmp(args->word, "promote") == 0;
    static const struct target_member members[]    = {{"why", "why"}, {"at", "at"}, {NULL, NULL}};

    if (is_shift && !args_has(args, "percent"))
        return fail_set(why, FAIL_INPUT, "--percent says how much of the traffic it gets");
    doc_set_text(body, "what",
                 is_shift       ? STR("traffic_shift")
                 : is_promotion ? STR("promoted")
                                : STR("retired"));
    target_texts(args, members, body);
    if (target_thing_path(args, &rollout, &path, why) || (is_shift && set_percent(args, body, why)))
        return -1;
    return post(args, client, buf_c(&path), body, why);
}

/* A rollback is a deployment of its own, of the version that served before. */
int release_rollback(const struct args *args, struct client *client, struct fail *why)
{
    OWN(buf) path     = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) body = NULL;
    const char *which;
    int64_t     number;

    if (target_path(args, 0, "/deployments", &path, why)
        || args_operand_at(args, 1, "the number of the deployment to take back", &which, why)
        || models_body(args, &body, why) || make_body(args, body, why))
        return -1;
    if (str_to_i64(str_of(which), 1, INT64_MAX, &number))
        return fail_set(why, FAIL_INPUT, "\"%s\" is no deployment's number", which);
    doc_set_int(body, "rollback_of", number);
    return post(args, client, buf_c(&path), body, why);
}
