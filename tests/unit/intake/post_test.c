/* Posts into rows, on SQLite and, when SMON_TEST_POSTGRES is set, on PostgreSQL: duplicates, lists,
 * quarantine, foreign accounts, errands with their fences, and the law that every count is the sum
 * over the rows. */
#include "check.h"
#include "intake/house.h"

#include "format/errand.h"
#include "intake/outcome.h"
#include "store/retention.h"
#include "wire/doc.h"

#include <string.h>

/* ---- stories ---- */

static void the_same_event_twice_is_one_row_and_one_effect(void **state)
{
    const struct told told  = {"e-1", "churn", "Completed", 60000, 1000, 60000, NULL};
    struct receipt    first = post_event(*state, &told), again = post_event(*state, &told);

    assert_int_equal(first.accepted, 1);
    assert_int_equal(again.accepted, 0);
    assert_int_equal(again.duplicates, 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM event"), 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM errand"), 2); /* enrich and emit */
    assert_int_equal(number(*state, "SELECT duplicates FROM account"), 1);
    check_counts(*state);
}

static void an_id_that_comes_with_other_contents_is_kept_apart(void **state)
{
    const struct told one = {"e-1", "churn", "InProgress", 60000, 1000, 0, NULL};
    const struct told two = {"e-1", "churn", "Failed", 60000, 1000, 60000, NULL};
    struct receipt    second;

    (void)post_event(*state, &one);
    second = post_event(*state, &two);
    assert_int_equal(second.quarantined, 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM event"), 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM quarantine"), 1);
    check_counts(*state);
}

static void an_event_that_is_kept_apart_leaves_no_row_behind(void **state)
{
    const struct told one   = {"e-1", "churn", "InProgress", 60000, 1000, 0, NULL};
    const struct told two   = {"e-1", "fraud", "Completed", 60000, 1000, 60000, NULL};
    const struct told later = {"e-2", "fraud", "Completed", 61000, 1000, 60000, NULL};

    (void)post_event(*state, &one);
    assert_int_equal(post_event(*state, &two).quarantined, 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM resource"), 1);
    check_counts(*state);
    (void)post_event(*state, &later);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM errand"), 2); /* enrich and emit */
    check_counts(*state);
}

#define ARN "arn:aws:sagemaker:eu-west-1:111122223333:"

/* A call tells the job's name, the job's own event only its ARN, which is in small letters; of a
 * package it is the other way round. */
static void a_name_and_its_arn_are_one_thing_whichever_comes_first(void **state)
{
    static const struct {
        const char *type, *arn, *detail;
    } told[] = {
        {"AWS API Call via CloudTrail", "",
         "\"eventSource\":\"sagemaker.amazonaws.com\",\"eventName\":\"CreateLabelingJob\","
         "\"userIdentity\":{\"arn\":\"eve\"},"
         "\"requestParameters\":{\"labelingJobName\":\"Birds-1\"}"},
        {"SageMaker Ground Truth Labeling Job State Change", ARN "labeling-job/birds-1",
         "\"LabelingJobStatus\":\"Completed\""},
        {"AWS API Call via CloudTrail", "",
         "\"eventSource\":\"sagemaker.amazonaws.com\",\"eventName\":\"UpdateModelPackage\","
         "\"requestParameters\":{\"modelPackageArn\":\"" ARN "model-package/churn/1\"}"},
        {"SageMaker Model Package State Change", ARN "model-package/churn/1",
         "\"ModelPackageGroupName\":\"Churn\",\"ModelPackageVersion\":1,"
         "\"CreationTime\":1772366400000,\"ModelPackageStatus\":\"Completed\""},
    };

    for (size_t way = 0; way < 2; way++) {
        for (size_t i = 0; i < 4; i++) {
            size_t at     = way ? 3 - i : i;
            OWN(buf) body = BUF_UP_TO(4096);

            buf_format(&body,
                       "{\"id\":\"%zu\",\"detail-type\":\"%s\",\"source\":\"aws.sagemaker\","
                       "\"account\":\"111122223333\",\"time\":\"2026-03-01T12:00:00Z\","
                       "\"region\":\"way-%zu\",\"resources\":[\"%s\"],\"detail\":{%s}}",
                       at, told[at].type, way, told[at].arn, told[at].detail);
            assert_int_equal(post_text(*state, buf_view(&body)).accepted, 1);
        }
    }
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM resource"), 4);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM resource WHERE weight > 1000 AND"
                                    " name = 'Birds-1' AND created_by = 'eve'"),
                     2);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM resource WHERE weight > 1000 AND"
                                    " name = 'Churn/1' AND generation_ms > 0"),
                     2);
    check_counts(*state);
}
#undef ARN

