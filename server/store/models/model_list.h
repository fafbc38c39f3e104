/* model_list.h -- models by where they stand, what they are called, and what is said of them. */
#ifndef SMON_STORE_MODELS_MODEL_LIST_H
#define SMON_STORE_MODELS_MODEL_LIST_H

#include "store/models/catalog.h"
#include "store/models/find.h"

#include <stdbool.h>

struct page;

struct model_filter {
    struct find_by by;
    struct str     name_prefix; /* no data: any */
    bool           by_name;     /* ordered by name instead of creation */
};

/* In the order of (created_ms, id) or (name, id); the page goes on behind its id. */
int model_list(struct db *db, const struct model_filter *filter, const struct page *page,
               catalog_visit *visit, void *ctx, struct fail *why);

#endif
