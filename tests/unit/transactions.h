/* transactions.h -- a small store with inference transactions in it, for tests of what reads: on
 * both engines, and with the same transactions in memory to hold answers against.
 *
 * They are put the way intake puts them (place_find, inference_put, ledger_flush), so sums fit. */
#ifndef SMON_TESTS_TRANSACTIONS_H
#define SMON_TESTS_TRANSACTIONS_H

#include "rows.h"

#include "store/inferences/inference.h"
#include "store/inferences/inference_filter.h"
#include "store/inferences/ledger.h"
#include "store/inferences/place.h"

struct transaction {
    const char *namespace, *model, *status, *server, *environment;
    int64_t account, version, deployment, elapse;
    ms      start;
    int     confidence; /* in 1/100 percent; 0: not said */
};

struct transactions {
    struct rows   *rows;
    struct ledger *ledger;
    struct tx      tx;
    int64_t        uid; /* of the next */
};

static inline void transactions_begin(struct transactions *to, struct rows *rows)
{
    struct fail why = FAIL_OK;

    *to = (struct transactions){.rows = rows, .uid = 1};
    CHECK_OK(ledger_new(&to->ledger, &why), &why);
    rows->batch.ledger = to->ledger;
    CHECK_OK(tx_begin(&to->tx, rows->db, &why), &why);
}

/* Numbered from 1 in the order they are put. */
static inline void transactions_put(struct transactions *to, const struct transaction *one)
{
    const struct scope     all       = SCOPE_ALL;
    struct fail            why       = FAIL_OK;
    const struct inference inference = {
        .whose      = {.account     = one->account,
                       .region      = STR("eu-central-1"),
                       .namespace   = str_of(one->namespace),
                       .model_name  = str_of(one->model),
                       .environment = str_of(one->environment),
                       .version     = one->version,
                       .deployment  = one->deployment},
        .server     = str_of(one->server),
        .status     = str_of(one->status),
        .uid        = to->uid++,
        .start      = one->start,
        .end        = one->start + one->elapse,
        .elapse_ms  = one->elapse,
        .confidence = one->confidence ? one->confidence : INFERENCE_NO_CONFIDENCE,
        .request    = {.size = 100},
        .response   = {.size = 10},
    };
    struct place place;

    assert_int_equal(place_find(&to->rows->batch, &inference.whose, &all, &place, &why), 1);
    assert_int_equal(inference_put(&to->rows->batch, &inference, &place, STR_NONE, &why), 1);
}

static inline void transactions_end(struct transactions *to)
{
    struct fail why = FAIL_OK;

    CHECK_OK(ledger_flush(to->ledger, to->rows->db, &why), &why);
    CHECK_OK(sums_flush(to->rows->sums, to->rows->db, &why), &why);
    CHECK_OK(tx_commit(&to->tx, &why), &why);
    ledger_free(TAKE(to->ledger));
    to->rows->batch.ledger = NULL;
}

/* The same numbers in every run. */
static inline uint64_t transactions_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

#endif
