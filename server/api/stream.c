#include "api/stream.h"

#include "api/app.h"
#include "api/fleet/event_json.h"
#include "api/guard.h"
#include "api/handlers.h"
#include "api/fleet/job_json.h"
#include "api/keeper.h"
#include "api/problem.h"
#include "base/buf.h"
#include "base/fail.h"
#include "base/lock.h"
#include "base/mem.h"
#include "format/compose.h"
#include "format/kind.h"
#include "query/filter.h"
#include "query/params.h"
#include "query/readers.h"
#include "store/event_list.h"
#include "store/job_list.h"
#include "store/writer.h"
#include "wire/db.h"
#include "wire/web.h"

enum {
    MOST_SUBSCRIBERS = 256,
    MOST_CHANGES     = 500,
    FRAME_CEILING    = 4 << 20,
    GREETING_CEILING = 128,
    FROM_NOW         = -1
};

static const ms KEEP_ALIVE = 15 * (ms)MS_SECOND, LIFE = MS_HOUR;
/* Services that share PostgreSQL commit side by side, so a smaller number may become visible after
 * a greater one. Events are passed on when they are old enough for that to be over. */
static const ms SETTLE = MS_SECOND;

struct subscriber {
    struct subscriber *next;
    struct web_stream *to;
    struct caller      caller;
    struct choice      accounts, kinds;
    int64_t            at; /* number of the last event seen; FROM_NOW: not placed yet */
    ms                 quiet_since, until; /* monotonic */
};

struct stream {
    struct lock        lock; /* guards arrived, count, is_ended */
    struct subscriber *arrived;
    int                count;
    bool               is_ended;

    struct keys         *keys;
    const struct prices *prices;

    struct subscriber *all;       /* only the keeper's thread, like what follows */
    uint64_t           commits;   /* of the writer at the last look */
    bool               is_behind; /* the last look did not reach the end */
};

int stream_new(struct keys *keys, const struct prices *prices, struct stream **out,
               struct fail *why)
{
    *out = mem_new(sizeof **out);
    if (!*out)
        return fail_set(why, FAIL_MEMORY, "no memory for streams");
    (*out)->keys   = keys;
    (*out)->prices = prices;
    lock_init(&(*out)->lock);
    return 0;
}

static void subscriber_free(struct subscriber *subscriber)
{
    web_stream_end(subscriber->to);
    guard_release(&subscriber->caller);
    mem_free(subscriber);
}

static void free_list(struct subscriber *list)
{
    while (list) {
        struct subscriber *next = list->next;

        subscriber_free(list);
        list = next;
    }
}

void stream_end_all(struct stream *stream)
{
    struct subscriber *arrived;

    lock_take(&stream->lock);
    stream->is_ended = true;
    stream->count    = 0;
    arrived          = stream->arrived;
    stream->arrived  = NULL;
    lock_drop(&stream->lock);
    free_list(arrived);
    free_list(stream->all);
    stream->all = NULL;
}

void stream_free(struct stream *stream)
{
    if (!stream)
        return;
    stream_end_all(stream);
    lock_release(&stream->lock);
    mem_free(stream);
}

int stream_count(struct stream *stream)
{
    int count;

    lock_take(&stream->lock);
    count = stream->count;
    lock_drop(&stream->lock);
    return count;
}

/* --- subscribing, on the event thread --- */

static int read_wishes(struct params *params, const struct web_request *request,
                       struct subscriber *out, struct fail *why)
{
    static const char *const known[] = {"account", "kind", "last_event_id", NULL};
    struct str               last    = web_header(request, "Last-Event-ID");

    out->at = FROM_NOW;
    if (params_parse(params, web_query(request), why) || params_check(params, known, why)
        || filter_accounts(params, &out->accounts, why) || filter_kinds(params, &out->kinds, why))
        return -1;
    if ((last.data || params_find(params, "last_event_id", &last))
        && str_to_i64(last, 0, INT64_MAX, &out->at))
        return params_fault(params, PARAM_BAD, STR("last_event_id"), why,
                            "Last-Event-ID is a number this stream sent");
    return 0;
}

/* False: full, or over. */
static bool take_in(struct stream *stream, struct subscriber *subscriber)
{
    bool is_taken;

    lock_take(&stream->lock);
    is_taken = !stream->is_ended && stream->count < MOST_SUBSCRIBERS;
    if (is_taken) {
        subscriber->next = stream->arrived;
        stream->arrived  = subscriber;
        stream->count++;
    }
    lock_drop(&stream->lock);
    return is_taken;
}

/* Opens the answer and hands the subscriber to the keeper. */
static void open_stream(struct app *app, struct web_request *request, struct subscriber *subscriber,
                        const struct caller *caller)
{
    struct web_reply reply = WEB_REPLY(200);

    subscriber->caller = guard_copy(caller); /* the request ends with the next call */
    reply.type         = "text/event-stream";
    web_reply_header(&reply, "Cache-Control", "no-store");
    web_reply_header(&reply, "X-Accel-Buffering", "no");
    subscriber->to = web_stream_open(request, &reply);
    if (!subscriber->to) {
        guard_release(&subscriber->caller);
        mem_free(subscriber);
        return;
    }
    if (take_in(app->stream, subscriber))
        keeper_wake(app->keeper);
    else
        subscriber_free(subscriber);
}

