/* Models: list, make, show, change what is said of them. */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/idempotent.h"
#include "api/members.h"
#include "api/models/address.h"
#include "api/models/catalog_check.h"
#include "api/models/model_json.h"
#include "base/fail.h"
#include "format/merge.h"
#include "format/namespace.h"
#include "store/batch.h"
#include "store/models/model_list.h"
#include "store/words.h"
#include "wire/doc.h"

enum { ROOM_CEILING = 64 * 1024, EXPAND_IN_LIST = 10, EXPAND_ALONE = 100 };

/* expand=versions */
static int read_expand(struct ask *ask, int most, int *out, struct fail *why)
{
    struct str said;

    *out = 0;
    if (!params_find(&ask->params, "expand", &said))
        return 0;
    if (!str_is_text(said, "versions"))
        return params_fault(&ask->params, PARAM_BAD, STR("expand"), why,
                            "'expand' can only be versions");
    *out = most;
    return 0;
}

/* --- the list --- */

struct listing {
    struct ask         *ask;
    struct paged        paged;
    struct model_filter filter;
    struct model_json   how;
    struct buf          room;
};

static int write_row(void *ctx, const struct catalog_row *row, struct fail *why)
{
    struct listing *listing = ctx;
    int64_t         at      = listing->filter.by_name ? 0 : row->created_at;

    if (!page_takes(&listing->paged.page, at, row->id))
        return 0;
    return model_json(&listing->ask->json, row, &listing->how, why);
}

static int read_filters(struct listing *listing, struct fail *why)
{
    struct ask          *ask    = listing->ask;
    struct params       *params = &ask->params;
    struct model_filter *filter = &listing->filter;

    filter->by.scope = ask->asker.scope;
    if (filter_namespace(params, &filter->by.below, why)
        || filter_accounts(params, &filter->by.accounts, why)
        || filter_words(params, &ask->asker, "region", &filter->by.regions, why)
        || filter_tags(params, &listing->room, filter->by.tags, &filter->by.tag_count, why)
        || params_range(params, ask->asker.now, &filter->by.from, &filter->by.to, why))
        return -1;
    if (!params_find(params, "name_prefix", &filter->name_prefix))
        filter->name_prefix = STR_NONE;
    if (!params_find(params, "q", &filter->by.text))
        filter->by.text = STR_NONE;
    else if (filter->by.text.size > FIND_TEXT_MOST || !filter->by.text.size)
        return params_fault(params, PARAM_BAD, STR("q"), why, "'q' has 1 to %d bytes",
                            FIND_TEXT_MOST);
    return 0;
}

static int list(struct listing *listing, struct fail *why)
{
    static const char *const   sorts[] = {"created_at", "name", NULL};
    static const struct paging paging  = {sorts, true, "/api/v1/models"};
    struct ask                *ask     = listing->ask;

    if (paging_read(&ask->params, &paging, ask->app->cursor_key, &listing->paged, why)
        || shape_fields(&ask->params, model_shape, &listing->how.wanted, why)
        || read_expand(ask, EXPAND_IN_LIST, &listing->how.versions, why)
        || read_filters(listing, why))
        return -1;
    listing->filter.by_name = listing->paged.sort == 1;
    ask_open_list(ask);
    if (model_list(ask->asker.db, &listing->filter, &listing->paged.page, write_row, listing, why)
        || ask_close_list(ask, &listing->paged, paging.path, why))
        return ask_too_wide(ask, listing->filter.by.from, why);
    compose_close(&ask->json, '}');
    return 0;
}

int models_list(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {
        "namespace", "account", "region", "name_prefix", "q",      "tag.",   "from",        "to",
        "since",     "sort",    "limit",  "cursor",      "fields", "expand", "time_format", NULL};
    struct listing listing = {.ask  = ask,
                              .how  = {.db = ask->asker.db, .words = ask->asker.words},
                              .room = BUF_UP_TO(ROOM_CEILING)};
    int            result  = ask_check(ask, known, why) ? -1 : list(&listing, why);

    buf_release(&listing.room);
    return result;
}

/* --- one --- */

struct showing {
    struct ask       *ask;
    struct model_json how;
};

static int show_row(void *ctx, const struct catalog_row *row, struct fail *why)
{
    struct showing *showing = ctx;
    char            tag[MATCH_ROOM];

    if (!showing->how.versions) { /* with versions beside it, its contents make the tag */
        model_json_tag(row, tag);
        match_answer(showing->ask, tag, false);
    }
    return model_json(&showing->ask->json, row, &showing->how, why);
}

