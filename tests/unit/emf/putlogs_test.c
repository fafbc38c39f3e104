/* collectors/emf/putlogs.c: batches within every bound, answers to outcomes. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "emf/putlogs.h"

static void batches_end_at_each_bound(void **state)
{
    static struct output_event events[10001];

    (void)state;
    for (size_t i = 0; i < 10001; i++)
        events[i] = (struct output_event){.timestamp = 1000, .line = STR("x")};
    assert_int_equal(putlogs_batch(events, 10001), 10000);
    assert_int_equal(putlogs_batch(events, 10000), 10000);
    assert_int_equal(putlogs_batch(events, 0), 0);

    /* 1,048,576 bytes exactly, with 26 for each; one byte more does not fit. */
    events[0].line.size = 1048576 / 2 - 26;
    events[1].line.size = 1048576 / 2 - 26;
    assert_int_equal(putlogs_batch(events, 2), 2);
    events[1].line.size++;
    assert_int_equal(putlogs_batch(events, 2), 1);

    /* Less than a day between the first and the last. */
    events[0].line.size = events[1].line.size = 1;
    events[1].timestamp                       = 1000 + MS_DAY - 1;
    assert_int_equal(putlogs_batch(events, 2), 2);
    events[1].timestamp++;
    assert_int_equal(putlogs_batch(events, 2), 1);

    events[0].line.size = 5000000; /* alone it goes, and is refused there */
    assert_int_equal(putlogs_batch(events, 2), 1);
}

static void events_are_sorted_and_equals_keep_their_order(void **state)
{
    struct output_event events[] = {
        {.timestamp = 5, .tag = 0}, {.timestamp = 3, .tag = 1}, {.timestamp = 5, .tag = 2},
        {.timestamp = 3, .tag = 3}, {.timestamp = 1, .tag = 4},
    };
    static const size_t expected[] = {4, 1, 3, 0, 2};

    (void)state;
    putlogs_sort(events, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(events[i].tag, expected[i]);
}

static void the_request_is_json(void **state)
{
    const struct output_event events[] = {{.timestamp = 7, .line = STR("{\"a\":1}")}};
    OWN(buf) body                      = BUF_UP_TO(1000);

    (void)state;
    putlogs_compose(&body, STR("g"), STR("s"), events, 1);
    CHECK_STR(buf_view(&body), "{\"logGroupName\":\"g\",\"logStreamName\":\"s\",\"logEvents\":"
                               "[{\"timestamp\":7,\"message\":\"{\\\"a\\\":1}\"}]}");
}

static void rejected_indexes_are_refused_for_good(void **state)
{
    static const struct {
        const char *answer, *results; /* T taken, R refused, W waits */
    } cases[] = {
        {"{}", "TTTT"},
        {"", "TTTT"},
        {"{\"nextSequenceToken\":\"1\",\"rejectedLogEventsInfo\":null}", "TTTT"},
        {"{\"rejectedLogEventsInfo\":{\"tooNewLogEventStartIndex\":3}}", "TTTR"},
        {"{\"rejectedLogEventsInfo\":{\"tooOldLogEventEndIndex\":2}}", "RRTT"},
        {"{\"rejectedLogEventsInfo\":{\"expiredLogEventEndIndex\":1,\"tooNewLogEventStartIndex\":2}"
         "}",
         "RTRR"},
        {"{\"rejectedLogEventsInfo\":{\"tooOldLogEventEndIndex\":\"2\"}}", "WWWW"},
        {"<html>", "WWWW"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct output_event events[4] = {{.timestamp = 1}, {.timestamp = 2}, {.timestamp = 3}};
        struct fail         why       = FAIL_OK;
        int                 result    = putlogs_read(str_of(cases[i].answer), events, 4, &why);

        assert_int_equal(result, cases[i].results[0] == 'W' ? -1 : 0);
        if (result)
            assert_int_equal(why.kind, FAIL_REMOTE);
        for (size_t j = 0; j < 4; j++)
            assert_int_equal("WTR"[events[j].result], cases[i].results[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_end_at_each_bound),
        cmocka_unit_test(events_are_sorted_and_equals_keep_their_order),
        cmocka_unit_test(the_request_is_json),
        cmocka_unit_test(rejected_indexes_are_refused_for_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
