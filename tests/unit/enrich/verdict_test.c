/* collectors/enrich/verdict.c and fold.c: what a reading means, and when it is final. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "base/own.h"
#include "cloudwatch/metric_answer.h"
#include "enrich/fold.h"
#include "enrich/verdict.h"
#include "wire/doc.h"

static const ms END = 1714564800000;

static void readings_are_final_when_they_cover_and_repeat(void **state)
{
    static const struct {
        ms                     after_end;
        int64_t                cpu_points[2]; /* of two hosts that should have 10 each */
        int64_t                before, tries;
        enum errand_result     result;
        enum utilization_state state;
        ms                     wait;
    } cases[] = {
        {120000, {10, 10}, -1, 0, ERRAND_LATER, UTILIZATION_PENDING, 60000},
        {180000, {10, 10}, 20, 1, ERRAND_DONE, UTILIZATION_SETTLED, 0},
        {180000, {10, 10}, 19, 1, ERRAND_LATER, UTILIZATION_PENDING, 120000},
        {180000, {9, 9}, 18, 1, ERRAND_DONE, UTILIZATION_SETTLED, 0},
        {180000, {10, 8}, 18, 1, ERRAND_LATER, UTILIZATION_PENDING, 120000},
        {180000, {10, 0}, 10, 7, ERRAND_LATER, UTILIZATION_PENDING, 300000},
        {180000, {0, 0}, 0, 2, ERRAND_LATER, UTILIZATION_PENDING, 300000},
        {16 * 60000, {10, 10}, -1, 0, ERRAND_DONE, UTILIZATION_SETTLED, 0},
        {29 * 60000, {3, 3}, 6, 9, ERRAND_LATER, UTILIZATION_PENDING, 60000},
        {30 * 60000, {3, 3}, 6, 9, ERRAND_DONE, UTILIZATION_SETTLED, 0},
        {30 * 60000, {0, 0}, 0, 9, ERRAND_DONE, UTILIZATION_NONE, 0},
        {(ms)3 * MS_DAY, {0, 0}, -1, 0, ERRAND_DONE, UTILIZATION_NONE, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct plan plan = {
            .job_start = END - 600000, .job_end = END, .period_s = 60, .expected = 10};
        const struct verdict_memo before = {cases[i].before, cases[i].tries, 0, WHEN_UNKNOWN,
                                            WHEN_UNKNOWN};
        OWN(utilization) read            = UTILIZATION_EMPTY;
        OWN(errand_outcome) out          = {.result = ERRAND_DEAD};

        for (int h = 0; h < 2; h++) {
            struct figures *cpu =
                &utilization_host(&read, h ? STR("algo-2") : STR("algo-1"))->metric[METRIC_CPU];

            cpu->points   = cases[i].cpu_points[h];
            cpu->is_known = cpu->points > 0;
        }
        verdict_of_reading(&plan, &before, END + cases[i].after_end, 30 * MS_MINUTE, "", &read,
                           &out);
        if (out.result != cases[i].result || out.utilization.state != cases[i].state)
            fail_msg("case %zu: result %d, state %d", i, (int)out.result,
                     (int)out.utilization.state);
        if (out.result == ERRAND_LATER) {
            struct fail why          = FAIL_OK;
            OWN_PTR(doc) doc         = doc_parse(str_of(out.memo), &why);
            struct verdict_memo memo = verdict_memo_read(doc);

            assert_true(out.after_ms == cases[i].wait);
            assert_int_equal(memo.points, cases[i].cpu_points[0] + cases[i].cpu_points[1]);
            assert_int_equal(memo.tries, cases[i].tries + 1);
        }
    }
}

