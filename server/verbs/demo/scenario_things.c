/* What stays: endpoints, models, packages, notebooks, clusters; and human work, which only tells
 * its end. Then what intake must cope with: an unknown detail-type, a call that was only logged,
 * rubbish. */
#include "verbs/demo/scenario_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "verbs/demo/posts.h"

/* ---- things with a name, perhaps a status, and two times
 * -------------------------------------- */

struct shape {
    const char *detail_type, *resource, *name, *arn, *status;
};

static const struct shape endpoint = {"SageMaker Endpoint State Change", "endpoint", "EndpointName",
                                      "EndpointArn", "EndpointStatus"};
static const struct shape config   = {"SageMaker Endpoint Config State Change", "endpoint-config",
                                      "EndpointConfigName", "EndpointConfigArn", NULL};
static const struct shape model = {"SageMaker Model State Change", "model", "ModelName", "ModelArn",
                                   NULL};
static const struct shape notebook = {"SageMaker Notebook Instance State Change",
                                      "notebook-instance", "NotebookInstanceName",
                                      "NotebookInstanceArn", "NotebookInstanceStatus"};
static const struct shape features = {"SageMaker Feature Group State Change", "feature-group",
                                      "FeatureGroupName", "FeatureGroupArn", "FeatureGroupStatus"};
static const struct shape image = {"SageMaker Image State Change", "image", "ImageName", "ImageArn",
                                   "ImageStatus"};
static const struct shape cluster  = {"SageMaker HyperPod Cluster State Change", "cluster",
                                      "ClusterName", "ClusterArn", "ClusterStatus"};
static const struct shape card     = {"SageMaker Model Card State Change", "model-card",
                                      "ModelCardName", "ModelCardArn", "ModelCardStatus"};
static const struct shape schedule = {"SageMaker Monitoring Schedule State Change",
                                      "monitoring-schedule", "MonitoringScheduleName",
                                      "MonitoringScheduleArn", "MonitoringScheduleStatus"};
static const struct shape starting = {"SageMaker Tracking Server Starting",
                                      "mlflow-tracking-server", "TrackingServerName",
                                      "TrackingServerArn", NULL};
static const struct shape started  = {"SageMaker Tracking Server Started", "mlflow-tracking-server",
                                      "TrackingServerName", "TrackingServerArn", NULL};
static const struct shape labelling = {"SageMaker Ground Truth Labeling Job State Change",
                                       "labeling-job", NULL, NULL, "LabelingJobStatus"};
static const struct shape human     = {"SageMaker A2I HumanLoop Status Change", "human-loop",
                                       "humanLoopName", "humanLoopArn", "humanLoopStatus"};
static const struct shape unknown   = {"SageMaker Quantum Annealing Job State Change",
                                       "annealing-job", "AnnealingJobName", "AnnealingJobArn",
                                       "AnnealingJobStatus"};

struct thing {
    const struct shape      *shape;
    const struct demo_place *place;
    const char              *name, *status;
    int                      created_ago, minutes_ago;
    unsigned                 marks;
    const char              *reason;
};

