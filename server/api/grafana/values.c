#include "api/grafana/values.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"
#include "wire/doc.h"

#include <string.h>

enum { NUMBER_ROOM = 48, SHOWN = 60 };

struct grafana_text {
    struct grafana_text *next;
    char                *bytes;
};

void grafana_texts_release(struct grafana_texts *texts)
{
    while (texts->first) {
        struct grafana_text *text = texts->first;

        texts->first = text->next;
        mem_free(text->bytes);
        mem_free(text);
    }
}

/* A copy that lives as long as the request; NULL: no memory. */
static char *keep(struct grafana_texts *texts, struct str text, struct fail *why)
{
    struct grafana_text *kept  = mem_new(sizeof *kept);
    char                *bytes = mem_copy(text.data, text.size);

    if (!kept || !bytes) {
        mem_free(kept);
        mem_free(bytes);
        (void)fail_set(why, FAIL_MEMORY, "no memory for a value");
        return NULL;
    }
    kept->bytes  = bytes;
    kept->next   = texts->first;
    texts->first = kept;
    return bytes;
}

/* --- one value --- */

static int is_special(char c)
{
    return c && strchr("\\^$*+?.()|[]{}/-", c) != NULL;
}

/* Grafana puts a backslash before whatever means something in a regular expression. */
static int unescape(struct str text, struct grafana_texts *texts, struct str *out, struct fail *why)
{
    size_t size = 0;
    char  *copy;

    *out = text;
    if (!text.size || !memchr(text.data, '\\', text.size))
        return 0;
    copy = keep(texts, text, why);
    if (!copy)
        return -1;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\\' && i + 1 < text.size && is_special(text.data[i + 1]))
            i++;
        copy[size++] = text.data[i];
    }
    *out = str_from(copy, size);
    return 0;
}

/* The byte there has an odd number of backslashes before it. */
static bool is_escaped(struct str text, size_t at)
{
    size_t slashes = 0;

    while (slashes < at && text.data[at - 1 - slashes] == '\\')
        slashes++;
    return slashes % 2 == 1;
}

static bool is_all(struct str text)
{
    static const char *const words[] = {".*", ".+", "*", "All", "$__all"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_is_text(text, words[i]))
            return true;
    return false;
}

static bool has(const struct grafana_values *values, const struct grafana_value *wanted)
{
    for (size_t i = 0; i < values->count; i++)
        if (str_is(values->items[i].text, wanted->text)
            && values->items[i].is_prefix == wanted->is_prefix)
            return true;
    return false;
}

static int put(struct grafana_values *values, const struct grafana_value *value, struct fail *why)
{
    if (has(values, value))
        return 0;
    if (values->count == GRAFANA_MOST_VALUES)
        return fail_set(why, FAIL_INPUT,
                        "more than %d values; for all of them, give the variable the custom all "
                        "value .*",
                        GRAFANA_MOST_VALUES);
    values->items[values->count++] = *value;
    return 0;
}

/* A text by itself, after brackets and bars are gone. */
static int add_one(struct grafana_values *values, struct str text, struct grafana_texts *texts,
                   struct fail *why)
{
    struct grafana_value value = {text, false};

    if (text.size == 0)
        return 0;
    values->is_said = true;
    if (is_all(text)) {
        values->is_all = true;
        return 0;
    }
    if (text.size > 2 && str_ends(text, STR(".*")) && !is_escaped(text, text.size - 2)) {
        value.is_prefix = true;
        text            = str_part(text, 0, text.size - 2);
    }
    if (unescape(text, texts, &value.text, why) || put(values, &value, why))
        return -1;
    values->is_given = true;
    return 0;
}

/* Where the piece ends that begins at `from`: at a bar that is not escaped, or at the end. */
static size_t piece_end(struct str text, size_t from)
{
    size_t at = from;

    while (at < text.size && text.data[at] != '|')
        at += text.data[at] == '\\' ? 2 : 1;
    return at < text.size ? at : text.size;
}

static int add_pieces(struct grafana_values *values, struct str text, struct grafana_texts *texts,
                      struct fail *why)
{
    for (size_t from = 0, end; from <= text.size; from = end + 1) {
        end = piece_end(text, from);
        if (add_one(values, str_part(text, from, end - from), texts, why))
            return -1;
    }
    return 0;
}

static bool is_bracketed(struct str text)
{
    return text.size >= 2 && text.data[0] == '(' && text.data[text.size - 1] == ')'
           && !is_escaped(text, text.size - 1);
}

int values_add_text(struct grafana_values *values, struct str text, struct grafana_texts *texts,
                    struct fail *why)
{
    if (str_starts(text, STR("!")) && text.size > 1) {
        if (values->count && !values->is_not)
            return fail_set(why, FAIL_INPUT, "it says both what is wanted and what is not");
        values->is_not = true;
        text           = str_part(text, 1, text.size);
    }
    return is_bracketed(text) ? add_pieces(values, str_part(text, 1, text.size - 2), texts, why)
                              : add_one(values, text, texts, why);
}

/* --- a member of a payload --- */

static int add_scalar(struct grafana_values *values, const struct doc *value,
                      struct grafana_texts *texts, struct fail *why)
{
    OWN(buf) number = BUF_UP_TO(NUMBER_ROOM);
    struct str text;
    int64_t    whole;
    double     real;

