#include "check.h"

#include "base/buf.h"
#include "base/own.h"
#include "format/compose.h"
#include "format/flaws.h"
#include "format/merge.h"
#include "wire/doc.h"

#include <string.h>

static void flaws_past_the_room_are_only_counted(void **state)
{
    struct flaws flaws  = FLAWS_NONE;
    struct fail  why    = FAIL_OK;
    OWN(buf) text       = BUF_UP_TO(16384);
    struct compose json = compose_into(&text);

    (void)state;
    assert_int_equal(flaws_fail(&flaws, &why), 0);
    for (int i = 0; i < FLAWS_MOST + 4; i++)
        assert_int_equal(flaws_add(&flaws, "/a", "missing", "'a' is needed"), -1);
    assert_int_equal(flaws.count, FLAWS_MOST + 4);
    assert_int_equal(flaws_fail(&flaws, &why), -1);
    assert_int_equal(why.kind, FAIL_INPUT);
    assert_string_equal(why.text, "/a: 'a' is needed (and 19 more)");
    flaws.count = 1;
    flaws_compose(&flaws, &json, NULL);
    assert_string_equal(buf_c(&text),
                        "[{\"pointer\":\"/a\",\"code\":\"missing\",\"detail\":\"'a' is needed\"}]");
}

static void only_immutable_fields_are_a_clash(void **state)
{
    struct flaws flaws = FLAWS_NONE;
    struct fail  why   = FAIL_OK;

    (void)state;
    assert_false(flaws_are(&flaws, "immutable-field"));
    (void)flaws_add(&flaws, "/a", "immutable-field", "no");
    assert_true(flaws_are(&flaws, "immutable-field"));
    assert_int_equal(flaws_fail(&flaws, &why), -1);
    assert_int_equal(why.kind, FAIL_CLASH);
    (void)flaws_add(&flaws, "/b", "missing", "no");
    assert_int_equal(flaws_fail(&flaws, &why), -1);
    assert_int_equal(why.kind, FAIL_INPUT);
}

static void pointers_are_escaped_and_cut(void **state)
{
    char pointer[FLAW_POINTER_ROOM], item[FLAW_POINTER_ROOM], name[300];

    (void)state;
    flaws_pointer(pointer, "/tags", STR("a/b~c"));
    assert_string_equal(pointer, "/tags/a~1b~0c");
    flaws_pointer_at(item, pointer, 7);
    assert_string_equal(item, "/tags/a~1b~0c/7");
    memset(name, '/', sizeof name);
    flaws_pointer(pointer, "", str_from(name, sizeof name));
    assert_true(strlen(pointer) < FLAW_POINTER_ROOM);
}

/* The examples of RFC 7396, appendix A, that are objects. */
static void a_merge_patch_merges(void **state)
{
    static const struct {
        const char *target, *patch, *merged;
    } cases[] = {
        {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
        {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
        {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
        {"{\"a\":\"foo\"}", "{\"b\":{\"c\":null}}", "{\"a\":\"foo\",\"b\":{}}"},
        {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
        {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
        {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why     = FAIL_OK;
        OWN_PTR(doc) target = doc_parse(str_of(cases[i].target), &why);
        OWN_PTR(doc) patch  = doc_parse(str_of(cases[i].patch), &why);
        OWN_PTR(doc) merged = merge_patch(target, patch, &why);
        OWN(buf) text       = BUF_UP_TO(1024);

        CHECK_OK(doc_render(merged, &text, &why), &why);
        assert_string_equal(buf_c(&text), cases[i].merged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flaws_past_the_room_are_only_counted),
        cmocka_unit_test(only_immutable_fields_are_a_clash),
        cmocka_unit_test(pointers_are_escaped_and_cut),
        cmocka_unit_test(a_merge_patch_merges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
