#include "verbs/demo/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "verbs/client.h"
#include "verbs/demo/family.h"
#include "verbs/demo/traffic.h"
#include "verbs/show.h"
#include "wire/doc.h"

enum { FRAUD, RANKER, LIMIT }; /* in family.c's order */
enum { BODY_MOST = 64 * 1024, PATH_MOST = 4096, NAME_ROOM = 64 };

struct registry {
    struct client           *client;
    ms                       now;
    struct registry_figures *figures;
};

static ms before(const struct registry *registry, int minutes)
{
    return registry->now - (ms)minutes * MS_MINUTE;
}

/* "/api/v1/models/ad_ranker", `below`, and where it stands. */
static void path_of(const struct family_model *model, const char *below, struct buf *out)
{
    buf_format(out, "/api/v1/models%s%s%s", below ? "/" : "", below ? model->name : "",
               below ? below : "");
    client_query(out, "namespace", model->namespace);
    client_query(out, "account", model->place->account);
    client_query(out, "region", model->place->region);
}

/* One call; `below` NULL: the list of models itself. */
static int call(const struct registry *registry, const char *method,
                const struct family_model *model, const char *below, const struct buf *body,
                struct fail *why)
{
    OWN(buf) path                 = BUF_UP_TO(PATH_MOST);
    struct client_request request = {.method = method, .body = buf_view(body), .if_match = "*"};

    path_of(model, below, &path);
    request.path = buf_c(&path);
    registry->figures->calls++;
    if (buf_check(&path, why) || buf_check(body, why)
        || client_send(registry->client, &request, NULL, why))
        return fail_in(why, "%s of %s%s", method, model->name, below ? below : "");
    return 0;
}

/* ---- catalogue records ---------------------------------------------------------------------- */

struct record {
    const char *description, *owner, *url, *team;
    double      target;
    int         max_elapse_ms, reference_hours;
};

static const struct record records[FAMILY_MODELS] = {
    [FRAUD]  = {"Is this card payment a fraud? Gradient-boosted trees over card velocity.",
                "risk-ml@northwind.example", "https://git.northwind.example/risk/card-fraud", "risk",
                99.5, 1500, 12},
    [RANKER] = {"Which advertisement is worth most to this visitor? A two-tower network.",
                "ads-ml@northwind.example", "https://git.northwind.example/ads/ranker", "ads", 99,
                250, 6},
    [LIMIT]  = {"How much credit may a customer have? Asked by lending, overnight and on demand.",
                "risk-ml@northwind.example", "https://git.northwind.example/risk/limits", "risk", 99,
                2000, 3},
};

static void put_watching(struct compose *out, const struct record *record)
{
    compose_open(out, "objective", '{');
    compose_real(out, "target_percent", record->target);
    compose_int(out, "max_elapse_ms", record->max_elapse_ms);
    compose_text(out, "window", STR("30d"));
    compose_close(out, '}');
    compose_open(out, "drift", '{');
    compose_open(out, "reference", '{');
    compose_int(out, "first_hours", record->reference_hours);
    compose_close(out, '}');
    compose_close(out, '}');
}

static int tell_record(const struct registry *registry, int at, struct fail *why)
{
    const struct record *record = &records[at];
    OWN(buf) body               = BUF_UP_TO(BODY_MOST);
    struct compose json         = compose_into(&body);

    compose_open(&json, NULL, '{');
    compose_text(&json, "model_name", str_of(family[at].name));
    compose_text(&json, "description", str_of(record->description));
    compose_text(&json, "owner", str_of(record->owner));
    compose_text(&json, "url", str_of(record->url));
    put_watching(&json, record);
    compose_open(&json, "tags", '{');
    compose_text(&json, "team", str_of(record->team));
    compose_close(&json, '}');
    compose_close(&json, '}');
    return call(registry, "POST", &family[at], NULL, &body, why);
}

/* ---- versions ------------------------------------------------------------------------------- */

struct made {
    int         model, version, ago;
    const char *description;
};

static const struct made versions[] = {
    {RANKER, 1, RANKER_V1_UP + 60, "two towers, 64 dimensions"},
    {RANKER, 2, RANKER_V2_UP + 50, "visitors' last ten clicks as input"},
    {RANKER, 3, RANKER_V3_5 + 70, "distilled: half the size, more to the point"},
    {LIMIT, 1, LIMIT_V1_UP + 90, "income, age of the account, late payments"},
    {LIMIT, 2, LIMIT_V2_UP + 45, "adds the bureau's new score"},
};

