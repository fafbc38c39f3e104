/* One pass over the text, one token a value, no recursion.
 *
 *     {"a":[1,"x"]}   ->   0 object  next 5      1 text a   next 2
 *                          2 array   next 5      3 number   next 4      4 text x  next 5
 *
 * `next` of a container is known when it closes; the open ones stand on a small stack of their own.
 * Where the processor has SSE2, sixteen bytes of a text are looked at in one go; with SCAN_PORTABLE
 * defined the plain loop is compiled instead, and the unit tests run on both. */
#include "format/scan.h"

#include "base/fail.h"
#include "base/mem.h"
#include "format/scan_parts.h"

#include <string.h>

#if defined(__SSE2__) && !defined(SCAN_PORTABLE)
#include <emmintrin.h>
#define HAS_SSE2 1
#else
#define HAS_SSE2 0
#endif

enum {
    FIRST_ROOM  = 256,
    SURE_DIGITS = 308, /* so many digits without an exponent are below DBL_MAX */
    SPREAD      = 16   /* bytes looked at in one go */
};

struct reader {
    const unsigned char *at, *begin, *end;
    struct scan         *scan;
    uint32_t             open[SCAN_DEPTH]; /* the containers around `at`, outermost first */
    int                  depth;
    struct fail         *why;
};

static int bad(const struct reader *r, const char *what)
{
    return fail_set(r->why, FAIL_INPUT, "not JSON: %s at byte %zu", what,
                    (size_t)(r->at - r->begin));
}

static int more_tokens(struct scan *scan, struct fail *why)
{
    uint32_t           room = scan->room ? scan->room : FIRST_ROOM / 2;
    struct scan_token *grown;

    if (room > UINT32_MAX / 2)
        return fail_set(why, FAIL_SIZE, "too many JSON values");
    grown = mem_grow(scan->tokens, (size_t)room * 2, sizeof *grown);
    if (!grown)
        return fail_set(why, FAIL_MEMORY, "no memory for %u JSON values", room * 2);
    scan->tokens = grown;
    scan->room   = room * 2;
    return 0;
}

/* A new token that begins at `start`; the rest is filled in by the caller. */
static inline struct scan_token *add_token(struct reader *r, const unsigned char *start,
                                           enum scan_type type)
{
    struct scan       *scan = r->scan;
    struct scan_token *token;

    if (scan->count == scan->room && more_tokens(scan, r->why))
        return NULL;
    token             = &scan->tokens[scan->count++];
    token->start      = (uint32_t)(start - r->begin);
    token->next       = scan->count;
    token->type       = (uint8_t)type;
    token->has_escape = 0;
    return token;
}

static inline void skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

/* Behind "\u"; a high surrogate must be followed by a low one. NUL is refused: C strings and
 * PostgreSQL texts cannot hold it. */
static int read_unicode(struct reader *r)
{
    int first = scan_hex4(r->at, r->end), second;

    if (first < 0)
        return bad(r, "\\u without four hexadecimal digits");
    if (first == 0)
        return bad(r, "\\u0000 is not taken");
    r->at += 4;
    if (first < LEAST_SURROGATE || first > LAST_SURROGATE)
        return 0;
    if (first >= LOW_SURROGATE || r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u')
        return bad(r, "half of a surrogate pair");
    second = scan_hex4(r->at + 2, r->end);
    if (second < LOW_SURROGATE || second > LAST_SURROGATE)
        return bad(r, "half of a surrogate pair");
    r->at += 6;
    return 0;
}

static int read_escape(struct reader *r)
{
    r->at++; /* the backslash */
    if (r->at == r->end)
        return bad(r, "the text ends within an escape");
    switch (*r->at) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': r->at++; return 0;
    case 'u': r->at++; return read_unicode(r);
    default: return bad(r, "unknown escape");
    }
}

