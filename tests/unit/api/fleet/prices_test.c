/* What a job costs: by its region's price or the general one, by billable time or duration; and
 * when nobody can say. */
#include "check.h"

#include "api/fleet/prices.h"
#include "store/job_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int read_text(const char *text, struct prices **out, struct fail *why)
{
    char  path[] = "/tmp/smon-prices-XXXXXX";
    int   fd     = mkstemp(path);
    int   result;
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    result = prices_read(path, out, why);
    (void)unlink(path);
    return result;
}

static void a_job_costs_its_instances_time_at_their_price(void **state)
{
    static const struct {
        const char *region, *type;
        int64_t     instances;
        ms          billable, duration;
        double      usd; /* NAN: nobody can say */
    } cases[] = {
        {"eu-west-1", "ml.m5.xlarge", 1, WHEN_UNKNOWN, MS_HOUR, 0.25},
        {"us-east-1", "ml.m5.xlarge", 1, WHEN_UNKNOWN, MS_HOUR, 0.2},
        {"eu-west-1", "ml.p3.2xlarge", 4, WHEN_UNKNOWN, MS_HOUR / 2, 8},
        {"us-east-1", "ml.m5.xlarge", 2, MS_HOUR / 4, MS_HOUR, 0.1}, /* spot: billed for less */
        {"us-east-1", "ml.m5.xlarge", 1, 0, MS_HOUR, 0},
        {"us-east-1", "ml.m5.xlarge", 1, WHEN_UNKNOWN, MS_SECOND, 0.000056},
        {"us-east-1", "ml.free", 1, WHEN_UNKNOWN, MS_HOUR, 0},
        {"us-east-1", "ml.unheard", 1, WHEN_UNKNOWN, MS_HOUR, NAN},
        {"", "ml.m5.xlarge", 1, WHEN_UNKNOWN, MS_HOUR, 0.2},
        {"us-east-1", "", 1, WHEN_UNKNOWN, MS_HOUR, NAN},
        {"us-east-1", "ml.m5.xlarge", -1, WHEN_UNKNOWN, MS_HOUR, NAN},
        {"us-east-1", "ml.m5.xlarge", 1, WHEN_UNKNOWN, WHEN_UNKNOWN, NAN}, /* it runs */
    };
    OWN_PTR(prices) prices = NULL;
    struct fail why        = FAIL_OK;

    (void)state;
    CHECK_OK(read_text("ml.p3.2xlarge: 4\nml.m5.xlarge: 0.20\nml.free: 0\n"
                       "eu-west-1:\n  ml.m5.xlarge: 0.25\n",
                       &prices, &why),
             &why);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct job_row row = {.region         = str_of(cases[i].region),
                                    .instance_type  = str_of(cases[i].type),
                                    .instance_count = cases[i].instances,
                                    .billable_ms    = cases[i].billable,
                                    .duration_ms    = cases[i].duration};
        double               usd = prices_of_job(prices, &row);

        if (isnan(cases[i].usd) ? !isnan(usd) : usd != cases[i].usd)
            fail_msg("case %zu: %f instead of %f", i, usd, cases[i].usd);
        assert_true(isnan(prices_of_job(NULL, &row)));
    }
}

static void what_is_no_price_is_named_with_its_line(void **state)
{
    static const char *const wrong[] = {
        "ml.a: 1\nml.b: cheap\n", "ml.a: 1\nml.b: -1\n", "ml.a: 1\nml.b:\n",
        "ml.a: 1\nml.b: 1e9\n",   "ml.a: 1\nml.a: 2\n",  "ml.a: 1\nml.b: [1, 2]\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        OWN_PTR(prices) prices = NULL;
        struct fail why        = FAIL_OK;

        CHECK_FAILS(read_text(wrong[i], &prices, &why), FAIL_INPUT, &why);
        if (!strstr(why.text, ":2:"))
            fail_msg("%s: %s", wrong[i], why.text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_costs_its_instances_time_at_their_price),
        cmocka_unit_test(what_is_no_price_is_named_with_its_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
