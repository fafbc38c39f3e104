#include "api/api.h"

#include "api/app.h"
#include "api/ask.h"
#include "api/grafana/cors.h"
#include "api/guard.h"
#include "api/keeper.h"
#include "api/match.h"
#include "api/fleet/prices.h"
#include "api/problem.h"
#include "api/routes.h"
#include "api/stream.h"
#include "base/fail.h"
#include "base/log.h"
#include "base/mem.h"
#include "config.h"
#include "query/recent.h"
#include "store/store.h"
#include "store/writer.h"

#include <string.h>

enum {
    INGEST_MOST_BYTES = 1024 * 1024 + 64 * 1024,
    API_MOST_BYTES    = 1024 * 1024,
    WORK_MOST_BYTES   = 8 * 1024 * 1024, /* four jobs of a thousand hosts, measured at once */
    ALLOW_CEILING     = 128
};

static const ms RECENT_FOR = MS_SECOND;

/* What is kept with a request from its headers to its answer. */
struct ticket {
    struct reading      reading; /* first: the readers hand it back */
    struct app         *app;
    const struct route *route;
    struct web_request *request;
    struct caller       caller;
};

static void ticket_release(void *kept)
{
    struct ticket *ticket = kept;

    guard_release(&ticket->caller);
    mem_free(ticket);
}

/* --- when the headers are in --- */

static void no_route(struct web_request *request, struct buf *allow)
{
    if (allow->size)
        problem_reply_method(request, buf_c(allow));
    else
        problem_reply_as(request, "not-found", "there is nothing at this path");
}

/* A browser that knows a key sends it along with whatever a foreign page makes it post. Such posts
 * say where they come from. */
static bool is_foreign(const struct web_request *request)
{
    struct str origin = web_header(request, "Origin");
    struct str host   = web_header(request, "Host");
    struct str scheme;

    if (!origin.data)
        return false;
    return !str_cut(&origin, '/', &scheme) || !str_cut(&origin, '/', &scheme) || !origin.data
           || !str_is_nocase(origin, host);
}

static int may_change(struct app *app, struct web_request *request, const struct route *route,
                      const struct caller *caller)
{
    bool changes = !str_is_text(str_of(route->method), "GET")
                   && !str_is_text(str_of(route->method), "OPTIONS");

    if (!changes || caller->is_local || !is_foreign(request) || cors_allows(app, request))
        return 0;
    problem_reply_as(request, "forbidden", "a page of another site may not do this");
    return -1;
}

static int refuse_role(struct web_request *request, const struct route *route)
{
    if (route->flags & ROUTE_EVENTS)
        problem_reply_unknown(request, "the key is valid, but not for ingest: it lacks that role");
    else
        problem_reply_as(request, "forbidden", "the key lacks the role this path wants");
    return -1;
}

/* 0: may. -1: answered. */
static int may(struct app *app, struct web_request *request, const struct route *route,
               struct caller *out)
{
    *out = (struct caller){.kid = "none", .scope = SCOPE_NOBODY};
    if (!route->role)
        return may_change(app, request, route, out);
    switch (guard_who(app->keys, request, out)) {
    case GUARD_KNOWN: break;
    case GUARD_NO_KEY:
        if (app->opens_reading && route->role == ROLE_READ) {
            *out = (struct caller){.kid = "open", .roles = ROLE_READ, .scope = SCOPE_ALL};
            return 0;
        }
        problem_reply_unknown(request, "this path wants a key");
        return -1;
    case GUARD_BAD_KEY: problem_reply_unknown(request, "this is not a valid key"); return -1;
    }
    if (!(out->roles & route->role))
        return refuse_role(request, route);
    return may_change(app, request, route, out);
}

static bool is_work(struct str path)
{
    return str_starts(path, STR("/collect/"));
}

static bool is_ingest(struct str path)
{
    return str_starts(path, STR("/ingest/"));
}

static size_t body_limit(const struct route *route)
{
    const struct str path = str_of(route->path);

    if (is_work(path))
        return WORK_MOST_BYTES;
    return is_ingest(path) ? INGEST_MOST_BYTES : API_MOST_BYTES;
}

static size_t admit(struct web_request *request, void *ctx)
{
    struct app *app = ctx;
    OWN(buf) allow  = BUF_UP_TO(ALLOW_CEILING);
    struct caller       caller;
    struct str          ids[ROUTE_MOST_IDS];
    struct ticket      *ticket;
    const struct route *route = route_find(web_method(request), web_path(request), ids, &allow);

    cors_admit(app, request);
    if (!route) {
        no_route(request, &allow);
        return 0;
    }
    if (may(app, request, route, &caller)) {
        guard_release(&caller);
        return 0;
    }
    if (atomic_load(&app->is_draining) && is_ingest(str_of(route->path))) {
        guard_release(&caller);
        problem_reply_leaving(request, "the service is stopping; please send it to the next");
        return 0;
    }
    ticket = mem_new(sizeof *ticket);
    if (!ticket) {
        guard_release(&caller);
        problem_reply_as(request, "busy", "no memory for a request");
        return 0;
    }
    memcpy(caller.ids, ids, sizeof ids);
    *ticket = (struct ticket){.app = app, .route = route, .request = request, .caller = caller};
    web_keep(request, ticket, ticket_release);
    return body_limit(route);
}

