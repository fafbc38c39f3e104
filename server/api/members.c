#include "api/members.h"

#include "base/buf.h"
#include "base/fail.h"
#include "format/compose.h"
#include "wire/doc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SHOWN = 64 };

struct members members_of(const struct doc *object, const char *at, struct flaws *flaws)
{
    struct members members = {.object = object, .flaws = flaws};

    (void)snprintf(members.at, sizeof members.at, "%s", at); /* a deep pointer is cut */
    return members;
}

void members_flaw(const struct members *members, const char *name, const char *code,
                  const char *format, ...)
{
    char    pointer[FLAW_POINTER_ROOM], detail[FLAW_DETAIL_ROOM];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(detail, sizeof detail, format, args); /* cut when too long */
    va_end(args);
    flaws_pointer(pointer, members->at, str_of(name));
    (void)flaws_add(members->flaws, pointer, code, "%s", detail);
}

/* --- what is there --- */

struct sought {
    const char *name;
    bool        is_there, is_null;
};

static int look(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct sought *sought = ctx;

    (void)why;
    if (!strcmp(name, sought->name)) {
        sought->is_there = true;
        sought->is_null  = doc_is_null(value);
    }
    return 0;
}

static struct sought seek(const struct members *members, const char *name)
{
    struct sought sought = {name, false, false};
    struct fail   why    = FAIL_OK;

    (void)doc_each(members->object, look, &sought, &why); /* look never fails */
    return sought;
}

bool members_has(const struct members *members, const char *name)
{
    struct sought sought = seek(members, name);

    return sought.is_there && !sought.is_null;
}

bool members_is_null(const struct members *members, const char *name)
{
    return seek(members, name).is_null;
}

struct known {
    const struct members *members;
    const char *const    *names;
};

static int check_known(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    const struct known *known = ctx;

    (void)value;
    (void)why;
    for (size_t i = 0; known->names[i]; i++)
        if (!strcmp(known->names[i], name))
            return 0;
    members_flaw(known->members, name, "unknown-member", "'%.*s' is not a member here",
                 STR_ARG(str_head(str_of(name), NAME_SHOWN)));
    return 0;
}

void members_known(const struct members *members, const char *const *known)
{
    struct known check = {members, known};
    struct fail  why   = FAIL_OK;

    (void)doc_each(members->object, check_known, &check, &why); /* check_known never fails */
}

/* --- values --- */

/* Line feeds and tabs may stand in descriptions; nothing else below a blank. */
static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < 0x20 && !strchr("\n\r\t", text.data[i]))
            return false;
    return true;
}

void members_text(const struct members *members, const char *name, const struct members_text *rule,
                  struct str *out)
{
    struct str text;

    *out = STR_NONE;
    if (!members_has(members, name)) {
        if (rule->is_needed)
            members_flaw(members, name, "missing", "'%s' is needed", name);
    } else if (doc_as_text(doc_member(members->object, name), &text)) {
        members_flaw(members, name, "wrong-type", "'%s' is a text", name);
    } else if (text.size > rule->most) {
        members_flaw(members, name, "too-long", "'%s' has at most %zu bytes", name, rule->most);
    } else if (rule->is_needed && !text.size) {
        members_flaw(members, name, "missing", "'%s' is empty", name);
    } else if (rule->is_good ? !rule->is_good(text) : !is_plain(text)) {
        members_flaw(members, name, "bad-value", "'%s' is %s", name,
                     rule->shape ? rule->shape : "a text without control characters");
    } else {
        *out = text.data ? text : STR("");
    }
}

void members_int(const struct members *members, const char *name, const struct members_int *rule,
                 int64_t *out)
{
    int64_t number;

    *out = rule->otherwise;
    if (!members_has(members, name))
        return;
    if (doc_as_int(doc_member(members->object, name), &number))
        members_flaw(members, name, "wrong-type", "'%s' is an integer", name);
    else if (number < rule->least || number > rule->most)
        members_flaw(members, name, "bad-value", "'%s' is a number from %lld to %lld", name,
                     (long long)rule->least, (long long)rule->most);
    else
        *out = number;
}

void members_real(const struct members *members, const char *name, const struct members_real *rule,
                  double *out)
{
    double number;

    *out = rule->otherwise;
    if (!members_has(members, name)) {
        if (rule->is_needed)
            members_flaw(members, name, "missing", "'%s' is needed", name);
    } else if (doc_as_real(doc_member(members->object, name), &number)) {
        members_flaw(members, name, "wrong-type", "'%s' is a number", name);
    } else if (!(number > rule->above && number < rule->below)) {
        members_flaw(members, name, "bad-value", "'%s' is a number above %g and below %g", name,
                     rule->above, rule->below);
    } else {
        *out = number;
    }
}

