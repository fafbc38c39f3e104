/* Versions of a model: register, show, change, delete.
 *
 * POST /api/v1/models/doc_classification/versions?namespace=/abc_corp/claim
 *      {"description":"..","artifacts":[{"name":"trained","uri":"s3://..","sha256":".."}]}
 * 201  Location: /api/v1/models/doc_classification/versions/4?namespace=%2Fabc_corp%2Fclaim
 *      ETag: "v4-1" */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/idempotent.h"
#include "api/members.h"
#include "api/models/address.h"
#include "api/models/version_draft.h"
#include "api/models/version_json.h"
#include "base/fail.h"
#include "format/namespace.h"
#include "intake/models/endpoint.h"
#include "store/batch.h"
#include "store/lineage.h"
#include "store/models/model.h"
#include "wire/doc.h"

enum { ARNS_CEILING = 4096 };

/* --- what a write answers --- */

static int write_answer(void *ctx, const struct version_row *row, struct fail *why)
{
    struct written *out = ctx;

    (void)why; /* writing to a buffer is checked at the end */
    version_json(&out->json, NULL, row, SHAPE_EVERYTHING);
    version_json_tag(row, out->etag);
    if (out->status == 201)
        version_json_link(row, &out->location);
    return 0;
}

static int answer(struct batch *batch, int64_t model_id, int64_t number, struct written *out,
                  struct fail *why)
{
    int got = version_get(batch->db, batch->words, model_id, number, write_answer, out, why);

    return got ? (got < 0 ? -1 : 0)
               : fail_set(why, FAIL_BUG, "a version went while it was written");
}

/* --- registering --- */

struct registering {
    struct ask          *ask;
    struct version_draft draft;
    struct address_write address;
    struct buf           path;
    char                 who[IDEMPOTENT_WHO_ROOM];
};

/* ARNs are keys of lineage in lower case. No data stays so. */
static struct str lower(struct str arn, struct buf *room)
{
    size_t start = room->size;

    for (size_t i = 0; i < arn.size; i++) {
        char c = arn.data[i];

        buf_char(room, (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
    }
    return room->broken || !arn.data ? STR_NONE : str_part(buf_view(room), start, arn.size);
}

/* What a version came from, as nodes. */
struct origins {
    int64_t             account;
    struct lineage_node self, job, package;
};

static int link_artifacts(struct batch *batch, const struct artifact_list *list,
                          struct origins *from, struct fail *why)
{
    for (size_t i = 0; i < list->count; i++) {
        struct lineage_node file = {
            .type = LINEAGE_ARTIFACT, .key = list->items[i].uri, .name = list->items[i].name};

        if (lineage_link(batch, from->account, &file, LINEAGE_REGISTERED, STR_NONE, &from->self,
                         why)
            || (from->job.key.data
                && lineage_link(batch, from->account, &from->job, LINEAGE_PRODUCED, STR_NONE, &file,
                                why)))
            return -1;
    }
    return 0;
}

/* job -> artifact -> version; package -> version. Endpoints that turn out to serve it follow. */
static int link_origins(struct batch *batch, const struct registering *it, int64_t model_id,
                        const struct version_mark *mark, struct fail *why)
{
    const struct address_write *address = &it->address;
    const struct version_new   *version = &it->draft.version;
    OWN(buf) arns                       = BUF_UP_TO(ARNS_CEILING);
    char           room[LINEAGE_KEY_ROOM];
    struct origins from = {
        .account = address->there.id ? address->there.account : address->fresh.account,
        .self = {.type = LINEAGE_VERSION, .key = lineage_key_version(model_id, mark->number, room)},
        .job  = {.type = LINEAGE_JOB},
        .package = {.type = LINEAGE_PACKAGE}};

    if (!buf_room(&arns, ARNS_CEILING - 1)) /* so that nothing in it moves */
        return buf_check(&arns, why);
    from.job.key     = lower(version->job_arn, &arns);
    from.package.key = lower(version->package_arn, &arns);
    if (buf_check(&arns, why) || link_artifacts(batch, &version->artifacts, &from, why)
        || (from.job.key.data && !version->artifacts.count
            && lineage_link(batch, from.account, &from.job, LINEAGE_PRODUCED, STR_NONE, &from.self,
                            why))
        || (from.package.key.data
            && lineage_link(batch, from.account, &from.package, LINEAGE_REGISTERED, STR_NONE,
                            &from.self, why)))
        return -1;
    return deployments_of_version(batch, model_id, mark->number, why);
}

static int put(void *ctx, struct batch *batch, struct written *out, struct fail *why)
{
    struct registering *it = ctx;
    struct version_mark mark;
    struct str          who = idempotent_who(it->ask, it->who);
    int64_t             model_id;
    int                 got;

    if (!it->draft.version.created_by.data)
        it->draft.version.created_by = who;
    if (address_make(batch, &it->address, who, &model_id, why))
        return -1;
    got = version_put(batch, model_id, &it->draft.version, &mark, why);
    if (got < 0) {
        if (why->kind == FAIL_CLASH)
            it->ask->problem = "version-conflict";
        return -1;
    }
    out->status = got ? 201 : 200;
    if (got && link_origins(batch, it, model_id, &mark, why))
        return -1;
    return answer(batch, model_id, mark.number, out, why);
}

static int register_one(struct registering *it, const struct doc *doc, struct fail *why)
{
    struct ask    *ask  = it->ask;
    struct members body = members_of(doc, "", &ask->flaws);

    address_members(ask, &body, ask->caller->ids[0]);
    if (version_draft_read(&body, ask->asker.now, &it->draft, why) || ask_flaws(ask, why)
        || address_write(ask, ask->caller->ids[0], &it->path, &it->address, why))
        return -1;
    return idempotent_run(ask, put, it, why);
}

int versions_create(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "time_format", NULL};
    struct registering       it      = {
                   .ask = ask, .draft = VERSION_DRAFT_EMPTY, .path = BUF_UP_TO(NAMESPACE_MOST)};
    OWN_PTR(doc) doc = ask_body(ask, why);
    int result       = doc && ask_check(ask, known, why) == 0 ? register_one(&it, doc, why) : -1;

    version_draft_release(&it.draft);
    buf_release(&it.path);
    return result;
}

/* --- showing --- */

struct showing {
    struct ask *ask;
    uint64_t    wanted;
};

static int show_row(void *ctx, const struct version_row *row, struct fail *why)
{
    struct showing *showing = ctx;
    char            tag[MATCH_ROOM];

    (void)why; /* writing to a buffer is checked at the end */
    version_json(&showing->ask->json, NULL, row, showing->wanted);
    version_json_tag(row, tag);
    match_answer(showing->ask, tag, version_json_is_fixed(row, showing->wanted));
    return 0;
}

int versions_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "fields", "time_format", NULL};
    struct showing           showing = {.ask = ask};
    struct model_place       place;
    int64_t                  number;
    int                      got;

    if (ask_check(ask, known, why)
        || shape_fields(&ask->params, version_shape, &showing.wanted, why)
        || address_model(ask, &place, why) || address_number(ask, &number, why))
        return -1;
    got = version_get(ask->asker.db, ask->asker.words, place.id, number, show_row, &showing, why);
    return got ? (got < 0 ? -1 : 0) : ask_absent(why);
}