static inline bool continues(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* One character of more than one byte: shortest form, no surrogates, at most U+10FFFF. */
static int read_wide(struct reader *r)
{
    const unsigned char *at   = r->at;
    size_t               left = (size_t)(r->end - at), size = 0;

    if (at[0] >= 0xc2 && at[0] <= 0xdf)
        size = left >= 2 && continues(at[1]) ? 2 : 0;
    else if (at[0] >= 0xe0 && at[0] <= 0xef)
        size = left >= 3 && continues(at[1]) && continues(at[2]) && (at[0] != 0xe0 || at[1] >= 0xa0)
                       && (at[0] != 0xed || at[1] < 0xa0)
                   ? 3
                   : 0;
    else if (at[0] >= 0xf0 && at[0] <= 0xf4)
        size = left >= 4 && continues(at[1]) && continues(at[2]) && continues(at[3])
                       && (at[0] != 0xf0 || at[1] >= 0x90) && (at[0] != 0xf4 || at[1] < 0x90)
                   ? 4
                   : 0;
    if (!size)
        return bad(r, "bytes that are not UTF-8");
    r->at += size;
    return 0;
}

static inline bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* To the first byte of a text that needs a closer look: quote, backslash, control, not ASCII. */
static inline void skip_plain(struct reader *r)
{
#if HAS_SSE2
    while (r->end - r->at >= SPREAD) {
        __m128i  bytes = _mm_loadu_si128((const __m128i *)(const void *)r->at);
        __m128i  stops = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)), /* and >= 0x80 */
                                      _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                                   _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
        unsigned mask  = (unsigned)_mm_movemask_epi8(stops);

        if (mask) {
            r->at += __builtin_ctz(mask);
            return;
        }
        r->at += SPREAD;
    }
#endif
    while (r->at < r->end && is_plain(*r->at))
        r->at++;
}

/* A text, from its quote to behind its closing one. */
static int read_text(struct reader *r)
{
    struct scan_token *token = add_token(r, r->at + 1, SCAN_TEXT);

    if (!token)
        return -1;
    for (r->at++;;) {
        skip_plain(r);
        if (r->at == r->end)
            return bad(r, "a text without its closing quote");
        if (*r->at == '"')
            break;
        if (*r->at < 0x20)
            return bad(r, "a control character within a text");
        if (*r->at == '\\') {
            token->has_escape = 1;
            if (read_escape(r))
                return -1;
        } else if (read_wide(r)) {
            return -1;
        }
    }
    token->size = (uint32_t)(r->at - r->begin) - token->start;
    r->at++;
    return 0;
}

static inline size_t skip_digits(struct reader *r)
{
    const unsigned char *start = r->at;

    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return (size_t)(r->at - start);
}

/* The digits behind "." or "e"; at least one. */
static int read_digits(struct reader *r)
{
    return skip_digits(r) ? 0 : bad(r, "a number without its digits");
}

/* Numbers beyond what a double holds are refused. */
static int check_size(struct reader *r, const struct scan_token *token)
{
    double value;
    int    state =
        scan_to_double(str_from((const char *)r->begin + token->start, token->size), &value);

    if (state == -2)
        return fail_set(r->why, FAIL_MEMORY, "no memory for a number of %u digits", token->size);
    return state ? bad(r, "a number too great") : 0;
}

static int read_number(struct reader *r)
{
    const unsigned char *start   = r->at;
    struct scan_token   *token   = add_token(r, start, SCAN_NUMBER);
    bool                 is_sure = true; /* that it is below DBL_MAX */
    size_t               digits;

    if (!token)
        return -1;
    r->at += *start == '-';
    digits = skip_digits(r);
    if (digits == 0 || (digits > 1 && r->at[-(ptrdiff_t)digits] == '0'))
        return bad(r, digits ? "a number that begins with 0" : "a number without its digits");
    is_sure = digits <= SURE_DIGITS;
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        if (read_digits(r))
            return -1;
    }
    if (r->at < r->end && (*r->at | 0x20) == 'e') {
        r->at++;
        r->at += r->at < r->end && (*r->at == '+' || *r->at == '-');
        if (read_digits(r))
            return -1;
        is_sure = false;
    }
    token->size = (uint32_t)(r->at - start);
    return is_sure ? 0 : check_size(r, token);
}