/* A search finds a host when its metrics are listed, each in its own time. */
static void a_host_that_is_not_listed_yet_is_waited_for(void **state)
{
    static const struct {
        ms                 after_end;
        size_t             wanted;
        enum errand_result result;
        const char        *reason;
    } cases[] = {
        {180000, 0, ERRAND_DONE, ""}, /* nobody said how many there are */
        {180000, 1, ERRAND_DONE, ""},
        {180000, 2, ERRAND_LATER, ""},
        {16 * 60000, 2, ERRAND_LATER, ""},
        {30 * 60000, 2, ERRAND_DONE, "CloudWatch has metrics of 1 of 2 hosts"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct plan         plan   = {.job_start    = END - 600000,
                                            .job_end      = END,
                                            .period_s     = 60,
                                            .expected     = 10,
                                            .hosts_wanted = cases[i].wanted};
        const struct verdict_memo before = {10, 1, 0, WHEN_UNKNOWN, WHEN_UNKNOWN};
        OWN(utilization) read            = UTILIZATION_EMPTY;
        OWN(errand_outcome) out          = {.result = ERRAND_DEAD};
        struct figures *cpu = &utilization_host(&read, STR("i-0aa"))->metric[METRIC_CPU];

        cpu->points   = 10;
        cpu->is_known = true;
        verdict_of_reading(&plan, &before, END + cases[i].after_end, 30 * MS_MINUTE, "", &read,
                           &out);
        assert_int_equal(out.result, cases[i].result);
        assert_string_equal(out.utilization.reason, cases[i].reason);
    }
}

static void no_metrics_is_said_in_words(void **state)
{
    const struct plan plan = {
        .job_start = END - 35000, .job_end = END, .period_s = 60, .expected = 1};
    const struct verdict_memo before = {-1, 0, 0, WHEN_UNKNOWN, WHEN_UNKNOWN};
    OWN(utilization) read            = UTILIZATION_EMPTY;
    OWN(errand_outcome) out          = {.result = ERRAND_DEAD};

    (void)state;
    verdict_of_reading(&plan, &before, END + MS_HOUR, 30 * MS_MINUTE, "", &read, &out);
    assert_string_equal(
        out.utilization.reason,
        "CloudWatch has no metrics for this job (it ran 35 s; metrics come once a minute)");
}

static void the_first_reading_of_an_endpoint_is_final(void **state)
{
    static const struct {
        int64_t                points; /* of 60 */
        enum utilization_state state;
        const char            *reason; /* how it begins */
    } cases[] = {
        {60, UTILIZATION_SETTLED, ""},
        {58, UTILIZATION_SETTLED, ""},
        {20, UTILIZATION_SETTLED, "CloudWatch has 20 of about 60 points of the least covered var"},
        {0, UTILIZATION_NONE, "CloudWatch has no metrics of this endpoint in the last hour: "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct plan         plan   = {.job_start   = END - MS_HOUR,
                                            .job_end     = END,
                                            .period_s    = 60,
                                            .expected    = 60,
                                            .is_endpoint = true};
        const struct verdict_memo before = {-1, 0, 0, WHEN_UNKNOWN, WHEN_UNKNOWN};
        OWN(utilization) read            = UTILIZATION_EMPTY;
        OWN(errand_outcome) out          = {.result = ERRAND_DEAD};
        struct figures *cpu = &utilization_host(&read, STR("blue"))->metric[METRIC_CPU];

        cpu->points   = cases[i].points;
        cpu->is_known = cpu->points > 0;
        verdict_of_reading(&plan, &before, END + 100, 30 * MS_MINUTE, "", &read, &out);
        assert_int_equal(out.result, ERRAND_DONE);
        assert_int_equal(out.utilization.state, cases[i].state);
        assert_int_equal(out.utilization.reason[0] == '\0', cases[i].reason[0] == '\0');
        assert_true(str_starts(str_of(out.utilization.reason), str_of(cases[i].reason)));
    }
}

static void failures_are_tried_again_for_a_while(void **state)
{
    static const struct {
        enum fail_kind     kind;
        ms                 failing_for; /* -1: this is the first */
        enum errand_result result;
    } cases[] = {
        {FAIL_LIMIT, -1, ERRAND_LATER},
        {FAIL_REMOTE, 12 * MS_HOUR, ERRAND_LATER},
        {FAIL_REMOTE, 25 * MS_HOUR, ERRAND_DONE},
        {FAIL_DENIED, -1, ERRAND_LATER},
        {FAIL_DENIED, 14 * MS_MINUTE, ERRAND_LATER},
        {FAIL_DENIED, 15 * MS_MINUTE, ERRAND_DONE},
        {FAIL_INPUT, 16 * MS_MINUTE, ERRAND_DONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool                      is_first = cases[i].failing_for < 0;
        ms                        since    = is_first ? WHEN_UNKNOWN : END - cases[i].failing_for;
        const struct verdict_memo before   = {4, 2, is_first ? 0 : 3, since, since};
        const struct fail         failure  = {cases[i].kind, "AccessDenied: no"};
        OWN(errand_outcome) out            = {.result = ERRAND_DEAD};

        verdict_of_failure(&before, END, &FAIL_OK, &failure, &out);
        assert_int_equal(out.result, cases[i].result);
        assert_string_equal(out.why, "AccessDenied: no");
        if (out.result == ERRAND_DONE) {
            assert_int_equal(out.utilization.state, UTILIZATION_FAILED);
            assert_string_equal(out.utilization.reason, "AccessDenied: no");
        } else {
            struct fail why          = FAIL_OK;
            OWN_PTR(doc) doc         = doc_parse(str_of(out.memo), &why);
            struct verdict_memo memo = verdict_memo_read(doc);

            assert_true(out.after_ms >= 1000 && out.after_ms <= 10 * MS_MINUTE);
            assert_int_equal(memo.points, 4);
            assert_int_equal(memo.failures, is_first ? 1 : 4);
            assert_true(memo.failing_since == (is_first ? END : before.failing_since));
            assert_int_equal(out.utilization.state, UTILIZATION_NONE_YET);
        }
    }
}

/* `start`, and then this character of two bytes until `room` is full. */
static void lengthen(char *out, size_t room, const char *start, const char *character)
{
    size_t used = (size_t)snprintf(out, room, "%s", start);

    for (; used + 2 < room; used += 2)
        memcpy(out + used, character, 3);
}

static void of_two_refusals_both_are_told(void **state)
{
    const struct verdict_memo before  = {-1, 0, 3, END - MS_HOUR, END - MS_HOUR};
    struct fail               first   = {FAIL_DENIED, ""};
    struct fail               failure = {FAIL_AUTH, ""};
    OWN(errand_outcome) out           = {.result = ERRAND_DEAD};

    (void)state;
    lengthen(first.text, sizeof first.text, "by observability: ", "\xc3\xa9");
    lengthen(failure.text, sizeof failure.text, "by role: ", "\xc3\xa8");
    verdict_of_failure(&before, END, &first, &failure, &out);
    assert_int_equal(out.utilization.state, UTILIZATION_FAILED);
    assert_true(str_is_utf8(str_of(out.why)) && str_is_utf8(str_of(out.utilization.reason)));
    assert_non_null(strstr(out.why, "\xc3\xa9...; by role: \xc3\xa8"));
    assert_non_null(strstr(out.utilization.reason, "\xc3\xa9...; by role: \xc3\xa8"));
    assert_true(str_ends(str_of(out.utilization.reason), STR("\xc3\xa8...")));
    assert_true(strlen(out.why) > sizeof out.why - 5);
    assert_true(strlen(out.utilization.reason) > sizeof out.utilization.reason - 5);
}

static void what_does_not_fit_after_no_metrics_is_cut_at_its_end(void **state)
{
    const struct plan         plan   = {.job_end = END, .is_endpoint = true};
    const struct verdict_memo before = {-1, 0, 0, WHEN_UNKNOWN, WHEN_UNKNOWN};
    OWN(utilization) read            = UTILIZATION_EMPTY;
    OWN(errand_outcome) out          = {.result = ERRAND_DEAD};
    char note[240];

    (void)state;
    lengthen(note, sizeof note, "by role: x", "\xc3\xa9");
    verdict_of_reading(&plan, &before, END, 30 * MS_MINUTE, note, &read, &out);
    assert_non_null(strstr(out.utilization.reason, " hour old; by role: x\xc3\xa9"));
    assert_true(str_is_utf8(str_of(out.utilization.reason)));
    assert_true(str_ends(str_of(out.utilization.reason), STR("\xc3\xa9...")));
}

/* The next try's failure, after what the memo in `out` says. */
static void fail_again(enum fail_kind kind, ms at, struct errand_outcome *out)
{
    struct fail why             = FAIL_OK;
    OWN_PTR(doc) doc            = out->memo[0] ? doc_parse(str_of(out->memo), &why) : NULL;
    struct verdict_memo before  = verdict_memo_read(doc);
    const struct fail   failure = {kind, "no"};

    verdict_of_failure(&before, END + at, &FAIL_OK, &failure, out);
}

static void a_refusal_has_its_time_whatever_went_wrong_before(void **state)
{
    static const struct {
        const char        *memo; /* before the first of these */
        enum fail_kind     kinds[3];
        ms                 at[3];  /* minutes */
        enum errand_result result; /* of the last; the others are tried again */
    } cases[] = {
        {"", {FAIL_LIMIT, FAIL_DENIED, FAIL_DENIED}, {0, 16, 30}, ERRAND_LATER},
        {"", {FAIL_LIMIT, FAIL_DENIED, FAIL_DENIED}, {0, 16, 31}, ERRAND_DONE},
        /* in turns: neither begins anew */
        {"", {FAIL_DENIED, FAIL_LIMIT, FAIL_DENIED}, {0, 10, 15}, ERRAND_DONE},
        {"", {FAIL_LIMIT, FAIL_DENIED, FAIL_REMOTE}, {0, 10, 24 * 60}, ERRAND_DONE},
        /* an older program does not tell them apart */
        {"{\"points\":4,\"tries\":2,\"failures\":3,\"failing_since\":1714564800000}",
         {FAIL_DENIED, FAIL_DENIED, FAIL_DENIED},
         {16, 20, 31},
         ERRAND_DONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(errand_outcome) out = {.result = ERRAND_DEAD};

        snprintf(out.memo, sizeof out.memo, "%s", cases[i].memo);
        for (int t = 0; t < 3; t++) {
            fail_again(cases[i].kinds[t], cases[i].at[t] * MS_MINUTE, &out);
            if (out.result != (t < 2 ? ERRAND_LATER : cases[i].result))
                fail_msg("case %zu, try %d: result %d", i, t, (int)out.result);
        }
    }
}

static void a_strange_memo_starts_over(void **state)
{
    static const char *const cases[] = {"[]", "{\"points\":\"x\"}", "{}", "7"};

    (void)state;
    assert_int_equal(verdict_memo_read(NULL).points, -1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why  = FAIL_OK;
        OWN_PTR(doc) doc = doc_parse(str_of(cases[i]), &why);

        assert_int_equal(verdict_memo_read(doc).points, -1);
        assert_int_equal(verdict_memo_read(doc).tries, 0);
    }
}

static void points_become_figures(void **state)
{
    double averages[] = {10, 30, 20}, maxima[] = {15, 95, 40}, p95s[] = {14, 90, 30};
    const struct metric_points average = {.values = averages, .count = 3};
    const struct metric_points maximum = {.values = maxima, .count = 3};
    const struct metric_points p95     = {.values = p95s, .count = 3};
    const struct metric_points empty   = {.count = 0};
    struct figures             figures;
    struct fail                why = FAIL_OK;

    (void)state;
    CHECK_OK(fold_figures(&average, &maximum, &p95, &figures, &why), &why);
    assert_true(figures.is_known && figures.average == 20 && figures.maximum == 95
                && figures.p95 == 90);
    assert_int_equal(figures.points, 3);
    assert_true(averages[1] == 30); /* not sorted in place */
    CHECK_OK(fold_figures(&average, NULL, &empty, &figures, &why), &why);
    assert_true(figures.maximum == 30 && figures.p95 == 30);
    CHECK_OK(fold_figures(&empty, &maximum, &p95, &figures, &why), &why);
    assert_false(figures.is_known);
    assert_int_equal(figures.points, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_are_final_when_they_cover_and_repeat),
        cmocka_unit_test(a_host_that_is_not_listed_yet_is_waited_for),
        cmocka_unit_test(no_metrics_is_said_in_words),
        cmocka_unit_test(the_first_reading_of_an_endpoint_is_final),
        cmocka_unit_test(failures_are_tried_again_for_a_while),
        cmocka_unit_test(of_two_refusals_both_are_told),
        cmocka_unit_test(what_does_not_fit_after_no_metrics_is_cut_at_its_end),
        cmocka_unit_test(a_refusal_has_its_time_whatever_went_wrong_before),
        cmocka_unit_test(a_strange_memo_starts_over),
        cmocka_unit_test(points_become_figures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
