#include "check.h"

#include "api/grafana/values.h"
#include "base/own.h"
#include "wire/doc.h"

/* "a,b*" with '!' before them, or "all", "none said", "nothing". */
static void show(const struct grafana_values *values, struct buf *out)
{
    buf_clear(out);
    if (!values_restrict(values)) {
        buf_text(out, values->is_said ? "all" : "unsaid");
        return;
    }
    buf_text(out, values->is_not ? "!" : "");
    for (size_t i = 0; i < values->count; i++) {
        buf_text(out, i ? "," : "");
        buf_str(out, values->items[i].text);
        buf_text(out, values->items[i].is_prefix ? "*" : "");
    }
}

static void values_come_in_every_spelling(void **state)
{
    static const struct {
        const char *json, *shown;
    } cases[] = {
        {"\"Failed\"", "Failed"},
        {"\"(Failed|Stopped)\"", "Failed,Stopped"},
        {"[\"Failed\",\"Stopped\",\"Failed\"]", "Failed,Stopped"},
        {"[\"(Failed|Stopped)\"]", "Failed,Stopped"},
        {"\"algo\\\\.1\"", "algo.1"},
        {"\"\\\\/abc_corp\\\\/claim\"", "/abc_corp/claim"},
        {"\"(a\\\\|b|c\\\\\\\\)\"", "a|b,c\\"},
        {"\"\"", "unsaid"},
        {"null", "unsaid"},
        {"[]", "unsaid"},
        {"\".*\"", "all"},
        {"[\"a\",\".*\"]", "all"},
        {"\"$__all\"", "all"},
        {"\"demo-.*\"", "demo-*"},
        {"\"demo\\\\.*\"", "demo.*"},
        {"\"!Completed\"", "!Completed"},
        {"\"!(Completed|Failed)\"", "!Completed,Failed"},
        {"0.95", "0.95"},
        {"[3,\"4\"]", "3,4"},
        {"\"(|)\"", "unsaid"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail           why    = FAIL_OK;
        struct grafana_values values = {.count = 0};
        OWN(grafana_texts) texts     = GRAFANA_TEXTS_EMPTY;
        OWN_PTR(doc) doc             = doc_parse(str_of(cases[i].json), &why);
        OWN(buf) shown               = BUF_UP_TO(1024);

        CHECK_OK(values_add(&values, doc, &texts, &why), &why);
        show(&values, &shown);
        CHECK_STR(buf_view(&shown), cases[i].shown);
    }
}

static void what_is_no_value_is_refused(void **state)
{
    static const char *const cases[] = {"{}", "[[\"a\"]]", "[\"a\",\"!b\"]",
                                        "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail           why    = FAIL_OK;
        struct grafana_values values = {.count = 0};
        OWN(grafana_texts) texts     = GRAFANA_TEXTS_EMPTY;
        OWN_PTR(doc) doc             = doc_parse(str_of(cases[i]), &why);

        CHECK_FAILS(values_add(&values, doc, &texts, &why), FAIL_INPUT, &why);
    }
}

static void patterns_are_understood_or_refused(void **state)
{
    static const struct {
        const char *text, *shown; /* NULL: refused */
    } cases[] = {{"a", "a"},       {"^a$", "a"},          {"(a|b)", "a,b"},
                 {"a|b", "a,b"},   {"^(a|b.*)$", "a,b*"}, {".*", "all"},
                 {"a\\.b", "a.b"}, {"[a-z]", NULL},       {"a+", NULL},
                 {"a.*b.*", NULL}, {"(a|(b|c))", NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail           why    = FAIL_OK;
        struct grafana_values values = {.count = 0};
        OWN(grafana_texts) texts     = GRAFANA_TEXTS_EMPTY;
        OWN(buf) shown               = BUF_UP_TO(1024);
        struct str text              = str_of(cases[i].text);

        if (!cases[i].shown) {
            CHECK_FAILS(values_add_pattern(&values, text, &texts, &why), FAIL_INPUT, &why);
            continue;
        }
        CHECK_OK(values_add_pattern(&values, text, &texts, &why), &why);
        show(&values, &shown);
        CHECK_STR(buf_view(&shown), cases[i].shown);
    }
}

static void two_choices_narrow_each_other(void **state)
{
    static const struct {
        const char *one, *other, *shown;
        bool        is_tree;
    } cases[] = {
        {"(a|b)", "(b|c)", "b", false},
        {"a", "b", "", false},
        {"a", "", "a", false},
        {"", "a", "a", false},
        {".*", "a", "a", false},
        {"a", ".*", "a", false},
        {"(a|b)", "!a", "b", false},
        {"!a", "(a|b)", "b", false},
        {"!a", "!b", "!a,b", false},
        {"demo.*", "demo-1", "demo-1", false},
        {"/abc", "/abc/claim", "/abc/claim", true},
        {"/abc/claim", "/abc", "/abc/claim", true},
        {"/abc/claim", "/abc/claims", "", true},
        {"/abc", "/abc/claim", "", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail           why = FAIL_OK;
        struct grafana_values one = {.count = 0}, other = {.count = 0};
        OWN(grafana_texts) texts = GRAFANA_TEXTS_EMPTY;
        OWN(buf) shown           = BUF_UP_TO(1024);

        CHECK_OK(values_add_text(&one, str_of(cases[i].one), &texts, &why), &why);
        CHECK_OK(values_add_text(&other, str_of(cases[i].other), &texts, &why), &why);
        CHECK_OK(values_narrow(&one, &other, cases[i].is_tree, &why), &why);
        show(&one, &shown);
        CHECK_STR(buf_view(&shown), cases[i].shown);
    }
}

static void of_nodes_within_each_other_the_outer_stays(void **state)
{
    struct fail           why    = FAIL_OK;
    struct grafana_values values = {.count = 0};
    OWN(grafana_texts) texts     = GRAFANA_TEXTS_EMPTY;
    OWN(buf) shown               = BUF_UP_TO(1024);

    (void)state;
    CHECK_OK(values_add_text(&values, STR("(/a/b|/a/bc|/a/b/c|/d|/a/b/c/e)"), &texts, &why), &why);
    values_outermost(&values);
    show(&values, &shown);
    CHECK_STR(buf_view(&shown), "/a/b,/a/bc,/d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_in_every_spelling),
        cmocka_unit_test(what_is_no_value_is_refused),
        cmocka_unit_test(patterns_are_understood_or_refused),
        cmocka_unit_test(two_choices_narrow_each_other),
        cmocka_unit_test(of_nodes_within_each_other_the_outer_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
