#include "format/kind.h"

#include <stddef.h>

/* By number; see the API reference of each Describe call for the states. */
static const struct kind_facts KINDS[KIND_COUNT] = {
    [KIND_TRAINING]   = {"training", "TRAINING_JOB", "TrainingJob", "/aws/sagemaker/TrainingJobs"},
    [KIND_PROCESSING] = {"processing", "PROCESSING_JOB", "ProcessingJob",
                         "/aws/sagemaker/ProcessingJobs"},
    [KIND_TRANSFORM]  = {"transform", "TRANSFORM_JOB", "TransformJob",
                         "/aws/sagemaker/TransformJobs"},
    [KIND_TUNING]     = {"tuning", "HYPERPARAMETER_TUNING_JOB", "HyperParameterTuningJob", NULL},
    [KIND_LABELING]   = {"labeling", "LABELING_JOB", "LabelingJob", NULL},
    [KIND_HUMAN_LOOP] = {"human_loop", "HUMAN_LOOP", "HumanLoop", NULL},
    [KIND_PIPELINE_EXECUTION]  = {"pipeline_execution", "PIPELINE_EXECUTION", "PipelineExecution",
                                  NULL},
    [KIND_PIPELINE_STEP]       = {"pipeline_step", "PIPELINE_STEP", "PipelineStep", NULL},
    [KIND_COMPILATION]         = {"compilation", "COMPILATION_JOB", "CompilationJob", NULL},
    [KIND_AUTOML]              = {"automl", "AUTOML_JOB", "AutoMLJob", NULL},
    [KIND_LAMBDA_TASK]         = {"lambda_task", "LAMBDA_TASK", "LambdaTask", NULL},
    [KIND_ENDPOINT]            = {"endpoint", NULL, NULL, NULL},
    [KIND_ENDPOINT_CONFIG]     = {"endpoint_config", NULL, NULL, NULL},
    [KIND_MODEL]               = {"model", NULL, NULL, NULL},
    [KIND_MODEL_PACKAGE]       = {"model_package", NULL, NULL, NULL},
    [KIND_MODEL_CARD]          = {"model_card", NULL, NULL, NULL},
    [KIND_ALGORITHM]           = {"algorithm", NULL, NULL, NULL},
    [KIND_FEATURE_GROUP]       = {"feature_group", NULL, NULL, NULL},
    [KIND_IMAGE]               = {"image", NULL, NULL, NULL},
    [KIND_IMAGE_VERSION]       = {"image_version", NULL, NULL, NULL},
    [KIND_NOTEBOOK]            = {"notebook", NULL, NULL, NULL},
    [KIND_NOTEBOOK_LIFECYCLE]  = {"notebook_lifecycle", NULL, NULL, NULL},
    [KIND_CLUSTER]             = {"cluster", NULL, NULL, NULL},
    [KIND_TRACKING_SERVER]     = {"tracking_server", NULL, NULL, NULL},
    [KIND_MONITORING_SCHEDULE] = {"monitoring_schedule", NULL, NULL, NULL},
    [KIND_OTHER]               = {"other", NULL, NULL, NULL},
};

/* The order of states is easier seen in a few lines each. */
/* clang-format off */
#define PASSING(name, rank) {name, STATUS_PASSING, rank, false}
#define BROKEN(name, rank) {name, STATUS_PASSING, rank, true}
#define ENDED(name) {name, STATUS_TERMINAL, STATUS_RANK_END, false}
#define FAILED {"Failed", STATUS_TERMINAL, STATUS_RANK_END, true}
#define AFTER_END(name, rank, failed) {name, STATUS_TERMINAL, rank, failed}
#define GONE {"Deleted", STATUS_GONE, 99, false}
#define LAST {NULL, STATUS_PASSING, 0, false}

/* Jobs: from the start to one of the ends. Deleting and DeleteFailed follow an end and keep it. */
static const struct status_facts JOB[] = {
    PASSING("Pending", 3),    PASSING("Initializing", 5), PASSING("Starting", 5),
    PASSING("InProgress", 10), PASSING("Stopping", 20),    ENDED("Completed"),
    FAILED,                   ENDED("Stopped"),           AFTER_END("Deleting", 95, false),
    AFTER_END("DeleteFailed", 96, true), GONE, LAST};

static const struct status_facts PIPELINE[] = {
    PASSING("Starting", 5), PASSING("Executing", 10), PASSING("Stopping", 20), ENDED("Succeeded"),
    FAILED,                 ENDED("Stopped"),         LAST};

/* What is built once and then stands until it is deleted: model packages and algorithms. Late news
 * from the time of building never undo the result. */
static const struct status_facts PACKAGE[] = {
    PASSING("Pending", 5), PASSING("InProgress", 10),        ENDED("Completed"),
    FAILED,                AFTER_END("Deleting", 95, false), GONE,
    LAST};

/* Cyclic: at one instant the state that lasts outweighs the one that leads to it. */
static const struct status_facts ENDPOINT[] = {
    PASSING("Creating", 10),     PASSING("Updating", 20),    PASSING("SystemUpdating", 20),
    PASSING("RollingBack", 30),  PASSING("InService", 50),   PASSING("OutOfService", 50),
    BROKEN("UpdateRollbackFailed", 60), BROKEN("Failed", 70), PASSING("Deleting", 80), GONE, LAST};

static const struct status_facts CLUSTER[] = {
    PASSING("Creating", 10),    PASSING("Updating", 20),  PASSING("SystemUpdating", 20),
    PASSING("RollingBack", 30), PASSING("InService", 50), BROKEN("Degraded", 60),
    BROKEN("Failed", 70),       PASSING("Deleting", 80),  GONE, LAST};

