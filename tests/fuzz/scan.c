/* Our reader against jansson: both take and refuse the same texts and read the same values in them.
 *
 * Three differences are meant: we refuse depths over SCAN_DEPTH, we take integers over 64 bits (as
 * reals), and we refuse every NUL byte, while jansson 2.14 overlooks one behind a number ("[3\0]").
 * Of members with one name both keep the last, but jansson forgets the others. */
#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "format/scan.h"

#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define HOLDS(claim)                                                                               \
    do {                                                                                           \
        if (!(claim))                                                                              \
            abort();                                                                               \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(const struct scan *scan, uint32_t at, const json_t *theirs);

static void compare_text(const struct scan *scan, uint32_t at, const json_t *theirs)
{
    OWN(buf) room = BUF_UP_TO(1u << 20);
    struct str text;

    HOLDS(buf_room(&room, scan->tokens[at].size + 1u));
    HOLDS(scan_text(scan, at, &room, &text) == 0);
    HOLDS(str_is(text, str_from(json_string_value(theirs), json_string_length(theirs))));
}

static void compare_number(const struct scan *scan, uint32_t at, const json_t *theirs)
{
    double  real;
    int64_t whole;

    HOLDS(scan_number(scan, at, &real) == 0);
    if (json_is_real(theirs)) {
        HOLDS(!(real < json_real_value(theirs)) && !(real > json_real_value(theirs)));
    } else if (json_integer_value(theirs) != INT64_MIN) {
        HOLDS(scan_int(scan, at, &whole) == 0);
        HOLDS(whole == json_integer_value(theirs));
    }
}

static void compare_object(const struct scan *scan, uint32_t at, const json_t *theirs)
{
    const char *name;
    json_t     *value;
    size_t      members = 0;

    json_object_foreach((json_t *)(uintptr_t)theirs, name, value)
    {
        uint32_t ours = scan_member(scan, at, name);

        HOLDS(ours != SCAN_NONE);
        compare(scan, ours, value);
    }
    for (uint32_t own = scan_first(scan, at); own; own = scan_next(scan, at, own))
        members++;
    HOLDS(members / 2 >= json_object_size(theirs));
}

static void compare(const struct scan *scan, uint32_t at, const json_t *theirs)
{
    size_t count = 0;

    switch (scan_type(scan, at)) {
    case SCAN_NULL: HOLDS(json_is_null(theirs)); break;
    case SCAN_FALSE: HOLDS(json_is_false(theirs)); break;
    case SCAN_TRUE: HOLDS(json_is_true(theirs)); break;
    case SCAN_NUMBER:
        HOLDS(json_is_number(theirs));
        compare_number(scan, at, theirs);
        break;
    case SCAN_TEXT:
        HOLDS(json_is_string(theirs));
        compare_text(scan, at, theirs);
        break;
    case SCAN_ARRAY:
        HOLDS(json_is_array(theirs));
        for (uint32_t own = scan_first(scan, at); own; own = scan_next(scan, at, own))
            compare(scan, own, json_array_get(theirs, count++));
        HOLDS(count == json_array_size(theirs));
        break;
    case SCAN_OBJECT:
        HOLDS(json_is_object(theirs));
        compare_object(scan, at, theirs);
        break;
    }
}

/* jansson's own rendering of the value must read as the same value. */
static void check_same(const struct scan *scan, const json_t *theirs)
{
    OWN(scan) again = SCAN_EMPTY;
    struct fail why = FAIL_OK;
    char *text = json_dumps(theirs, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17) | JSON_SORT_KEYS);

    HOLDS(text);
    HOLDS(scan_read(&again, str_of(text), &why) == 0);
    HOLDS(scan_same(scan, 0, &again, 0) && scan_same(&again, 0, scan, 0));
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(scan) scan   = SCAN_EMPTY;
    struct fail  why = FAIL_OK;
    json_error_t error;
    json_t      *theirs = json_loadb((const char *)data, size, JSON_DECODE_ANY, &error);
    int          ours   = scan_read(&scan, str_from((const char *)data, size), &why);

    HOLDS(ours == 0 || why.kind == FAIL_INPUT);
    if (theirs && ours == 0) {
        HOLDS(scan.tokens[0].next == scan.count);
        compare(&scan, 0, theirs);
        check_same(&scan, theirs);
    } else if (theirs) {
        HOLDS(strstr(why.text, "nested deeper") || memchr(data, '\0', size));
    } else if (ours == 0) {
        HOLDS(strstr(error.text, "too big integer") || strstr(error.text, "too big negative"));
    }
    json_decref(theirs);
    return 0;
}
