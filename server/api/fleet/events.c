/* Events as they came. */
#include "api/app.h"
#include "api/ask.h"
#include "api/fleet/event_json.h"
#include "api/handlers.h"
#include "base/fail.h"
#include "store/event_list.h"

struct listing {
    struct ask  *ask;
    struct paged paged;
    uint64_t     wanted;
};

static int write_item(void *ctx, const struct event_item *item, struct fail *why)
{
    struct listing *listing = ctx;

    (void)why; /* writing to a buffer is checked at the end */
    if (page_takes(&listing->paged.page, item->received_at, item->id))
        event_json(&listing->ask->json, NULL, item, listing->wanted);
    return 0;
}

int events_list(struct ask *ask, struct fail *why)
{
    static const char *const known[]  = {"account", "region", "kind",        "detail_type", "known",
                                         "from",    "to",     "since",       "sort",        "limit",
                                         "cursor",  "fields", "time_format", NULL};
    static const char *const sorts[]  = {"received_at", NULL};
    static const struct paging paging = {sorts, true, "/api/v1/events"};
    struct listing             listing = {.ask = ask};
    struct event_filter        filter;

    if (ask_check(ask, known, why)
        || paging_read(&ask->params, &paging, ask->app->cursor_key, &listing.paged, why)
        || shape_fields(&ask->params, event_shape, &listing.wanted, why)
        || filter_events(&ask->params, &ask->asker, &filter, why))
        return -1;
    ask_open_list(ask);
    if (event_list(ask->asker.db, ask->asker.words, &filter, &listing.paged.page, write_item,
                   &listing, why)
        || ask_close_list(ask, &listing.paged, paging.path, why))
        return ask_too_wide(ask, filter.from, why);
    compose_close(&ask->json, '}');
    return 0;
}

struct showing {
    struct ask *ask;
    bool        is_raw;
};

static int show_item(void *ctx, const struct event_item *item, struct fail *why)
{
    struct showing *showing = ctx;

    (void)why;
    if (showing->is_raw) {
        buf_str(&showing->ask->body, item->body);
        return 0;
    }
    compose_open(&showing->ask->json, NULL, '{');
    event_json_members(&showing->ask->json, item, SHAPE_EVERYTHING);
    compose_raw(&showing->ask->json, "event", item->body);
    compose_close(&showing->ask->json, '}');
    return 0;
}

int events_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"raw", "time_format", NULL};
    struct showing           showing = {.ask = ask};
    int64_t                  account, id;
    int                      got;

    if (ask_check(ask, known, why) || params_bool(&ask->params, "raw", false, &showing.is_raw, why)
        || ask_id(ask, &account, &id, why))
        return -1;
    got = event_list_one(ask->asker.db, ask->asker.words, account, id, show_item, &showing, why);
    return got ? (got < 0 ? -1 : 0) : ask_absent(why);
}
