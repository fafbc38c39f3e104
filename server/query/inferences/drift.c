#include "query/inferences/drift.h"

#include "store/models/catalog.h"

#include <math.h>

static const double SMOOTHING = 0.5;

void drift_halve(struct drift_counts *counts)
{
    for (int i = 0; i < DRIFT_FEWER_BINS; i++)
        counts->bins[i] = counts->bins[2 * i] + counts->bins[2 * i + 1];
    for (int i = DRIFT_FEWER_BINS; i < DRIFT_BINS; i++)
        counts->bins[i] = 0;
}

static double smooth_share(const struct drift_counts *counts, int bins, int at)
{
    return ((double)counts->bins[at] + SMOOTHING) / ((double)counts->count + SMOOTHING * bins);
}

double drift_psi(const struct drift_counts *reference, const struct drift_counts *current, int bins)
{
    double sum = 0;

    for (int i = 0; i < bins; i++) {
        double p = smooth_share(current, bins, i), q = smooth_share(reference, bins, i);

        sum += (p - q) * log(p / q);
    }
    return sum;
}

/* What one bin of a distribution adds to its divergence from the middle of both. */
static double divergence(double share, double middle)
{
    return share > 0 ? share * log2(share / middle) : 0;
}

double drift_jensen_shannon(const struct drift_counts *reference,
                            const struct drift_counts *current, int bins)
{
    double sum = 0;

    if (!reference->count || !current->count)
        return 0;
    for (int i = 0; i < bins; i++) {
        double p      = (double)current->bins[i] / (double)current->count;
        double q      = (double)reference->bins[i] / (double)reference->count;
        double middle = (p + q) / 2;

        sum += (divergence(p, middle) + divergence(q, middle)) / 2;
    }
    return sum;
}

const char *drift_state_name(enum drift_state state)
{
    static const char *const names[] = {"stable", "warning", "insufficient"};

    return names[state];
}

void drift_of(const struct catalog_drift *rule, const struct drift_counts *reference,
              const struct drift_counts *current, struct drift *out)
{
    *out = (struct drift){.state = DRIFT_TOO_FEW};
    if (reference->count < DRIFT_LEAST_EVENTS || current->count < DRIFT_LEAST_EVENTS)
        return;
    out->psi            = drift_psi(reference, current, rule->bins);
    out->jensen_shannon = drift_jensen_shannon(reference, current, rule->bins);
    out->state          = out->psi >= rule->threshold || out->jensen_shannon >= rule->threshold
                              ? DRIFT_WARNING
                              : DRIFT_STABLE;
}
