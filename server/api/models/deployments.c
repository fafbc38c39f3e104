/* Deployments: lists, one, registering, changing what may change.
 *
 * POST /api/v1/models/doc_classification/deployments?namespace=/abc_corp/claim
 *      {"model_version":4,"environment":"prod","endpoint":"https://..","rolling_strategy":"canary",
 *       "environment_variables":[{"name":"WORKERS","value":"4"}],"percent":5}
 * 201  {"deployment_id":7,"state":"active","percent":5, ..}   ETag: "d7-3" */
#include "api/models/deployments.h"

#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/idempotent.h"
#include "api/match.h"
#include "api/members.h"
#include "api/models/address.h"
#include "api/models/deployment_draft.h"
#include "api/models/deployment_json.h"
#include "api/models/version_draft.h"
#include "base/fail.h"
#include "intake/models/endpoint.h"
#include "query/models/deployment_filter.h"
#include "store/batch.h"
#include "store/words.h"
#include "wire/doc.h"

#include <string.h>

enum { ROOM_CEILING = 64 * 1024, KEY_CEILING = 4096 };

/* --- lists --- */

struct listing {
    struct ask            *ask;
    struct paged           paged;
    struct deployment_json how;
};

static int write_row(void *ctx, const struct deployment_row *row, struct fail *why)
{
    struct listing *listing = ctx;

    if (!page_takes(&listing->paged.page, 0, row->id))
        return 0;
    return deployment_json(&listing->ask->json, NULL, row, &listing->how, why);
}

static int list(struct ask *ask, const struct paging *paging, struct deployment_filter *filter,
                struct fail *why)
{
    struct listing listing = {.ask = ask};

    if (paging_read(&ask->params, paging, ask->app->cursor_key, &listing.paged, why)
        || shape_fields(&ask->params, deployment_shape, &listing.how.wanted, why)
        || deployment_json_reveal(ask, &listing.how.reveals, why)
        || deployment_filter_read(&ask->params, &ask->asker, filter, why))
        return -1;
    ask_open_list(ask);
    if (deployment_list(ask->asker.db, ask->asker.words, filter, &listing.paged.page, write_row,
                        &listing, why)
        || ask_close_list(ask, &listing.paged, paging->path, why))
        return -1;
    compose_close(&ask->json, '}');
    return 0;
}

static const char *const SORTS[] = {"deployment_id", NULL};

int deployments_of_model(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS,
                                        DEPLOYMENT_FILTER_PARAMS,
                                        "sort",
                                        "limit",
                                        "cursor",
                                        "fields",
                                        "reveal",
                                        "time_format",
                                        NULL};
    OWN(buf) path                    = BUF_UP_TO(KEY_CEILING);
    struct deployment_filter filter  = {.model_id = 0};
    struct model_place       place;

    buf_str(&path, web_path(ask->request));
    if (ask_check(ask, known, why) || address_model(ask, &place, why) || buf_check(&path, why))
        return -1;
    filter.model_id = place.id;
    return list(ask, &(struct paging){SORTS, true, buf_c(&path)}, &filter, why);
}

int deployments_list(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {
        "namespace", "account",     "region", DEPLOYMENT_FILTER_PARAMS,
        "sort",      "limit",       "cursor", "fields",
        "reveal",    "time_format", NULL};
    static const char *const   sorts[] = {"id", NULL};
    static const struct paging paging  = {sorts, true, "/api/v1/deployments"};
    struct deployment_filter   filter  = {.model_id = 0};

    if (ask_check(ask, known, why) || filter_namespace(&ask->params, &filter.below, why)
        || filter_accounts(&ask->params, &filter.accounts, why)
        || filter_words(&ask->params, &ask->asker, "region", &filter.regions, why))
        return -1;
    return list(ask, &paging, &filter, why);
}

/* --- one --- */

static int take_id(void *ctx, const struct deployment_row *row, struct fail *why)
{
    (void)why; /* a number is copied */
    *(int64_t *)ctx = row->id;
    return 0;
}

