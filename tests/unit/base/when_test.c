/* when: every spelling of an instant, and a clock that tests can move. */
#include "check.h"

#include "base/when.h"

#include <fcntl.h>
#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const char *text;
    ms          at;
    int         result;
} spellings[] = {
    /* leap days, and those that are none */
    {"2024-02-29T00:00:00Z", 1709164800000, 0},
    {"2000-02-29T12:00:00Z", 951825600000, 0},
    {"2023-02-29T00:00:00Z", 0, -1},
    {"2100-02-29T00:00:00Z", 0, -1},
    {"2100-03-01T00:00:00Z", 4107542400000, 0},
    /* the ends of the calendar */
    {"1969-12-31T23:59:59Z", -1000, 0},
    {"0001-01-01T00:00:00Z", -62135596800000, 0},
    {"9999-12-31T23:59:59Z", 253402300799000, 0},
    /* fractions of one to nine digits keep three */
    {"2018-10-06T12:26:13.1Z", 1538828773100, 0},
    {"2018-10-06T12:26:13.12Z", 1538828773120, 0},
    {"2018-10-06T12:26:13.123Z", 1538828773123, 0},
    {"2018-10-06T12:26:13.1239Z", 1538828773123, 0},
    {"2018-10-06T12:26:13.12345Z", 1538828773123, 0},
    {"2018-10-06T12:26:13.000001Z", 1538828773000, 0},
    {"2018-10-06T12:26:13.1234567Z", 1538828773123, 0},
    {"2018-10-06T12:26:13.12345678Z", 1538828773123, 0},
    {"2018-10-06T12:26:13.999999999Z", 1538828773999, 0},
    {"2018-10-06T12:26:13,5Z", 1538828773500, 0},
    {"2018-10-06T12:26:13.Z", 0, -1},
    /* zones */
    {"2018-10-06T14:26:13+02:00", 1538828773000, 0},
    {"2018-10-06T14:26:13+0200", 1538828773000, 0},
    {"2018-10-06T06:56:13-05:30", 1538828773000, 0},
    {"2018-10-06T12:26:13-00:00", 1538828773000, 0},
    {"2018-10-06 12:26:13z", 1538828773000, 0},
    {"2018-10-06t12:26:13Z", 1538828773000, 0},
    {"2018-10-06T12:26:13", 0, -1},
    {"2018-10-06T12:26:13+24:00", 0, -1},
    {"2018-10-06T12:26:13+02:60", 0, -1},
    {"2018-10-06T12:26:13+02", 0, -1},
    {"2018-10-06T12:26:13Zulu", 0, -1},
    /* clocks and dates that do not exist; the leap second does */
    {"2016-12-31T23:59:60Z", 1483228800000, 0},
    {"2018-10-06T24:00:00Z", 0, -1},
    {"2018-10-06T12:60:00Z", 0, -1},
    {"2018-10-06T12:26:61Z", 0, -1},
    {"2018-13-06T12:26:13Z", 0, -1},
    {"2018-00-06T12:26:13Z", 0, -1},
    {"2018-10-00T12:26:13Z", 0, -1},
    {"2018-04-31T12:26:13Z", 0, -1},
    {"2018-10-6T12:26:13Z", 0, -1},
    {"2018-10-06", 0, -1},
    /* digits: seconds, milliseconds, and a fraction of either */
    {"1538828773", 1538828773000, 0},
    {"1538828773.123", 1538828773123, 0},
    {"1583831889050", 1583831889050, 0},
    {"1592411992203.0", 1592411992203, 0},
    {"0", 0, 0},
    {"", 0, -1},
    {".", 0, -1},
    {"1e12", 0, -1},
    {"-1", 0, -1},
    {"1.2.3", 0, -1},
    {"now", 0, -1},
    {"99999999999999999999", 0, -1},
};

static void reads_every_spelling(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(spellings); i++) {
        ms  at     = 4711;
        int result = when_parse(str_of(spellings[i].text), &at);

        if (result != spellings[i].result || at != (result ? 4711 : spellings[i].at))
            fail_msg("\"%s\" gave %d, %lld", spellings[i].text, result, (long long)at);
    }
}

