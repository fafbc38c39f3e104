/* half.h -- request and response of a transaction that came as two events: the first waits here.
 *
 * They are paired by `uid` within a model. A half that has its counterpart is taken out with it;
 * one that waits in vain expires (expiry.h). */
#ifndef SMON_STORE_INFERENCES_HALF_H
#define SMON_STORE_INFERENCES_HALF_H

#include "base/buf.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct fail;

struct half {
    int64_t    model_id, uid;
    bool       is_response;
    ms         at;
    int64_t    bytes, digest;
    struct str members; /* what may be kept of its body, as JSON; no data: nothing */
};

/* Keeps it; the same again changes nothing. 1 kept now, 0 it was there, -1. */
int half_put(struct batch *batch, const struct half *half, struct fail *why);

/* Takes out the counterpart of `half`: *out is filled, its texts are in `room`. 1, 0 or -1. */
int half_take(struct batch *batch, const struct half *half, struct buf *room, struct half *out,
              struct fail *why);

#endif
