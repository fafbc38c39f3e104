/* version_list.h -- versions of one model, or of all that somebody may see. Deleted ones are not
 * there. */
#ifndef SMON_STORE_MODELS_VERSION_LIST_H
#define SMON_STORE_MODELS_VERSION_LIST_H

#include "store/models/find.h"

#include <stdbool.h>
#include <stdint.h>

struct db;
struct fail;
struct page;
struct words;

struct version_row {
    int64_t    id, model_id, account;
    struct str region, namespace, model_name, path;
    int64_t    number, source, rev;
    struct str artifacts; /* JSON */
    struct str digest, description, tags, approval;
    ms         approval_at;
    struct str package_arn, package_status, failure, life_cycle, job_arn;
    ms         create_at, changed_at;
    struct str created_by;
};
typedef int version_visit(void *ctx, const struct version_row *row, struct fail *why);

struct version_filter {
    struct find_by by;
    int64_t        model_id;              /* 0: any */
    struct str     model_name;            /* no data: any */
    int64_t        number_gte, number_lt; /* -1: any */
    struct str     created_by, uri_prefix, approval, alias;
    bool           by_number; /* ordered by (number, id) instead of (create_ms, id) */
};
int version_list(struct db *db, struct words *words, const struct version_filter *filter,
                 const struct page *page, version_visit *visit, void *ctx, struct fail *why);

/* 1 visited, 0 there is none, -1. */
int version_get(struct db *db, struct words *words, int64_t model_id, int64_t number,
                version_visit *visit, void *ctx, struct fail *why);

#endif
