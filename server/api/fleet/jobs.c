/* Jobs and other resources: lists, one, and what belongs to one. */
#include "api/app.h"
#include "api/ask.h"
#include "api/fleet/event_json.h"
#include "api/handlers.h"
#include "api/fleet/job_json.h"
#include "base/fail.h"
#include "format/kind.h"
#include "store/event_list.h"
#include "store/job_list.h"

enum { TAG_ROOM = 64 * 1024 };

/* --- lists --- */

struct listing {
    struct ask     *ask;
    struct paged    paged;
    struct job_json how;
    bool            by_end;
};

static bool takes(struct listing *listing, const struct job_row *row)
{
    struct page *page = &listing->paged.page;

    if (!listing->by_end)
        return page_takes(page, row->created_at, row->id);
    if (row->ended_at != WHEN_UNKNOWN)
        return page_takes(page, row->ended_at, row->id);
    return page_takes_rest(page, row->created_at, row->id);
}

static int write_row(void *ctx, const struct job_row *row, struct fail *why)
{
    struct listing *listing = ctx;

    if (!takes(listing, row))
        return 0;
    return job_json(&listing->ask->json, NULL, row, &listing->how, why);
}

/* count=exact or count=capped: how many match, beside the page. */
static int write_count(struct ask *ask, const struct job_filter *filter, struct fail *why)
{
    struct str how;
    int64_t    total = 0;
    bool       is_capped;

    if (!params_find(&ask->params, "count", &how))
        return 0;
    is_capped = str_is_text(how, "capped");
    if (!is_capped && !str_is_text(how, "exact"))
        return params_fault(&ask->params, PARAM_BAD, STR("count"), why,
                            "'count' is exact or capped");
    if (job_list_count(ask->asker.db, filter, is_capped ? PAGE_COUNT_CAP : 0, &total, why))
        return -1;
    compose_int(&ask->json, "total", total);
    compose_bool(&ask->json, "total_capped", is_capped && total == PAGE_COUNT_CAP);
    return 0;
}

static int list(struct ask *ask, const struct paging *paging, bool wants_resources,
                struct fail *why)
{
    OWN(buf) room             = BUF_UP_TO(TAG_ROOM);
    struct listing    listing = {.ask = ask};
    struct job_filter filter;

    if (paging_read(&ask->params, paging, ask->app->cursor_key, &listing.paged, why)
        || shape_fields(&ask->params, wants_resources ? resource_shape : job_shape,
                        &listing.how.wanted, why))
        return -1;
    listing.by_end          = listing.paged.sort == 1;
    listing.how.db          = ask->asker.db;
    listing.how.prices      = ask->app->prices;
    listing.how.is_resource = wants_resources;
    filter = (struct job_filter){.wants_resources = wants_resources, .by_end = listing.by_end};
    if (filter_jobs(&ask->params, &ask->asker, &room, &filter, why))
        return -1;
    ask_open_list(ask);
    if (job_list(ask->asker.db, ask->asker.words, &filter, &listing.paged.page, write_row, &listing,
                 why)
        || ask_close_list(ask, &listing.paged, paging->path, why) || write_count(ask, &filter, why))
        return ask_too_wide(ask, filter.from, why);
    compose_close(&ask->json, '}');
    return 0;
}

int jobs_list(struct ask *ask, struct fail *why)
{
    static const char *const   known[] = {"account",
                                          "region",
                                          "kind",
                                          "status",
                                          "name_prefix",
                                          "tag.",
                                          "failed_before_start",
                                          "from",
                                          "to",
                                          "since",
                                          "time_field",
                                          "sort",
                                          "limit",
                                          "cursor",
                                          "fields",
                                          "count",
                                          "time_format",
                                          NULL};
    static const char *const   sorts[] = {"created_at", "ended_at", NULL};
    static const struct paging paging  = {sorts, true, "/api/v1/jobs"};

    return ask_check(ask, known, why) ? -1 : list(ask, &paging, false, why);
}

