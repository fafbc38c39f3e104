/* Deployments that events tell of: the same from the same events, in whatever order they come, on
 * both engines. */
#include "rows.h"

#include "intake/apply.h"
#include "intake/models/endpoint.h"
#include "intake/read_one.h"
#include "store/models/deployment.h"
#include "store/models/rollout_log.h"
#include "store/page.h"
#include "store/retention.h"
#include "wire/db.h"

enum { ORDERS = 24, EVENTS = 11, DEPLOYMENTS_MOST = 8, TEXT_ROOM = 512, DETAIL_ROOM = 2048 };

static const int64_t FIRST_ACCOUNT = 111122220000;

#define ENDPOINT "SageMaker Endpoint State Change"
#define DEPLOYING "SageMaker Endpoint Deployment State Change"
#define ARN(tail) "arn:aws:sagemaker:us-east-1:%1$lld:" tail
#define ON_C1                                                                                      \
    "\"EndpointName\":\"Doc\",\"CreationTime\":1790000000000,\"EndpointConfigName\":\"C1\","       \
    "\"ProductionVariants\":[{\"VariantName\":\"A\",\"CurrentWeight\":1}],"
#define PACKAGE(number)                                                                            \
    "{\"ModelPackageGroupName\":\"doc\",\"ModelPackageVersion\":" number                           \
    ",\"ModelPackageArn\":\"" ARN(                                                                 \
        "model-package/doc/" number) "\",\"ModelPackageStatus\":"                                  \
                                     "\"Completed\",\"CreationTime\":1790000000000,"               \
                                     "\"InferenceSpecification\":{\"Containers\":"                 \
                                     "[{\"ModelDataUrl\":\"s3://%1$lld/" number "\"}]}}"

/* Version 1 runs; version 2 is tried as a canary, rolled back, and then takes it all. */
static const struct {
    const char *type, *detail;
} events[EVENTS] = {
    {"SageMaker Endpoint Config State Change",
     "{\"EndpointConfigName\":\"C1\",\"CreationTime\":1790000000000,\"ProductionVariants\":"
     "[{\"VariantName\":\"A\",\"ModelName\":\"M1\"}]}"},
    {"SageMaker Endpoint Config State Change",
     "{\"EndpointConfigName\":\"C2\",\"CreationTime\":1790000000000,\"ProductionVariants\":"
     "[{\"VariantName\":\"A\",\"ModelName\":\"M2\"}]}"},
    {"SageMaker Model State Change",
     "{\"ModelName\":\"M1\",\"CreationTime\":1790000000000,\"PrimaryContainer\":"
     "{\"ModelDataUrl\":\"s3://%1$lld/1\"}}"},
    {"SageMaker Model State Change",
     "{\"ModelName\":\"M2\",\"CreationTime\":1790000000000,\"Containers\":"
     "[{\"ModelPackageName\":\"" ARN("model-package/Doc/2") "\",\"Image\":\"r/serve:1\"}]}"},
    {"SageMaker Model Package State Change", PACKAGE("1")},
    {"SageMaker Model Package State Change", PACKAGE("2")},
    {ENDPOINT, "{" ON_C1 "\"EndpointStatus\":\"IN_SERVICE\",\"LastModifiedTime\":1790000010000}"},
    {DEPLOYING,
     "{" ON_C1 "\"EndpointStatus\":\"UPDATING\",\"LastModifiedTime\":1790000020000,"
     "\"PendingDeploymentSummary\":{\"EndpointConfigName\":\"C2\",\"ProductionVariants\":"
     "[{\"VariantName\":\"A\",\"CurrentInstanceCount\":1,\"DesiredInstanceCount\":4,"
     "\"VariantStatus\":[{\"Status\":\"Baking\",\"StartTime\":1790000025000}]}]}}"},
    {ENDPOINT, "{" ON_C1 "\"EndpointStatus\":\"ROLLING_BACK\",\"LastModifiedTime\":1790000030000}"},
    {ENDPOINT,
     "{\"EndpointName\":\"Doc\",\"CreationTime\":1790000000000,\"EndpointConfigName\":\"C2\","
     "\"ProductionVariants\":[{\"VariantName\":\"A\",\"CurrentWeight\":1}],"
     "\"EndpointStatus\":\"IN_SERVICE\",\"LastModifiedTime\":1790000040000}"},
    /* while it is made, an endpoint tells nothing of its variants */
    {ENDPOINT,
     "{\"EndpointName\":\"Doc\",\"CreationTime\":1790000000000,\"EndpointConfigName\":\"C1\","
     "\"EndpointStatus\":\"CREATING\",\"LastModifiedTime\":1790000005000}"},
};

