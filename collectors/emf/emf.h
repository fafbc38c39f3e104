/* emf.h -- CloudWatch Embedded Metric Format: metrics inside a line of log. Pure.
 *
 *     {"_aws":{"Timestamp":1714557600000,"CloudWatchMetrics":[{"Namespace":"SageMakerMonitoring",
 *       "Dimensions":[["account","jobType"]],
 *       "Metrics":[{"Name":"TrainingJobCount_Total","Unit":"Count"}]}]},
 *      "account":"111122223333","jobType":"TRAINING_JOB","TrainingJobCount_Total":1,"JobName":"demo"}
 *
 * CloudWatch drops a document it finds wrong without a word, so every rule of the specification is
 * checked here: at most 100 metrics and 100 values of each (more make further documents), dimension
 * values of 1 to 1024 printable ASCII characters, finite numbers up to 2^360. */
#ifndef SMON_EMF_EMF_H
#define SMON_EMF_EMF_H

#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;

enum {
    EMF_MOST_METRICS    = 100,
    EMF_MOST_VALUES     = 100,
    EMF_MOST_DIMENSIONS = 30,
    EMF_NAME_ROOM       = 251,       /* 250 characters, as the official libraries */
    EMF_MOST_BYTES      = 256 * 1024 /* of a document: safe with every agent and with old limits */
};

struct emf_metric {
    struct str    name;
    const char   *unit; /* "Count", "Milliseconds", ... */
    const double *values;
    size_t        count;
    bool          is_high_resolution; /* StorageResolution 1 */
};

struct emf_dimension {
    const char *name;
    struct str  value;
};

/* Names of dimensions that make one set; an empty set means "no dimensions". */
struct emf_dimension_set {
    const char *const *names;
    size_t             count;
};

struct emf_property {
    struct str name;
    enum { EMF_TEXT, EMF_INT, EMF_RAW } type;
    struct str text; /* of EMF_TEXT; of EMF_RAW: JSON that is already right */
    int64_t    number;
};

struct emf_document {
    ms timestamp;
    struct str namespace;
    struct str                  log_group, log_stream; /* for the CloudWatch agent; no data: none */
    const struct emf_dimension *dimensions;
    size_t                      dimension_count;
    const struct emf_dimension_set *sets; /* none: one set of all dimensions */
    size_t                          set_count;
    const struct emf_metric        *metrics;
    size_t                          metric_count;
    const struct emf_property      *properties;
    size_t                          property_count;
};

/* FAIL_INPUT: CloudWatch takes no metrics under this name. Rendering checks it, too. */
int emf_check_namespace(struct str name, struct fail *why);

/* Takes one finished line, without a line feed. What it returns other than 0 ends the rendering. */
typedef int emf_take(void *ctx, struct str line, struct fail *why);

/* Renders the document, in as many lines as the limits ask for. FAIL_INPUT names what CloudWatch
 * would refuse; FAIL_SIZE: a line of EMF_MOST_BYTES is not enough; FAIL_MEMORY; or what `take`
 * said. */
int emf_render(const struct emf_document *document, emf_take *take, void *ctx, struct fail *why);

#endif
