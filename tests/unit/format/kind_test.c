#include "check.h"

#include "format/kind.h"

static void every_kind_has_its_own_name(void **state)
{
    int kinds = 0;

    (void)state;
    for (int kind = -1; kind <= KIND_COUNT; kind++) {
        const struct kind_facts *facts = kind_facts((enum kind)kind);

        if (!facts)
            continue;
        kinds++;
        assert_int_equal(kind_of_name(str_of(facts->name)), kind);
        assert_int_equal(kind_is_job((enum kind)kind), kind < KIND_RESOURCES);
        assert_int_equal(facts->emf_prefix != NULL, kind < KIND_RESOURCES);
        assert_int_equal(facts->emf_job_type != NULL, kind < KIND_RESOURCES);
    }
    assert_int_equal(kinds, 26);
    assert_int_equal(kind_of_name(STR("nonsense")), KIND_NONE);
    assert_int_equal(kind_of_name(STR("")), KIND_NONE);
    assert_string_equal(kind_facts(KIND_TRAINING)->emf_job_type, "TRAINING_JOB");
    assert_string_equal(kind_facts(KIND_PROCESSING)->metrics_namespace,
                        "/aws/sagemaker/ProcessingJobs");
}

static void a_status_has_one_name_whatever_the_kind(void **state)
{
    (void)state;
    assert_string_equal(status_name(STR("failed")), "Failed");
    assert_string_equal(status_name(STR("IN_PROGRESS")), "InProgress");
    assert_string_equal(status_name(STR("maintenancecomplete")), "MaintenanceComplete");
    assert_null(status_name(STR("Fail")));
    assert_null(status_name(STR("")));
}

static void a_status_in_any_spelling(void **state)
{
    static const struct {
        enum kind   kind;
        const char *said, *name;
        int class, rank;
        bool is_failed;
    } cases[] = {
        {KIND_TRAINING, "InProgress", "InProgress", STATUS_PASSING, 10, false},
        {KIND_TRAINING, "IN_PROGRESS", "InProgress", STATUS_PASSING, 10, false},
        {KIND_TRAINING, "Completed", "Completed", STATUS_TERMINAL, STATUS_RANK_END, false},
        {KIND_TRAINING, "Failed", "Failed", STATUS_TERMINAL, STATUS_RANK_END, true},
        {KIND_TRAINING, "Deleting", "Deleting", STATUS_TERMINAL, 95, false},
        {KIND_TUNING, "DeleteFailed", "DeleteFailed", STATUS_TERMINAL, 96, true},
        {KIND_COMPILATION, "INPROGRESS", "InProgress", STATUS_PASSING, 10, false},
        {KIND_PIPELINE_EXECUTION, "Succeeded", "Succeeded", STATUS_TERMINAL, STATUS_RANK_END,
         false},
        {KIND_PIPELINE_STEP, "Starting", "Starting", STATUS_PASSING, 5, false},
        {KIND_ENDPOINT, "IN_SERVICE", "InService", STATUS_PASSING, 50, false},
        {KIND_ENDPOINT, "InService", "InService", STATUS_PASSING, 50, false},
        {KIND_ENDPOINT, "DELETED", "Deleted", STATUS_GONE, 99, false},
        {KIND_ENDPOINT, "UPDATE_ROLLBACK_FAILED", "UpdateRollbackFailed", STATUS_PASSING, 60, true},
        {KIND_FEATURE_GROUP, "Active", "Created", STATUS_PASSING, 50, false},
        {KIND_IMAGE, "Creating", "Creating", STATUS_PASSING, 10, false},
        {KIND_IMAGE, "CREATE_FAILED", "CreateFailed", STATUS_PASSING, 70, true},
        {KIND_IMAGE_VERSION, "CREATED", "Created", STATUS_PASSING, 50, false},
        {KIND_MODEL_PACKAGE, "Completed", "Completed", STATUS_TERMINAL, STATUS_RANK_END, false},
        {KIND_NOTEBOOK, "Deleted", "Deleted", STATUS_GONE, 99, false},
        {KIND_MODEL_CARD, "PendingReview", "PendingReview", STATUS_PASSING, 10, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct status_facts *facts = status_facts(cases[i].kind, str_of(cases[i].said));

        if (!facts)
            fail_msg("%s is not known", cases[i].said);
        assert_string_equal(facts->name, cases[i].name);
        assert_int_equal(facts->class, cases[i].class);
        assert_int_equal(facts->rank, cases[i].rank);
        assert_int_equal(facts->is_failed, cases[i].is_failed);
    }
}

static void what_is_no_status(void **state)
{
    (void)state;
    assert_null(status_facts(KIND_TRAINING, STR("Running")));
    assert_null(status_facts(KIND_TRAINING, STR("")));
    assert_null(status_facts(KIND_TRAINING, STR("___")));
    assert_null(status_facts(KIND_TRAINING, STR("Complete")));
    assert_null(status_facts(KIND_TRAINING, STR("Completedd")));
    assert_null(status_facts(KIND_PROCESSING, STR("Active")));
    assert_null(status_facts(KIND_MODEL, STR("Created")));
    assert_null(status_facts(KIND_OTHER, STR("Created")));
    assert_null(status_facts((enum kind)99, STR("Created")));
    assert_false(kind_has_status(KIND_ENDPOINT_CONFIG));
    assert_true(kind_has_status(KIND_LABELING));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_its_own_name),
        cmocka_unit_test(a_status_has_one_name_whatever_the_kind),
        cmocka_unit_test(a_status_in_any_spelling),
        cmocka_unit_test(what_is_no_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
