#include "store/inferences/place.h"

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/namespace.h"
#include "store/batch.h"
#include "store/inferences/inference.h"
#include "store/inferences/ledger.h"
#include "store/models/catalog.h"
#include "store/models/model.h"
#include "store/scope.h"
#include "store/words.h"
#include "wire/db.h"

/* Both caches have one place for each hash: the newer of two that want it stays. */
enum { MODELS_MOST = 128, SERIES_MOST = 1024, TEXTS_CEILING = 4 * 1024 };

struct model {
    bool                    is_known;
    int64_t                 id, account, region_id;
    int64_t                 said_account; /* what was asked for */
    struct buf              said; /* region, namespace, name: each with its size before it */
    struct buf              path;
    struct catalog_settings settings;
};

/* What tells two series apart. */
enum { MODEL, ACCOUNT, REGION, VERSION, DEPLOYMENT, ENVIRONMENT, ENDPOINT, SERIES_KEY };

struct series {
    int64_t id; /* 0: free */
    int64_t key[SERIES_KEY];
};

struct places {
    struct model  models[MODELS_MOST];
    struct series series[SERIES_MOST];
    struct buf    said; /* of the one that is looked up */
};

int places_new(struct places **out, struct fail *why)
{
    struct places *places = mem_new(sizeof *places);

    if (!places)
        return fail_set(why, FAIL_MEMORY, "no memory for models and series");
    places->said = BUF_UP_TO(TEXTS_CEILING);
    *out         = places;
    return 0;
}

static void release(struct model *model)
{
    buf_release(&model->said);
    buf_release(&model->path);
    catalog_settings_release(&model->settings);
    model->is_known = false;
}

void places_end_batch(struct places *places)
{
    for (size_t i = 0; i < MODELS_MOST; i++)
        if (places->models[i].is_known)
            release(&places->models[i]);
}

void places_forget(struct places *places)
{
    places_end_batch(places);
    memset(places->series, 0, sizeof places->series);
}

void places_free(struct places *places)
{
    if (!places)
        return;
    places_end_batch(places);
    buf_release(&places->said);
    mem_free(places);
}

/* ---- the model ---- */

/* What contradicts nothing of what is said, the best first: filed, of just this account, of just
 * this region. Where nothing is said, a model that is tied to none is the one. */
#define BEST(text)                                                                                 \
    "SELECT m.id, m.account, m.region_id,"                                                         \
    " CASE WHEN m.namespace = '" PLACE_UNFILED "' THEN 4 ELSE 0 END"                               \
    " + CASE WHEN m.account = :account THEN 0 ELSE 2 END"                                          \
    " + CASE WHEN m.region_id = :region THEN 0 ELSE 1 END AS distance"                             \
    " FROM model m WHERE " text " = :text"                                                         \
    " AND (m.account IN (0, :account) OR CAST(:any_account AS BIGINT) = 1)"                        \
    " AND (m.region_id IN (0, :region) OR CAST(:any_region AS BIGINT) = 1)"                        \
    " ORDER BY distance, m.id LIMIT 2"

static const char BY_PATH[] = BEST("m.path");
static const char BY_NAME[] = BEST("m.name");

/* Takes the first, unless the second is as good: then nobody knows which is meant. */
static int choose(struct stmt *find, struct model *model, struct fail *why)
{
    int64_t distance = 0;
    int     got      = stmt_step(find, why);

    if (got == 1) {
        model->id        = col_int(find, 0);
        model->account   = col_int(find, 1);
        model->region_id = col_int(find, 2);
        distance         = col_int(find, 3);
        got              = stmt_step(find, why);
    }
    if (got == 1 && col_int(find, 3) == distance)
        model->id = 0;
    stmt_done(find);
    return got < 0 ? -1 : 0;
}

static int path_of(const struct inference_whose *whose, struct buf *out, struct fail *why)
{
    buf_clear(out);
    buf_str(out, whose->namespace.data ? whose->namespace : STR(PLACE_UNFILED));
    buf_char(out, '/');
    buf_str(out, whose->model_name);
    return buf_check(out, why);
}

