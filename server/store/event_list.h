/* event_list.h -- events as people read them: the newest first, one job's, or one with its body.
 *
 * Rows are handed to a visitor as in job_list.h. */
#ifndef SMON_STORE_EVENT_LIST_H
#define SMON_STORE_EVENT_LIST_H

#include "store/job_list.h"

struct event_item {
    int64_t    id, account;
    struct str region, detail_type;
    int64_t    kind; /* 0: about nothing we keep a row for */
    int64_t    resource_id;
    struct str name;   /* of that row; no data: it is gone */
    struct str status; /* as the event spelt it */
    ms         version_at, time, received_at;
    struct str effect;       /* what it did to the row: "status", "repeat", ... */
    bool       is_duplicate; /* it said what was known */
    struct str body;         /* only where the header says so */
};

struct event_filter {
    struct scope  scope;
    struct choice accounts, regions, kinds, types;
    bool          is_unknown; /* only detail-types that are not in our table */
    ms            from, to;   /* received; WHEN_UNKNOWN: open */
};

typedef int event_visit(void *ctx, const struct event_item *item, struct fail *why);

/* In the order they were stored (page->id), without bodies. */
int event_list(struct db *db, struct words *words, const struct event_filter *filter,
               const struct page *page, event_visit *visit, void *ctx, struct fail *why);

/* Those of one job or resource by version, then number (page->at, page->id); with bodies
 * on wish. */
struct event_owner {
    int64_t account, resource_id;
    bool    wants_body;
};
int event_list_of(struct db *db, struct words *words, const struct event_owner *owner,
                  const struct page *page, event_visit *visit, void *ctx, struct fail *why);

/* One, with its body: 1 visited, 0 there is none, -1. */
int event_list_one(struct db *db, struct words *words, int64_t account, int64_t id,
                   event_visit *visit, void *ctx, struct fail *why);

/* The greatest number given so far; 0: none. */
int event_list_last(struct db *db, int64_t *out, struct fail *why);

#endif
