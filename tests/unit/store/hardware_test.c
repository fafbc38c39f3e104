/* server/store/hardware.c: figures and courses of jobs as stored, and that they go with the job.
 * On both engines. */
#include "rows.h"

#include "format/use_course.h"
#include "store/hardware.h"
#include "store/retention.h"

enum { HOSTS = USE_MOST_HOSTS };

static const int64_t ACCOUNT = 111122223333;

static int64_t count(struct rows *rows, const char *sql)
{
    struct fail  why  = FAIL_OK;
    struct stmt *find = db_prepare(rows->db, sql, &why);
    int64_t      number;

    assert_non_null(find);
    CHECK_OK(stmt_step(find, &why), &why);
    number = col_int(find, 0);
    stmt_done(find);
    return number;
}

/* Restless in every metric, which no job is. */
static void fill(struct use_line *line, uint64_t salt)
{
    line->is_known = true;
    for (size_t at = 0; at < USE_MOST_POINTS; at++) {
        uint64_t noise = str_hash(STR("noise"), salt * USE_MOST_POINTS + at) >> 16;

        line->tenths[at] = use_tenths(70 + (double)(noise % 25));
    }
}

static struct utilization measured(size_t hosts)
{
    struct utilization made = {.state = UTILIZATION_SETTLED, .course = use_course_new(hosts)};

    assert_non_null(made.course);
    made.course->from   = ROWS_NOW;
    made.course->step   = MS_MINUTE;
    made.course->points = USE_MOST_POINTS;
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        for (size_t s = 0; s < USE_STATS; s++)
            fill(&made.course->job[m][s], m * USE_STATS + s);
        for (size_t i = 0; i < hosts; i++) {
            (void)snprintf(made.course->hosts[i].host, HOST_ROOM, "algo-%zu", i + 1);
            fill(&made.course->hosts[i].average[m], 1000 + i * METRIC_COUNT + m);
        }
    }
    return made;
}

static int64_t put_job(struct rows *rows)
{
    const struct rows_job job = {.account = ACCOUNT,
                                 .kind    = KIND_TRAINING,
                                 .name    = "demo",
                                 .status  = "Completed",
                                 .created = ROWS_NOW - MS_HOUR};

    return rows_put(rows, &job);
}

static void a_course_is_read_as_it_was_put(void **state)
{
    struct rows *rows        = *state;
    struct fail  why         = FAIL_OK;
    OWN(utilization) found   = measured(HOSTS);
    OWN_PTR(use_course) read = NULL;
    int64_t job              = put_job(rows);

    assert_int_equal(hardware_read_course(rows->db, ACCOUNT, job, &read, &why), 0);
    CHECK_OK(hardware_put(&rows->batch, ACCOUNT, job, &found, &why), &why);
    assert_int_equal(hardware_read_course(rows->db, ACCOUNT, job, &read, &why), 1);
    assert_int_equal(read->host_count, HOSTS);
    assert_memory_equal(read->job, found.course->job, sizeof read->job);
    assert_memory_equal(&read->hosts[HOSTS - 1], &found.course->hosts[HOSTS - 1],
                        sizeof read->hosts[0]);
    assert_true(read->from == found.course->from && read->step == found.course->step);
    assert_int_equal(hardware_read_course(rows->db, ACCOUNT + 1, job, &read, &why), 0);
}

static void a_course_is_small(void **state)
{
    struct rows *rows      = *state;
    struct fail  why       = FAIL_OK;
    OWN(utilization) found = measured(HOSTS);
    int64_t bytes;

    CHECK_OK(hardware_put(&rows->batch, ACCOUNT, put_job(rows), &found, &why), &why);
    bytes = count(rows, "SELECT LENGTH(document) FROM utilization_course");
    assert_in_range(bytes, 1000, 12 * 1024);
}

static void figures_without_a_course_take_an_older_one_away(void **state)
{
    struct rows *rows        = *state;
    struct fail  why         = FAIL_OK;
    OWN(utilization) found   = measured(1);
    struct utilization again = {.state = UTILIZATION_SETTLED};
    int64_t            job   = put_job(rows);

    CHECK_OK(hardware_put(&rows->batch, ACCOUNT, job, &found, &why), &why);
    CHECK_OK(hardware_put(&rows->batch, ACCOUNT, job, &found, &why), &why);
    assert_int_equal(count(rows, "SELECT COUNT(*) FROM utilization_course"), 1);
    CHECK_OK(hardware_put(&rows->batch, ACCOUNT, job, &again, &why), &why);
    assert_int_equal(count(rows, "SELECT COUNT(*) FROM utilization_course"), 0);
}

static void a_course_goes_with_its_job(void **state)
{
    struct rows *rows            = *state;
    struct fail  why             = FAIL_OK;
    OWN(utilization) found       = measured(2);
    struct retention_sweep sweep = {.before = ROWS_NOW + MS_MINUTE, .most = 10};

    CHECK_OK(hardware_put(&rows->batch, ACCOUNT, put_job(rows), &found, &why), &why);
    CHECK_OK(retention_step(&rows->batch, &sweep, &why), &why);
    assert_int_equal(sweep.resources, 1);
    assert_int_equal(count(rows, "SELECT COUNT(*) FROM utilization_course"), 0);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(a_course_is_read_as_it_was_put),
    ROWS_TEST(a_course_is_small),
    ROWS_TEST(figures_without_a_course_take_an_older_one_away),
    ROWS_TEST(a_course_goes_with_its_job),
};

ROWS_MAIN("hardware", tests)