/* Fills id, account and region_id of `model`, whose path is there already; id 0: to be made. */
static int look_up(struct batch *batch, const struct inference_whose *whose, struct model *model,
                   struct fail *why)
{
    const bool    has_path = whose->namespace.data != NULL;
    const int64_t account  = whose->account < 0 ? 0 : whose->account;
    int64_t       region_id;
    struct stmt  *find;

    if (words_put(batch->words, batch->db, whose->region, &region_id, why)
        || !(find = db_prepare(batch->db, has_path ? BY_PATH : BY_NAME, why)))
        return -1;
    stmt_text(find, ":text", has_path ? buf_view(&model->path) : whose->model_name);
    stmt_int(find, ":account", account);
    stmt_int(find, ":any_account", whose->account < 0);
    stmt_int(find, ":region", region_id);
    stmt_int(find, ":any_region", region_id == 0);
    model->id = 0;
    if (choose(find, model, why))
        return -1;
    if (!model->id) {
        model->account   = account;
        model->region_id = region_id;
    }
    return 0;
}

static const char PATH[] = "SELECT m.path FROM model m WHERE m.id = :id";

/* Its path, which is not what was said when it was found by name, and how it is watched. */
static int read_model(struct batch *batch, struct model *model, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, PATH, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":id", model->id);
    got = stmt_step(find, why);
    if (got == 1) {
        buf_clear(&model->path);
        buf_str(&model->path, col_text(find, 0));
    }
    stmt_done(find);
    return got < 0 || buf_check(&model->path, why)
                   || catalog_settings(batch->db, model->id, &model->settings, why) < 0
               ? -1
               : 0;
}

static int learn(struct batch *batch, const struct inference_whose *whose, struct model *model,
                 struct fail *why)
{
    if (path_of(whose, &model->path, why) || look_up(batch, whose, model, why))
        return -1;
    return model->id ? read_model(batch, model, why) : 0;
}

/* Only after its sender was found to be allowed to. */
static int make(struct batch *batch, struct model *model, struct fail *why)
{
    const struct model_key key = {model->account, model->region_id, buf_view(&model->path)};

    if (model_make(batch, &key, STR_NONE, &model->id, why))
        return -1;
    return read_model(batch, model, why); /* it may have been there: see choose */
}

static int say(struct buf *out, const struct inference_whose *whose, struct fail *why)
{
    const struct str texts[] = {whose->region, whose->namespace, whose->model_name};

    buf_clear(out);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        buf_add(out, &texts[i].size, sizeof texts[i].size);
        buf_str(out, texts[i]);
    }
    return buf_check(out, why);
}

/* The model as it was met in this batch, or learnt now. NULL: *why. */
static struct model *model_of(struct batch *batch, const struct inference_whose *whose,
                              struct fail *why)
{
    struct places *places = ledger_places(batch->ledger);
    struct str     said;
    struct model  *model;

    if (say(&places->said, whose, why))
        return NULL;
    said  = buf_view(&places->said);
    model = &places->models[str_hash(said, (uint64_t)whose->account) % MODELS_MOST];
    if (model->is_known && model->said_account == whose->account
        && str_is(buf_view(&model->said), said))
        return model;
    if (model->is_known)
        release(model);
    *model = (struct model){.is_known     = true,
                            .said_account = whose->account,
                            .said         = BUF_UP_TO(TEXTS_CEILING),
                            .path         = BUF_UP_TO(TEXTS_CEILING),
                            .settings     = CATALOG_SETTINGS_EMPTY};
    buf_str(&model->said, said);
    if (buf_check(&model->said, why) || learn(batch, whose, model, why)) {
        release(model);
        return NULL;
    }
    return model;
}

/* ---- the series ---- */

static const char *const PARAMS[SERIES_KEY] = {
    [MODEL] = ":model",       [ACCOUNT] = ":account",       [REGION] = ":region",
    [VERSION] = ":version",   [DEPLOYMENT] = ":deployment", [ENVIRONMENT] = ":environment",
    [ENDPOINT] = ":endpoint",
};

