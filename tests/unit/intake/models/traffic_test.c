/* What the facts of an endpoint mean for its variants: stories as tables. */
#include "check.h"

#include "intake/models/links.h"
#include "intake/models/traffic.h"
#include "store/news.h"

#include <stdlib.h>

enum { MOST = 10 };

#define ONE "[{\"variant\":\"A\",\"weight\":1,\"count\":3,\"of\":3}]"
#define ONE_OF_THREE "[{\"variant\":\"A\",\"weight\":1,\"count\":1,\"of\":3}]"
#define NINE_TO_ONE "[{\"variant\":\"A\",\"weight\":9},{\"variant\":\"B\",\"weight\":1}]"
#define THIRDS                                                                                     \
    "[{\"variant\":\"A\",\"weight\":1},{\"variant\":\"B\",\"weight\":1},{\"variant\":\"C\","       \
    "\"weight\":1}]"

/* at, stamp, uid, status, config, variants, next_config, next_phase, next, why. */
struct told {
    ms          at;
    const char *status, *config, *variants, *next, *phase, *pending, *why;
};

/* Moves as text: "c1/A created 10; c1/A promoted 20; ...". */
static void write_moves(const struct traffic_fold *fold, struct buf *out)
{
    for (size_t i = 0; i < fold->move_count; i++) {
        const struct traffic_move *move = &fold->moves[i];

        buf_format(out, "%s%s/%s %s", i ? "; " : "", fold->units[move->unit].config,
                   fold->units[move->unit].variant, rollout_what_name(move->what));
        if (move->what == ROLLOUT_SHIFT)
            buf_format(out, " %lld", (long long)move->share);
        buf_format(out, " %lld", (long long)move->at);
    }
}

static void fold_all(const struct told *told, struct traffic_fold *fold)
{
    for (size_t i = 0; i < MOST && told[i].status; i++) {
        struct fail                why  = FAIL_OK;
        const struct endpoint_fact fact = {
            .at          = told[i].at,
            .status      = str_of(told[i].status),
            .config      = str_of(told[i].config),
            .variants    = str_of(told[i].variants),
            .next_config = str_of(told[i].next),
            .next_phase  = str_of(told[i].phase),
            .next        = str_of(told[i].pending),
            .why         = str_of(told[i].why),
        };

        CHECK_OK(traffic_fold_add(fold, &fact, &why), &why);
    }
}

