/* The life of one model as events tell it: each release is trained, packaged, approved, made a
 * model and an endpoint configuration, and rolled out behind one endpoint. Version 7 came by
 * blue/green; version 8 as a canary that was too slow and was rolled back. */
#include "verbs/demo/family.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "verbs/demo/cast.h"
#include "verbs/demo/posts.h"

#define GROUP "fraud-models"
#define MODEL "fraud-xgboost"
#define ENDPOINT "fraud-online"
#define IMAGE "111122223333.dkr.ecr.us-east-1.amazonaws.com/fraud-serving:1.7"

enum { LEAD = 2 /* minutes until machines are there */ };

/* ---- names ---------------------------------------------------------------------------------- */

struct release {
    int version;
    int trained_ago, minutes, packaged_ago, approved_ago;
};

static const struct release releases[] = {
    {6, FRAUD_V6_UP + 60, 34, FRAUD_V6_UP + 20, FRAUD_V6_UP + 12},
    {7, FRAUD_V7_UP + 80, 37, FRAUD_V7_UP + 40, FRAUD_V7_UP + 20},
    {8, FRAUD_V8_CANARY + 90, 41, FRAUD_V8_CANARY + 45, FRAUD_V8_CANARY + 25},
};

/* `version` 0: the name is whole. */
static void arn_of(const char *kind, const char *name, int version, char out[DEMO_ARN_ROOM])
{
    char resource[DEMO_RESOURCE_ROOM];

    if (version) /* the names are short */
        (void)snprintf(resource, sizeof resource, "%s/%s%d", kind, name, version);
    else
        (void)snprintf(resource, sizeof resource, "%s/%s", kind, name);
    demo_arn(&demo_risk, resource, out);
}

static ms before(ms now, int minutes)
{
    return now - (ms)minutes * MS_MINUTE;
}

/* An event about something of ours; a caller adds members to its detail. */
struct telling {
    const char *detail_type, *kind, *name;
    int         version;
    ms          at;
};

static struct buf *tell(struct posts *posts, const struct telling *telling, char arn[DEMO_ARN_ROOM],
                        struct compose *out)
{
    struct demo_event event = {telling->detail_type, demo_risk, arn, telling->at};
    struct buf       *body  = posts_add(posts, telling->at, 0);

    arn_of(telling->kind, telling->name, telling->version, arn);
    if (body)
        *out = demo_event_open(body, &event);
    return body;
}

/* ---- from training to a configuration ------------------------------------------------------- */

static struct demo_job training_of(const struct release *release, ms now)
{
    struct demo_job job = {.kind           = DEMO_TRAINING,
                           .place          = demo_risk,
                           .instance_type  = "ml.m5.2xlarge",
                           .instance_count = 1,
                           .team           = "risk",
                           .created        = before(now, release->trained_ago)};

    job.started = job.created + (ms)LEAD * MS_MINUTE;
    job.ended   = job.started + (ms)release->minutes * MS_MINUTE;
    scenario_name("fraud-release", job.created, job.name);
    return job;
}

static void put_container(struct compose *out, const char *name, const struct demo_job *job,
                          const char *package)
{
    char uri[DEMO_URI_ROOM];

    demo_artifact(job, uri);
    compose_open(out, name, '{');
    compose_text(out, "Image", STR(IMAGE));
    compose_text(out, "ModelDataUrl", str_of(uri));
    if (package)
        compose_text(out, "ModelPackageName", str_of(package));
    compose_close(out, '}');
}

static void put_package_content(struct compose *out, const struct demo_job *job)
{
    compose_open(out, "InferenceSpecification", '{');
    compose_open(out, "Containers", '[');
    put_container(out, NULL, job, NULL);
    compose_close(out, ']');
    compose_close(out, '}');
    compose_open(out, "CustomerMetadataProperties", '{'); /* where it stands in the company */
    compose_text(out, "namespace", str_of(family[0].namespace));
    compose_text(out, "model_name", str_of(family[0].name));
    compose_close(out, '}');
}

