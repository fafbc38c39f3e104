/* namespaces.h -- the nodes of the tree that stand directly below one, with what they hold. */
#ifndef SMON_STORE_MODELS_NAMESPACES_H
#define SMON_STORE_MODELS_NAMESPACES_H

#include "base/str.h"
#include "base/when.h"

#include <stdint.h>

struct db;
struct fail;
struct page;
struct scope;

struct namespace_row {
    int64_t    id; /* of a model below: what a page goes on behind */
    struct str path, name;
    int64_t    models, versions, deployments; /* at or below it, as far as the scope reaches */
    ms         changed_at;                    /* the newest change of a model's record there */
};
typedef int namespace_visit(void *ctx, const struct namespace_row *row, struct fail *why);

/* The children of `parent` ("" is the root), in the order of their paths. */
struct namespace_question {
    const struct scope *scope;
    struct str          parent;
};
int namespaces_list(struct db *db, const struct namespace_question *question,
                    const struct page *page, namespace_visit *visit, void *ctx, struct fail *why);

#endif