void members_time(const struct members *members, const char *name, ms *out)
{
    struct fail why = FAIL_OK;

    *out = WHEN_UNKNOWN;
    if (members_has(members, name) && doc_time_or(members->object, name, WHEN_UNKNOWN, out, &why)) {
        *out = WHEN_UNKNOWN;
        members_flaw(members, name, "bad-value",
                     "'%s' is a time like 2026-01-31T12:00:00Z, or milliseconds", name);
    }
}

void members_span(const struct members *members, const char *name, const struct members_span *rule,
                  ms *out)
{
    struct str text;
    ms         span;

    *out = rule->otherwise;
    if (!members_has(members, name))
        return;
    if (doc_as_text(doc_member(members->object, name), &text) || when_parse_span(text, &span))
        members_flaw(members, name, "wrong-type", "'%s' is a span like 7d or 12h", name);
    else if (span < rule->least || span > rule->most)
        members_flaw(members, name, "bad-value", "'%s' is a span from %llds to %lldd", name,
                     (long long)(rule->least / MS_SECOND), (long long)(rule->most / MS_DAY));
    else
        *out = span;
}

/* --- parts --- */

bool members_object(const struct members *members, const char *name, struct members *out)
{
    char pointer[FLAW_POINTER_ROOM];

    if (!members_has(members, name))
        return false;
    if (!doc_is_object(doc_member(members->object, name))) {
        members_flaw(members, name, "wrong-type", "'%s' is an object", name);
        return false;
    }
    flaws_pointer(pointer, members->at, str_of(name));
    *out = members_of(doc_member(members->object, name), pointer, members->flaws);
    return true;
}

const struct doc *members_array(const struct members *members, const char *name, size_t most)
{
    const struct doc *array;

    if (!members_has(members, name))
        return NULL;
    array = doc_member(members->object, name);
    if (!doc_is_array(array)) {
        members_flaw(members, name, "wrong-type", "'%s' is an array", name);
        return NULL;
    }
    if (doc_count(array) > most) {
        members_flaw(members, name, "too-many", "'%s' has at most %zu items", name, most);
        return NULL;
    }
    return array;
}

bool members_item(const struct members *members, const char *array, size_t at,
                  const struct doc *item, struct members *out)
{
    char list[FLAW_POINTER_ROOM], pointer[FLAW_POINTER_ROOM];

    flaws_pointer(list, members->at, str_of(array));
    flaws_pointer_at(pointer, list, at);
    if (!doc_is_object(item)) {
        (void)flaws_add(members->flaws, pointer, "wrong-type", "an item of '%s' is an object",
                        array);
        return false;
    }
    *out = members_of(item, pointer, members->flaws);
    return true;
}

/* --- tags --- */

struct tagging {
    const struct members *members;
    struct compose        json;
    size_t                count;
};

static int write_tag(void *ctx, const char *name, const struct doc *value, struct fail *why)
{
    struct tagging *tagging = ctx;
    size_t          size    = strlen(name);
    struct str      text;

    (void)why;
    tagging->count++;
    if (size == 0 || size > MEMBERS_TAG_KEY || !is_plain(str_of(name)))
        members_flaw(tagging->members, name, "bad-value",
                     "the key of a tag has 1 to %d bytes, none of them control characters",
                     MEMBERS_TAG_KEY);
    else if (doc_as_text(value, &text))
        members_flaw(tagging->members, name, "wrong-type", "the value of a tag is a text");
    else if (text.size > MEMBERS_TAG_VALUE)
        members_flaw(tagging->members, name, "too-long", "the value of a tag has at most %d bytes",
                     MEMBERS_TAG_VALUE);
    else
        compose_text(&tagging->json, name, text.data ? text : STR(""));
    return 0;
}

bool members_tags(const struct members *members, const char *name, struct buf *out)
{
    struct members tags;
    struct tagging tagging = {.members = &tags, .json = compose_into(out)};
    struct fail    why     = FAIL_OK;

    if (!members_object(members, name, &tags))
        return false;
    compose_open(&tagging.json, NULL, '{');
    (void)doc_each(tags.object, write_tag, &tagging, &why); /* write_tag never fails */
    compose_close(&tagging.json, '}');
    if (tagging.count > MEMBERS_TAGS_MOST)
        members_flaw(members, name, "too-many", "at most %d tags", MEMBERS_TAGS_MOST);
    if (tagging.count == 0)
        buf_clear(out);
    return true;
}