static void a_list_keeps_its_good_part_and_its_bad_part(void **state)
{
    const struct told one = {"e-1", "churn", "InProgress", 1000, 0, 0, NULL};
    const struct told two = {"e-2", "churn", "Completed", 60000, 1000, 60000, NULL};
    OWN(buf) body         = BUF_UP_TO(65536);
    struct receipt receipt;

    buf_char(&body, '[');
    tell(&body, &one);
    buf_text(&body, ",{\"detail-type\":7},");
    tell(&body, &two);
    buf_char(&body, ']');
    receipt = post_text(*state, buf_view(&body));
    assert_int_equal(receipt.accepted, 2);
    assert_int_equal(receipt.quarantined, 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM resource"), 1);
    check_counts(*state);
}

static void what_is_not_json_is_kept_as_it_came(void **state)
{
    static const char *const bodies[] = {"{\"a\": }", "\"instance i-1 is RUNNING\"", "", "[]", "{"};

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        assert_int_equal(post_text(*state, str_of(bodies[i])).quarantined, 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM quarantine"), 5);
    assert_int_equal(post_text(*state, STR("{")).quarantined, 1); /* again: the same row */
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM quarantine"), 5);
    assert_int_equal(number(*state, "SELECT MAX(times) FROM quarantine"), 2);
}

static void a_key_reaches_its_accounts_only(void **state)
{
    const int64_t      mine[] = {111122223333};
    const struct scope scope  = {.accounts = mine, .count = 1};
    const struct told  ours   = {"e-1", "churn", "InProgress", 1000, 0, 0, NULL};
    const struct told  theirs = {"e-2", "churn", "InProgress", 1000, 0, 0, "999988887777"};
    OWN(buf) body             = BUF_UP_TO(65536);
    struct posting posting    = {0};
    struct fail    why        = FAIL_OK;

    tell(&body, &theirs);
    CHECK_FAILS(post_read(buf_view(&body), &scope, STR("k1"), &posting.post, &why), FAIL_DENIED,
                &why);
    buf_clear(&body);
    buf_char(&body, '[');
    tell(&body, &ours);
    buf_char(&body, ',');
    tell(&body, &theirs);
    buf_char(&body, ']');
    CHECK_OK(post_read(buf_view(&body), &scope, STR("k1"), &posting.post, &why), &why);
    CHECK_OK(writer_run(((struct house *)*state)->writer, apply, &posting, &why), &why);
    post_free(posting.post);
    assert_int_equal(posting.receipt.accepted, 1);
    assert_int_equal(posting.receipt.quarantined, 1);
}

static void counts_follow_rows_whatever_the_order(void **state)
{
    static const struct told events[] = {
        {"a1", "a", "InProgress", 1000, 0, 0, NULL},
        {"a2", "a", "InProgress", 60000, 50000, 0, NULL},
        {"a3", "a", "Completed", 7200000, 50000, 7200000, NULL},
        {"b1", "b", "InProgress", 2000, 0, 0, "444455556666"},
        {"b2", "b", "Failed", 90000, 0, 90000, "444455556666"},
        {"c1", "c", "Completed", 5000, 1000, 5000, NULL},
        {"c2", "c", "Failed", 6000, 1000, 6000, NULL},
        {"c3", "c", "Stopping", 5500, 1000, 0, NULL},
    };
    const size_t n = sizeof events / sizeof events[0];

    for (size_t round = 0; round < 2; round++) /* backwards, and everything once more */
        for (size_t i = n; i-- > 0;)
            (void)post_event(*state, &events[(i * 3 + round) % n]);
    check_counts(*state);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM event"), (int64_t)n);
    assert_int_equal(
        number(*state, "SELECT SUM(ended) FROM rollup WHERE grain = 1 AND account = 0"), 3);
    assert_int_equal(number(*state, "SELECT SUM(unstarted) FROM rollup WHERE grain = 2"
                                    " AND account = 444455556666"),
                     1);
    assert_int_equal(number(*state, "SELECT SUM(conflicts) FROM account"), 1);
}

/* ---- errands ---- */

struct leasing {
    struct lease_request request;
    struct buf           out;
    int                  taken;
};

static int lease(void *ctx, struct batch *batch, struct fail *why)
{
    struct leasing *leasing = ctx;

    leasing->taken = outcome_lease(batch, &leasing->request, &leasing->out, why);
    return leasing->taken < 0 ? -1 : 0;
}

static struct doc *lease_errands(struct house *house, unsigned deeds, ms lease_ms, int expected)
{
    struct leasing leasing = {.request = {"tester", deeds, 10, lease_ms}, .out = BUF_UP_TO(65536)};
    struct fail    why     = FAIL_OK;
    struct doc    *doc     = NULL;

    CHECK_OK(writer_run(house->writer, lease, &leasing, &why), &why);
    assert_int_equal(leasing.taken, expected);
    if (expected) {
        doc = doc_parse(buf_view(&leasing.out), &why);
        assert_non_null(doc);
    }
    buf_release(&leasing.out);
    return doc;
}

struct reporting {
    struct errand_outcome outcome;
    int                   taken;
    struct str            reason;
};

static int report(void *ctx, struct batch *batch, struct fail *why)
{
    struct reporting *reporting = ctx;

    reporting->taken = outcome_take(batch, &reporting->outcome, &reporting->reason, why);
    return reporting->taken < 0 ? -1 : 0;
}

static int finish(struct house *house, const struct doc *lease, struct reporting *reporting)
{
    struct fail   why = FAIL_OK;
    struct errand errand;

    CHECK_OK(errand_parse(doc_item(doc_member(lease, "errands"), 0), &errand, &why), &why);
    memcpy(reporting->outcome.id, errand.id, sizeof errand.id);
    reporting->outcome.fence = errand.fence;
    CHECK_OK(writer_run(house->writer, report, reporting, &why), &why);
    return reporting->taken;
}

static void an_errand_is_leased_finished_once_and_then_gone(void **state)
{
    const struct told told = {"e-1", "churn", "Completed", 60000, 1000, 60000, NULL};
    struct reporting  done = {.outcome = {.result = ERRAND_DONE}};
    OWN_PTR(doc) first     = NULL;

    (void)post_event(*state, &told);
    first = lease_errands(*state, 1u << DEED_EMIT, 60000, 1);
    doc_free(lease_errands(*state, 1u << DEED_EMIT, 60000, 0)); /* it is taken */
    assert_int_equal(finish(*state, first, &done), 1);
    assert_int_equal(finish(*state, first, &done), 0);
    assert_true(done.reason.size > 0);
    assert_int_equal(number(*state, "SELECT value FROM counter WHERE name = 'errands.delivered'"),
                     1);
}

static void a_reason_that_is_too_long_is_cut_between_characters(void **state)
{
    const struct told told = {"e-1", "churn", "Completed", 60000, 1000, 60000, NULL};
    struct reporting  dead = {.outcome = {.result = ERRAND_DEAD}};
    OWN_PTR(doc) lease     = NULL;

    for (size_t i = 0; i + 2 < sizeof dead.outcome.why; i += 2) /* the cut falls within one */
        memcpy(dead.outcome.why + i, "\xc3\xbc", 2);
    (void)post_event(*state, &told);
    lease = lease_errands(*state, 1u << DEED_ENRICH, 60000, 1);
    assert_int_equal(finish(*state, lease, &dead), 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM resource WHERE utilization_why LIKE"
                                    " '%\xc3\xbc'"),
                     1);
}

static void a_late_collector_cannot_report_over_its_successor(void **state)
{
    const struct told told = {"e-1", "churn", "Completed", 60000, 1000, 60000, NULL};
    struct reporting  done = {.outcome = {.result = ERRAND_DONE}};
    OWN_PTR(doc) slow      = NULL;
    OWN_PTR(doc) quick     = NULL;

    (void)post_event(*state, &told);
    slow  = lease_errands(*state, 1u << DEED_EMIT, -1, 1); /* its lease is over at once */
    quick = lease_errands(*state, 1u << DEED_EMIT, 60000, 1);
    assert_int_equal(finish(*state, slow, &done), 0);
    assert_int_equal(finish(*state, quick, &done), 1);
}

static void what_ends_every_collector_is_given_up_with_a_sentence(void **state)
{
    const struct told told = {"e-1", "churn", "Completed", 60000, 1000, 60000, NULL};

    (void)post_event(*state, &told);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(number(*state, "SELECT COUNT(*) FROM errand WHERE state = 1"), 0);
        doc_free(lease_errands(*state, 1u << DEED_ENRICH, -1, 1)); /* nobody reports */
    }
    doc_free(lease_errands(*state, 1u << DEED_ENRICH, 60000, 1)); /* an empty list */
    doc_free(lease_errands(*state, 1u << DEED_ENRICH, 60000, 0));
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM errand WHERE state = 1 AND deed = 1"
                                    " AND last_error LIKE 'given up: 10 leases%'"),
                     1);
    assert_int_equal(number(*state, "SELECT utilization FROM resource"), UTILIZATION_FAILED);
    assert_int_equal(number(*state, "SELECT value FROM counter WHERE name = 'errands.dead'"), 1);
}

