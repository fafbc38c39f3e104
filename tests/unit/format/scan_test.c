#include "check.h"

#include "base/mem.h"
#include "base/own.h"
#include "format/scan.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *text;
    int         result;
} readable[] = {
    {"null", 0},
    {" [ ] ", 0},
    {"{}", 0},
    {"{\"a\":{\"b\":[1,2,{\"c\":null}]},\"d\":\"e\"}", 0},
    {"[1,-0,0.5,1e3,1E+3,-12.25e-2]", 0},
    {"\"\\u00e9\\ud83d\\ude00\\n\\/\\\\\\\"\"", 0},
    {"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", 0},
    {"[123456789012345678901234567890]", 0}, /* jansson refuses it; here it is a real */
    {"[1e-999]", 0},
    {"{\"a\":1,\"a\":2}", 0},
    {"\"a text of more than sixteen bytes, and more than thirty-two of them\"", 0},
    {"", -1},
    {" ", -1},
    {"[", -1},
    {"{", -1},
    {"{\"a\"", -1},
    {"{\"a\":", -1},
    {"{\"a\":1", -1},
    {"{\"a\":1,", -1},
    {"{\"a\":1,}", -1},
    {"[1,]", -1},
    {"[,1]", -1},
    {"[1 2]", -1},
    {"[1}", -1},
    {"{\"a\":1]", -1},
    {"{a:1}", -1},
    {"{\"a\" 1}", -1},
    {"{\"a\": }", -1},
    {"nul", -1},
    {"True", -1},
    {"01", -1},
    {"-", -1},
    {"1.", -1},
    {".5", -1},
    {"1e", -1},
    {"+1", -1},
    {"1e999", -1},
    {"[-1e999]", -1},
    {"\"", -1},
    {"\"\\\"", -1},
    {"\"\\x\"", -1},
    {"\"\\u12\"", -1},
    {"\"\\u0000\"", -1},
    {"\"\\ud800\"", -1},
    {"\"\\udc00\"", -1},
    {"\"\\ud800\\u0041\"", -1},
    {"\"\t\"", -1},
    {"\"a text of more than sixteen bytes with a \n line feed\"", -1},
    {"\"\xff\"", -1},
    {"\"\xc0\xaf\"", -1},
    {"\"\xed\xa0\x80\"", -1},
    {"\"\xf4\x90\x80\x80\"", -1},
    {"\"\xe2\x82\"", -1},
    {"\xef\xbb\xbf{}", -1},
    {"{} x", -1},
    {"{}{}", -1},
};

static void it_reads_what_the_rfc_allows(void **state)
{
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++) {
        int result = scan_read(&scan, str_of(readable[i].text), &why);

        if (result != readable[i].result)
            fail_msg("%s: %d, %s", readable[i].text, result, why.text);
        if (result)
            assert_int_equal(why.kind, FAIL_INPUT);
    }
}

/* The text stands at the very end of its memory, so that reading on is found out. */
static void every_head_of_a_text_is_refused(void **state)
{
    static const char whole[] =
        "{\"abcdefghijklmnop\":[\"\\u00e9\xc3\xa9 and sixteen more bytes\",-1.5e2,"
        "true,false,null,{}]}";
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;

    (void)state;
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        char *head = mem_raw(size ? size : 1);

        assert_non_null(head);
        memcpy(head, whole, size);
        CHECK_FAILS(scan_read(&scan, str_from(head, size), &why), FAIL_INPUT, &why);
        mem_free(head);
    }
    CHECK_OK(scan_read(&scan, str_of(whole), &why), &why);
}

static void depth_has_a_limit(void **state)
{
    char text[2 * 100000];
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;

    (void)state;
    memset(text, '[', sizeof text);
    CHECK_FAILS(scan_read(&scan, str_from(text, sizeof text), &why), FAIL_INPUT, &why);
    memset(text + SCAN_DEPTH, ']', SCAN_DEPTH);
    CHECK_OK(scan_read(&scan, str_from(text, SCAN_DEPTH * 2), &why), &why);
    memset(text, '[', SCAN_DEPTH + 1);
    memset(text + SCAN_DEPTH + 1, ']', SCAN_DEPTH + 1);
    CHECK_FAILS(scan_read(&scan, str_from(text, 2 * SCAN_DEPTH + 2), &why), FAIL_INPUT, &why);
}

