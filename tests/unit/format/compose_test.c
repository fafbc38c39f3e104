#include "check.h"

#include "base/own.h"
#include "format/compose.h"
#include "format/scan.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static void brackets_and_commas_are_right(void **state)
{
    OWN(buf) body      = BUF_UP_TO(1000);
    struct compose out = compose_into(&body);

    (void)state;
    compose_open(&out, NULL, '{');
    compose_text(&out, "name", STR("a\"b"));
    compose_open(&out, "hosts", '[');
    compose_int(&out, NULL, -7);
    compose_real(&out, NULL, 0.5);
    compose_open(&out, NULL, '{');
    compose_close(&out, '}');
    compose_close(&out, ']');
    compose_bool(&out, "is", true);
    compose_null(&out, "no");
    compose_text(&out, "none", STR_NONE);
    compose_text(&out, "empty", STR(""));
    compose_raw(&out, "raw", STR("[1]"));
    compose_time(&out, "at", 1583831889050);
    compose_time(&out, "never", WHEN_UNKNOWN);
    out.epoch_times = true;
    compose_time(&out, "ms", 1583831889050);
    compose_close(&out, '}');
    CHECK_STR(buf_view(&body),
              "{\"name\":\"a\\\"b\",\"hosts\":[-7,0.5,{}],\"is\":true,\"no\":null,\"none\":null,"
              "\"empty\":\"\",\"raw\":[1],\"at\":\"2020-03-10T09:18:09.050Z\",\"never\":null,"
              "\"ms\":1583831889050}");
}

static void hostile_text_is_inert(void **state)
{
    static const struct {
        const char *text, *quoted;
    } cases[] = {
        {"", "\"\""},
        {"\\ / \" \b\f\n\r\t \x01\x1f\x7f", "\"\\\\ / \\\" \\b\\f\\n\\r\\t \\u0001\\u001f\x7f\""},
        {"\xc3\xa9 \xf0\x9f\x98\x80", "\"\xc3\xa9 \xf0\x9f\x98\x80\""},
        {"a\xff"
         "b\xc3",
         "\"a\xef\xbf\xbd"
         "b\xef\xbf\xbd\""},
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    };
    OWN(buf) body = BUF_UP_TO(1000);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&body);
        compose_quoted(&body, str_of(cases[i].text));
        CHECK_STR(buf_view(&body), cases[i].quoted);
    }
    buf_clear(&body);
    compose_quoted(&body, str_from("\0", 1));
    CHECK_STR(buf_view(&body), "\"\\u0000\"");
}

static void numbers_come_back(void **state)
{
    static const struct {
        double      value;
        const char *text;
    } cases[]                   = {{0.1, "0.1"},       {1.0 / 3.0, "0.3333333333333333"},
                                   {100, "100"},       {-3, "-3"},
                                   {1e15, "1e+15"},    {0.30000000000000004, "0.30000000000000004"},
                                   {INFINITY, "null"}, {NAN, "null"}};
    static const double edges[] = {DBL_MAX, DBL_MIN, 5e-324, -1.7976931348623155e308,
                                   123456.789e-12};
    OWN(buf) body               = BUF_UP_TO(1000);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&body);
        compose_number(&body, cases[i].value);
        CHECK_STR(buf_view(&body), cases[i].text);
    }
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        buf_clear(&body);
        compose_number(&body, edges[i]);
        assert_memory_equal(&edges[i], &(double){strtod(buf_c(&body), NULL)}, sizeof(double));
    }
}

static void what_is_written_can_be_read(void **state)
{
    OWN(buf) body   = BUF_UP_TO(10000);
    OWN(buf) room   = BUF_UP_TO(10000);
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;
    char        all[255];
    struct str  back;

    (void)state;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)(i + 1);
    compose_quoted(&body, str_from(all, 127));
    CHECK_OK(scan_read(&scan, buf_view(&body), &why), &why);
    assert_non_null(buf_room(&room, 9000));
    assert_int_equal(scan_text(&scan, 0, &room, &back), 0);
    assert_true(str_is(back, str_from(all, 127)));
    buf_clear(&body);
    compose_quoted(&body, str_from(all, sizeof all));
    CHECK_OK(scan_read(&scan, buf_view(&body), &why), &why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brackets_and_commas_are_right),
        cmocka_unit_test(hostile_text_is_inert),
        cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(what_is_written_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