static void utilization_is_stored_and_then_emitted(void **state)
{
    const struct told told = {"e-1", "churn", "Completed", 60000, 1000, 60000, NULL};
    struct reporting later = {.outcome = {.result = ERRAND_LATER, .after_ms = 0, .why = "partial"}};
    struct reporting done  = {.outcome = {.result = ERRAND_DONE}};
    OWN_PTR(doc) first     = NULL;
    OWN_PTR(doc) second    = NULL;
    OWN(utilization) found = UTILIZATION_EMPTY;
    struct host_figures *host;

    (void)post_event(*state, &told);
    first = lease_errands(*state, 1u << DEED_ENRICH, 60000, 1);
    assert_int_equal(finish(*state, first, &later), 1);
    second = lease_errands(*state, 1u << DEED_ENRICH, 60000, 1);
    host   = utilization_host(&found, STR("algo-1"));
    assert_non_null(host);
    host->metric[METRIC_CPU] = (struct figures){true, 200, 380, 350, 0, 42};
    utilization_sum_up(&found, STR("ml.m5.xlarge"));
    found.state              = UTILIZATION_SETTLED;
    done.outcome.utilization = found;
    assert_int_equal(finish(*state, second, &done), 1);
    assert_int_equal(number(*state, "SELECT utilization FROM resource"), UTILIZATION_SETTLED);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM utilization WHERE host = 'algo-1'"), 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM errand WHERE deed = 3"), 1);
}