int deployments_address(struct ask *ask, struct deployments_place *out, struct fail *why)
{
    struct deployment_filter filter = {.scope = ask->asker.scope, .at = ask->asker.now};
    int                      got;

    if (address_model(ask, &out->model, why) || address_number(ask, &out->number, why))
        return -1;
    filter.model_id = out->model.id;
    filter.number   = out->number;
    got = deployment_one(ask->asker.db, ask->asker.words, &filter, take_id, &out->id, why);
    return got == 1 ? 0 : got < 0 ? -1 : ask_absent(why);
}

struct showing {
    struct compose        *out;
    struct deployment_json how;
    char                   tag[MATCH_ROOM];
    struct buf            *link; /* NULL: not wanted */
};

static int show_row(void *ctx, const struct deployment_row *row, struct fail *why)
{
    struct showing *showing = ctx;

    deployment_json_tag(row->number, row->rev, showing->tag);
    if (showing->link)
        deployment_json_link(row, showing->link);
    return deployment_json(showing->out, NULL, row, &showing->how, why);
}

int deployments_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "at",          "fields",
                                        "reveal",       "time_format", NULL};
    struct showing           showing = {.out = &ask->json};
    struct deployment_filter filter  = {.scope = ask->asker.scope};
    struct model_place       place;
    int                      got;

    if (ask_check(ask, known, why) || address_model(ask, &place, why)
        || address_number(ask, &filter.number, why)
        || deployment_filter_at(&ask->params, &ask->asker, &filter.at, why)
        || shape_fields(&ask->params, deployment_shape, &showing.how.wanted, why)
        || deployment_json_reveal(ask, &showing.how.reveals, why))
        return -1;
    filter.model_id = place.id;
    got = deployment_one(ask->asker.db, ask->asker.words, &filter, show_row, &showing, why);
    if (got != 1)
        return got < 0 ? -1 : ask_absent(why);
    match_answer(ask, showing.tag, false);
    return 0;
}

int deployments_write(struct batch *batch, int64_t model_id, int64_t number, ms at,
                      struct written *out, struct fail *why)
{
    const struct scope             all     = SCOPE_ALL;
    const struct deployment_filter filter  = {.scope    = &all,
                                              .model_id = model_id,
                                              .number   = number,
                                              .at       = at > batch->now ? at : batch->now};
    struct showing                 showing = {
                        .out = &out->json, .how = {.wanted = SHAPE_EVERYTHING}, .link = &out->location};
    int got = deployment_one(batch->db, batch->words, &filter, show_row, &showing, why);

    if (got != 1)
        return got < 0 ? -1 : ask_absent(why);
    memcpy(out->etag, showing.tag, sizeof out->etag);
    return 0;
}

/* --- registering --- */

struct making {
    struct ask              *ask;
    struct model_place       place;
    struct deployment_draft *draft;
    char                     who[IDEMPOTENT_WHO_ROOM];
};

/* May run twice: it works on copies. */
static int make(void *ctx, struct batch *batch, struct written *out, struct fail *why)
{
    const struct making *making = ctx;
    OWN(buf) room               = BUF_UP_TO(ROOM_CEILING);
    OWN(buf) key                = BUF_UP_TO(KEY_CEILING);
    struct deployment   made    = making->draft->deployment;
    struct deploy_order order   = making->draft->order;

    made.model_id = making->place.id;
    order.account = making->place.account;
    if (made.endpoint.data) {
        deployments_endpoint_key(made.endpoint, making->place.account,
                                 words_text(batch->words, batch->db, making->place.region_id),
                                 &key);
        made.endpoint_key = buf_view(&key);
    }
    if (buf_check(&key, why) || deploy_make(batch, &order, &made, &room, why))
        return -1;
    if (making->draft->number && making->draft->number != made.number)
        return fail_set(why, FAIL_CLASH, "the next deployment of this model is %lld",
                        (long long)made.number);
    out->status = 201;
    return deployments_write(batch, made.model_id, made.number, made.created, out, why);
}

/* The version is asked for here, too, so that the answer can point at the member. */
static int check_version(struct ask *ask, const struct making *making, const struct members *body,
                         struct fail *why)
{
    int64_t version = making->draft->deployment.version;
    int got = version ? deployment_has_version(ask->asker.db, making->place.id, version, why) : 1;

    if (got == 0)
        members_flaw(body, "model_version", "bad-value", "this model has no version %lld",
                     (long long)version);
    return got < 0 ? -1 : ask_flaws(ask, why);
}

