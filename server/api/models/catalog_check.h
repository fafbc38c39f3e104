/* catalog_check.h -- what people say about a model, checked and brought into its stored form.
 *
 * The whole document is checked: a merge patch is applied to what is stored first. */
#ifndef SMON_API_MODELS_CATALOG_CHECK_H
#define SMON_API_MODELS_CATALOG_CHECK_H

#include "base/buf.h"

struct catalog_row;
struct doc;
struct fail;
struct members;

/* For lists of members: everything that may change. */
#define CATALOG_MEMBERS                                                                            \
    "description", "owner", "url", "data_sources", "inference", "tags", "payload", "objective",    \
        "drift"

struct catalog_texts {
    struct buf record, tags, payload, objective, drift, description; /* empty: none */
};
#define CATALOG_TEXTS_EMPTY                                                                        \
    ((struct catalog_texts){BUF_UP_TO(64 * 1024), BUF_UP_TO(64 * 1024), BUF_UP_TO(64 * 1024),      \
                            BUF_UP_TO(4096), BUF_UP_TO(4096), BUF_UP_TO(4096)})
void catalog_texts_release(struct catalog_texts *texts);

/* Flaws are noted in `whole`; -1 without memory. Defaults are written out. */
int catalog_check(const struct members *whole, struct catalog_texts *out, struct fail *why);

/* The stored row as one document of CATALOG_MEMBERS, to be patched. NULL: no memory. You own it. */
struct doc *catalog_document(const struct catalog_row *row, struct fail *why);

#endif
