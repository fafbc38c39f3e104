#include "check.h"

#include "query/inferences/drift.h"
#include "store/models/catalog.h"

#include <math.h>

static const struct catalog_drift RULE = {.bins = DRIFT_FEWER_BINS, .threshold = 0.1};

/* Worked out apart from this program: PSI term by term, Jensen-Shannon by entropies. */
static const struct {
    int64_t          reference[DRIFT_FEWER_BINS], current[DRIFT_FEWER_BINS];
    double           psi, jensen_shannon;
    enum drift_state state;
} cases[] = {
    {{100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
     {100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
     0.000000000000,
     0.000000000000,
     DRIFT_STABLE},
    {{200, 300, 500, 0, 0, 0, 0, 0, 0, 0},
     {0, 0, 0, 0, 0, 0, 0, 300, 300, 400},
     13.021143776147,
     1.000000000000,
     DRIFT_WARNING},
    {{10, 20, 30, 40, 100, 200, 300, 150, 100, 50},
     {12, 18, 33, 41, 95, 210, 290, 160, 90, 51},
     0.003633006831,
     0.000664859048,
     DRIFT_STABLE},
    {{5, 5, 5, 5, 10, 20, 50, 100, 300, 500},
     {20, 20, 30, 40, 60, 80, 120, 180, 250, 200},
     0.709520535542,
     0.122090329016,
     DRIFT_WARNING},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 1000},
     {0, 0, 0, 0, 0, 0, 0, 0, 50, 150},
     1.629722034407,
     0.137925380970,
     DRIFT_WARNING},
};

static struct drift_counts counts_of(const int64_t bins[DRIFT_FEWER_BINS])
{
    struct drift_counts counts = {.count = 0};

    for (int i = 0; i < DRIFT_FEWER_BINS; i++) {
        counts.bins[i] = bins[i];
        counts.count += bins[i];
    }
    return counts;
}

static void the_measures_are_those_of_the_books(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct drift_counts reference = counts_of(cases[i].reference);
        const struct drift_counts current   = counts_of(cases[i].current);
        struct drift              drift;

        drift_of(&RULE, &reference, &current, &drift);
        assert_true(fabs(drift.psi - cases[i].psi) < 1e-9);
        assert_true(fabs(drift.jensen_shannon - cases[i].jensen_shannon) < 1e-9);
        assert_int_equal(drift.state, cases[i].state);
    }
}

static void both_measures_are_symmetric(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct drift_counts a = counts_of(cases[i].reference);
        const struct drift_counts b = counts_of(cases[i].current);

        assert_true(fabs(drift_jensen_shannon(&a, &b, DRIFT_FEWER_BINS)
                         - drift_jensen_shannon(&b, &a, DRIFT_FEWER_BINS))
                    < 1e-12);
        assert_true(fabs(drift_psi(&a, &b, DRIFT_FEWER_BINS) - drift_psi(&b, &a, DRIFT_FEWER_BINS))
                    < 1e-12);
    }
}

static void below_200_events_there_is_no_number(void **state)
{
    const struct drift_counts many = {.count = 1000, .bins = {500, 500}};
    const struct drift_counts few  = {.count = 199, .bins = {0, 0, 199}};
    const struct drift_counts just = {.count = 200, .bins = {0, 0, 200}};
    const struct drift_counts none = {.count = 0};
    struct drift              drift;

    (void)state;
    drift_of(&RULE, &many, &few, &drift);
    assert_int_equal(drift.state, DRIFT_TOO_FEW);
    drift_of(&RULE, &few, &many, &drift);
    assert_int_equal(drift.state, DRIFT_TOO_FEW);
    drift_of(&RULE, &many, &none, &drift);
    assert_int_equal(drift.state, DRIFT_TOO_FEW);
    drift_of(&RULE, &many, &just, &drift);
    assert_int_equal(drift.state, DRIFT_WARNING);
    assert_true(isfinite(drift.psi)); /* though bins are empty on either side */
}

static void twenty_bins_become_ten(void **state)
{
    struct drift_counts counts = {.count = 20};

    (void)state;
    for (int i = 0; i < DRIFT_BINS; i++)
        counts.bins[i] = i;
    drift_halve(&counts);
    for (int i = 0; i < DRIFT_FEWER_BINS; i++)
        assert_int_equal(counts.bins[i], 4 * i + 1);
    for (int i = DRIFT_FEWER_BINS; i < DRIFT_BINS; i++)
        assert_int_equal(counts.bins[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_measures_are_those_of_the_books),
        cmocka_unit_test(both_measures_are_symmetric),
        cmocka_unit_test(below_200_events_there_is_no_number),
        cmocka_unit_test(twenty_bins_become_ten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
