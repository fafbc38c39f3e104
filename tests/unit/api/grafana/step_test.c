#include "check.h"

#include "api/grafana/relay.h"

static void steps_are_wide_enough_and_readable(void **state)
{
    static const struct {
        ms      from, to, width, interval;
        int64_t most;
        ms      step;
    } cases[] = {
        {0, MS_HOUR, MS_MINUTE, 15 * MS_SECOND, 1200, MS_MINUTE},
        {0, MS_HOUR, MS_MINUTE, 0, 30, 2 * MS_MINUTE},
        {30 * MS_SECOND, MS_HOUR, MS_MINUTE, 0, 60, MS_MINUTE},
        {30 * MS_SECOND, MS_HOUR + 30 * MS_SECOND, MS_MINUTE, 0, 60, 2 * MS_MINUTE},
        {0, MS_HOUR, MS_HOUR, 15 * MS_SECOND, 1200, MS_HOUR},
        {0, 30 * (ms)MS_DAY, MS_HOUR, 0, 550, 2 * MS_HOUR},
        {0, 30 * (ms)MS_DAY, MS_HOUR, 90 * MS_MINUTE, 11000, 2 * MS_HOUR},
        {0, 30 * (ms)MS_DAY, MS_MINUTE, 0, 1, 28 * (ms)MS_DAY},
        {-5000, 5000, MS_MINUTE, 0, 1, MS_MINUTE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct relay_span span = {cases[i].from, cases[i].to, cases[i].width,
                                        cases[i].interval, cases[i].most};

        assert_int_equal(relay_step(&span), cases[i].step);
    }
}

/* Every end there can be: the step ends somewhere. */
static void the_widest_range_has_a_step(void **state)
{
    const struct relay_span span = {-62167219200000, 253402300799999, MS_MINUTE, 0, 1};

    (void)state;
    assert_true(relay_step(&span) >= (span.to - span.from) / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_wide_enough_and_readable),
        cmocka_unit_test(the_widest_range_has_a_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
