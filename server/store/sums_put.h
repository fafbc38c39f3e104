/* sums_put.h -- one entry of sums.h, and how it is added to its row. Only for sums.c.
 *
 * An entry is a key of six numbers behind its table's own, and up to fourteen values. */
#ifndef SMON_STORE_SUMS_PUT_H
#define SMON_STORE_SUMS_PUT_H

#include "store/sums.h"

enum table {
    TABLE_NONE,
    TABLE_ACCOUNT,
    TABLE_TYPE,
    TABLE_TALLY,
    TABLE_ROLLUP,
    TABLE_COUNTER,
    TABLE_ARRIVAL
};
enum { KEY_SIZE = 6, VALUE_SIZE = PULSE_COUNT + 5 };

/* Values of an account entry behind its pulses. */
enum { HEARD_EVENT = PULSE_COUNT, HEARD_RECEIVED, HEARD_LAG, HEARD_LAG_SUM, HEARD_LONGEST };

struct entry {
    int64_t table;
    int64_t key[KEY_SIZE];
    int64_t value[VALUE_SIZE];
};

/* Order of an arrival's values, as the columns. */
enum { ARRIVED_EVENTS, ARRIVED_REPEATS, ARRIVED_LAG, ARRIVED_LONGEST };

/* Order of a rollup's values, as the columns. */
enum { ROLLUP_CREATED, ROLLUP_ENDED, ROLLUP_UNSTARTED, ROLLUP_DURATION, ROLLUP_TIMED };

/* Adds the values to the row, which is made when it is not there. */
int sums_put(struct db *db, const struct entry *entry, struct fail *why);

#endif
