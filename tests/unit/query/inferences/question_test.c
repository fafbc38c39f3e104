#include "asking.h"

static void every_choice_is_read_with_its_negation(void **state)
{
    OWN(asking) asking              = ASKING_LIST;
    struct fail            why      = FAIL_OK;
    const struct question *question = &asking.question;

    (void)state;
    CHECK_OK(asking_read(&asking,
                         "namespace=/abc_corp/claim&model=doc,other&account=111122223333"
                         "&model_version=1,2&server_id=i-0abc&status=!succeeded&min_elapse_ms=3000"
                         "&max_elapse_ms=9000&from=2023-01-01T00:00:00Z&to=now&model=third",
                         &why),
             &why);
    CHECK_STR(question->namespace, "/abc_corp/claim");
    assert_int_equal(question->choices[QUESTION_MODEL].count, 3);
    CHECK_STR(question->choices[QUESTION_MODEL].values[2], "third");
    CHECK_STR(question->choices[QUESTION_ACCOUNT].values[0], "111122223333");
    assert_true(question->choices[QUESTION_STATUS].is_not);
    CHECK_STR(question->choices[QUESTION_STATUS].values[0], "succeeded");
    assert_false(question->choices[QUESTION_REGION].is_given);
    assert_int_equal(question->min_elapse_ms, 3000);
    assert_int_equal(question->max_elapse_ms, 9000);
    assert_int_equal(question->from, ASKING_NOW - MS_DAY);
    assert_int_equal(question->to, ASKING_NOW);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *query, *parameter;
        bool        is_summary;
    } cases[] = {
        {"namespace=abc", "namespace", false},
        {"namespace=/abc/", "namespace", false},
        {"namespace=", "namespace", false},
        {"model=a/b", "model", false},
        {"model=", "model", false},
        {"account=12", "account", false},
        {"account=1111222233334", "account", false},
        {"model_version=one", "model_version", false},
        {"model_version=-1", "model_version", false},
        {"model_version=1,,2", "model_version", false},
        {"deployment_id=1.5", "deployment_id", false},
        {"server_id=!", "server_id", false},
        {"environment=a&environment=!b", "environment", false},
        {"status=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "status", false},
        {"min_elapse_ms=slow", "min_elapse_ms", false},
        {"min_elapse_ms=-1", "min_elapse_ms", false},
        {"max_elapse_ms=2.5", "max_elapse_ms", false},
        {"min_elapse_ms=10&max_elapse_ms=9", "max_elapse_ms", false},
        {"from=yesterday", "from", false},
        {"to=soon", "to", false},
        {"since=often", "since", false},
        {"from=now&to=now-1h", "from", false},
        {"group_by=weather", "group_by", true},
        {"group_by=", "group_by", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(asking) asking = ASKING_LIST;
        struct fail why    = FAIL_OK;

        asking.question.is_summary = cases[i].is_summary;
        CHECK_FAILS(asking_read(&asking, cases[i].query, &why), FAIL_INPUT, &why);
        CHECK_STR(str_of(asking.params.fault_name), cases[i].parameter);
    }
}

static void a_summary_is_grouped_by_one_thing(void **state)
{
    static const char *const names[] = {"model",       "version", "deployment", "server",
                                        "environment", "status",  "endpoint"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        OWN(asking) asking = ASKING_SUMMARY;
        struct fail why    = FAIL_OK;
        char        query[64];

        (void)snprintf(query, sizeof query, "group_by=%s", names[i]);
        CHECK_OK(asking_read(&asking, query, &why), &why);
        CHECK_STR(str_of(question_by_name(asking.question.by)), names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_choice_is_read_with_its_negation),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(a_summary_is_grouped_by_one_thing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
