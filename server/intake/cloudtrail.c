#include "intake/cloudtrail.h"

#include "format/scan.h"
#include "intake/detail.h"
#include "intake/kinds.h"
#include "store/news.h"

#include <string.h>

enum { ACCOUNT_DIGITS = 12 };

/* clang-format off */
#define CALL(name) {name, sizeof(name) - 1}
/* clang-format on */

/* Call, kind, the request parameter with the name, the answer's member with the ARN, the status. */
static const struct call {
    struct str  name;
    enum kind   kind;
    const char *parameter;
    const char *answer; /* for names that the caller does not give; NULL: none */
    const char *status; /* only where no native event tells it */
} CALLS[] = {
    {CALL("CreateTrainingJob"), KIND_TRAINING, "trainingJobName", NULL, NULL},
    {CALL("StopTrainingJob"), KIND_TRAINING, "trainingJobName", NULL, NULL},
    {CALL("UpdateTrainingJob"), KIND_TRAINING, "trainingJobName", NULL, NULL},
    {CALL("DeleteTrainingJob"), KIND_TRAINING, "trainingJobName", NULL, NULL},
    {CALL("CreateProcessingJob"), KIND_PROCESSING, "processingJobName", NULL, NULL},
    {CALL("StopProcessingJob"), KIND_PROCESSING, "processingJobName", NULL, NULL},
    {CALL("DeleteProcessingJob"), KIND_PROCESSING, "processingJobName", NULL, NULL},
    {CALL("CreateTransformJob"), KIND_TRANSFORM, "transformJobName", NULL, NULL},
    {CALL("StopTransformJob"), KIND_TRANSFORM, "transformJobName", NULL, NULL},
    {CALL("CreateHyperParameterTuningJob"), KIND_TUNING, "hyperParameterTuningJobName", NULL, NULL},
    {CALL("StopHyperParameterTuningJob"), KIND_TUNING, "hyperParameterTuningJobName", NULL, NULL},
    {CALL("DeleteHyperParameterTuningJob"), KIND_TUNING, "hyperParameterTuningJobName", NULL, NULL},
    {CALL("CreateLabelingJob"), KIND_LABELING, "labelingJobName", NULL, NULL},
    {CALL("StopLabelingJob"), KIND_LABELING, "labelingJobName", NULL, NULL},
    {CALL("CreateCompilationJob"), KIND_COMPILATION, "compilationJobName", NULL, "InProgress"},
    {CALL("StopCompilationJob"), KIND_COMPILATION, "compilationJobName", NULL, "Stopping"},
    {CALL("DeleteCompilationJob"), KIND_COMPILATION, "compilationJobName", NULL, "Deleted"},
    {CALL("CreateAutoMLJob"), KIND_AUTOML, "autoMLJobName", NULL, "InProgress"},
    {CALL("CreateAutoMLJobV2"), KIND_AUTOML, "autoMLJobName", NULL, "InProgress"},
    {CALL("StopAutoMLJob"), KIND_AUTOML, "autoMLJobName", NULL, "Stopping"},
    {CALL("StartPipelineExecution"), KIND_PIPELINE_EXECUTION, "pipelineExecutionArn",
     "pipelineExecutionArn", NULL},
    {CALL("RetryPipelineExecution"), KIND_PIPELINE_EXECUTION, "pipelineExecutionArn", NULL, NULL},
    {CALL("StopPipelineExecution"), KIND_PIPELINE_EXECUTION, "pipelineExecutionArn", NULL, NULL},
    {CALL("UpdatePipelineExecution"), KIND_PIPELINE_EXECUTION, "pipelineExecutionArn", NULL, NULL},
    {CALL("CreateEndpoint"), KIND_ENDPOINT, "endpointName", NULL, NULL},
    {CALL("UpdateEndpoint"), KIND_ENDPOINT, "endpointName", NULL, NULL},
    {CALL("UpdateEndpointWeightsAndCapacities"), KIND_ENDPOINT, "endpointName", NULL, NULL},
    {CALL("DeleteEndpoint"), KIND_ENDPOINT, "endpointName", NULL, NULL},
    {CALL("CreateEndpointConfig"), KIND_ENDPOINT_CONFIG, "endpointConfigName", NULL, NULL},
    {CALL("DeleteEndpointConfig"), KIND_ENDPOINT_CONFIG, "endpointConfigName", NULL, NULL},
    {CALL("CreateModel"), KIND_MODEL, "modelName", NULL, NULL},
    {CALL("DeleteModel"), KIND_MODEL, "modelName", NULL, NULL},
    {CALL("CreateModelPackage"), KIND_MODEL_PACKAGE, "modelPackageName", "modelPackageArn", NULL},
    {CALL("UpdateModelPackage"), KIND_MODEL_PACKAGE, "modelPackageArn", NULL, NULL},
    {CALL("DeleteModelPackage"), KIND_MODEL_PACKAGE, "modelPackageName", NULL, NULL},
    {CALL("CreateModelCard"), KIND_MODEL_CARD, "modelCardName", NULL, NULL},
    {CALL("UpdateModelCard"), KIND_MODEL_CARD, "modelCardName", NULL, NULL},
    {CALL("DeleteModelCard"), KIND_MODEL_CARD, "modelCardName", NULL, NULL},
    {CALL("CreateAlgorithm"), KIND_ALGORITHM, "algorithmName", NULL, NULL},
    {CALL("DeleteAlgorithm"), KIND_ALGORITHM, "algorithmName", NULL, NULL},
    {CALL("CreateFeatureGroup"), KIND_FEATURE_GROUP, "featureGroupName", NULL, NULL},
    {CALL("UpdateFeatureGroup"), KIND_FEATURE_GROUP, "featureGroupName", NULL, NULL},
    {CALL("DeleteFeatureGroup"), KIND_FEATURE_GROUP, "featureGroupName", NULL, NULL},
    {CALL("CreateImage"), KIND_IMAGE, "imageName", NULL, NULL},
    {CALL("UpdateImage"), KIND_IMAGE, "imageName", NULL, NULL},
    {CALL("DeleteImage"), KIND_IMAGE, "imageName", NULL, NULL},
    {CALL("CreateImageVersion"), KIND_IMAGE_VERSION, "imageVersionArn", "imageVersionArn", NULL},
    {CALL("CreateNotebookInstance"), KIND_NOTEBOOK, "notebookInstanceName", NULL, NULL},
    {CALL("StartNotebookInstance"), KIND_NOTEBOOK, "notebookInstanceName", NULL, NULL},
    {CALL("StopNotebookInstance"), KIND_NOTEBOOK, "notebookInstanceName", NULL, NULL},
    {CALL("UpdateNotebookInstance"), KIND_NOTEBOOK, "notebookInstanceName", NULL, NULL},
    {CALL("DeleteNotebookInstance"), KIND_NOTEBOOK, "notebookInstanceName", NULL, NULL},
    {CALL("CreateNotebookInstanceLifecycleConfig"), KIND_NOTEBOOK_LIFECYCLE,
     "notebookInstanceLifecycleConfigName", NULL, NULL},
    {CALL("UpdateNotebookInstanceLifecycleConfig"), KIND_NOTEBOOK_LIFECYCLE,
     "notebookInstanceLifecycleConfigName", NULL, NULL},
    {CALL("DeleteNotebookInstanceLifecycleConfig"), KIND_NOTEBOOK_LIFECYCLE,
     "notebookInstanceLifecycleConfigName", NULL, NULL},
    {CALL("CreateCluster"), KIND_CLUSTER, "clusterName", NULL, NULL},
    {CALL("UpdateCluster"), KIND_CLUSTER, "clusterName", NULL, NULL},
    {CALL("UpdateClusterSoftware"), KIND_CLUSTER, "clusterName", NULL, NULL},
    {CALL("DeleteCluster"), KIND_CLUSTER, "clusterName", NULL, NULL},
    {CALL("CreateMlflowTrackingServer"), KIND_TRACKING_SERVER, "trackingServerName", NULL, NULL},
    {CALL("UpdateMlflowTrackingServer"), KIND_TRACKING_SERVER, "trackingServerName", NULL, NULL},
    {CALL("StartMlflowTrackingServer"), KIND_TRACKING_SERVER, "trackingServerName", NULL, NULL},
    {CALL("StopMlflowTrackingServer"), KIND_TRACKING_SERVER, "trackingServerName", NULL, NULL},
    {CALL("DeleteMlflowTrackingServer"), KIND_TRACKING_SERVER, "trackingServerName", NULL, NULL},
    {CALL("CreateMonitoringSchedule"), KIND_MONITORING_SCHEDULE, "monitoringScheduleName", NULL,
     NULL},
    {CALL("UpdateMonitoringSchedule"), KIND_MONITORING_SCHEDULE, "monitoringScheduleName", NULL,
     NULL},
    {CALL("StartMonitoringSchedule"), KIND_MONITORING_SCHEDULE, "monitoringScheduleName", NULL,
     NULL},
    {CALL("StopMonitoringSchedule"), KIND_MONITORING_SCHEDULE, "monitoringScheduleName", NULL,
     NULL},
    {CALL("DeleteMonitoringSchedule"), KIND_MONITORING_SCHEDULE, "monitoringScheduleName", NULL,
     NULL},
};

