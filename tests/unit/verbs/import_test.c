#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "verbs/import/lines.h"
#include "verbs/import/progress.h"
#include "verbs/import/receipt.h"
#include "verbs/import/senders.h"
#include "wire/doc.h"
#include "wire/gz.h"

enum { PLENTY = 8 << 20, PATH_ROOM = 64 };

static void write_file(struct str text, char path[PATH_ROOM])
{
    int fd;

    (void)snprintf(path, PATH_ROOM, "%s/smon-import-XXXXXX", P_tmpdir); /* it fits */
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.data, text.size), text.size);
    assert_int_equal(close(fd), 0);
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* Everything a file holds, batch by batch, behind the first `skip` lines. */
static int64_t read_all(const char *path, int64_t skip, struct buf *out)
{
    OWN_PTR(lines) lines   = NULL;
    OWN(lines_batch) batch = LINES_BATCH;
    struct fail why        = FAIL_OK;
    int64_t     last       = skip;
    int         got;

    CHECK_OK(lines_open(path, &lines, &why), &why);
    CHECK_OK(lines_skip(lines, skip, &why), &why);
    while ((got = lines_next(lines, &batch, &why)) == 1) {
        assert_true(batch.first == last + 1);
        last += batch.count;
        buf_str(out, buf_view(&batch.text));
    }
    CHECK_OK(got, &why);
    return last;
}

static void lines_are_counted_packed_or_not(void **state)
{
    static const struct {
        const char *text;
        int64_t     skip, last;
        const char *left;
    } cases[] = {
        {"a\nb\nc\n", 0, 3, "a\nb\nc\n"},
        {"a\nb\nc", 0, 3, "a\nb\nc\n"}, /* the last one lacks its newline */
        {"a\nb\nc\n", 2, 3, "c\n"},
        {"a\n\n\nb\n", 1, 4, "\n\nb\n"}, /* blank ones count */
        {"a\nb\n", 2, 2, ""},
        {"", 0, 0, ""},
        {"\x1f\n", 0, 1, "\x1f\n"}, /* half of gzip's magic */
    };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        bool        is_packed = i % 2;
        struct str  text      = str_of(cases[i / 2].text);
        struct fail why       = FAIL_OK;
        OWN(buf) packed       = BUF_UP_TO(PLENTY);
        OWN(buf) read         = BUF_UP_TO(PLENTY);
        char path[PATH_ROOM];

        CHECK_OK(gz_pack(text, 6, &packed, &why), &why);
        write_file(is_packed ? buf_view(&packed) : text, path);
        assert_int_equal(read_all(path, cases[i / 2].skip, &read), cases[i / 2].last);
        CHECK_STR(buf_view(&read), cases[i / 2].left);
        assert_int_equal(unlink(path), 0);
    }
}

static void batches_stay_below_their_bound_and_lose_nothing(void **state)
{
    OWN(buf) text = BUF_UP_TO(PLENTY);
    OWN(buf) read = BUF_UP_TO(PLENTY);
    char path[PATH_ROOM];

    (void)state;
    for (int line = 0; line < 100000; line++)
        buf_format(&text, "line %d of a long stream\n", line);
    write_file(buf_view(&text), path);
    assert_int_equal(read_all(path, 0, &read), 100000);
    assert_true(str_is(buf_view(&text), buf_view(&read)));
    buf_clear(&read);
    assert_int_equal(read_all(path, 99999, &read), 100000);
    CHECK_STR(buf_view(&read), "line 99999 of a long stream\n");
    assert_int_equal(unlink(path), 0);
}

static void a_line_that_is_too_long_is_named_behind_those_before_it(void **state)
{
    OWN(buf) text          = BUF_UP_TO(PLENTY);
    OWN_PTR(lines) lines   = NULL;
    OWN(lines_batch) batch = LINES_BATCH;
    struct fail why        = FAIL_OK;
    char        path[PATH_ROOM];

    (void)state;
    buf_text(&text, "good\n");
    for (int i = 0; i < LINES_LINE_MOST; i++)
        buf_char(&text, 'x');
    buf_text(&text, "\nbehind\n");
    write_file(buf_view(&text), path);
    CHECK_OK(lines_open(path, &lines, &why), &why);
    assert_int_equal(lines_next(lines, &batch, &why), 1);
    CHECK_STR(buf_view(&batch.text), "good\n");
    CHECK_FAILS(lines_next(lines, &batch, &why), FAIL_INPUT, &why);
    assert_non_null(strstr(why.text, "line 2"));
    buf_clear(&text);
    assert_int_equal(read_all(path, 2, &text), 3);
    CHECK_STR(buf_view(&text), "behind\n");
    assert_int_equal(unlink(path), 0);
}

/* ---- progress ------------------------------------------------------------------------------- */

