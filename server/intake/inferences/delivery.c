#include "intake/inferences/delivery.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"
#include "format/flaws.h"
#include "format/scan.h"
#include "intake/inferences/members.h"
#include "store/batch.h"
#include "store/inferences/half.h"
#include "store/inferences/place.h"
#include "store/models/catalog.h"
#include "store/scope.h"
#include "store/sums.h"

enum {
    FIRST_ITEMS     = 16,
    DEFAULTS_BYTES  = 8 * 1024,
    REFUSED_CEILING = 1 << 20,
    MEMBERS_CEILING = 1 << 20
};

struct item {
    struct inference inference;
    uint32_t         number; /* its index, or its line */
    bool             is_half, is_response;
};

/* What is said about refused elements. */
struct refusals {
    int          count;
    size_t       bytes; /* of `shown`, in use */
    struct flaws flaws; /* of the first */
};

struct delivery {
    char                       *body;
    size_t                      size;
    struct transaction_defaults defaults;
    struct buf                  room; /* texts of items; never moves */
    struct scan                 scan; /* of the body, or of the line that is read */
    struct item                *items;
    size_t                      count, item_room;
    bool                        is_list, is_lines;
    struct buf                  shown;         /* refused elements as JSON, with commas */
    struct refusals             read, refused; /* after reading; now */
    struct delivery_counts      counts;
};

void delivery_free(struct delivery *delivery)
{
    if (!delivery)
        return;
    mem_free(delivery->items);
    mem_free(delivery->body);
    scan_release(&delivery->scan);
    buf_release(&delivery->room);
    buf_release(&delivery->shown);
    mem_free(delivery);
}

size_t delivery_weight(const struct delivery *delivery)
{
    return sizeof *delivery + delivery->size + delivery->room.size + delivery->shown.size
           + delivery->item_room * sizeof *delivery->items;
}

/* ---- what is refused ---- */

static void show(struct delivery *delivery, uint32_t number, const struct flaws *flaws)
{
    struct compose json = compose_into(&delivery->shown);

    if (delivery->refused.count >= DELIVERY_MOST_SHOWN)
        return;
    delivery->shown.size = delivery->refused.bytes;
    if (delivery->shown.size)
        buf_char(&delivery->shown, ',');
    compose_open(&json, NULL, '{');
    compose_int(&json, delivery->is_lines ? "line" : "index", number);
    flaws_compose(flaws, &json, "errors");
    compose_close(&json, '}');
    delivery->refused.bytes = delivery->shown.size;
}

static void refuse(struct delivery *delivery, uint32_t number, const struct flaws *flaws)
{
    char base[FLAW_POINTER_ROOM] = "", pointer[2 * FLAW_POINTER_ROOM];

    show(delivery, number, flaws);
    delivery->refused.count++;
    if (delivery->is_list)
        flaws_pointer_at(base, "", number - delivery->is_lines);
    for (int i = 0; i < flaws->count && i < FLAWS_MOST; i++) {
        (void)snprintf(pointer, sizeof pointer, "%s%s", base, flaws->items[i].pointer);
        flaws_add(&delivery->refused.flaws, pointer, flaws->items[i].code, "%s",
                  flaws->items[i].detail);
    }
}

/* ---- reading ---- */

static struct item *next_item(struct delivery *delivery)
{
    if (delivery->count == delivery->item_room) {
        size_t       room  = delivery->item_room ? delivery->item_room * 2 : FIRST_ITEMS;
        struct item *grown = mem_grow(delivery->items, room, sizeof *grown);

        if (!grown)
            return NULL;
        delivery->items     = grown;
        delivery->item_room = room;
    }
    return &delivery->items[delivery->count];
}

static int read_event(const struct transaction_source *source, const struct cloudevent *event,
                      struct item *item, struct flaws *flaws, struct fail *why)
{
    item->is_half     = true;
    item->is_response = cloudevents_is_response(event);
    return cloudevents_read(source, event, &item->inference, flaws, why);
}

static int read_element(const struct transaction_source *source, uint32_t at, struct item *item,
                        struct flaws *flaws, struct fail *why)
{
    struct cloudevent event;

    if (!cloudevents_is(source->scan, at))
        return transaction_read(source, at, &item->inference, flaws, why);
    if (cloudevents_parse(source, at, &event, flaws, why))
        return -1;
    return read_event(source, &event, item, flaws, why);
}

/* The element at `at`, or the binary event, becomes an item or is refused. */
static int take(struct delivery *delivery, uint32_t at, const struct cloudevent *binary,
                uint32_t number, struct fail *why)
{
    const struct transaction_source source = {&delivery->scan, &delivery->defaults,
                                              &delivery->room};
    struct flaws                    flaws  = FLAWS_NONE;
    struct item                    *item   = next_item(delivery);

    if (!item)
        return fail_set(why, FAIL_MEMORY, "no memory for %zu transactions", delivery->count);
    item->number  = number;
    item->is_half = false;
    if (binary ? read_event(&source, binary, item, &flaws, why)
               : read_element(&source, at, item, &flaws, why))
        return -1;
    if (flaws.count)
        refuse(delivery, number, &flaws);
    else
        delivery->count++;
    return 0;
}

