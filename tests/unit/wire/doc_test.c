#include "check.h"

#include "base/mem.h"
#include "wire/doc.h"

#include <math.h>
#include <string.h>

static const char EVENT[] =
    "{\"name\":\"demo\",\"count\":3,\"ratio\":0.5,\"on\":true,\"gone\":null,"
    "\"at\":\"2026-11-21T07:34:00Z\",\"epoch\":1700000000,"
    "\"list\":[1,\"two\",3.5],\"inner\":{\"b\":1,\"a\":2}}";

static void renders_what_it_parsed(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        "{\"a\":[],\"b\":{}}",
        "[1,-2,9223372036854775807,-9223372036854775808]",
        "[0.1,1.5,1e300,50.0]",
        "\"\\u0001\\n\\\"\\\\ \xc3\xa9\"",
        "[true,false,null]",
        "{\"z\":1,\"a\":2,\"m\":3}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct fail why  = FAIL_OK;
        OWN_PTR(doc) doc = doc_parse(str_of(texts[i]), &why);
        OWN(buf) out     = BUF_UP_TO(1000);

        assert_non_null(doc);
        CHECK_OK(doc_render(doc, &out, &why), &why);
        if (strstr(texts[i], "1e300"))
            CHECK_STR(buf_view(&out), "[0.1,1.5,1e+300,50.0]");
        else
            CHECK_STR(buf_view(&out), texts[i]);
    }
}

static void refuses_what_is_not_json(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } cases[] = {
        {"", "not JSON"},
        {"{\"a\":1,}", "not JSON"},
        {"{\"a\":1,\"a\":2}", "duplicate"},
        {"{\"a\":1} x", "not JSON"},
        {"\"\xc3\"", "not JSON"},
        {"\"\\ud800\"", "not JSON"},
        {"\"\\u0000\"", "not JSON"},
        {"[1e999]", "overflow"},
        {"[123456789012345678901234567890]", "too big"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why = FAIL_OK;

        assert_null(doc_parse(str_of(cases[i].text), &why));
        assert_int_equal(why.kind, FAIL_INPUT);
        if (!strstr(why.text, cases[i].said))
            fail_msg("%s: %s", cases[i].text, why.text);
    }
}

/* What was sent may be a secret, and what went wrong is logged. */
static void a_failure_never_quotes_what_it_read(void **state)
{
    static const char *const cases[] = {"{\"a\":\"hunter2\" \"hunter2\"}", "{\"a\" hunter2}",
                                        "[1 \"hunter2\"]", "{\"hunter2\":1,\"hunter2\":2}",
                                        "{\"a\":\"hunter2"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why = FAIL_OK;

        assert_null(doc_parse(str_of(cases[i]), &why));
        if (strstr(why.text, "hunter2"))
            fail_msg("case %zu: %s", i, why.text);
        assert_non_null(strstr(why.text, "(line 1, column "));
    }
}

static void depth_has_a_bound(void **state)
{
    struct fail why = FAIL_OK;
    char        text[400];

    (void)state;
    memset(text, '[', 200);
    memset(text + 200, ']', 200);
    assert_null(doc_parse(str_from(text, sizeof text), &why));
    assert_non_null(strstr(why.text, "64"));

    OWN_PTR(doc) fits = doc_parse(str_from(text + 136, 128), &why);
    assert_non_null(fits);
    OWN_PTR(doc) quoted = doc_parse(STR("\"[[[[[[[[[[\\\"[[[[\""), &why);
    assert_non_null(quoted);
}