/* ---- retention ---- */

static int sweep(void *ctx, struct batch *batch, struct fail *why)
{
    return retention_step(batch, ctx, why);
}

static void retention_takes_the_old_but_never_what_still_has_errands(void **state)
{
    const struct told      waits = {"w-1", "waits", "Completed", 60000, 1000, 60000, NULL};
    const struct told      runs  = {"r-1", "runs", "InProgress", 60000, 1000, 0, NULL};
    const struct told      fails = {"f-1", "fails", "Failed", 60000, 0, 60000, NULL};
    struct reporting       done  = {.outcome = {.result = ERRAND_DONE}};
    struct retention_sweep all   = {.before = when_now() + 60000, .most = 100};
    struct retention_sweep none  = {.before = NOON + 1000, .most = 100};
    struct fail            why   = FAIL_OK;
    OWN_PTR(doc) lease           = NULL;

    (void)post_event(*state, &fails); /* asks for one errand, which is finished */
    lease = lease_errands(*state, 1u << DEED_EMIT, 60000, 1);
    assert_int_equal(finish(*state, lease, &done), 1);
    (void)post_event(*state, &waits);
    (void)post_event(*state, &runs);
    (void)post_text(*state, STR("rubbish"));
    CHECK_OK(writer_run(((struct house *)*state)->writer, sweep, &none, &why), &why);
    assert_int_equal(none.events + none.resources + none.posts, 0);
    CHECK_OK(writer_run(((struct house *)*state)->writer, sweep, &all, &why), &why);
    assert_int_equal(all.events, 2); /* of `runs` and `fails` */
    assert_int_equal(all.resources, 1);
    assert_int_equal(all.posts, 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM resource WHERE name = 'fails'"), 0);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM resource WHERE name = 'runs'"), 1);
    assert_int_equal(number(*state, "SELECT SUM(count) FROM tally"), 2);
}

