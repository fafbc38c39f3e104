#include "check.h"

#include "query/inferences/budget.h"
#include "store/models/catalog.h"

#include <math.h>

#define NEAR(got, expected) assert_true(fabs((got) - (expected)) < 1e-9 * (1 + fabs(expected)))

static void a_budget_is_what_may_be_bad(void **state)
{
    static const struct {
        double        target;
        int64_t       total, bad;
        struct budget is; /* worked out by hand */
    } cases[] = {
        {99.9, 1000000, 0, {0, 1000, 100}},
        {99.9, 1000000, 500, {0.05, 1000, 50}},
        {99.9, 1000000, 1000, {0.1, 1000, 0}},
        {99.9, 1000000, 2500, {0.25, 1000, -150}},
        {99.9, 0, 0, {0, 0, 100}},
        {99.9, 999, 0, {0, 0, 100}},
        {50, 3, 1, {100.0 / 3, 1, 100.0 / 3}},
        {95, 200, 9, {4.5, 10, 10}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct catalog_objective objective = {.target_percent = cases[i].target};
        const struct budget_events     events    = {cases[i].total, cases[i].bad};
        struct budget                  got;

        budget_of(&objective, &events, &got);
        NEAR(got.bad_percent, cases[i].is.bad_percent);
        NEAR(got.left_percent, cases[i].is.left_percent);
        assert_int_equal(got.allowed_bad, cases[i].is.allowed_bad);
    }
}

static void a_burn_rate_of_one_lasts_a_window(void **state)
{
    const struct catalog_objective objective = {.target_percent = 99.9};

    (void)state;
    NEAR(budget_burn(&objective, &(struct budget_events){1000, 1}), 1.0);
    NEAR(budget_burn(&objective, &(struct budget_events){1000, 15}), 15.0);
    NEAR(budget_burn(&objective, &(struct budget_events){0, 0}), 0.0);
}

static void an_alert_wants_both_windows_and_enough_events(void **state)
{
    static const struct {
        struct budget_events windows[BUDGET_WINDOWS]; /* 5m 30m 1h 6h 3d */
        enum budget_state    states[BUDGET_ALERTS];
    } cases[] = {
        /* nothing happened */
        {{{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
         {BUDGET_TOO_FEW, BUDGET_TOO_FEW, BUDGET_TOO_FEW}},
        /* a fire: 2 % bad everywhere, 20 times as fast as allowed */
        {{{100, 2}, {500, 10}, {1000, 20}, {6000, 120}, {70000, 1400}},
         {BUDGET_FIRING, BUDGET_FIRING, BUDGET_FIRING}},
        /* it was, and is over: the short windows are clean */
        {{{100, 0}, {500, 0}, {1000, 20}, {6000, 120}, {70000, 1400}},
         {BUDGET_QUIET, BUDGET_QUIET, BUDGET_FIRING}},
        /* a slow leak: 0.2 % */
        {{{500, 1}, {2500, 5}, {5000, 10}, {30000, 60}, {360000, 720}},
         {BUDGET_QUIET, BUDGET_QUIET, BUDGET_FIRING}},
        /* one failure among few */
        {{{1, 1}, {20, 1}, {99, 2}, {99, 2}, {99, 2}},
         {BUDGET_TOO_FEW, BUDGET_TOO_FEW, BUDGET_TOO_FEW}},
        /* exactly as fast as allowed is not faster */
        {{{1000, 1}, {1000, 1}, {1000, 1}, {1000, 1}, {1000, 1}},
         {BUDGET_QUIET, BUDGET_QUIET, BUDGET_QUIET}},
    };
    const struct catalog_objective objective = {.target_percent = 99.9};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int a = 0; a < BUDGET_ALERTS; a++)
            assert_int_equal(budget_alert_state(&budget_alerts[a], &objective, cases[i].windows),
                             cases[i].states[a]);
}

static void windows_have_their_names_and_spans(void **state)
{
    (void)state;
    for (int w = 0; w < BUDGET_WINDOWS; w++) {
        ms span = 0;

        assert_int_equal(when_parse_span(str_of(budget_window_name((enum budget_window)w)), &span),
                         0);
        assert_int_equal(span, budget_window_spans[w]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_budget_is_what_may_be_bad),
        cmocka_unit_test(a_burn_rate_of_one_lasts_a_window),
        cmocka_unit_test(an_alert_wants_both_windows_and_enough_events),
        cmocka_unit_test(windows_have_their_names_and_spans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
