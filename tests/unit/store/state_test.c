/* The one pure step. Its promise: a row is a function of the set of its events. So every
 * permutation, with every event twice, must end in the same row, and in the same sums. */
#include "check.h"

#include "format/errand.h"
#include "format/utilization.h"
#include "store/batch.h"
#include "store/state.h"

#include <string.h>

static const ms                  NOON   = 1772366400000; /* 2026-03-01T12:00:00Z */
static const struct store_policy POLICY = {.enrich_settle = 120000, .wants_emf = true};
enum { MOST_EVENTS = 6 };

/* Numbers for words, as the table of words would give them: by text, not by order of arrival. */
static int64_t word(struct str text)
{
    return text.data ? (int64_t)(str_hash(text, 0) >> 1) : 0;
}

/* A story: the events of one object in the order in which they happened. */
struct told {
    const char *status;
    const char *secondary;
    ms          version, time;  /* after NOON */
    ms          started, ended; /* after NOON; 0: does not say */
    const char *reason, *tags, *approval;
};

struct story {
    const char *name;
    enum kind   kind;
    struct told events[MOST_EVENTS];
    const char *status; /* in the end */
    const char *reason;
    bool        is_unstarted;
};

static const struct story stories[] = {
    {"a training job that goes well",
     KIND_TRAINING,
     {{"InProgress", "Starting", 1000, 1000, 0, 0, NULL, "{\"team\":\"risk\"}", NULL},
      {"InProgress", "Training", 60000, 60000, 50000, 0, NULL, "{\"team\":\"risk\"}", NULL},
      {"InProgress", "Uploading", 600000, 600000, 50000, 0, NULL, "{\"team\":\"fraud\"}", NULL},
      {"Completed", "Completed", 660000, 661000, 50000, 660000, NULL, "{\"team\":\"fraud\"}",
       NULL}},
     "Completed",
     NULL,
     false},
    {"a spot job that is interrupted, starts again and times out",
     KIND_TRAINING,
     {{"InProgress", "Training", 60000, 60000, 50000, 0, NULL, NULL, NULL},
      {"InProgress", "Interrupted", 120000, 120000, 50000, 0, NULL, NULL, NULL},
      {"InProgress", "Starting", 180000, 180000, 50000, 0, NULL, NULL, NULL},
      {"Stopped", "MaxRuntimeExceeded", 900000, 900000, 50000, 900000, NULL, NULL, NULL}},
     "Stopped",
     NULL,
     false},
    {"a job that failed before it started",
     KIND_TRAINING,
     {{"InProgress", "Starting", 1000, 1000, 0, 0, NULL, NULL, NULL},
      {"Failed", "Failed", 90000, 90000, 0, 90000, "CapacityError: no ml.p4d.24xlarge", NULL,
       NULL}},
     "Failed",
     "CapacityError: no ml.p4d.24xlarge",
     true},
    {"late news that does not undo an end, and two ends of which the later counts",
     KIND_PROCESSING,
     {{"InProgress", NULL, 1000, 1000, 1000, 0, NULL, NULL, NULL},
      {"Completed", NULL, 50000, 50000, 1000, 50000, NULL, NULL, NULL},
      {"Stopping", NULL, 70000, 70000, 1000, 0, NULL, NULL, NULL},
      {"Failed", NULL, 60000, 60000, 1000, 60000, "ran out of memory", NULL, NULL}},
     "Failed",
     "ran out of memory",
     false},
    {"an endpoint that goes in circles and is deleted, with a late Deleting",
     KIND_ENDPOINT,
     {{"Creating", NULL, 1000, 1000, 0, 0, NULL, NULL, NULL},
      {"InService", NULL, 60000, 60000, 0, 0, NULL, NULL, NULL},
      {"Updating", NULL, 90000, 90000, 0, 0, NULL, NULL, NULL},
      {"InService", NULL, 120000, 120000, 0, 0, NULL, NULL, NULL},
      {"Deleted", NULL, 200000, 200000, 0, 0, NULL, NULL, NULL},
      {"Deleting", NULL, 200500, 201000, 0, 0, NULL, NULL, NULL}},
     "Deleted",
     NULL,
     false},
    {"an endpoint without LastModifiedTime: the envelope's time decides",
     KIND_ENDPOINT,
     {{"Creating", NULL, 0, 1000, 0, 0, NULL, NULL, NULL},
      {"InService", NULL, 0, 60000, 0, 0, NULL, NULL, NULL},
      {"Updating", NULL, 0, 90000, 0, 0, NULL, NULL, NULL}},
     "Updating",
     NULL,
     false},
    {"a package whose approval moves to and fro, apart from its status",
     KIND_MODEL_PACKAGE,
     {{"InProgress", NULL, 1000, 1000, 0, 0, NULL, NULL, "PendingManualApproval"},
      {"Completed", NULL, 2000, 2000, 0, 0, NULL, NULL, "PendingManualApproval"},
      {"Completed", NULL, 3000, 3000, 0, 0, NULL, NULL, "Approved"},
      {"Completed", NULL, 4000, 4000, 0, 0, NULL, NULL, "Rejected"}},
     "Completed",
     NULL,
     false},
    {"a failure that turns out to be none leaves no reason behind",
     KIND_PROCESSING,
     {{"InProgress", NULL, 1000, 1000, 1000, 0, NULL, NULL, NULL},
      {"Failed", NULL, 50000, 50000, 1000, 50000, "ran out of memory", NULL, NULL},
      {"Completed", NULL, 60000, 60000, 1000, 60000, NULL, NULL, NULL}},
     "Completed",
     NULL,
     false},
    {"a second failure has the reason, whatever was between",
     KIND_PROCESSING,
     {{"Failed", NULL, 50000, 50000, 1000, 50000, "ran out of memory", NULL, NULL},
      {"Stopped", NULL, 60000, 60000, 1000, 60000, NULL, NULL, NULL},
      {"Completed", NULL, 70000, 70000, 1000, 70000, NULL, NULL, NULL},
      {"Failed", NULL, 70000, 70500, 1000, 70000, "ran out of time", NULL, NULL}},
     "Failed",
     "ran out of time",
     false},
    {"a finished job that is deleted keeps the status it ended with",
     KIND_TRAINING,
     {{"Completed", "Completed", 50000, 50000, 1000, 50000, NULL, NULL, NULL},
      {"Deleting", NULL, 90000, 90000, 1000, 50000, NULL, NULL, NULL}},
     "Completed",
     NULL,
     false},
};