static void add_package(struct posts *posts, const struct release *release,
                        const struct demo_job *job, bool is_approved, ms now)
{
    ms at = before(now, is_approved ? release->approved_ago : release->packaged_ago);
    const struct telling telling = {"SageMaker Model Package State Change", "model-package",
                                    GROUP "/", release->version, at};
    char                 arn[DEMO_ARN_ROOM];
    struct compose       json;

    if (!tell(posts, &telling, arn, &json))
        return;
    compose_text(&json, "ModelPackageGroupName", STR(GROUP));
    compose_int(&json, "ModelPackageVersion", release->version);
    compose_text(&json, "ModelPackageArn", str_of(arn));
    compose_text(&json, "ModelPackageStatus", STR("Completed"));
    compose_text(&json, "ModelApprovalStatus",
                 is_approved ? STR("Approved") : STR("PendingManualApproval"));
    put_package_content(&json, job);
    compose_int(&json, "CreationTime", before(now, release->packaged_ago));
    compose_int(&json, "LastModifiedTime", at);
    demo_event_close(&json);
}

static void add_model(struct posts *posts, const struct release *release,
                      const struct demo_job *job, ms now)
{
    const struct telling telling = {"SageMaker Model State Change", "model", MODEL "-v",
                                    release->version, before(now, release->approved_ago - 2)};
    char                 arn[DEMO_ARN_ROOM], package[DEMO_ARN_ROOM], name[DEMO_NAME_ROOM];
    struct compose       json;

    if (!tell(posts, &telling, arn, &json))
        return;
    arn_of("model-package", GROUP "/", release->version, package);
    (void)snprintf(name, sizeof name, MODEL "-v%d", release->version); /* it fits */
    compose_text(&json, "ModelName", str_of(name));
    compose_text(&json, "ModelArn", str_of(arn));
    put_container(&json, "PrimaryContainer", job, package);
    compose_int(&json, "CreationTime", telling.at);
    compose_open(&json, "Tags", '{'); /* one without tags would look like a deletion */
    compose_text(&json, "team", STR("risk"));
    compose_close(&json, '}');
    demo_event_close(&json);
}

static void add_config(struct posts *posts, const struct release *release, ms now)
{
    const struct telling telling = {"SageMaker Endpoint Config State Change", "endpoint-config",
                                    ENDPOINT "-v", release->version,
                                    before(now, release->approved_ago - 3)};
    char                 arn[DEMO_ARN_ROOM], name[DEMO_NAME_ROOM];
    struct compose       json;

    if (!tell(posts, &telling, arn, &json))
        return;
    (void)snprintf(name, sizeof name, ENDPOINT "-v%d", release->version); /* it fits */
    compose_text(&json, "EndpointConfigName", str_of(name));
    compose_text(&json, "EndpointConfigArn", str_of(arn));
    compose_open(&json, "ProductionVariants", '[');
    compose_open(&json, NULL, '{');
    compose_text(&json, "VariantName", STR("AllTraffic"));
    (void)snprintf(name, sizeof name, MODEL "-v%d", release->version); /* it fits */
    compose_text(&json, "ModelName", str_of(name));
    compose_int(&json, "InitialInstanceCount", 4);
    compose_int(&json, "InitialVariantWeight", 1);
    compose_text(&json, "InstanceType", STR("ml.c6i.xlarge"));
    compose_close(&json, '}');
    compose_close(&json, ']');
    compose_int(&json, "CreationTime", telling.at);
    compose_open(&json, "Tags", '{');
    compose_text(&json, "team", STR("risk"));
    compose_close(&json, '}');
    demo_event_close(&json);
}

/* ---- the endpoint --------------------------------------------------------------------------- */

/* One state of it: what is in service, and what is on its way (0: nothing). */
struct stand {
    int         ago;
    const char *status;
    int         version, next, next_instances;
    const char *phase;
};
enum { INSTANCES = 4 };