static void progress_tells_rate_and_time_left(void **state)
{
    static const struct {
        int64_t     lines;
        ms          took;
        int64_t     done, size;
        const char *text;
    } cases[] = {
        {12400, 2000, 62, 100, "12400 lines, 6200/s, 62%, 1s left"},
        {10, 1000, 1, 181, "10 lines, 10/s, 0%, 3m 00s left"},
        {10, 1000, 5, -1, "10 lines, 10/s"},                /* a pipe */
        {10, 1000, 9, 5, "10 lines, 10/s, 100%, 0ms left"}, /* the file grew */
        {0, 0, 0, 100, "0 lines, 0/s"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OWN(buf) text = BUF_UP_TO(1000);

        progress_text(&text, cases[i].lines, cases[i].took, cases[i].done, cases[i].size);
        CHECK_STR(buf_view(&text), cases[i].text);
    }
}

/* ---- receipts ------------------------------------------------------------------------------- */

static struct sent sent_of(int status, const char *answer)
{
    struct sent sent = SENT_NONE;
    struct fail why  = FAIL_OK;

    buf_text(&sent.batch.text, "one\n\ntwo\nthree\n");
    sent.batch.first = 101;
    sent.batch.count = 4;
    sent.status      = status;
    sent.answer      = doc_parse(str_of(answer), &why);
    assert_non_null(sent.answer);
    return sent;
}

static void a_blank_batch_has_only_lines(void **state)
{
    OWN(sent) sent         = sent_of(SENT_NOTHING, "{}");
    struct receipt_sum sum = {1, 1, 1, 1};
    struct fail        why = FAIL_OK;

    (void)state;
    CHECK_OK(receipt_read(&sent, NULL, &sum, &why), &why);
    assert_int_equal(sum.lines, 5);
    assert_false(lines_batch_is_blank(&sent.batch));
    buf_clear(&sent.batch.text);
    buf_text(&sent.batch.text, " \n\t\r\n");
    assert_true(lines_batch_is_blank(&sent.batch));
}

static const struct {
    int                status;
    const char        *answer;
    int                result;
    struct receipt_sum sum;
    const char        *left, *written;
} receipts[] = {
    {200,
     "{\"accepted\":2,\"duplicates\":1,\"refused_count\":0,\"refused\":[]}",
     0,
     {4, 2, 1, 0},
     "one\n\ntwo\nthree\n",
     ""},
    {200,
     "{\"accepted\":1,\"waiting\":1,\"refused_count\":1,\"refused\":[{\"line\":3,"
     "\"errors\":[{\"code\":\"c\"}]}]}",
     0,
     {4, 2, 0, 1},
     "one\n\n   \nthree\n",
     "{\"line\":103,\"errors\":[{\"code\":\"c\"}],\"text\":\"two\"}\n"},
    {200, /* not all of them are named */
     "{\"accepted\":1,\"refused_count\":2,\"refused\":[{\"line\":1}]}",
     1,
     {4, 1, 0, 2},
     "   \n\ntwo\nthree\n",
     "{\"line\":101,\"errors\":[],\"text\":\"one\"}\n"},
    {200, /* a service that names no line of ours is not asked for ever */
     "{\"accepted\":1,\"refused_count\":2,\"refused\":[{\"line\":2},{\"line\":77}]}",
     0,
     {4, 1, 0, 2},
     "one\n\ntwo\nthree\n",
     ""},
    {400, /* none of them was taken */
     "{\"errors\":[{\"pointer\":\"/0/a\",\"code\":\"c\",\"detail\":\"d\"},{\"pointer\":\"/0/"
     "b\","
     "\"code\":\"c\",\"detail\":\"e\"},{\"pointer\":\"/3\",\"code\":\"c\",\"detail\":\"f\"}]}",
     1,
     {4, 0, 0, 3},
     "   \n\ntwo\n     \n",
     "{\"line\":101,\"errors\":[{\"pointer\":\"/a\",\"code\":\"c\",\"detail\":\"d\"},"
     "{\"pointer\":\"/b\",\"code\":\"c\",\"detail\":\"e\"}],\"text\":\"one\"}\n"
     "{\"line\":104,\"errors\":[{\"pointer\":\"\",\"code\":\"c\",\"detail\":\"f\"}],"
     "\"text\":\"three\"}\n"},
};

static void receipts_are_added_up_and_refused_lines_written_and_blanked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof receipts / sizeof *receipts; i++) {
        OWN(sent) sent             = sent_of(receipts[i].status, receipts[i].answer);
        OWN(buf) written           = BUF_UP_TO(PLENTY);
        struct refused    *refused = NULL;
        struct receipt_sum sum     = {0};
        struct fail        why     = FAIL_OK;
        char               path[PATH_ROOM];

        write_file(STR(""), path);
        CHECK_OK(refused_open(path, &refused, &why), &why);
        assert_int_equal(receipt_read(&sent, refused, &sum, &why), receipts[i].result);
        CHECK_OK(refused_close(refused, &why), &why);
        refused_free(refused);
        (void)read_all(path, 0, &written);
        assert_int_equal(unlink(path), 0);
        assert_memory_equal(&sum, &receipts[i].sum, sizeof sum);
        CHECK_STR(buf_view(&sent.batch.text), receipts[i].left);
        CHECK_STR(buf_view(&written), receipts[i].written);
    }
}

static void what_is_no_receipt_is_told(void **state)
{
    static const char *const answers[] = {"[]", "{}", "{\"accepted\":\"many\"}"};

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        OWN(sent) sent          = sent_of(200, answers[i]);
        struct refused *stderr_ = NULL;
        struct fail     why     = FAIL_OK;

        CHECK_OK(refused_open(NULL, &stderr_, &why), &why);
        CHECK_FAILS(receipt_read(&sent, stderr_, NULL, &why), FAIL_REMOTE, &why);
        refused_free(stderr_);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_counted_packed_or_not),
        cmocka_unit_test(batches_stay_below_their_bound_and_lose_nothing),
        cmocka_unit_test(a_line_that_is_too_long_is_named_behind_those_before_it),
        cmocka_unit_test(progress_tells_rate_and_time_left),
        cmocka_unit_test(receipts_are_added_up_and_refused_lines_written_and_blanked),
        cmocka_unit_test(a_blank_batch_has_only_lines),
        cmocka_unit_test(what_is_no_receipt_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