static int tell_version(const struct registry *registry, const struct made *made, struct fail *why)
{
    const struct family_model *model = &family[made->model];
    OWN(buf) body                    = BUF_UP_TO(BODY_MOST);
    OWN(buf) uri                     = BUF_UP_TO(PATH_MOST);
    struct compose json              = compose_into(&body);

    buf_format(&uri, "s3://northwind-%s-models/%s/trained/%d.tar.gz", records[made->model].team,
               model->name, made->version);
    compose_open(&json, NULL, '{');
    compose_int(&json, "model_version", made->version);
    compose_text(&json, "description", str_of(made->description));
    compose_open(&json, "artifacts", '[');
    compose_open(&json, NULL, '{');
    compose_text(&json, "name", STR("trained"));
    compose_text(&json, "uri", buf_view(&uri));
    compose_close(&json, '}');
    compose_close(&json, ']');
    compose_text(&json, "approval", STR("Approved"));
    compose_time(&json, "create_at", before(registry, made->ago));
    compose_close(&json, '}');
    return call(registry, "POST", model, "/versions", &body, why);
}

int registry_before(struct client *client, ms now, struct registry_figures *figures,
                    struct fail *why)
{
    const struct registry registry = {client, now, figures};

    for (int i = 0; i < FAMILY_MODELS; i++)
        if (tell_record(&registry, i, why))
            return -1;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        if (tell_version(&registry, &versions[i], why))
            return -1;
    return 0;
}

/* ---- aliases -------------------------------------------------------------------------------- */

struct move {
    int         model;
    const char *alias;
    int         version, percent, other; /* other: who has the rest of the traffic; 0: nobody */
    const char *reason;
};

static const struct move moves[] = {
    {FRAUD, "champion", 6, 100, 0, "first release behind fraud-online"},
    {FRAUD, "champion", 7, 100, 0, "faster, and more to the point"},
    {FRAUD, "canary", 8, 50, 7, "half of the traffic"},
    {FRAUD, "canary", 7, 100, 0, "version 8 takes two seconds: rolled back"},
    {RANKER, "champion", 2, 100, 0, NULL},
    {RANKER, "canary", 3, 25, 2, "a quarter, over the evening"},
    {RANKER, "champion", 3, 100, 0, "the canary did well"},
    {LIMIT, "champion", 2, 100, 0, NULL},
    {LIMIT, "champion", 1, 100, 0, "version 2 has become unsure"},
};

static void put_target(struct compose *out, int version, int weight)
{
    compose_open(out, NULL, '{');
    compose_int(out, "version", version);
    compose_int(out, "weight", weight);
    compose_close(out, '}');
}

static int tell_move(const struct registry *registry, const struct move *move, struct fail *why)
{
    OWN(buf) body       = BUF_UP_TO(BODY_MOST);
    struct compose json = compose_into(&body);
    char           below[NAME_ROOM];

    (void)snprintf(below, sizeof below, "/aliases/%s", move->alias); /* it fits */
    compose_open(&json, NULL, '{');
    compose_open(&json, "targets", '[');
    put_target(&json, move->version, move->percent);
    if (move->other)
        put_target(&json, move->other, 100 - move->percent);
    compose_close(&json, ']');
    if (move->reason)
        compose_text(&json, "why", str_of(move->reason));
    compose_close(&json, '}');
    return call(registry, "PUT", &family[move->model], below, &body, why);
}

/* ---- deployments ---------------------------------------------------------------------------- */

enum deed { CREATED, SHIFTED, PROMOTED, ROLLED_BACK };

struct step {
    int         model;
    enum deed   deed;
    int         deployment, version, ago;
    int         percent;
    const char *text; /* the strategy of a new one, else why */
};

static const struct step steps[] = {
    {RANKER, CREATED, 1, 1, RANKER_V1_UP + 10, 0, "rolling"},
    {RANKER, PROMOTED, 1, 0, RANKER_V1_UP, 0, NULL},
    {RANKER, CREATED, 2, 2, RANKER_V2_UP + 15, 0, "blue green"},
    {RANKER, PROMOTED, 2, 0, RANKER_V2_UP, 0, "green is as good as blue"},
    {RANKER, CREATED, 3, 3, RANKER_V3_5 + 12, 0, "canary"},
    {RANKER, SHIFTED, 3, 0, RANKER_V3_5, 5, NULL},
    {RANKER, SHIFTED, 3, 0, RANKER_V3_25, 25, "no errors at 5 %"},
    {RANKER, PROMOTED, 3, 0, RANKER_V3_UP, 0, "no errors at 25 %"},
    {LIMIT, CREATED, 1, 1, LIMIT_V1_UP + 10, 0, "rolling"},
    {LIMIT, PROMOTED, 1, 0, LIMIT_V1_UP, 0, NULL},
    {LIMIT, CREATED, 2, 2, LIMIT_V2_UP + 10, 0, "blue green"},
    {LIMIT, PROMOTED, 2, 0, LIMIT_V2_UP, 0, NULL},
    {LIMIT, ROLLED_BACK, 2, 0, LIMIT_V2_BACK, 0, "its confidence has fallen for hours"},
};

