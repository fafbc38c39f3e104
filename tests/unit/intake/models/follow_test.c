/* What events tell about where models come from, as edges of lineage, on both engines. */
#include "rows.h"

#include "base/buf.h"
#include "base/own.h"
#include "intake/apply.h"
#include "intake/read_one.h"
#include "store/lineage_list.h"
#include "store/scope.h"

enum { DEPTH = 10 };

#define ARN(tail) "arn:aws:sagemaker:us-east-1:111122223333:" tail
#define TRAINING "SageMaker Training Job State Change"
#define PACKAGE "SageMaker Model Package State Change"
#define MODEL "SageMaker Model State Change"
#define CONFIG "SageMaker Endpoint Config State Change"
#define ENDPOINT "SageMaker Endpoint State Change"
#define STEP "SageMaker Model Building Pipeline Execution Step Status Change"

/* Applies an event; how many milliseconds after the others it was made tells it apart. */
static void tell(struct rows *rows, const char *type, const char *detail, int n)
{
    static const struct store_policy policy = {.enrich_settle = 1000};
    struct fail                      why    = FAIL_OK;
    struct one                       one;
    char                             id[32];

    rows->batch.policy = &policy;
    one_detail(&one, type, detail);
    assert_int_equal(one.refused, 0);
    (void)snprintf(id, sizeof id, "event-%d", n);
    one.news.event_id = str_of(id);
    CHECK_OK(apply_event(&rows->batch, &one.news, STR("k"), &why) < 0 ? -1 : 0, &why);
    one_release(&one);
}

/* "train:in -> Job" for every edge, in the order of the walk. */
static void check_around(struct rows *rows, const char *key, int depth, const char *expected)
{
    const struct scope        all  = SCOPE_ALL;
    const struct lineage_walk walk = {&all, true, true, depth, LINEAGE_MOST_NODES};
    OWN(lineage_graph) graph       = LINEAGE_GRAPH_EMPTY;
    OWN(buf) text                  = BUF_UP_TO(64 << 10);
    struct fail why                = FAIL_OK;
    int         got = lineage_list_key(rows->db, rows->words, str_of(key), &walk, &graph, &why);

    CHECK_OK(got < 0 ? -1 : 0, &why);
    for (size_t i = 0; i < graph.tie_count; i++) {
        const struct lineage_tie *tie = &graph.ties[i];

        buf_str(&text, graph.items[tie->from].name);
        buf_format(&text, " -%d", tie->type);
        buf_text(&text, tie->detail.size ? ":" : "");
        buf_str(&text, tie->detail);
        buf_text(&text, "-> ");
        buf_str(&text, graph.items[tie->to].name);
        buf_char(&text, '\n');
    }
    assert_string_equal(buf_c(&text), expected);
}

