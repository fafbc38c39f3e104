#include "wire/doc.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"

/* A `struct doc` is a json_t. What we build carries two things that are not JSON, so that running
 * out of memory in the middle of building can be remembered without needing memory:
 *
 * - an object that we make is born with the member SPARE, which no text can name (it is not UTF-8).
 *   Its value is `sound`. A set that fails puts `broken` there; replacing a value allocates
 * nothing.
 * - an array that could not grow gets `broken` as its first item; room for that is there from
 * birth.
 *
 * Both are told by address and live for ever (jansson does not count references to them). */
#define SPARE "\xff"
static json_t sound  = {JSON_NULL, (size_t)-1};
static json_t broken = {JSON_NULL, (size_t)-1};

enum { MOST_DEPTH = 64, REAL_ROOM = 40, INDENT = 2 };

/* jansson's look-ups do not say const; they change nothing. */
static json_t *node(const struct doc *doc)
{
    return (json_t *)(uintptr_t)doc;
}

static struct doc *doc_of(json_t *json)
{
    return (struct doc *)json;
}

/* jansson takes a text for which it has no memory to be bad syntax, so we count what it did not
 * get. A miss of another thread at the same moment may be counted as ours: then memory is short all
 * the same. */
static atomic_long misses;

static void *alloc(size_t size)
{
    void *got = mem_raw(size);

    if (!got)
        atomic_fetch_add(&misses, 1);
    return got;
}

void doc_setup(void)
{
    json_set_alloc_funcs(alloc, mem_free);
    json_object_seed(0); /* from the system's randomness, once, before there are threads */
}

/* ---- reading ---- */

/* jansson itself would follow 2048 levels, and so would we when rendering. */
static int check_depth(struct str text, struct fail *why)
{
    bool in_text = false;
    int  depth   = 0;

    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];

        if (in_text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            if (++depth > MOST_DEPTH)
                return fail_set(why, FAIL_INPUT, "JSON nested deeper than %d levels", MOST_DEPTH);
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return 0;
}

/* jansson quotes what it stumbled over ("near 'hunter2'"), and that may be a secret: what is said
 * ends before it, and the place is given instead. */
static void fail_unread(const json_error_t *error, struct fail *why)
{
    const char *quoted = strstr(error->text, " near '");
    size_t      size   = quoted ? (size_t)(quoted - error->text) : strlen(error->text);

    (void)fail_set(why, FAIL_INPUT, "not JSON: %.*s (line %d, column %d)", (int)size, error->text,
                   error->line, error->column);
}

struct doc *doc_parse(struct str text, struct fail *why)
{
    long         misses_before = atomic_load(&misses);
    json_error_t error;
    json_t      *json;

    if (check_depth(text, why))
        return NULL;
    json = json_loadb(text.data ? text.data : "", text.size,
                      JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json)
        return doc_of(json);
    if (atomic_load(&misses) != misses_before)
        (void)fail_set(why, FAIL_MEMORY, "no memory for a JSON document of %zu bytes", text.size);
    else
        fail_unread(&error, why);
    return NULL;
}

void doc_free(struct doc *doc)
{
    json_decref(node(doc));
}

/* The member's value; NULL when it is absent or null. */
static json_t *member(const struct doc *object, const char *name)
{
    json_t *value = json_object_get(node(object), name);

    return json_is_null(value) ? NULL : value;
}

const struct doc *doc_member(const struct doc *object, const char *name)
{
    return doc_of(member(object, name));
}

const struct doc *doc_item(const struct doc *array, size_t at)
{
    return doc_of(json_array_get(node(array), at));
}

size_t doc_count(const struct doc *array)
{
    return json_array_size(node(array));
}

bool doc_is_object(const struct doc *doc)
{
    return json_is_object(node(doc));
}

bool doc_is_array(const struct doc *doc)
{
    return json_is_array(node(doc));
}

bool doc_is_null(const struct doc *doc)
{
    return json_is_null(node(doc));
}

static bool is_ours(const json_t *value)
{
    return value == &sound || value == &broken;
}

int doc_each(const struct doc *object, doc_visit *visit, void *ctx, struct fail *why)
{
    const char *name;
    json_t     *value;

    json_object_foreach(node(object), name, value)
    {
        int result = is_ours(value) ? 0 : visit(ctx, name, doc_of(value), why);

        if (result)
            return result;
    }
    return 0;
}

static int missing(const char *name, struct fail *why)
{
    return fail_set(why, FAIL_INPUT, "%s is missing", name);
}

static int wrong_type(const char *name, const char *wanted, struct fail *why)
{
    return fail_set(why, FAIL_INPUT, "%s is not %s", name, wanted);
}

int doc_as_text(const struct doc *value, struct str *out)
{
    if (!json_is_string(node(value)))
        return -1;
    *out = str_from(json_string_value(node(value)), json_string_length(node(value)));
    return 0;
}

int doc_as_int(const struct doc *value, int64_t *out)
{
    if (!json_is_integer(node(value)))
        return -1;
    *out = json_integer_value(node(value));
    return 0;
}