static const struct thing things[] = {
    {&model, &demo_ads, "ranker-two-tower-v31", NULL, 500, 500, 0, NULL},
    {&config, &demo_ads, "ranker-live-v31", NULL, 499, 499, POST_TWICE, NULL},
    {&endpoint, &demo_ads, "ranker-live", "CREATING", 498, 498, 0, NULL},
    {&endpoint, &demo_ads, "ranker-live", "IN_SERVICE", 498, 489, 0, NULL},
    {&endpoint, &demo_ads, "ranker-live", "UPDATING", 498, 6, 0, NULL},
    {&endpoint, &demo_ads, "ranker-live", "IN_SERVICE", 498, -3, 0, NULL},
    {&model, &demo_care, "claims-bert-v2", NULL, 180, 180, 0, NULL},
    {&config, &demo_care, "claims-bert-v2", NULL, 180, 180, 0, NULL},
    {&endpoint, &demo_care, "claims-triage", "CREATING", 179, 179, 0, NULL},
    {&endpoint, &demo_care, "claims-triage", "FAILED", 179, 166, 0,
     "The primary container for production variant AllTraffic did not pass the ping health check."},
    {&endpoint, &demo_lab, "llm-playground", "CREATING", 1300, 1300, 0, NULL},
    {&endpoint, &demo_lab, "llm-playground", "IN_SERVICE", 1300, 1288, 0, NULL},
    {&endpoint, &demo_lab, "llm-playground", "DELETING", 1300, 200, 0, NULL},
    {&endpoint, &demo_lab, "llm-playground", "DELETED", 1300, 199, 0, NULL},
    {&endpoint, &demo_lab, "llm-playground", "DELETING", 1300, 200, POST_LATE, NULL},
    {&notebook, &demo_lab, "anna-notebook", "Pending", 800, 800, 0, NULL},
    {&notebook, &demo_lab, "anna-notebook", "InService", 800, 796, 0, NULL},
    {&notebook, &demo_lab, "anna-notebook", "Stopping", 800, 310, 0, NULL},
    {&notebook, &demo_lab, "anna-notebook", "Stopped", 800, 308, 0, NULL},
    {&notebook, &demo_care, "review-notebook", "InService", 2000, 130, 0, NULL},
    {&features, &demo_risk, "card-velocity", "Creating", 1400, 1400, 0, NULL},
    {&features, &demo_risk, "card-velocity", "Created", 1400, 1398, 0, NULL},
    {&features, &demo_ads, "user-embeddings", "CreateFailed", 880, 879, 0,
     "The execution role lacks s3:PutObject on the offline store's bucket."},
    {&image, &demo_lab, "torch-2-custom", "CREATING", 700, 700, 0, NULL},
    {&image, &demo_lab, "torch-2-custom", "CREATED", 700, 699, 0, NULL},
    {&cluster, &demo_lab, "research-pod", "Creating", 1100, 1100, 0, NULL},
    {&cluster, &demo_lab, "research-pod", "InService", 1100, 1075, 0, NULL},
    {&card, &demo_risk, "fraud-xgboost-card", "Draft", 640, 640, 0, NULL},
    {&card, &demo_risk, "fraud-xgboost-card", "PendingReview", 640, 300, 0, NULL},
    {&schedule, &demo_risk, "fraud-online-drift", "Scheduled", 630, 630, 0, NULL},
    {&starting, &demo_lab, "mlflow-lab", NULL, 1250, 1250, 0, NULL},
    {&started, &demo_lab, "mlflow-lab", NULL, 1250, 1241, 0, NULL},
    {&labelling, &demo_care, "label-claims-batch-14", "Completed", 900, 350, POST_TWICE, NULL},
    {&labelling, &demo_lab_eu, "label-accents-03", "Stopped", 900, 110, 0, NULL},
    {&human, &demo_care, "review-claim-88213", "Completed", 45, 30, 0, NULL},
    {&human, &demo_care, "review-claim-88219", "Failed", 44, 16, 0,
     "The work team has no active worker."},
    {&unknown, &demo_lab, "portfolio-qubo", "InProgress", 12, 12, 0, NULL},
};

static void put_times(struct compose *out, const struct thing *thing, ms created, ms at)
{
    if (thing->shape == &human)
        compose_time(out, "creationTime", created);
    else if (thing->shape != &labelling)
        compose_int(out, "CreationTime", created);
    if (thing->shape == &endpoint || thing->shape == &notebook || thing->shape == &card)
        compose_int(out, "LastModifiedTime", at);
}

static void add_thing(struct posts *posts, const struct thing *thing, ms now)
{
    ms                at = now - (ms)thing->minutes_ago * MS_MINUTE;
    char              resource[DEMO_RESOURCE_ROOM], arn[DEMO_ARN_ROOM];
    struct demo_event event = {thing->shape->detail_type, *thing->place, arn, at};
    struct buf       *body  = posts_add(posts, at, thing->marks);
    struct compose    json;

    if (!body)
        return;
    (void)snprintf(resource, sizeof resource, "%s/%s", thing->shape->resource, thing->name);
    demo_arn(thing->place, resource, arn);
    json = demo_event_open(body, &event);
    if (thing->shape->name)
        compose_text(&json, thing->shape->name, str_of(thing->name));
    if (thing->shape->arn)
        compose_text(&json, thing->shape->arn, str_of(arn));
    if (thing->shape->status)
        compose_text(&json, thing->shape->status, str_of(thing->status));
    if (thing->reason)
        compose_text(&json, thing->shape == &human ? "failureReason" : "FailureReason",
                     str_of(thing->reason));
    put_times(&json, thing, now - (ms)thing->created_ago * MS_MINUTE, at);
    demo_event_close(&json);
}

/* ---- model packages: status and approval move apart
 * ------------------------------------------- */

struct package {
    const struct demo_place *place;
    const char              *group;
    int                      version;
    const char              *status, *approval, *stage;
    int                      created_ago, minutes_ago;
};

static const struct package packages[] = {
    {&demo_ads, "ranker-models", 31, "Completed", "Approved", "Production", 505, 504},
    {&demo_ads, "ranker-models", 32, "Completed", "PendingManualApproval", NULL, 50, 50},
    {&demo_ads, "ranker-models", 32, "Completed", "Rejected", NULL, 50, 25},
    {&demo_care, "claims-models", 2, "Completed", "PendingManualApproval", NULL, 185, 185},
    {&demo_lab, "speech-models", 1, "Failed", "PendingManualApproval", NULL, 95, 94},
};

