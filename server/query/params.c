#include "query/params.h"

#include "base/fail.h"
#include "base/guess.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void params_release(struct params *params)
{
    buf_release(&params->room);
}

int params_fault(struct params *params, enum param_fault fault, struct str name, struct fail *why,
                 const char *format, ...)
{
    char    text[sizeof why->text];
    va_list values;

    va_start(values, format);
    if (vsnprintf(text, sizeof text, format, values) < 0)
        text[0] = '\0';
    va_end(values);
    params->fault = fault;
    if (str_to_c(str_part(name, 0, PARAMS_NAME_SHOWN - 1), params->fault_name, PARAMS_NAME_SHOWN))
        params->fault_name[0] = '\0';
    return fail_set(why, fault == PARAM_TOO_WIDE ? FAIL_LIMIT : FAIL_INPUT, "%s", text);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* One decoded byte at *at, which is moved on; -1: not an escape, or NUL. */
static int decode_one(struct str text, size_t *at)
{
    char c = text.data[*at];
    int  high, low;

    if (c != '%') {
        *at += 1;
        return c == '+' ? ' ' : c ? (unsigned char)c : -1;
    }
    if (*at + 2 >= text.size)
        return -1;
    high = hex_digit(text.data[*at + 1]);
    low  = hex_digit(text.data[*at + 2]);
    *at += 3;
    return high < 0 || low < 0 || high + low == 0 ? -1 : high * 16 + low;
}

static int decode(struct params *params, struct str text, struct str *out)
{
    size_t start = params->room.size;

    for (size_t at = 0; at < text.size;) {
        int c = decode_one(text, &at);

        if (c < 0)
            return -1;
        buf_char(&params->room, (char)c);
    }
    *out = params->room.data ? str_from(params->room.data + start, params->room.size - start)
                             : STR("");
    return str_is_utf8(*out) ? 0 : -1;
}

int params_parse(struct params *params, struct str query, struct fail *why)
{
    struct str rest = query, piece;

    if (query.size > PARAMS_MOST_BYTES)
        return params_fault(params, PARAM_BAD, STR(""), why, "the query string is over %d bytes",
                            PARAMS_MOST_BYTES);
    if (!buf_room(&params->room, PARAMS_MOST_BYTES))
        return buf_check(&params->room, why);
    while (query.size && str_cut(&rest, '&', &piece)) {
        struct str    name = piece, value = piece;
        struct param *item = &params->items[params->count];

        if (piece.size == 0)
            continue;
        if (params->count == PARAMS_MOST)
            return params_fault(params, PARAM_BAD, STR(""), why, "more than %d parameters",
                                PARAMS_MOST);
        (void)str_cut(&value, '=', &name); /* true: the piece is not empty */
        if (decode(params, name, &item->name) || decode(params, value, &item->value))
            return params_fault(params, PARAM_BAD, name, why,
                                "a parameter is not percent-encoded UTF-8 text");
        params->count++;
    }
    return 0;
}

static bool is_known(const char *known, struct str name)
{
    struct str whole = str_of(known);

    if (str_ends(whole, STR(".")))
        return name.size > whole.size && str_starts(name, whole);
    return str_is(whole, name);
}

/* "tag" or "tag." where "tag." begins names. */
static bool is_headless(const char *known, struct str name)
{
    struct str whole = str_of(known);

    return str_ends(whole, STR("."))
           && (str_is(whole, name) || str_is(str_part(whole, 0, whole.size - 1), name));
}

/* Some list takes several values of these, repeated or with commas. */
static bool may_repeat(struct str name)
{
    static const char *const several[] = {
        "account",  "region", "kind",          "status",        "detail_type",
        "what",     "state",  "method",        "strategy",      "environment",
        "endpoint", "model",  "model_version", "deployment_id", "server_id",
    };

    for (size_t i = 0; i < sizeof several / sizeof several[0]; i++)
        if (str_is_text(name, several[i]))
            return true;
    return false;
}

/* Of two values of which one is used, the other would be lost without a word. */
static int check_once(struct params *params, size_t at, struct fail *why)
{
    const struct param *item = &params->items[at];

    for (size_t i = 0; i < at; i++)
        if (str_is(params->items[i].name, item->name)
            && !str_is(params->items[i].value, item->value) && !may_repeat(item->name))
            return params_fault(params, PARAM_BAD, item->name, why, "'%.*s' is given twice",
                                STR_ARG(str_part(item->name, 0, PARAMS_NAME_SHOWN)));
    return 0;
}

int params_check(struct params *params, const char *const *known, struct fail *why)
{
    for (size_t i = 0; i < params->count; i++) {
        struct str   name    = params->items[i].name;
        struct guess guess   = guess_of(name);
        bool         is_fine = false;
        const char  *best;

        for (size_t k = 0; known[k] && !is_fine; k++) {
            is_fine = is_known(known[k], name);
            guess_offer(&guess, known[k]);
        }
        if (is_fine && check_once(params, i, why))
            return -1;
        if (is_fine)
            continue;
        for (size_t k = 0; known[k]; k++)
            if (is_headless(known[k], name))
                return params_fault(params, PARAM_UNKNOWN, name, why,
                                    "a name is missing: '%sNAME=VALUE'", known[k]);
        best = guess_best(&guess);
        return params_fault(params, PARAM_UNKNOWN, name, why,
                            "'%.*s' is not a parameter here%s%s%s",
                            STR_ARG(str_part(name, 0, PARAMS_NAME_SHOWN)),
                            best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
    }
    return 0;
}

bool params_nth(const struct params *params, const char *name, size_t at, struct param *out)
{
    for (size_t i = 0; i < params->count; i++)
        if (is_known(name, params->items[i].name) && at-- == 0) {
            *out = params->items[i];
            return true;
        }
    return false;
}

bool params_find(const struct params *params, const char *name, struct str *out)
{
    struct param found;

    if (!params_nth(params, name, 0, &found))
        return false;
    *out = found.value;
    return true;
}

int params_int(struct params *params, const char *name, int64_t least, int64_t most,
               int64_t otherwise, int64_t *out, struct fail *why)
{
    struct str text;

    *out = otherwise;
    if (!params_find(params, name, &text))
        return 0;
    if (str_to_i64(text, least, most, out))
        return params_fault(params, PARAM_BAD, str_of(name), why,
                            "'%s' is a number from %lld to %lld", name, (long long)least,
                            (long long)most);
    return 0;
}

int params_bool(struct params *params, const char *name, bool otherwise, bool *out,
                struct fail *why)
{
    struct str text;

    *out = otherwise;
    if (!params_find(params, name, &text))
        return 0;
    if (str_is_text(text, "true") || str_is_text(text, "1"))
        *out = true;
    else if (str_is_text(text, "false") || str_is_text(text, "0"))
        *out = false;
    else
        return params_fault(params, PARAM_BAD, str_of(name), why, "'%s' is true or false", name);
    return 0;
}

/* "now", "now-6h", "now+1h". */
static int relative_time(struct str text, ms now, ms *out)
{
    struct str span = str_part(text, 4, text.size);
    ms         length;

    if (str_is_text(text, "now")) {
        *out = now;
        return 0;
    }
    if (text.size < 5 || (text.data[3] != '-' && text.data[3] != '+')
        || when_parse_span(span, &length))
        return -1;
    *out = text.data[3] == '-' ? now - length : now + length;
    return 0;
}

static int read_time(struct params *params, const char *name, struct str text, ms now, ms *out,
                     struct fail *why)
{
    int got = str_starts(text, STR("now")) ? relative_time(text, now, out) : when_parse(text, out);

    if (got == 0)
        return 0;
    return params_fault(
        params, PARAM_BAD, str_of(name), why,
        "'%s' is a time: 2026-01-31T08:00:00Z, Unix seconds or milliseconds, now, or"
        " now-6h (a '+' in it is written %%2B)",
        name);
}

int params_time(struct params *params, const char *name, ms now, ms *out, struct fail *why)
{
    struct str text;

    *out = WHEN_UNKNOWN;
    return params_find(params, name, &text) ? read_time(params, name, text, now, out, why) : 0;
}

int params_range(struct params *params, ms now, ms *from, ms *to, struct fail *why)
{
    struct str text;
    ms         span;

    if (params_time(params, "from", now, from, why) || params_time(params, "to", now, to, why))
        return -1;
    if (params_find(params, "since", &text)) {
        if (*from != WHEN_UNKNOWN)
            return params_fault(params, PARAM_BAD, STR("since"), why,
                                "give 'from' or 'since', not both");
        if (when_parse_span(text, &span))
            return params_fault(params, PARAM_BAD, STR("since"), why,
                                "'since' is a span: 90s, 15m, 6h, 30d");
        *from = now - span;
    }
    if (*from != WHEN_UNKNOWN && *to != WHEN_UNKNOWN && *from >= *to)
        return params_fault(params, PARAM_BAD, STR("from"), why, "'from' is not before 'to'");
    return 0;
}

void params_escape(struct buf *out, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'
            || c == '_' || c == '.' || c == '~') {
            buf_char(out, (char)c);
            continue;
        }
        buf_char(out, '%');
        buf_char(out, digits[c >> 4]);
        buf_char(out, digits[c & 15]);
    }
}
