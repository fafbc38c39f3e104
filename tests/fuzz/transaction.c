/* Any bytes as a line of a log, and as a posted body: what is understood must be fit to be stored,
 * and what is refused must say why in a few harmless words. */
#include "base/fail.h"
#include "base/own.h"
#include "format/flaws.h"
#include "format/namespace.h"
#include "intake/inferences/delivery.h"
#include "intake/inferences/transaction.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HOLDS(claim)                                                                               \
    do {                                                                                           \
        if (!(claim))                                                                              \
            abort();                                                                               \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const ms NOW = 1790000000000;

static void check_text(struct str text, size_t most)
{
    HOLDS(text.size <= most);
    HOLDS(str_is_utf8(text));
    HOLDS(!text.size || !memchr(text.data, '\0', text.size));
}

static void check_inference(const struct inference *is)
{
    struct fail why = FAIL_OK;
    OWN(scan) scan  = SCAN_EMPTY;

    HOLDS(!namespace_check_name(is->whose.model_name, &why));
    HOLDS(!is->whose.namespace.data || !namespace_check(is->whose.namespace, &why));
    HOLDS(is->whose.namespace.size + 1 + is->whose.model_name.size <= NAMESPACE_MOST);
    HOLDS(is->whose.account >= -1 && is->whose.account <= 999999999999);
    HOLDS(is->whose.version > 0 && is->whose.deployment > 0);
    HOLDS(is->start >= 0 && is->start <= is->end && is->elapse_ms >= 0);
    HOLDS(inference_lane(is->elapse_ms, true) < INFERENCE_LANES);
    HOLDS(is->request.size >= 0 && is->response.size >= 0);
    HOLDS(is->confidence >= INFERENCE_NO_CONFIDENCE && is->confidence <= 10000);
    HOLDS(is->status.size && is->whose.environment.size && is->server.size);
    check_text(is->whose.environment, TRANSACTION_MOST_WORD);
    check_text(is->whose.region, TRANSACTION_MOST_WORD);
    check_text(is->whose.endpoint, TRANSACTION_MOST_NAME);
    check_text(is->server, TRANSACTION_MOST_NAME);
    check_text(is->status, TRANSACTION_MOST_WORD);
    if (is->extras.data)
        HOLDS(!scan_read(&scan, is->extras, &why) && scan_type(&scan, 0) == SCAN_OBJECT);
}

static void check_flaws(const struct flaws *flaws)
{
    for (int i = 0; i < flaws->count && i < FLAWS_MOST; i++)
        HOLDS(flaws->items[i].code && flaws->items[i].detail[0]);
}

static void check_line(struct str text)
{
    struct transaction_line line  = TRANSACTION_LINE_EMPTY;
    struct flaws            flaws = FLAWS_NONE;
    struct fail             why   = FAIL_OK;
    struct inference        inference;
    int                     got;

    line.defaults.now = NOW;
    got               = transaction_of_line(&line, text, &inference, &flaws, &why);
    HOLDS(got >= 0);
    if (got && flaws.count)
        check_flaws(&flaws);
    else if (got)
        check_inference(&inference);
    transaction_line_release(&line);
}

static void check_body(struct str body, struct str content_type)
{
    OWN_PTR(delivery) delivery            = NULL;
    const struct delivery_request request = {
        .body         = body,
        .content_type = content_type,
        .defaults     = {.whose = {.account = -1, .namespace = STR("/fuzz")}, .now = NOW}};
    struct fail why = FAIL_OK;

    if (delivery_read(&request, &delivery, &why))
        HOLDS(why.kind == FAIL_INPUT && why.text[0]);
    else
        check_flaws(delivery_flaws(delivery));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_from((const char *)data, size);

    check_line(text);
    check_body(text, STR_NONE);
    check_body(text, STR("application/x-ndjson"));
    return 0;
}