static void members_and_items_are_found(void **state)
{
    OWN(scan) scan  = SCAN_EMPTY;
    OWN(buf) room   = BUF_UP_TO(1000);
    struct fail why = FAIL_OK;
    struct str  text;
    uint32_t    at, list;
    int64_t     number;

    (void)state;
    assert_non_null(buf_room(&room, 1000));
    CHECK_OK(
        scan_read(&scan,
                  STR("{\"a\":1,\"b\":{\"a\":7},\"\\u0061bc\":\"x\\ud83d\\ude00\\n\",\"a\":[4,5],"
                      "\"e\":[]}"),
                  &why),
        &why);
    list = scan_member(&scan, 0, "a"); /* the last one counts */
    assert_int_equal(scan_type(&scan, list), SCAN_ARRAY);
    CHECK_STR(scan_raw(&scan, list), "[4,5]");
    at = scan_first(&scan, list);
    assert_int_equal(scan_int(&scan, at, &number), 0);
    assert_int_equal(number, 4);
    at = scan_next(&scan, list, at);
    CHECK_STR(scan_raw(&scan, at), "5");
    assert_int_equal(scan_next(&scan, list, at), SCAN_NONE);
    assert_int_equal(scan_first(&scan, scan_member(&scan, 0, "e")), SCAN_NONE);
    assert_int_equal(scan_member(&scan, 0, "ab"), SCAN_NONE);
    assert_int_equal(scan_member(&scan, list, "a"), SCAN_NONE);
    at = scan_member(&scan, 0, "abc");
    assert_int_equal(scan_text(&scan, at, &room, &text), 0);
    CHECK_STR(text, "x\xf0\x9f\x98\x80\n");
    assert_int_equal(scan_text(&scan, list, &room, &text), -1);
    assert_int_equal(scan_first(&scan, 0), 1);
    at = scan_next(&scan, 0, scan_next(&scan, 0, 1));
    CHECK_STR(scan_raw(&scan, at), "\"b\"");
}

static void numbers_are_exact(void **state)
{
    static const struct {
        const char *text;
        int         result;
        int64_t     whole;
    } cases[] = {
        {"0", 0, 0},
        {"-0", 0, 0},
        {"3.0", 0, 3},
        {"1592411992203.0", 0, 1592411992203},
        {"9007199254740993", 0, 9007199254740993},
        {"9223372036854775807", 0, INT64_MAX},
        {"-9223372036854775807", 0, -INT64_MAX},
        {"9223372036854775808", -1, 0},
        {"123456789012345678901234567890", -1, 0},
        {"1e3", 0, 1000},
        {"1.5", -1, 0},
        {"1e300", -1, 0},
        {"\"1\"", -1, 0},
    };
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;
    int64_t     whole;
    double      real;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_OK(scan_read(&scan, str_of(cases[i].text), &why), &why);
        assert_int_equal(scan_int(&scan, 0, &whole), cases[i].result);
        if (!cases[i].result)
            assert_true(whole == cases[i].whole);
    }
    CHECK_OK(scan_read(&scan, STR("123456789012345678901234567890"), &why), &why);
    assert_int_equal(scan_number(&scan, 0, &real), 0);
    assert_true(fabs(real - 123456789012345678901234567890.0) < 1e14);
    CHECK_OK(scan_read(&scan, STR("-2.5e-3"), &why), &why);
    assert_int_equal(scan_number(&scan, 0, &real), 0);
    assert_true(fabs(real + 0.0025) < 1e-18);
}

/* A number as long as it likes is still a number, or too great. */
static void long_numbers_are_read(void **state)
{
    char digits[4000];
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;
    double      real;

    (void)state;
    memset(digits, '9', sizeof digits);
    CHECK_OK(scan_read(&scan, str_from(digits, 308), &why), &why);
    CHECK_FAILS(scan_read(&scan, str_from(digits, 309), &why), FAIL_INPUT, &why);
    digits[0] = '1';
    digits[1] = '.';
    CHECK_OK(scan_read(&scan, str_from(digits, sizeof digits), &why), &why);
    assert_int_equal(scan_number(&scan, 0, &real), 0);
    assert_true(fabs(real - 2) < 1e-12);
}

static void one_instant_in_every_spelling(void **state)
{
    static const struct {
        const char *text;
        ms          when;
        int         result;
    } cases[] = {
        {"1583831889050", 1583831889050, 0},
        {"1583831889050.0", 1583831889050, 0},
        {"1.58383188905e12", 1583831889050, 0},
        {"1583831889.05", 1583831889050, 0},
        {"\"1583831889050\"", 1583831889050, 0},
        {"\"1583831889.05\"", 1583831889050, 0},
        {"\"2020-03-10T09:18:09.050Z\"", 1583831889050, 0},
        {"\"2020-03-10T09:18:09.050999999Z\"", 1583831889050, 0},
        {"\"2020-03-10T10:18:09.05+01:00\"", 1583831889050, 0},
        {"\"2020-03-10T09:18:09.050\\u005a\"", 1583831889050, 0},
        {"null", WHEN_UNKNOWN, 0},
        {"\"\"", WHEN_UNKNOWN, 0},
        {"\"2020-03-10T09:18:09\"", WHEN_UNKNOWN, -1}, /* no zone */
        {"\"2020-02-30T09:18:09Z\"", WHEN_UNKNOWN, -1},
        {"\"soon\"", WHEN_UNKNOWN, -1},
        {"-5", WHEN_UNKNOWN, -1},
        {"1e300", WHEN_UNKNOWN, -1},
        {"true", WHEN_UNKNOWN, -1},
        {"{}", WHEN_UNKNOWN, -1},
        {"\"1970-01-01T00:00:00Z\"", 0, 0},
        {"\"2099-12-31T23:59:59Z\"", 4102444799000, 0},
        {"\"2016-12-31T23:59:60Z\"", 1483228800000, 0},
    };
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;
    char        text[100];
    ms          when;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(text, sizeof text, "[%s]", cases[i].text); /* short enough by sight */
        CHECK_OK(scan_read(&scan, str_of(text), &why), &why);
        if (scan_time(&scan, 1, &when) != cases[i].result || when != cases[i].when)
            fail_msg("%s: %lld", cases[i].text, (long long)when);
    }
    assert_int_equal(scan_time(&scan, SCAN_NONE, &when), 0);
    assert_true(when == WHEN_UNKNOWN);
}

