/* target.h -- which model a command means, and the address of what belongs to it.
 *
 *     smon models show /northwind/risk/card_fraud
 *     smon models show card_fraud --namespace /northwind/risk --account 111122223333
 *
 * A path begins with a slash and says the namespace, too; of a name alone, the service says when
 * several models fit. */
#ifndef SMON_VERBS_MODELS_TARGET_H
#define SMON_VERBS_MODELS_TARGET_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct args;
struct buf;
struct doc;
struct fail;

/* Adds "/api/v1/models/card_fraud", `below` ("/versions") unless NULL, and where it stands as a
 * query. The model is the operand at `at`. FAIL_INPUT says what is missing. */
int target_path(const struct args *args, size_t at, const char *below, struct buf *path,
                struct fail *why);
/* The same of a thing with a name or number below the model, given as the next operand ("a
 * version's number"): "/versions/4". `tail` ("/rollout") follows it, unless NULL. */
struct target_thing {
    const char *below, *what, *tail;
};
int target_thing_path(const struct args *args, const struct target_thing *thing, struct buf *path,
                      struct fail *why);

/* Adds --namespace, --account and --region as a query, and nothing else. */
void target_place(const struct args *args, struct buf *path);

/* The query parameters of these flags, each under its own name with '_' for '-'. NULL ends. */
void target_filters(const struct args *args, const char *const *flags, struct buf *path);

/* --tag NAME=VALUE as a filter of a list. */
int target_tag_filter(const struct args *args, struct buf *path, struct fail *why);

/* "NAME=VALUE,NAME=VALUE" of a flag: each pair to `take`; FAIL_INPUT for one without '='. A flag
 * that is not given has none. */
typedef int target_pair(void *ctx, struct str name, struct str value, struct fail *why);
int         target_pairs(const struct args *args, const char *flag, target_pair *take, void *ctx,
                         struct fail *why);
/* --tag NAME=VALUE,... as the member `tags` of `body`; nothing when it is not given. */
int target_tags(const struct args *args, struct doc *body, struct fail *why);

/* Members of `body` from flags that are texts; those that are not given are left out. */
struct target_member {
    const char *flag, *member;
};
void target_texts(const struct args *args, const struct target_member *members, struct doc *body);

#endif
