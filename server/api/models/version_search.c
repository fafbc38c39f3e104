/* Lists of versions: of one model, and over all that the key reaches. */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/models/address.h"
#include "api/models/version_json.h"
#include "base/fail.h"

enum { ROOM_CEILING = 64 * 1024, TEXT_MOST = 1100, PATH_CEILING = 2048 };

struct listing {
    struct ask           *ask;
    struct paged          paged;
    struct version_filter filter;
    uint64_t              wanted;
    struct buf            room;
};

static int write_row(void *ctx, const struct version_row *row, struct fail *why)
{
    struct listing *listing = ctx;
    int64_t         at      = listing->filter.by_number ? row->number : row->create_at;

    (void)why; /* writing to a buffer is checked at the end */
    if (page_takes(&listing->paged.page, at, row->id))
        version_json(&listing->ask->json, NULL, row, listing->wanted);
    return 0;
}

static int read_text(struct ask *ask, const char *name, struct str *out, struct fail *why)
{
    *out = STR_NONE;
    if (params_find(&ask->params, name, out) && (!out->size || out->size > TEXT_MOST))
        return params_fault(&ask->params, PARAM_BAD, str_of(name), why, "'%s' has 1 to %d bytes",
                            name, TEXT_MOST);
    return 0;
}

static int read_filters(struct listing *listing, struct fail *why)
{
    struct ask            *ask    = listing->ask;
    struct params         *params = &ask->params;
    struct version_filter *filter = &listing->filter;

    filter->by.scope = ask->asker.scope;
    if (params_range(params, ask->asker.now, &filter->by.from, &filter->by.to, why)
        || filter_tags(params, &listing->room, filter->by.tags, &filter->by.tag_count, why)
        || params_int(params, "version_gte", 1, INT64_MAX, -1, &filter->number_gte, why)
        || params_int(params, "version_lt", 1, INT64_MAX, -1, &filter->number_lt, why)
        || read_text(ask, "q", &filter->by.text, why)
        || read_text(ask, "created_by", &filter->created_by, why)
        || read_text(ask, "artifact_uri_prefix", &filter->uri_prefix, why)
        || read_text(ask, "approval", &filter->approval, why)
        || read_text(ask, "alias", &filter->alias, why))
        return -1;
    if (filter->by.text.size > FIND_TEXT_MOST)
        return params_fault(params, PARAM_BAD, STR("q"), why, "'q' has at most %d bytes",
                            FIND_TEXT_MOST);
    return 0;
}

static int list(struct listing *listing, const struct paging *paging, struct fail *why)
{
    struct ask *ask = listing->ask;

    ask_open_list(ask);
    if (version_list(ask->asker.db, ask->asker.words, &listing->filter, &listing->paged.page,
                     write_row, listing, why)
        || ask_close_list(ask, &listing->paged, paging->path, why))
        return ask_too_wide(ask, listing->filter.by.from, why);
    compose_close(&ask->json, '}');
    return 0;
}

/* Of one model, the newest number first. */
static int list_of_model(struct listing *listing, struct fail *why)
{
    static const char *const sorts[] = {"model_version", "create_at", NULL};
    struct ask              *ask     = listing->ask;
    OWN(buf) path                    = BUF_UP_TO(PATH_CEILING);
    struct paging      paging        = {sorts, true, ""};
    struct model_place place;

    buf_str(&path, web_path(ask->request));
    paging.path = buf_c(&path);
    if (paging_read(&ask->params, &paging, ask->app->cursor_key, &listing->paged, why)
        || shape_fields(&ask->params, version_shape, &listing->wanted, why)
        || read_filters(listing, why) || address_model(ask, &place, why))
        return -1;
    listing->filter.model_id  = place.id;
    listing->filter.by_number = listing->paged.sort == 0;
    return list(listing, &paging, why);
}

int versions_of_model(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {
        ADDRESS_PARAMS, "version_gte", "version_lt", "tag.",   "created_by",  "artifact_uri_prefix",
        "approval",     "alias",       "q",          "from",   "to",          "since",
        "sort",         "limit",       "cursor",     "fields", "time_format", NULL};
    struct listing listing = {.ask = ask, .room = BUF_UP_TO(ROOM_CEILING)};
    int            result  = ask_check(ask, known, why) ? -1 : list_of_model(&listing, why);

    buf_release(&listing.room);
    return result;
}

static int list_all(struct listing *listing, struct fail *why)
{
    static const char *const   sorts[] = {"create_at", "model_version", NULL};
    static const struct paging paging  = {sorts, true, "/api/v1/model-versions"};
    struct ask                *ask     = listing->ask;
    struct version_filter     *filter  = &listing->filter;

    if (paging_read(&ask->params, &paging, ask->app->cursor_key, &listing->paged, why)
        || shape_fields(&ask->params, version_shape, &listing->wanted, why)
        || read_filters(listing, why) || filter_namespace(&ask->params, &filter->by.below, why)
        || filter_accounts(&ask->params, &filter->by.accounts, why)
        || filter_words(&ask->params, &ask->asker, "region", &filter->by.regions, why)
        || read_text(ask, "model", &filter->model_name, why))
        return -1;
    filter->by_number = listing->paged.sort == 1;
    return list(listing, &paging, why);
}

int versions_search(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"namespace", "account",     "region",
                                        "model",     "version_gte", "version_lt",
                                        "tag.",      "created_by",  "artifact_uri_prefix",
                                        "approval",  "alias",       "q",
                                        "from",      "to",          "since",
                                        "sort",      "limit",       "cursor",
                                        "fields",    "time_format", NULL};
    struct listing           listing = {.ask = ask, .room = BUF_UP_TO(ROOM_CEILING)};
    int                      result  = ask_check(ask, known, why) ? -1 : list_all(&listing, why);

    buf_release(&listing.room);
    return result;
}
