/* str: comparing, cutting and parsing borrowed text. */
#include "check.h"

#include <math.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void compares(void **state)
{
    static const struct {
        const char *a, *b;
        bool        is_same, is_same_nocase;
        int         order;
    } cases[] = {
        {"", "", true, true, 0},        {"a", "a", true, true, 0},     {"a", "A", false, true, 1},
        {"a", "b", false, false, -1},   {"a", "ab", false, false, -1}, {"ab", "a", false, false, 1},
        {"Z[", "z{", false, false, -1}, /* the neighbours of the letters are not letters */
        {"\xff", "a", false, false, 1}, /* bytes are unsigned */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str a = str_of(cases[i].a), b = str_of(cases[i].b);
        int        order = str_order(a, b);

        assert_int_equal(str_is(a, b), cases[i].is_same);
        assert_int_equal(str_is_text(a, cases[i].b), cases[i].is_same);
        assert_int_equal(str_is_nocase(a, b), cases[i].is_same_nocase);
        assert_int_equal((order > 0) - (order < 0), cases[i].order);
    }
    assert_true(str_is(STR_NONE, STR("")));
    assert_true(str_of(NULL).data == NULL);
}

static void finds_starts_ends_and_parts(void **state)
{
    struct str text = STR("pipeline/execution/p4jn");

    (void)state;
    assert_true(str_starts(text, STR("pipeline/")));
    assert_true(str_starts(text, STR("")));
    assert_false(str_starts(STR("pip"), text));
    assert_true(str_ends(text, STR("p4jn")));
    assert_false(str_ends(text, STR("P4JN")));
    CHECK_STR(str_part(text, 9, 9), "execution");
    CHECK_STR(str_part(text, 19, 1000), "p4jn");
    CHECK_STR(str_part(text, 1000, 5), "");
    CHECK_STR(str_part(STR_NONE, 0, 5), "");
    CHECK_STR(str_after_last(text, '/'), "p4jn");
    CHECK_STR(str_after_last(STR("no slash"), '/'), "no slash");
    CHECK_STR(str_after_last(STR("ends/"), '/'), "");
    CHECK_STR(str_trim(STR(" \t\r\n a b \n")), "a b");
    CHECK_STR(str_trim(STR(" \n ")), "");
}

