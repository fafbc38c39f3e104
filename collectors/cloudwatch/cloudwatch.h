/* cloudwatch.h -- asking CloudWatch: JSON 1.0 first, the Query protocol where that is not
 * understood.
 *
 * Pages are followed to the end, within bounds: a NextToken that repeats or does not end is
 * FAIL_REMOTE; one that CloudWatch no longer accepts restarts the question once. One thread. */
#ifndef SMON_CLOUDWATCH_CLOUDWATCH_H
#define SMON_CLOUDWATCH_CLOUDWATCH_H

#include "base/own.h"
#include "base/str.h"
#include "cloudwatch/metric_answer.h"
#include "cloudwatch/metric_query.h"

struct aws;
struct aws_identity;
struct cloudwatch;
struct fail;

/* Who asks, and where. */
struct cloudwatch_scope {
    struct str                 region;
    const struct aws_identity *identity; /* NULL: our own */
};

/* Borrows `aws`. */
int  cloudwatch_new(struct aws *aws, struct cloudwatch **out, struct fail *why);
void cloudwatch_free(struct cloudwatch *cloudwatch);
OWN_PTR_TYPE(cloudwatch)

/* At most METRIC_QUERY_MOST queries; request->token is not looked at. Failures as aws_do, and
 * FAIL_DENIED when CloudWatch forbids one of the metrics, FAIL_REMOTE when one has InternalError. A
 * metric that does not exist is a series without points. */
int cloudwatch_get(struct cloudwatch *cloudwatch, const struct cloudwatch_scope *scope,
                   const struct metric_request *request, struct metric_answer *out,
                   struct fail *why);

/* Visits the values of the listing's dimension, up to `most_pages` pages of 500 metrics. */
int cloudwatch_list(struct cloudwatch *cloudwatch, const struct cloudwatch_scope *scope,
                    const struct metric_listing *listing, int most_pages, metric_visit *visit,
                    void *ctx, struct fail *why);

#endif