static ms after_noon(ms at)
{
    return at ? NOON + at : WHEN_UNKNOWN;
}

static void build(const struct story *story, int at, struct news *news, struct news_ids *ids)
{
    const struct told         *told  = &story->events[at];
    const struct status_facts *facts = status_facts(story->kind, str_of(told->status));

    assert_non_null(facts);
    *news = (struct news){
        .account        = 111122223333,
        .region         = STR("eu-west-1"),
        .time           = NOON + told->time,
        .kind           = story->kind,
        .name           = STR("thing"),
        .generation     = NOON,
        .version        = NOON + told->version,
        .status         = str_of(told->status),
        .weight         = (int)facts->class * 1000 + facts->rank,
        .is_terminal    = kind_is_job(story->kind) && facts->class == STATUS_TERMINAL,
        .secondary      = str_of(told->secondary),
        .failure_reason = str_of(told->reason),
        .started        = after_noon(told->started),
        .ended          = after_noon(told->ended),
        .billable_ms    = -1,
        .instance_count = -1,
        .tags           = str_of(told->tags),
        .approval       = str_of(told->approval),
    };
    *ids = (struct news_ids){
        .region    = 1,
        .status    = word(news->status),
        .secondary = word(news->secondary),
        .uid       = 1000 + at,
        .is_failed = facts->is_failed,
    };
}

/* How often the errands were asked for, over a whole run. */
struct asked {
    int emits, enriches;
};

static struct resource play(const struct story *story, const int *order, int n, struct asked *asked)
{
    struct resource row, next;
    bool            has_row = false;

