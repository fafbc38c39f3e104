#include "intake/envelope.h"

#include "base/fail.h"
#include "intake/detail.h"
#include "intake/kinds.h"

#include <string.h>

enum {
    ACCOUNT_DIGITS = 12,
    ROOM_FACTOR = 8, /* every text of the post unescaped, joined and normalised: at most 6 times */
    ROOM_MORE   = 4096,
    SHOWN       = 60, /* bytes of a sender's text that are repeated to him */
    MOST_WORD   = 256,
    MOST_NAME   = 1024,
    MOST_ARN    = 2048
};

struct post {
    struct reading *reading;
    ms              now;
    envelope_visit *visit;
    void           *ctx;
};

void reading_release(struct reading *reading)
{
    scan_release(&reading->scan);
    scan_release(&reading->inner);
    buf_release(&reading->room);
}

/* A member that must be a text and must not be empty. */
static int want_text(struct event *event, const char *member, struct str *out, struct fail *why)
{
    uint32_t at = detail_of_envelope(event, member);

    if (at == SCAN_NONE || scan_type(event->scan, at) == SCAN_NULL)
        return fail_set(why, FAIL_INPUT, "%s is missing", member);
    if (scan_type(event->scan, at) != SCAN_TEXT)
        return fail_set(why, FAIL_INPUT, "%s is not a text", member);
    *out = detail_text_at(event, at);
    if (event->has_no_memory)
        return fail_set(why, FAIL_MEMORY, "no memory for %s", member);
    if (!out->size)
        return fail_set(why, FAIL_INPUT, "%s is empty", member);
    if (out->size > MOST_WORD)
        return fail_set(why, FAIL_INPUT, "%s is longer than %d bytes", member, MOST_WORD);
    return 0;
}

static int read_account(struct event *event, struct fail *why)
{
    struct str digits;

    if (want_text(event, "account", &digits, why))
        return -1;
    if (digits.size != ACCOUNT_DIGITS || digits.data[0] == '-'
        || str_to_i64(digits, 0, INT64_MAX, &event->news->account))
        return fail_set(why, FAIL_INPUT, "account is not 12 digits");
    return 0;
}

/* The head of a text, cut between characters. */
static struct str head_of(struct str text)
{
    size_t size = text.size < SHOWN ? text.size : SHOWN;

    while (size < text.size && size > 0 && (text.data[size] & 0xc0) == 0x80)
        size--;
    return str_part(text, 0, size);
}

static int read_source(struct event *event, struct fail *why)
{
    struct str source;

    if (want_text(event, "source", &source, why))
        return -1;
    if (!str_is_text(source, "aws.sagemaker"))
        return fail_set(why, FAIL_INPUT, "source is \"%.*s\", not aws.sagemaker",
                        STR_ARG(head_of(source)));
    return 0;
}

/* The envelope's time is at hand for order and de-duplication, so it is never unknown. Our clock
 * stands in until the detail is read: it may know better (detail_read). */
static void read_time(struct event *event, ms now)
{
    struct news *news = event->news;

    news->time = detail_time_at(event, detail_of_envelope(event, "time"), "time");
    if (news->time == WHEN_UNKNOWN) {
        news->time        = now;
        news->bad_time    = "time";
        event->is_untimed = true;
    }
}

/* The account first, so that quarantine knows whose it is whatever else is wrong. */
static int read_members(struct event *event, ms now, struct fail *why)
{
    struct news *news   = event->news;
    struct fail  whose  = FAIL_OK;
    int          no_one = read_account(event, &whose);

    read_time(event, now);
    if (want_text(event, "detail-type", &news->detail_type, why) || read_source(event, why)
        || want_text(event, "id", &news->event_id, why))
        return -1;
    if (no_one) {
        *why = whose;
        return -1;
    }
    if (want_text(event, "region", &news->region, why))
        return -1;
    if (event->detail == SCAN_NONE)
        return fail_set(why, FAIL_INPUT, "detail is missing");
    if (scan_type(event->scan, event->detail) != SCAN_OBJECT)
        return fail_set(why, FAIL_INPUT, "detail is not an object");
    return 0;
}

/* Texts that become keys must fit an index page of every engine. */
static int check_sizes(const struct news *news, struct fail *why)
{
    const struct {
        struct str  text;
        size_t      most;
        const char *what;
    } texts[] = {{news->name, MOST_NAME, "the name"},
                 {news->arn, MOST_ARN, "the ARN"},
                 {news->parent, MOST_ARN, "the parent's ARN"},
                 {news->created_by, MOST_ARN, "the caller's ARN"},
                 {news->status, MOST_WORD, "the status"},
                 {news->secondary, MOST_WORD, "the secondary status"},
                 {news->approval, MOST_WORD, "the approval"},
                 {news->instance_type, MOST_WORD, "the instance type"}};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].text.size > texts[i].most)
            return fail_set(why, FAIL_INPUT, "%s is longer than %zu bytes", texts[i].what,
                            texts[i].most);
    return 0;
}

static int read_event(struct event *event, ms now, struct fail *why)
{
    struct news *news = event->news;

    if (read_members(event, now, why))
        return -1;
    event->row     = kinds_find(news->detail_type);
    news->is_known = event->row != NULL;
    news->version  = news->time;
    if (!event->row)
        return 0;
    return detail_read(event, why) || check_sizes(news, why) ? -1 : 0;
}

static struct news no_news(struct str body)
{
    return (struct news){.body           = body,
                         .kind           = KIND_OTHER,
                         .time           = WHEN_UNKNOWN,
                         .generation     = WHEN_UNKNOWN,
                         .version        = WHEN_UNKNOWN,
                         .started        = WHEN_UNKNOWN,
                         .ended          = WHEN_UNKNOWN,
                         .weight         = -1,
                         .billable_ms    = -1,
                         .instance_count = -1};
}

