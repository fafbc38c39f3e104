/* quarantine_list.h -- quarantined posts as people read them. */
#ifndef SMON_STORE_QUARANTINE_LIST_H
#define SMON_STORE_QUARANTINE_LIST_H

#include "base/str.h"
#include "base/when.h"
#include "store/page.h"
#include "store/scope.h"

#include <stdbool.h>
#include <stdint.h>

struct db;
struct fail;

struct quarantine_item {
    int64_t    id, account; /* account 0: unknown */
    struct str source, reason, key_id;
    ms         received_at, replayed_at; /* of the latest; WHEN_UNKNOWN: not replayed */
    int64_t    times, size_bytes;
    struct str body; /* only of one */
};

struct quarantine_filter {
    struct scope scope;   /* posts of unknown accounts only where it sees all */
    int64_t      account; /* -1: any */
    bool         only_waiting, only_replayed;
    ms           from, to; /* received; WHEN_UNKNOWN: open */
};

typedef int quarantine_visit(void *ctx, const struct quarantine_item *item, struct fail *why);

/* By arrival (page->at, page->id), without bodies. */
int quarantine_list(struct db *db, const struct quarantine_filter *filter, const struct page *page,
                    quarantine_visit *visit, void *ctx, struct fail *why);
/* One with its body, when the scope sees it: 1, 0 or -1. */
int quarantine_list_one(struct db *db, const struct scope *scope, int64_t id,
                        quarantine_visit *visit, void *ctx, struct fail *why);

#endif