static const struct {
    const char *type, *detail, *key, *edges;
} cases[] = {
    {TRAINING,
     "{\"TrainingJobName\":\"Job-1\",\"TrainingJobStatus\":\"Completed\",\"CreationTime\":1,"
     "\"AlgorithmSpecification\":{\"TrainingImage\":\"r/trainer:2\"},"
     "\"InputDataConfig\":[{\"ChannelName\":\"train\",\"DataSource\":{\"S3DataSource\":"
     "{\"S3Uri\":\"s3://b/in/\"}}},{\"ChannelName\":\"files\",\"DataSource\":{\"FileSystem"
     "DataSource\":{}}},7],\"OutputDataConfig\":{\"S3OutputPath\":\"s3://b/out/\"}}",
     ARN("training-job/job-1"),
     "trainer:2 -11-> Job-1\nb/in/ -9:train-> Job-1\nJob-1 -1-> b/out/Job-1/output/model.tar.gz\n"},
    {TRAINING,
     "{\"TrainingJobName\":\"Job-1\",\"TrainingJobStatus\":\"Failed\",\"CreationTime\":1,"
     "\"OutputDataConfig\":{\"S3OutputPath\":\"s3://b/out\"},\"TuningJobArn\":\"" ARN(
         "hyper-parameter-tuning-job/Tune") "\"}",
     ARN("training-job/job-1"), "tune -10-> Job-1\n"},
    {TRAINING,
     "{\"TrainingJobName\":\"Job-1\",\"TrainingJobStatus\":\"Stopped\",\"CreationTime\":1,"
     "\"ModelArtifacts\":{\"S3ModelArtifacts\":\"s3://b/said.tar.gz\"},"
     "\"OutputDataConfig\":{\"S3OutputPath\":\"s3://b/out\"}}",
     ARN("training-job/job-1"), "Job-1 -1-> b/said.tar.gz\n"},
    {TRAINING,
     "{\"TrainingJobName\":\"Job-1\",\"TrainingJobStatus\":\"InProgress\",\"CreationTime\":1,"
     "\"AlgorithmSpecification\":{\"TrainingImage\":\"r/trainer:2\"}}",
     ARN("training-job/job-1"), ""},
    {"SageMaker Processing Job State Change",
     "{\"ProcessingJobName\":\"P\",\"ProcessingJobStatus\":\"Completed\",\"CreationTime\":1,"
     "\"ProcessingInputs\":[{\"InputName\":\"raw\",\"S3Input\":{\"S3Uri\":\"s3://b/raw\"}}],"
     "\"ProcessingOutputConfig\":{\"Outputs\":[{\"S3Output\":{\"S3Uri\":\"s3://b/in/\"}}]}}",
     ARN("processing-job/p"), "b/raw -9:raw-> P\nP -1-> b/in/\n"},
    {"SageMaker Transform Job State Change",
     "{\"TransformJobName\":\"T\",\"TransformJobStatus\":\"Completed\",\"CreationTime\":1,"
     "\"ModelName\":\"M\",\"TransformOutput\":{\"S3OutputPath\":\"s3://b/scores\"}}",
     ARN("transform-job/t"), "M -9-> T\nT -1-> b/scores\n"},
    {STEP,
     "{\"stepName\":\"Train\",\"currentStepStatus\":\"Succeeded\",\"pipelineExecutionArn\":\"" ARN(
         "pipeline/P/execution/x1") "\",\"metadata\":{\"trainingJob\":{\"arn\":\"" ARN("training-"
                                                                                       "job/j") "\""
                                                                                                "}}"
                                                                                                "}",
     ARN("training-job/j"), "x1 -10:Train-> j\n"},
    {PACKAGE,
     "{\"ModelPackageGroupName\":\"G\",\"ModelPackageVersion\":4,\"ModelPackageStatus\":"
     "\"Completed\",\"CreationTime\":1,\"InferenceSpecification\":{\"Containers\":[{\"Image\":"
     "\"r/serve:1\",\"ModelDataUrl\":\"s3://b/m.tar.gz\"}]},\"MetadataProperties\":"
     "{\"GeneratedBy\":\"" ARN("training-job/Job-1") "\"}}",
     ARN("model-package/g/4"),
     "job-1 -2-> G/4\nserve:1 -11-> G/4\nb/m.tar.gz -2-> G/4\nG/4 -3-> 4\n"},
    {MODEL,
     "{\"ModelName\":\"M\",\"CreationTime\":1,\"PrimaryContainer\":{\"ModelDataSource\":"
     "{\"S3DataSource\":{\"S3Uri\":\"s3://b/m/\"}}},\"Containers\":[{\"ModelPackageName\":\"" ARN(
         "model-package/G/4") "\"},{\"ModelPackageName\":\"lone\"}]}",
     ARN("model/m"), "lone -6-> M\ng/4 -6-> M\nb/m/ -6-> M\n"},
    {CONFIG,
     "{\"EndpointConfigName\":\"C\",\"CreationTime\":1,\"ProductionVariants\":[{\"VariantName\":"
     "\"blue\",\"ModelName\":\"M\"},{\"VariantName\":\"green\",\"ModelName\":\"M\"}],"
     "\"ShadowProductionVariants\":[{\"VariantName\":\"shade\",\"ModelName\":\"N\"}]}",
     ARN("endpoint-config/c"), "N -7:shade-> C\nM -7:blue-> C\nM -7:green-> C\n"},
    {ENDPOINT,
     "{\"EndpointName\":\"E\",\"EndpointStatus\":\"UPDATING\",\"CreationTime\":1,"
     "\"EndpointConfigName\":\"C\",\"PendingDeploymentSummary\":{\"EndpointConfigName\":\"D\"}}",
     ARN("endpoint/e"), "D -8-> E\nC -8-> E\n"},
    {ENDPOINT, "{\"EndpointName\":\"E\",\"EndpointStatus\":\"IN_SERVICE\",\"CreationTime\":1}",
     ARN("endpoint/e"), ""},
    /* Nothing of it has the type it should have. */
    {MODEL, "{\"ModelName\":\"M\",\"PrimaryContainer\":[{\"Image\":\"x\"}],\"Containers\":{}}",
     ARN("model/m"), ""},
    {PACKAGE,
     "{\"ModelPackageName\":\"lone\",\"InferenceSpecification\":7,\"MetadataProperties\":"
     "{\"GeneratedBy\":\"somebody\"}}",
     ARN("model-package/lone"), ""},
};

