/* Registered deployments and their groups, on both engines. */
#include "rows.h"

#include "store/models/deploy.h"
#include "store/models/model.h"
#include "store/models/rollout_log.h"
#include "store/models/version.h"
#include "store/page.h"

enum { VERSIONS = 3, ENTRIES_MOST = 16 };

static const ms T = 1790000000000; /* ROWS_NOW */

/* A model with versions 1 to 3. */
static int64_t make_model(struct rows *rows)
{
    const struct model_key key            = {0, 0, STR("/abc/claim/doc")};
    struct fail            why            = FAIL_OK;
    int64_t                id             = 0;
    const char *const      uris[VERSIONS] = {"s3://m/1", "s3://m/2", "s3://m/3"};

    CHECK_OK(model_make(&rows->batch, &key, STR("somebody"), &id, &why), &why);
    for (int number = 1; number <= VERSIONS; number++) {
        const struct artifact trained = {.name = STR("trained"), .uri = str_of(uris[number - 1])};
        const struct version_new version = {.artifacts = {&trained, 1}, .create_at = T};
        struct version_mark      mark;

        CHECK_OK(version_put(&rows->batch, id, &version, &mark, &why), &why);
    }
    return id;
}

/* What a test says of a new one. */
struct given {
    int64_t version, share, rollback_of;
    ms      at;
};

static int order(struct rows *rows, int64_t model, const struct given *given,
                 struct deployment *out, struct fail *why)
{
    OWN(buf) room                   = BUF_UP_TO(4096);
    const struct deploy_order order = {.share = given->share};

    *out = (struct deployment){.model_id    = model,
                               .version     = given->version,
                               .source      = ROLLOUT_BY_PEOPLE,
                               .created     = given->at,
                               .created_by  = STR("key:test"),
                               .rollback_of = given->rollback_of};
    if (!given->rollback_of) {
        out->environment = STR("prod");
        out->endpoint = out->endpoint_key = STR("https://doc.example.com/");
    }
    return deploy_make(&rows->batch, &order, out, &room, why);
}

static struct deployment made(struct rows *rows, int64_t model, struct given given)
{
    struct deployment out;
    struct fail       why = FAIL_OK;

    CHECK_OK(order(rows, model, &given, &out, &why), &why);
    return out;
}

static int say(struct rows *rows, int64_t model, int64_t number, struct deploy_say what,
               struct fail *why)
{
    OWN(buf) room = BUF_UP_TO(4096);
    struct deployment subject;

    assert_int_equal(deployment_find(&rows->batch, model, number, &room, &subject, why), 1);
    return deploy_say(&rows->batch, &subject, &what, why);
}

/* "1:v1 retired 0; 2:v2 active 10000": all that were there at a moment. */
struct told {
    struct buf  text;
    struct page page;
};

static int tell(void *ctx, const struct deployment_row *row, struct fail *why)
{
    struct told *told = ctx;

    (void)why;
    if (row->state && page_takes(&told->page, 0, row->id)) /* state 0: it was not there yet */
        buf_format(&told->text, "%s%lld:v%lld %s %lld", told->text.size ? "; " : "",
                   (long long)row->number, (long long)row->version,
                   rollout_state_name((enum rollout_state)row->state), (long long)row->share);
    return 0;
}

static void check_at(struct rows *rows, int64_t model, ms at, const char *expected)
{
    const struct scope             all    = SCOPE_ALL;
    const struct deployment_filter filter = {.scope = &all, .model_id = model, .at = at};
    struct told told = {.text = BUF_UP_TO(4096), .page = {.limit = ENTRIES_MOST}};
    struct fail why  = FAIL_OK;

    CHECK_OK(deployment_list(rows->db, rows->words, &filter, &told.page, tell, &told, &why), &why);
    if (!str_is_text(buf_view(&told.text), expected))
        fail_msg("at %lld: %s\nexpected: %s", (long long)(at - T), buf_c(&told.text), expected);
    buf_release(&told.text);
}

