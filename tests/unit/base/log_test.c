/* log: one JSON line per happening, safe to show in a terminal, counted even when not written. */
#include "check.h"

#include "base/log.h"
#include "base/own.h"
#include "base/when.h"

#include <math.h>
#include <string.h>

/* What was written to stderr while it pointed into a pipe. */
struct capture {
    int stderr_was;
    int from;
};

static struct capture capture_start(void)
{
    struct capture capture;
    int            ends[2];

    assert_int_equal(pipe(ends), 0);
    capture.stderr_was = dup(STDERR_FILENO);
    capture.from       = ends[0];
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    close(ends[1]);
    return capture;
}

static struct buf capture_end(struct capture *capture)
{
    struct buf text = BUF_UP_TO(64u << 10);
    char       piece[4096];
    ssize_t    got;

    dup2(capture->stderr_was, STDERR_FILENO); /* closes the pipe's last writing end */
    close(capture->stderr_was);
    while ((got = read(capture->from, piece, sizeof piece)) > 0)
        buf_add(&text, piece, (size_t)got);
    close(capture->from);
    return text;
}

static void writes_one_json_line(void **state)
{
    static const char before[] = "{\"at\":\"";
    static const char after[] =
        "Z\",\"level\":\"warn\",\"event\":\"refused\",\"job\":"
        "\"a\\\"b\\\\c\\u000a\\u001b[31m\\ufffd \\u00fc\\ud83d\\ude80\\ufffd\\ufffd\","
        "\"status\":503,\"seconds\":0.25,\"none\":\"\",\"nan\":0}\n";
    struct capture capture = capture_start();
    OWN(buf) text          = BUF_UP_TO(0);

    (void)state;
    LOG(LOG_REFUSED, LOG_TEXT("job", "a\"b\\c\n\033[31m\xc3 \xc3\xbc\xf0\x9f\x9a\x80\xf0\x9f"),
        LOG_INT("status", 503), LOG_REAL("seconds", 0.25), LOG_STR("none", STR_NONE),
        LOG_REAL("nan", (double)NAN));
    text = capture_end(&capture);
    assert_true(str_starts(buf_view(&text), str_of(before)));
    assert_int_equal(text.size, sizeof before - 1 + 23 + sizeof after - 1);
    CHECK_STR(str_part(buf_view(&text), sizeof before - 1 + 23, text.size), after);
}

static void keeps_to_its_level_but_counts_all(void **state)
{
    uint64_t       before  = log_event_count(LOG_INGEST);
    struct capture capture = capture_start();
    OWN(buf) text          = BUF_UP_TO(0);
    enum log_level level;

    (void)state;
    LOG(LOG_INGEST, LOG_INT("n", 1)); /* debug: not shown at info */
    assert_int_equal(log_level_parse("debug", &level), 0);
    log_set_level(level);
    LOG(LOG_INGEST, LOG_INT("n", 2));
    log_set_level(LEVEL_ERROR);
    LOG(LOG_INGEST, LOG_INT("n", 3));
    LOG(LOG_REFUSED, LOG_INT("n", 4));
    LOG(LOG_INTERNAL, LOG_INT("n", 5));
    log_set_level(LEVEL_INFO);
    text = capture_end(&capture);
    assert_int_equal(log_event_count(LOG_INGEST) - before, 3);
    assert_non_null(strstr(buf_c(&text), "\"n\":2}"));
    assert_non_null(strstr(buf_c(&text), "\"n\":5}"));
    assert_null(strstr(buf_c(&text), "\"n\":1}"));
    assert_null(strstr(buf_c(&text), "\"n\":3}"));
    assert_null(strstr(buf_c(&text), "\"n\":4}"));
    assert_int_equal(log_level_parse("loud", &level), -1);
}

static void a_line_too_long_is_left_out(void **state)
{
    static char    much[20000];
    struct capture capture = capture_start();
    OWN(buf) text          = BUF_UP_TO(0);

    (void)state;
    memset(much, 'x', sizeof much - 1);
    LOG(LOG_REFUSED, LOG_TEXT("much", much));
    text = capture_end(&capture);
    assert_int_equal(text.size, 0);
}

static void every_event_is_explained(void **state)
{
    (void)state;
    for (int event = 0; event < LOG_EVENT_COUNT; event++) {
        assert_true(strlen(log_event_name((enum log_event)event)) > 0);
        assert_true(strlen(log_event_meaning((enum log_event)event)) > 0);
        for (int other = 0; other < event; other++)
            assert_string_not_equal(log_event_name((enum log_event)event),
                                    log_event_name((enum log_event)other));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_one_json_line),
        cmocka_unit_test(keeps_to_its_level_but_counts_all),
        cmocka_unit_test(a_line_too_long_is_left_out),
        cmocka_unit_test(every_event_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