static const struct stand stands[] = {
    {FRAUD_V6_UP, "CREATING", 6, 0, 0, NULL},
    {FRAUD_V6_UP - 7, "IN_SERVICE", 6, 0, 0, NULL},
    {FRAUD_V7_UP + 6, "UPDATING", 6, 7, 0, "Creating"},
    {FRAUD_V7_UP, "UPDATING", 6, 7, INSTANCES, "Baking"},
    {FRAUD_V7_UP - 5, "IN_SERVICE", 7, 0, 0, NULL},
    {FRAUD_V8_CANARY + 6, "UPDATING", 7, 8, 0, "Creating"},
    {FRAUD_V8_CANARY, "UPDATING", 7, 8, 1, "Baking"},
    {FRAUD_V8_HALF, "UPDATING", 7, 8, 2, "Baking"},
    {FRAUD_V8_BACK, "ROLLING_BACK", 7, 8, 0, "Deleting"},
    {FRAUD_V8_BACK - 2, "IN_SERVICE", 7, 0, 0, NULL},
};

static void put_config_name(struct compose *out, int version)
{
    char name[DEMO_NAME_ROOM];

    (void)snprintf(name, sizeof name, ENDPOINT "-v%d", version); /* it fits */
    compose_text(out, "EndpointConfigName", str_of(name));
}

static void put_variant(struct compose *out, int instances, const struct stand *pending, ms at)
{
    compose_open(out, "ProductionVariants", '[');
    compose_open(out, NULL, '{');
    compose_text(out, "VariantName", STR("AllTraffic"));
    compose_int(out, "CurrentInstanceCount", instances);
    compose_int(out, "DesiredInstanceCount", INSTANCES);
    compose_real(out, "CurrentWeight", 1);
    compose_real(out, "DesiredWeight", 1);
    if (pending) {
        compose_open(out, "VariantStatus", '[');
        compose_open(out, NULL, '{');
        compose_text(out, "Status", str_of(pending->phase));
        compose_int(out, "StartTime", at);
        compose_close(out, '}');
        compose_close(out, ']');
    }
    compose_close(out, '}');
    compose_close(out, ']');
}

static void add_stand(struct posts *posts, const struct stand *stand, ms now)
{
    const struct telling telling = {"SageMaker Endpoint State Change", "endpoint", ENDPOINT, 0,
                                    before(now, stand->ago)};
    char                 arn[DEMO_ARN_ROOM];
    struct compose       json;

    if (!tell(posts, &telling, arn, &json))
        return;
    compose_text(&json, "EndpointName", STR(ENDPOINT));
    compose_text(&json, "EndpointArn", str_of(arn));
    put_config_name(&json, stand->version);
    compose_text(&json, "EndpointStatus", str_of(stand->status));
    put_variant(&json, INSTANCES, NULL, telling.at);
    if (stand->next) {
        compose_open(&json, "PendingDeploymentSummary", '{');
        put_config_name(&json, stand->next);
        compose_int(&json, "StartTime", telling.at);
        put_variant(&json, stand->next_instances, stand, telling.at);
        compose_close(&json, '}');
    }
    compose_int(&json, "CreationTime", before(now, FRAUD_V6_UP));
    compose_int(&json, "LastModifiedTime", telling.at);
    demo_event_close(&json);
}

void scenario_models(struct posts *posts, struct cast *cast, ms now)
{
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
        const struct release *release = &releases[i];
        struct demo_job       job     = training_of(release, now);

        scenario_train(posts, cast, &job);
        add_package(posts, release, &job, false, now);
        add_package(posts, release, &job, true, now);
        add_model(posts, release, &job, now);
        add_config(posts, release, now);
    }
    for (size_t i = 0; i < sizeof stands / sizeof *stands; i++)
        add_stand(posts, &stands[i], now);
}
