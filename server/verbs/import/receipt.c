#include "verbs/import/receipt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"
#include "verbs/import/senders.h"
#include "verbs/refusal.h"
#include "verbs/show.h"
#include "wire/doc.h"

enum { LINE_MOST = LINES_LINE_MOST * 8, REASONS_MOST = 64 * 1024 };

/* ---- refused lines -------------------------------------------------------------------------- */

struct refused {
    FILE *file; /* NULL: standard error */
};

int refused_open(const char *path, struct refused **out, struct fail *why)
{
    struct refused *refused = mem_new(sizeof *refused);

    if (!refused)
        return fail_set(why, FAIL_MEMORY, "no memory for refused lines");
    refused->file = path ? fopen(path, "we") : NULL;
    if (path && !refused->file) {
        mem_free(refused);
        return fail_set(why, FAIL_INPUT, "--refused %s: %s", path, strerror(errno));
    }
    *out = refused;
    return 0;
}

int refused_close(struct refused *refused, struct fail *why)
{
    FILE *file = TAKE(refused->file);

    if (file && (ferror(file) + fclose(file)) != 0)
        return fail_set(why, FAIL_REMOTE, "not all refused lines could be written: %s",
                        strerror(errno));
    return 0;
}

void refused_free(struct refused *refused)
{
    if (refused && refused->file)
        (void)fclose(refused->file); /* the import has failed before this matters */
    mem_free(refused);
}

static void print_line(int64_t line, const struct doc *item)
{
    OWN(buf) reasons = BUF_UP_TO(REASONS_MOST);

    refusal_lines(item, &reasons);
    (void)fprintf(stderr, "line %" PRId64 " is refused\n%s", line, buf_c(&reasons));
}

static int write_line(FILE *file, int64_t line, const struct doc *item, struct str text,
                      struct fail *why)
{
    OWN(buf) out        = BUF_UP_TO(LINE_MOST);
    OWN(buf) errors     = BUF_UP_TO(REASONS_MOST);
    struct compose json = compose_into(&out);

    if (!doc_member(item, "errors") || doc_render(doc_member(item, "errors"), &errors, why))
        buf_text(&errors, "[]");
    compose_open(&json, NULL, '{');
    compose_int(&json, "line", line);
    compose_raw(&json, "errors", buf_view(&errors));
    compose_text(&json, "text", str_trim(text));
    compose_close(&json, '}');
    buf_char(&out, '\n');
    if (buf_check(&out, why))
        return -1;
    (void)fwrite(out.data, 1, out.size, file); /* refused_close looks at it */
    return 0;
}

/* ---- the receipt ---------------------------------------------------------------------------- */

/* The batch's line of this number, from 1 on; no data when there is none. */
static struct str line_at(const struct lines_batch *batch, int64_t number)
{
    struct str rest = buf_view(&batch->text), line = STR_NONE;

    while (number-- > 0)
        if (!str_cut(&rest, '\n', &line))
            return STR_NONE;
    return line;
}

static void blank(struct lines_batch *batch, struct str line)
{
    memset(batch->text.data + (line.data - batch->text.data), ' ', line.size);
}

/* One of `refused`. 1: it was named now, 0: it makes no sense, -1. */
static int take_item(struct sent *sent, const struct doc *item, struct refused *refused,
                     struct fail *why)
{
    int64_t    number = 0;
    struct str line;

    if (doc_int_or(item, "line", 0, &number, why))
        return -1;
    line = line_at(&sent->batch, number);
    if (!line.data || str_trim(line).size == 0)
        return 0;
    number += sent->batch.first - 1;
    if (!refused->file)
        print_line(number, item);
    else if (write_line(refused->file, number, item, line, why))
        return -1;
    blank(&sent->batch, line);
    return 1;
}

static int take_items(struct sent *sent, const struct doc *items, struct refused *refused,
                      struct fail *why)
{
    int named = 0;

    for (size_t i = 0; i < doc_count(items); i++) {
        int got = take_item(sent, doc_item(items, i), refused, why);

        if (got < 0)
            return -1;
        named += got;
    }
    return named;
}