    if (doc_is_null(value))
        return 0;
    if (doc_as_text(value, &text) == 0)
        return values_add_text(values, text, texts, why);
    if (doc_as_int(value, &whole) == 0)
        buf_i64(&number, whole);
    else if (doc_as_real(value, &real) == 0)
        compose_number(&number, real);
    else
        return fail_set(why, FAIL_INPUT, "it is neither a text, a number, nor a list of these");
    if (buf_check(&number, why))
        return -1;
    text.data = keep(texts, buf_view(&number), why);
    text.size = number.size;
    return text.data ? add_one(values, text, texts, why) : -1;
}

int values_add(struct grafana_values *values, const struct doc *value, struct grafana_texts *texts,
               struct fail *why)
{
    if (!doc_is_array(value))
        return add_scalar(values, value, texts, why);
    for (size_t i = 0; i < doc_count(value); i++)
        if (add_scalar(values, doc_item(value, i), texts, why))
            return -1;
    return 0;
}

/* --- patterns --- */

/* What is left must be a plain text: whoever writes [a-z] means something we would not find. */
static int check_plain(struct str text, struct fail *why)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\\') {
            i++;
            continue;
        }
        if (i + 2 == text.size && str_is_text(str_part(text, i, 2), ".*"))
            return 0;
        if (strchr("^$*+?()[]{}", text.data[i]))
            return fail_set(why, FAIL_INPUT,
                            "the pattern '%.*s' is not understood: (a|b), .* for all, and a.* for "
                            "a beginning are",
                            STR_ARG(str_head(text, SHOWN)));
    }
    return 0;
}

int values_add_pattern(struct grafana_values *values, struct str text, struct grafana_texts *texts,
                       struct fail *why)
{
    if (str_starts(text, STR("^")))
        text = str_part(text, 1, text.size);
    if (str_ends(text, STR("$")) && !is_escaped(text, text.size - 1))
        text = str_part(text, 0, text.size - 1);
    if (is_bracketed(text))
        text = str_part(text, 1, text.size - 2);
    if (is_all(text))
        return add_one(values, text, texts, why);
    for (size_t from = 0, end; from <= text.size; from = end + 1) {
        end = piece_end(text, from);
        if (check_plain(str_part(text, from, end - from), why))
            return -1;
    }
    return add_pieces(values, text, texts, why);
}

/* --- together --- */

bool values_restrict(const struct grafana_values *values)
{
    return values->is_given && !values->is_all;
}

/* `inner` is `outer` or stands below it. */
static bool is_within(struct str inner, struct str outer)
{
    return str_is(inner, outer)
           || (str_starts(inner, outer) && inner.size > outer.size
               && inner.data[outer.size] == '/');
}

/* What both of them mean: the narrower of the two. */
static bool meets(const struct grafana_value *a, const struct grafana_value *b, bool is_tree,
                  struct grafana_value *out)
{
    bool a_in_b =
        is_tree ? is_within(a->text, b->text) : b->is_prefix && str_starts(a->text, b->text);
    bool b_in_a =
        is_tree ? is_within(b->text, a->text) : a->is_prefix && str_starts(b->text, a->text);
    bool are_same = str_is(a->text, b->text);

    *out = a_in_b || (are_same && !a->is_prefix) ? *a : *b;
    return a_in_b || b_in_a || are_same;
}

static int keep_common(struct grafana_values *values, const struct grafana_values *by, bool is_tree,
                       struct fail *why)
{
    struct grafana_values both = {.is_said = true, .is_given = true};
    struct grafana_value  one;

    for (size_t i = 0; i < values->count; i++)
        for (size_t j = 0; j < by->count; j++)
            if (meets(&values->items[i], &by->items[j], is_tree, &one) && put(&both, &one, why))
                return -1;
    *values = both;
    return 0;
}

/* Those of `some` that are none of `others`. */
static void leave_out(struct grafana_values *some, const struct grafana_values *others)
{
    size_t kept = 0;

    for (size_t i = 0; i < some->count; i++)
        if (values_match(others, some->items[i].text))
            some->items[kept++] = some->items[i];
    some->count = kept;
}

int values_narrow(struct grafana_values *values, const struct grafana_values *by, bool is_tree,
                  struct fail *why)
{
    struct grafana_values mine = *values;

    values->is_said |= by->is_said;
    if (!values_restrict(by))
        return 0;
    if (!values_restrict(values)) {
        *values = *by;
        return 0;
    }
    if (!values->is_not && !by->is_not)
        return keep_common(values, by, is_tree, why);
    if (values->is_not && by->is_not) {
        for (size_t i = 0; i < by->count; i++)
            if (put(values, &by->items[i], why))
                return -1;
        return 0;
    }
    *values = mine.is_not ? *by : mine;
    leave_out(values, mine.is_not ? &mine : by);
    return 0;
}

void values_outermost(struct grafana_values *values)
{
    size_t kept = 0;

    for (size_t i = 0; i < values->count; i++) {
        bool is_inner = false;

        for (size_t j = 0; j < values->count; j++)
            is_inner |= j != i && is_within(values->items[i].text, values->items[j].text);
        if (!is_inner)
            values->items[kept++] = values->items[i];
    }
    values->count = kept;
}

bool values_match(const struct grafana_values *values, struct str text)
{
    bool is_in = false;

    if (!values_restrict(values))
        return true;
    for (size_t i = 0; i < values->count; i++)
        is_in |= values->items[i].is_prefix ? str_starts(text, values->items[i].text)
                                            : str_is(text, values->items[i].text);
    return is_in != values->is_not;
}