/* --- on a reader's thread --- */

/* Everything that decides the answer: the question, and whose eyes it is for. Only bodies are kept,
 * so an answer with headers of its own is made anew each time. */
static void recent_key(const struct ticket *ticket, struct buf *out)
{
    buf_str(out, web_path(ticket->request));
    buf_char(out, '?');
    buf_str(out, web_query(ticket->request));
    buf_char(out, '\n');
    guard_sight(&ticket->caller, out);
}

static int read_answer(struct ticket *ticket, struct ask *ask, struct fail *why)
{
    OWN(buf) key   = BUF_UP_TO(RECENT_MOST_KEY);
    bool is_recent = ticket->route->flags & ROUTE_RECENT;
    ms   began     = when_monotonic();

    if (is_recent) {
        recent_key(ticket, &key);
        if (key.broken)
            is_recent = false;
        else if (recent_find(ticket->app->recent, buf_view(&key), &ask->body))
            return buf_check(&ask->body, why);
    }
    if (!ask->reader->db)
        return fail_set(why, FAIL_BUSY, "the store cannot be read now");
    if (when_monotonic() >= ticket->reading.deadline)
        return fail_set(why, FAIL_LIMIT, "the question waited longer than queries may take");
    if (params_parse(&ask->params, web_query(ticket->request), why) || ticket->route->read(ask, why)
        || buf_check(&ask->body, why))
        return -1;
    if (is_recent && ask->reply.status == 200 && !ask->reply.header_count)
        recent_put(ticket->app->recent, buf_view(&key), buf_view(&ask->body),
                   when_monotonic() - began);
    return 0;
}

