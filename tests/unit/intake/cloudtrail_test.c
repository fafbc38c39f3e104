#include "read_one.h"

#include "intake/cloudtrail.h"

#define TYPE "AWS API Call via CloudTrail"
#define CALL(name, parameters, more)                                                               \
    "{\"eventSource\":\"sagemaker.amazonaws.com\",\"eventName\":\"" name                           \
    "\",\"eventTime\":\"2026-03-02T07:59:58Z\",\"requestParameters\":" parameters                  \
    ",\"userIdentity\":{\"arn\":\"arn:aws:iam::1:user/mina\"}" more "}"

static const struct {
    const char *detail;
    enum kind   kind;
    const char *name, *status, *created_by;
} CASES[] = {
    {CALL("CreateTrainingJob", "{\"trainingJobName\":\"Job\"}", ""), KIND_TRAINING, "Job", "",
     "arn:aws:iam::1:user/mina"},
    {CALL("StopTrainingJob", "{\"trainingJobName\":\"Job\"}", ",\"readOnly\":false"), KIND_TRAINING,
     "Job", "", ""},
    {CALL("CreateCompilationJob", "{\"compilationJobName\":\"neo\"}", ""), KIND_COMPILATION, "neo",
     "InProgress", "arn:aws:iam::1:user/mina"},
    {CALL("StopCompilationJob", "{\"compilationJobName\":\"neo\"}", ""), KIND_COMPILATION, "neo",
     "Stopping", ""},
    {CALL("CreateAutoMLJobV2", "{\"autoMLJobName\":\"auto\"}", ""), KIND_AUTOML, "auto",
     "InProgress", "arn:aws:iam::1:user/mina"},
    {CALL("DeleteEndpoint", "{\"endpointName\":\"End\"}", ",\"responseElements\":null"),
     KIND_ENDPOINT, "End", "", ""},
    {CALL("UpdateModelPackage",
          "{\"modelPackageArn\":\"arn:aws:sagemaker:us-east-1:1:model-package/group/3\"}", ""),
     KIND_MODEL_PACKAGE, "group/3", "", ""},
    {CALL(
         "CreateModelPackage", "{\"modelPackageGroupName\":\"group\"}",
         ",\"responseElements\":{\"modelPackageArn\":\"arn:aws:sagemaker:us-east-1:1:model-package/"
         "group/4\"}"),
     KIND_MODEL_PACKAGE, "group/4", "", "arn:aws:iam::1:user/mina"},
    {CALL("StartPipelineExecution", "{\"pipelineName\":\"p\"}",
          ",\"responseElements\":{\"pipelineExecutionArn\":\"arn:aws:sagemaker:us-east-1:1:"
          "pipeline/p/"
          "execution/xyz\"}"),
     KIND_PIPELINE_EXECUTION, "xyz", "", "arn:aws:iam::1:user/mina"},
    {CALL("CreateTrainingJob", "{\"trainingJobName\":\"Job\"}",
          ",\"errorCode\":\"ResourceLimitExceeded\""),
     KIND_OTHER, "", "", ""},
    {CALL("DescribeTrainingJob", "{\"trainingJobName\":\"Job\"}", ""), KIND_OTHER, "", "", ""},
    {CALL("ListModels", "null", ",\"readOnly\":true"), KIND_OTHER, "", "", ""},
    {CALL("StopTrainingJob", "{\"trainingJobName\":\"Job\"}", ",\"readOnly\":true"), KIND_OTHER, "",
     "", ""},
    {CALL("PutRecord", "{\"featureGroupName\":\"f\"}", ",\"managementEvent\":false"), KIND_OTHER,
     "", "", ""},
    {CALL("CreateModel", "{\"modelName\":\"m\"}", ",\"managementEvent\":false"), KIND_OTHER, "", "",
     ""},
    {CALL("CreateTrainingJob", "{\"trainingJobName\":\"Job\"}",
          ",\"eventType\":\"AwsServiceEvent\""),
     KIND_OTHER, "", "", ""},
    {CALL("CreateTrainingJob", "null", ""), KIND_OTHER, "", "", ""},
    {"{\"eventSource\":\"amplify.amazonaws.com\",\"eventName\":\"CreateModel\","
     "\"requestParameters\":"
     "{\"modelName\":\"m\"}}",
     KIND_OTHER, "", "", ""},
    {"{}", KIND_OTHER, "", "", ""},
};

static void a_call_tells_what_it_is_about(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        OWN(one) one = {0};

        one_detail(&one, TYPE, CASES[i].detail);
        CHECK_TAKEN(&one);
        assert_true(one.news.is_known);
        if (one.news.kind != CASES[i].kind)
            fail_msg("%s: kind %d", CASES[i].detail, (int)one.news.kind);
        CHECK_STR(one.news.name, CASES[i].name);
        CHECK_STR(one.news.status, CASES[i].status);
        CHECK_STR(one.news.created_by, CASES[i].created_by);
        assert_int_equal(one.news.weight >= 0, CASES[i].status[0] != '\0');
        assert_false(one.news.is_terminal);
    }
}

static void the_object_lives_where_the_call_was_received(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_detail(
        &one, TYPE,
        CALL("CreateModel", "{\"modelName\":\"m\"}", ",\"recipientAccountId\":\"444455556666\""));
    CHECK_TAKEN(&one);
    assert_true(one.news.account == 444455556666);
    assert_true(one.news.version == 1772438398000);
}

static void a_malformed_recipient_changes_nothing(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_detail(&one, TYPE,
               CALL("CreateModel", "{\"modelName\":\"m\"}", ",\"recipientAccountId\":\"4\""));
    CHECK_TAKEN(&one);
    assert_true(one.news.account == 111122223333);
}

static void a_role_stands_in_for_a_missing_caller(void **state)
{
    OWN(one) one = {0};

    (void)state;
    one_detail(&one, TYPE,
               "{\"eventSource\":\"sagemaker.amazonaws.com\",\"eventName\":\"CreateModel\","
               "\"requestParameters\":{\"modelName\":\"m\"},\"userIdentity\":{\"sessionContext\":"
               "{\"sessionIssuer\":{\"arn\":\"arn:aws:iam::1:role/r\"}}}}");
    CHECK_TAKEN(&one);
    CHECK_STR(one.news.created_by, "arn:aws:iam::1:role/r");
}

static void no_call_is_listed_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < cloudtrail_call_count(); i++)
        for (size_t k = 0; k < i; k++)
            assert_false(str_is(cloudtrail_call_name(i), cloudtrail_call_name(k)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_tells_what_it_is_about),
        cmocka_unit_test(the_object_lives_where_the_call_was_received),
        cmocka_unit_test(a_malformed_recipient_changes_nothing),
        cmocka_unit_test(a_role_stands_in_for_a_missing_caller),
        cmocka_unit_test(no_call_is_listed_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