int models_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "fields", "expand", "time_format", NULL};
    struct showing showing = {.ask = ask, .how = {.db = ask->asker.db, .words = ask->asker.words}};
    struct model_place place;
    int                got;

    if (ask_check(ask, known, why)
        || shape_fields(&ask->params, model_shape, &showing.how.wanted, why)
        || read_expand(ask, EXPAND_ALONE, &showing.how.versions, why)
        || address_model(ask, &place, why))
        return -1;
    got = catalog_get(ask->asker.db, place.id, show_row, &showing, why);
    return got ? (got < 0 ? -1 : 0) : ask_absent(why);
}

/* --- writing --- */

struct writing {
    struct ask          *ask;
    const struct doc    *patch; /* what may change, without the members of its address */
    struct address_write address;
    struct buf           path;
    struct catalog_texts texts;
    bool                 is_new; /* made by this request: no If-Match */
    bool                 is_changed;
    char                 who[IDEMPOTENT_WHO_ROOM];
};

static bool is_same(struct str a, const struct buf *b)
{
    return str_is(a, buf_view(b)); /* both empty: no text at all */
}

static struct str or_none(const struct buf *text)
{
    return text->size ? buf_view(text) : STR_NONE;
}

/* The stored row, patched and checked, into texts. */
static int patch_row(void *ctx, const struct catalog_row *row, struct fail *why)
{
    struct writing *it   = ctx;
    OWN_PTR(doc) before  = catalog_document(row, why);
    OWN_PTR(doc) after   = before ? merge_patch(before, it->patch, why) : NULL;
    struct members whole = members_of(after, "", &it->ask->flaws);
    char           tag[MATCH_ROOM];

    model_json_tag(row, tag);
    if (!after || (!it->is_new && match_check_rev(it->ask, tag, why)))
        return -1;
    catalog_texts_release(&it->texts);
    it->texts = CATALOG_TEXTS_EMPTY;
    if (catalog_check(&whole, &it->texts, why) || ask_flaws(it->ask, why))
        return -1;
    it->is_changed =
        !is_same(row->record, &it->texts.record) || !is_same(row->tags, &it->texts.tags)
        || !is_same(row->payload, &it->texts.payload)
        || !is_same(row->objective, &it->texts.objective) || !is_same(row->drift, &it->texts.drift);
    return 0;
}

struct answering {
    struct writing *it;
    struct batch   *batch;
    struct written *out;
};

static int write_answer(void *ctx, const struct catalog_row *row, struct fail *why)
{
    struct answering *answering = ctx;
    struct batch     *batch     = answering->batch;
    struct written   *out       = answering->out;
    struct model_json how       = {batch->db, batch->words, SHAPE_EVERYTHING, 0};

    model_json_tag(row, out->etag);
    if (out->status == 201)
        address_link(&(struct address_link){row->account,
                                            words_text(batch->words, batch->db, row->region_id),
                                            row->namespace, row->name, ""},
                     &out->location);
    return model_json(&out->json, row, &how, why);
}

static int put_texts(struct writing *it, struct batch *batch, int64_t model_id, struct fail *why)
{
    const struct catalog_row row = {.id          = model_id,
                                    .record      = or_none(&it->texts.record),
                                    .tags        = or_none(&it->texts.tags),
                                    .payload     = or_none(&it->texts.payload),
                                    .objective   = or_none(&it->texts.objective),
                                    .drift       = or_none(&it->texts.drift),
                                    .description = or_none(&it->texts.description)};

    return it->is_changed ? catalog_put(batch, &row, why) : 0;
}

static int write_model(struct writing *it, struct batch *batch, int64_t model_id,
                       struct written *out, struct fail *why)
{
    struct answering answering = {it, batch, out};
    int              got       = catalog_get(batch->db, model_id, patch_row, it, why);

    if (got != 1)
        return got < 0 ? -1 : ask_absent(why);
    if (put_texts(it, batch, model_id, why))
        return -1;
    got = catalog_get(batch->db, model_id, write_answer, &answering, why);
    return got == 1 ? 0 : got < 0 ? -1 : ask_absent(why);
}

/* --- making --- */