static const char EXPECTED[] =
    "v1 C1/A created 5 promoted 10 traffic_shift:7500 25 promoted 30 retired 40\n"
    "v2 C2/A created 25 traffic_shift:2500 25 rolled_back 30 promoted 40\n";

static void tell_event(struct rows *rows, int64_t account, size_t at, const char *type,
                       const char *text)
{
    static const struct store_policy policy = {.enrich_settle = 1000};
    struct fail                      why    = FAIL_OK;
    struct one                       one;
    char                             detail[DETAIL_ROOM], id[32];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
    (void)snprintf(detail, sizeof detail, text, (long long)account);
#pragma GCC diagnostic pop
    rows->batch.policy = &policy;
    one_detail(&one, type, detail);
    assert_int_equal(one.refused, 0);
    (void)snprintf(id, sizeof id, "event-%zu", at);
    one.news.event_id = str_of(id);
    one.news.account  = account;
    CHECK_OK(apply_event(&rows->batch, &one.news, STR("k"), &why), &why);
    one_release(&one);
}

static void tell(struct rows *rows, int64_t account, size_t at)
{
    tell_event(rows, account, at, events[at].type, events[at].detail);
}

/* --- what came of it, as text --- */

struct seen {
    int64_t ids[DEPLOYMENTS_MOST];
    char    texts[DEPLOYMENTS_MOST][TEXT_ROOM];
    size_t  count;
};

static int see(void *ctx, const struct deployment_row *row, struct fail *why)
{
    struct seen *seen = ctx;

    (void)why;
    assert_true(seen->count < DEPLOYMENTS_MOST);
    CHECK_STR(row->endpoint, "Doc");
    seen->ids[seen->count] = row->id;
    (void)snprintf(seen->texts[seen->count++], TEXT_ROOM, "v%lld %.*s/%.*s",
                   (long long)row->version, STR_ARG(row->config), STR_ARG(row->variant));
    return 0;
}