/* What must stay may be a million rows: no transaction walks over all of them. */
static void a_step_looks_at_few_and_the_next_goes_on(void **state)
{
    const struct told      waits = {"w-1", "waits", "Completed", 60000, 1000, 60000, NULL};
    const struct told      comes = {"f-1", "fails", "InProgress", 61000, 0, 0, NULL};
    const struct told      fails = {"f-2", "fails", "Failed", 62000, 0, 62000, NULL};
    struct retention_sweep all   = {.before = when_now() + 60000, .most = 1};
    struct retention_sweep total = {0};
    struct reporting       done  = {.outcome = {.result = ERRAND_DONE}};
    struct fail            why   = FAIL_OK;
    OWN_PTR(doc) lease           = NULL;
    int steps                    = 0;

    (void)post_event(*state, &comes);
    (void)post_event(*state, &fails); /* asks for one errand, which is finished */
    lease = lease_errands(*state, 1u << DEED_EMIT, 60000, 1);
    assert_int_equal(finish(*state, lease, &done), 1);
    (void)post_event(*state, &waits);
    do {
        CHECK_OK(writer_run(((struct house *)*state)->writer, sweep, &all, &why), &why);
        assert_true(all.events + all.resources <= 1);
        all.place = all.reached;
        total.events += all.events;
        total.resources += all.resources;
    } while (!all.is_through && ++steps < 20);
    assert_true(all.is_through && steps >= 4); /* three events, two rows */
    assert_int_equal(total.events, 2);
    assert_int_equal(total.resources, 1);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM resource WHERE name = 'waits'"), 1);
}

struct again {
    struct retention_sweep sweep;
    int                    runs;
};

/* The first transaction comes to nothing, as when a sister service was in the way. */
static int sweep_again(void *ctx, struct batch *batch, struct fail *why)
{
    struct again *again = ctx;

    if (retention_step(batch, &again->sweep, why))
        return -1;
    return again->runs++ ? 0 : fail_set(why, FAIL_BUSY, "in the way");
}

static void a_step_that_was_rolled_back_starts_over(void **state)
{
    const struct told first  = {"r-1", "runs", "InProgress", 60000, 1000, 0, NULL};
    const struct told second = {"r-2", "runs", "InProgress", 61000, 1000, 0, NULL};
    struct again      again  = {.sweep = {.before = when_now() + 60000, .most = 1}};
    struct fail       why    = FAIL_OK;

    (void)post_event(*state, &first);
    (void)post_event(*state, &second);
    CHECK_OK(writer_run(((struct house *)*state)->writer, sweep_again, &again, &why), &why);
    assert_int_equal(again.runs, 2);
    assert_int_equal(again.sweep.events, 1);
    assert_int_equal(number(*state, "SELECT version_ms FROM event"), NOON + 61000);
}

