#include "intake/models/endpoint.h"

#include "base/buf.h"
#include "base/fail.h"
#include "intake/models/links.h"
#include "intake/models/traffic.h"
#include "store/batch.h"
#include "store/event.h"
#include "store/models/deploy.h"
#include "store/models/deployment.h"
#include "store/models/rollout_log.h"
#include "store/models/trace.h"
#include "store/news.h"
#include "store/resource.h"
#include "store/words.h"

#include <string.h>

enum { ROW_TEXTS_CEILING = 4 << 20, FACT_CEILING = 8 << 20 };

/* One endpoint while its deployments are worked out. */
struct endpoint {
    struct batch          *batch;
    const struct resource *row;
    struct news            place; /* its account and region, for ARNs */
    struct links           links; /* the same */
    struct arn             arn;   /* its own */
    struct traffic_fold    fold;
};

/* --- what happened, as it is stored --- */

static bool is_same(const struct rollout_entry *stored, const struct traffic_move *move)
{
    return stored->at == move->at && stored->what == move->what && stored->share == move->share;
}

/* The at-th move of a unit from `from` on; the count of moves when there is none. */
static size_t next_move(const struct traffic_fold *fold, size_t unit, size_t from)
{
    while (from < fold->move_count && fold->moves[from].unit != unit)
        from++;
    return from;
}

static int add_moves(struct endpoint *endpoint, int64_t deployment, size_t unit, size_t from,
                     struct fail *why)
{
    const struct traffic_fold *fold = &endpoint->fold;

    for (; from < fold->move_count; from = next_move(fold, unit, from + 1)) {
        const struct traffic_move *move  = &fold->moves[from];
        struct rollout_entry       entry = {
                  .deployment = deployment, .at = move->at, .what = move->what, .share = move->share};
        struct rollout_note note = {STR_NONE, str_of(move->why), ROLLOUT_BY_EVENTS};

        if (rollout_log_add(endpoint->batch, &entry, &note, why))
            return -1;
    }
    return deployment_touch(endpoint->batch, deployment, why);
}

/* Entries that are right already stay; from the first that is not, they are written anew. */
static int put_moves(struct endpoint *endpoint, int64_t deployment, size_t unit, struct fail *why)
{
    const struct traffic_fold *fold = &endpoint->fold;
    OWN(rollout_log) stored         = ROLLOUT_LOG_EMPTY;
    size_t move = next_move(fold, unit, 0), same = 0;

    if (rollout_log_read(endpoint->batch, deployment, &stored, why))
        return -1;
    while (same < stored.count && move < fold->move_count
           && is_same(&stored.entries[same], &fold->moves[move])) {
        same++;
        move = next_move(fold, unit, move + 1);
    }
    if (same == stored.count && move == fold->move_count)
        return 0;
    if (same < stored.count
        && rollout_log_cut(endpoint->batch, deployment, stored.entries[same].id, why))
        return -1;
    return add_moves(endpoint, deployment, unit, move, why);
}

/* --- deployments --- */

static ms begun(const struct traffic_fold *fold, size_t unit)
{
    size_t at = next_move(fold, unit, 0);

    return at < fold->move_count ? fold->moves[at].at : 0;
}

/* Its row; or the one it had while nobody knew what the variant is called. 1, 0, -1. */
static int find_deployment(struct endpoint *endpoint, struct deployment *deployment,
                           struct fail *why)
{
    struct batch *batch = endpoint->batch;
    int           got   = deployment_find_told(batch, deployment, &deployment->id, why);

    if (got || !deployment->variant.size)
        return got;
    got = deployment_name_told(batch, deployment, &deployment->id, why);
    return got == 1 && deploy_name_link(batch, endpoint->row->account, deployment, why) ? -1 : got;
}

static int put_deployment(struct endpoint *endpoint, size_t unit,
                          const struct trace_version *version, struct fail *why)
{
    const struct traffic_unit *of         = &endpoint->fold.units[unit];
    struct deployment          deployment = {
                 .model_id     = version->model_id,
                 .version      = version->number,
                 .source       = ROLLOUT_BY_EVENTS,
                 .endpoint     = endpoint->row->name,
                 .endpoint_key = endpoint->arn.text,
                 .resource_id  = endpoint->row->id,
                 .config       = str_of(of->config),
                 .variant      = str_of(of->variant),
                 .method       = DEPLOY_SAGEMAKER,
                 .created      = begun(&endpoint->fold, unit),
    };
    int got = find_deployment(endpoint, &deployment, why);

    if (got == 0 && next_move(&endpoint->fold, unit, 0) == endpoint->fold.move_count)
        return 0;
    if (got == 0)
        got = deployment_make(endpoint->batch, &deployment, why)
                      || deploy_link(endpoint->batch, endpoint->row->account, &deployment,
                                     endpoint->arn.text, why)
                  ? -1
                  : 1;
    return got == 1 ? put_moves(endpoint, deployment.id, unit, why) : -1;
}

