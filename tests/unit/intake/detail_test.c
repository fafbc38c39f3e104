#include "read_one.h"

#include <dirent.h>

#define TRAINING "SageMaker Training Job State Change"
#define EXECUTION "SageMaker Model Building Pipeline Execution Status Change"
#define STEP "SageMaker Model Building Pipeline Execution Step Status Change"
#define ENVELOPE_TIME 1772438400000

static void one_instant_in_every_spelling_is_one_version(void **state)
{
    static const char *const spellings[] = {
        "1583831889050",
        "1583831889050.0",
        "\"1583831889050\"",
        "\"2020-03-10T09:18:09.050Z\"",
        "\"2020-03-10T09:18:09.050000000Z\"",
        "\"2020-03-10T10:18:09.05+01:00\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        char detail[300];
        OWN(one) one = {0};

        (void)snprintf(detail, sizeof detail,
                       "{\"TrainingJobName\":\"j\",\"CreationTime\":%s,\"LastModifiedTime\":%s,"
                       "\"TrainingStartTime\":%s}",
                       spellings[i], spellings[i], spellings[i]); /* short enough by sight */
        one_detail(&one, TRAINING, detail);
        CHECK_TAKEN(&one);
        assert_true(one.news.generation == 1583831889050);
        assert_true(one.news.version == 1583831889050);
        assert_true(one.news.started == 1583831889050);
        assert_true(one.news.ended == WHEN_UNKNOWN);
        assert_null(one.news.bad_time);
    }
}

static void both_forms_of_tags_are_one(void **state)
{
    static const struct {
        const char *form, *tags;
    } cases[] = {
        {"{\"a:b/c\":\"1\",\"d\":\"\"}", "{\"a:b/c\":\"1\",\"d\":\"\"}"},
        {"{ \"d\" : \"\" , \"a:b/c\" : \"1\" }", "{\"a:b/c\":\"1\",\"d\":\"\"}"},
        {"[{\"Key\":\"d\",\"Value\":\"\"},{\"Key\":\"a:b/c\",\"Value\":\"1\"}]",
         "{\"a:b/c\":\"1\",\"d\":\"\"}"},
        {"[{\"Value\":\"1\",\"Key\":\"\\u0061:b\\/c\"},{\"Key\":\"d\"}]",
         "{\"a:b/c\":\"1\",\"d\":\"\"}"},
        {"{\"a\":\"old\",\"a\":\"new\"}", "{\"a\":\"new\"}"},
        {"{\"\":\"x\",\"a\":null,\"b\":7}", "{\"a\":\"\",\"b\":\"7\"}"},
        {"[{\"Key\":\"\",\"Value\":\"x\"},5,{\"Key\":3}]", "{}"},
        {"{}", "{}"},
        {"[]", "{}"},
        {"{\"q\":\"\\\"\\u00e9\"}", "{\"q\":\"\\\"\xc3\xa9\"}"},
        {"{\"a\":{\"b\":1}}", "{\"a\":\"{\\\"b\\\":1}\"}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char detail[300];
        OWN(one) one = {0};

        (void)snprintf(detail, sizeof detail, "{\"TrainingJobName\":\"j\",\"Tags\":%s}",
                       cases[i].form); /* short enough by sight */
        one_detail(&one, TRAINING, detail);
        CHECK_TAKEN(&one);
        CHECK_STR(one.news.tags, cases[i].tags);
    }
}

static void no_tags_is_not_an_empty_list(void **state)
{
    static const char *const details[] = {"{\"TrainingJobName\":\"j\"}",
                                          "{\"TrainingJobName\":\"j\",\"Tags\":null}",
                                          "{\"TrainingJobName\":\"j\",\"Tags\":\"x\"}"};

    (void)state;
    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
        OWN(one) one = {0};

        one_detail(&one, TRAINING, details[i]);
        CHECK_TAKEN(&one);
        assert_null(one.news.tags.data);
    }
}

static void version_falls_back_step_by_step(void **state)
{
    static const struct {
        const char *type, *detail;
        ms          version;
    } cases[] = {
        {TRAINING,
         "{\"TrainingJobName\":\"j\",\"LastModifiedTime\":1700000000005,\"TrainingEndTime\":"
         "1700000000009}",
         1700000000005},
        {TRAINING,
         "{\"TrainingJobName\":\"j\",\"CreationTime\":1700000000001,\"TrainingStartTime\":"
         "1700000000002}",
         1700000000002},
        {TRAINING, "{\"TrainingJobName\":\"j\",\"CreationTime\":1700000000001}", 1700000000001},
        {TRAINING, "{\"TrainingJobName\":\"j\"}", ENVELOPE_TIME},
        {TRAINING, "{\"TrainingJobName\":\"j\",\"LastModifiedTime\":\"soon\"}", ENVELOPE_TIME},
        /* All events of an endpoint have its creation; it cannot order them. */
        {"SageMaker Endpoint State Change",
         "{\"EndpointName\":\"e\",\"EndpointStatus\":\"IN_SERVICE\",\"CreationTime\":"
         "1700000000001}",
         ENVELOPE_TIME},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(one) one = {0};

        one_detail(&one, cases[i].type, cases[i].detail);
        CHECK_TAKEN(&one);
        if (one.news.version != cases[i].version)
            fail_msg("%s: %lld", cases[i].detail, (long long)one.news.version);
    }
}