static int see_entry(void *ctx, const struct rollout_item *item, struct fail *why)
{
    char  *text      = ctx;
    size_t size      = strlen(text);
    char   share[32] = "";

    (void)why;
    if (item->what == ROLLOUT_SHIFT)
        (void)snprintf(share, sizeof share, ":%lld", (long long)item->share);
    (void)snprintf(text + size, TEXT_ROOM - size, " %s%s %lld",
                   rollout_what_name((enum rollout_what)item->what), share,
                   (long long)(item->at - 1790000000000) / MS_SECOND);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void write_all(struct rows *rows, int64_t account, struct buf *out)
{
    const struct scope             all    = SCOPE_ALL;
    const struct deployment_filter filter = {
        .scope = &all, .at = INT64_MAX, .accounts = {true, false, 1, {account}}};
    const struct page page = {.limit = DEPLOYMENTS_MOST};
    struct seen       seen = {.count = 0};
    struct fail       why  = FAIL_OK;

    CHECK_OK(deployment_list(rows->db, rows->words, &filter, &page, see, &seen, &why), &why);
    for (size_t i = 0; i < seen.count; i++)
        CHECK_OK(rollout_log_list(rows->db, seen.ids[i], &(struct page){.limit = 100}, see_entry,
                                  seen.texts[i], &why),
                 &why);
    qsort(seen.texts, seen.count, TEXT_ROOM, by_text);
    for (size_t i = 0; i < seen.count; i++)
        buf_format(out, "%s\n", seen.texts[i]);
}

static void shuffle(size_t order[EVENTS], unsigned *seed)
{
    for (size_t i = EVENTS - 1; i > 0; i--) {
        size_t other, kept = order[i];

        *seed        = *seed * 1103515245u + 12345u;
        other        = (*seed >> 16) % (i + 1);
        order[i]     = order[other];
        order[other] = kept;
    }
}

static void the_same_events_in_any_order_give_the_same_deployments(void **state)
{
    struct rows *rows = *state;
    size_t       order[EVENTS];
    unsigned     seed = 7;

    for (size_t i = 0; i < EVENTS; i++)
        order[i] = i;
    for (int round = 0; round < ORDERS; round++) {
        OWN(buf) text = BUF_UP_TO(64 * 1024);

        for (size_t i = 0; i < EVENTS; i++)
            tell(rows, FIRST_ACCOUNT + round, order[i]);
        tell(rows, FIRST_ACCOUNT + round, order[0]); /* and once more */
        write_all(rows, FIRST_ACCOUNT + round, &text);
        if (!str_is_text(buf_view(&text), EXPECTED)) {
            for (size_t i = 0; i < EVENTS; i++)
                print_message("%zu ", order[i]);
            fail_msg("round %d:\n%s", round, buf_c(&text));
        }
        shuffle(order, &seed);
    }
}

static void without_a_version_there_is_no_deployment(void **state)
{
    struct rows *rows = *state;
    OWN(buf) text     = BUF_UP_TO(64 * 1024);

    for (size_t i = 0; i < EVENTS; i++)
        if (i != 4 && i != 5) /* the packages */
            tell(rows, FIRST_ACCOUNT, i);
    write_all(rows, FIRST_ACCOUNT, &text);
    assert_int_equal(text.size, 0);
}

static int64_t count_facts(struct rows *rows)
{
    struct fail  why  = FAIL_OK;
    struct stmt *stmt = db_prepare(rows->db, "SELECT COUNT(*) FROM endpoint_fact", &why);
    int64_t      count;

    assert_int_equal(stmt_step(stmt, &why), 1);
    count = col_int(stmt, 0);
    stmt_done(stmt);
    return count;
}

static void facts_go_with_their_endpoint_and_its_deployments_stay(void **state)
{
    struct rows           *rows  = *state;
    struct retention_sweep sweep = {.before = ROWS_NOW + MS_DAY, .most = 100};
    struct fail            why   = FAIL_OK;
    OWN(buf) before              = BUF_UP_TO(64 * 1024);
    OWN(buf) after               = BUF_UP_TO(64 * 1024);

    for (size_t i = 0; i < EVENTS; i++)
        tell(rows, FIRST_ACCOUNT, i);
    CHECK_OK(sums_flush(rows->sums, rows->db, &why), &why);
    CHECK_OK(retention_step(&rows->batch, &sweep, &why), &why);
    assert_int_not_equal(count_facts(rows), 0); /* it is in service */
    tell_event(rows, FIRST_ACCOUNT, EVENTS, ENDPOINT,
               "{\"EndpointName\":\"Doc\",\"CreationTime\":1790000000000,"
               "\"EndpointStatus\":\"DELETED\",\"LastModifiedTime\":1790000050000}");
    CHECK_OK(sums_flush(rows->sums, rows->db, &why), &why);
    write_all(rows, FIRST_ACCOUNT, &before);
    CHECK_OK(retention_step(&rows->batch, &sweep, &why), &why);
    assert_int_equal(count_facts(rows), 0);
    write_all(rows, FIRST_ACCOUNT, &after);
    assert_string_equal(buf_c(&after), buf_c(&before));
}

static void endpoints_are_told_apart_by_arn_where_there_is_one(void **state)
{
    static const struct {
        const char *endpoint;
        int64_t     account;
        const char *region, *key;
    } cases[] = {
        {"https://Doc.example.com/x", 111122223333, "eu-central-1", "https://Doc.example.com/x"},
        {"Doc", 0, "", "Doc"},
        {"Doc", 111122223333, "eu-central-1",
         "arn:aws:sagemaker:eu-central-1:111122223333:endpoint/doc"},
        {"arn:aws:sagemaker:eu-central-1:111122223333:endpoint/Doc", 0, "",
         "arn:aws:sagemaker:eu-central-1:111122223333:endpoint/doc"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) key = BUF_UP_TO(4096);

        deployments_endpoint_key(str_of(cases[i].endpoint), cases[i].account,
                                 str_of(cases[i].region), &key);
        CHECK_STR(buf_view(&key), cases[i].key);
    }
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(the_same_events_in_any_order_give_the_same_deployments),
    ROWS_TEST(without_a_version_there_is_no_deployment),
    ROWS_TEST(facts_go_with_their_endpoint_and_its_deployments_stay),
    ROWS_TEST(endpoints_are_told_apart_by_arn_where_there_is_one),
};

ROWS_MAIN("endpoint", tests)
