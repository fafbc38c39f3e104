#include "intake/inferences/cloudevents.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/flaws.h"
#include "format/namespace.h"
#include "format/scan.h"
#include "intake/inferences/transaction.h"
#include "store/inferences/inference.h"
#include "wire/crypt.h"

/* Apart from the hashes of transaction_id. */
enum { UID_SEED = 1 };

bool cloudevents_is(const struct scan *scan, uint32_t at)
{
    return scan_member(scan, at, "specversion") != SCAN_NONE;
}

static int parse_base64(const struct scan *scan, uint32_t at, struct buf *room, struct str *out,
                        struct flaws *flaws, struct fail *why)
{
    OWN(buf) bytes     = BUF_UP_TO(room->ceiling_bytes);
    struct fail reason = FAIL_OK;
    struct str  text;
    size_t      start;

    if (scan_text(scan, at, room, &text) || crypt_from_base64(text, &bytes, &reason)) {
        flaws_add(flaws, "/data_base64", "bad-value", "it is bytes as base64 text");
        return 0;
    }
    start = room->size;
    buf_str(room, buf_view(&bytes));
    if (buf_check(room, why))
        return -1;
    *out = str_from(room->data + start, room->size - start);
    return 0;
}

int cloudevents_parse(const struct transaction_source *source, uint32_t at, struct cloudevent *out,
                      struct flaws *flaws, struct fail *why)
{
    const struct scan *scan = source->scan;
    struct buf        *room = source->room;
    struct cloudevent  read = {0};
    const struct {
        const char *name, *pointer;
        struct str *to;
    } texts[]     = {{"id", "/id", &read.id},
                     {"type", "/type", &read.type},
                     {"time", "/time", &read.time},
                     {"inferenceservicename", "/inferenceservicename", &read.service},
                     {"namespace", "/namespace", &read.namespace},
                     {"endpoint", "/endpoint", &read.endpoint},
                     {"component", "/component", &read.component}};
    uint32_t data = scan_member(scan, at, "data"), base64 = scan_member(scan, at, "data_base64");

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint32_t member = scan_member(scan, at, texts[i].name);

        if (member != SCAN_NONE && scan_type(scan, member) != SCAN_NULL
            && scan_text(scan, member, room, texts[i].to))
            flaws_add(flaws, texts[i].pointer, "wrong-type", "it is a text");
    }
    if (data != SCAN_NONE)
        read.data = scan_raw(scan, data);
    else if (base64 != SCAN_NONE && parse_base64(scan, base64, room, &read.data, flaws, why))
        return -1;
    *out = read;
    return buf_check(room, why);
}

static bool want(struct str text, const char *pointer, size_t most, struct flaws *flaws)
{
    if (!text.size)
        flaws_add(flaws, pointer, "missing", "every event of the logger has it");
    else if (text.size > most)
        flaws_add(flaws, pointer, "too-long", "it is longer than is taken");
    return text.size && text.size <= most;
}

/* "default" as "/default". */
static void read_namespace(const struct cloudevent *event, struct buf *room,
                           struct inference_whose *whose, struct flaws *flaws)
{
    struct fail why   = FAIL_OK;
    size_t      start = room->size;

    if (whose->namespace.data || !event->namespace.size)
        return;
    if (namespace_check_name(event->namespace, &why)) {
        flaws_add(flaws, "/namespace", "bad-value", "it has letters, digits and _ - . # only");
        return;
    }
    buf_char(room, '/');
    buf_str(room, event->namespace);
    whose->namespace = str_from(room->data + start, room->size - start);
}

static void read_whose(const struct cloudevent *event, struct buf *room,
                       struct inference_whose *whose, struct flaws *flaws)
{
    struct fail why = FAIL_OK;

    if (want(event->service, "/inferenceservicename", TRANSACTION_MOST_NAME, flaws)
        && namespace_check_name(event->service, &why))
        flaws_add(flaws, "/inferenceservicename", "bad-value",
                  "it has letters, digits and _ - . # only");
    whose->model_name = event->service;
    read_namespace(event, room, whose, flaws);
    if (event->endpoint.size > TRANSACTION_MOST_NAME)
        flaws_add(flaws, "/endpoint", "too-long", "it is longer than is taken");
    if (event->endpoint.size)
        whose->endpoint = event->endpoint;
    if (whose->namespace.size + 1 + whose->model_name.size > NAMESPACE_MOST)
        flaws_add(flaws, "/inferenceservicename", "too-long",
                  "namespace and name are too long together");
}

bool cloudevents_is_response(const struct cloudevent *event)
{
    return !str_ends(event->type, STR("inference.request"));
}

static void read_half(const struct cloudevent *event, ms now, struct inference *out,
                      struct flaws *flaws)
{
    ms at = WHEN_UNKNOWN;

    if (want(event->type, "/type", TRANSACTION_MOST_NAME, flaws)
        && !str_ends(event->type, STR("inference.request"))
        && !str_ends(event->type, STR("inference.response")))
        flaws_add(flaws, "/type", "bad-value",
                  "only types that end in inference.request or inference.response are taken");
    if (want(event->time, "/time", TRANSACTION_MOST_WORD, flaws)
        && (when_parse(event->time, &at) || at < 0 || (at > now && at - now > MS_DAY)))
        flaws_add(flaws, "/time", "bad-value", "it is no time, or more than a day ahead");
    out->start = out->end = at;
}

int cloudevents_read(const struct transaction_source *source, const struct cloudevent *event,
                     struct inference *out, struct flaws *flaws, struct fail *why)
{
    struct inference_body *body;

    *out = (struct inference){.whose      = source->defaults->whose,
                              .server     = event->component,
                              .status     = STR(INFERENCE_SUCCEEDED),
                              .confidence = INFERENCE_NO_CONFIDENCE};
    if (want(event->id, "/id", TRANSACTION_MOST_NAME, flaws))
        out->uid = (int64_t)str_hash(event->id, UID_SEED);
    if (event->component.size > TRANSACTION_MOST_NAME)
        flaws_add(flaws, "/component", "too-long", "it is longer than is taken");
    read_whose(event, source->room, &out->whose, flaws);
    read_half(event, source->defaults->now, out, flaws);
    body           = cloudevents_is_response(event) ? &out->response : &out->request;
    body->is_there = true;
    body->json     = event->data;
    body->size     = (int64_t)event->data.size;
    return transaction_digest(event->data, &body->digest, why) || buf_check(source->room, why) ? -1
                                                                                               : 0;
}