int doc_as_real(const struct doc *value, double *out)
{
    if (!json_is_number(node(value)))
        return -1;
    *out = json_number_value(node(value));
    return 0;
}

int doc_text(const struct doc *object, const char *name, struct str *out, struct fail *why)
{
    if (!member(object, name))
        return missing(name, why);
    return doc_text_or(object, name, STR_NONE, out, why);
}

int doc_text_or(const struct doc *object, const char *name, struct str otherwise, struct str *out,
                struct fail *why)
{
    const struct doc *value = doc_member(object, name);

    if (!value)
        *out = otherwise;
    else if (doc_as_text(value, out))
        return wrong_type(name, "text", why);
    return 0;
}

int doc_int(const struct doc *object, const char *name, int64_t *out, struct fail *why)
{
    if (!member(object, name))
        return missing(name, why);
    return doc_int_or(object, name, 0, out, why);
}

int doc_int_or(const struct doc *object, const char *name, int64_t otherwise, int64_t *out,
               struct fail *why)
{
    const struct doc *value = doc_member(object, name);

    if (!value)
        *out = otherwise;
    else if (doc_as_int(value, out))
        return wrong_type(name, "a whole number", why);
    return 0;
}

int doc_real(const struct doc *object, const char *name, double *out, struct fail *why)
{
    if (!member(object, name))
        return missing(name, why);
    return doc_real_or(object, name, 0, out, why);
}

int doc_real_or(const struct doc *object, const char *name, double otherwise, double *out,
                struct fail *why)
{
    const struct doc *value = doc_member(object, name);

    if (!value)
        *out = otherwise;
    else if (doc_as_real(value, out))
        return wrong_type(name, "a number", why);
    return 0;
}

int doc_bool_or(const struct doc *object, const char *name, bool otherwise, bool *out,
                struct fail *why)
{
    json_t *value = member(object, name);

    if (value && !json_is_boolean(value))
        return wrong_type(name, "true or false", why);
    *out = value ? json_is_true(value) : otherwise;
    return 0;
}

int doc_time_or(const struct doc *object, const char *name, ms otherwise, ms *out, struct fail *why)
{
    const struct doc *value = doc_member(object, name);
    struct str        text;
    double            number;

    if (!value) {
        *out = otherwise;
        return 0;
    }
    if (!doc_as_text(value, &text) && !when_parse(text, out))
        return 0;
    if (!doc_as_real(value, &number) && !when_of_number(number, out))
        return 0;
    return wrong_type(name, "a time", why);
}

/* ---- building ---- */

struct doc *doc_object(void)
{
    json_t *object = json_object();

    if (!object || !json_object_set_new_nocheck(object, SPARE, &sound))
        return doc_of(object);
    json_decref(object);
    return NULL;
}

struct doc *doc_array(void)
{
    return doc_of(json_array());
}

/* Cannot fail for what doc_object made, nor for a parsed object that has members. */
static void break_object(json_t *object)
{
    void *first = json_object_iter(object);

    if (first)
        (void)json_object_iter_set_new(object, first, &broken);
    else
        (void)json_object_set_new_nocheck(object, SPARE, &broken);
}

void doc_set(struct doc *object, const char *name, struct doc *value)
{
    assert(!object || doc_is_object(object));
    if (!object)
        json_decref(node(value)); /* the object itself had no memory; whoever renders it says so */
    else if (json_object_set_new(node(object), name, node(value)))
        break_object(node(object));
}

void doc_add(struct doc *array, struct doc *value)
{
    assert(!array || doc_is_array(array));
    if (!array)
        json_decref(node(value));
    else if (!json_array_append_new(node(array), node(value)))
        return;
    else if (doc_count(array))
        (void)json_array_set_new(node(array), 0, &broken);
    else
        (void)json_array_append_new(node(array), &broken);
}

/* Bytes that are not UTF-8 become U+FFFD, one each. */
static json_t *mended_text(struct str value)
{
    OWN(buf) text = BUF_UP_TO(value.size * 3 + 1);

    while (value.size) {
        size_t size = 1; /* of the character that stands here */

        while (size <= 4 && !str_is_utf8(str_part(value, 0, size)))
            size++;
        if (size <= 4)
            buf_str(&text, str_part(value, 0, size));
        else
            buf_text(&text, "\xef\xbf\xbd");
        value = str_part(value, size <= 4 ? size : 1, value.size);
    }
    return text.broken ? NULL : json_stringn_nocheck(text.data, text.size);
}

static struct doc *text_value(struct str value)
{
    if (!value.data)
        return doc_of(json_null());
    if (!str_is_utf8(value))
        return doc_of(mended_text(value));
    return doc_of(json_stringn_nocheck(value.data, value.size));
}

static struct doc *real_value(double value)
{
    return doc_of(isfinite(value) ? json_real(value) : json_null());
}

void doc_set_text(struct doc *object, const char *name, struct str value)
{
    doc_set(object, name, text_value(value));
}

void doc_set_int(struct doc *object, const char *name, int64_t value)
{
    doc_set(object, name, doc_of(json_integer(value)));
}

