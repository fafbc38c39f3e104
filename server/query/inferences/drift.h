/* drift.h -- has the distribution of a model's confidence moved away from a reference?
 *
 * Confidences from 0 to 100 are counted in DRIFT_BINS equal bins, or in half as many. Two measures
 * compare the shares of the bins:
 *
 *     PSI              sum of (p - q) ln(p / q), on shares in which no bin is empty: half an event
 * is added to each bin. 0 is the same; there is no upper bound. Jensen-Shannon   the divergence to
 * the base 2: 0 the same, 1 nothing in common.
 *
 * Few events make any two distributions look different, so below DRIFT_LEAST_EVENTS on either side
 * there is no number. */
#ifndef SMON_QUERY_INFERENCES_DRIFT_H
#define SMON_QUERY_INFERENCES_DRIFT_H

#include <stdint.h>

struct catalog_drift;

enum { DRIFT_BINS = 20, DRIFT_FEWER_BINS = 10, DRIFT_LEAST_EVENTS = 200 };

struct drift_counts {
    int64_t count; /* sum of bins */
    int64_t bins[DRIFT_BINS];
};
/* Two neighbours become one: the first DRIFT_FEWER_BINS are in use. */
void drift_halve(struct drift_counts *counts);

double drift_psi(const struct drift_counts *reference, const struct drift_counts *current,
                 int bins);
double drift_jensen_shannon(const struct drift_counts *reference,
                            const struct drift_counts *current, int bins);

enum drift_state { DRIFT_STABLE, DRIFT_WARNING, DRIFT_TOO_FEW };
const char *drift_state_name(enum drift_state state); /* "stable", "warning", "insufficient" */

struct drift {
    enum drift_state state;
    double           psi, jensen_shannon; /* unless DRIFT_TOO_FEW */
};
void drift_of(const struct catalog_drift *rule, const struct drift_counts *reference,
              const struct drift_counts *current, struct drift *out);

#endif