static void absent_null_and_wrong_type_differ(void **state)
{
    struct fail why  = FAIL_OK;
    OWN_PTR(doc) doc = doc_parse(str_of(EVENT), &why);
    struct str text;
    int64_t    number;
    double     real;
    bool       is_on;
    ms         at;

    (void)state;
    assert_non_null(doc);
    CHECK_OK(doc_text(doc, "name", &text, &why), &why);
    CHECK_STR(text, "demo");
    CHECK_FAILS(doc_text(doc, "absent", &text, &why), FAIL_INPUT, &why);
    assert_string_equal(why.text, "absent is missing");
    CHECK_FAILS(doc_text(doc, "gone", &text, &why), FAIL_INPUT, &why);
    CHECK_FAILS(doc_text(doc, "count", &text, &why), FAIL_INPUT, &why);
    assert_string_equal(why.text, "count is not text");
    CHECK_OK(doc_text_or(doc, "gone", STR("other"), &text, &why), &why);
    CHECK_STR(text, "other");
    CHECK_FAILS(doc_text_or(doc, "list", STR("other"), &text, &why), FAIL_INPUT, &why);

    CHECK_OK(doc_int(doc, "count", &number, &why), &why);
    assert_int_equal(number, 3);
    CHECK_FAILS(doc_int(doc, "ratio", &number, &why), FAIL_INPUT, &why);
    CHECK_OK(doc_int_or(doc, "absent", 7, &number, &why), &why);
    assert_int_equal(number, 7);
    CHECK_OK(doc_real(doc, "count", &real, &why), &why);
    assert_true(real == 3.0);
    CHECK_OK(doc_real_or(doc, "absent", 1.5, &real, &why), &why);
    assert_true(real == 1.5);
    CHECK_FAILS(doc_real(doc, "name", &real, &why), FAIL_INPUT, &why);

    CHECK_OK(doc_bool_or(doc, "on", false, &is_on, &why), &why);
    assert_true(is_on);
    CHECK_OK(doc_bool_or(doc, "absent", true, &is_on, &why), &why);
    assert_true(is_on);
    CHECK_FAILS(doc_bool_or(doc, "count", true, &is_on, &why), FAIL_INPUT, &why);

    CHECK_OK(doc_time_or(doc, "at", 0, &at, &why), &why);
    assert_int_equal(at, 1795246440000);
    CHECK_OK(doc_time_or(doc, "epoch", 0, &at, &why), &why);
    assert_int_equal(at, 1700000000000);
    CHECK_OK(doc_time_or(doc, "absent", WHEN_UNKNOWN, &at, &why), &why);
    assert_true(at == WHEN_UNKNOWN);
    CHECK_FAILS(doc_time_or(doc, "name", 0, &at, &why), FAIL_INPUT, &why);
}

static int visit_names(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct buf *names = ctx;

    (void)value;
    buf_text(names, name);
    return strcmp(name, "stop") ? 0 : fail_set(why, FAIL_INPUT, "stopped");
}

static void members_items_and_visits(void **state)
{
    struct fail why        = FAIL_OK;
    OWN_PTR(doc) doc       = doc_parse(str_of(EVENT), &why);
    OWN_PTR(doc) built     = doc_object();
    OWN(buf) names         = BUF_UP_TO(100);
    const struct doc *list = doc_member(doc, "list");
    struct str        text;
    int64_t           number;
    double            real;

    (void)state;
    assert_true(doc_is_object(doc) && doc_is_array(list) && doc_count(list) == 3);
    assert_null(doc_member(doc, "gone"));
    assert_null(doc_member(list, "name"));
    assert_null(doc_member(NULL, "name"));
    assert_null(doc_item(list, 3));
    assert_int_equal(doc_count(doc), 0);
    assert_int_equal(doc_as_int(doc_item(list, 0), &number), 0);
    assert_int_equal(doc_as_text(doc_item(list, 0), &text), -1);
    assert_int_equal(doc_as_text(doc_item(list, 1), &text), 0);
    CHECK_STR(text, "two");
    assert_int_equal(doc_as_real(doc_item(list, 2), &real), 0);

    CHECK_OK(doc_each(doc_member(doc, "inner"), visit_names, &names, &why), &why);
    CHECK_STR(buf_view(&names), "ba");
    buf_clear(&names);
    doc_set_int(built, "x", 1);
    doc_set_int(built, "stop", 1);
    doc_set_int(built, "y", 1);
    CHECK_FAILS(doc_each(built, visit_names, &names, &why), FAIL_INPUT, &why);
    CHECK_STR(buf_view(&names), "xstop");
}

