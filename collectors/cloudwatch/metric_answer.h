/* metric_answer.h -- what CloudWatch answered: series of points, page after page. Pure.
 *
 *     {"MetricDataResults":[{"Id":"m0","Label":"..","Timestamps":[1714557600,1.71455766E9],
 *       "Values":[97.5,98.0],"StatusCode":"Complete","Messages":[]}],"NextToken":".."}
 *     <GetMetricDataResponse><GetMetricDataResult><MetricDataResults><member><Id>..</Id>...
 *
 * Results with the same Id and Label, within an answer or over pages, are one series; one without
 * a Label belongs to the first of its Id. What cannot be read is FAIL_REMOTE, and the answer then
 * holds no half page: release it. */
#ifndef SMON_CLOUDWATCH_METRIC_ANSWER_H
#define SMON_CLOUDWATCH_METRIC_ANSWER_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stddef.h>

struct fail;

enum {
    METRIC_LABEL_ROOM         = 256,
    METRIC_ANSWER_MOST_SERIES = 4096,
    METRIC_ANSWER_MOST_POINTS = 1000000,
    METRIC_TOKEN_MOST         = 64 * 1024
};

enum metric_status { METRIC_COMPLETE, METRIC_PARTIAL, METRIC_FORBIDDEN, METRIC_INTERNAL };

struct metric_points { /* times and values of the same count */
    ms     *times;
    double *values;
    size_t  count, room;
};

struct metric_series {
    char                 id[METRIC_LABEL_ROOM];
    char                 label[METRIC_LABEL_ROOM];
    char                 message[160]; /* CloudWatch's own words, "" for none */
    enum metric_status   status;       /* of the last page */
    struct metric_points points;
};

struct metric_answer {
    struct metric_series *series;
    size_t                count, room;
    size_t                points; /* over all series */
    char                 *token;  /* of the next page; NULL: that was the last */
};
#define METRIC_ANSWER ((struct metric_answer){NULL, 0, 0, 0, NULL})
void metric_answer_release(struct metric_answer *answer);

/* Adds a page of GetMetricData; the token is the page's. */
int metric_answer_json(struct metric_answer *answer, struct str body, struct fail *why);
int metric_answer_xml(struct metric_answer *answer, struct str body, struct fail *why);

/* The series of this Id; NULL: none. */
const struct metric_series *metric_answer_find(const struct metric_answer *answer, const char *id);

/* Reads a page of ListMetrics: `visit` gets the values of `dimensions` (names; NULL behind the
 * last) of every metric that has just these, in their order and with a slash between: "job/algo-1",
 * "endpoint/variant". *token as above; yours, free with mem_free. */
typedef int metric_visit(void *ctx, struct str value, struct fail *why);
int metric_list_json(struct str body, const char *const *dimensions, metric_visit *visit, void *ctx,
                     char **token, struct fail *why);
int metric_list_xml(struct str body, const char *const *dimensions, metric_visit *visit, void *ctx,
                    char **token, struct fail *why);

/* The parts both readers share. A fresh result is gathered, then put into the answer. */
void metric_series_release(struct metric_series *series);
int  metric_series_status(struct metric_series *series, struct str code, struct fail *why);
/* What it says is only shown: cut to its room, and at a NUL byte. */
void metric_series_message(struct metric_series *series, struct str text);
int  metric_points_add(struct metric_points *points, ms time, double value, struct fail *why);
/* Gives `fresh` away, also when it fails. */
int metric_answer_put(struct metric_answer *answer, struct metric_series *fresh, struct fail *why);
int metric_answer_token(char **held, struct str token, struct fail *why);

#endif
