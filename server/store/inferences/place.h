/* place.h -- where a transaction belongs: its model and its series, found or made.
 *
 * The model is the one of exactly this account, region and path; else the only one that contradicts
 * nothing of what is said (a model that was registered without an account takes transactions of
 * all); else it is made. A transaction that says no namespace goes to the only model of its name,
 * or to PLACE_UNFILED. */
#ifndef SMON_STORE_INFERENCES_PLACE_H
#define SMON_STORE_INFERENCES_PLACE_H

#include "base/own.h"
#include "base/str.h"

#include <stdint.h>

struct batch;
struct catalog_payload;
struct fail;
struct inference_whose;
struct places;
struct scope;

#define PLACE_UNFILED "/unfiled"

/* A flaw (format/flaws.h) of the transaction; constants. */
struct place_refusal {
    const char *pointer, *code, *detail;
};

struct place {
    int64_t model_id, series_id;
    /* What may be kept of bodies. Borrowed until the batch ends. */
    const struct catalog_payload *payload;
    struct place_refusal          refusal; /* when it was refused: nothing else is set */
};

/* Models met in this batch, and series met ever. */
int  places_new(struct places **out, struct fail *why);
void places_free(struct places *places);
OWN_PTR_TYPE(places)
void places_end_batch(struct places *places); /* models may change */
void places_forget(struct places *places);    /* after a rollback: series may be gone */

/* `scope`: whose keys may write where. 1: *out is filled. 0: refused. -1. */
int place_find(struct batch *batch, const struct inference_whose *whose, const struct scope *scope,
               struct place *out, struct fail *why);

#endif