static int create(struct ask *ask, const struct doc *doc, struct making *making, struct fail *why)
{
    const struct members body       = members_of(doc, "", &ask->flaws);
    struct deployment   *deployment = &making->draft->deployment;

    (void)address_members(ask, &body, ask->caller->ids[0]); /* the path has the name */
    if (deployment_draft_read(&body, ask->asker.now, making->draft, why) || ask_flaws(ask, why)
        || address_model(ask, &making->place, why) || check_version(ask, making, &body, why))
        return -1;
    if (!deployment->created_by.size)
        deployment->created_by = idempotent_who(ask, making->who);
    return idempotent_run(ask, make, making, why);
}

int deployments_create(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "time_format", NULL};
    OWN(deployment_draft) draft      = DEPLOYMENT_DRAFT_EMPTY;
    OWN_PTR(doc) doc                 = ask_body(ask, why);
    struct making making             = {.ask = ask, .draft = &draft};

    if (!doc || ask_check(ask, known, why))
        return -1;
    return create(ask, doc, &making, why);
}

/* --- changing --- */

struct changing {
    struct ask             *ask;
    int64_t                 model_id, number;
    struct deployment_patch patch;
    /* As it stands, filled by look. */
    int64_t    id, rev;
    struct buf tags;
};

static int look(void *ctx, const struct deployment_row *row, struct fail *why)
{
    struct changing *changing = ctx;

    changing->id  = row->id;
    changing->rev = row->rev;
    buf_clear(&changing->tags);
    buf_str(&changing->tags, row->tags);
    return buf_check(&changing->tags, why);
}

static int find(struct changing *changing, struct batch *batch, struct fail *why)
{
    const struct scope             all    = SCOPE_ALL;
    const struct deployment_filter filter = {.scope    = &all,
                                             .model_id = changing->model_id,
                                             .number   = changing->number,
                                             .at       = batch->now};
    int got = deployment_one(batch->db, batch->words, &filter, look, changing, why);

    return got == 1 ? 0 : got < 0 ? -1 : ask_absent(why);
}

static int change(void *ctx, struct batch *batch, struct written *out, struct fail *why)
{
    struct changing *changing     = ctx;
    struct ask      *ask          = changing->ask;
    OWN(buf) tags                 = BUF_UP_TO(ROOM_CEILING);
    struct deployment_change what = changing->patch.change;
    char                     tag[MATCH_ROOM];

    if (find(changing, batch, why))
        return -1;
    deployment_json_tag(changing->number, changing->rev, tag);
    if (match_check(ask, tag, why))
        return -1;
    if (changing->patch.tags
        && (version_draft_tags(changing->tags.size ? buf_view(&changing->tags) : STR_NONE,
                               changing->patch.tags, &ask->flaws, &tags, why)
            || ask_flaws(ask, why)))
        return -1;
    what.tags = tags.size ? buf_view(&tags) : STR_NONE;
    if (deployment_amend(batch, changing->id, changing->rev, &what, why) < 0)
        return -1;
    buf_clear(&out->location);
    return deployments_write(batch, changing->model_id, changing->number, batch->now, out, why);
}

static int read_and_change(struct ask *ask, const struct doc *doc, struct changing *changing,
                           struct fail *why)
{
    const struct members     body = members_of(doc, "", &ask->flaws);
    struct deployments_place place;

    (void)address_members(ask, &body, ask->caller->ids[0]); /* the path has the name */
    deployment_draft_patch(&body, &changing->patch);
    if (ask_flaws(ask, why) || deployments_address(ask, &place, why))
        return -1;
    changing->model_id = place.model.id;
    changing->number   = place.number;
    return idempotent_run(ask, change, changing, why);
}

int deployments_patch(struct ask *ask, struct fail *why)
{
    static const char *const known[]  = {ADDRESS_PARAMS, "time_format", NULL};
    struct changing          changing = {.ask = ask, .tags = BUF_UP_TO(ROOM_CEILING)};
    OWN_PTR(doc) doc                  = NULL;
    int result                        = -1;

    if (ask_check(ask, known, why) == 0 && match_given(ask, why) == 0
        && (doc = ask_body(ask, why)) != NULL)
        result = read_and_change(ask, doc, &changing, why);
    buf_release(&changing.tags);
    return result;
}
