/* event.h -- every event as it came, once. */
#ifndef SMON_STORE_EVENT_H
#define SMON_STORE_EVENT_H

#include "store/news.h"
#include "store/state.h"

#include <stdint.h>

struct batch;
struct buf;
struct fail;

/* What was found at an event's key. */
enum event_seen {
    EVENT_NEW       = 1, /* nothing; event_put has stored it now */
    EVENT_DUPLICATE = 0, /* the same event was there */
    EVENT_DIFFERENT = 2  /* the same id and time with other contents: the caller keeps it apart */
};

/* The number its id is found by: a hash of region and id. */
int64_t event_uid(const struct news *news);

struct event_row {
    int64_t     uid, region_id, type_id, resource_id, status_id;
    ms          received;
    enum effect effect;
};

/* What event_put would find, without storing anything. An enum event_seen, or -1. */
int event_look(struct batch *batch, const struct news *news, int64_t uid, struct fail *why);

/* Stores it unless it is there. An enum event_seen, or -1. */
int event_put(struct batch *batch, const struct news *news, const struct event_row *row,
              struct fail *why);

/* What a stored event is about and did, after it was applied again. */
int event_amend(struct batch *batch, int64_t id, const struct news *news,
                const struct event_row *row, struct fail *why);

/* The bytes of a stored event, added to `out`. 1, 0 or -1. */
int event_body(struct batch *batch, int64_t account, int64_t id, struct buf *out, struct fail *why);

#endif
