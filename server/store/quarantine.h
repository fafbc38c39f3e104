/* quarantine.h -- posts we were rightly sent and did not understand: kept raw, with the reason.
 *
 * The same bytes of the same account are one row that counts how often they came. A replay that
 * succeeds marks the row; it stays until retention takes it. */
#ifndef SMON_STORE_QUARANTINE_H
#define SMON_STORE_QUARANTINE_H

#include "base/buf.h"
#include "base/str.h"
#include "base/when.h"

#include <stdint.h>

struct batch;
struct fail;
struct scope;

struct quarantined {
    int64_t    account;   /* 0: unknown */
    int64_t    region_id; /* 0: unknown */
    struct str source;    /* "eventbridge" */
    struct str reason;
    struct str key_id; /* no data: none */
    struct str body;
};

int quarantine_put(struct batch *batch, const struct quarantined *post, struct fail *why);

/* The body of a row, added to `out`. 1; 0: there is none, or the scope does not reach it; -1. */
int quarantine_body(struct batch *batch, const struct scope *scope, int64_t id, struct buf *out,
                    struct fail *why);
int quarantine_mark_replayed(struct batch *batch, int64_t id, struct fail *why);
/* A replay failed again, for this reason now. */
int quarantine_new_reason(struct batch *batch, int64_t id, struct str reason, struct fail *why);

#endif
