#include "check.h"

#include "api/health/prometheus.h"
#include "base/own.h"

static void labels_are_escaped_and_numbers_short(void **state)
{
    const struct label labels[] = {{"region", STR("a\"b\\c\nd")}, {"n", STR("")}};
    OWN(buf) out                = BUF_UP_TO(1000);

    (void)state;
    prometheus_single(&out, "smon_x_total", "counter", "Help.", 3);
    prometheus_sample(&out, "smon_y", labels, 2, 0.25);
    CHECK_STR(buf_view(&out),
              "# HELP smon_x_total Help.\n# TYPE smon_x_total counter\nsmon_x_total 3\n"
              "smon_y{region=\"a\\\"b\\\\c\\nd\",n=\"\"} 0.25\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_escaped_and_numbers_short)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