/* `raw` is what was posted for this event, wrapper and all. */
static int visit_envelope(struct post *post, const struct scan *scan, uint32_t at, struct str raw,
                          struct fail *why)
{
    struct fail  reason = FAIL_OK;
    struct news  news   = no_news(scan_raw(scan, at));
    struct event event  = {.scan     = scan,
                           .envelope = at,
                           .detail   = scan_member(scan, at, "detail"),
                           .room     = &post->reading->room,
                           .news     = &news,
                           .modified = WHEN_UNKNOWN,
                           .own      = WHEN_UNKNOWN};
    int          state  = read_event(&event, post->now, &reason);

    if (state && reason.kind != FAIL_INPUT) {
        *why = reason;
        return -1;
    }
    return post->visit(post->ctx, &news, raw, state ? &reason : NULL);
}

/* Not even an envelope: kept with its reason. */
static int visit_refused(struct post *post, struct str raw, const struct fail *reason)
{
    struct news news = no_news(raw);

    news.time = news.version = post->now;
    return post->visit(post->ctx, &news, raw, reason);
}

/* The envelope within {"rule":..,"event":{..}}, or the object itself. */
static uint32_t unwrap(const struct scan *scan, uint32_t at)
{
    uint32_t event = scan_member(scan, at, "event");

    if (event == SCAN_NONE || scan_type(scan, event) != SCAN_OBJECT
        || scan_member(scan, at, "detail-type") != SCAN_NONE)
        return at;
    return event;
}

/* {"messageId":..,"body":"{...}"}: the event came as a text. */
static int visit_message(struct post *post, uint32_t text_at, struct str raw, struct fail *why)
{
    struct reading *reading = post->reading;
    struct fail     reason  = FAIL_OK;
    struct str      text;

    if (scan_text(&reading->scan, text_at, &reading->room, &text))
        return fail_set(why, FAIL_MEMORY, "no memory for a message's body");
    if (scan_read(&reading->inner, text, &reason)) {
        if (reason.kind != FAIL_INPUT) {
            *why = reason;
            return -1;
        }
        (void)fail_in(&reason, "the message's body"); /* it goes to the visitor */
        return visit_refused(post, raw, &reason);
    }
    if (scan_type(&reading->inner, 0) != SCAN_OBJECT) {
        (void)fail_set(&reason, FAIL_INPUT, "the message's body is not an object");
        return visit_refused(post, raw, &reason);
    }
    return visit_envelope(post, &reading->inner, unwrap(&reading->inner, 0), raw, why);
}

static int visit_item(struct post *post, uint32_t at, struct fail *why)
{
    const struct scan *scan   = &post->reading->scan;
    struct str         raw    = scan_raw(scan, at);
    struct fail        reason = FAIL_OK;
    uint32_t           event, body;

    if (scan_type(scan, at) != SCAN_OBJECT) {
        (void)fail_set(&reason, FAIL_INPUT, "an event must be an object");
        return visit_refused(post, raw, &reason);
    }
    event = unwrap(scan, at);
    body  = scan_member(scan, at, "body");
    if (event == at && body != SCAN_NONE && scan_type(scan, body) == SCAN_TEXT
        && scan_member(scan, at, "detail-type") == SCAN_NONE)
        return visit_message(post, body, raw, why);
    return visit_envelope(post, scan, event, raw, why);
}

static int visit_list(struct post *post, uint32_t list, struct fail *why)
{
    const struct scan *scan  = &post->reading->scan;
    size_t             count = 0;

    for (uint32_t at = scan_first(scan, list); at; at = scan_next(scan, list, at))
        count++;
    if (count > ENVELOPE_MOST_EVENTS)
        return fail_set(why, FAIL_INPUT, "%zu events in one post, at most %d are taken", count,
                        ENVELOPE_MOST_EVENTS);
    for (uint32_t at = scan_first(scan, list); at; at = scan_next(scan, list, at)) {
        int state = visit_item(post, at, why);

        if (state)
            return state;
    }
    return 0;
}

/* The room is taken once, in a size that no post can outgrow: texts point into it. */
static int prepare(struct reading *reading, struct str body, struct fail *why)
{
    buf_clear(&reading->room);
    reading->room.ceiling_bytes = body.size * ROOM_FACTOR + ROOM_MORE;
    if (!buf_room(&reading->room, reading->room.ceiling_bytes))
        return fail_set(why, FAIL_MEMORY, "no memory for the texts of a post");
    return scan_read(&reading->scan, body, why);
}

int envelope_read(struct reading *reading, struct str body, ms now, envelope_visit *visit,
                  void *ctx, struct fail *why)
{
    const struct scan *scan = &reading->scan;
    struct post        post = {reading, now, visit, ctx};
    uint32_t           records;

    if (prepare(reading, body, why))
        return -1;
    if (scan_type(scan, 0) == SCAN_ARRAY)
        return visit_list(&post, 0, why);
    if (scan_type(scan, 0) != SCAN_OBJECT)
        return fail_set(why, FAIL_INPUT, "an event must be an object, or an array of objects");
    records = scan_member(scan, 0, "Records");
    if (records != SCAN_NONE && scan_type(scan, records) == SCAN_ARRAY
        && scan_member(scan, 0, "detail-type") == SCAN_NONE)
        return visit_list(&post, records, why);
    return visit_item(&post, 0, why);
}

size_t envelope_type_count(void)
{
    return kinds_count();
}

const char *envelope_type_name(size_t at)
{
    return kinds_at(at)->detail_type.data;
}
