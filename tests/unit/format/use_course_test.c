/* server/format/use_course.c: points of hosts over time, and their document. */
#include "check.h"

#include <math.h>

#include "base/own.h"
#include "format/compose.h"
#include "format/use_course.h"
#include "wire/doc.h"

#define FRONT "\"from\":\"2026-11-20T10:00:00.000Z\",\"step_s\":60,\"points\":3"
#define NULLS "\"memory\":null,\"gpu\":null,\"gpu_memory\":null,\"disk\":null"

static void values_are_kept_as_precise_as_a_picture_shows(void **state)
{
    static const struct {
        double  percent;
        int32_t tenths;
    } cases[] = {
        {0, 0},      {0.04, 0},           {0.05, 1},   {9.94, 99},        {9.96, 100},
        {10.4, 100}, {10.6, 110},         {100, 1000}, {19200.4, 192000}, {1e9, 10000000},
        {-3, 0},     {NAN, USE_NO_POINT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (use_tenths(cases[i].percent) != cases[i].tenths)
            fail_msg("case %zu: %d", i, use_tenths(cases[i].percent));
    assert_true(use_percent(53) == 5.3);
    assert_true(isnan(use_percent(USE_NO_POINT)));
}

static void rendered(const struct utilization *utilization, struct buf *out)
{
    struct compose json = compose_into(out);

    utilization_compose(&json, NULL, utilization);
}

static void a_course_is_composed_and_parsed(void **state)
{
    static const char document[] =
        "{\"state\":\"settled\",\"reason\":null,\"job\":{\"cpu\":null," NULLS "},\"hosts\":[],"
        "\"course\":{" FRONT ",\"is_normalized\":true,\"hosts_left_out\":7,"
        "\"job\":{\"cpu\":{\"avg\":[12,null,5.3],\"low\":[2,null,5],\"high\":[20,null,6],"
        "\"max\":[100,99,7]}," NULLS "},"
        "\"hosts\":[{\"host\":\"algo-1\",\"cpu\":{\"avg\":[12,null,5.3]}," NULLS "}]}}";
    struct fail why       = FAIL_OK;
    OWN_PTR(doc) doc      = doc_parse(str_of(document), &why);
    OWN(utilization) read = UTILIZATION_EMPTY;
    OWN(buf) text         = BUF_UP_TO(1 << 16);

    (void)state;
    CHECK_OK(utilization_parse(doc, &read, &why), &why);
    assert_int_equal(read.course->points, 3);
    assert_int_equal(read.course->left_out, 7);
    assert_true(read.course->from == 1795168800000 && read.course->step == MS_MINUTE);
    assert_int_equal(read.course->job[METRIC_CPU][USE_MAX].tenths[1], 990);
    assert_int_equal(read.course->hosts[0].average[METRIC_CPU].tenths[2], 53);
    assert_int_equal(read.course->hosts[0].average[METRIC_CPU].tenths[1], USE_NO_POINT);
    assert_false(read.course->hosts[0].average[METRIC_GPU].is_known);
    rendered(&read, &text);
    CHECK_STR(buf_view(&text), document);
}

static void documents_from_before_there_were_courses_are_read(void **state)
{
    struct fail why       = FAIL_OK;
    OWN_PTR(doc) doc      = doc_parse(STR("{\"state\":\"settled\",\"course\":null}"), &why);
    OWN(utilization) read = UTILIZATION_EMPTY;

    (void)state;
    CHECK_OK(utilization_parse(doc, &read, &why), &why);
    assert_null(read.course);
}

static void wrong_courses_are_refused(void **state)
{
    static const char *const cases[] = {
        "[]",
        "{}",
        "{\"from\":\"2026-11-20T10:00:00Z\",\"step_s\":60}",
        "{\"from\":null,\"step_s\":60,\"points\":3}",
        "{\"from\":\"2026-11-20T10:00:00Z\",\"step_s\":0,\"points\":3}",
        "{\"from\":\"2026-11-20T10:00:00Z\",\"step_s\":60,\"points\":0}",
        "{\"from\":\"2026-11-20T10:00:00Z\",\"step_s\":60,\"points\":121}",
        "{" FRONT ",\"hosts_left_out\":-1}",
        "{" FRONT ",\"job\":{\"cpu\":[1,2,3]}}",
        "{" FRONT ",\"job\":{\"cpu\":{\"avg\":[1,2,3]}}}",
        "{" FRONT ",\"hosts\":[1]}",
        "{" FRONT ",\"hosts\":[{\"host\":\"\"}]}",
        "{" FRONT ",\"hosts\":[{\"host\":\"a\",\"cpu\":{\"avg\":[1,2]}}]}",
        "{" FRONT ",\"hosts\":[{\"host\":\"a\",\"cpu\":{\"avg\":[1,2,\"3\"]}}]}",
        "{" FRONT ",\"hosts\":[{\"host\":\"a\",\"cpu\":{\"avg\":[1,2,-3]}}]}",
        "{" FRONT ",\"hosts\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why          = FAIL_OK;
        OWN_PTR(doc) doc         = doc_parse(str_of(cases[i]), &why);
        OWN_PTR(use_course) read = NULL;

        assert_non_null(doc);
        CHECK_FAILS(use_course_parse(doc, &read, &why), FAIL_INPUT, &why);
        assert_null(read);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_kept_as_precise_as_a_picture_shows),
        cmocka_unit_test(a_course_is_composed_and_parsed),
        cmocka_unit_test(documents_from_before_there_were_courses_are_read),
        cmocka_unit_test(wrong_courses_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
