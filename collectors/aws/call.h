/* call.h -- one request to AWS: address, signature, sending, and the standard retries.
 *
 * Three tries in all. A try is repeated after a connection error, a time-out, 500, 502, 503, 504
 * and throttling, with exponential backoff and full jitter, as long as the quota has tokens: 500 at
 * the beginning, 5 for a repetition, 10 after a time-out; success gives back what its repetition
 * cost, or 1. Apart from that once each, at no cost: after the clock was corrected by the Date of
 * the answer, and after expired keys were replaced. Every try is signed anew. */
#ifndef SMON_AWS_CALL_H
#define SMON_AWS_CALL_H

#include "aws/aws.h"
#include "aws/credentials.h"
#include "aws/sign.h"
#include "base/lock.h"
#include "base/retry.h"

#include <stdbool.h>

struct fail;
struct profiles;

/* What calls share. One thread at a time. */
struct caller {
    struct fetch       *fetch;
    struct profiles    *profiles; /* for endpoints */
    struct sign_cache   keys;
    struct retry_policy policy;
    int                 most_attempts;
    int                 quota; /* tokens left */
    ms                  skew;  /* what to add to our clock to get the service's */
    struct lock         lock;  /* guards nothing: what a wait needs */
    struct bell         bell;
};

int  caller_init(struct caller *caller, const struct aws_options *options, struct fail *why);
void caller_release(struct caller *caller);

/* The service's time. */
ms caller_now(const struct caller *caller);

/* Waits that long. */
void caller_wait(struct caller *caller, ms how_long);

/* Gives the keys to sign with, borrowed until it is asked again; `afresh`: those of before were
 * refused as expired. */
typedef int call_keys(void *ctx, bool afresh, const struct credentials **out, struct fail *why);

struct call {
    const struct aws_request *request;
    call_keys                *keys; /* NULL: unsigned */
    void                     *ctx;
    struct fetch_answer      *answer;
    char                     *code; /* NULL, or AWS_CODE_ROOM bytes */
};

/* As aws_do. */
int call_do(struct caller *caller, const struct call *call, struct fail *why);

#endif
