/* Names and members: "Events that Amazon SageMaker AI sends to Amazon EventBridge" and the API
 * reference; the names that say all by themselves (tracking servers) have no documented detail. */
#include "intake/kinds.h"

#include "intake/cloudtrail.h"
#include "intake/detail.h"

/* clang-format off */
#define NAMED(text) {text, sizeof(text) - 1}
#define NO_ROW(text) {NAMED(text), KIND_OTHER, NULL, NULL, NULL, NULL, NULL, NULL, NULL}
#define SERVER(verb)                                                                               \
    {NAMED("SageMaker Tracking Server " verb), KIND_TRACKING_SERVER, "TrackingServerName",         \
     "TrackingServerArn", NULL, "CreationTime", NULL, NULL, detail_tracking_server}
#define HUMAN(text)                                                                                \
    {NAMED(text), KIND_HUMAN_LOOP, "humanLoopName", "humanLoopArn", "humanLoopStatus",             \
     "creationTime", NULL, NULL, detail_human_loop}
/* clang-format on */

/* detail-type, kind, then the members: name, ARN, status, creation, start, end. */
static const struct kind_row ROWS[] = {
    {NAMED("SageMaker Training Job State Change"), KIND_TRAINING, "TrainingJobName",
     "TrainingJobArn", "TrainingJobStatus", "CreationTime", "TrainingStartTime", "TrainingEndTime",
     detail_training},
    {NAMED("SageMaker Processing Job State Change"), KIND_PROCESSING, "ProcessingJobName",
     "ProcessingJobArn", "ProcessingJobStatus", "CreationTime", "ProcessingStartTime",
     "ProcessingEndTime", detail_processing},
    {NAMED("SageMaker Transform Job State Change"), KIND_TRANSFORM, "TransformJobName",
     "TransformJobArn", "TransformJobStatus", "CreationTime", "TransformStartTime",
     "TransformEndTime", detail_transform},
    {NAMED("SageMaker HyperParameter Tuning Job State Change"), KIND_TUNING,
     "HyperParameterTuningJobName", "HyperParameterTuningJobArn", "HyperParameterTuningJobStatus",
     "CreationTime", "CreationTime", "HyperParameterTuningEndTime", NULL},
    {NAMED("AWS API Call via CloudTrail"), KIND_OTHER, NULL, NULL, NULL, NULL, NULL, NULL,
     cloudtrail_read},
    {NAMED("SageMaker Model Building Pipeline Execution Status Change"), KIND_PIPELINE_EXECUTION,
     NULL, "pipelineExecutionArn", "currentPipelineExecutionStatus", NULL, "executionStartTime",
     "executionEndTime", detail_pipeline_execution},
    {NAMED("SageMaker Model Building Pipeline Execution Step Status Change"), KIND_PIPELINE_STEP,
     "stepName", NULL, "currentStepStatus", NULL, "stepStartTime", "stepEndTime",
     detail_pipeline_step},
    {NAMED("SageMaker Endpoint State Change"), KIND_ENDPOINT, "EndpointName", "EndpointArn",
     "EndpointStatus", "CreationTime", NULL, NULL, detail_endpoint},
    {NAMED("SageMaker Endpoint Deployment State Change"), KIND_ENDPOINT, "EndpointName",
     "EndpointArn", "EndpointStatus", "CreationTime", NULL, NULL, detail_endpoint},
    {NAMED("SageMaker Endpoint Config State Change"), KIND_ENDPOINT_CONFIG, "EndpointConfigName",
     "EndpointConfigArn", NULL, "CreationTime", NULL, NULL, NULL},
    {NAMED("SageMaker Model State Change"), KIND_MODEL, "ModelName", "ModelArn", NULL,
     "CreationTime", NULL, NULL, NULL},
    {NAMED("SageMaker Model Package State Change"), KIND_MODEL_PACKAGE, "ModelPackageName",
     "ModelPackageArn", "ModelPackageStatus", "CreationTime", NULL, NULL, detail_model_package},
    {NAMED("SageMaker Model Card State Change"), KIND_MODEL_CARD, "ModelCardName", "ModelCardArn",
     "ModelCardStatus", "CreationTime", NULL, NULL, NULL},
    NO_ROW("SageMaker Model Card Export Job State Change"),
    {NAMED("SageMaker Algorithm State Change"), KIND_ALGORITHM, "AlgorithmName", "AlgorithmArn",
     "AlgorithmStatus", "CreationTime", NULL, NULL, NULL},
    {NAMED("SageMaker Monitoring Schedule State Change"), KIND_MONITORING_SCHEDULE,
     "MonitoringScheduleName", "MonitoringScheduleArn", "MonitoringScheduleStatus", "CreationTime",
     NULL, NULL, NULL},
    {NAMED("SageMaker Ground Truth Labeling Job State Change"), KIND_LABELING, "LabelingJobName",
     "LabelingJobArn", "LabelingJobStatus", "CreationTime", NULL, NULL, detail_labeling},
    /* Its State is the task's: the job only learns that it exists. */
    {NAMED("SageMaker Ground Truth Labeling Job Task Status Change"), KIND_LABELING, NULL,
     "labeling-job-arn", NULL, NULL, NULL, NULL, NULL},
    NO_ROW("SageMaker Evaluation Job Status Change"),
    {NAMED("SageMaker Feature Group State Change"), KIND_FEATURE_GROUP, "FeatureGroupName",
     "FeatureGroupArn", "FeatureGroupStatus", "CreationTime", NULL, NULL, detail_feature_group},
    {NAMED("SageMaker Image State Change"), KIND_IMAGE, "ImageName", "ImageArn", "ImageStatus",
     "CreationTime", NULL, NULL, NULL},
    {NAMED("SageMaker Image Version State Change"), KIND_IMAGE_VERSION, NULL, "ImageVersionArn",
     "ImageVersionStatus", "CreationTime", NULL, NULL, detail_image_version},
    {NAMED("SageMaker Notebook Instance State Change"), KIND_NOTEBOOK, "NotebookInstanceName",
     "NotebookInstanceArn", "NotebookInstanceStatus", "CreationTime", NULL, NULL, detail_notebook},
    {NAMED("SageMaker Notebook Lifecycle Config State Change"), KIND_NOTEBOOK_LIFECYCLE,
     "NotebookInstanceLifecycleConfigName", "NotebookInstanceLifecycleConfigArn", NULL,
     "CreationTime", NULL, NULL, NULL},
    {NAMED("SageMaker HyperPod Cluster State Change"), KIND_CLUSTER, "ClusterName", "ClusterArn",
     "ClusterStatus", "CreationTime", NULL, NULL, detail_cluster},
    {NAMED("SageMaker HyperPod Cluster Node Health Event"), KIND_CLUSTER, "ClusterName",
     "ClusterArn", NULL, NULL, NULL, NULL, NULL},
    {NAMED("SageMaker HyperPod Cluster Event"), KIND_CLUSTER, "ClusterName", "ClusterArn", NULL,
     NULL, NULL, NULL, detail_cluster_event},
    HUMAN("SageMaker A2I HumanLoop Status Change"),
    HUMAN("SageMaker Human Loop Finished"),
    HUMAN("SageMaker Human Loop Step Execution Finished"),
    HUMAN("SageMaker Human Task Accepted"),
    HUMAN("SageMaker Human Task Created"),
    HUMAN("SageMaker Human Task Declined"),
    HUMAN("SageMaker Human Task Expired"),
    HUMAN("SageMaker Human Task Returned"),
    HUMAN("SageMaker Human Task Submitted"),
    SERVER("Creating"),
    SERVER("Created"),
    SERVER("Create Failed"),
    SERVER("Updating"),
    SERVER("Updated"),
    SERVER("Update Failed"),
    SERVER("Deleting"),
    SERVER("Deleted"),
    SERVER("Delete Failed"),
    SERVER("Starting"),
    SERVER("Started"),
    SERVER("Start Failed"),
    SERVER("Stopping"),
    SERVER("Stopped"),
    SERVER("Stop Failed"),
    SERVER("Maintenance In Progress"),
    SERVER("Maintenance Complete"),
    SERVER("Maintenance Failed"),
    NO_ROW("SageMaker MLFlow Tracking Server Creating Run"),
    NO_ROW("SageMaker MLFlow Tracking Server Creating RegisteredModel"),
    NO_ROW("SageMaker MLFlow Tracking Server Creating ModelVersion"),
    NO_ROW("SageMaker MLFlow Tracking Server Transitioning ModelVersion Stage"),
    NO_ROW("SageMaker MLFlow Tracking Server Setting Registered Model Alias"),
    NO_ROW("AWS Service Event via CloudTrail"),
};

enum { ROW_COUNT = sizeof ROWS / sizeof ROWS[0] };

/* The next byte that is no blank, in small letters; -1 at the end. */
static int next_letter(struct str text, size_t *at)
{
    while (*at < text.size && text.data[*at] == ' ')
        (*at)++;
    if (*at == text.size)
        return -1;
    return text.data[*at] >= 'A' && text.data[*at] <= 'Z' ? text.data[(*at)++] + ('a' - 'A')
                                                          : (unsigned char)text.data[(*at)++];
}

static bool is_alike(struct str a, struct str b)
{
    size_t at = 0, bt = 0;
    int    letter;

    do {
        letter = next_letter(a, &at);
        if (letter != next_letter(b, &bt))
            return false;
    } while (letter >= 0);
    return true;
}

const struct kind_row *kinds_find(struct str detail_type)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (str_is(ROWS[i].detail_type, detail_type))
            return &ROWS[i];
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (is_alike(ROWS[i].detail_type, detail_type))
            return &ROWS[i];
    return NULL;
}

size_t kinds_count(void)
{
    return ROW_COUNT;
}

const struct kind_row *kinds_at(size_t at)
{
    return &ROWS[at];
}
