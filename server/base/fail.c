#include "base/fail.h"

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct fail_meaning meanings[] = {
    [FAIL_NONE] = {"none", 200, false},     [FAIL_INPUT] = {"input", 400, false},
    [FAIL_AUTH] = {"auth", 401, false},     [FAIL_DENIED] = {"denied", 403, false},
    [FAIL_ABSENT] = {"absent", 404, false}, [FAIL_CLASH] = {"clash", 409, false},
    [FAIL_LIMIT] = {"limit", 429, true},    [FAIL_SIZE] = {"size", 413, false},
    [FAIL_BUSY] = {"busy", 503, true},      [FAIL_REMOTE] = {"remote", 502, true},
    [FAIL_MEMORY] = {"memory", 503, true},  [FAIL_BUG] = {"bug", 500, false},
};

/* Where a sentence was cut it ends with a whole character: some of these are stored as text. */
static void end_well(char *text)
{
    size_t   size = strlen(text), at = size;
    uint32_t code;

    while (at && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at && !str_character(str_from(text + at - 1, size - at + 1), &code))
        text[at - 1] = '\0';
}

int(fail_set)(struct fail *why, enum fail_kind kind, const char *format, ...)
{
    va_list args;

    why->kind = kind;
    va_start(args, format);
    if (vsnprintf(why->text, sizeof why->text, format, args) >= (int)sizeof why->text)
        end_well(why->text); /* a cut sentence is still one */
    va_end(args);
    return -1;
}

int(fail_in)(struct fail *why, const char *format, ...)
{
    char    joined[sizeof why->text];
    va_list args;
    int     used;

    va_start(args, format);
    used = vsnprintf(joined, sizeof joined, format, args);
    va_end(args);
    if (used < 0 || (size_t)used + 3 >= sizeof joined)
        return -1; /* no room for where: what happened matters more */
    (void)snprintf(joined + used, sizeof joined - (size_t)used, ": %.*s",
                   (int)(sizeof joined - (size_t)used - 3), why->text);
    end_well(joined);
    memcpy(why->text, joined, sizeof joined);
    return -1;
}

const struct fail_meaning *fail_meaning(enum fail_kind kind)
{
    return &meanings[kind];
}
