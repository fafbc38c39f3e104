/* server/format/errand.c: both documents of the work API, there and back. */
#include "check.h"

#include <string.h>

#include "base/own.h"
#include "format/compose.h"
#include "format/errand.h"
#include "wire/doc.h"

static void an_errand_travels_whole(void **state)
{
    const struct errand sent = {
        .id      = "111122223333-7",
        .deed    = DEED_ENRICH,
        .fence   = 3,
        .attempt = 2,
        .born_at = 1714557600123,
        .job     = {.account        = STR("000011112222"),
                    .region         = STR("eu-west-1"),
                    .kind           = KIND_TRAINING,
                    .name           = STR("demo"),
                    .arn            = STR("arn:aws:sagemaker:eu-west-1:000011112222:training-job/demo"),
                    .status         = STR("Completed"),
                    .created_at     = 1714557000000,
                    .started_at     = WHEN_UNKNOWN,
                    .ended_at       = 1714557600000,
                    .counted_at     = 1714557601000,
                    .duration_ms    = WHEN_UNKNOWN,
                    .instance_type  = STR("ml.m5.xlarge"),
                    .instance_count = 2},
    };
    OWN(buf) text      = BUF_UP_TO(1 << 16);
    struct compose out = compose_into(&text);
    struct errand  read;
    struct fail    why = FAIL_OK;

    (void)state;
    errand_compose(&out, &sent, STR("{\"points\":4}"), NULL);
    OWN_PTR(doc) doc = doc_parse(buf_view(&text), &why);
    assert_non_null(doc);
    CHECK_OK(errand_parse(doc, &read, &why), &why);
    assert_string_equal(read.id, sent.id);
    assert_int_equal(read.deed, DEED_ENRICH);
    assert_int_equal(read.fence, 3);
    assert_int_equal(read.attempt, 2);
    assert_true(read.born_at == sent.born_at);
    CHECK_STR(read.job.account, "000011112222");
    CHECK_STR(read.job.name, "demo");
    assert_int_equal(read.job.kind, KIND_TRAINING);
    assert_true(read.job.started_at == WHEN_UNKNOWN && read.job.duration_ms == WHEN_UNKNOWN);
    assert_true(read.job.ended_at == sent.job.ended_at);
    assert_true(read.job.counted_at == sent.job.counted_at);
    assert_null(read.job.failure_reason.data);
    assert_int_equal(read.job.instance_count, 2);
    assert_non_null(read.memo);
    assert_null(read.utilization);
}

static void an_older_service_counts_an_end_when_it_was(void **state)
{
    static const struct {
        const char *json; /* of the job, after its name */
        ms          counted_at;
    } cases[] = {
        {",\"ended_at\":\"2024-05-01T10:00:00Z\"", 1714557600000},
        {",\"ended_at\":\"2024-05-01T10:00:00Z\",\"counted_at\":null", 1714557600000},
        {",\"ended_at\":null", WHEN_UNKNOWN},
        {",\"ended_at\":null,\"counted_at\":\"2024-05-01T10:00:00Z\"", 1714557600000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) text     = BUF_UP_TO(1 << 10);
        struct fail   why = FAIL_OK;
        struct errand read;

        buf_format(
            &text,
            "{\"id\":\"a-1\",\"deed\":\"emit\",\"fence\":1,\"job\":{\"account\":\"000011112222\","
            "\"region\":\"eu-west-1\",\"kind\":\"training\",\"name\":\"demo\"%s}}",
            cases[i].json);
        OWN_PTR(doc) doc = doc_parse(buf_view(&text), &why);
        assert_non_null(doc);
        CHECK_OK(errand_parse(doc, &read, &why), &why);
        assert_true(read.job.counted_at == cases[i].counted_at);
    }
}

static void outcomes_travel_whole(void **state)
{
    static const struct {
        enum errand_result result;
        ms                 after_ms;
        const char        *why, *memo;
    } cases[] = {
        {ERRAND_DONE, 0, "", ""},
        {ERRAND_LATER, 60000, "throttled", "{\"points\":3,\"tries\":1}"},
        {ERRAND_DEAD, 0, "AccessDenied \"for ever\"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct errand_outcome sent = {
            .id = "a-1", .fence = 9, .result = cases[i].result, .after_ms = cases[i].after_ms};
        OWN(errand_outcome) read = {.result = ERRAND_DONE};
        OWN(buf) text            = BUF_UP_TO(1 << 16);
        struct compose out       = compose_into(&text);
        struct fail    why       = FAIL_OK;

        snprintf(sent.why, sizeof sent.why, "%s", cases[i].why);
        snprintf(sent.memo, sizeof sent.memo, "%s", cases[i].memo);
        errand_outcome_compose(&out, &sent);
        OWN_PTR(doc) doc = doc_parse(buf_view(&text), &why);
        assert_non_null(doc);
        CHECK_OK(errand_outcome_parse(doc, &read, &why), &why);
        assert_string_equal(read.id, "a-1");
        assert_int_equal(read.fence, 9);
        assert_int_equal(read.result, cases[i].result);
        assert_true(read.after_ms == cases[i].after_ms);
        assert_string_equal(read.why, cases[i].why);
        assert_string_equal(read.memo, cases[i].memo);
        assert_int_equal(read.utilization.state, UTILIZATION_NONE_YET);
    }
}

