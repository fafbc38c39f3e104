#include "check.h"

#include "base/fail.h"
#include "format/namespace.h"

static void only_one_form_of_a_path_is_taken(void **state)
{
    static const struct {
        const char *path, *why; /* NULL: taken */
    } cases[] = {
        {"/abc_corp", NULL},
        {"/abc_corp/claim/doc_classification", NULL},
        {"/A.b/c-d/e#1", NULL},
        {"", "begins with '/'"},
        {"abc/claim", "begins with '/'"},
        {"/", "does not end with '/'"},
        {"/abc/", "does not end with '/'"},
        {"/abc//claim", "is empty"},
        {"/abc/./claim", "no segment"},
        {"/abc/..", "no segment"},
        {"/abc/a b", "byte 2 of 'a b'"},
        {"/abc/a%b", "byte 2"},
        {"/abc/\xc3\xa9", "byte 1"},
    };
    char        long_path[NAMESPACE_MOST + 2];
    struct fail wrong = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why    = FAIL_OK;
        int         result = namespace_check(str_of(cases[i].path), &why);

        if ((result == 0) != (cases[i].why == NULL))
            fail_msg("'%s': %s", cases[i].path, why.text);
        if (cases[i].why && !strstr(why.text, cases[i].why))
            fail_msg("'%s': %s", cases[i].path, why.text);
    }
    memset(long_path, 'a', sizeof long_path);
    long_path[0] = '/';
    assert_int_equal(namespace_check(str_from(long_path, NAMESPACE_MOST), &wrong), 0);
    assert_int_equal(namespace_check(str_from(long_path, NAMESPACE_MOST + 1), &wrong), -1);
    assert_int_equal(namespace_check_name(STR("doc_classification"), &wrong), 0);
    assert_int_equal(namespace_check_name(STR("a/b"), &wrong), -1);
    assert_int_equal(namespace_check_name(STR(""), &wrong), -1);
}

static void a_subtree_ends_at_a_segment(void **state)
{
    static const struct {
        const char *tree, *path;
        bool        holds;
    } cases[] = {
        {"/abc_corp/claim", "/abc_corp/claim", true},
        {"/abc_corp/claim", "/abc_corp/claim/doc", true},
        {"/abc_corp/claim", "/abc_corp/claims", false},
        {"/abc_corp/claim", "/abc_corp/claims/doc", false},
        {"/abc_corp/claim", "/abc_corp", false},
        {"/abc_corp/claim", "/abcXcorp/claim", false},
        {"/abc_corp/claim", "/ABC_corp/claim", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (namespace_holds(str_of(cases[i].tree), str_of(cases[i].path)) != cases[i].holds)
            fail_msg("'%s' in '%s'", cases[i].path, cases[i].tree);
}

static void a_path_is_a_namespace_and_a_name(void **state)
{
    struct str parent, name;

    (void)state;
    assert_int_equal(namespace_cut(STR("/abc_corp/claim/doc"), &parent, &name), 0);
    CHECK_STR(parent, "/abc_corp/claim");
    CHECK_STR(name, "doc");
    assert_int_equal(namespace_cut(STR("/doc"), &parent, &name), -1);
    assert_int_equal(namespace_cut(STR("doc"), &parent, &name), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_one_form_of_a_path_is_taken),
        cmocka_unit_test(a_subtree_ends_at_a_segment),
        cmocka_unit_test(a_path_is_a_namespace_and_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