static int read_partial(struct sent *sent, struct refused *refused, struct receipt_sum *sum,
                        struct fail *why)
{
    int64_t accepted = 0, duplicates = 0, waiting = 0, count = 0;
    int     named;

    if (!doc_is_object(sent->answer) || doc_int(sent->answer, "accepted", &accepted, why)
        || doc_int_or(sent->answer, "duplicates", 0, &duplicates, why)
        || doc_int_or(sent->answer, "waiting", 0, &waiting, why)
        || doc_int_or(sent->answer, "refused_count", 0, &count, why))
        return fail_set(why, FAIL_REMOTE, "what answers there is no smon: that is no receipt");
    named = take_items(sent, doc_member(sent->answer, "refused"), refused, why);
    if (named >= 0 && sum) {
        sum->lines += sent->batch.count;
        sum->accepted += accepted + waiting; /* half a transaction is kept, too */
        sum->duplicates += duplicates;
        sum->refused += count;
    }
    return named < 0 ? -1 : named > 0 && named < count;
}

/* ---- all of them are refused ---------------------------------------------------------------- */

/* "/16/status" is about line 17; 0: it is about none. */
static int64_t line_of(struct str pointer, struct str *out_rest)
{
    struct str number;
    int64_t    index;

    if (!str_starts(pointer, STR("/")))
        return 0;
    *out_rest = str_part(pointer, 1, pointer.size);
    (void)str_cut(out_rest, '/', &number); /* it has data */
    if (str_to_i64(number, 0, LINES_BATCH_MOST, &index))
        return 0;
    *out_rest = str_part(pointer, 1 + number.size, pointer.size);
    return index + 1;
}

bool receipt_is_refusal(const struct sent *sent)
{
    const struct doc *first = doc_item(doc_member(sent->answer, "errors"), 0);
    struct str        rest;

    return sent->status == 400 && line_of(show_text(first, "pointer"), &rest) > 0;
}

/* The problem's errors as a receipt names refused lines. */
static void gather(const struct doc *errors, struct doc *out)
{
    struct doc *list = NULL;
    int64_t     last = 0;

    for (size_t i = 0; i < doc_count(errors); i++) {
        const struct doc *error = doc_item(errors, i);
        struct doc       *copy  = doc_object();
        struct str        rest  = STR_NONE;
        int64_t           line  = line_of(show_text(error, "pointer"), &rest);

        if (line != last) {
            struct doc *item = doc_object();

            list = doc_array();
            doc_set_int(item, "line", line);
            doc_set(item, "errors", list); /* it lives in `out` from here on */
            doc_add(out, item);
            last = line;
        }
        doc_set_text(copy, "pointer", rest);
        doc_set_text(copy, "code", show_text(error, "code"));
        doc_set_text(copy, "detail", show_text(error, "detail"));
        doc_add(list, copy);
    }
}

static int64_t count_lines(const struct lines_batch *batch)
{
    struct str rest  = buf_view(&batch->text), line;
    int64_t    count = 0;

    while (str_cut(&rest, '\n', &line))
        count += str_trim(line).size > 0;
    return count;
}

static int read_refusal(struct sent *sent, struct refused *refused, struct receipt_sum *sum,
                        struct fail *why)
{
    OWN_PTR(doc) items = doc_array();
    int64_t count      = count_lines(&sent->batch);
    int     named;

    gather(doc_member(sent->answer, "errors"), items);
    named = take_items(sent, items, refused, why);
    if (named >= 0 && sum) {
        sum->lines += sent->batch.count;
        sum->refused += count;
    }
    return named < 0 ? -1 : named > 0 && named < count;
}

int receipt_read(struct sent *sent, struct refused *refused, struct receipt_sum *sum,
                 struct fail *why)
{
    if (sent->status == SENT_NOTHING) {
        sum->lines += sent->batch.count; /* a blank batch is never sent again, so there is a sum */
        return 0;
    }
    return receipt_is_refusal(sent) ? read_refusal(sent, refused, sum, why)
                                    : read_partial(sent, refused, sum, why);
}
