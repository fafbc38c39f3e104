/* collectors/enrich/course.c: CloudWatch's points to a course. */
#include "check.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/own.h"
#include "cloudwatch/metric_answer.h"
#include "enrich/course.h"
#include "enrich/plan.h"
#include "format/use_course.h"

static const ms NOON = 1714564800000; /* 2024-05-01T12:00:00Z */

enum { MOST = 400 };

/* A plan of so many periods of a minute from noon on. */
static struct plan plan_of(int64_t periods)
{
    return (struct plan){
        .start = NOON, .end = NOON + periods * MS_MINUTE, .period_s = 60, .expected = periods};
}

static void begin(const struct plan *plan, int hosts, const char *type, struct utilization *out)
{
    struct fail why = FAIL_OK;
    char        name[32];

    for (int i = 1; i <= hosts; i++) {
        (void)snprintf(name, sizeof name, "algo-%d", i);
        assert_non_null(utilization_host(out, str_of(name)));
    }
    CHECK_OK(course_begin(plan, str_of(type), out, &why), &why);
}

/* Points of the given minutes; a negative value: none. */
static void put(struct utilization *out, size_t host, const double *values, size_t count,
                double units)
{
    static ms            times[MOST];
    static double        known[MOST], peaks[MOST];
    struct metric_points average = {times, known, 0, MOST}, maximum = {times, peaks, 0, MOST};

    for (size_t i = 0; i < count; i++) {
        if (values[i] < 0)
            continue;
        times[average.count]   = NOON + (ms)i * MS_MINUTE;
        known[average.count]   = values[i];
        peaks[average.count++] = values[i] + 10;
    }
    maximum.count = average.count;
    course_add(out, &(struct course_reading){host, METRIC_CPU, units, &average, &maximum});
}

static void check_line(const struct use_line *line, const double *expected, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int32_t wanted = expected[i] < 0 ? USE_NO_POINT : use_tenths(expected[i]);

        if (line->tenths[i] != wanted)
            fail_msg("point %zu is %d, not %d", i, line->tenths[i], wanted);
    }
}

static void points_stand_at_their_time_and_gaps_stay(void **state)
{
    const struct plan   plan     = plan_of(6);
    static const double values[] = {40, -1, 200, 400};
    static const double shares[] = {10, -1, 50, 100};
    static const double peaks[]  = {12.5, -1, 52.5, 102.5};
    OWN(utilization) job         = UTILIZATION_EMPTY;

    (void)state;
    begin(&plan, 1, "ml.m5.xlarge", &job);
    put(&job, 0, values, 4, utilization_units(METRIC_CPU, STR("ml.m5.xlarge")));
    course_end(&job, 1);
    assert_int_equal(job.course->points, 4); /* nobody has what follows */
    assert_true(job.course->from == NOON && job.course->step == MS_MINUTE);
    assert_true(job.course->is_normalized);
    check_line(&job.course->hosts[0].average[METRIC_CPU], shares, 4);
    check_line(&job.course->job[METRIC_CPU][USE_AVG], shares, 4);
    check_line(&job.course->job[METRIC_CPU][USE_MAX], peaks, 4);
    assert_false(job.course->job[METRIC_GPU][USE_AVG].is_known);
}

static void neighbours_are_merged_where_there_are_too_many(void **state)
{
    const struct plan   plan       = plan_of(241); /* three to a point */
    static const double expected[] = {20, 40, -1, 7};
    static const double peaks[]    = {40, 50, -1, 17};
    double              values[12] = {10, 20, 30, 40, -1, 40, -1, -1, -1, -1, 7, -1};
    OWN(utilization) job           = UTILIZATION_EMPTY;

    (void)state;
    begin(&plan, 1, "ml.unheard.of", &job);
    put(&job, 0, values, 12, NAN);
    course_end(&job, 0);
    assert_true(job.course->step == 3 * (ms)MS_MINUTE);
    assert_false(job.course->is_normalized);
    assert_int_equal(job.course->points, 4);
    check_line(&job.course->hosts[0].average[METRIC_CPU], expected, 4);
    check_line(&job.course->job[METRIC_CPU][USE_MAX], peaks, 4);
}

