#include "store/inferences/ledger.h"

#include "base/fail.h"
#include "base/mem.h"
#include "store/inferences/place.h"
#include "store/inferences/totals.h"

struct ledger {
    struct places *places;
    struct totals *totals;
};

int ledger_new(struct ledger **out, struct fail *why)
{
    OWN_PTR(ledger) ledger = mem_new(sizeof *ledger);

    if (!ledger)
        return fail_set(why, FAIL_MEMORY, "no memory for the ledger of transactions");
    if (places_new(&ledger->places, why) || totals_new(&ledger->totals, why))
        return -1;
    *out = TAKE(ledger);
    return 0;
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    places_free(ledger->places);
    totals_free(ledger->totals);
    mem_free(ledger);
}

struct places *ledger_places(struct ledger *ledger)
{
    return ledger->places;
}

struct totals *ledger_totals(struct ledger *ledger)
{
    return ledger->totals;
}

int ledger_flush(struct ledger *ledger, struct db *db, struct fail *why)
{
    places_end_batch(ledger->places);
    return totals_flush(ledger->totals, db, why);
}

void ledger_clear(struct ledger *ledger)
{
    places_forget(ledger->places);
    totals_clear(ledger->totals);
}