static void blue_gives_way_to_green(void **state)
{
    struct rows  *rows  = *state;
    const int64_t model = make_model(rows);
    struct fail   why   = FAIL_OK;

    (void)made(rows, model, (struct given){1, ROLLOUT_WHOLE, 0, T});
    (void)made(rows, model, (struct given){2, 0, 0, T + 10});
    CHECK_OK(say(rows, model, 2, (struct deploy_say){.what = ROLLOUT_PROMOTED, .at = T + 20}, &why),
             &why);
    check_at(rows, model, T - 1, "");
    check_at(rows, model, T, "1:v1 active 10000");
    check_at(rows, model, T + 10, "1:v1 active 10000; 2:v2 pending 0");
    check_at(rows, model, T + 20, "1:v1 retired 0; 2:v2 active 10000");
}

static void a_canary_takes_from_the_one_beside_it(void **state)
{
    struct rows  *rows  = *state;
    const int64_t model = make_model(rows);
    struct fail   why   = FAIL_OK;

    (void)made(rows, model, (struct given){1, ROLLOUT_WHOLE, 0, T});
    (void)made(rows, model, (struct given){2, 500, 0, T + 10});
    CHECK_OK(say(rows, model, 2,
                 (struct deploy_say){ROLLOUT_SHIFT, 2500, T + 20, STR_NONE, STR_NONE}, &why),
             &why);
    CHECK_OK(say(rows, model, 2, (struct deploy_say){.what = ROLLOUT_PROMOTED, .at = T + 30}, &why),
             &why);
    check_at(rows, model, T + 15, "1:v1 active 9500; 2:v2 active 500");
    check_at(rows, model, T + 25, "1:v1 active 7500; 2:v2 active 2500");
    check_at(rows, model, T + 35, "1:v1 retired 0; 2:v2 active 10000");
}

static void a_rollback_is_a_new_deployment_of_what_ran_before(void **state)
{
    struct rows      *rows  = *state;
    const int64_t     model = make_model(rows);
    struct fail       why   = FAIL_OK;
    struct deployment back;

    (void)made(rows, model, (struct given){1, ROLLOUT_WHOLE, 0, T});
    (void)made(rows, model, (struct given){3, ROLLOUT_WHOLE, 0, T}); /* of the same moment */
    back = made(rows, model, (struct given){0, ROLLOUT_WHOLE, 2, T + 10});
    assert_int_equal(back.number, 3);
    assert_int_equal(back.version, 1);
    check_at(rows, model, T + 10, "1:v1 retired 0; 2:v3 rolled_back 0; 3:v1 active 10000");
    CHECK_FAILS(order(rows, model, &(struct given){0, ROLLOUT_WHOLE, 9, T}, &back, &why),
                FAIL_CLASH, &why);
    CHECK_FAILS(order(rows, model, &(struct given){0, ROLLOUT_WHOLE, 2, T + 20}, &back, &why),
                FAIL_CLASH, &why); /* it was rolled back already */
}

static void a_canary_can_be_rolled_back_too(void **state)
{
    struct rows  *rows  = *state;
    const int64_t model = make_model(rows);

    (void)made(rows, model, (struct given){1, ROLLOUT_WHOLE, 0, T});
    (void)made(rows, model, (struct given){2, 500, 0, T + 10});
    (void)made(rows, model, (struct given){0, ROLLOUT_WHOLE, 2, T + 20});
    check_at(rows, model, T + 20, "1:v1 retired 0; 2:v2 rolled_back 0; 3:v1 active 10000");
}

static void one_that_failed_can_be_rolled_back(void **state)
{
    struct rows  *rows  = *state;
    const int64_t model = make_model(rows);
    struct fail   why   = FAIL_OK;

    (void)made(rows, model, (struct given){1, ROLLOUT_WHOLE, 0, T});
    (void)made(rows, model, (struct given){2, ROLLOUT_WHOLE, 0, T + 10});
    CHECK_OK(say(rows, model, 2, (struct deploy_say){.what = ROLLOUT_FAILED, .at = T + 20}, &why),
             &why);
    (void)made(rows, model, (struct given){0, ROLLOUT_WHOLE, 2, T + 30});
    check_at(rows, model, T + 30, "1:v1 retired 0; 2:v2 failed 0; 3:v1 active 10000");
}