void stream_subscribe(struct app *app, struct web_request *request, const struct caller *caller)
{
    OWN(params) params            = PARAMS_EMPTY;
    struct fail        why        = FAIL_OK;
    struct subscriber *subscriber = mem_new(sizeof *subscriber);
    ms                 now        = when_monotonic();

    if (!subscriber || stream_count(app->stream) >= MOST_SUBSCRIBERS) {
        mem_free(subscriber);
        problem_reply_as(request, "busy", "too many streams are open");
        return;
    }
    if (read_wishes(&params, request, subscriber, &why)) {
        mem_free(subscriber);
        problem_reply_asked(request, &(struct problem_asked){.params = &params}, &why);
        return;
    }
    subscriber->quiet_since = now;
    subscriber->until       = now + LIFE;
    open_stream(app, request, subscriber, caller);
}

/* --- looking, on the keeper's thread --- */

/* With its place: who hears nothing more before the connection ends misses nothing either. */
static void greet(const struct subscriber *subscriber)
{
    OWN(buf) text = BUF_UP_TO(GREETING_CEILING);

    buf_format(&text, "retry: 2000\nid: %lld\nevent: ready\ndata: {}\n\n",
               (long long)subscriber->at);
    if (!text.broken) /* should it be gone already, the next keep-alive finds out */
        (void)web_stream_send(subscriber->to, buf_view(&text));
}

static void place_arrived(struct stream *stream, int64_t newest)
{
    struct subscriber *arrived;

    lock_take(&stream->lock);
    arrived         = stream->arrived;
    stream->arrived = NULL;
    lock_drop(&stream->lock);
    while (arrived) {
        struct subscriber *next = arrived->next;

        if (arrived->at == FROM_NOW || arrived->at > newest)
            arrived->at = newest;
        else
            stream->is_behind = true;
        arrived->next = stream->all;
        stream->all   = arrived;
        arrived       = next;
        greet(stream->all);
    }
}

struct change {
    int64_t    id, account, kind, resource_id;
    bool       is_last; /* of its resource in this look */
    struct buf json;    /* of an event about nothing we keep a row for */
};

struct look {
    struct stream *stream;
    struct change *changes;
    size_t         count;
    ms             settled; /* our clock: newer events wait; WHEN_UNKNOWN: none do */
    bool           is_cut;
};

static int note_event(void *ctx, const struct event_item *item, struct fail *why)
{
    struct look   *look = ctx;
    struct change *change;
    struct compose json;

    (void)why;
    if (look->is_cut || look->count == MOST_CHANGES
        || (look->settled != WHEN_UNKNOWN && item->received_at > look->settled)) {
        look->is_cut = true;
        return 0;
    }
    change  = &look->changes[look->count++];
    *change = (struct change){.id          = item->id,
                              .account     = item->account,
                              .kind        = item->kind,
                              .resource_id = item->resource_id,
                              .is_last     = true,
                              .json        = BUF_UP_TO(FRAME_CEILING)};
    if (item->resource_id) {
        for (size_t i = 0; i + 1 < look->count; i++)
            if (look->changes[i].resource_id == item->resource_id
                && look->changes[i].account == item->account)
                look->changes[i].is_last = false;
        return 0;
    }
    json = compose_into(&change->json);
    event_json(&json, NULL, item, SHAPE_EVERYTHING);
    return 0;
}

static bool chooses(const struct choice *choice, int64_t value)
{
    bool is_in = false;

    for (size_t i = 0; i < choice->count; i++)
        is_in |= choice->values[i] == value;
    return !choice->is_given || is_in != choice->is_not;
}

static bool wants(const struct subscriber *subscriber, const struct change *change)
{
    return subscriber->at < change->id && scope_has(&subscriber->caller.scope, change->account)
           && chooses(&subscriber->accounts, change->account)
           && chooses(&subscriber->kinds, change->kind);
}

struct framing {
    struct buf          *frame;
    struct db           *db;
    const struct prices *prices;
};

static int frame_job(void *ctx, const struct job_row *row, struct fail *why)
{
    struct framing       *framing = ctx;
    struct compose        json    = compose_into(framing->frame);
    const struct job_json how     = {.db          = framing->db,
                                     .prices      = framing->prices,
                                     .wanted      = SHAPE_EVERYTHING,
                                     .is_resource = !kind_is_job((enum kind)row->kind)};

    return job_json(&json, NULL, row, &how, why);
}

/* id, event and data. Line ends within the JSON can only be blanks between members. */
static int frame_change(const struct change *change, const struct prices *prices,
                        struct reader *reader, struct buf *frame, struct fail *why)
{
    struct framing framing = {frame, reader->db, prices};
    const char    *name    = !change->resource_id                   ? "event"
                             : kind_is_job((enum kind)change->kind) ? "job"
                                                                    : "resource";
    size_t         start;