static const struct {
    const char *story;
    struct told told[MOST];
    const char *moves;
} stories[] = {
    {"made, and in service",
     {{10, "Creating", "c1", ONE, 0, 0, 0, 0}, {20, "InService", "c1", ONE, 0, 0, 0, 0}},
     "c1/A created 10; c1/A promoted 20"},
    {"first heard of in service",
     {{20, "InService", "c1", ONE, 0, 0, 0, 0}},
     "c1/A created 20; c1/A promoted 20"},
    {"two variants share by weight",
     {{20, "InService", "c1", NINE_TO_ONE, 0, 0, 0, 0}},
     "c1/A created 20; c1/A traffic_shift 9000 20; c1/B created 20; c1/B traffic_shift 1000 "
     "20"},
    {"three of one weight are a whole together",
     {{20, "InService", "c1", THIRDS, 0, 0, 0, 0}},
     "c1/A created 20; c1/A traffic_shift 3333 20; c1/B created 20; c1/B traffic_shift 3334 20;"
     " c1/C created 20; c1/C traffic_shift 3333 20"},
    {"blue/green",
     {{20, "InService", "c1", ONE, 0, 0, 0, 0},
      {30, "Updating", "c1", ONE, "c2", "Creating", ONE, 0},
      {40, "Updating", "c1", ONE, "c2", "Baking", ONE, 0},
      {50, "InService", "c2", ONE, 0, 0, 0, 0}},
     "c1/A created 20; c1/A promoted 20; c2/A created 30; c1/A traffic_shift 0 40;"
     " c2/A promoted 40; c1/A retired 50"},
    {"a canary of one instance in three",
     {{20, "InService", "c1", ONE, 0, 0, 0, 0},
      {30, "Updating", "c1", ONE, "c2", "Baking", ONE_OF_THREE, 0},
      {50, "InService", "c2", ONE, 0, 0, 0, 0}},
     "c1/A created 20; c1/A promoted 20; c1/A traffic_shift 6667 30; c2/A created 30;"
     " c2/A traffic_shift 3333 30; c2/A promoted 50; c1/A retired 50"},
    {"a canary that is rolled back",
     {{20, "InService", "c1", ONE, 0, 0, 0, 0},
      {30, "Updating", "c1", ONE, "c2", "Baking", ONE_OF_THREE, 0},
      {40, "RollingBack", "c1", ONE, 0, 0, 0, "an alarm went off"},
      {50, "InService", "c1", ONE, 0, 0, 0, 0}},
     "c1/A created 20; c1/A promoted 20; c1/A traffic_shift 6667 30; c2/A created 30;"
     " c2/A traffic_shift 3333 30; c1/A promoted 40; c2/A rolled_back 40"},
    {"the event of the rollback was lost",
     {{20, "InService", "c1", ONE, 0, 0, 0, 0},
      {30, "Updating", "c1", ONE, "c2", "Baking", ONE_OF_THREE, 0},
      {50, "InService", "c1", ONE, 0, 0, 0, 0}},
     "c1/A created 20; c1/A promoted 20; c1/A traffic_shift 6667 30; c2/A created 30;"
     " c2/A traffic_shift 3333 30; c1/A promoted 50; c2/A rolled_back 50"},
    {"a plain event amid a canary does not end it",
     {{20, "InService", "c1", ONE, 0, 0, 0, 0},
      {30, "Updating", "c1", ONE, "c2", "Baking", ONE_OF_THREE, 0},
      {31, "Updating", "c1", ONE, 0, 0, 0, 0}},
     "c1/A created 20; c1/A promoted 20; c1/A traffic_shift 6667 30; c2/A created 30;"
     " c2/A traffic_shift 3333 30"},
    {"it could not be made",
     {{10, "Creating", "c1", ONE, 0, 0, 0, 0}, {20, "Failed", "c1", ONE, 0, 0, 0, "no room"}},
     "c1/A created 10; c1/A failed 20"},
    {"only its failure is known",
     {{20, "Failed", "c1", ONE, 0, 0, 0, "no room"}},
     "c1/A created 20; c1/A failed 20"},
    {"deleted, and said once more",
     {{20, "InService", "c1", ONE, 0, 0, 0, 0},
      {30, "Deleting", "c1", ONE, 0, 0, 0, 0},
      {40, "Deleted", 0, 0, 0, 0, 0, 0},
      {41, "Deleting", "c1", ONE, 0, 0, 0, 0}},
     "c1/A created 20; c1/A promoted 20; c1/A retired 30"},
    {"out of service, and back",
     {{20, "InService", "c1", ONE, 0, 0, 0, 0},
      {30, "OutOfService", "c1", ONE, 0, 0, 0, 0},
      {40, "InService", "c1", ONE, 0, 0, 0, 0}},
     "c1/A created 20; c1/A promoted 20; c1/A retired 30; c1/A promoted 40"},
    {"an event that names no configuration is about the one in service",
     {{20, "InService", "c1", ONE, 0, 0, 0, 0}, {40, "InService", 0, 0, 0, 0, 0, 0}},
     "c1/A created 20; c1/A promoted 20"},
    {"nothing names a configuration", {{20, "InService", 0, ONE, 0, 0, 0, 0}}, ""},
    {"a status of tomorrow", {{20, "Dreaming", "c1", ONE, 0, 0, 0, 0}}, ""},
    {"weights moved",
     {{20, "InService", "c1", NINE_TO_ONE, 0, 0, 0, 0},
      {30, "InService", "c1",
       "[{\"variant\":\"A\",\"weight\":0},{\"variant\":\"B\","
       "\"weight\":1}]",
       0, 0, 0, 0}},
     "c1/A created 20; c1/A traffic_shift 9000 20; c1/B created 20; c1/B traffic_shift 1000 20;"
     " c1/A traffic_shift 0 30; c1/B promoted 30"},
};

