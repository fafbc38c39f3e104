/* kind.h -- what there is in SageMaker, and in which states it can be.
 *
 * Source: SageMaker API enums and the events' documentation. Kinds that run to an end ("jobs") are
 * numbered below KIND_RESOURCES; the others ("resources") from there on. The numbers are stored:
 * never change one. */
#ifndef SMON_FORMAT_KIND_H
#define SMON_FORMAT_KIND_H

#include "base/str.h"

#include <stdbool.h>

enum kind {
    KIND_NONE                = 0,
    KIND_TRAINING            = 1,
    KIND_PROCESSING          = 2,
    KIND_TRANSFORM           = 3,
    KIND_TUNING              = 4,
    KIND_LABELING            = 5,
    KIND_HUMAN_LOOP          = 6,
    KIND_PIPELINE_EXECUTION  = 7,
    KIND_PIPELINE_STEP       = 8,
    KIND_COMPILATION         = 9,
    KIND_AUTOML              = 10,
    KIND_LAMBDA_TASK         = 11,
    KIND_RESOURCES           = 20, /* the first that is not a job */
    KIND_ENDPOINT            = 20,
    KIND_ENDPOINT_CONFIG     = 21,
    KIND_MODEL               = 22,
    KIND_MODEL_PACKAGE       = 23,
    KIND_MODEL_CARD          = 24,
    KIND_ALGORITHM           = 25,
    KIND_FEATURE_GROUP       = 26,
    KIND_IMAGE               = 27,
    KIND_IMAGE_VERSION       = 28,
    KIND_NOTEBOOK            = 29,
    KIND_NOTEBOOK_LIFECYCLE  = 30,
    KIND_CLUSTER             = 31,
    KIND_TRACKING_SERVER     = 32,
    KIND_MONITORING_SCHEDULE = 33,
    KIND_OTHER               = 34,
    KIND_COUNT               = 35
};

struct kind_facts {
    const char *name;              /* in REST: "training" */
    const char *emf_job_type;      /* dimension jobType: "TRAINING_JOB"; NULL: no EMF */
    const char *emf_prefix;        /* of metric names: "TrainingJob" */
    const char *metrics_namespace; /* CloudWatch's, with dimension Host; NULL: none */
};

/* NULL for a number that is no kind. */
const struct kind_facts *kind_facts(enum kind kind);
bool                     kind_is_job(enum kind kind);
enum kind                kind_of_name(struct str name);   /* KIND_NONE: no such kind */
bool                     kind_has_status(enum kind kind); /* models and configurations have none */

/* How a status weighs against others of the same kind. */
enum status_class {
    STATUS_PASSING,  /* may be followed by anything */
    STATUS_TERMINAL, /* a job has ended: Completed, Succeeded, Failed, Stopped */
    STATUS_GONE      /* Deleted: nothing of this generation follows */
};

struct status_facts {
    const char *name; /* as the API spells it */
    enum status_class class;
    int  rank;      /* higher wins at the same version */
    bool is_failed; /* Failed, CreateFailed, ... */
};

/* The facts of a status in any spelling of the events (IN_SERVICE, InService, Creating). NULL: not
 * known for this kind; it is then kept as it is, as passing, with STATUS_RANK_UNKNOWN. */
const struct status_facts *status_facts(enum kind kind, struct str status);

/* How the API spells this status, of whatever kind; NULL: no kind has it. */
const char *status_name(struct str status);

/* STATUS_RANK_END: the rank of the states that end a job. Terminal with a higher rank (Deleting,
 * DeleteFailed of a training or tuning job) is what may follow an end, and is no
 * completion itself. */
enum { STATUS_RANK_UNKNOWN = 1, STATUS_RANK_END = 90 };

#endif
