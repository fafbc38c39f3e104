/* Any bytes as a post: what is understood must be fit to be stored, and the rest have a reason. */
#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/scan.h"
#include "intake/envelope.h"

#include <stdint.h>
#include <stdlib.h>

#define HOLDS(claim)                                                                               \
    do {                                                                                           \
        if (!(claim))                                                                              \
            abort();                                                                               \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct str text)
{
    HOLDS(str_is_utf8(text));
    HOLDS(!text.size || !memchr(text.data, '\0', text.size));
}

static void check_json(struct str json, enum scan_type type)
{
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;

    if (!json.data)
        return;
    HOLDS(scan_read(&scan, json, &why) == 0);
    HOLDS(scan_type(&scan, 0) == type);
}

static int check(void *ctx, const struct news *news, struct str raw, const struct fail *why)
{
    (void)ctx;
    HOLDS(raw.size && news->body.size && news->time != WHEN_UNKNOWN);
    if (why) {
        HOLDS(why->kind == FAIL_INPUT && why->text[0]);
        return 0;
    }
    HOLDS(news->account >= 0 && news->account <= 999999999999);
    HOLDS(news->version != WHEN_UNKNOWN && kind_facts(news->kind));
    HOLDS(news->kind == KIND_OTHER || news->name.size);
    HOLDS(news->weight >= -1 && news->weight < 3000);
    HOLDS((news->weight < 0) == !news->status.size);
    HOLDS(!news->is_terminal || kind_is_job(news->kind));
    HOLDS(news->name.size <= 1024 && news->status.size <= 256);
    check_text(news->event_id);
    check_text(news->name);
    check_text(news->arn);
    check_text(news->status);
    check_text(news->secondary);
    check_text(news->failure_reason);
    check_text(news->parent);
    check_text(news->created_by);
    check_json(news->body, SCAN_OBJECT);
    check_json(news->tags, SCAN_OBJECT);
    check_json(news->sizing, SCAN_ARRAY);
    check_json(news->stage, SCAN_OBJECT);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(reading) reading = READING_EMPTY;
    struct fail why      = FAIL_OK;

    if (envelope_read(&reading, str_from((const char *)data, size), 1700000000000, check, NULL,
                      &why))
        HOLDS(why.kind == FAIL_INPUT && why.text[0]);
    return 0;
}
