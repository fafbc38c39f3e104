/* output.h -- where EMF documents go: one setting, five ways.
 *
 *     stdout                    a line each on standard output, one write each
 *     file:PATH                 appended, on disk when taken; the file may be rotated under us
 *     tcp://HOST:PORT           a CloudWatch agent: one connection a batch, closed by both sides
 *     udp://HOST:PORT           the same, a datagram each; lossy by nature
 *     logs:GROUP/STREAM         PutLogEvents; group and stream are made when they are missing
 *
 * At least once: an event is OUTPUT_TAKEN only when the other side has it (for stdout and UDP: when
 * the system has it). What stays OUTPUT_WAITS is sent again by a later attempt. */
#ifndef SMON_EMF_OUTPUT_H
#define SMON_EMF_OUTPUT_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>

struct fail;
struct output;

enum output_result {
    OUTPUT_WAITS, /* not sent, or nobody knows: send again */
    OUTPUT_TAKEN,
    OUTPUT_REFUSED /* will never be taken: `reason` */
};

struct output_event {
    ms                 timestamp;
    struct str         line; /* without a line feed; borrowed */
    size_t             tag;  /* the caller's own: a write may sort the events */
    enum output_result result;
    const char        *reason; /* of OUTPUT_REFUSED: a constant sentence */
};

/* Understands the setting and makes ready; nothing is opened or asked yet. `region` is of the log
 * group, "" the default region. FAIL_INPUT: the setting is wrong. */
int  output_new(const char *setting, const char *region, struct output **out, struct fail *why);
void output_free(struct output *output);
OWN_PTR_TYPE(output)

/* True when the way needs _aws.LogGroupName in the document: the CloudWatch agent. */
bool output_wants_log_group(const struct output *output);

/* Writes the events, marking each. 0: every one is taken or refused. -1: some wait, and why. */
int output_write(struct output *output, struct output_event *events, size_t count,
                 struct fail *why);

#endif
