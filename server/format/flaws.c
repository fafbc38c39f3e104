#include "format/flaws.h"

#include "base/fail.h"
#include "format/compose.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char IMMUTABLE[] = "immutable-field";

/* A cut in the middle of a character would be no UTF-8; the composer mends what is left. */
int flaws_add(struct flaws *flaws, const char *pointer, const char *code, const char *format, ...)
{
    struct flaw *flaw;
    va_list      args;

    if (flaws->count++ >= FLAWS_MOST)
        return -1;
    flaw       = &flaws->items[flaws->count - 1];
    flaw->code = code;
    (void)snprintf(flaw->pointer, sizeof flaw->pointer, "%s", pointer); /* cut when too long */
    va_start(args, format);
    (void)vsnprintf(flaw->detail, sizeof flaw->detail, format, args); /* the same */
    va_end(args);
    return -1;
}

void flaws_pointer(char out[FLAW_POINTER_ROOM], const char *base, struct str name)
{
    size_t size = 0, room = FLAW_POINTER_ROOM - 3; /* an escape and the NUL */

    while (base[size] && size < room) {
        out[size] = base[size];
        size++;
    }
    if (size < room)
        out[size++] = '/';
    for (size_t i = 0; i < name.size && size < room; i++) {
        char c = name.data[i];

        if (c == '~' || c == '/') {
            out[size++] = '~';
            c           = c == '~' ? '0' : '1';
        }
        out[size++] = c;
    }
    out[size] = 0;
}

void flaws_pointer_at(char out[FLAW_POINTER_ROOM], const char *base, size_t index)
{
    char digits[24];
    int  size = snprintf(digits, sizeof digits, "%zu", index);

    flaws_pointer(out, base, str_from(digits, size > 0 ? (size_t)size : 0));
}

bool flaws_are(const struct flaws *flaws, const char *code)
{
    for (int i = 0; i < flaws->count && i < FLAWS_MOST; i++)
        if (strcmp(flaws->items[i].code, code) != 0)
            return false;
    return flaws->count > 0;
}

int flaws_fail(const struct flaws *flaws, struct fail *why)
{
    const struct flaw *first = &flaws->items[0];
    enum fail_kind     kind  = flaws_are(flaws, IMMUTABLE) ? FAIL_CLASH : FAIL_INPUT;
    const char        *where = *first->pointer ? first->pointer : "the body";

    if (!flaws->count)
        return 0;
    if (flaws->count == 1)
        return fail_set(why, kind, "%s: %s", where, first->detail);
    return fail_set(why, kind, "%s: %s (and %d more)", where, first->detail, flaws->count - 1);
}

void flaws_compose(const struct flaws *flaws, struct compose *out, const char *name)
{
    compose_open(out, name, '[');
    for (int i = 0; i < flaws->count && i < FLAWS_MOST; i++) {
        compose_open(out, NULL, '{');
        compose_text(out, "pointer", str_of(flaws->items[i].pointer));
        compose_text(out, "code", str_of(flaws->items[i].code));
        compose_text(out, "detail", str_of(flaws->items[i].detail));
        compose_close(out, '}');
    }
    compose_close(out, ']');
}
