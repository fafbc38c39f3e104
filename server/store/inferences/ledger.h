/* ledger.h -- what the writer keeps in memory for inference transactions: where they belong
 * (place.h), and sums that are written at the end of a batch (totals.h). */
#ifndef SMON_STORE_INFERENCES_LEDGER_H
#define SMON_STORE_INFERENCES_LEDGER_H

#include "base/own.h"

struct db;
struct fail;
struct ledger;
struct places;
struct totals;

int  ledger_new(struct ledger **out, struct fail *why);
void ledger_free(struct ledger *ledger);
OWN_PTR_TYPE(ledger)

struct places *ledger_places(struct ledger *ledger);
struct totals *ledger_totals(struct ledger *ledger);

int  ledger_flush(struct ledger *ledger, struct db *db, struct fail *why); /* before the commit */
void ledger_clear(struct ledger *ledger);                                  /* after a rollback */

#endif