enum { CALL_COUNT = sizeof CALLS / sizeof CALLS[0] };

size_t cloudtrail_call_count(void)
{
    return CALL_COUNT;
}

struct str cloudtrail_call_name(size_t at)
{
    return CALLS[at].name;
}

static const struct call *find_call(struct str name)
{
    for (size_t i = 0; i < CALL_COUNT; i++)
        if (str_is(CALLS[i].name, name))
            return &CALLS[i];
    return NULL;
}

static bool is_literal(const struct event *event, const char *member, enum scan_type type)
{
    uint32_t at = detail_at(event, event->detail, member);

    return at != SCAN_NONE && scan_type(event->scan, at) == type;
}

/* Whether it is a call that changed something in SageMaker. */
static bool is_deed(struct event *event)
{
    struct str source = detail_text(event, event->detail, "eventSource");
    struct str type   = detail_text(event, event->detail, "eventType");

    return str_is_text(source, "sagemaker.amazonaws.com")
           && !detail_text(event, event->detail, "errorCode").data
           && !is_literal(event, "readOnly", SCAN_TRUE)
           && !is_literal(event, "managementEvent", SCAN_FALSE)
           && (!type.data || str_is_text(type, "AwsApiCall"));
}

/* The object lives in the account that received the call, whoever made it. */
static void read_account(struct event *event)
{
    struct str digits = detail_text(event, event->detail, "recipientAccountId");
    int64_t    account;

    if (digits.size == ACCOUNT_DIGITS && str_to_i64(digits, 0, INT64_MAX, &account) == 0)
        event->news->account = account;
}