    for (int i = 0; i < n; i++)
        for (int twice = 0; twice < 2; twice++) {
            struct news     news;
            struct news_ids ids;
            struct step     step;

            build(story, order[i], &news, &ids);
            state_step(has_row ? &row : NULL, &news, &ids, &POLICY, NOON + 3600000, &next, &step);
            asked->emits += step.wants_emit;
            asked->enriches += step.enrich_at != WHEN_UNKNOWN;
            if (twice)
                assert_false(step.is_changed); /* the same again changes nothing */
            row     = next;
            has_row = true;
        }
    return row;
}

static void assert_same_row(const struct resource *a, const struct resource *b)
{
    assert_int_equal(a->status_id, b->status_id);
    assert_int_equal(a->secondary_id, b->secondary_id);
    assert_int_equal(a->weight, b->weight);
    assert_int_equal(a->is_failed, b->is_failed);
    assert_int_equal(a->version, b->version);
    assert_int_equal(a->stamp, b->stamp);
    assert_int_equal(a->stamp_uid, b->stamp_uid);
    assert_int_equal(a->created, b->created);
    assert_int_equal(a->started, b->started);
    assert_int_equal(a->ended, b->ended);
    assert_int_equal(a->last_event, b->last_event);
    assert_int_equal(a->asked, b->asked);
    assert_int_equal(a->utilization, b->utilization);
    assert_true(str_is(a->failure_reason, b->failure_reason));
    assert_true(str_is(a->tags, b->tags));
    assert_int_equal(a->tags_at, b->tags_at);
    assert_true(str_is(a->approval, b->approval));
}

static void swap(int *a, int *b)
{
    int kept = *a;

    *a = *b;
    *b = kept;
}

/* The next permutation in lexicographic order; false after the last. */
static bool permute(int *order, int n)
{
    int i = n - 2, j = n - 1;

    while (i >= 0 && order[i] > order[i + 1])
        i--;
    if (i < 0)
        return false;
    while (order[j] < order[i])
        j--;
    swap(&order[i], &order[j]);
    for (int a = i + 1, b = n - 1; a < b; a++, b--)
        swap(&order[a], &order[b]);
    return true;
}

static int length(const struct story *story)
{
    int n = 0;

    while (n < MOST_EVENTS && story->events[n].status)
        n++;
    return n;
}

static void every_order_of_events_ends_in_the_same_row(void **unused)
{
    (void)unused;
    for (size_t s = 0; s < sizeof stories / sizeof stories[0]; s++) {
        const struct story *story              = &stories[s];
        int                 order[MOST_EVENTS] = {0, 1, 2, 3, 4, 5};
        struct asked        first_asked        = {0, 0};
        struct resource     first              = play(story, order, length(story), &first_asked);

        if (first.status_id != word(str_of(story->status)))
            fail_msg("%s: not %s in the end", story->name, story->status);
        CHECK_STR(first.failure_reason, story->reason);
        assert_int_equal(state_is_unstarted(&first), story->is_unstarted);
        assert_int_equal(first_asked.emits, kind_is_job(story->kind));
        while (permute(order, length(story))) {
            struct asked    asked = {0, 0};
            struct resource row   = play(story, order, length(story), &asked);

            assert_same_row(&first, &row);
            assert_int_equal(asked.emits, first_asked.emits);
            assert_int_equal(asked.enriches, first_asked.enriches);
        }
    }
}

static void a_job_that_never_started_is_not_measured(void **unused)
{
    const struct story *story   = &stories[2];
    const int           order[] = {0, 1};
    struct asked        asked   = {0, 0};
    struct resource     row     = play(story, order, 2, &asked);

    (void)unused;
    assert_int_equal(asked.enriches, 0);
    assert_int_equal(row.utilization, UTILIZATION_NONE);
    assert_true(row.utilization_why.size > 0);
    assert_int_equal(state_duration(&row), WHEN_UNKNOWN);
    assert_true(state_share(&row).is_unstarted);
}

static void shares_move_and_never_leak(void **unused)
{
    const int       order[] = {0, 1, 2, 3};
    struct asked    asked   = {0, 0};
    struct resource row     = play(&stories[0], order, 4, &asked);
    struct share    share = state_share(&row), none = state_share(NULL);

    (void)unused;
    assert_true(share.is_counted);
    assert_int_equal(share.duration, 610000);
    assert_int_equal(share.ended, NOON + 660000);
    assert_false(none.is_counted);
}

