#include "asking.h"

#include "query/inferences/elastic.h"
#include "wire/doc.h"

/* The members that clauses of one kind name, in their order, with the values of "terms". */
static const struct doc *clause(const struct doc *clauses, const char *kind, const char *member)
{
    for (size_t i = 0; i < doc_count(clauses); i++) {
        const struct doc *found = doc_member(doc_member(doc_item(clauses, i), kind), member);

        if (found)
            return found;
    }
    return NULL;
}

static struct doc *render(const char *query, bool is_summary)
{
    OWN(asking) asking = ASKING_LIST;
    OWN(buf) text      = BUF_UP_TO(64 * 1024);
    struct fail why    = FAIL_OK;
    struct doc *doc;

    asking.question.is_summary = is_summary;
    CHECK_OK(asking_read(&asking, query, &why), &why);
    elastic_render(&asking.question, &text);
    doc = doc_parse(buf_view(&text), &why);
    if (!doc)
        fail_msg("%s: %s", why.text, buf_c(&text));
    return doc;
}

static void check_text(const struct doc *object, const char *member, const char *expected)
{
    struct fail why = FAIL_OK;
    struct str  got;

    CHECK_OK(doc_text(object, member, &got, &why), &why);
    CHECK_STR(got, expected);
}

static void the_slow_query_is_one_bool_with_half_open_times(void **state)
{
    OWN_PTR(doc)
    doc                      = render("namespace=/abc_corp/claim&model=doc_classification"
                                                           "&min_elapse_ms=3000&since=24h&to=now&status=!succeeded",
                                      false);
    const struct doc *query  = doc_member(doc, "query");
    const struct doc *bools  = doc_member(query, "bool");
    const struct doc *filter = doc_member(bools, "filter");
    const struct doc *times  = clause(filter, "range", "start_at");
    struct fail       why    = FAIL_OK;
    struct str        value;
    int64_t           number;

    (void)state;
    assert_null(doc_member(query, "term")); /* two clauses side by side are refused */
    assert_null(doc_member(query, "range"));
    check_text(doc_member(doc_item(filter, 0), "term"), "type", "inference_transaction");
    assert_int_equal(doc_as_text(doc_item(clause(filter, "terms", "model_name"), 0), &value), 0);
    CHECK_STR(value, "doc_classification");
    check_text(times, "gte", "2023-01-01T00:00:00.000Z");
    check_text(times, "lt", "2023-01-02T00:00:00.000Z");
    assert_null(doc_member(times, "lte"));
    CHECK_OK(doc_int(clause(filter, "range", "elapse"), "gte", &number, &why), &why);
    assert_int_equal(number, 3000);
    assert_non_null(clause(doc_member(bools, "must_not"), "terms", "status"));
    CHECK_OK(doc_int(doc, "size", &number, &why), &why);
    assert_int_equal(number, 20);
    check_text(doc_member(doc_item(doc_member(doc, "sort"), 0), "start_at"), "order", "desc");
}

static void a_namespace_ends_at_a_slash(void **state)
{
    OWN_PTR(doc) doc         = render("namespace=/abc_corp/claim", false);
    const struct doc *filter = doc_member(doc_member(doc_member(doc, "query"), "bool"), "filter");
    const struct doc *should = doc_member(doc_member(doc_item(filter, 1), "bool"), "should");

    (void)state;
    check_text(doc_member(doc_item(should, 0), "term"), "namespace", "/abc_corp/claim");
    check_text(doc_member(doc_item(should, 1), "prefix"), "namespace", "/abc_corp/claim/");
    assert_int_equal(doc_count(should), 3);
}

static void a_summary_asks_for_no_hits_but_groups(void **state)
{
    OWN_PTR(doc) doc         = render("group_by=version", true);
    OWN_PTR(doc) plain       = render("model=doc", true);
    const struct doc *groups = doc_member(doc_member(doc, "aggs"), "groups");
    struct fail       why    = FAIL_OK;
    int64_t           size;

    (void)state;
    CHECK_OK(doc_int(doc, "size", &size, &why), &why);
    assert_int_equal(size, 0);
    assert_non_null(doc_member(doc_item(doc_member(doc_member(groups, "composite"), "sources"), 2),
                               "model_version"));
    assert_non_null(doc_member(doc_member(doc_member(groups, "aggs"), "elapse_ms"), "percentiles"));
    assert_non_null(doc_member(doc_member(doc_member(plain, "aggs"), "elapse_ms"), "percentiles"));
}

static void hostile_values_stay_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ASKING_HOSTILE; i++) {
        OWN(asking) asking               = ASKING_LIST;
        OWN(buf) text                    = BUF_UP_TO(64 * 1024);
        struct fail             why      = FAIL_OK;
        struct question_choice *statuses = &asking.question.choices[QUESTION_STATUS];
        struct str              value;

        CHECK_OK(asking_read(&asking, "to=now", &why), &why);
        statuses->is_given  = true;
        statuses->count     = 1;
        statuses->values[0] = str_of(asking_hostile[i]);
        elastic_render(&asking.question, &text);

        OWN_PTR(doc) doc = doc_parse(buf_view(&text), &why);
        const struct doc *filter =
            doc_member(doc_member(doc_member(doc, "query"), "bool"), "filter");

        assert_int_equal(doc_as_text(doc_item(clause(filter, "terms", "status"), 0), &value), 0);
        CHECK_STR(value, asking_hostile[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slow_query_is_one_bool_with_half_open_times),
        cmocka_unit_test(a_namespace_ends_at_a_slash),
        cmocka_unit_test(a_summary_asks_for_no_hits_but_groups),
        cmocka_unit_test(hostile_values_stay_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
