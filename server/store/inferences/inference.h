/* inference.h -- one inference transaction, as read, and as stored: once.
 *
 * The same transaction again changes nothing, neither the row nor the sums. It is found by model,
 * lane, start and uid (schema/0011_inferences.sql). `uid` begins as a hash of the sender's
 * transaction_id, or of all the transaction says where it has none; inference_uid makes it one
 * that no other row has, as pages of lists need. Sums by minute and hour and what may be kept of
 * the bodies are written in the same transaction of the store. */
#ifndef SMON_STORE_INFERENCES_INFERENCE_H
#define SMON_STORE_INFERENCES_INFERENCE_H

#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct fail;
struct place;

enum { INFERENCE_NO_CONFIDENCE = -1, INFERENCE_LANES = 2 * 64 };

#define INFERENCE_SUCCEEDED "succeeded"

/* A body that is not kept: only what it leaves behind. */
struct inference_body {
    struct str json;     /* the bytes; no data: none are at hand */
    int64_t    size;     /* bytes, as the sender says */
    bool       is_there; /* it came: `digest` is its own */
    int64_t    digest;
};

/* Whose it is, as the sender says; what is not said is filled from the request's defaults. */
struct inference_whose {
    int64_t    account;   /* -1: not said */
    struct str region;    /* empty: not said */
    struct str namespace; /* no data: not said */
    struct str model_name;
    struct str environment;
    struct str endpoint;            /* empty: not said */
    int64_t    version, deployment; /* 0: not said */
};

struct inference {
    struct inference_whose whose;
    struct str             server; /* empty: not said */
    struct str             status;
    int64_t                uid;
    ms                     start, end;
    int64_t                elapse_ms;
    bool                   is_mismatched; /* elapse is not end - start */
    int                    confidence;    /* in 1/100 percent, or INFERENCE_NO_CONFIDENCE */
    struct inference_body  request, response;
    struct str             extras; /* JSON object; no data: nothing more was said */
};

/* Which of the lanes of its model it stands in. `has_succeeded`: the status is "succeeded". */
int inference_lane(int64_t elapse_ms, bool has_succeeded);

/* The uid it is stored under in this model. A sender's transaction_id may stand for several rows:
 * one for each model of an ensemble, or one for each try. */
int64_t inference_uid(int64_t model_id, const struct inference *inference);

/* Stores it where it belongs (place.h). `members` is what may be kept of its bodies: JSON, or no
 * data. 1 stored now, 0 it was there, -1. */
int inference_put(struct batch *batch, const struct inference *inference, const struct place *place,
                  struct str members, struct fail *why);

#endif
