#include "format/compose.h"

#include "base/buf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NUMBER_ROOM  = 32,
    LEAST_DIGITS = 15, /* always come back as they were written ... */
    MOST_DIGITS  = 17, /* ... and so many always tell two doubles apart */
    WIDEST       = 4   /* bytes of a UTF-8 character */
};

static const double WHOLE_BELOW = 1e15; /* written as an integer */
#define UNREADABLE STR("\xef\xbf\xbd")  /* U+FFFD */

struct compose compose_into(struct buf *to)
{
    return (struct compose){.to = to, .needs_comma = false, .epoch_times = false};
}

/* The comma before, and the name when there is one. */
static void begin(struct compose *out, const char *name)
{
    if (out->needs_comma)
        buf_char(out->to, ',');
    out->needs_comma = true;
    if (name) {
        compose_quoted(out->to, str_of(name));
        buf_char(out->to, ':');
    }
}

void compose_open(struct compose *out, const char *name, char bracket)
{
    begin(out, name);
    buf_char(out->to, bracket);
    out->needs_comma = false;
}

void compose_close(struct compose *out, char bracket)
{
    buf_char(out->to, bracket);
    out->needs_comma = true;
}

void compose_text(struct compose *out, const char *name, struct str value)
{
    begin(out, name);
    if (value.data)
        compose_quoted(out->to, value);
    else
        buf_str(out->to, STR("null"));
}

void compose_int(struct compose *out, const char *name, int64_t value)
{
    begin(out, name);
    buf_i64(out->to, value);
}

void compose_real(struct compose *out, const char *name, double value)
{
    begin(out, name);
    compose_number(out->to, value);
}

void compose_bool(struct compose *out, const char *name, bool value)
{
    begin(out, name);
    buf_str(out->to, value ? STR("true") : STR("false"));
}

void compose_null(struct compose *out, const char *name)
{
    begin(out, name);
    buf_str(out->to, STR("null"));
}

void compose_time(struct compose *out, const char *name, ms value)
{
    char text[WHEN_ROOM];

    if (value == WHEN_UNKNOWN) {
        compose_null(out, name);
    } else if (out->epoch_times) {
        compose_int(out, name, value);
    } else {
        when_render(value, text);
        begin(out, name);
        buf_char(out->to, '"');
        buf_text(out->to, text);
        buf_char(out->to, '"');
    }
}

void compose_raw(struct compose *out, const char *name, struct str json)
{
    begin(out, name);
    buf_str(out->to, json.size ? json : STR("null"));
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* The bytes of the good UTF-8 character at the head of `text`; 0: there is none. */
static size_t wide_size(struct str text)
{
    for (size_t size = 2; size <= WIDEST && size <= text.size; size++)
        if (str_is_utf8(str_part(text, 0, size)))
            return size;
    return 0;
}

static void escape(struct buf *to, unsigned char c)
{
    static const char codes[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    static const char digits[] = "0123456789abcdef";
    const char       *found    = c ? strchr(codes, c) : NULL;

    if (found) {
        buf_char(to, '\\');
        buf_char(to, letters[found - codes]);
    } else {
        buf_str(to, STR("\\u00"));
        buf_char(to, digits[c >> 4]);
        buf_char(to, digits[c & 15]);
    }
}

void compose_quoted(struct buf *to, struct str value)
{
    size_t at = 0;

    buf_char(to, '"');
    while (at < value.size) {
        size_t        start = at, wide;
        unsigned char c;

        while (at < value.size && is_plain((unsigned char)value.data[at]))
            at++;
        buf_add(to, value.data + start, at - start);
        if (at == value.size)
            break;
        c = (unsigned char)value.data[at];
        if (c < 0x80) {
            escape(to, c);
            at++;
            continue;
        }
        wide = wide_size(str_part(value, at, WIDEST));
        buf_str(to, wide ? str_part(value, at, wide) : UNREADABLE);
        at += wide ? wide : 1;
    }
    buf_char(to, '"');
}

void compose_number(struct buf *to, double value)
{
    char text[NUMBER_ROOM];

    if (!isfinite(value)) {
        buf_str(to, STR("null"));
        return;
    }
    if (fabs(value) < WHOLE_BELOW && value == floor(value)) {
        buf_i64(to, (int64_t)value);
        return;
    }
    for (int digits = LEAST_DIGITS; digits <= MOST_DIGITS; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value); /* 24 characters at most */
        if (strtod(text, NULL) == value)
            break;
    }
    buf_text(to, text);
}
