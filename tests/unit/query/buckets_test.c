#include "check.h"

#include "base/own.h"
#include "query/buckets.h"

static const ms NOW = 100 * (ms)MS_DAY + 90 * (ms)MS_MINUTE;

static void ranges_become_whole_buckets(void **state)
{
    static const struct {
        const char *query;
        int         fault;
        ms          step, from;
        size_t      count;
        enum grain  grain;
    } cases[] = {
        {"", 0, MS_HOUR, 99 * (ms)MS_DAY + MS_HOUR, 25, GRAIN_HOUR},
        {"since=90d", 0, MS_DAY, 10 * (ms)MS_DAY, 91,
         GRAIN_DAY}, /* three hours would do: days are quicker */
        {"since=90d&step=1d", 0, MS_DAY, 10 * (ms)MS_DAY, 91, GRAIN_DAY},
        {"since=90d&max_points=100", 0, MS_DAY, 10 * (ms)MS_DAY, 91, GRAIN_DAY},
        {"from=0&to=3600", 0, MS_HOUR, 0, 1, GRAIN_HOUR},
        {"from=1800&to=3601", 0, MS_HOUR, 0, 2, GRAIN_HOUR},
        {"step=30m", PARAM_BAD, 0, 0, 0, 0},
        {"step=90m", PARAM_BAD, 0, 0, 0, 0},
        {"from=now%2B1h", PARAM_BAD, 0, 0, 0, 0},
        {"from=1970-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&step=1h", PARAM_TOO_WIDE, 0, 0, 0, 0},
        /* as many as there may be, and bounds within a bucket: our step is not too small */
        {"from=1800&to=39601800&max_points=11000", 0, MS_DAY, 0, 459, GRAIN_DAY},
        {"from=0&to=39596400&max_points=11000", 0, MS_HOUR, 0, 10999, GRAIN_HOUR},
        {"max_points=11001", PARAM_BAD, 0, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(params) params     = PARAMS_EMPTY;
        struct fail    why     = FAIL_OK;
        struct buckets buckets = {.count = 0};
        int            result;

        CHECK_OK(params_parse(&params, str_of(cases[i].query), &why), &why);
        result = buckets_read(&params, NOW, &buckets, &why);
        assert_int_equal(result, cases[i].fault ? -1 : 0);
        assert_int_equal(params.fault, cases[i].fault);
        if (result)
            continue;
        assert_int_equal(buckets.step, cases[i].step);
        assert_int_equal(buckets.from, cases[i].from);
        assert_int_equal(buckets.count, cases[i].count);
        assert_int_equal(buckets.grain, cases[i].grain);
    }
}

static void a_chosen_step_gives_no_more_than_wanted(void **state)
{
    (void)state;
    for (int days = 1; days < 4000; days += 37) {
        OWN(params) params = PARAMS_EMPTY;
        struct fail    why = FAIL_OK;
        struct buckets buckets;
        char           query[64];

        (void)snprintf(query, sizeof query, "since=%dd&max_points=200", days);
        CHECK_OK(params_parse(&params, str_of(query), &why), &why);
        CHECK_OK(buckets_read(&params, 5000 * (ms)MS_DAY, &buckets, &why), &why);
        assert_true(buckets.count <= 201); /* one more at the rim */
        assert_int_equal(buckets.from % buckets.step, 0);
        assert_int_equal((ms)buckets.count * buckets.step, buckets.to - buckets.from);
        assert_int_equal(buckets_index(&buckets, buckets.from), 0);
        assert_int_equal(buckets_index(&buckets, buckets.to - 1), buckets.count - 1);
    }
}

static void metrics_have_names(void **state)
{
    (void)state;
    assert_non_null(buckets_metric(STR("job_created")));
    assert_null(buckets_metric(STR("job")));
    for (size_t i = 0; buckets_metric_at(i); i++)
        assert_ptr_equal(buckets_metric(str_of(buckets_metric_at(i)->name)), buckets_metric_at(i));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_become_whole_buckets),
        cmocka_unit_test(a_chosen_step_gives_no_more_than_wanted),
        cmocka_unit_test(metrics_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
