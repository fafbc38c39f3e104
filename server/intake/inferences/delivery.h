/* delivery.h -- one posted body of inference transactions: read on the event thread, stored by the
 * writer.
 *
 * One object, an array, or NDJSON (by content type, or by its looks); each element a transaction
 * (transaction.h) or half of one (cloudevents.h). What is fit to be stored is stored whatever the
 * rest is like; what is not is named with its index, or line, and everything that is wrong with
 * it. */
#ifndef SMON_INTAKE_INFERENCES_DELIVERY_H
#define SMON_INTAKE_INFERENCES_DELIVERY_H

#include "base/own.h"
#include "base/str.h"
#include "intake/inferences/cloudevents.h"
#include "intake/inferences/transaction.h"

#include <stdbool.h>
#include <stddef.h>

struct batch;
struct compose;
struct delivery;
struct fail;
struct flaws;
struct scope;

enum { DELIVERY_MOST_SHOWN = 100 }; /* refused elements that are named in the answer */

struct delivery_request {
    struct str                  body, content_type;
    bool                        is_binary; /* a CloudEvent whose attributes are headers ... */
    struct cloudevent           event;     /* ... these, without the data */
    struct transaction_defaults defaults;
};

/* Everything is copied. FAIL_INPUT: as a whole it is not what we take; FAIL_MEMORY. */
int  delivery_read(const struct delivery_request *request, struct delivery **out, struct fail *why);
void delivery_free(struct delivery *delivery);
OWN_PTR_TYPE(delivery)

size_t delivery_weight(const struct delivery *delivery); /* bytes of memory it holds */

/* Within the writer's transaction; may be called again after a rollback. `scope`: where this key
 * may write. */
int delivery_apply(struct delivery *delivery, const struct scope *scope, struct batch *batch,
                   struct fail *why);

struct delivery_counts {
    int accepted;   /* stored now */
    int duplicates; /* had been stored before */
    int waiting;    /* halves whose other half has not come */
    int refused;
};
struct delivery_counts delivery_counts(const struct delivery *delivery);

/* {"accepted":..,"duplicates":..,"waiting":..,"refused_count":..,"refused":[{"index":3,"errors":
 * [..]}]} */
void delivery_compose(const struct delivery *delivery, struct compose *out);
/* What is wrong with the first refused ones; pointers begin with the index where the body is a
 * list. */
const struct flaws *delivery_flaws(const struct delivery *delivery);

#endif