/* A model that is there is not made again: the same said of it is fine, anything else is not. */
static int make(void *ctx, struct batch *batch, struct written *out, struct fail *why)
{
    struct writing *it = ctx;
    int64_t         model_id;
    bool            is_there = it->address.there.id != 0;

    if (!is_there) {
        struct model_key key = {.account = it->address.fresh.account,
                                .path    = it->address.fresh.path};
        int              got;

        if (words_put(batch->words, batch->db, it->address.fresh.region, &key.region_id, why))
            return -1;
        got = model_find(batch->db, &key, &model_id, why);
        if (got < 0)
            return -1;
        is_there = got == 1;
    }
    if (address_make(batch, &it->address, idempotent_who(it->ask, it->who), &model_id, why))
        return -1;
    out->status = is_there ? 200 : 201;
    it->is_new  = true;
    if (write_model(it, batch, model_id, out, why))
        return -1;
    return is_there && it->is_changed
               ? fail_set(why, FAIL_CLASH,
                          "the model is there, and other things are said of it; change it with "
                          "PATCH")
               : 0;
}

/* A copy of the body with null for what is no part of the catalog: a merge patch. */
static struct doc *patch_of(const struct members *body, struct fail *why)
{
    static const char *const names[] = {CATALOG_MEMBERS};
    OWN_PTR(doc) patch               = doc_object();

    for (size_t i = 0; patch && i < sizeof names / sizeof names[0]; i++) {
        if (members_has(body, names[i]))
            doc_set(patch, names[i], doc_copy(doc_member(body->object, names[i])));
        else if (members_is_null(body, names[i]))
            doc_set_null(patch, names[i]);
    }
    if (!patch)
        (void)fail_set(why, FAIL_MEMORY, "no memory for a document");
    return TAKE(patch);
}

static int create(struct writing *it, const struct doc *doc, struct fail *why)
{
    static const char *const allowed[] = {ADDRESS_MEMBERS, CATALOG_MEMBERS, NULL};
    struct ask              *ask       = it->ask;
    struct members           body      = members_of(doc, "", &ask->flaws);
    struct str               name      = address_members(ask, &body, STR_NONE);
    struct str               place;
    OWN_PTR(doc) patch = patch_of(&body, why);
    int result;

    if (!params_find(&ask->params, "namespace", &place))
        members_flaw(&body, "namespace", "missing", "'namespace' is needed");
    members_known(&body, allowed);
    if (!patch || ask_flaws(ask, why) || address_write(ask, name, &it->path, &it->address, why))
        return -1;
    it->patch = patch;
    result    = idempotent_run(ask, make, it, why);
    it->patch = NULL;
    return result;
}

int models_create(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "time_format", NULL};
    struct writing           it      = {
                       .ask = ask, .path = BUF_UP_TO(NAMESPACE_MOST), .texts = CATALOG_TEXTS_EMPTY};
    OWN_PTR(doc) doc = ask_body(ask, why);
    int result       = doc && ask_check(ask, known, why) == 0 ? create(&it, doc, why) : -1;

    catalog_texts_release(&it.texts);
    buf_release(&it.path);
    return result;
}

/* --- changing --- */

static int change(void *ctx, struct batch *batch, struct written *out, struct fail *why)
{
    struct writing *it = ctx;

    return write_model(it, batch, it->address.there.id, out, why);
}

static void check_patch(const struct members *body)
{
    static const char *const allowed[] = {CATALOG_MEMBERS,  ADDRESS_MEMBERS,        "log_group",
                                          "latest_version", "latest_deployment_id", "created_at",
                                          "created_by",     "changed_at",           NULL};
    static const char *const fixed[]   = {ADDRESS_MEMBERS,        "log_group",  "latest_version",
                                          "latest_deployment_id", "created_at", "created_by",
                                          "changed_at",           NULL};

    members_known(body, allowed);
    for (size_t i = 0; fixed[i]; i++)
        if (members_has(body, fixed[i]) || members_is_null(body, fixed[i]))
            members_flaw(body, fixed[i], "immutable-field", "'%s' of a model cannot change",
                         fixed[i]);
}

int models_patch(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "time_format", NULL};
    struct writing           it      = {.ask = ask, .texts = CATALOG_TEXTS_EMPTY};
    OWN_PTR(doc) doc                 = ask_body(ask, why);
    struct members body              = members_of(doc, "", &ask->flaws);
    int            result;

    if (!doc || ask_check(ask, known, why) || address_model(ask, &it.address.there, why))
        return -1;
    check_patch(&body);
    if (ask_flaws(ask, why) || match_given(ask, why))
        return -1;
    it.patch = doc;
    result   = idempotent_run(ask, change, &it, why);
    catalog_texts_release(&it.texts);
    return result;
}