static void facts_become_what_happened(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
        OWN(traffic_fold) fold = TRAFFIC_FOLD_EMPTY;
        OWN(buf) moves         = BUF_UP_TO(4096);

        fold_all(stories[i].told, &fold);
        write_moves(&fold, &moves);
        if (!str_is_text(buf_view(&moves), stories[i].moves))
            fail_msg("%s:\n  %s\nexpected\n  %s", stories[i].story, buf_c(&moves),
                     stories[i].moves);
    }
}

static void reasons_are_kept_whole_or_cut_between_letters(void **state)
{
    OWN(traffic_fold) fold    = TRAFFIC_FOLD_EMPTY;
    OWN(buf) reason           = BUF_UP_TO(4096);
    struct fail          why  = FAIL_OK;
    struct endpoint_fact fact = {
        .at = 1, .status = STR("Failed"), .config = STR("c1"), .why = STR("no capacity")};

    (void)state;
    CHECK_OK(traffic_fold_add(&fold, &fact, &why), &why);
    assert_string_equal(fold.moves[fold.move_count - 1].why, "Failed: no capacity");
    for (int i = 0; i < 200; i++)
        buf_text(&reason, "\xc3\xa4");
    fact.status = STR("InService");
    CHECK_OK(traffic_fold_add(&fold, &fact, &why), &why);
    fact.status = STR("Failed");
    fact.why    = buf_view(&reason);
    CHECK_OK(traffic_fold_add(&fold, &fact, &why), &why);
    assert_true(str_is_utf8(str_of(fold.moves[fold.move_count - 1].why)));
}

/* An event as it is posted. */
static int read_event(const char *body, const struct news *news, struct links *links,
                      struct buf *room, struct endpoint_fact *out)
{
    struct fail why  = FAIL_OK;
    struct news told = *news;

    told.body = str_of(body);
    CHECK_OK(links_read(links, NULL, &told, 1, &why), &why);
    links->news = &told;
    return traffic_read(links, room, out, &why);
}

static void an_event_becomes_a_fact(void **state)
{
    static const char body[] =
        "{\"detail\":{\"EndpointName\":\"e\",\"EndpointConfigName\":\"c-1\",\"ProductionVariants\":"
        "[{\"VariantName\":\"All\",\"CurrentWeight\":1,\"DesiredWeight\":2,"
        "\"CurrentInstanceCount\":3,\"DesiredInstanceCount\":3}],\"PendingDeploymentSummary\":{"
        "\"EndpointConfigName\":\"c-2\",\"ProductionVariants\":[{\"VariantName\":\"All\","
        "\"DesiredWeight\":1,\"CurrentInstanceCount\":1,\"DesiredInstanceCount\":3,"
        "\"VariantStatus\":[{\"Status\":\"Creating\",\"StartTime\":2000},{\"Status\":\"Baking\","
        "\"StartTime\":1635195269181}]}]}}}";
    const struct news    news  = {.account = 1,
                                  .region  = STR("eu-central-1"),
                                  .kind    = KIND_ENDPOINT,
                                  .name    = STR("e"),
                                  .status  = STR("Updating"),
                                  .version = 1635195148181,
                                  .time    = 1635126732000,
                                  .weight  = 20};
    struct links         links = {.detail = SCAN_NONE};
    struct endpoint_fact fact;
    OWN(buf) room = BUF_UP_TO(64 * 1024);

    (void)state;
    assert_int_equal(read_event(body, &news, &links, &room, &fact), 1);
    assert_int_equal(fact.at, 1635195269181); /* its phase is newer than the endpoint's own time */
    CHECK_STR(fact.config, "c-1");
    CHECK_STR(fact.variants, "[{\"variant\":\"All\",\"weight\":1,\"count\":3,\"of\":3}]");
    CHECK_STR(fact.next_config, "c-2");
    CHECK_STR(fact.next_phase, "Baking");
    CHECK_STR(fact.next, "[{\"variant\":\"All\",\"weight\":1,\"count\":1,\"of\":3}]");
    links_release(&links);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_become_what_happened),
        cmocka_unit_test(reasons_are_kept_whole_or_cut_between_letters),
        cmocka_unit_test(an_event_becomes_a_fact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
