#include "api/problem.h"

#include "base/buf.h"
#include "base/fail.h"
#include "format/compose.h"
#include "format/flaws.h"
#include "query/params.h"
#include "wire/web.h"

#include <stdio.h>
#include <string.h>

enum { PROBLEM_CEILING = 16 * 1024, RETRY_SECONDS = 2 };

static const struct problem_type types[] = {
    {"bad-request", 400, "Bad request", "The request cannot be read; `detail` says where."},
    {"unknown-parameter", 400, "Unknown parameter",
     "Remove the parameter or correct its name; /openapi.json lists those of every path."},
    {"bad-parameter", 400, "Bad parameter",
     "Give the parameter a value of the form `detail` names."},
    {"bad-member", 400, "Bad member in the body",
     "Correct the members that `errors` names; /openapi.json has the schema of every body."},
    {"cursor-mismatch", 400, "Cursor does not fit",
     "Use a cursor only with the list, filters and order it came from; or start without one."},
    {"unauthorized", 401, "No valid key",
     "Send a key: Authorization: Bearer smon_..., X-API-Key, or as Basic password. `smon keys "
     "list` "
     "shows which are valid."},
    {"forbidden", 403, "Not allowed",
     "The key lacks the role or the account; `smon keys` makes another."},
    {"not-found", 404, "Not found", "There is no such thing, or the key does not reach it."},
    {"method-not-allowed", 405, "Method not allowed",
     "Use one of the methods in the Allow header."},
    {"request-timeout", 408, "Request took too long",
     "The request did not arrive whole within the deadline; send it again."},
    {"conflict", 409, "Conflict", "It contradicts what is there; read it again first."},
    {"immutable-field", 409, "Field cannot change",
     "Leave out the members that `errors` names; what may change says /openapi.json. For other "
     "contents, register a new version."},
    {"version-conflict", 409, "Version contradicts what is registered",
     "Numbers are given in order and never again: leave `model_version` out, or repeat the "
     "registration exactly."},
    {"key-reused", 409, "Idempotency key was used for another request",
     "Take a new Idempotency-Key for a new request; repeat an old one byte by byte."},
    {"precondition-failed", 412, "It has changed since",
     "Read it again, look at what changed, and send the ETag of that answer as If-Match."},
    {"too-large", 413, "Too large", "Send less at once."},
    {"uri-too-long", 414, "Address too long", "Use fewer or shorter parameters."},
    {"unsupported-media-type", 415, "Unsupported content", "Send application/json."},
    {"too-wide", 422, "Asks for too much",
     "Narrow the time range, or take a longer step; give a range where there is none."},
    {"precondition-required", 428, "If-Match is missing",
     "Send the ETag of the answer you have read as If-Match, so that no change is lost; or `*`."},
    {"too-many-requests", 429, "Too many requests", "Wait as Retry-After says."},
    {"headers-too-large", 431, "Headers too large", "Send fewer or shorter headers."},
    {"internal", 500, "Internal error",
     "A mistake of ours; the log has a line with this request_id."},
    {"bad-gateway", 502, "Somebody else failed", "Try again later."},
    {"busy", 503, "Busy", "Try again after Retry-After; nothing was taken."},
    {"query-deadline", 503, "Query took too long",
     "Narrow the filters or the time range, or try again when there is less to do."},
};

enum { TYPE_COUNT = sizeof types / sizeof types[0] };

const struct problem_type *problem_type(size_t at)
{
    return at < TYPE_COUNT ? &types[at] : NULL;
}

const struct problem_type *problem_find(struct str slug)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (str_is_text(slug, types[i].slug))
            return &types[i];
    return NULL;
}

const struct problem_type *problem_of_status(int status)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (types[i].status == status)
            return &types[i];
    return NULL;
}

const struct problem_type *problem_of_fail(const struct fail *why)
{
    return problem_of_status(fail_meaning(why->kind)->http_status);
}

/* A panel shows `message`; the page that tests a data source shows `error`. */
static void say_again(struct compose *json, const struct problem *problem)
{
    struct str detail = problem->detail ? str_of(problem->detail) : STR("");

    compose_text(json, "message", detail);
    compose_open(json, "error", '{');
    compose_text(json, "code", problem->type ? str_of(problem->type->slug) : STR("http-error"));
    compose_text(json, "message", detail);
    compose_close(json, '}');
}

