/* putlogs.h -- CloudWatch Logs, PutLogEvents: batches, requests, answers. Pure.
 *
 *     {"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":ms,"message":"..."}]}
 *     {"rejectedLogEventsInfo":{"tooNewLogEventStartIndex":n,"tooOldLogEventEndIndex":n,
 *                               "expiredLogEventEndIndex":n}}
 *
 * One call takes at most 1,048,576 bytes, counted as the messages' UTF-8 bytes and 26 for each, at
 * most 10,000 events, in order of time, spanning less than 24 hours. Events that are too old or too
 * new are dropped and told by index; they are never sent again. */
#ifndef SMON_EMF_PUTLOGS_H
#define SMON_EMF_PUTLOGS_H

#include "base/str.h"
#include "emf/output.h"

#include <stddef.h>

struct buf;
struct fail;

enum {
    PUTLOGS_MOST_BYTES  = 1048576,
    PUTLOGS_MOST_EVENTS = 10000,
    PUTLOGS_OVERHEAD    = 26 /* bytes that count for each event */
};

/* By time, equal ones as they were. */
void putlogs_sort(struct output_event *events, size_t count);

/* How many of the (sorted) events make the next batch: at least 1 when count > 0. */
size_t putlogs_batch(const struct output_event *events, size_t count);

/* The request's body, added to `out`. */
void putlogs_compose(struct buf *out, struct str group, struct str stream,
                     const struct output_event *events, size_t count);
void putlogs_compose_group(struct buf *out, struct str group);
void putlogs_compose_stream(struct buf *out, struct str group, struct str stream);

/* Marks each of the batch's events as taken or refused, from the answer. FAIL_REMOTE: the answer
 * makes no sense (the events stay as they were). */
int putlogs_read(struct str answer, struct output_event *events, size_t count, struct fail *why);

#endif