    buf_clear(frame);
    buf_format(frame, "id: %lld\nevent: %s\ndata: ", (long long)change->id, name);
    start = frame->size;
    if (!change->resource_id)
        buf_str(frame, buf_view(&change->json));
    else if (job_list_one(reader->db, reader->words, change->account, change->resource_id,
                          frame_job, &framing, why)
             < 0)
        return -1;
    for (size_t i = start; i < frame->size; i++)
        if (frame->data[i] == '\n' || frame->data[i] == '\r')
            frame->data[i] = ' ';
    buf_text(frame, "\n\n");
    return buf_check(frame, why);
}

static void send_all(struct stream *stream, const struct change *change, struct str frame)
{
    for (struct subscriber *each = stream->all; each; each = each->next) {
        if (!wants(each, change))
            continue;
        if (web_stream_send(each->to, frame))
            each->until = 0; /* gone: swept at the next look */
        each->quiet_since = when_monotonic();
    }
}

static int send_changes(struct look *look, struct reader *reader, struct fail *why)
{
    OWN(buf) frame = BUF_UP_TO(FRAME_CEILING);
    int result     = 0;

    for (size_t i = 0; i < look->count && result == 0; i++) {
        bool is_wanted = false;

        for (struct subscriber *each = look->stream->all; each; each = each->next)
            is_wanted |= wants(each, &look->changes[i]);
        if (!is_wanted || !look->changes[i].is_last)
            continue;
        result = frame_change(&look->changes[i], look->stream->prices, reader, &frame, why);
        if (result == 0)
            send_all(look->stream, &look->changes[i], buf_view(&frame));
    }
    if (result == 0 && look->count)
        for (struct subscriber *each = look->stream->all; each; each = each->next)
            if (each->at < look->changes[look->count - 1].id)
                each->at = look->changes[look->count - 1].id;
    return result;
}

/* Once from where the slowest subscriber is. */
static int look_once(struct stream *stream, struct reader *reader, struct fail *why)
{
    const struct event_filter filter = {
        .scope = SCOPE_ALL, .from = WHEN_UNKNOWN, .to = WHEN_UNKNOWN};
    struct page page = {.limit = MOST_CHANGES, .goes_on = true, .id = INT64_MAX};
    struct look look = {.stream = stream, .settled = WHEN_UNKNOWN};
    int         result;

    for (struct subscriber *each = stream->all; each; each = each->next)
        page.id = each->at < page.id ? each->at : page.id;
    if (db_engine(reader->db) == DB_POSTGRES)
        look.settled = when_now() - SETTLE;
    look.changes = mem_array(MOST_CHANGES, sizeof *look.changes);
    if (!look.changes)
        return fail_set(why, FAIL_MEMORY, "no memory for changes");
    result = event_list(reader->db, reader->words, &filter, &page, note_event, &look, why);
    if (result == 0)
        result = send_changes(&look, reader, why);
    stream->is_behind = result != 0 || look.is_cut;
    for (size_t i = 0; i < look.count; i++)
        buf_release(&look.changes[i].json);
    mem_free(look.changes);
    return result;
}

/* Comments to those who heard nothing for a while; ends what is gone or old, or whose key is not
 * valid any more. */
static void sweep(struct stream *stream)
{
    ms                  now   = when_monotonic();
    struct subscriber **at    = &stream->all;
    int                 ended = 0;

    while (*at) {
        struct subscriber *each = *at;

        if (!guard_is_valid(stream->keys, &each->caller, when_now()))
            each->until = 0;
        if (now < each->until && now - each->quiet_since >= KEEP_ALIVE) {
            each->quiet_since = now;
            if (web_stream_send(each->to, STR(": still here\n\n")))
                each->until = 0;
        }
        if (now < each->until) {
            at = &each->next;
            continue;
        }
        *at = each->next;
        subscriber_free(each);
        ended++;
    }
    lock_take(&stream->lock);
    stream->count -= ended;
    lock_drop(&stream->lock);
}

static bool has_arrived(struct stream *stream)
{
    bool has;

    lock_take(&stream->lock);
    has = stream->arrived != NULL;
    lock_drop(&stream->lock);
    return has;
}

int stream_look(struct stream *stream, struct writer *writer, struct reader *reader,
                struct fail *why)
{
    uint64_t commits = writer_commits(writer);
    bool     may_have_changed =
        stream->is_behind || commits != stream->commits || db_engine(reader->db) == DB_POSTGRES;

    if (has_arrived(stream)) {
        int64_t newest;

        if (event_list_last(reader->db, &newest, why))
            return -1;
        place_arrived(stream, newest);
        may_have_changed = true;
    }
    sweep(stream); /* first: nothing is sent to whom nothing is due any more */
    if (!stream->all || !may_have_changed)
        return 0;
    stream->commits = commits;
    return look_once(stream, reader, why);
}