void problem_compose(const struct problem *problem, struct buf *out)
{
    const struct problem_type *type = problem->type;
    struct compose             json = compose_into(out);
    char                       uri[64];
    int size = snprintf(uri, sizeof uri, "/problems/%s", type ? type->slug : "");

    compose_open(&json, NULL, '{');
    compose_text(&json, "type", type && size > 0 ? str_of(uri) : STR("about:blank"));
    compose_text(&json, "title", type ? str_of(type->title) : STR("HTTP error"));
    compose_int(&json, "status", type ? type->status : problem->status);
    compose_text(&json, "detail", problem->detail ? str_of(problem->detail) : STR(""));
    if (problem->flaws && problem->flaws->count) {
        flaws_compose(problem->flaws, &json, "errors");
    } else if (problem->parameter && *problem->parameter) {
        compose_open(&json, "errors", '[');
        compose_open(&json, NULL, '{');
        compose_text(&json, "parameter", str_of(problem->parameter));
        compose_text(&json, "code", str_of(type ? type->slug : ""));
        compose_text(&json, "detail", str_of(problem->detail));
        compose_close(&json, '}');
        compose_close(&json, ']');
    }
    if (problem->retry_after_s)
        compose_int(&json, "retry_after_s", problem->retry_after_s);
    if (problem->request_id && *problem->request_id)
        compose_text(&json, "request_id", str_of(problem->request_id));
    if (problem->is_for_grafana)
        say_again(&json, problem);
    compose_close(&json, '}');
}

static bool is_of_grafana(struct str path)
{
    return str_is_text(path, "/grafana") || str_starts(path, STR("/grafana/"));
}

static struct web_reply reply_of(struct web_request *request, struct problem problem)
{
    struct web_reply reply = WEB_REPLY(problem.type ? problem.type->status : problem.status);

    problem.request_id     = web_request_id(request);
    problem.is_for_grafana = is_of_grafana(web_path(request));
    if (reply.status == 503 || reply.status == 429) {
        problem.retry_after_s = RETRY_SECONDS;
        web_reply_header(&reply, "Retry-After", "%d", RETRY_SECONDS);
    }
    reply.type = "application/problem+json";
    reply.body = BUF_UP_TO(PROBLEM_CEILING);
    problem_compose(&problem, &reply.body);
    if (reply.body.broken) {
        buf_release(&reply.body);
        reply.static_body =
            STR("{\"type\":\"about:blank\",\"title\":\"No memory\",\"status\":503}");
    }
    web_reply_header(&reply, "Cache-Control", "no-store");
    return reply;
}

/* The sentence of a mistake of ours may say too much: it stands in the log. */
static const char *detail_of(const struct fail *why)
{
    return why->kind == FAIL_BUG ? "something went wrong on our side" : why->text;
}

void problem_reply(struct web_request *request, const struct fail *why)
{
    struct web_reply reply =
        reply_of(request, (struct problem){.type   = problem_of_fail(why),
                                           .status = fail_meaning(why->kind)->http_status,
                                           .detail = detail_of(why)});

    web_reply(request, &reply);
}

void problem_reply_as(struct web_request *request, const char *slug, const char *detail)
{
    struct web_reply reply = reply_of(
        request,
        (struct problem){.type = problem_find(str_of(slug)), .status = 500, .detail = detail});

    web_reply(request, &reply);
}

/* What goes wrong while reading: a statement past its deadline is not the asker's "too many". */
static const struct problem_type *type_of_reading(const struct params *params,
                                                  const struct fail   *why)
{
    switch (params->fault) {
    case PARAM_UNKNOWN: return problem_find(STR("unknown-parameter"));
    case PARAM_BAD: return problem_find(STR("bad-parameter"));
    case PARAM_CURSOR: return problem_find(STR("cursor-mismatch"));
    case PARAM_TOO_WIDE: return problem_find(STR("too-wide"));
    case PARAM_FINE: break;
    }
    if (why->kind == FAIL_LIMIT)
        return problem_find(STR("query-deadline"));
    if (why->kind == FAIL_SIZE)
        return problem_find(STR("too-wide"));
    return problem_of_fail(why);
}

const struct problem_type *problem_of_asked(const struct problem_asked *asked,
                                            const struct fail          *why)
{
    return asked->slug ? problem_find(str_of(asked->slug)) : type_of_reading(asked->params, why);
}

void problem_reply_asked(struct web_request *request, const struct problem_asked *asked,
                         const struct fail *why)
{
    struct web_reply reply =
        reply_of(request, (struct problem){.type      = problem_of_asked(asked, why),
                                           .status    = fail_meaning(why->kind)->http_status,
                                           .detail    = detail_of(why),
                                           .parameter = asked->params->fault_name,
                                           .flaws     = asked->flaws});

    web_reply(request, &reply);
}

void problem_reply_leaving(struct web_request *request, const char *detail)
{
    struct web_reply reply =
        reply_of(request, (struct problem){.type = problem_of_status(503), .detail = detail});

    reply.closes = true;
    web_reply(request, &reply);
}

void problem_reply_method(struct web_request *request, const char *allow)
{
    struct web_reply reply =
        reply_of(request, (struct problem){.type   = problem_of_status(405),
                                           .detail = "this path does not know the method"});

    web_reply_header(&reply, "Allow", "%s", allow);
    web_reply(request, &reply);
}

void problem_reply_unknown(struct web_request *request, const char *detail)
{
    struct web_reply reply =
        reply_of(request, (struct problem){.type = problem_of_status(401), .detail = detail});

    web_reply_header(&reply, "WWW-Authenticate", "Bearer realm=\"smon\"");
    web_reply(request, &reply);
}