static void tells_seconds_from_milliseconds(void **state)
{
    static const struct {
        double number;
        ms     at;
        int    result;
    } cases[] = {
        {0, 0, 0},
        {1538828773, 1538828773000, 0},
        {1538828773.1239, 1538828773124, 0},
        {99999999999.0, 99999999999000, 0}, /* the last that is seconds */
        {100000000000.0, 100000000000, 0},  /* the first that is not */
        {1583831889050.0, 1583831889050, 0},
        {253402300799999.0, 253402300799999, 0},
        {253402300800000.0, 0, -1},
        {-1, 0, -1},
        {1e300, 0, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ms  at     = 4711;
        int result = when_of_number(cases[i].number, &at);

        if (result != cases[i].result || at != (result ? 4711 : cases[i].at))
            fail_msg("%.17g gave %d, %lld", cases[i].number, result, (long long)at);
    }
}

static void shows_and_reads_back(void **state)
{
    static const struct {
        ms          at;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {1709164800000, "2024-02-29T00:00:00.000Z"},
        {1795246440123, "2026-11-21T07:34:00.123Z"},
        {253402300799999, "9999-12-31T23:59:59.999Z"},
        {-62167219200000, "0000-01-01T00:00:00.000Z"},
    };
    char text[WHEN_ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ms back = 0;

        when_render(cases[i].at, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(when_parse(str_of(text), &back), 0);
        assert_int_equal(back, cases[i].at);
    }
    when_render(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
    when_render(WHEN_UNKNOWN, text);
    assert_string_equal(text, "0000-01-01T00:00:00.000Z");
    /* Every day of four centuries, so that no leap rule is forgotten. */
    for (ms day = 0; day < 146097; day++) {
        ms back = 0;

        when_render(day * MS_DAY + 1, text);
        if (when_parse(str_of(text), &back) || back != day * MS_DAY + 1)
            fail_msg("%s", text);
    }
}

static void reads_spans(void **state)
{
    static const struct {
        const char *text;
        ms          span;
        int         result;
    } cases[] = {
        {"90s", 90000, 0}, {"15m", 900000, 0}, {"6h", 21600000, 0},   {"30d", 2592000000, 0},
        {"250ms", 250, 0}, {"5", 5000, 0},     {"0", 0, 0},           {"", 0, -1},
        {"s", 0, -1},      {"-5s", 0, -1},     {"5 s", 0, -1},        {"5S", 0, -1},
        {"1.5h", 0, -1},   {"5sec", 0, -1},    {"999999999d", 0, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ms  span   = 4711;
        int result = when_parse_span(str_of(cases[i].text), &span);

        if (result != cases[i].result || span != (result ? 4711 : cases[i].span))
            fail_msg("\"%s\" gave %d, %lld", cases[i].text, result, (long long)span);
    }
}

static void finds_the_bounds_of_a_stretch(void **state)
{
    static const struct {
        ms when, floor, ceil;
    } cases[] = {{0, 0, 0}, {1, 0, 10}, {9, 0, 10}, {10, 10, 10}, {-1, -10, 0}, {-10, -10, -10}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(when_floor(cases[i].when, 10), cases[i].floor);
        assert_int_equal(when_ceil(cases[i].when, 10), cases[i].ceil);
    }
}

static void moves_with_the_clock_file(void **state)
{
    char        path[] = "clock-XXXXXX";
    int         fd     = mkstemp(path);
    int64_t     shift  = 0;
    struct fail why    = FAIL_OK;
    ms          wall, steady;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, &shift, sizeof shift, 0), sizeof shift);
    assert_false(when_is_movable());
    CHECK_FAILS(when_use_file("there/is/no/such/file", &why), FAIL_INPUT, &why);
    CHECK_OK(when_use_file(path, &why), &why);
    assert_true(when_is_movable());
    wall   = when_now();
    steady = when_monotonic();
    shift  = MS_HOUR;
    assert_int_equal(pwrite(fd, &shift, sizeof shift, 0), sizeof shift);
    assert_in_range(when_now() - wall, MS_HOUR, MS_HOUR + MS_MINUTE);
    assert_in_range(when_monotonic() - steady, MS_HOUR, MS_HOUR + MS_MINUTE);
    shift = -MS_DAY;
    assert_int_equal(pwrite(fd, &shift, sizeof shift, 0), sizeof shift);
    assert_true(when_now() < wall);
    close(fd);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_spelling),
        cmocka_unit_test(tells_seconds_from_milliseconds),
        cmocka_unit_test(shows_and_reads_back),
        cmocka_unit_test(reads_spans),
        cmocka_unit_test(finds_the_bounds_of_a_stretch),
        cmocka_unit_test(moves_with_the_clock_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
