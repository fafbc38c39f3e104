/* Any bytes as a time: what is read is within the years 0 to 9999, and is read again from its own
 * rendering; and a text within JSON reads as the text itself. */
#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "base/when.h"
#include "format/compose.h"
#include "format/scan.h"

#include <stdint.h>
#include <stdlib.h>

#define HOLDS(claim)                                                                               \
    do {                                                                                           \
        if (!(claim))                                                                              \
            abort();                                                                               \
    } while (0)

enum { SHORT = 64 }; /* scan_time looks at no longer texts */

static const ms EARLIEST = -62167219200000, LATEST = 253402300799999;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_quoted(struct str text, int result, ms when)
{
    OWN(buf) json   = BUF_UP_TO(4 * SHORT * 6);
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;
    ms          again;

    buf_char(&json, '[');
    compose_quoted(&json, text);
    buf_char(&json, ']');
    if (scan_read(&scan, buf_view(&json), &why) || scan.tokens[1].size > SHORT)
        return;
    HOLDS((scan_time(&scan, 1, &again) == 0) == (result == 0 || !text.size));
    HOLDS(again == (text.size && result == 0 ? when : WHEN_UNKNOWN));
}

/* The bytes as a JSON number or whatever they are. */
static void check_raw(struct str text)
{
    OWN(buf) json   = BUF_UP_TO(1 << 20);
    OWN(scan) scan  = SCAN_EMPTY;
    struct fail why = FAIL_OK;
    ms          when;

    buf_char(&json, '[');
    buf_str(&json, text);
    buf_char(&json, ']');
    if (buf_check(&json, &why) || scan_read(&scan, buf_view(&json), &why) || scan.count < 2)
        return;
    if (scan_time(&scan, 1, &when))
        HOLDS(when == WHEN_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text   = str_from((const char *)data, size);
    ms         when   = 0, again;
    int        result = when_parse(text, &when);
    char       shown[WHEN_ROOM];

    check_raw(text);
    if (size <= SHORT && str_is_utf8(text))
        check_quoted(text, result, when);
    if (result)
        return 0;
    when_render(when, shown);
    HOLDS(when_parse(str_of(shown), &again) == 0);
    HOLDS(again == when || when < EARLIEST || when > LATEST);
    return 0;
}
