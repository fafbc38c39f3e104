/* errand_list.h -- errands as people read them: what is still to be done, and what was given up. */
#ifndef SMON_STORE_ERRAND_LIST_H
#define SMON_STORE_ERRAND_LIST_H

#include "base/str.h"
#include "base/when.h"
#include "store/page.h"
#include "store/scope.h"
#include "store/sql.h"

#include <stdint.h>

struct db;
struct fail;
struct words;

enum errand_state {
    ERRAND_ANY,
    ERRAND_WAITING, /* until it is due, and for a collector */
    ERRAND_LEASED,  /* a collector is at it */
    ERRAND_GIVEN_UP /* with its last error, until somebody asks for it again */
};
const char *errand_state_name(enum errand_state state); /* "waiting", ...; NULL past the last */

struct errand_item {
    int64_t           id, account;
    int64_t           deed; /* enum deed */
    enum errand_state state;
    int64_t           kind, resource_id; /* kind 0: the row it is about is gone */
    struct str        name, region;
    ms                due_at; /* of a leased one: when the lease ends */
    ms                born_at;
    int64_t           leases, reports; /* a lease without a report was lost */
    struct str        worker, last_error;
};

struct errand_filter {
    struct scope      scope;
    struct choice     accounts;
    int               deed; /* 0: any */
    enum errand_state state;
};

typedef int errand_visit(void *ctx, const struct errand_item *item, struct fail *why);

/* In the order they were born (page->id). `now` tells leases that have ended from others. */
int errand_list(struct db *db, struct words *words, const struct errand_filter *filter, ms now,
                const struct page *page, errand_visit *visit, void *ctx, struct fail *why);
/* 1 visited, 0 there is none, -1. */
int errand_list_one(struct db *db, struct words *words, int64_t account, int64_t id, ms now,
                    errand_visit *visit, void *ctx, struct fail *why);

#endif