void doc_set_real(struct doc *object, const char *name, double value)
{
    doc_set(object, name, real_value(value));
}

void doc_set_bool(struct doc *object, const char *name, bool value)
{
    doc_set(object, name, doc_of(json_boolean(value)));
}

void doc_set_null(struct doc *object, const char *name)
{
    doc_set(object, name, doc_of(json_null()));
}

void doc_set_time(struct doc *object, const char *name, ms value)
{
    char text[WHEN_ROOM];

    if (value == WHEN_UNKNOWN) {
        doc_set_null(object, name);
        return;
    }
    when_render(value, text);
    doc_set_text(object, name, str_of(text));
}

void doc_add_text(struct doc *array, struct str value)
{
    doc_add(array, text_value(value));
}

void doc_add_real(struct doc *array, double value)
{
    doc_add(array, real_value(value));
}

struct doc *doc_copy(const struct doc *value)
{
    return doc_of(json_deep_copy(node(value)));
}

/* ---- rendering ---- */

struct render {
    struct buf *out;
    int         indent; /* blanks a level; 0: all in one line */
    int         depth;
};

static int render_value(struct render *to, json_t *value, struct fail *why);

static void quote(struct buf *out, struct str text)
{
    static const char hex[] = "0123456789abcdef";
    size_t            from  = 0;

    buf_char(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        buf_str(out, str_part(text, from, i - from));
        from = i + 1;
        if (c == '\n')
            buf_text(out, "\\n");
        else if (c < ' ')
            buf_format(out, "\\u00%c%c", hex[c >> 4], hex[c & 15]);
        else
            buf_format(out, "\\%c", c);
    }
    buf_str(out, str_part(text, from, text.size));
    buf_char(out, '"');
}

/* The shortest digits that read back as the same number, marked as not whole. */
static void render_real(struct buf *out, double value)
{
    char text[REAL_ROOM];

    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits,
                       value); /* 17 digits and an exponent fit */
        if (strtod(text, NULL) == value)
            break;
    }
    buf_text(out, text);
    if (!strpbrk(text, ".e"))
        buf_text(out, ".0");
}

static void line_break(struct render *to)
{
    if (!to->indent)
        return;
    buf_char(to->out, '\n');
    for (int i = 0; i < to->depth * to->indent; i++)
        buf_char(to->out, ' ');
}

static void open_bracket(struct render *to, char bracket)
{
    buf_char(to->out, bracket);
    to->depth++;
}

static void close_bracket(struct render *to, char bracket, bool is_empty)
{
    to->depth--;
    if (!is_empty)
        line_break(to);
    buf_char(to->out, bracket);
}

static int render_object(struct render *to, json_t *object, struct fail *why)
{
    bool        is_empty = true;
    const char *name;
    json_t     *value;

    open_bracket(to, '{');
    json_object_foreach(object, name, value)
    {
        if (value == &sound)
            continue;
        if (!is_empty)
            buf_char(to->out, ',');
        line_break(to);
        quote(to->out, str_of(name));
        buf_text(to->out, to->indent ? ": " : ":");
        if (render_value(to, value, why))
            return -1;
        is_empty = false;
    }
    close_bracket(to, '}', is_empty);
    return 0;
}

static int render_array(struct render *to, json_t *array, struct fail *why)
{
    size_t  at;
    json_t *value;

    open_bracket(to, '[');
    json_array_foreach(array, at, value)
    {
        if (at)
            buf_char(to->out, ',');
        line_break(to);
        if (render_value(to, value, why))
            return -1;
    }
    close_bracket(to, ']', json_array_size(array) == 0);
    return 0;
}

static int render_value(struct render *to, json_t *value, struct fail *why)
{
    if (!value || value == &broken)
        return fail_set(why, FAIL_MEMORY, "no memory to build a JSON document");
    if (to->depth > MOST_DEPTH)
        return fail_set(why, FAIL_BUG, "a JSON document was built deeper than %d levels",
                        MOST_DEPTH);
    switch (json_typeof(value)) {
    case JSON_OBJECT: return render_object(to, value, why);
    case JSON_ARRAY: return render_array(to, value, why);
    case JSON_STRING:
        quote(to->out, str_from(json_string_value(value), json_string_length(value)));
        return 0;
    case JSON_INTEGER: buf_i64(to->out, json_integer_value(value)); return 0;
    case JSON_REAL: render_real(to->out, json_real_value(value)); return 0;
    case JSON_TRUE: buf_text(to->out, "true"); return 0;
    case JSON_FALSE: buf_text(to->out, "false"); return 0;
    case JSON_NULL: buf_text(to->out, "null"); return 0;
    }
    return fail_set(why, FAIL_BUG, "a JSON value of no known type");
}

int doc_render(const struct doc *doc, struct buf *out, struct fail *why)
{
    struct render to = {out, 0, 0};

    return render_value(&to, node(doc), why) ? -1 : buf_check(out, why);
}

int doc_render_indented(const struct doc *doc, struct buf *out, struct fail *why)
{
    struct render to = {out, INDENT, 0};

    return render_value(&to, node(doc), why) ? -1 : buf_check(out, why);
}