static int read_array(struct delivery *delivery, struct fail *why)
{
    const struct scan *scan   = &delivery->scan;
    uint32_t           number = 0;

    delivery->is_list = true;
    for (uint32_t at = scan_first(scan, 0); at; at = scan_next(scan, 0, at))
        if (take(delivery, at, NULL, number++, why))
            return -1;
    return 0;
}

static int read_line(struct delivery *delivery, struct str line, uint32_t number, struct fail *why)
{
    struct fail  reason = FAIL_OK;
    struct flaws flaws  = FLAWS_NONE;

    if (scan_read(&delivery->scan, line, &reason) == 0)
        return take(delivery, 0, NULL, number, why);
    if (reason.kind != FAIL_INPUT) {
        *why = reason;
        return -1;
    }
    flaws_add(&flaws, "", "bad-value", "%s", reason.text);
    refuse(delivery, number, &flaws);
    return 0;
}

static int read_lines(struct delivery *delivery, struct str rest, struct fail *why)
{
    uint32_t   number = 0;
    struct str line;

    delivery->is_list = delivery->is_lines = true;
    while (str_cut(&rest, '\n', &line)) {
        number++;
        line = str_trim(line);
        if (line.size && read_line(delivery, line, number, why))
            return -1;
    }
    return 0;
}

static bool is_lines_type(struct str content_type)
{
    static const char *const types[] = {"application/x-ndjson", "application/ndjson",
                                        "application/jsonl", "application/x-jsonlines",
                                        "application/json-seq"};
    struct str               type;

    if (!str_cut(&content_type, ';', &type))
        return false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_is_nocase(str_trim(type), str_of(types[i])))
            return true;
    return false;
}

/* An object ends with the first line, and more follows. */
static bool looks_like_lines(struct delivery *delivery, struct str body)
{
    struct str  rest   = str_trim(body), first;
    struct fail reason = FAIL_OK;

    return str_cut(&rest, '\n', &first) && str_trim(rest).size && str_starts(first, STR("{"))
           && scan_read(&delivery->scan, str_trim(first), &reason) == 0;
}

static int read_body(struct delivery *delivery, const struct delivery_request *request,
                     struct fail *why)
{
    struct str        body  = str_from(delivery->body, delivery->size);
    struct cloudevent event = request->event;

    if (request->is_binary) {
        event.data = body;
        return take(delivery, 0, &event, 0, why);
    }
    if (is_lines_type(request->content_type) || looks_like_lines(delivery, body))
        return read_lines(delivery, body, why);
    if (scan_read(&delivery->scan, body, why))
        return -1;
    if (scan_type(&delivery->scan, 0) == SCAN_ARRAY)
        return read_array(delivery, why);
    return take(delivery, 0, NULL, 0, why);
}

/* ---- copies: what the request lends does not live long enough ---- */

static void copy(struct delivery *delivery, struct str *text)
{
    size_t start = delivery->room.size;

    if (!text->data)
        return;
    buf_str(&delivery->room, *text);
    *text = str_from(delivery->room.data + start, text->size);
}

static int prepare(struct delivery *delivery, struct delivery_request *request, struct fail *why)
{
    struct inference_whose *whose   = &request->defaults.whose;
    struct cloudevent      *event   = &request->event;
    struct str *const       texts[] = {&whose->region,   &whose->namespace, &whose->environment,
                                       &whose->endpoint, &event->id,        &event->type,
                                       &event->time,     &event->service,   &event->namespace,
                                       &event->endpoint, &event->component};
    size_t room = TRANSACTION_ROOM_FACTOR * request->body.size + TRANSACTION_ROOM_MORE;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        room += 2 * texts[i]->size;
    delivery->room.ceiling_bytes = room;
    delivery->shown              = BUF_UP_TO(REFUSED_CEILING);
    delivery->body               = mem_copy(request->body.data, request->body.size);
    delivery->size               = request->body.size;
    if (!delivery->body || !buf_room(&delivery->room, room))
        return fail_set(why, FAIL_MEMORY, "no memory for a body of %zu bytes", delivery->size);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        copy(delivery, texts[i]);
    delivery->defaults = request->defaults;
    return 0;
}

int delivery_read(const struct delivery_request *request, struct delivery **out, struct fail *why)
{
    OWN_PTR(delivery) delivery   = mem_new(sizeof *delivery);
    struct delivery_request kept = *request;

    if (!delivery)
        return fail_set(why, FAIL_MEMORY, "no memory for a delivery");
    if (prepare(delivery, &kept, why) || read_body(delivery, &kept, why))
        return -1;
    if (!delivery->count && !delivery->refused.count)
        return fail_set(why, FAIL_INPUT, "there is no transaction in it");
    scan_release(&delivery->scan);
    delivery->read = delivery->refused;
    *out           = TAKE(delivery);
    return 0;
}

/* ---- storing ---- */

struct storing {
    struct delivery    *delivery;
    const struct scope *scope;
    struct batch       *batch;
    struct place        place;                  /* of the item */
    struct buf          members, other, joined; /* rooms */
};