int resources_list(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {
        "account", "region", "kind",  "status", "name_prefix", "tag.",  "from",        "to",
        "since",   "sort",   "limit", "cursor", "fields",      "count", "time_format", NULL};
    static const char *const   sorts[] = {"created_at", NULL};
    static const struct paging paging  = {sorts, true, "/api/v1/resources"};

    return ask_check(ask, known, why) ? -1 : list(ask, &paging, true, why);
}

/* --- one --- */

struct showing {
    struct ask     *ask;
    struct job_json how;
};

static int show_row(void *ctx, const struct job_row *row, struct fail *why)
{
    struct showing *showing = ctx;

    if (kind_is_job((enum kind)row->kind) == showing->how.is_resource)
        return ask_absent(why);
    return job_json(&showing->ask->json, NULL, row, &showing->how, why);
}

static int show(struct ask *ask, bool is_resource, struct fail *why)
{
    static const char *const known[] = {"fields", "time_format", NULL};
    struct showing           showing = {.ask = ask,
                                        .how = {.db          = ask->asker.db,
                                                .prices      = ask->app->prices,
                                                .is_resource = is_resource,
                                                .has_links   = true}};
    int64_t                  account, id;
    int                      got;

    if (ask_check(ask, known, why)
        || shape_fields(&ask->params, is_resource ? resource_shape : job_shape, &showing.how.wanted,
                        why)
        || ask_id(ask, &account, &id, why))
        return -1;
    got = job_list_one(ask->asker.db, ask->asker.words, account, id, show_row, &showing, why);
    return got ? (got < 0 ? -1 : 0) : ask_absent(why);
}

int jobs_show(struct ask *ask, struct fail *why)
{
    return show(ask, false, why);
}

int resources_show(struct ask *ask, struct fail *why)
{
    return show(ask, true, why);
}

/* --- the events of one --- */

struct events {
    struct ask  *ask;
    struct paged paged;
    uint64_t     wanted;
};

static int write_event(void *ctx, const struct event_item *item, struct fail *why)
{
    struct events *events = ctx;

    (void)why; /* writing to a buffer is checked at the end */
    if (page_takes(&events->paged.page, item->version_at, item->id))
        event_json(&events->ask->json, NULL, item, events->wanted);
    return 0;
}

static int check_kind(void *ctx, const struct job_row *row, struct fail *why)
{
    return kind_is_job((enum kind)row->kind) == *(const bool *)ctx ? ask_absent(why) : 0;
}

static int list_events(struct ask *ask, bool is_resource, struct fail *why)
{
    static const char *const known[] = {"sort", "limit", "cursor", "fields", "time_format", NULL};
    static const char *const sorts[] = {"version_at", NULL};
    OWN(buf) path                    = BUF_UP_TO(256);
    struct paging      paging        = {sorts, false, ""};
    struct events      events        = {.ask = ask};
    struct event_owner owner         = {.wants_body = false};
    int                got;

    buf_str(&path, web_path(ask->request));
    paging.path = buf_c(&path);
    if (ask_check(ask, known, why)
        || paging_read(&ask->params, &paging, ask->app->cursor_key, &events.paged, why)
        || shape_fields(&ask->params, event_shape, &events.wanted, why)
        || ask_id(ask, &owner.account, &owner.resource_id, why))
        return -1;
    got = job_list_one(ask->asker.db, ask->asker.words, owner.account, owner.resource_id,
                       check_kind, &is_resource, why);
    if (got != 1)
        return got < 0 ? -1 : ask_absent(why);
    ask_open_list(ask);
    if (event_list_of(ask->asker.db, ask->asker.words, &owner, &events.paged.page, write_event,
                      &events, why)
        || ask_close_list(ask, &events.paged, paging.path, why))
        return -1;
    compose_close(&ask->json, '}');
    return 0;
}

int jobs_events(struct ask *ask, struct fail *why)
{
    return list_events(ask, false, why);
}

int resources_events(struct ask *ask, struct fail *why)
{
    return list_events(ask, true, why);
}