static void each_kind_tells_its_edges(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rows *rows = *state;

        if (i) {
            rows_tear_down(state);
            rows_set_up(state);
        }
        tell(rows, cases[i].type, cases[i].detail, 1);
        tell(rows, cases[i].type, cases[i].detail, 2); /* said again */
        check_around(rows, cases[i].key, 1, cases[i].edges);
    }
}

static const struct {
    const char *type, *detail;
} chain[] = {
    {TRAINING, "{\"TrainingJobName\":\"J\",\"TrainingJobStatus\":\"Completed\",\"CreationTime\":1,"
               "\"OutputDataConfig\":{\"S3OutputPath\":\"s3://b\"}}"},
    {PACKAGE, "{\"ModelPackageGroupName\":\"G\",\"ModelPackageVersion\":4,\"CreationTime\":1,"
              "\"InferenceSpecification\":{\"Containers\":[{\"ModelDataUrl\":"
              "\"s3://b/J/output/model.tar.gz\"}]}}"},
    {MODEL, "{\"ModelName\":\"M\",\"CreationTime\":1,\"PrimaryContainer\":{\"ModelPackageName\":"
            "\"" ARN("model-package/g/4") "\"}}"},
    {CONFIG, "{\"EndpointConfigName\":\"C\",\"CreationTime\":1,\"ProductionVariants\":"
             "[{\"VariantName\":\"v\",\"ModelName\":\"M\"}]}"},
    {ENDPOINT, "{\"EndpointName\":\"E\",\"EndpointStatus\":\"IN_SERVICE\",\"CreationTime\":1,"
               "\"EndpointConfigName\":\"C\"}"},
};
enum { CHAIN = sizeof chain / sizeof chain[0] };

/* Which nodes are there, which of them stubs, and how they are called: all of it. */
static void dump(struct rows *rows, struct buf *out)
{
    const struct scope        all  = SCOPE_ALL;
    const struct lineage_walk walk = {&all, true, true, DEPTH, LINEAGE_MOST_NODES};
    OWN(lineage_graph) graph       = LINEAGE_GRAPH_EMPTY;
    struct fail why                = FAIL_OK;

    assert_int_equal(
        lineage_list_key(rows->db, rows->words, STR(ARN("training-job/j")), &walk, &graph, &why),
        1);
    for (size_t i = 0; i < graph.count; i++) {
        if (graph.items[i].type == LINEAGE_VERSION || graph.items[i].type == LINEAGE_DEPLOYMENT)
            continue; /* told in their own tests */
        buf_format(out, "%d:%s%.*s ", graph.items[i].steps, graph.items[i].resource_id ? "" : "?",
                   STR_ARG(graph.items[i].name));
    }
}

static void any_order_gives_one_lineage(void **state)
{
    static const int orders[][CHAIN] = {
        {0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}, {3, 1, 4, 0, 2}, {1, 4, 0, 3, 2}};
    struct rows *rows = *state;

    for (size_t o = 0; o < sizeof orders / sizeof orders[0]; o++) {
        OWN(buf) text = BUF_UP_TO(4096);

        if (o) {
            rows_tear_down(state);
            rows_set_up(state);
        }
        for (int i = 0; i < CHAIN; i++)
            tell(rows, chain[orders[o][i]].type, chain[orders[o][i]].detail, i);
        dump(rows, &text);
        assert_string_equal(buf_c(&text), "0:J 1:?b/J/output/model.tar.gz 2:G/4 3:M 4:C 5:E ");
    }
}

static void stubs_turn_into_what_is_known(void **state)
{
    struct rows *rows = *state;
    OWN(buf) text     = BUF_UP_TO(4096);

    for (int i = CHAIN - 1; i >= 1; i--)
        tell(rows, chain[i].type, chain[i].detail, i);
    check_around(rows, ARN("endpoint/e"), DEPTH,
                 "C -8-> E\nM -7:v-> C\nG/4 -6-> M\nb/J/output/model.tar.gz -2-> G/4\n");
    tell(rows, chain[0].type, chain[0].detail, 0);
    dump(rows, &text);
    assert_string_equal(buf_c(&text), "0:J 1:?b/J/output/model.tar.gz 2:G/4 3:M 4:C 5:E ");
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(each_kind_tells_its_edges),
    ROWS_TEST(any_order_gives_one_lineage),
    ROWS_TEST(stubs_turn_into_what_is_known),
};

ROWS_MAIN("follow", tests)
