/* read_one.h -- for the tests of intake: a post is read, and its last event is looked at. */
#ifndef SMON_TESTS_READ_ONE_H
#define SMON_TESTS_READ_ONE_H

#include "check.h"

#include "base/own.h"
#include "intake/envelope.h"

#include <string.h>

#define NOW 1700000000000

/* What came of a post. Release with one_release; news points into it. */
struct one {
    struct reading reading;
    struct buf     body;
    struct news    news;
    struct fail    reason; /* why the last event was refused */
    struct fail    why;    /* why the whole post was */
    struct str     raw;
    int            count, refused, result;
};

static inline int one_take(void *ctx, const struct news *news, struct str raw,
                           const struct fail *why)
{
    struct one *one = ctx;

    one->news   = *news;
    one->raw    = raw;
    one->reason = why ? *why : FAIL_OK;
    one->count++;
    one->refused += why != NULL;
    return 0;
}

static inline void one_read(struct one *one, struct str body)
{
    *one = (struct one){.reading = READING_EMPTY, .body = BUF_UP_TO(8u << 20)};
    buf_str(&one->body, body);
    one->result = envelope_read(&one->reading, buf_view(&one->body), NOW, one_take, one, &one->why);
}

/* An event of this type with this detail; the rest is in order. */
static inline void one_detail(struct one *one, const char *type, const char *detail)
{
    OWN(buf) text = BUF_UP_TO(1u << 20);

    buf_format(
        &text,
        "{\"version\":\"0\",\"id\":\"e-1\",\"detail-type\":\"%s\",\"source\":\"aws.sagemaker\","
        "\"account\":\"111122223333\",\"time\":\"2026-03-02T08:00:00Z\",\"region\":\"us-east-1\","
        "\"resources\":[\"arn:aws:sagemaker:us-east-1:111122223333:thing/from-resources\"],"
        "\"detail\":%s}",
        type, detail);
    one_read(one, buf_view(&text));
    if (one->result)
        fail_msg("%s: %s", detail, one->why.text);
}

static inline void one_release(struct one *one)
{
    reading_release(&one->reading);
    buf_release(&one->body);
}

#define CHECK_TAKEN(one)                                                                           \
    do {                                                                                           \
        if ((one)->result || (one)->refused)                                                       \
            fail_msg("refused: %s%s", (one)->why.text, (one)->reason.text);                        \
    } while (0)

#endif
