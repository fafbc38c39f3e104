/* document.h -- a completion, or its utilization, as an EMF document. Pure.
 *
 * Names are the reference solution's: dimensions {account, jobType}; TrainingJobCount_Total,
 * TrainingJobCount_<Status>, TrainingJob_Duration, and the same for every kind of job. A
 * utilization document carries TrainingJob_CPUUtilization_Average and so on, and no counts, so that
 * nothing is counted twice. */
#ifndef SMON_EMIT_DOCUMENT_H
#define SMON_EMIT_DOCUMENT_H

#include "base/str.h"
#include "base/when.h"
#include "emf/emf.h"
#include "format/errand.h"

struct fail;

struct document_options {
    struct str namespace;
    struct str log_group; /* for the CloudWatch agent; no data: none */
};

/* 1: `take` got one line or more, and *timestamp is theirs. 0: there is nothing to emit, and
 * *nothing says why. -1: *why. */
int document_render(const struct errand *errand, const struct document_options *options, ms now,
                    emf_take *take, void *ctx, ms *timestamp, const char **nothing,
                    struct fail *why);

#endif
