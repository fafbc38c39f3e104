/* GET /api/v1/rollouts: what happened to deployments, of all models; the newest first.
 *
 * (POST and the list of one deployment: rollout.c.) */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/models/deployment_json.h"
#include "api/shape.h"
#include "base/fail.h"
#include "store/models/rollout.h"
#include "store/models/rollout_feed.h"

#include <stddef.h>

#define AT(member) offsetof(struct rollout_feed_row, member)

static const struct shape shape[] = {
    {"at", SHAPE_TIME, AT(at)},
    {"what", SHAPE_APART, 0},
    {"percent", SHAPE_APART, 0},
    {"state", SHAPE_APART, 0},
    {"account", SHAPE_ACCOUNT, AT(account)},
    {"region", SHAPE_TEXT, AT(region)},
    {"namespace", SHAPE_TEXT, AT(namespace)},
    {"model_name", SHAPE_TEXT, AT(model_name)},
    {"log_group", SHAPE_TEXT, AT(path)},
    {"deployment_id", SHAPE_NUMBER, AT(number)},
    {"model_version", SHAPE_NUMBER, AT(version)},
    {"environment", SHAPE_TEXT, AT(environment)},
    {"endpoint", SHAPE_TEXT, AT(endpoint)},
    {"deployment_method", SHAPE_APART, 0},
    {"rolling_strategy", SHAPE_APART, 0},
    {"rollback_of", SHAPE_APART, 0},
    {"who", SHAPE_TEXT, AT(who)},
    {"why", SHAPE_TEXT, AT(why)},
    {"source", SHAPE_APART, 0},
    {NULL, SHAPE_NULL, 0},
};

struct listing {
    struct ask                *ask;
    struct paged               paged;
    struct rollout_feed_filter filter;
    uint64_t                   wanted;
};

static int write_row(void *ctx, const struct rollout_feed_row *row, struct fail *why)
{
    struct listing               *listing = ctx;
    struct compose               *out     = &listing->ask->json;
    const struct deployment_words words   = {row->source, row->state,    row->share,
                                             row->method, row->strategy, row->rollback_of};

    (void)why; /* writing to a buffer is checked at the end */
    if (!page_takes(&listing->paged.page, row->at, row->id))
        return 0;
    compose_open(out, NULL, '{');
    shape_compose(out, shape, row, listing->wanted);
    if (shape_wants(shape, "what", listing->wanted))
        compose_text(out, "what", str_of(rollout_what_name((enum rollout_what)row->what)));
    deployment_json_words(out, shape, listing->wanted, &words);
    compose_close(out, '}');
    return 0;
}

static int64_t number_of_what(struct str name)
{
    return rollout_what_parse(name);
}

static int read_filter(struct listing *listing, struct fail *why)
{
    static const struct filter_set whats = {
        number_of_what, "created, traffic_shift, promoted, rolled_back, failed, retired"};
    struct params              *params = &listing->ask->params;
    struct rollout_feed_filter *filter = &listing->filter;

    filter->scope = listing->ask->asker.scope;
    if (filter_namespace(params, &filter->below, why)
        || filter_accounts(params, &filter->accounts, why)
        || filter_words(params, &listing->ask->asker, "region", &filter->regions, why)
        || filter_names(params, "what", &whats, &filter->whats, why)
        || params_range(params, listing->ask->asker.now, &filter->from, &filter->to, why))
        return -1;
    (void)params_find(params, "model", &filter->model_name); /* absent: any */
    (void)params_find(params, "environment", &filter->environment);
    return 0;
}

int rollouts_list(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {
        "namespace", "account", "region", "model",  "environment", "what",        "from", "to",
        "since",     "sort",    "limit",  "cursor", "fields",      "time_format", NULL};
    static const char *const   sorts[] = {"at", NULL};
    static const struct paging paging  = {sorts, true, "/api/v1/rollouts"};
    struct listing             listing = {.ask = ask};

    if (ask_check(ask, known, why)
        || paging_read(&ask->params, &paging, ask->app->cursor_key, &listing.paged, why)
        || shape_fields(&ask->params, shape, &listing.wanted, why) || read_filter(&listing, why))
        return -1;
    ask_open_list(ask);
    if (rollout_feed_list(ask->asker.db, ask->asker.words, &listing.filter, &listing.paged.page,
                          write_row, &listing, why)
        || ask_close_list(ask, &listing.paged, paging.path, why))
        return ask_too_wide(ask, listing.filter.from, why);
    compose_close(&ask->json, '}');
    return 0;
}