static int oldest(void *ctx, struct batch *batch, struct fail *why)
{
    return retention_oldest(batch, ctx, why);
}

static void the_oldest_that_may_go_is_not_the_one_that_waits(void **state)
{
    const struct told     waits = {"w-1", "waits", "Completed", 60000, 1000, 60000, NULL};
    const struct told     runs  = {"r-1", "runs", "InProgress", 90000, 1000, 0, NULL};
    struct fail           why   = FAIL_OK;
    struct retention_look look  = {.most = 1};

    (void)post_event(*state, &waits);
    (void)post_event(*state, &runs);
    CHECK_OK(writer_run(((struct house *)*state)->writer, oldest, &look, &why), &why);
    assert_int_equal(look.oldest, WHEN_UNKNOWN);
    assert_false(look.is_through);
    look.place = look.reached;
    CHECK_OK(writer_run(((struct house *)*state)->writer, oldest, &look, &why), &why);
    assert_int_equal(look.oldest,
                     number(*state, "SELECT MAX(received_ms) FROM event")); /* it came late */
}

/* It came today, and its time is months ago: it must not be what retention by size waits for. */
static void what_came_late_goes_by_its_arrival(void **state)
{
    const struct told      late = {"l-1", "late", "InProgress", 1000, 500, 0, NULL};
    struct retention_look  look = {.most = 100};
    struct retention_sweep all  = {.most = 100};
    struct fail            why  = FAIL_OK;

    (void)post_event(*state, &late);
    CHECK_OK(writer_run(((struct house *)*state)->writer, oldest, &look, &why), &why);
    all.before = look.oldest + MS_HOUR; /* as housekeeping does */
    CHECK_OK(writer_run(((struct house *)*state)->writer, sweep, &all, &why), &why);
    assert_int_equal(all.events, 1);
}

static int run(const char *name, struct house *house)
{
    const struct CMUnitTest tests[] = {
#define STORY(test) cmocka_unit_test_prestate_setup_teardown(test, open_house, close_house, house)
        STORY(the_same_event_twice_is_one_row_and_one_effect),
        STORY(an_id_that_comes_with_other_contents_is_kept_apart),
        STORY(an_event_that_is_kept_apart_leaves_no_row_behind),
        STORY(a_name_and_its_arn_are_one_thing_whichever_comes_first),
        STORY(a_list_keeps_its_good_part_and_its_bad_part),
        STORY(what_is_not_json_is_kept_as_it_came),
        STORY(a_key_reaches_its_accounts_only),
        STORY(counts_follow_rows_whatever_the_order),
        STORY(an_errand_is_leased_finished_once_and_then_gone),
        STORY(a_reason_that_is_too_long_is_cut_between_characters),
        STORY(a_late_collector_cannot_report_over_its_successor),
        STORY(what_ends_every_collector_is_given_up_with_a_sentence),
        STORY(utilization_is_stored_and_then_emitted),
        STORY(retention_takes_the_old_but_never_what_still_has_errands),
        STORY(a_step_looks_at_few_and_the_next_goes_on),
        STORY(a_step_that_was_rolled_back_starts_over),
        STORY(the_oldest_that_may_go_is_not_the_one_that_waits),
        STORY(what_came_late_goes_by_its_arrival),
    };

    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    static struct house sqlite   = {.check = {.name = "post"}};
    static struct house postgres = {.check = {.name = "post", .is_postgres = 1}};
    int                 failed   = run("SQLite", &sqlite);

    return check_has_postgres() ? failed + run("PostgreSQL", &postgres) : failed;
}
