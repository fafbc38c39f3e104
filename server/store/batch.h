/* batch.h -- what the works of one transaction share; the writer makes it, works use it. */
#ifndef SMON_STORE_BATCH_H
#define SMON_STORE_BATCH_H

#include "base/when.h"

#include <stdbool.h>

struct db;
struct ledger;
struct rows;
struct sums;
struct words;

/* Settings that decide what an event leads to. */
struct store_policy {
    ms          enrich_settle;      /* how long after a job's end CloudWatch is asked */
    bool        wants_emf;          /* a completion is to be emitted */
    const char *packages_namespace; /* where model packages stand; a constant; NULL: /sagemaker */
};

struct batch {
    struct db                 *db;
    struct words              *words;
    struct sums               *sums;   /* flushed by the writer before the commit */
    struct ledger             *ledger; /* of inference transactions; flushed, too */
    struct rows               *rows;   /* rows met last; NULL where others write, too */
    const struct store_policy *policy;
    ms                         now; /* our clock at the start of the transaction */
};

#endif