static void what_contradicts_is_refused(void **state)
{
    struct rows      *rows  = *state;
    const int64_t     model = make_model(rows);
    struct fail       why   = FAIL_OK;
    struct deployment none;

    CHECK_FAILS(order(rows, model, &(struct given){9, 0, 0, T}, &none, &why), FAIL_CLASH, &why);
    (void)made(rows, model, (struct given){1, ROLLOUT_WHOLE, 0, T});
    CHECK_FAILS(
        say(rows, model, 1, (struct deploy_say){.what = ROLLOUT_FAILED, .at = T - 10}, &why),
        FAIL_CLASH, &why); /* before it was created */
    CHECK_OK(say(rows, model, 1, (struct deploy_say){.what = ROLLOUT_RETIRED, .at = T + 10}, &why),
             &why);
    CHECK_FAILS(say(rows, model, 1,
                    (struct deploy_say){ROLLOUT_SHIFT, 2500, T + 20, STR_NONE, STR_NONE}, &why),
                FAIL_CLASH, &why);
    CHECK_STR(str_of(why.text), "deployment 1: 'traffic_shift' follows 'retired', which is an end");
}

/* What an entry met is looked up, so an entry that comes late is met by those behind it. */
struct history {
    struct buf  text;
    struct page page;
};

static int write_item(void *ctx, const struct rollout_item *item, struct fail *why)
{
    struct history *history = ctx;

    (void)why;
    if (page_takes(&history->page, item->at, item->id))
        buf_format(&history->text, "%s%s(%s)", history->text.size ? " " : "",
                   rollout_what_name((enum rollout_what)item->what),
                   item->previous_state
                       ? rollout_state_name((enum rollout_state)item->previous_state)
                       : "-");
    return 0;
}

static void a_late_entry_finds_its_place(void **state)
{
    struct rows      *rows    = *state;
    const int64_t     model   = make_model(rows);
    struct fail       why     = FAIL_OK;
    struct history    history = {.text = BUF_UP_TO(4096), .page = {.limit = ENTRIES_MOST}};
    struct deployment one     = made(rows, model, (struct given){1, 0, 0, T});

    CHECK_OK(say(rows, model, 1, (struct deploy_say){.what = ROLLOUT_PROMOTED, .at = T + 30}, &why),
             &why);
    CHECK_OK(say(rows, model, 1,
                 (struct deploy_say){ROLLOUT_SHIFT, 500, T + 10, STR_NONE, STR("late")}, &why),
             &why);
    check_at(rows, model, T + 20, "1:v1 active 500");
    check_at(rows, model, T + 30, "1:v1 active 10000");
    CHECK_OK(rollout_log_list(rows->db, one.id, &history.page, write_item, &history, &why), &why);
    CHECK_STR(buf_view(&history.text), "created(-) traffic_shift(pending) promoted(active)");
    buf_release(&history.text);
}

static void ways_have_many_spellings(void **state)
{
    static const struct {
        const char *said;
        int64_t     method, strategy;
    } cases[] = {
        {"self hosted ECS", DEPLOY_ECS, 0},
        {"self-hosted-ecs", DEPLOY_ECS, 0},
        {"ecs", DEPLOY_ECS, 0},
        {"AWS Lambda", DEPLOY_LAMBDA, 0},
        {"aws_sagemaker", DEPLOY_SAGEMAKER, 0},
        {"AWS Elastic Beanstalk", DEPLOY_BEANSTALK, 0},
        {"blue green", 0, DEPLOY_BLUE_GREEN},
        {"Blue/Green", 0, DEPLOY_BLUE_GREEN},
        {"canory", 0, DEPLOY_CANARY},
        {"rolling", 0, DEPLOY_ROLLING},
        {"", 0, 0},
        {"ecsx", 0, 0},
        {"ec", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(deployment_method_parse(str_of(cases[i].said)), cases[i].method);
        assert_int_equal(deployment_strategy_parse(str_of(cases[i].said)), cases[i].strategy);
    }
    for (int64_t method = DEPLOY_ECS; method <= DEPLOY_BEANSTALK; method++)
        assert_int_equal(deployment_method_parse(str_of(deployment_method_name(method))), method);
    assert_null(deployment_method_name(0));
    assert_null(deployment_strategy_name(0));
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(blue_gives_way_to_green),
    ROWS_TEST(a_canary_takes_from_the_one_beside_it),
    ROWS_TEST(a_rollback_is_a_new_deployment_of_what_ran_before),
    ROWS_TEST(a_canary_can_be_rolled_back_too),
    ROWS_TEST(one_that_failed_can_be_rolled_back),
    ROWS_TEST(what_contradicts_is_refused),
    ROWS_TEST(a_late_entry_finds_its_place),
    ROWS_TEST(ways_have_many_spellings),
};

ROWS_MAIN("deploy", tests)
