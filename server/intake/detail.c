#include "intake/detail.h"

#include "base/buf.h"
#include "base/fail.h"
#include "format/scan.h"
#include "intake/kinds.h"
#include "intake/tags.h"
#include "store/news.h"

#include <string.h>

uint32_t detail_at(const struct event *event, uint32_t object, const char *member)
{
    return object == SCAN_NONE ? SCAN_NONE : scan_member(event->scan, object, member);
}

/* Apart from detail_at, because an envelope that is the whole body is token 0 and SCAN_NONE
 * is 0. */
uint32_t detail_of_envelope(const struct event *event, const char *member)
{
    return scan_member(event->scan, event->envelope, member);
}

struct str detail_text_at(struct event *event, uint32_t at)
{
    struct str text = STR_NONE;

    if (at == SCAN_NONE || scan_type(event->scan, at) != SCAN_TEXT)
        return STR_NONE;
    if (scan_text(event->scan, at, event->room, &text))
        event->has_no_memory = true;
    return text.size ? text : STR_NONE;
}

struct str detail_text(struct event *event, uint32_t object, const char *member)
{
    return detail_text_at(event, detail_at(event, object, member));
}

int64_t detail_int(const struct event *event, uint32_t object, const char *member)
{
    uint32_t at = detail_at(event, object, member);
    int64_t  number;

    if (at == SCAN_NONE || scan_int(event->scan, at, &number) || number < 0)
        return -1;
    return number;
}

ms detail_time_at(struct event *event, uint32_t at, const char *member)
{
    ms when;

    if (scan_time(event->scan, at, &when) && !event->news->bad_time)
        event->news->bad_time = member;
    return when;
}

ms detail_time(struct event *event, uint32_t object, const char *member)
{
    return detail_time_at(event, detail_at(event, object, member), member);
}

struct str detail_arn_name(const struct event *event, struct str arn)
{
    bool is_whole = event->row->kind == KIND_MODEL_PACKAGE || event->row->kind == KIND_IMAGE_VERSION
                    || event->news->kind == KIND_MODEL_PACKAGE
                    || event->news->kind == KIND_IMAGE_VERSION;
    struct str rest = arn, kind;

    if (!arn.data)
        return STR_NONE;
    if (!is_whole)
        return str_after_last(arn, '/');
    return str_cut(&rest, '/', &kind) && rest.data ? rest : arn;
}

struct str detail_join(struct event *event, struct str a, const char *separator, struct str b)
{
    size_t start = event->room->size;

    if (!a.size || !b.size)
        return a.size ? a : b;
    buf_str(event->room, a);
    buf_text(event->room, separator);
    buf_str(event->room, b);
    if (event->room->broken) {
        event->has_no_memory = true;
        return STR_NONE;
    }
    return str_part(buf_view(event->room), start, event->room->size - start);
}

void detail_set_status(struct event *event, struct str said)
{
    struct news               *news  = event->news;
    const struct status_facts *facts = status_facts(news->kind, said);

    if (!said.size || !kind_has_status(news->kind))
        return;
    if (!facts) {
        news->status            = said;
        news->weight            = STATUS_PASSING * WEIGHT_OF_CLASS + STATUS_RANK_UNKNOWN;
        news->is_unknown_status = true;
        return;
    }
    news->status      = str_of(facts->name);
    news->weight      = (int)facts->class * WEIGHT_OF_CLASS + facts->rank;
    news->is_gone     = facts->class == STATUS_GONE;
    news->is_terminal = facts->class == STATUS_TERMINAL && facts->rank == STATUS_RANK_END
                        && kind_is_job(news->kind);
}

static void advance(ms *greatest, ms when)
{
    if (when != WHEN_UNKNOWN && (*greatest == WHEN_UNKNOWN || when > *greatest))
        *greatest = when;
}

/* Of a job, creation, start and end grow with its progress. A resource's creation is the same in
 * all its events and would make them all equally new, so it does not count. */
static void read_times(struct event *event)
{
    const struct kind_row *row  = event->row;
    struct news           *news = event->news;

    event->modified = detail_time(event, event->detail, "LastModifiedTime");
    if (row->created)
        news->generation = detail_time(event, event->detail, row->created);
    if (row->started)
        news->started = detail_time(event, event->detail, row->started);
    if (row->ended)
        news->ended = detail_time(event, event->detail, row->ended);
    if (kind_is_job(row->kind))
        advance(&event->own, news->generation);
    advance(&event->own, news->started);
    advance(&event->own, news->ended);
}

/* The first of `resources`, when the kind has an ARN and this can be it. */
static struct str first_resource(struct event *event)
{
    static const char LOOP[] = ":human-loop/";
    uint32_t          list   = detail_of_envelope(event, "resources");
    struct str        arn;

    if (list == SCAN_NONE || scan_type(event->scan, list) != SCAN_ARRAY || !event->row->arn)
        return STR_NONE;
    arn = detail_text_at(event, scan_first(event->scan, list));
    if (event->row->kind == KIND_HUMAN_LOOP && arn.data
        && !memmem(arn.data, arn.size, LOOP, sizeof LOOP - 1))
        return STR_NONE; /* of a human task, about whose loop nothing is said */
    return arn;
}

/* The name from its member, else from the ARN, else from the first of `resources`, which is the ARN
 * of the thing in every event that has one at all. */
static void read_identity(struct event *event)
{
    const struct kind_row *row  = event->row;
    struct news           *news = event->news;

    if (row->name)
        news->name = detail_text(event, event->detail, row->name);
    if (row->arn)
        news->arn = detail_text(event, event->detail, row->arn);
    if (!news->arn.data)
        news->arn = first_resource(event);
    if (!news->name.data)
        news->name = detail_arn_name(event, news->arn);
}

static int read_tags(struct event *event)
{
    uint32_t at = detail_at(event, event->detail, "Tags");

    return tags_read(event->scan, at, event->room, &event->news->tags) < 0 ? -1 : 0;
}

static int check_memory(const struct event *event, struct fail *why)
{
    if (event->has_no_memory)
        return fail_set(why, FAIL_MEMORY, "no memory for the texts of an event");
    return 0;
}

int detail_read(struct event *event, struct fail *why)
{
    const struct kind_row *row  = event->row;
    struct news           *news = event->news;

    news->kind = row->kind;
    read_times(event);
    read_identity(event);
    news->failure_reason = detail_text(event, event->detail, "FailureReason");
    if (row->status)
        detail_set_status(event, detail_text(event, event->detail, row->status));
    if (read_tags(event))
        event->has_no_memory = true;
    if (row->read)
        row->read(event);
    if (check_memory(event, why))
        return -1;
    if (news->kind != KIND_OTHER && !news->name.size)
        return fail_set(why, FAIL_INPUT, "neither detail.%s nor an ARN names a %s",
                        row->name ? row->name : row->arn, kind_facts(news->kind)->name);
    news->version = event->modified != WHEN_UNKNOWN ? event->modified
                    : event->own != WHEN_UNKNOWN    ? event->own
                                                    : news->time;
    if (event->is_untimed) /* or it would be another event each time it is delivered */
        news->time = news->version;
    return 0;
}