static const char FIND[] =
    "SELECT id FROM inference_series WHERE model_id = :model AND version = :version"
    " AND deployment = :deployment AND environment_id = :environment AND endpoint_id = :endpoint"
    " AND account = :account AND region_id = :region";

static const char MAKE[] =
    "INSERT INTO inference_series (model_id, account, region_id, version, deployment,"
    " environment_id, endpoint_id) VALUES (:model, :account, :region, :version, :deployment,"
    " :environment, :endpoint) $GIVING_ID";

static struct stmt *prepare(struct db *db, const char *sql, const int64_t key[SERIES_KEY],
                            struct fail *why)
{
    struct stmt *stmt = db_prepare(db, sql, why);

    for (size_t i = 0; stmt && i < SERIES_KEY; i++)
        stmt_int(stmt, PARAMS[i], key[i]);
    return stmt;
}

static int find_or_make(struct db *db, const int64_t key[SERIES_KEY], int64_t *out,
                        struct fail *why)
{
    struct stmt *stmt = prepare(db, FIND, key, why);
    int          got;

    if (!stmt)
        return -1;
    got = stmt_number(stmt, out, why);
    if (got)
        return got < 0 ? -1 : 0;
    stmt = prepare(db, MAKE, key, why);
    return stmt && stmt_insert(stmt, out, why) == 1 ? 0 : -1;
}

static int series_of(struct batch *batch, const struct inference_whose *whose,
                     const struct model *model, int64_t *out, struct fail *why)
{
    struct places *places = ledger_places(batch->ledger);
    struct series *series;
    int64_t        key[SERIES_KEY] = {[MODEL] = model->id,
                                      [ACCOUNT] = whose->account < 0 ? model->account : whose->account,
                                      [REGION]     = model->region_id,
                                      [VERSION]    = whose->version,
                                      [DEPLOYMENT] = whose->deployment};

    if (words_put(batch->words, batch->db, whose->environment, &key[ENVIRONMENT], why)
        || words_put(batch->words, batch->db, whose->endpoint, &key[ENDPOINT], why)
        || (whose->region.size
            && words_put(batch->words, batch->db, whose->region, &key[REGION], why)))
        return -1;
    series = &places->series[str_hash(str_from((const char *)key, sizeof key), 0) % SERIES_MOST];
    if (!series->id || memcmp(series->key, key, sizeof key) != 0) {
        int64_t id = 0;

        if (find_or_make(batch->db, key, &id, why))
            return -1;
        memcpy(series->key, key, sizeof key);
        series->id = id;
    }
    *out = series->id;
    return 0;
}

/* ---- both ---- */

/* Whether a key of this scope may write here. */
static bool may(const struct model *model, const struct inference_whose *whose,
                const struct scope *scope, struct place_refusal *refusal)
{
    int64_t account = whose->account < 0 ? model->account : whose->account;

    if (scope_has(scope, account) && scope_has_path(scope, buf_view(&model->path)))
        return true;
    if (scope_has(scope, account))
        *refusal = (struct place_refusal){"/namespace", "forbidden",
                                          "this key does not reach the namespace"};
    else if (whose->account < 0)
        *refusal = (struct place_refusal){"/account_id", "missing",
                                          "this key reaches some accounts only: say which"};
    else
        *refusal = (struct place_refusal){"/account_id", "forbidden",
                                          "this key does not reach the account"};
    return false;
}

int place_find(struct batch *batch, const struct inference_whose *whose, const struct scope *scope,
               struct place *out, struct fail *why)
{
    struct model *model = model_of(batch, whose, why);

    if (!model)
        return -1;
    if (!may(model, whose, scope, &out->refusal))
        return 0;
    if (!model->id && make(batch, model, why))
        return -1;
    out->model_id = model->id;
    out->payload  = &model->settings.payload;
    return series_of(batch, whose, model, &out->series_id, why) ? -1 : 1;
}
