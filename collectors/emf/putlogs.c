#include "emf/putlogs.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "wire/doc.h"

static const ms MOST_SPAN = MS_DAY;

/* Equal times keep their order, which qsort does not promise; a batch is small and nearly sorted,
 * so insertion is quick enough. */
void putlogs_sort(struct output_event *events, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct output_event moved = events[i];
        size_t              at    = i;

        for (; at > 0 && events[at - 1].timestamp > moved.timestamp; at--)
            events[at] = events[at - 1];
        events[at] = moved;
    }
}

size_t putlogs_batch(const struct output_event *events, size_t count)
{
    size_t taken = 0, bytes = 0;

    while (taken < count && taken < PUTLOGS_MOST_EVENTS) {
        bytes += events[taken].line.size + PUTLOGS_OVERHEAD;
        if (taken
            && (bytes > PUTLOGS_MOST_BYTES
                || events[taken].timestamp - events[0].timestamp >= MOST_SPAN))
            break;
        taken++;
    }
    return taken;
}

void putlogs_compose(struct buf *out, struct str group, struct str stream,
                     const struct output_event *events, size_t count)
{
    struct compose body = compose_into(out);

    compose_open(&body, NULL, '{');
    compose_text(&body, "logGroupName", group);
    compose_text(&body, "logStreamName", stream);
    compose_open(&body, "logEvents", '[');
    for (size_t i = 0; i < count; i++) {
        compose_open(&body, NULL, '{');
        compose_int(&body, "timestamp", events[i].timestamp);
        compose_text(&body, "message", events[i].line);
        compose_close(&body, '}');
    }
    compose_close(&body, ']');
    compose_close(&body, '}');
}

void putlogs_compose_group(struct buf *out, struct str group)
{
    struct compose body = compose_into(out);

    compose_open(&body, NULL, '{');
    compose_text(&body, "logGroupName", group);
    compose_close(&body, '}');
}

void putlogs_compose_stream(struct buf *out, struct str group, struct str stream)
{
    struct compose body = compose_into(out);

    compose_open(&body, NULL, '{');
    compose_text(&body, "logGroupName", group);
    compose_text(&body, "logStreamName", stream);
    compose_close(&body, '}');
}

static void refuse(struct output_event *event, const char *reason)
{
    event->result = OUTPUT_REFUSED;
    event->reason = reason;
}

int putlogs_read(struct str answer, struct output_event *events, size_t count, struct fail *why)
{
    OWN_PTR(doc) doc           = doc_parse(answer.size ? answer : STR("{}"), why);
    const struct doc *rejected = doc_member(doc, "rejectedLogEventsInfo");
    int64_t           too_new = (int64_t)count, too_old = 0, expired = 0;

    if (!doc
        || (rejected
            && (doc_int_or(rejected, "tooNewLogEventStartIndex", too_new, &too_new, why)
                || doc_int_or(rejected, "tooOldLogEventEndIndex", 0, &too_old, why)
                || doc_int_or(rejected, "expiredLogEventEndIndex", 0, &expired, why)))) {
        why->kind = FAIL_REMOTE;
        return fail_in(why, "answer of PutLogEvents");
    }
    for (size_t i = 0; i < count; i++) {
        int64_t at = (int64_t)i;

        events[i].result = OUTPUT_TAKEN;
        if (at < expired)
            refuse(&events[i], "older than the log group keeps");
        else if (at < too_old)
            refuse(&events[i], "older than 14 days");
        else if (at >= too_new)
            refuse(&events[i], "more than 2 hours in the future");
    }
    return 0;
}