static void one_bad_time_does_not_fail_an_event(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_detail(&one, TRAINING,
               "{\"TrainingJobName\":\"j\",\"TrainingJobStatus\":\"Completed\",\"CreationTime\":"
               "\"soon\",\"TrainingEndTime\":1700000000009,\"TrainingStartTime\":\"\"}");
    CHECK_TAKEN(&one);
    assert_string_equal(one.news.bad_time, "CreationTime");
    assert_true(one.news.generation == WHEN_UNKNOWN && one.news.started == WHEN_UNKNOWN);
    assert_true(one.news.ended == 1700000000009);
    assert_true(one.news.is_terminal);
}

static void the_name_is_found_somewhere(void **state)
{
    static const struct {
        const char *type, *detail, *name;
    } cases[] = {
        {TRAINING, "{\"TrainingJobName\":\"Job\",\"TrainingJobArn\":\"arn:x/job\"}", "Job"},
        {TRAINING, "{\"TrainingJobName\":null,\"TrainingJobArn\":\"arn:x/job\"}", "job"},
        {TRAINING, "{\"TrainingJobName\":7}", "from-resources"},
        {"SageMaker Image Version State Change",
         "{\"ImageVersionArn\":\"arn:aws:sagemaker:r:1:image-version/torch/3\"}", "torch/3"},
        {"SageMaker Model Package State Change",
         "{\"ModelPackageArn\":\"arn:aws:sagemaker:r:1:model-package/group/3\"}", "group/3"},
        {"SageMaker Model Package State Change",
         "{\"ModelPackageName\":\"x\",\"ModelPackageGroupName\":\"group\",\"ModelPackageVersion\":"
         "4.0}",
         "group/4"},
        {"SageMaker Model Package State Change", "{\"ModelPackageName\":\"alone\"}", "alone"},
        {EXECUTION, "{\"pipelineExecutionArn\":\"arn:aws:sagemaker:r:1:pipeline/p/execution/x1\"}",
         "x1"},
        {STEP,
         "{\"pipelineExecutionArn\":\"arn:x:pipeline/p/execution/x1\",\"stepName\":\"Train\"}",
         "x1/Train"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(one) one = {0};

        one_detail(&one, cases[i].type, cases[i].detail);
        CHECK_TAKEN(&one);
        CHECK_STR(one.news.name, cases[i].name);
    }
}

static void a_step_without_its_execution_is_refused(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_detail(&one, STEP, "{\"stepName\":\"Train\"}");
    assert_int_equal(one.refused, 1);
}

static void status_is_read_in_any_spelling(void **state)
{
    static const struct {
        const char *type, *detail, *status;
        int         weight;
        bool        is_terminal, is_gone, is_unknown;
    } cases[] = {
        {"SageMaker Endpoint State Change", "{\"EndpointStatus\":\"IN_SERVICE\"}", "InService", 50,
         false, false, false},
        {"SageMaker Endpoint State Change", "{\"EndpointStatus\":\"InService\"}", "InService", 50,
         false, false, false},
        {"SageMaker Endpoint State Change", "{\"EndpointStatus\":\"DELETED\"}", "Deleted", 2099,
         false, true, false},
        {TRAINING, "{\"TrainingJobStatus\":\"Stopped\"}", "Stopped", 1090, true, false, false},
        {TRAINING, "{\"TrainingJobStatus\":\"Stopping\"}", "Stopping", 20, false, false, false},
        {TRAINING, "{\"TrainingJobStatus\":\"Deleting\"}", "Deleting", 1095, false, false, false},
        {TRAINING, "{\"TrainingJobStatus\":\"Dreaming\"}", "Dreaming", 1, false, false, true},
        {TRAINING, "{\"TrainingJobStatus\":null}", "", -1, false, false, false},
        {TRAINING, "{\"TrainingJobStatus\":5}", "", -1, false, false, false},
        {"SageMaker Model State Change", "{\"Status\":\"InService\"}", "", -1, false, false, false},
        {"SageMaker Model Package State Change", "{\"ModelPackageStatus\":\"Completed\"}",
         "Completed", 1090, false, false, false},
        {"SageMaker Tracking Server Create Failed", "{}", "CreateFailed", 70, false, false, false},
        {"SageMaker Tracking Server Maintenance In Progress", "{}", "MaintenanceInProgress", 40,
         false, false, false},
        {"SageMaker Tracking Server Deleted", "{}", "Deleted", 2099, false, true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(one) one = {0};

        one_detail(&one, cases[i].type, cases[i].detail);
        CHECK_TAKEN(&one);
        CHECK_STR(one.news.status, cases[i].status);
        assert_int_equal(one.news.weight, cases[i].weight);
        assert_int_equal(one.news.is_terminal, cases[i].is_terminal);
        assert_int_equal(one.news.is_gone, cases[i].is_gone);
        assert_int_equal(one.news.is_unknown_status, cases[i].is_unknown);
    }
}

static void a_retry_undoes_an_end_and_is_none(void **state)
{
    OWN(one) retry = {0};
    OWN(one) first = {0};

    (void)state;
    one_detail(
        &retry, EXECUTION,
        "{\"pipelineExecutionArn\":\"arn:x/e\",\"currentPipelineExecutionStatus\":\"Executing\","
        "\"previousPipelineExecutionStatus\":\"Failed\",\"executionStartTime\":"
        "\"2026-03-02T05:00:00Z\"}");
    assert_int_equal(retry.news.weight, 1010);
    assert_true(retry.news.version == ENVELOPE_TIME);
    assert_false(retry.news.is_terminal);
    one_detail(
        &first, EXECUTION,
        "{\"pipelineExecutionArn\":\"arn:x/e\",\"currentPipelineExecutionStatus\":\"Executing\","
        "\"previousPipelineExecutionStatus\":null,\"executionStartTime\":"
        "\"2026-03-02T05:00:00Z\"}");
    assert_int_equal(first.news.weight, 10);
    assert_true(first.news.version == ENVELOPE_TIME - 3 * MS_HOUR);
}

static void a_training_job_in_full(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_detail(
        &one, TRAINING,
        "{\"TrainingJobName\":\"j\",\"TrainingJobStatus\":\"Stopped\",\"SecondaryStatus\":"
        "\"MaxRuntimeExceeded\",\"HyperParameters\":{\"api_key\":\"secret\"},"
        "\"BillableTimeInSeconds\":90,\"TuningJobArn\":\"arn:tuning/t\",\"FailureReason\":\"late\","
        "\"ResourceConfig\":{\"InstanceType\":\"ml.m5.large\",\"InstanceCount\":2.0}}");
    CHECK_TAKEN(&one);
    CHECK_STR(one.news.secondary, "MaxRuntimeExceeded");
    CHECK_STR(one.news.parent, "arn:tuning/t");
    CHECK_STR(one.news.failure_reason, "late");
    CHECK_STR(one.news.instance_type, "ml.m5.large");
    assert_true(one.news.instance_count == 2 && one.news.billable_ms == 90000);
    assert_null(one.news.sizing.data);
}

static void instance_groups_are_summed(void **state)
{
    OWN(one) mixed = {0};
    OWN(one) alike = {0};

    (void)state;
    one_detail(
        &mixed, TRAINING,
        "{\"TrainingJobName\":\"j\",\"ResourceConfig\":{\"InstanceGroups\":[{\"InstanceType\":"
        "\"a\",\"InstanceCount\":1},{\"InstanceType\":\"b\",\"InstanceCount\":3}]}}");
    assert_null(mixed.news.instance_type.data);
    assert_true(mixed.news.instance_count == 4);
    assert_true(str_starts(mixed.news.sizing, STR("[{\"InstanceType\"")));
    one_detail(
        &alike, TRAINING,
        "{\"TrainingJobName\":\"j\",\"ResourceConfig\":{\"InstanceGroups\":[{\"InstanceType\":"
        "\"a\",\"InstanceCount\":1},{\"InstanceType\":\"a\",\"InstanceCount\":3}]}}");
    CHECK_STR(alike.news.instance_type, "a");
}

static void the_secondary_status_may_hide_in_its_history(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_detail(
        &one, TRAINING,
        "{\"TrainingJobName\":\"j\",\"SecondaryStatusTransitions\":[{\"Status\":\"Starting\"},"
        "{\"Status\":\"Interrupted\"}]}");
    CHECK_STR(one.news.secondary, "Interrupted");
}

static void reasons_are_gathered(void **state)
{
    static const struct {
        const char *type, *detail, *reason;
    } cases[] = {
        {"SageMaker Processing Job State Change", "{\"FailureReason\":\"a\",\"ExitMessage\":\"b\"}",
         "a; b"},
        {"SageMaker Processing Job State Change", "{\"FailureReason\":\"a\",\"ExitMessage\":\"a\"}",
         "a"},
        {"SageMaker Processing Job State Change", "{\"ExitMessage\":\"b\"}", "b"},
        {"SageMaker Model Package State Change",
         "{\"ModelPackageStatusDetails\":{\"ValidationStatuses\":[{\"FailureReason\":\"v\"},{}],"
         "\"ImageScanStatuses\":[{\"FailureReason\":\"i\"}]}}",
         "v; i"},
        {"SageMaker HyperPod Cluster State Change", "{\"FailureMessage\":\"full\"}", "full"},
        {"SageMaker HyperPod Cluster State Change", "{\"FailureMessage\":\"\"}", ""},
        {"SageMaker A2I HumanLoop Status Change",
         "{\"humanLoopName\":\"h\",\"failureCode\":\"C\",\"failureReason\":\"r\"}", "C: r"},
        {"SageMaker HyperPod Cluster Event",
         "{\"EventDetails\":{\"ClusterName\":\"c\",\"EventMetadata\":{\"Instance\":{"
         "\"FailureMessage\":"
         "\"m\"}}}}",
         "m"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(one) one = {0};

        one_detail(&one, cases[i].type, cases[i].detail);
        CHECK_TAKEN(&one);
        CHECK_STR(one.news.failure_reason, cases[i].reason);
    }
}

static void a_human_task_without_a_loop_has_no_row(void **state)
{
    OWN(one) task = {0};
    OWN(one) loop = {0};

    (void)state;
    one_detail(&task, "SageMaker Human Task Created",
               "{\"taskId\":\"7\",\"humanLoopStatus\":\"x\"}");
    CHECK_TAKEN(&task);
    assert_int_equal(task.news.kind, KIND_OTHER);
    assert_int_equal(task.news.weight, -1);
    assert_true(task.news.is_known && !task.news.name.size);
    one_detail(&loop, "SageMaker Human Task Created", "{\"humanLoopName\":\"h\"}");
    assert_int_equal(loop.news.kind, KIND_HUMAN_LOOP);
    CHECK_STR(loop.news.name, "h");
}

static void the_end_of_a_labeling_job_is_its_event(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_detail(&one, "SageMaker Ground Truth Labeling Job State Change",
               "{\"LabelingJobStatus\":\"Stopped\"}");
    CHECK_TAKEN(&one);
    assert_true(one.news.ended == ENVELOPE_TIME && one.news.is_terminal);
}

static void approval_and_stage_stand_apart(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_detail(&one, "SageMaker Model Package State Change",
               "{\"ModelPackageStatus\":\"Completed\",\"ModelApprovalStatus\":\"Rejected\","
               "\"ModelLifeCycle\":{\"Stage\":\"QA\"},\"MetadataProperties\":{\"GeneratedBy\":"
               "\"arn:e\"}}");
    CHECK_TAKEN(&one);
    CHECK_STR(one.news.approval, "Rejected");
    CHECK_STR(one.news.stage, "{\"Stage\":\"QA\"}");
    CHECK_STR(one.news.parent, "arn:e");
}

/* Our own samples: all are taken, all are known. */
static void every_sample_is_understood(void **state)
{
    DIR           *folder = opendir("tests/data/events");
    struct dirent *entry;
    int            count = 0;

    (void)state;
    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        OWN(one) one = {0};
        char path[400];

        if (!str_ends(str_of(entry->d_name), STR(".json")))
            continue;
        (void)snprintf(path, sizeof path, "tests/data/events/%s", entry->d_name); /* 256 at most */
        OWN(buf) text = check_file(path);
        one_read(&one, buf_view(&text));
        if (one.result || one.refused || !one.news.is_known || one.news.bad_time
            || one.news.is_unknown_status)
            fail_msg("%s: %s%s", path, one.why.text, one.reason.text);
        count++;
    }
    closedir(folder);
    assert_true(count > 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_instant_in_every_spelling_is_one_version),
        cmocka_unit_test(both_forms_of_tags_are_one),
        cmocka_unit_test(no_tags_is_not_an_empty_list),
        cmocka_unit_test(version_falls_back_step_by_step),
        cmocka_unit_test(one_bad_time_does_not_fail_an_event),
        cmocka_unit_test(the_name_is_found_somewhere),
        cmocka_unit_test(a_step_without_its_execution_is_refused),
        cmocka_unit_test(status_is_read_in_any_spelling),
        cmocka_unit_test(a_retry_undoes_an_end_and_is_none),
        cmocka_unit_test(a_training_job_in_full),
        cmocka_unit_test(instance_groups_are_summed),
        cmocka_unit_test(the_secondary_status_may_hide_in_its_history),
        cmocka_unit_test(reasons_are_gathered),
        cmocka_unit_test(a_human_task_without_a_loop_has_no_row),
        cmocka_unit_test(the_end_of_a_labeling_job_is_its_event),
        cmocka_unit_test(approval_and_stage_stand_apart),
        cmocka_unit_test(every_sample_is_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
