/* variants.h -- the machines behind the demo's endpoints, for the stand-in for CloudWatch: which
 * variants there are, and how busy each was. */
#ifndef SMON_VERBS_DEMO_VARIANTS_H
#define SMON_VERBS_DEMO_VARIANTS_H

#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>

struct variant {
    const char *endpoint, *name;
    int         cores, gpus; /* of a machine */
    double      busy;        /* 0 to 1: against others */
};

const struct variant *variant_at(size_t at); /* one after the other; NULL past the last */
const struct variant *variant_find(struct str endpoint, struct str name);

/* What CloudWatch counts 100 for, in this metric; 0: a variant has no such metric. */
int variant_units(const struct variant *variant, struct str metric);

/* The Average of a minute, always the same for the same minute; 0 to 100 * variant_units. */
double variant_minute(const struct variant *variant, struct str metric, ms at);

#endif