static void an_event_without_creation_time_adopts_the_first_one_told(void **unused)
{
    struct news     news;
    struct news_ids ids;
    struct step     step;
    struct resource row, next;

    (void)unused;
    build(&stories[0], 1, &news, &ids);
    news.generation = WHEN_UNKNOWN;
    state_step(NULL, &news, &ids, &POLICY, NOON, &row, &step);
    assert_int_equal(row.generation, 0);
    assert_int_equal(row.created, news.time);
    build(&stories[0], 0, &news, &ids);
    state_step(&row, &news, &ids, &POLICY, NOON, &next, &step);
    assert_int_equal(next.generation, NOON);
    assert_int_equal(next.created, NOON);
    assert_int_equal(step.effect, EFFECT_DETAIL); /* older by version, but it filled a gap */
    assert_true(step.is_late);
}

static void what_follows_an_end_is_no_repetition(void **unused)
{
    static const struct story story = {
        "a job that is deleted",
        KIND_TUNING,
        {{"Completed", NULL, 50000, 50000, 1000, 50000, NULL, NULL, NULL},
         {"Deleting", NULL, 90000, 90000, 1000, 50000, NULL, NULL, NULL}},
        "Completed",
        NULL,
        false};
    struct news     news;
    struct news_ids ids;
    struct step     step;
    struct resource row, next;

    (void)unused;
    build(&story, 0, &news, &ids);
    state_step(NULL, &news, &ids, &POLICY, NOON, &row, &step);
    state_step(&row, &news, &ids, &POLICY, NOON, &next, &step);
    assert_int_equal(step.effect, EFFECT_REPEAT);
    build(&story, 1, &news, &ids);
    state_step(&row, &news, &ids, &POLICY, NOON, &next, &step);
    assert_int_equal(step.effect, EFFECT_OLDER);
    assert_false(step.is_late);
    assert_int_equal(next.status_id, row.status_id);
}

/* What an event says about its hardware: the number of a type, how many, groups. */
static struct resource size_up(const struct resource *row, ms version, int64_t instance,
                               int64_t count, const char *groups)
{
    struct news     news;
    struct news_ids ids;
    struct step     step;
    struct resource next;

    build(&stories[0], 0, &news, &ids);
    news.version        = NOON + version;
    news.instance_count = count;
    news.sizing         = str_of(groups);
    ids.instance        = instance;
    ids.uid             = 2000 + instance + count;
    state_step(row, &news, &ids, &POLICY, NOON, &next, &step);
    return next;
}

static void late_news_fills_the_sizing_and_one_version_has_one(void **unused)
{
    struct resource counted = size_up(NULL, 2000, 0, 3, NULL);
    struct resource typed   = size_up(NULL, 1000, 7, 2, NULL);
    struct resource few     = size_up(NULL, 1000, 0, 1, "[{\"CurrentCount\":1}]");
    struct resource many    = size_up(NULL, 1000, 0, 2, "[{\"CurrentCount\":2}]");

    (void)unused;
    counted = size_up(&counted, 1000, 7, 2, NULL);
    typed   = size_up(&typed, 2000, 0, 3, NULL);
    assert_int_equal(counted.instance_id, 7);
    assert_int_equal(counted.instance_count, 3);
    assert_int_equal(typed.instance_id, 7);
    assert_int_equal(typed.instance_count, 3);
    few  = size_up(&few, 1000, 0, 2, "[{\"CurrentCount\":2}]");
    many = size_up(&many, 1000, 0, 1, "[{\"CurrentCount\":1}]");
    CHECK_STR(few.sizing, "[{\"CurrentCount\":2}]");
    CHECK_STR(many.sizing, "[{\"CurrentCount\":2}]");
    assert_int_equal(few.instance_count, 2);
    assert_int_equal(many.instance_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_of_events_ends_in_the_same_row),
        cmocka_unit_test(a_job_that_never_started_is_not_measured),
        cmocka_unit_test(shares_move_and_never_leak),
        cmocka_unit_test(an_event_without_creation_time_adopts_the_first_one_told),
        cmocka_unit_test(what_follows_an_end_is_no_repetition),
        cmocka_unit_test(late_news_fills_the_sizing_and_one_version_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