/* --- changing --- */

struct changing {
    struct ask           *ask;
    struct model_place    place;
    int64_t               number;
    struct version_change change;
    struct buf            tags;
};

static int read_tags(void *ctx, const struct version_row *row, struct fail *why)
{
    struct changing *it = ctx;

    return version_draft_tags(row->tags.size ? row->tags : STR_NONE, it->change.tags,
                              &it->ask->flaws, &it->tags, why);
}

/* The version as it is in this transaction, and If-Match held against it. */
static int take(struct changing *it, struct batch *batch, struct version_mark *out,
                struct fail *why)
{
    char tag[MATCH_ROOM];
    int  got = version_find(batch->db, it->place.id, it->number, out, why);

    if (got != 1)
        return got < 0 ? -1 : ask_absent(why);
    match_tag(tag, 'v', out->number, out->rev);
    return match_check(it->ask, tag, why);
}

static int change(void *ctx, struct batch *batch, struct written *out, struct fail *why)
{
    struct changing    *it = ctx;
    struct version_mark mark;

    if (take(it, batch, &mark, why))
        return -1;
    it->change.edit.tags = STR_NONE;
    if (it->change.tags) {
        if (version_get(batch->db, batch->words, it->place.id, it->number, read_tags, it, why) < 0
            || ask_flaws(it->ask, why))
            return -1;
        if (it->tags.size)
            it->change.edit.tags = buf_view(&it->tags);
    }
    if (version_edit(batch, &mark, &it->change.edit, why)) {
        if (why->kind == FAIL_CLASH) {
            (void)flaws_add(&it->ask->flaws, "/approval", "immutable-field", "%s", why->text);
            it->ask->problem = "immutable-field";
        }
        return -1;
    }
    return answer(batch, it->place.id, it->number, out, why);
}

int versions_patch(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "time_format", NULL};
    struct changing          it      = {.ask = ask, .tags = BUF_UP_TO(64 * 1024)};
    OWN_PTR(doc) doc                 = ask_body(ask, why);
    struct members body              = members_of(doc, "", &ask->flaws);
    int            result            = -1;

    if (!doc || ask_check(ask, known, why) || address_model(ask, &it.place, why)
        || address_number(ask, &it.number, why))
        return -1;
    version_draft_read_change(&body, &it.change);
    if (ask_flaws(ask, why) == 0 && match_given(ask, why) == 0)
        result = idempotent_run(ask, change, &it, why);
    buf_release(&it.tags);
    return result;
}

/* --- deleting --- */

static int remove_one(void *ctx, struct batch *batch, struct written *out, struct fail *why)
{
    struct changing    *it = ctx;
    struct version_mark mark;

    if (take(it, batch, &mark, why))
        return -1;
    out->status = 204;
    return version_remove(batch, it->place.id, &mark, why);
}

int versions_remove(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, NULL};
    struct changing          it      = {.ask = ask};

    if (ask_check(ask, known, why) || address_model(ask, &it.place, why)
        || address_number(ask, &it.number, why) || match_given(ask, why))
        return -1;
    return idempotent_run(ask, remove_one, &it, why);
}