static void a_long_reason_is_cut_between_characters(void **state)
{
    OWN(errand_outcome) read = {.result = ERRAND_DONE};
    OWN(buf) text            = BUF_UP_TO(1 << 16);
    struct fail why          = FAIL_OK;

    (void)state;
    buf_text(&text, "{\"id\":\"a\",\"fence\":1,\"result\":\"dead\",\"why\":\"x");
    for (int i = 0; i < 400; i++)
        buf_text(&text, "\xc3\xa9");
    buf_text(&text, "\"}");
    OWN_PTR(doc) doc = doc_parse(buf_view(&text), &why);
    assert_non_null(doc);
    CHECK_OK(errand_outcome_parse(doc, &read, &why), &why);
    assert_true(str_is_utf8(str_of(read.why)));
    assert_int_equal(strlen(read.why), 299);
}

static void sentences_are_cut_at_their_end(void **state)
{
    static const struct {
        const char *first, *second; /* NULL: one sentence */
        size_t      room;
        const char *said;
    } cases[] = {
        {"denied", NULL, 7, "denied"},
        {"denied!", NULL, 7, "den..."},
        {"d\xc3\xa9nied!", NULL, 7, "d\xc3\xa9..."},
        {"de\xc3\xa9nied", NULL, 7, "de..."}, /* not half a character */
        {"", "b", 20, "; b"},
        {"abc", "defg", 10, "abc; defg"},
        {"abc", "defghijkl", 13, "abc; defg..."},
        {"abcdefghi", "jkl", 13, "abcd...; jkl"},
        {"abcdefghi", "jklmnopqr", 15, "abc...; jkl..."},
        {"abcdefghi", "jklmnopqr", 16, "abc...; jklm..."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char said[20];

        if (cases[i].second)
            errand_say_both(str_of(cases[i].first), str_of(cases[i].second), said, cases[i].room);
        else
            errand_say(str_of(cases[i].first), said, cases[i].room);
        assert_string_equal(said, cases[i].said);
    }
}

static void wrong_outcomes_are_refused(void **state)
{
    static const char *const cases[] = {
        "3",
        "{\"fence\":1,\"result\":\"done\"}",
        "{\"id\":\"\",\"fence\":1,\"result\":\"done\"}",
        "{\"id\":\"a\",\"result\":\"done\"}",
        "{\"id\":\"a\",\"fence\":1}",
        "{\"id\":\"a\",\"fence\":1,\"result\":\"perhaps\"}",
        "{\"id\":\"a\",\"fence\":1,\"result\":\"later\",\"after_ms\":-1}",
        "{\"id\":\"a\",\"fence\":1,\"result\":\"later\",\"after_ms\":9000000000000}",
        "{\"id\":\"a\",\"fence\":1,\"result\":\"done\",\"memo\":[1]}",
        "{\"id\":\"a\",\"fence\":1,\"result\":\"done\",\"utilization\":{\"state\":\"?\"}}",
        ("{\"id\":\"01234567890123456789012345678901234567890123456789012345678901234\",\"fence\":"
         "1,\"result\":"
         "\"done\"}"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why          = FAIL_OK;
        OWN_PTR(doc) doc         = doc_parse(str_of(cases[i]), &why);
        OWN(errand_outcome) read = {.result = ERRAND_DONE};

        if (errand_outcome_parse(doc, &read, &why) == 0)
            fail_msg("taken: %s", cases[i]);
        assert_int_equal(why.kind, FAIL_INPUT);
    }
}

static void deeds_have_names(void **state)
{
    (void)state;
    for (int i = 1; i < DEED_COUNT; i++)
        assert_int_equal(deed_of_name(str_of(deed_name((enum deed)i))), i);
    assert_int_equal(deed_of_name(STR("fly")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_errand_travels_whole),
        cmocka_unit_test(an_older_service_counts_an_end_when_it_was),
        cmocka_unit_test(outcomes_travel_whole),
        cmocka_unit_test(a_long_reason_is_cut_between_characters),
        cmocka_unit_test(sentences_are_cut_at_their_end),
        cmocka_unit_test(wrong_outcomes_are_refused),
        cmocka_unit_test(deeds_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