static void a_course_never_has_more_points_than_it_may(void **state)
{
    static const int64_t periods[] = {1, 119, 120, 121, 239, 240, 241, 1441, 40320};

    (void)state;
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
        const struct plan plan = plan_of(periods[i]);
        OWN(utilization) job   = UTILIZATION_EMPTY;

        begin(&plan, 1, "", &job);
        assert_in_range(job.course->points, 1, USE_MOST_POINTS);
        assert_true((ms)job.course->points * job.course->step >= plan.end - plan.start);
    }
}

static void the_job_is_the_mean_and_the_range_of_its_hosts(void **state)
{
    const struct plan   plan       = plan_of(3);
    static const double hosts[][3] = {{20, 40, -1}, {40, -1, -1}, {90, 80, 30}};
    static const double mean[] = {50, 60, 30}, low[] = {20, 40, 30}, high[] = {90, 80, 30};
    OWN(utilization) job = UTILIZATION_EMPTY;

    (void)state;
    begin(&plan, 3, "", &job);
    for (size_t i = 0; i < 3; i++)
        put(&job, i, hosts[i], 3, 1);
    course_end(&job, 3);
    check_line(&job.course->job[METRIC_CPU][USE_AVG], mean, 3);
    check_line(&job.course->job[METRIC_CPU][USE_LOW], low, 3);
    check_line(&job.course->job[METRIC_CPU][USE_HIGH], high, 3);
    assert_int_equal(job.course->left_out, 0);
}

/* 40 hosts, of which the fourth and the last idle: they are kept, whatever else is not. */
static void of_many_hosts_those_are_kept_that_differ(void **state)
{
    const struct plan   plan   = plan_of(2);
    static const double busy[] = {80, 80}, idle[] = {80, 2};
    OWN(utilization) job = UTILIZATION_EMPTY;

    (void)state;
    begin(&plan, 40, "", &job);
    for (size_t i = 0; i < 40; i++)
        put(&job, i, i == 3 || i == 39 ? idle : busy, 2, 1);
    course_end(&job, 48);
    assert_int_equal(job.course->host_count, USE_MOST_HOSTS);
    assert_int_equal(job.course->left_out, 48 - USE_MOST_HOSTS);
    assert_string_equal(job.course->hosts[0].host, "algo-1");
    assert_string_equal(job.course->hosts[3].host, "algo-4");
    assert_string_equal(job.course->hosts[USE_MOST_HOSTS - 1].host, "algo-40");
    assert_int_equal(job.course->hosts[USE_MOST_HOSTS - 1].average[METRIC_CPU].tenths[1], 20);
    assert_int_equal(job.course->job[METRIC_CPU][USE_LOW].tenths[1], 20);
    assert_int_equal(job.course->job[METRIC_CPU][USE_AVG].tenths[1], 760);
}

static void without_any_point_there_is_no_course(void **state)
{
    const struct plan plan = plan_of(5);
    OWN(utilization) none  = UTILIZATION_EMPTY;
    OWN(utilization) empty = UTILIZATION_EMPTY;

    (void)state;
    begin(&plan, 0, "", &none);
    course_end(&none, 0);
    assert_null(none.course);
    begin(&plan, 2, "", &empty);
    course_add(&empty, &(struct course_reading){1, METRIC_GPU, 1, NULL, NULL});
    course_end(&empty, 2);
    assert_null(empty.course);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_stand_at_their_time_and_gaps_stay),
        cmocka_unit_test(neighbours_are_merged_where_there_are_too_many),
        cmocka_unit_test(a_course_never_has_more_points_than_it_may),
        cmocka_unit_test(the_job_is_the_mean_and_the_range_of_its_hosts),
        cmocka_unit_test(of_many_hosts_those_are_kept_that_differ),
        cmocka_unit_test(without_any_point_there_is_no_course),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
