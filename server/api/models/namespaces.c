/* GET /api/v1/namespaces?prefix=/abc_corp: what stands directly below a node of the tree. */
#include "store/models/namespaces.h"

#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "base/fail.h"
#include "format/namespace.h"

struct listing {
    struct ask  *ask;
    struct paged paged;
};

static int write_row(void *ctx, const struct namespace_row *row, struct fail *why)
{
    struct listing *listing = ctx;
    struct compose *out     = &listing->ask->json;

    (void)why; /* writing to a buffer is checked at the end */
    if (!page_takes(&listing->paged.page, 0, row->id))
        return 0;
    compose_open(out, NULL, '{');
    compose_text(out, "namespace", row->path);
    compose_text(out, "name", row->name);
    compose_int(out, "models", row->models);
    compose_int(out, "versions", row->versions);
    compose_int(out, "deployments", row->deployments);
    compose_time(out, "changed_at", row->changed_at);
    compose_close(out, '}');
    return 0;
}

/* No prefix, and "/", mean the root. */
static int read_prefix(struct ask *ask, struct str *out, struct fail *why)
{
    struct fail wrong = FAIL_OK;

    if (!params_find(&ask->params, "prefix", out) || str_is_text(*out, "/")) {
        *out = STR("");
        return 0;
    }
    if (namespace_check(*out, &wrong))
        return params_fault(&ask->params, PARAM_BAD, STR("prefix"), why, "'prefix': %s",
                            wrong.text);
    return 0;
}

int namespaces_index(struct ask *ask, struct fail *why)
{
    static const char *const   known[]  = {"prefix", "limit", "cursor", "time_format", NULL};
    static const char *const   sorts[]  = {"namespace", NULL};
    static const struct paging paging   = {sorts, false, "/api/v1/namespaces"};
    struct listing             listing  = {.ask = ask};
    struct namespace_question  question = {.scope = ask->asker.scope};

    if (ask_check(ask, known, why)
        || paging_read(&ask->params, &paging, ask->app->cursor_key, &listing.paged, why)
        || read_prefix(ask, &question.parent, why))
        return -1;
    ask_open_list(ask);
    if (namespaces_list(ask->asker.db, &question, &listing.paged.page, write_row, &listing, why)
        || ask_close_list(ask, &listing.paged, paging.path, why))
        return -1;
    compose_close(&ask->json, '}');
    return 0;
}