static int put_unit(struct endpoint *endpoint, size_t unit, struct fail *why)
{
    const struct traffic_unit *of = &endpoint->fold.units[unit];
    struct trace_version       versions[TRACE_MOST_VERSIONS];
    struct trace_config        config = {.account   = endpoint->row->account,
                                         .region_id = endpoint->row->region_id,
                                         .config    = str_of(of->config),
                                         .variant   = str_of(of->variant)};
    struct arn                 arn;
    int                        count;

    links_arn_of(&endpoint->links, "endpoint-config", config.config, &arn);
    config.key = arn.text;
    count      = trace_versions(endpoint->batch, &config, versions, why);
    for (int i = 0; i < count; i++)
        if (put_deployment(endpoint, unit, &versions[i], why))
            return -1;
    return count < 0 ? -1 : 0;
}

static int meet_fact(void *ctx, const struct endpoint_fact *fact, struct fail *why)
{
    struct endpoint *endpoint = ctx;

    return traffic_fold_meet(&endpoint->fold, fact, why);
}

static int add_fact(void *ctx, const struct endpoint_fact *fact, struct fail *why)
{
    struct endpoint *endpoint = ctx;

    return traffic_fold_add(&endpoint->fold, fact, why);
}

static int work_out(struct endpoint *endpoint, struct fail *why)
{
    const struct resource *row = endpoint->row;

    endpoint->place = (struct news){
        .account = row->account,
        .region  = words_text(endpoint->batch->words, endpoint->batch->db, row->region_id)};
    endpoint->links = (struct links){.news = &endpoint->place};
    links_arn_of(&endpoint->links, "endpoint", row->name, &endpoint->arn);
    if (endpoint_fact_each(endpoint->batch, row->account, row->id, meet_fact, endpoint, why)
        || endpoint_fact_each(endpoint->batch, row->account, row->id, add_fact, endpoint, why))
        return -1;
    for (size_t i = 0; i < endpoint->fold.unit_count; i++)
        if (put_unit(endpoint, i, why))
            return -1;
    return 0;
}

static int renew(struct batch *batch, const struct resource *row, struct fail *why)
{
    struct endpoint endpoint = {.batch = batch, .row = row, .fold = TRAFFIC_FOLD_EMPTY};
    int             result   = work_out(&endpoint, why);

    traffic_fold_release(&endpoint.fold);
    return result ? fail_in(why, "the deployments of an endpoint") : 0;
}

/* --- when --- */

static int renew_places(struct batch *batch, const struct trace_places *places, struct fail *why)
{
    for (size_t i = 0; i < places->count; i++) {
        OWN(buf) room                   = BUF_UP_TO(ROW_TEXTS_CEILING);
        const struct trace_place *place = &places->items[i];
        struct resource           row;
        int got = resource_get(batch, place->account, place->resource_id, &room, &row, why);

        if (got < 0 || (got == 1 && renew(batch, &row, why)))
            return -1;
    }
    return 0;
}

static int keep_fact(struct links *links, const struct resource *row, struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(FACT_CEILING);
    struct endpoint_fact fact;
    int                  got = traffic_read(links, &room, &fact, why);

    if (got != 1)
        return got;
    fact.resource_id = row->id;
    fact.uid         = event_uid(links->news);
    return endpoint_fact_put(links->batch, &fact, why) ? -1 : 1;
}

static int follow_endpoint(struct batch *batch, const struct news *news, const struct resource *row,
                           struct fail *why)
{
    struct links links = {.detail = SCAN_NONE};
    int          got   = links_read(&links, batch, news, row->id, why);

    if (got == 0)
        got = keep_fact(&links, row, why);
    links_release(&links);
    return got == 1 ? renew(batch, row, why) : got;
}

int deployments_follow(struct batch *batch, const struct news *news, const struct resource *row,
                       struct fail *why)
{
    OWN(trace_places) places = TRACE_PLACES_EMPTY;

    if (!row || row->id == 0)
        return 0;
    if (news->kind == KIND_ENDPOINT)
        return follow_endpoint(batch, news, row, why);
    if (news->kind != KIND_ENDPOINT_CONFIG && news->kind != KIND_MODEL
        && news->kind != KIND_MODEL_PACKAGE)
        return 0;
    if (trace_of_resource(batch, row->account, row->id, &places, why))
        return -1;
    return renew_places(batch, &places, why);
}

int deployments_of_version(struct batch *batch, int64_t model_id, int64_t number, struct fail *why)
{
    OWN(trace_places) places           = TRACE_PLACES_EMPTY;
    const struct trace_version version = {model_id, number};

    if (trace_of_version(batch, &version, &places, why))
        return -1;
    return renew_places(batch, &places, why);
}

/* A name as SageMaker allows them. */
static bool is_name(struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
              || c == '-'))
            return false;
    }
    return text.size > 0 && text.size < TRAFFIC_NAME_ROOM;
}

void deployments_endpoint_key(struct str endpoint, int64_t account, struct str region,
                              struct buf *out)
{
    const struct news  place = {.account = account, .region = region};
    const struct links links = {.news = &place};
    struct arn         arn   = {.text = STR_NONE};

    if (str_starts(endpoint, STR("arn:")) || (account > 0 && region.size && is_name(endpoint)))
        links_arn(&links, "endpoint", endpoint, &arn);
    buf_str(out, arn.text.data ? arn.text : endpoint);
}