static void read_creator(struct event *event)
{
    uint32_t   identity = detail_at(event, event->detail, "userIdentity");
    uint32_t   session  = detail_at(event, identity, "sessionContext");
    struct str arn      = detail_text(event, identity, "arn");

    if (!arn.data)
        arn = detail_text(event, detail_at(event, session, "sessionIssuer"), "arn");
    event->news->created_by = arn;
}

/* A parameter called ...Name may hold an ARN, too. */
static void read_object(struct event *event, const struct call *call)
{
    struct news *news   = event->news;
    uint32_t     answer = detail_at(event, event->detail, "responseElements");
    struct str   said =
        detail_text(event, detail_at(event, event->detail, "requestParameters"), call->parameter);

    if (!said.data && call->answer)
        said = detail_text(event, answer, call->answer);
    news->name = said;
    if (str_starts(said, STR("arn:"))) {
        news->arn  = said;
        news->name = detail_arn_name(event, said);
    }
}

void cloudtrail_read(struct event *event)
{
    struct news       *news = event->news;
    struct str         name = detail_text(event, event->detail, "eventName");
    const struct call *call = find_call(name);

    news->kind = KIND_OTHER;
    read_account(event);
    event->own = detail_time(event, event->detail, "eventTime");
    if (!call || !is_deed(event))
        return;
    news->kind = call->kind;
    read_object(event, call);
    if (!news->name.size) {
        news->kind = KIND_OTHER;
        news->arn  = STR_NONE;
        return;
    }
    if (str_starts(name, STR("Create")) || str_is_text(name, "StartPipelineExecution"))
        read_creator(event);
    if (call->status)
        detail_set_status(event, str_of(call->status));
}
