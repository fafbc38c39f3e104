/* idempotency.h -- answers that were given to requests with an Idempotency-Key, kept for a day.
 *
 * The answer is written in the transaction of what was asked for, so it is there exactly when that
 * is done. */
#ifndef SMON_STORE_IDEMPOTENCY_H
#define SMON_STORE_IDEMPOTENCY_H

#include "base/str.h"
#include "base/when.h"

#include <stdint.h>

struct batch;
struct buf;
struct fail;

#define IDEMPOTENCY_KEPT (24 * (ms)MS_HOUR)

struct idempotency_key {
    struct str kid;    /* whose API key */
    struct str path;   /* method and path */
    struct str name;   /* the Idempotency-Key */
    struct str digest; /* of query and body */
};

struct idempotency_answer {
    int        status;
    struct str location, etag; /* no data: none */
    struct str body;
};

/* 1: it was answered before: *out, its texts in `room`. 0: it was not. -1: FAIL_CLASH when the key
 * was used for another request. Within a transaction; old answers do not count. */
int idempotency_find(struct batch *batch, const struct idempotency_key *key, struct buf *room,
                     struct idempotency_answer *out, struct fail *why);

int idempotency_put(struct batch *batch, const struct idempotency_key *key,
                    const struct idempotency_answer *answer, struct fail *why);

#endif