static void cuts_into_pieces(void **state)
{
    static const struct {
        const char *text;
        const char *pieces[4];
        int         count;
    } cases[] = {
        {"", {""}, 1},          {"a", {"a"}, 1},
        {"a,b", {"a", "b"}, 2}, {",a,,", {"", "a", "", ""}, 4},
        {"a,", {"a", ""}, 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str rest  = str_of(cases[i].text), piece;
        int        count = 0;

        while (str_cut(&rest, ',', &piece)) {
            assert_true(count < cases[i].count);
            CHECK_STR(piece, cases[i].pieces[count++]);
        }
        assert_int_equal(count, cases[i].count);
    }
}

static void reads_whole_numbers_within_bounds(void **state)
{
    static const struct {
        const char *text;
        int64_t     least, most, value;
        int         result;
    } cases[] = {
        {"0", 0, 10, 0, 0},
        {"-5", -5, 10, -5, 0},
        {"007", 0, 10, 7, 0},
        {"9223372036854775807", 0, INT64_MAX, INT64_MAX, 0},
        {"9223372036854775808", 0, INT64_MAX, 0, -1},
        {"99999999999999999999", 0, INT64_MAX, 0, -1},
        {"11", 0, 10, 0, -1},
        {"-1", 0, 10, 0, -1},
        {"", 0, 10, 0, -1},
        {"-", -10, 10, 0, -1},
        {"+1", 0, 10, 0, -1},
        {" 1", 0, 10, 0, -1},
        {"1 ", 0, 10, 0, -1},
        {"1e3", 0, 10000, 0, -1},
        {"0x10", 0, 100, 0, -1},
        {"1.0", 0, 10, 0, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t value  = 4711;
        int     result = str_to_i64(str_of(cases[i].text), cases[i].least, cases[i].most, &value);

        if (result != cases[i].result)
            fail_msg("\"%s\" gave %d", cases[i].text, result);
        assert_int_equal(value, result ? 4711 : cases[i].value);
    }
}

static void reads_finite_fractions(void **state)
{
    static const struct {
        const char *text;
        double      value;
        int         result;
    } cases[] = {
        {"0", 0, 0},        {"1.5", 1.5, 0},
        {"-2e3", -2000, 0}, {"1592411992203.0", 1592411992203.0, 0},
        {"", 0, -1},        {" 1", 0, -1},
        {"1 ", 0, -1},      {"1,5", 0, -1},
        {"nan", 0, -1},     {"inf", 0, -1},
        {"1e999", 0, -1},   {"abc", 0, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        double value  = 0;
        int    result = str_to_double(str_of(cases[i].text), &value);

        if (result != cases[i].result || (result == 0 && fabs(value - cases[i].value) > 0))
            fail_msg("\"%s\" gave %d, %.17g", cases[i].text, result, value);
    }
}

static void knows_utf8(void **state)
{
    static const struct {
        const char *bytes;
        bool        is_well_formed;
    } cases[] = {
        {"", true},
        {"plain", true},
        {"gr\xc3\xbc\xc3\x9f", true},
        {"\xe2\x82\xac", true},      /* the euro sign */
        {"\xf0\x9f\x92\xa9", true},  /* beyond the first plane */
        {"\xf4\x8f\xbf\xbf", true},  /* U+10FFFF, the last */
        {"\xf4\x90\x80\x80", false}, /* one past it */
        {"\xed\x9f\xbf", true},      /* just below the surrogates */
        {"\xed\xa0\x80", false},     /* a surrogate */
        {"\xc0\x80", false},         /* overlong NUL */
        {"\xc1\xbf", false},         /* overlong */
        {"\xe0\x9f\xbf", false},     /* overlong */
        {"\xf0\x8f\xbf\xbf", false}, /* overlong */
        {"\x80", false},             /* a continuation alone */
        {"\xc3", false},             /* cut off */
        {"\xe2\x82", false},         /* cut off */
        {"\xc3(", false},            /* not continued */
        {"\xff", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (str_is_utf8(str_of(cases[i].bytes)) != cases[i].is_well_formed)
            fail_msg("case %zu", i);
}

static void hashes_the_same_for_ever(void **state)
{
    (void)state;
    assert_int_equal(str_hash(STR("us-east-1"), 0), str_hash(STR("us-east-1"), 0));
    assert_int_not_equal(str_hash(STR("us-east-1"), 0), str_hash(STR("us-east-1"), 1));
    assert_int_not_equal(str_hash(STR("a"), 0), str_hash(STR("b"), 0));
    assert_int_not_equal(str_hash(STR(""), 0), str_hash(str_from("\0", 1), 0));
    /* Stored in databases: these two figures must never change. */
    assert_int_equal(str_hash(STR(""), 0), 0x8570e250fe4c2473u);
    assert_int_equal(str_hash(STR("0a15f67d-aa23-0123-0123-01a23w89r01t"), 7), 0x36be02b9713508eeu);
}

static void copies_into_c_strings(void **state)
{
    char out[4] = "xyz";

    (void)state;
    assert_int_equal(str_to_c(STR("four"), out, sizeof out), -1);
    assert_string_equal(out, "xyz"); /* written only on success */
    assert_int_equal(str_to_c(str_from("a\0b", 3), out, sizeof out), -1);
    assert_int_equal(str_to_c(STR("abc"), out, sizeof out), 0);
    assert_string_equal(out, "abc");
    assert_int_equal(str_to_c(STR_NONE, out, sizeof out), 0);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares),
        cmocka_unit_test(finds_starts_ends_and_parts),
        cmocka_unit_test(cuts_into_pieces),
        cmocka_unit_test(reads_whole_numbers_within_bounds),
        cmocka_unit_test(reads_finite_fractions),
        cmocka_unit_test(knows_utf8),
        cmocka_unit_test(hashes_the_same_for_ever),
        cmocka_unit_test(copies_into_c_strings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