static const struct status_facts NOTEBOOK[] = {
    PASSING("Pending", 10), PASSING("Updating", 20), PASSING("Stopping", 30),
    PASSING("InService", 50), PASSING("Stopped", 50), BROKEN("Failed", 70),
    PASSING("Deleting", 80), GONE, LAST};

static const struct status_facts FEATURE_GROUP[] = {
    PASSING("Creating", 10), PASSING("Updating", 20),    PASSING("Created", 50),
    BROKEN("CreateFailed", 70), BROKEN("UpdateFailed", 70), PASSING("Deleting", 80),
    BROKEN("DeleteFailed", 85), GONE, LAST};

static const struct status_facts IMAGE[] = {
    PASSING("Creating", 10), PASSING("Updating", 20),    PASSING("Created", 50),
    PASSING("Updated", 50),  BROKEN("CreateFailed", 70), BROKEN("UpdateFailed", 70),
    PASSING("Deleting", 80), BROKEN("DeleteFailed", 85), GONE, LAST};

static const struct status_facts TRACKING_SERVER[] = {
    PASSING("Creating", 10),    PASSING("Updating", 20),  PASSING("Starting", 20),
    PASSING("Stopping", 30),    PASSING("MaintenanceInProgress", 40),
    PASSING("Created", 50),     PASSING("Updated", 50),   PASSING("Started", 50),
    PASSING("Stopped", 50),     PASSING("MaintenanceComplete", 50),
    BROKEN("CreateFailed", 70), BROKEN("UpdateFailed", 70), BROKEN("StartFailed", 70),
    BROKEN("StopFailed", 70),   BROKEN("MaintenanceFailed", 70),
    PASSING("Deleting", 80),    BROKEN("DeleteFailed", 85), GONE, LAST};

static const struct status_facts MODEL_CARD[] = {
    PASSING("Draft", 10), PASSING("PendingReview", 10), PASSING("Approved", 10),
    PASSING("Archived", 10), GONE, LAST};

static const struct status_facts SCHEDULE[] = {
    PASSING("Pending", 10), PASSING("Scheduled", 50), PASSING("Stopped", 50),
    BROKEN("Failed", 70),   GONE, LAST};
/* clang-format on */

static const struct status_facts *const STATES[KIND_COUNT] = {
    [KIND_TRAINING]            = JOB,
    [KIND_PROCESSING]          = JOB,
    [KIND_TRANSFORM]           = JOB,
    [KIND_TUNING]              = JOB,
    [KIND_LABELING]            = JOB,
    [KIND_HUMAN_LOOP]          = JOB,
    [KIND_PIPELINE_EXECUTION]  = PIPELINE,
    [KIND_PIPELINE_STEP]       = PIPELINE,
    [KIND_COMPILATION]         = JOB,
    [KIND_AUTOML]              = JOB,
    [KIND_LAMBDA_TASK]         = JOB,
    [KIND_ENDPOINT]            = ENDPOINT,
    [KIND_MODEL_PACKAGE]       = PACKAGE,
    [KIND_MODEL_CARD]          = MODEL_CARD,
    [KIND_ALGORITHM]           = PACKAGE,
    [KIND_FEATURE_GROUP]       = FEATURE_GROUP,
    [KIND_IMAGE]               = IMAGE,
    [KIND_IMAGE_VERSION]       = IMAGE,
    [KIND_NOTEBOOK]            = NOTEBOOK,
    [KIND_CLUSTER]             = CLUSTER,
    [KIND_TRACKING_SERVER]     = TRACKING_SERVER,
    [KIND_MONITORING_SCHEDULE] = SCHEDULE,
};

/* Names that are not in the API's enum but mean one that is. */
static const struct {
    enum kind   kind;
    struct str  said;
    const char *means;
} SYNONYMS[] = {
    {KIND_FEATURE_GROUP, {"active", 6}, "Created"},
};

const struct kind_facts *kind_facts(enum kind kind)
{
    if (kind <= KIND_NONE || kind >= KIND_COUNT || !KINDS[kind].name)
        return NULL;
    return &KINDS[kind];
}

bool kind_is_job(enum kind kind)
{
    return kind > KIND_NONE && kind < KIND_RESOURCES && KINDS[kind].name;
}

enum kind kind_of_name(struct str name)
{
    for (int kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
        if (KINDS[kind].name && str_is_text(name, KINDS[kind].name))
            return (enum kind)kind;
    return KIND_NONE;
}

bool kind_has_status(enum kind kind)
{
    return kind > KIND_NONE && kind < KIND_COUNT && STATES[kind];
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Whether both are the same but for letter case and, in `said`, underscores. */
static bool is_spelling(struct str said, const char *name)
{
    for (size_t i = 0; i < said.size; i++) {
        if (said.data[i] == '_')
            continue;
        if (!*name || lower(said.data[i]) != lower(*name))
            return false;
        name++;
    }
    return !*name;
}

static const struct status_facts *find(const struct status_facts *states, struct str said)
{
    for (const struct status_facts *facts = states; facts->name; facts++)
        if (is_spelling(said, facts->name))
            return facts;
    return NULL;
}

const struct status_facts *status_facts(enum kind kind, struct str status)
{
    const struct status_facts *facts;

    if (!kind_has_status(kind))
        return NULL;
    facts = find(STATES[kind], status);
    for (size_t i = 0; !facts && i < sizeof SYNONYMS / sizeof SYNONYMS[0]; i++)
        if (SYNONYMS[i].kind == kind && str_is_nocase(SYNONYMS[i].said, status))
            facts = find(STATES[kind], str_of(SYNONYMS[i].means));
    return facts;
}

const char *status_name(struct str status)
{
    for (int kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
        const struct status_facts *facts = STATES[kind] ? find(STATES[kind], status) : NULL;

        if (facts)
            return facts->name;
    }
    return NULL;
}
