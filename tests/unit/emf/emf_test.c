/* collectors/emf/emf.c: the embedded metric format, held against its limits. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "base/own.h"
#include "emf/emf.h"
#include "wire/doc.h"

static const double one = 1;

struct taken {
    size_t     lines;
    struct buf last;
};

static void taken_release(struct taken *taken)
{
    buf_release(&taken->last);
}

static int take(void *ctx, struct str line, struct fail *why)
{
    struct taken *taken = ctx;

    taken->lines++;
    buf_clear(&taken->last);
    buf_str(&taken->last, line);
    assert_null(memchr(line.data, '\n', line.size));
    return buf_check(&taken->last, why);
}

#define TAKEN ((struct taken){0, BUF_UP_TO(1 << 20)})

static const struct emf_dimension account[] = {{"account", {"111122223333", 12}},
                                               {"jobType", {"TRAINING_JOB", 12}}};
static const struct emf_metric    total     = {
           .name = {"Total", 5}, .unit = "Count", .values = &one, .count = 1};

static struct emf_document plain(void)
{
    return (struct emf_document){.timestamp       = 1714557600000,
                                 .namespace       = STR("/sample/SageMakerMonitoring"),
                                 .dimensions      = account,
                                 .dimension_count = 2,
                                 .metrics         = &total,
                                 .metric_count    = 1};
}

static void the_golden_document(void **state)
{
    static const char *const both[] = {"account", "jobType"}, *const first[] = {"account"};
    const struct emf_dimension_set sets[]    = {{both, 2}, {first, 1}, {NULL, 0}};
    const double                   duration  = 5400000;
    const struct emf_metric        metrics[] = {
               {.name = STR("TrainingJobCount_Completed"), .unit = "Count", .values = &one, .count = 1},
               {.name               = STR("TrainingJob_Duration"),
                .unit               = "Milliseconds",
                .values             = &duration,
                .count              = 1,
                .is_high_resolution = true},
    };
    const struct emf_property properties[] = {
        {.name = STR("JobName"), .type = EMF_TEXT, .text = STR("d\xc3\xa9mo \"1\"")},
        {.name = STR("StartTime"), .type = EMF_INT, .number = 1714552200000},
        {.name = STR("Metrics"), .type = EMF_RAW, .text = STR("{\"algo-1\":{}}")},
    };
    struct emf_document document = plain();
    OWN(taken) taken             = TAKEN;
    struct fail why              = FAIL_OK;

    (void)state;
    document.log_group      = STR("group");
    document.sets           = sets;
    document.set_count      = 3;
    document.metrics        = metrics;
    document.metric_count   = 2;
    document.properties     = properties;
    document.property_count = 3;
    CHECK_OK(emf_render(&document, take, &taken, &why), &why);
    assert_int_equal(taken.lines, 1);
    CHECK_STR(buf_view(&taken.last),
              "{\"_aws\":{\"Timestamp\":1714557600000,\"LogGroupName\":\"group\","
              "\"CloudWatchMetrics\":[{\"Namespace\":\"/sample/SageMakerMonitoring\","
              "\"Dimensions\":[[\"account\",\"jobType\"],[\"account\"],[]],"
              "\"Metrics\":[{\"Name\":\"TrainingJobCount_Completed\",\"Unit\":\"Count\"},"
              "{\"Name\":\"TrainingJob_Duration\",\"Unit\":\"Milliseconds\","
              "\"StorageResolution\":1}]}]},"
              "\"account\":\"111122223333\",\"jobType\":\"TRAINING_JOB\","
              "\"TrainingJobCount_Completed\":1,\"TrainingJob_Duration\":5400000,"
              "\"JobName\":\"d\xc3\xa9mo \\\"1\\\"\",\"StartTime\":1714552200000,"
              "\"Metrics\":{\"algo-1\":{}}}");
}

static void many_metrics_make_more_documents(void **state)
{
    static const struct {
        size_t metrics, values, lines;
    } cases[] = {{0, 1, 1},   {1, 1, 1},   {100, 1, 1},  {101, 1, 2},
                 {1, 100, 1}, {1, 101, 2}, {201, 250, 9}};
    static char              names[201][8];
    static struct emf_metric metrics[201];
    static double            values[250];

    (void)state;
    for (size_t i = 0; i < 201; i++)
        snprintf(names[i], sizeof names[i], "m%zu", i);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct emf_document document = plain();
        OWN(taken) taken             = TAKEN;
        struct fail why              = FAIL_OK;

        for (size_t i = 0; i < cases[c].metrics; i++)
            metrics[i] = (struct emf_metric){.name   = str_of(names[i]),
                                             .unit   = "Percent",
                                             .values = values,
                                             .count  = cases[c].values};
        document.metrics      = metrics;
        document.metric_count = cases[c].metrics;
        CHECK_OK(emf_render(&document, take, &taken, &why), &why);
        assert_int_equal(taken.lines, cases[c].lines);
    }
}

static void only_metrics_with_values_left_go_on(void **state)
{
    static double           values[101];
    const struct emf_metric metrics[] = {
        {.name = STR("short"), .unit = "None", .values = values, .count = 3},
        {.name = STR("long"), .unit = "None", .values = values, .count = 101},
    };
    struct emf_document document = plain();
    OWN(taken) taken             = TAKEN;
    struct fail why              = FAIL_OK;

    (void)state;
    document.metrics      = metrics;
    document.metric_count = 2;
    CHECK_OK(emf_render(&document, take, &taken, &why), &why);
    OWN_PTR(doc) doc = doc_parse(buf_view(&taken.last), &why);
    assert_int_equal(taken.lines, 2);
    assert_null(doc_member(doc, "short"));
    assert_int_equal(doc_count(doc_member(doc, "long")), 1);
}

static void what_cloudwatch_would_drop_is_refused(void **state)
{
    static char                 long_name[252];
    static struct emf_dimension many[31];
    static const double         nan_value = NAN, huge = 3e108, inf = INFINITY;
    struct emf_document         cases[12];
    struct emf_metric           metrics[12];
    struct emf_dimension        one_dimension[12];
    struct emf_property         property  = {.name = STR("account"), .type = EMF_INT};
    static const char *const    unheard[] = {"unheard"};
    struct emf_dimension_set    set       = {unheard, 1};
    static char                 names[31][4];

    (void)state;
    memset(long_name, 'n', 251);
    for (size_t i = 0; i < 31; i++) {
        snprintf(names[i], sizeof names[i], "d%zu", i);
        many[i] = (struct emf_dimension){names[i], STR("v")};
    }
    for (size_t i = 0; i < 12; i++) {
        cases[i]                 = plain();
        metrics[i]               = total;
        cases[i].metrics         = &metrics[i];
        one_dimension[i]         = (struct emf_dimension){"d", STR("v")};
        cases[i].dimensions      = &one_dimension[i];
        cases[i].dimension_count = 1;
    }
    cases[0].namespace       = STR("AWS/Mine");
    cases[1].namespace       = STR("two words");
    cases[2].namespace       = STR(":x");
    cases[3].dimensions      = many;
    cases[3].dimension_count = 31;
    one_dimension[4].name    = long_name;
    one_dimension[5].value   = STR("   ");
    one_dimension[6].value   = STR("d\xc3\xa9mo");
    metrics[7].values        = &nan_value;
    metrics[8].values        = &huge;
    metrics[8].unit          = "Furlongs";
    metrics[9].values        = &inf;
    cases[10].sets           = &set;
    cases[10].set_count      = 1;
    cases[11]                = plain();
    cases[11].properties     = &property;
    cases[11].property_count = 1;
    for (size_t i = 0; i < 12; i++) {
        OWN(taken) taken = TAKEN;
        struct fail why  = FAIL_OK;

        if (emf_render(&cases[i], take, &taken, &why) == 0)
            fail_msg("case %zu was taken", i);
        assert_int_equal(why.kind, FAIL_INPUT);
        assert_int_equal(taken.lines, 0);
    }
    long_name[250]        = '\0'; /* 250 are allowed */
    one_dimension[4].name = long_name;
    {
        OWN(taken) taken = TAKEN;
        struct fail why  = FAIL_OK;

        CHECK_OK(emf_render(&cases[4], take, &taken, &why), &why);
    }
}

static void a_document_stays_under_its_size(void **state)
{
    static char         text[300000];
    struct emf_property property = {
        .name = STR("big"), .type = EMF_TEXT, .text = {text, sizeof text}};
    struct emf_document document = plain();
    OWN(taken) taken             = TAKEN;
    struct fail why              = FAIL_OK;

    (void)state;
    memset(text, 'x', sizeof text);
    document.properties     = &property;
    document.property_count = 1;
    CHECK_FAILS(emf_render(&document, take, &taken, &why), FAIL_SIZE, &why);
    property.text.size = 200000;
    CHECK_OK(emf_render(&document, take, &taken, &why), &why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_golden_document),
        cmocka_unit_test(many_metrics_make_more_documents),
        cmocka_unit_test(only_metrics_with_values_left_go_on),
        cmocka_unit_test(what_cloudwatch_would_drop_is_refused),
        cmocka_unit_test(a_document_stays_under_its_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