static void the_same_value_in_other_words(void **state)
{
    static const struct {
        const char *a, *b;
        bool        is_same;
    } cases[] = {
        {"{\"a\":1,\"b\":[2,3]}", " { \"b\" : [ 2.0, 3e0 ], \"a\" : 1 } ", true},
        {"{\"a\":1,\"a\":2}", "{\"a\":2}", true},
        {"{\"\\u0061\":\"\\u00e9\"}", "{\"a\":\"\xc3\xa9\"}", true},
        {"9007199254740993", "9007199254740992", false},
        {"-0", "0", true},
        {"1e16", "10000000000000000", true},
        {"123456789012345678901234567890", "123456789012345678901234567890", true},
        {"0.1", "0.10", true},
        {"[1,2]", "[2,1]", false},
        {"[1]", "[1,1]", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":null}", false},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"null", "false", false},
        {"\"1\"", "1", false},
        {"{}", "[]", false},
    };
    OWN(scan) a     = SCAN_EMPTY;
    OWN(scan) b     = SCAN_EMPTY;
    struct fail why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_OK(scan_read(&a, str_of(cases[i].a), &why), &why);
        CHECK_OK(scan_read(&b, str_of(cases[i].b), &why), &why);
        if (scan_same(&a, 0, &b, 0) != cases[i].is_same || !scan_same(&a, 0, &a, 0))
            fail_msg("%s and %s", cases[i].a, cases[i].b);
    }
}

static void the_same_value_has_the_same_hash(void **state)
{
    static const struct {
        const char *a, *b;
        bool        is_same;
    } cases[] = {
        {"{\"a\":1,\"b\":[2,3]}", " { \"b\" : [ 2.0, 3e0 ], \"a\" : 1 } ", true},
        {"{\"\\u0061\":\"\\u00e9\"}", "{\"a\":\"\xc3\xa9\"}", true},
        {"-0", "0", true},
        {"0.1", "0.10", true},
        {"9007199254740993", "9007199254740992", false},
        {"[1,2]", "[2,1]", false},
        {"[1]", "[1,1]", false},
        {"[[1],2]", "[1,[2]]", false},
        {"{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":1}", false},
        {"{\"a\":\"b\"}", "{\"b\":\"a\"}", false},
        {"null", "false", false},
        {"\"1\"", "1", false},
        {"{}", "[]", false},
    };
    OWN(scan) a     = SCAN_EMPTY;
    OWN(scan) b     = SCAN_EMPTY;
    struct fail why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_OK(scan_read(&a, str_of(cases[i].a), &why), &why);
        CHECK_OK(scan_read(&b, str_of(cases[i].b), &why), &why);
        if ((scan_hash(&a, 0) == scan_hash(&b, 0)) != cases[i].is_same)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
    }
    CHECK_OK(scan_read(&a, STR("{\"a\":[1,null]}"), &why), &why);
    assert_true(scan_hash(&a, 0) == 5957013804780278870u); /* it is stored: it never changes */
}

static void no_memory_is_not_the_senders_fault(void **state)
{
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;

    (void)state;
    mem_fail_at(1, 1);
    CHECK_FAILS(scan_read(&scan, STR("[1,2]"), &why), FAIL_MEMORY, &why);
    mem_fail_at(0, 0);
    CHECK_OK(scan_read(&scan, STR("[1,2]"), &why), &why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reads_what_the_rfc_allows),
        cmocka_unit_test(every_head_of_a_text_is_refused),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(members_and_items_are_found),
        cmocka_unit_test(numbers_are_exact),
        cmocka_unit_test(long_numbers_are_read),
        cmocka_unit_test(one_instant_in_every_spelling),
        cmocka_unit_test(the_same_value_in_other_words),
        cmocka_unit_test(the_same_value_has_the_same_hash),
        cmocka_unit_test(no_memory_is_not_the_senders_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
