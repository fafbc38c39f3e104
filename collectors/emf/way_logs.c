#include "emf/ways.h"

#include <string.h>

#include "aws/aws.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "emf/putlogs.h"

enum {
    DEADLINE_MS  = 10 * 1000,
    ANSWER_BYTES = 256 * 1024,
    /* A message can grow when it is quoted within the request: every byte at most sixfold. */
    REQUEST_BYTES = 7 * PUTLOGS_MOST_BYTES + 10000 * 64
};

struct place {
    struct aws *aws;
    struct str  region, group, stream;
};

static int call(const struct place *at, const char *target, struct str body,
                struct fetch_answer *answer, char code[AWS_CODE_ROOM], struct fail *why)
{
    const struct fetch_header headers[] = {
        {"Content-Type", "application/x-amz-json-1.1"},
        {"X-Amz-Target", target},
    };
    const struct aws_request request = {
        .service      = "logs",
        .endpoint     = "CLOUDWATCH_LOGS",
        .host_prefix  = "logs",
        .region       = at->region,
        .method       = "POST",
        .path         = "/",
        .headers      = headers,
        .header_count = sizeof headers / sizeof headers[0],
        .body         = body,
        .deadline     = DEADLINE_MS,
        .answer_limit = ANSWER_BYTES,
    };

    return aws_do(at->aws, NULL, &request, answer, code, why);
}

/* Makes one thing; that it exists is fine. */
static int make(const struct place *at, const char *target, const struct buf *body,
                struct fail *why)
{
    OWN(fetch_answer) answer = FETCH_ANSWER;
    char code[AWS_CODE_ROOM] = "";

    if (buf_check(body, why))
        return -1;
    if (!call(at, target, buf_view(body), &answer, code, why))
        return 0;
    return strcmp(code, "ResourceAlreadyExistsException") == 0 ? 0 : fail_in(why, "%s", target);
}

/* The stream first: the group may be there already, and making groups somebody else's right. */
static int make_place(const struct place *at, struct fail *why)
{
    static const char new_stream[] = "Logs_20140328.CreateLogStream";
    OWN(buf) group                 = BUF_UP_TO(4096);
    OWN(buf) stream                = BUF_UP_TO(8192);

    putlogs_compose_group(&group, at->group);
    putlogs_compose_stream(&stream, at->group, at->stream);
    if (!make(at, new_stream, &stream, why))
        return 0;
    if (why->kind != FAIL_ABSENT)
        return -1;
    return make(at, "Logs_20140328.CreateLogGroup", &group, why)
                   || make(at, new_stream, &stream, why)
               ? -1
               : 0;
}

static bool is_one_of(const char *code, const char *const *known)
{
    while (*known)
        if (strcmp(code, *known++) == 0)
            return true;
    return false;
}

static void mark_all(struct output_event *events, size_t count, enum output_result result,
                     const char *reason)
{
    for (size_t i = 0; i < count; i++) {
        events[i].result = result;
        events[i].reason = reason;
    }
}

static int put_once(const struct place *at, struct output_event *events, size_t count,
                    char code[AWS_CODE_ROOM], struct fail *why)
{
    OWN(fetch_answer) answer = FETCH_ANSWER;
    OWN(buf) body            = BUF_UP_TO(REQUEST_BYTES);

    putlogs_compose(&body, at->group, at->stream, events, count);
    if (buf_check(&body, why)
        || call(at, "Logs_20140328.PutLogEvents", buf_view(&body), &answer, code, why))
        return -1;
    return putlogs_read(buf_view(&answer.body), events, count, why);
}

static int put_batch(const struct place *at, struct output_event *events, size_t count,
                     struct fail *why)
{
    static const char *const taken[]             = {"DataAlreadyAcceptedException", NULL};
    static const char *const missing[]           = {"ResourceNotFoundException", NULL};
    static const char *const again[]             = {"InvalidSequenceTokenException", NULL};
    char                     code[AWS_CODE_ROOM] = "";

    if (!put_once(at, events, count, code, why))
        return 0;
    if (is_one_of(code, missing) && make_place(at, why))
        return -1;
    if ((is_one_of(code, missing) || is_one_of(code, again))) {
        code[0] = '\0';
        if (!put_once(at, events, count, code, why))
            return 0;
    }
    if (!is_one_of(code, taken))
        return -1;
    mark_all(events, count, OUTPUT_TAKEN, NULL);
    return 0;
}

int way_logs(struct aws *aws, const char *region, const char *group_and_stream,
             struct output_event *events, size_t count, struct fail *why)
{
    struct str   both   = str_of(group_and_stream);
    struct str   stream = str_after_last(both, '/');
    struct place at     = {.aws    = aws,
                           .region = region[0] ? str_of(region) : STR_NONE,
                           .group  = str_part(both, 0, both.size - stream.size - 1),
                           .stream = stream};

    putlogs_sort(events, count);
    for (size_t done = 0; done < count;) {
        size_t batch = putlogs_batch(events + done, count - done);

        if (put_batch(&at, events + done, batch, why))
            return fail_in(why, "log group %.*s", STR_ARG(at.group));
        done += batch;
    }
    return 0;
}
