#include "check.h"

#include <math.h>
#include <stdlib.h>

#include "base/own.h"
#include "format/histogram.h"

static struct histogram histogram, other, both;

static uint64_t seed = 20261121;

static uint64_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static int by_value(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static void check_near(double got, double exact, const char *what)
{
    if (fabs(got - exact) > exact * (HISTOGRAM_ERROR + 1e-9))
        fail_msg("%s: got %g, exactly %g", what, got, exact);
}

/* Latencies as they are: most around a hundred milliseconds, a long tail of seconds. */
static void quantiles_are_within_one_percent_of_the_exact_ones(void **state)
{
    enum { COUNT = 50000 };
    static const double shares[] = {0.0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0};
    static int64_t      values[COUNT];

    (void)state;
    histogram_clear(&histogram);
    for (int i = 0; i < COUNT; i++) {
        double even = ((double)(any() >> 11) + 1) / 9007199254740993.0;

        values[i] = (int64_t)(80 * pow(even, -0.7));
        histogram_add(&histogram, histogram_slot(values[i]), 1);
    }
    qsort(values, COUNT, sizeof values[0], by_value);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        int64_t rank = (int64_t)ceil(shares[i] * COUNT - 1e-9);

        check_near(histogram_quantile(&histogram, shares[i]), (double)values[rank ? rank - 1 : 0],
                   "quantile");
    }
}

static void every_value_is_read_back_within_one_percent(void **state)
{
    (void)state;
    for (int64_t value = 0; value < (int64_t)1 << 40; value += 1 + value / 97) {
        histogram_clear(&histogram);
        histogram_add(&histogram, histogram_slot(value), 1);
        check_near(histogram_quantile(&histogram, 0.5), (double)value, "value");
        if (value < 50)
            assert_true(histogram_quantile(&histogram, 0.5) == (double)value);
    }
    assert_int_equal(histogram_slot(-5), 0);
    assert_int_equal(histogram_slot(INT64_MAX), HISTOGRAM_SLOTS - 1);
}

static void small_ranks_are_the_nearest(void **state)
{
    static const struct {
        double share, value;
    } cases[] = {{0, 0}, {0.25, 0}, {0.26, 10}, {0.5, 10}, {0.75, 20}, {0.76, 30}, {1, 30}};

    (void)state;
    histogram_clear(&histogram);
    assert_true(histogram_quantile(&histogram, 0.5) == 0);
    for (int i = 0; i < 4; i++)
        histogram_add(&histogram, histogram_slot(10 * i), 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(histogram_quantile(&histogram, cases[i].share) == cases[i].value);
}

static bool is_same(const struct histogram *a, const struct histogram *b)
{
    return a->count == b->count && memcmp(a->counts, b->counts, sizeof a->counts) == 0;
}

static void bytes_and_merges_keep_every_count(void **state)
{
    OWN(buf) first = BUF_UP_TO(1 << 20), second = BUF_UP_TO(1 << 20);
    struct fail why = FAIL_OK;

    (void)state;
    histogram_clear(&histogram);
    histogram_clear(&other);
    histogram_write(&histogram, &first);
    assert_int_equal(first.size, 0);
    for (int i = 0; i < 2000; i++) {
        histogram_add(&histogram, histogram_slot((int64_t)(any() % 5000)), 1);
        histogram_add(&other, (int)(any() % HISTOGRAM_SLOTS), (int64_t)(any() >> 16));
    }
    histogram_write(&histogram, &first);
    histogram_write(&other, &second);
    histogram_clear(&both);
    CHECK_OK(histogram_read(&both, buf_view(&first), &why), &why);
    assert_true(is_same(&both, &histogram));
    CHECK_OK(histogram_read(&both, buf_view(&second), &why), &why);
    histogram_merge(&histogram, &other);
    assert_true(is_same(&both, &histogram));
    histogram_empty(&both);
    histogram_clear(&other);
    assert_true(is_same(&both, &other));
}

static void other_bytes_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t      size;
    } cases[] = {
        {"\x02\x01\x01", 3},                             /* another layout */
        {"\x01\x01", 2},                                 /* no count */
        {"\x01\x80", 2},                                 /* a number without an end */
        {"\x01\xff\x7f\x01", 4},                         /* behind the last slot */
        {"\x01\x80\x80\x80\x80\x80\x80\x80\x80\x01", 10} /* a number without bounds */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why = FAIL_OK;

        histogram_clear(&histogram);
        CHECK_FAILS(histogram_read(&histogram, str_from(cases[i].bytes, cases[i].size), &why),
                    FAIL_INPUT, &why);
    }
}

static void what_took_longer_is_counted(void **state)
{
    (void)state;
    histogram_clear(&histogram);
    for (int value = 0; value < 4000; value++)
        histogram_add(&histogram, histogram_slot(value), 1);
    assert_int_equal(histogram_above(&histogram, -1), 4000);
    assert_int_equal(histogram_above(&histogram, 0), 3999);
    assert_int_equal(histogram_above(&histogram, 30), 3969);
    assert_int_equal(histogram_above(&histogram, 3000), 999);
    assert_int_equal(histogram_above(&histogram, 100000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_within_one_percent_of_the_exact_ones),
        cmocka_unit_test(every_value_is_read_back_within_one_percent),
        cmocka_unit_test(small_ranks_are_the_nearest),
        cmocka_unit_test(bytes_and_merges_keep_every_count),
        cmocka_unit_test(other_bytes_are_refused),
        cmocka_unit_test(what_took_longer_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