static void storing_release(struct storing *storing)
{
    buf_release(&storing->members);
    buf_release(&storing->other);
    buf_release(&storing->joined);
}

static int put(struct storing *storing, const struct inference *inference, struct str members,
               struct fail *why)
{
    struct inference own = *inference;
    int              got;

    own.uid = inference_uid(storing->place.model_id, inference);
    got     = inference_put(storing->batch, &own, &storing->place, members, why);
    if (got < 0)
        return -1;
    storing->delivery->counts.accepted += got;
    storing->delivery->counts.duplicates += !got;
    return 0;
}

static int put_whole(struct storing *storing, const struct inference *inference, struct fail *why)
{
    struct str members;

    return members_keep(storing->place.payload, inference, &storing->members, &members, why)
                   || put(storing, inference, members, why)
               ? -1
               : 0;
}

static int wait_for_other(struct storing *storing, const struct half *half, struct fail *why)
{
    int got = half_put(storing->batch, half, why);

    if (got < 0)
        return -1;
    storing->delivery->counts.waiting += got;
    storing->delivery->counts.duplicates += !got;
    return 0;
}

/* Both halves as one transaction. */
static struct inference joined(const struct item *item, const struct half *other)
{
    struct inference       whole = item->inference;
    struct inference_body *body  = item->is_response ? &whole.request : &whole.response;

    body->is_there = true;
    body->size     = other->bytes;
    body->digest   = other->digest;
    if (item->is_response)
        whole.start = other->at;
    else
        whole.end = other->at;
    if (whole.end < whole.start)
        whole.end = whole.start;
    whole.elapse_ms = whole.end - whole.start;
    return whole;
}

static int put_half(struct storing *storing, const struct item *item, struct fail *why)
{
    const struct catalog_payload *payload   = storing->place.payload;
    const struct inference       *inference = &item->inference;
    const struct inference_body  *body =
        item->is_response ? &inference->response : &inference->request;
    struct half      half = {.model_id    = storing->place.model_id,
                             .uid         = inference->uid,
                             .is_response = item->is_response,
                             .at          = inference->start,
                             .bytes       = body->size,
                             .digest      = body->digest};
    struct half      other;
    struct inference whole;
    struct str       members;
    int              got;

    if (members_keep(payload, inference, &storing->members, &half.members, why))
        return -1;
    got = half_take(storing->batch, &half, &storing->other, &other, why);
    if (got < 0)
        return -1;
    if (!got)
        return wait_for_other(storing, &half, why);
    whole = joined(item, &other);
    if (members_join(payload, (struct str[2]){half.members, other.members}, &storing->joined,
                     &members, why))
        return -1;
    return put(storing, &whole, members, why);
}

static int put_item(struct storing *storing, const struct item *item, struct fail *why)
{
    const struct place_refusal *refusal = &storing->place.refusal;
    struct flaws                flaws   = FLAWS_NONE;
    int                         got =
        place_find(storing->batch, &item->inference.whose, storing->scope, &storing->place, why);

    if (got < 0)
        return -1;
    if (got)
        return item->is_half ? put_half(storing, item, why)
                             : put_whole(storing, &item->inference, why);
    flaws_add(&flaws, refusal->pointer, refusal->code, "%s", refusal->detail);
    refuse(storing->delivery, item->number, &flaws);
    return 0;
}

int delivery_apply(struct delivery *delivery, const struct scope *scope, struct batch *batch,
                   struct fail *why)
{
    OWN(storing)
    storing = {.delivery = delivery,
               .scope    = scope,
               .batch    = batch,
               .members  = BUF_UP_TO(MEMBERS_CEILING),
               .other    = BUF_UP_TO(MEMBERS_CEILING),
               .joined   = BUF_UP_TO(2 * MEMBERS_CEILING)};

    delivery->refused = delivery->read;
    delivery->counts  = (struct delivery_counts){0};
    for (size_t i = 0; i < delivery->count; i++)
        if (put_item(&storing, &delivery->items[i], why))
            return -1;
    sums_count(batch->sums, COUNTER_INFERENCES_REFUSED, delivery->refused.count);
    return 0;
}

struct delivery_counts delivery_counts(const struct delivery *delivery)
{
    struct delivery_counts counts = delivery->counts;

    counts.refused = delivery->refused.count;
    return counts;
}

const struct flaws *delivery_flaws(const struct delivery *delivery)
{
    return &delivery->refused.flaws;
}

void delivery_compose(const struct delivery *delivery, struct compose *out)
{
    struct delivery_counts counts = delivery_counts(delivery);
    struct str             shown  = str_from(delivery->shown.data, delivery->refused.bytes);

    compose_open(out, NULL, '{');
    compose_int(out, "accepted", counts.accepted);
    compose_int(out, "duplicates", counts.duplicates);
    compose_int(out, "waiting", counts.waiting);
    compose_int(out, "refused_count", counts.refused);
    compose_open(out, "refused", '[');
    if (shown.size)
        compose_raw(out, NULL, shown);
    compose_close(out, ']');
    compose_close(out, '}');
}