/* Eight bytes at a step: lists are long, and this is only to tell two of them apart. */
static uint64_t fingerprint(struct str text)
{
    uint64_t hash = text.size, piece;

    for (size_t at = 0; at < text.size; at += sizeof piece) {
        size_t left = text.size - at;

        piece = 0;
        memcpy(&piece, text.data + at, left < sizeof piece ? left : sizeof piece);
        hash = (hash ^ piece) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    return hash;
}

static const char *header_of(const struct web_reply *reply, const char *name)
{
    for (int i = 0; i < reply->header_count; i++)
        if (!strcmp(reply->headers[i].name, name))
            return reply->headers[i].value;
    return NULL;
}

/* The handler's tag; else one from the contents: weak for lists, whose order of writing is not
 * promised byte by byte. */
static bool is_unchanged(struct ask *ask)
{
    if (ask->reply.status != 200 || !str_is_text(web_method(ask->request), "GET"))
        return false;
    if (!header_of(&ask->reply, "ETag"))
        web_reply_header(&ask->reply, "ETag", "%s\"%016llx\"", ask->is_list ? "W/" : "",
                         (unsigned long long)fingerprint(buf_view(&ask->body)));
    return match_has(web_header(ask->request, "If-None-Match"), header_of(&ask->reply, "ETag"));
}

static void log_request(const struct ticket *ticket, int status, const struct fail *why)
{
    struct web_request *request = ticket->request;
    ms                  took    = when_monotonic() - web_received_at(request);

    if (why && why->kind == FAIL_BUG)
        LOG(LOG_INTERNAL, LOG_STR("path", web_path(request)), LOG_WHY(why),
            LOG_TEXT("request_id", web_request_id(request)));
    if (why || !(ticket->route->flags & ROUTE_QUIET))
        LOG(LOG_REQUEST, LOG_STR("method", web_method(request)), LOG_STR("path", web_path(request)),
            LOG_INT("status", status), LOG_INT("took_ms", took),
            LOG_TEXT("key", ticket->caller.kid), LOG_TEXT("request_id", web_request_id(request)),
            LOG_TEXT("outcome", why ? fail_meaning(why->kind)->name : "done"));
}

static void answer(struct ticket *ticket, struct ask *ask)
{
    if (!ask->reply.type)
        ask->reply.type = "application/json";
    if (!header_of(&ask->reply, "Cache-Control"))
        web_reply_header(&ask->reply, "Cache-Control", "private, no-cache");
    if (is_unchanged(ask)) {
        ask->reply.status = 304;
        ask->reply.type   = NULL;
        buf_release(&ask->body);
    }
    ask->reply.body = buf_take(&ask->body);
    log_request(ticket, ask->reply.status, NULL);
    web_reply(ticket->request, &ask->reply);
}

static void drop_reply(struct web_reply *reply)
{
    for (int i = 0; i < reply->header_count; i++)
        mem_free(reply->headers[i].value);
    reply->header_count = 0;
}

static void refuse_asked(struct ticket *ticket, struct ask *ask, const struct fail *why)
{
    const struct problem_asked asked = {&ask->params, &ask->flaws, ask->problem};
    const struct problem_type *type  = problem_of_asked(&asked, why);

    log_request(ticket, type ? type->status : fail_meaning(why->kind)->http_status, why);
    drop_reply(&ask->reply);
    problem_reply_asked(ticket->request, &asked, why);
}

static void run(struct reading *reading, struct reader *reader)
{
    struct ticket *ticket = (struct ticket *)reading;
    struct fail    why    = FAIL_OK;
    struct ask     ask    = {
               .app     = ticket->app,
               .request = ticket->request,
               .caller  = &ticket->caller,
               .reader  = reader,
               .asker   = {reader->db, reader->words, &ticket->caller.scope, when_now()},
               .params  = PARAMS_EMPTY,
               .body    = BUF_UP_TO(ASK_CEILING),
               .reply   = WEB_REPLY(200),
               .flaws   = FLAWS_NONE,
    };

    ask.json = compose_into(&ask.body);
    if (read_answer(ticket, &ask, &why) == 0) {
        answer(ticket, &ask);
    } else {
        refuse_asked(ticket, &ask, &why);
    }
    params_release(&ask.params);
    buf_release(&ask.body);
}

/* --- when the body is whole --- */

static bool is_json(const struct web_request *request)
{
    struct str type  = web_header(request, "Content-Type");
    struct str name  = STR("application/json");
    struct str merge = STR("application/merge-patch+json");

    return str_is_nocase(str_part(type, 0, name.size), name)
           || str_is_nocase(str_part(type, 0, merge.size), merge);
}

/* A form of another page can post much, but not this. */
static bool wants_json(struct str path)
{
    return str_starts(path, STR("/api/")) || str_is_text(path, "/session");
}

static void serve(struct web_request *request, void *ctx)
{
    struct app         *app    = ctx;
    struct ticket      *ticket = web_kept(request);
    const struct route *route  = ticket->route;

    if (web_body(request).size && wants_json(str_of(route->path)) && !is_json(request)) {
        problem_reply_as(request, "unsupported-media-type", "bodies here are application/json");
        return;
    }
    if (route->live) {
        route->live(app, request, &ticket->caller);
        return;
    }
    ticket->reading.run      = run;
    ticket->reading.deadline = when_monotonic() + app->config->query_deadline;
    if (!readers_submit(app->readers, &ticket->reading))
        problem_reply_as(request, "busy", "too many questions wait already");
}

static void refuse(int status, const char *detail, const char *request_id, struct buf *body,
                   void *ctx)
{
    const struct problem problem = {.type       = problem_of_status(status),
                                    .status     = status,
                                    .detail     = detail,
                                    .request_id = request_id,
                                    /* before the path is known: as all paths want it */
                                    .is_for_grafana = true};

    (void)ctx; /* the same for everybody */
    problem_compose(&problem, body);
}

static void count_answer(const struct web_request *request, int status, void *ctx)
{
    struct app *app  = ctx;
    int         part = is_ingest(web_path(request)) ? APP_INGEST : APP_REST;

    atomic_fetch_add(&app->answers[part][status / 100 % APP_STATUS_CLASSES], 1);
}

/* --- opening and closing --- */

static int make_secret(void *ctx, struct batch *batch, struct fail *why)
{
    (void)ctx; /* it stays in the store */
    return key_secret_make(batch, why);
}

/* Keys, and the secret that cursors are signed with. */
static int read_keys(struct app *app, struct fail *why)
{
    struct reader reader;
    int           result = 0, got;

    if (reader_open(&reader, app->store, why))
        return -1;
    if (!reader.db) {
        *why   = *reader.why;
        result = -1;
    } else {
        got = key_secret(reader.db, app->cursor_key, why);
        if (got == 0)
            got = writer_run(app->writer, make_secret, NULL, why)
                      ? -1
                      : key_secret(reader.db, app->cursor_key, why);
        if (got != 1)
            result =
                got < 0 ? -1 : fail_set(why, FAIL_BUSY, "the store keeps no secret for cursors");
        else
            result = keys_reload(app->keys, reader.db, why);
    }
    reader_release(&reader);
    return result;
}

int api_open(struct app *app, struct web_handlers *out, struct fail *why)
{
    if (keys_open(app->config, &app->keys, why) || read_keys(app, why)
        || (app->config->prices_file[0] && prices_read(app->config->prices_file, &app->prices, why))
        || recent_new(RECENT_FOR, &app->recent, why)
        || stream_new(app->keys, app->prices, &app->stream, why)
        || readers_start(app->store, (int)app->config->reader_threads, &app->readers, why)
        || keeper_start(app, &app->keeper, why)) {
        api_close(app);
        return fail_in(why, "opening the API");
    }
    *out = (struct web_handlers){
        .admit = admit, .serve = serve, .refuse = refuse, .ctx = app, .answered = count_answer};
    return 0;
}

void api_end_streams(struct app *app)
{
    if (app->keeper)
        keeper_end_streams(app->keeper);
}

void api_close(struct app *app)
{
    keeper_free(TAKE(app->keeper));
    readers_free(TAKE(app->readers));
    stream_free(TAKE(app->stream));
    recent_free(TAKE(app->recent));
    prices_free(TAKE(app->prices));
    keys_free(TAKE(app->keys));
}
