/* Signing in at the console.
 *
 * POST /session {"key":"smon_..."}   204 and a cookie no script can read, sent to this site alone
 * GET /session                       who one is: {"is_signed_in":true,"roles":["read"],...}
 * DELETE /session                    204, and the session is over */
#include "api/app.h"
#include "api/guard.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "base/fail.h"
#include "base/log.h"
#include "config.h"
#include "format/compose.h"
#include "wire/doc.h"
#include "wire/web.h"

enum { ANSWER_CEILING = 64 * 1024 };

/* Clear text beyond loopback is only spoken behind a proxy that speaks TLS. */
static bool is_secure(const struct app *app, const struct web_request *request)
{
    struct str forwarded = web_header(request, "X-Forwarded-Proto");

    return app->config->tls_certificate[0]
           || (app->config->behind_proxy && str_is_nocase(forwarded, STR("https")));
}

static void set_cookie(const struct app *app, const struct web_request *request,
                       struct web_reply *reply, const char *id, ms life)
{
    web_reply_header(reply, "Set-Cookie",
                     SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s", id,
                     (long long)(life / MS_SECOND), is_secure(app, request) ? "; Secure" : "");
    web_reply_header(reply, "Cache-Control", "no-store");
}

static int read_key(const struct web_request *request, struct doc **out, struct str *key,
                    struct fail *why)
{
    *out = doc_parse(web_body(request), why);
    return *out && doc_text(*out, "key", key, why) == 0 ? 0 : -1;
}

void session_begin(struct app *app, struct web_request *request, const struct caller *caller)
{
    OWN_PTR(doc) body       = NULL;
    struct web_reply reply  = WEB_REPLY(204);
    struct caller    signer = {.table = NULL};
    struct fail      why    = FAIL_OK;
    char             id[SESSION_ID_ROOM];
    struct str       key;

    (void)caller; /* nobody yet */
    if (read_key(request, &body, &key, &why)) {
        problem_reply(request, &why);
        return;
    }
    if (guard_key(app->keys, str_trim(key), when_now(), &signer) != GUARD_KNOWN) {
        LOG(LOG_SIGN_IN_REFUSED, LOG_TEXT("peer", web_peer(request)));
        problem_reply_unknown(request, "this is not a valid key");
        return;
    }
    if (guard_sign_in(app->keys, str_trim(key), id, &why)) {
        problem_reply(request, &why);
    } else {
        LOG(LOG_SIGN_IN, LOG_TEXT("key", signer.kid), LOG_TEXT("peer", web_peer(request)));
        set_cookie(app, request, &reply, id, SESSION_LIFE);
        web_reply(request, &reply);
    }
    guard_release(&signer);
}

void session_over(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct web_reply reply = WEB_REPLY(204);

    (void)caller; /* also who is nobody any more may leave */
    guard_sign_out(app->keys, request);
    set_cookie(app, request, &reply, "", 0);
    web_reply(request, &reply);
}

static void write_accounts(struct compose *out, const struct scope *scope)
{
    struct str rest = scope->text, account;

    compose_open(out, "accounts", '[');
    if (scope->is_all)
        compose_text(out, NULL, STR("*"));
    while (!scope->is_all && str_cut(&rest, ',', &account))
        if (account.size)
            compose_text(out, NULL, account);
    compose_close(out, ']');
}

static void write_session(struct compose *out, const struct app *app, const struct caller *who,
                          bool is_signed_in)
{
    compose_open(out, NULL, '{');
    compose_bool(out, "is_signed_in", is_signed_in);
    compose_bool(out, "is_open", app->opens_reading);
    compose_text(out, "kid", str_of(who->kid));
    compose_open(out, "roles", '[');
    for (unsigned bit = 1; bit < ROLE_ALL; bit <<= 1)
        if (who->roles & bit)
            compose_text(out, NULL, str_of(key_role_name((enum role)bit)));
    compose_close(out, ']');
    write_accounts(out, &who->scope);
    compose_text(out, "version", str_of(app->version));
    compose_close(out, '}');
}

void session_show(struct app *app, struct web_request *request, const struct caller *caller)
{
    struct web_reply reply        = WEB_REPLY(200);
    struct caller    who          = {.scope = SCOPE_NOBODY};
    bool             is_signed_in = guard_who(app->keys, request, &who) == GUARD_KNOWN;
    struct compose   out;

    (void)caller; /* the path is open, so nobody has asked for the key yet */
    if (!is_signed_in && app->opens_reading) {
        who.roles = ROLE_READ;
        who.scope = SCOPE_ALL;
    }
    reply.type = "application/json";
    reply.body = BUF_UP_TO(ANSWER_CEILING);
    out        = compose_into(&reply.body);
    write_session(&out, app, &who, is_signed_in);
    web_reply_header(&reply, "Cache-Control", "no-store");
    guard_release(&who);
    web_reply(request, &reply);
}
