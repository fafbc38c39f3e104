/* What happened to a deployment: the list of it, and what people add to it.
 *
 * POST /api/v1/models/doc_classification/deployments/7/rollout
 *      {"what":"traffic_shift","percent":25,"why":"no errors at 5 %"}
 * 201  the deployment as it stands then */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/idempotent.h"
#include "api/members.h"
#include "api/models/address.h"
#include "api/models/deployment_draft.h"
#include "api/models/deployment_json.h"
#include "api/models/deployments.h"
#include "base/fail.h"
#include "store/batch.h"
#include "store/models/rollout_log.h"
#include "wire/doc.h"

enum { ROOM_CEILING = 64 * 1024, PATH_CEILING = 4096 };

/* --- the list --- */

struct listing {
    struct ask  *ask;
    struct paged paged;
};

static int write_entry(void *ctx, const struct rollout_item *item, struct fail *why)
{
    struct listing *listing = ctx;

    (void)why; /* writing to a buffer is checked at the end */
    if (page_takes(&listing->paged.page, item->at, item->id))
        deployment_json_entry(&listing->ask->json, NULL, item);
    return 0;
}

int rollout_list(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "sort",        "limit",
                                        "cursor",       "time_format", NULL};
    static const char *const sorts[] = {"at", NULL};
    OWN(buf) path                    = BUF_UP_TO(PATH_CEILING);
    struct paging            paging  = {sorts, false, ""};
    struct listing           listing = {.ask = ask};
    struct deployments_place place;

    buf_str(&path, web_path(ask->request));
    paging.path = buf_c(&path);
    if (buf_check(&path, why) || ask_check(ask, known, why)
        || paging_read(&ask->params, &paging, ask->app->cursor_key, &listing.paged, why)
        || deployments_address(ask, &place, why))
        return -1;
    ask_open_list(ask);
    if (rollout_log_list(ask->asker.db, place.id, &listing.paged.page, write_entry, &listing, why)
        || ask_close_list(ask, &listing.paged, paging.path, why))
        return -1;
    compose_close(&ask->json, '}');
    return 0;
}

/* --- adding to it --- */

struct saying {
    int64_t           model_id, number;
    struct deploy_say say;
    char              who[IDEMPOTENT_WHO_ROOM];
};

static int say(void *ctx, struct batch *batch, struct written *out, struct fail *why)
{
    const struct saying *saying = ctx;
    OWN(buf) room               = BUF_UP_TO(ROOM_CEILING);
    struct deployment subject;
    int got = deployment_find(batch, saying->model_id, saying->number, &room, &subject, why);

    if (got != 1)
        return got < 0 ? -1 : ask_absent(why);
    if (deploy_say(batch, &subject, &saying->say, why))
        return -1;
    out->status = 201;
    return deployments_write(batch, saying->model_id, saying->number, saying->say.at, out, why);
}

int rollout_add(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "time_format", NULL};
    OWN_PTR(doc) doc                 = ask_body(ask, why);
    struct saying            saying  = {.number = 0};
    struct members           body;
    struct deployments_place place;

    if (!doc || ask_check(ask, known, why))
        return -1;
    body = members_of(doc, "", &ask->flaws);
    deployment_draft_say(&body, ask->asker.now, &saying.say);
    if (ask_flaws(ask, why) || deployments_address(ask, &place, why))
        return -1;
    saying.model_id = place.model.id;
    saying.number   = place.number;
    saying.say.who  = idempotent_who(ask, saying.who);
    return idempotent_run(ask, say, &saying, why);
}
