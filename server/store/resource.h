/* resource.h -- the row of a job or another resource: find it, put it.
 *
 * What the members mean stands in schema/0003_resources.sql. Texts that are absent have NULL data,
 * unknown times are WHEN_UNKNOWN, unknown numbers -1. */
#ifndef SMON_STORE_RESOURCE_H
#define SMON_STORE_RESOURCE_H

#include "base/buf.h"
#include "base/str.h"
#include "base/when.h"
#include "format/kind.h"

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct fail;

struct resource {
    int64_t    id; /* 0: not stored yet */
    int64_t    account, region_id;
    enum kind  kind;
    struct str name;
    ms         generation; /* 0 while unknown */
    struct str arn;
    int64_t    status_id, secondary_id;
    int        weight;    /* class * 1000 + rank; 0: no status yet */
    bool       is_failed; /* the status means failure */
    ms         version, stamp;
    int64_t    stamp_uid;
    struct str failure_reason;
    ms         reason_at;
    struct str approval;
    ms         approval_at;
    struct str stage;
    ms         stage_at;
    ms         created, started, ended;
    int64_t    billable_ms;
    int64_t    instance_id, instance_count;
    struct str sizing;
    ms         sizing_at;
    struct str tags;
    ms         tags_at;
    struct str parent, created_by;
    ms         first_seen, last_event, changed, completed;
    int64_t    asked;       /* bits: 1 << enum deed */
    int        utilization; /* enum utilization_state */
    struct str utilization_why;
    int64_t    rev;
};

/* The row an event with this generation belongs to (0: unknown): the same generation, give or take
 * lost milliseconds; else one whose generation is not known yet; else, for an event that does not
 * say, the newest. Where names may come from ARNs, letter case does not count when no name is
 * exactly this. Texts are copied into `room`, which must stay as it is while *out is in use (or
 * stand in batch->rows: use them before the next but one resource_put).
 * 1, 0 or -1. */
struct resource_key {
    int64_t    account, region_id;
    enum kind  kind;
    struct str name;
    ms         generation;
};
int resource_find(struct batch *batch, const struct resource_key *key, struct buf *room,
                  struct resource *out, struct fail *why);

/* By its number. 1, 0 or -1. */
int resource_get(struct batch *batch, int64_t account, int64_t id, struct buf *room,
                 struct resource *out, struct fail *why);

/* Writes it. Without `old` it is new and gets its id; otherwise the stored row must still have the
 * rev that `old` was read with. FAIL_BUSY: a sister service was quicker; run the
 * transaction again. */
int resource_put(struct batch *batch, const struct resource *old, struct resource *resource,
                 struct fail *why);

#endif