static struct doc *build(void)
{
    struct doc *doc  = doc_object();
    struct doc *list = doc_array();

    doc_set_text(doc, "text", STR("a\"b"));
    doc_set_text(doc, "bad", STR("x\xff\xc3y"));
    doc_set_text(doc, "none", STR_NONE);
    doc_set_int(doc, "int", -5);
    doc_set_real(doc, "real", 0.1);
    doc_set_real(doc, "nan", NAN);
    doc_set_bool(doc, "bool", true);
    doc_set_time(doc, "at", 0);
    doc_set_time(doc, "never", WHEN_UNKNOWN);
    doc_set(doc, "empty", doc_object());
    for (int i = 0; i < 10; i++)
        doc_add_real(list, i + 0.5);
    doc_add_text(list, STR("end"));
    doc_set(doc, "list", doc_copy(list));
    doc_free(list);
    doc_set_null(doc, "null");
    return doc;
}

static const char BUILT[] =
    "{\"text\":\"a\\\"b\",\"bad\":\"x\xef\xbf\xbd\xef\xbf\xbdy\",\"none\":null,\"int\":-5,\"real\":"
    "0.1,"
    "\"nan\":null,\"bool\":true,\"at\":\"1970-01-01T00:00:00.000Z\",\"never\":null,\"empty\":{},"
    "\"list\":[0.5,1.5,2.5,3.5,4.5,5.5,6.5,7.5,8.5,9.5,\"end\"],\"null\":null}";

static void builds_and_renders(void **state)
{
    struct fail why    = FAIL_OK;
    OWN_PTR(doc) doc   = build();
    OWN_PTR(doc) copy  = doc_copy(doc);
    OWN_PTR(doc) small = doc_object();
    OWN(buf) out       = BUF_UP_TO(4000);

    (void)state;
    CHECK_OK(doc_render(copy, &out, &why), &why);
    CHECK_STR(buf_view(&out), BUILT);
    buf_clear(&out);
    doc_set(small, "a", doc_array());
    doc_set(small, "b", doc_parse(STR("[1,{\"c\":2}]"), &why));
    CHECK_OK(doc_render_indented(small, &out, &why), &why);
    CHECK_STR(buf_view(&out),
              "{\n  \"a\": [],\n  \"b\": [\n    1,\n    {\n      \"c\": 2\n    }\n  ]\n}");

    OWN(buf) narrow = BUF_UP_TO(10);
    CHECK_FAILS(doc_render(doc, &narrow, &why), FAIL_SIZE, &why);
}

/* The n-th allocation fails, for every n: always an orderly answer, never half a document. */
static void without_memory_it_says_so(void **state)
{
    int failed = 0;

    (void)state;
    for (int after = 0; after <= 1; after++) {
        for (long n = 1;; n++) {
            struct fail why = FAIL_OK;
            OWN(buf) out    = BUF_UP_TO(4000);
            int  result;
            long asked;

            mem_fail_at(n, after);
            OWN_PTR(doc) doc = build();
            result           = doc_render(doc, &out, &why);
            asked            = mem_count();
            mem_fail_at(0, 0);
            if (asked < n)
                break;
            CHECK_FAILS(result, FAIL_MEMORY, &why);
            failed++;
        }
        for (long n = 1;; n++) {
            struct fail why = FAIL_OK;

            mem_fail_at(n, after);
            OWN_PTR(doc) doc = doc_parse(str_of(EVENT), &why);
            mem_fail_at(0, 0);
            if (doc)
                break;
            if (why.kind != FAIL_MEMORY)
                fail_msg("allocation %ld: %s", n, why.text);
            failed++;
        }
    }
    assert_true(failed > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_what_it_parsed),
        cmocka_unit_test(refuses_what_is_not_json),
        cmocka_unit_test(a_failure_never_quotes_what_it_read),
        cmocka_unit_test(depth_has_a_bound),
        cmocka_unit_test(absent_null_and_wrong_type_differ),
        cmocka_unit_test(members_items_and_visits),
        cmocka_unit_test(builds_and_renders),
        cmocka_unit_test(without_memory_it_says_so),
    };

    doc_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