static int read_word(struct reader *r, const char *word, size_t size, enum scan_type type)
{
    struct scan_token *token;

    if ((size_t)(r->end - r->at) < size || memcmp(r->at, word, size) != 0)
        return bad(r, "not a value");
    token = add_token(r, r->at, type);
    if (!token)
        return -1;
    token->size = (uint32_t)size;
    r->at += size;
    return 0;
}

static int open_container(struct reader *r, enum scan_type type)
{
    if (r->depth == SCAN_DEPTH)
        return bad(r, "nested deeper than 64 levels");
    if (!add_token(r, r->at, type))
        return -1;
    r->open[r->depth++] = r->scan->count - 1;
    r->at++;
    return 0;
}

static inline void close_container(struct reader *r)
{
    struct scan_token *token = &r->scan->tokens[r->open[--r->depth]];

    r->at++;
    token->next = r->scan->count;
    token->size = (uint32_t)(r->at - r->begin) - token->start;
}

static inline bool in_object(const struct reader *r)
{
    return r->scan->tokens[r->open[r->depth - 1]].type == SCAN_OBJECT;
}

/* "name": and the blanks around. */
static int read_name(struct reader *r)
{
    if (r->at == r->end || *r->at != '"')
        return bad(r, "not a member's name");
    if (read_text(r))
        return -1;
    skip_blanks(r);
    if (r->at == r->end || *r->at != ':')
        return bad(r, "a name without its colon");
    r->at++;
    skip_blanks(r);
    return 0;
}

/* Behind a bracket that opened: an empty container is closed, a name is read. 1: a value
 * follows. */
static int enter(struct reader *r)
{
    skip_blanks(r);
    if (r->at < r->end && *r->at == (in_object(r) ? '}' : ']')) {
        close_container(r);
        return 0;
    }
    if (in_object(r) && read_name(r))
        return -1;
    return 1;
}

/* One value, or the opening of one. 1: a value follows; 0: a value has ended; -1. */
static int read_value(struct reader *r)
{
    if (r->at == r->end)
        return bad(r, "the text ends where a value should be");
    switch (*r->at) {
    case '{': return open_container(r, SCAN_OBJECT) ? -1 : enter(r);
    case '[': return open_container(r, SCAN_ARRAY) ? -1 : enter(r);
    case '"': return read_text(r);
    case 't': return read_word(r, "true", 4, SCAN_TRUE);
    case 'f': return read_word(r, "false", 5, SCAN_FALSE);
    case 'n': return read_word(r, "null", 4, SCAN_NULL);
    default:
        if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
            return read_number(r);
        return bad(r, "not a value");
    }
}

/* Behind a value: closes what closes here. 1: a value follows; 0: the root has ended; -1. */
static int read_behind(struct reader *r)
{
    while (r->depth > 0) {
        skip_blanks(r);
        if (r->at == r->end)
            return bad(r, "the text ends within brackets");
        if (*r->at == ',') {
            r->at++;
            skip_blanks(r);
            return in_object(r) && read_name(r) ? -1 : 1;
        }
        if (*r->at != (in_object(r) ? '}' : ']'))
            return bad(r, "no comma and no closing bracket");
        close_container(r);
    }
    return 0;
}

int scan_read(struct scan *scan, struct str text, struct fail *why)
{
    const unsigned char *begin = (const unsigned char *)(text.data ? text.data : "");
    struct reader        r     = {.at    = begin,
                                  .begin = begin,
                                  .end   = begin + text.size,
                                  .scan  = scan,
                                  .depth = 0,
                                  .why   = why};
    int                  state = 1;

    scan->text  = text;
    scan->count = 0;
    if (text.size >= UINT32_MAX)
        return fail_set(why, FAIL_INPUT, "a text of %zu bytes is too long", text.size);
    skip_blanks(&r);
    while (state > 0) {
        state = read_value(&r);
        if (state == 0)
            state = read_behind(&r);
    }
    if (state < 0)
        return -1;
    skip_blanks(&r);
    return r.at == r.end ? 0 : bad(&r, "more behind the value");
}

void scan_release(struct scan *scan)
{
    mem_free(scan->tokens);
    *scan = SCAN_EMPTY;
}