static void add_package(struct posts *posts, const struct package *package, ms now)
{
    ms                at = now - (ms)package->minutes_ago * MS_MINUTE;
    char              resource[DEMO_RESOURCE_ROOM], arn[DEMO_ARN_ROOM];
    struct demo_event event = {"SageMaker Model Package State Change", *package->place, arn, at};
    struct buf       *body  = posts_add(posts, at, 0);
    struct compose    json;

    if (!body)
        return;
    (void)snprintf(resource, sizeof resource, "model-package/%s/%d", package->group,
                   package->version);
    demo_arn(package->place, resource, arn);
    json = demo_event_open(body, &event);
    compose_text(&json, "ModelPackageGroupName", str_of(package->group));
    compose_int(&json, "ModelPackageVersion", package->version);
    compose_text(&json, "ModelPackageArn", str_of(arn));
    compose_text(&json, "ModelPackageStatus", str_of(package->status));
    compose_text(&json, "ModelApprovalStatus", str_of(package->approval));
    if (package->stage) {
        compose_open(&json, "ModelLifeCycle", '{');
        compose_text(&json, "Stage", str_of(package->stage));
        compose_text(&json, "StageStatus", STR("Approved"));
        compose_close(&json, '}');
    }
    compose_int(&json, "CreationTime", now - (ms)package->created_ago * MS_MINUTE);
    compose_int(&json, "LastModifiedTime", at);
    demo_event_close(&json);
}

/* ---- the rest ------------------------------------------------------------------------------- */

static void add_node_health(struct posts *posts, ms now)
{
    ms                at = now - 210 * (ms)MS_MINUTE;
    char              arn[DEMO_ARN_ROOM];
    struct demo_event event = {"SageMaker HyperPod Cluster Node Health Event", demo_lab, arn, at};
    struct buf       *body  = posts_add(posts, at, 0);
    struct compose    json;

    if (!body)
        return;
    demo_arn(&demo_lab, "cluster/research-pod", arn);
    json = demo_event_open(body, &event);
    compose_text(&json, "ClusterArn", str_of(arn));
    compose_text(&json, "ClusterName", STR("research-pod"));
    compose_text(&json, "InstanceId", STR("i-0a1b2c3d4e5f67890"));
    compose_open(&json, "HealthSummary", '{');
    compose_text(&json, "HealthStatus", STR("Unhealthy"));
    compose_text(&json, "HealthStatusReason", STR("The health agent saw an NVIDIA error, fatal."));
    compose_text(&json, "RepairAction", STR("Replace"));
    compose_text(&json, "Recommendation", STR("Let the node be replaced."));
    compose_close(&json, '}');
    demo_event_close(&json);
}

static void add_trail(struct posts *posts, ms now)
{
    ms                at    = now - 97 * (ms)MS_MINUTE;
    struct demo_event event = {"AWS API Call via CloudTrail", demo_risk, "", at};
    struct buf       *body  = posts_add(posts, at, 0);
    struct compose    json;

    if (!body)
        return;
    json = demo_event_open(body, &event);
    compose_text(&json, "eventVersion", STR("1.08"));
    compose_open(&json, "userIdentity", '{');
    compose_text(&json, "type", STR("AssumedRole"));
    compose_text(&json, "arn", STR("arn:aws:sts::111122223333:assumed-role/release/anna"));
    compose_text(&json, "accountId", STR("111122223333"));
    compose_close(&json, '}');
    compose_time(&json, "eventTime", at);
    compose_text(&json, "eventSource", STR("sagemaker.amazonaws.com"));
    compose_text(&json, "eventName", STR("UpdateEndpoint"));
    compose_text(&json, "awsRegion", STR("us-east-1"));
    compose_open(&json, "requestParameters", '{');
    compose_text(&json, "endpointName", STR("fraud-online"));
    compose_text(&json, "endpointConfigName", STR("fraud-online-v8"));
    compose_close(&json, '}');
    compose_null(&json, "responseElements");
    compose_text(&json, "eventType", STR("AwsApiCall"));
    compose_bool(&json, "readOnly", false);
    compose_bool(&json, "managementEvent", true);
    compose_text(&json, "recipientAccountId", STR("111122223333"));
    demo_event_close(&json);
}

/* What an input template with an unset variable leaves behind. */
static void add_rubbish(struct posts *posts, ms now)
{
    struct buf *body = posts_add(posts, now - 70 * (ms)MS_MINUTE, 0);

    if (body)
        buf_text(body, "{\"rule\": sagemaker-to-smon, \"event\": }");
}

void scenario_things(struct posts *posts, ms now)
{
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
        add_thing(posts, &things[i], now);
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        add_package(posts, &packages[i], now);
    add_node_health(posts, now);
    add_trail(posts, now);
    add_rubbish(posts, now);
}
