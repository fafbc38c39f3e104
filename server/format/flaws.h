/* flaws.h -- what is wrong with a document, member by member.
 *
 *     struct flaws flaws = FLAWS_NONE;
 *     flaws_add(&flaws, "/artifacts/0/uri", "missing", "an artifact has a uri");
 *     if (flaws.count)
 *         return flaws_fail(&flaws, why);
 *
 * A reader goes on after the first flaw, so that one answer names them all. Past FLAWS_MOST they
 * are only counted. Shown as
 *
 *     "errors":[{"pointer":"/artifacts/0/uri","code":"missing","detail":"an artifact has a uri"}]
 *
 * Codes in use: `missing` `wrong-type` `bad-value` `too-long` `too-many` `unknown-member`
 * `duplicate` `immutable-field`. Details never repeat what was sent but for a short, harmless
 * name. */
#ifndef SMON_FORMAT_FLAWS_H
#define SMON_FORMAT_FLAWS_H

#include "base/str.h"

#include <stdbool.h>

struct compose;
struct fail;

enum { FLAWS_MOST = 16, FLAW_POINTER_ROOM = 128, FLAW_DETAIL_ROOM = 192 };

struct flaw {
    char        pointer[FLAW_POINTER_ROOM]; /* RFC 6901; "" is the whole document */
    const char *code;                       /* a constant */
    char        detail[FLAW_DETAIL_ROOM];
};

struct flaws {
    int         count; /* all of them; the first FLAWS_MOST have an item */
    struct flaw items[FLAWS_MOST];
};
#define FLAWS_NONE ((struct flaws){.count = 0})

/* `pointer` and `code` are NUL-terminated; a pointer or detail that is too long is cut. Returns -1,
 * so that one can `return flaws_add(...)`. */
__attribute__((format(printf, 4, 5))) int flaws_add(struct flaws *flaws, const char *pointer,
                                                    const char *code, const char *format, ...);

/* `base` + "/" + name, with '~' and '/' of the name escaped; cut when too long. */
void flaws_pointer(char out[FLAW_POINTER_ROOM], const char *base, struct str name);
void flaws_pointer_at(char out[FLAW_POINTER_ROOM], const char *base, size_t index);

/* Every flaw has this code. False when there is none. */
bool flaws_are(const struct flaws *flaws, const char *code);

/* One sentence about them: FAIL_INPUT, or FAIL_CLASH when all are `immutable-field`. -1; 0 when
 * there is none. */
int flaws_fail(const struct flaws *flaws, struct fail *why);

/* Adds the member `name` (NULL within an array) with those that have an item. */
void flaws_compose(const struct flaws *flaws, struct compose *out, const char *name);

#endif
