/* totals.h -- sums of transactions by minute and hour, gathered over a store transaction.
 *
 * A batch adds thousands of transactions to a few rows, so they are added up here and each touched
 * row of inference_rollup and confidence_rollup is read and written once, in the order of keys. */
#ifndef SMON_STORE_INFERENCES_TOTALS_H
#define SMON_STORE_INFERENCES_TOTALS_H

#include "base/own.h"
#include "base/when.h"

#include <stdint.h>

struct db;
struct fail;
struct inference;
struct totals;

enum totals_grain { /* the numbers are stored */
                    TOTALS_MINUTE = 1,
                    TOTALS_HOUR   = 2
};

enum { TOTALS_BINS = 20, TOTALS_BIN_WIDTH = 500 }; /* of confidence, in 1/100 percent */

int  totals_new(struct totals **out, struct fail *why);
void totals_free(struct totals *totals);
OWN_PTR_TYPE(totals)

/* Which rows a transaction adds to. */
struct totals_of {
    int64_t series_id, model_id, version, server_id, status_id;
};

/* Cannot fail in the middle; totals_flush says so when memory ran out. */
void totals_add(struct totals *totals, const struct totals_of *of,
                const struct inference *inference);

int  totals_flush(struct totals *totals, struct db *db, struct fail *why); /* leaves it empty */
void totals_clear(struct totals *totals);                                  /* after a rollback */

#endif