static void put_variables(struct compose *out)
{
    static const char *const variables[][2] = {{"WORKERS", "4"},
                                               {"FEATURE_STORE_TOKEN", "made-up"}};

    compose_open(out, "environment_variables", '[');
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        compose_open(out, NULL, '{');
        compose_text(out, "name", str_of(variables[i][0]));
        compose_text(out, "value", str_of(variables[i][1]));
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

static void put_new(struct compose *out, const struct registry *registry, const struct step *step)
{
    if (step->deed == ROLLED_BACK) {
        compose_int(out, "rollback_of", step->deployment);
        compose_text(out, "why", str_of(step->text));
    } else {
        compose_int(out, "model_version", step->version);
        compose_text(out, "environment", STR("prod"));
        compose_text(out, "endpoint", str_of(family[step->model].endpoint));
        compose_text(out, "deployment_method",
                     step->model == RANKER ? STR("self hosted EKS") : STR("AWS SageMaker"));
        compose_text(out, "rolling_strategy", str_of(step->text));
        put_variables(out);
    }
    compose_time(out, "create_at", before(registry, step->ago));
}

static int tell_step(const struct registry *registry, const struct step *step, struct fail *why)
{
    bool is_new         = step->deed == CREATED || step->deed == ROLLED_BACK;
    OWN(buf) body       = BUF_UP_TO(BODY_MOST);
    struct compose json = compose_into(&body);
    char           below[NAME_ROOM];

    (void)snprintf(below, sizeof below, "/deployments/%d/rollout", step->deployment); /* it fits */
    compose_open(&json, NULL, '{');
    if (is_new) {
        put_new(&json, registry, step);
    } else {
        compose_text(&json, "what", step->deed == SHIFTED ? STR("traffic_shift") : STR("promoted"));
        if (step->deed == SHIFTED)
            compose_int(&json, "percent", step->percent);
        if (step->text)
            compose_text(&json, "why", str_of(step->text));
        compose_time(&json, "at", before(registry, step->ago));
    }
    compose_close(&json, '}');
    return call(registry, "POST", &family[step->model], is_new ? "/deployments" : below, &body,
                why);
}

/* In a kept folder the story has been told. 1, 0, -1. */
static int is_told(const struct registry *registry, struct fail *why)
{
    OWN(buf) path      = BUF_UP_TO(PATH_MOST);
    OWN_PTR(doc) model = NULL;
    double latest      = 0;

    path_of(&family[LIMIT], "", &path);
    if (buf_check(&path, why) || client_get(registry->client, buf_c(&path), &model, why))
        return -1;
    return show_number(model, "latest_deployment_id", &latest) && latest > 0;
}

int registry_after(struct client *client, ms now, struct registry_figures *figures,
                   struct fail *why)
{
    const struct registry registry = {client, now, figures};
    int                   told     = is_told(&registry, why);

    if (told)
        return told < 0 ? -1 : 0;
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (tell_move(&registry, &moves[i], why))
            return -1;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (tell_step(&registry, &steps[i], why))
            return -1;
    return 0;
}

/* ---- transactions --------------------------------------------------------------------------- */

static int post_lines(void *ctx, struct str lines, struct fail *why)
{
    const struct registry      *registry = ctx;
    const struct client_request request  = {.method       = "POST",
                                            .path         = "/ingest/inferences",
                                            .body         = lines,
                                            .content_type = "application/x-ndjson"};
    OWN_PTR(doc) receipt                 = NULL;
    int64_t accepted = 0, refused = 0;

    if (client_send(registry->client, &request, &receipt, why)
        || doc_int_or(receipt, "accepted", 0, &accepted, why)
        || doc_int_or(receipt, "refused_count", 0, &refused, why))
        return fail_in(why, "posting transactions");
    registry->figures->inferences += accepted;
    registry->figures->refused += refused;
    return 0;
}

int registry_traffic(struct client *client, ms now, struct registry_figures *figures,
                     struct fail *why)
{
    struct registry registry = {client, now, figures};

    return traffic_day(now, post_lines, &registry, why);
}
