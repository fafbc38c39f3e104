/* attention.h -- what jobs usually take, and what left its hardware idle. */
#ifndef SMON_STORE_ATTENTION_H
#define SMON_STORE_ATTENTION_H

#include "base/str.h"
#include "base/when.h"
#include "store/scope.h"

#include <stdint.h>

struct batch;
struct db;
struct fail;
struct resource;
struct utilization;
struct words;

/* Jobs of one account, region and kind whose names begin alike: a series of runs. */
struct attention_family {
    int64_t    account, kind;
    struct str region;
    struct str prefix; /* not empty */
};

struct attention_usual {
    int64_t count;       /* completed runs that were looked at */
    ms      duration_ms; /* their average; 0 when there are none */
};

/* What the newest of them took that ended well; the last by name, which carries date or number. */
int attention_usual(struct db *db, struct words *words, const struct attention_family *family,
                    struct attention_usual *out, struct fail *why);

enum { ATTENTION_BUSY_BELOW = 30 }; /* percent; the stored rows are those below it */

/* Keeps or forgets a job among the idle, by the figures that were found of it as a whole. Both
 * times and the instances are as the row says now. */
int attention_idle_put(struct batch *batch, const struct resource *row,
                       const struct utilization *found, struct fail *why);

struct attention_idle {
    int64_t account, id;
    ms      machine_ms; /* duration times instances */
    double  busy;       /* 0 to 100: of the GPUs where there are any, otherwise of the cores */
};
typedef int attention_visit(void *ctx, const struct attention_idle *item, struct fail *why);

/* Jobs that ended since `from` with less than ATTENTION_BUSY_BELOW of their hardware in use; those
 * that left the most machine time unused first. */
struct attention_idle_filter {
    struct scope scope;
    ms           from;
    int          limit;
};
int attention_idle_list(struct db *db, const struct attention_idle_filter *filter,
                        attention_visit *visit, void *ctx, struct fail *why);

#endif
