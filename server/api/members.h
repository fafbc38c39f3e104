/* members.h -- the members of a JSON body, read strictly: each flaw is noted with its pointer, and
 * reading goes on, so that one answer names them all.
 *
 *     struct members body = members_of(doc, "", &ask->flaws);
 *     members_known(&body, known);
 *     members_text(&body, "description", &(struct members_text){.most = 4096}, &description);
 *     if (ask_flaws(ask, why))
 *         return -1;
 *
 * A member that is absent or null leaves *out at its "not given" value. Texts are borrowed from the
 * document. */
#ifndef SMON_API_MEMBERS_H
#define SMON_API_MEMBERS_H

#include "base/str.h"
#include "base/when.h"
#include "format/flaws.h"

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct doc;

struct members {
    const struct doc *object;
    char              at[FLAW_POINTER_ROOM]; /* where it stands: "" or "/artifacts/0" */
    struct flaws     *flaws;
};
struct members members_of(const struct doc *object, const char *at, struct flaws *flaws);

/* Every member must be in the NULL-terminated list: `unknown-member`. */
void members_known(const struct members *members, const char *const *known);

struct members_text {
    size_t most;                    /* bytes */
    bool   is_needed;               /* absent or null is `missing` */
    bool (*is_good)(struct str it); /* NULL: any text without control characters will do */
    const char *shape;              /* what is good: "64 hexadecimal digits" */
};
void members_text(const struct members *members, const char *name, const struct members_text *rule,
                  struct str *out); /* not given, or not good: no data */

struct members_int {
    int64_t least, most, otherwise;
};
void members_int(const struct members *members, const char *name, const struct members_int *rule,
                 int64_t *out);
/* A number strictly between two others. */
struct members_real {
    double above, below, otherwise;
    bool   is_needed;
};
void members_real(const struct members *members, const char *name, const struct members_real *rule,
                  double *out);
/* RFC 3339, or a number as when_of_number; not given: WHEN_UNKNOWN. */
void members_time(const struct members *members, const char *name, ms *out);
/* "7d"; not given: `otherwise`. */
struct members_span {
    ms least, most, otherwise;
};
void members_span(const struct members *members, const char *name, const struct members_span *rule,
                  ms *out);

/* A member that is an object. False: not given, or of another type (noted). */
bool members_object(const struct members *members, const char *name, struct members *out);
/* A member that is an array of `most` items at most; NULL: not given or not good. */
const struct doc *members_array(const struct members *members, const char *name, size_t most);
/* The at-th item of that array as an object; false: it is none (noted). */
bool members_item(const struct members *members, const char *array, size_t at,
                  const struct doc *item, struct members *out);

/* Tags: an object of texts, 50 at most, keys up to 40 and values up to 500 characters. Written to
 * `out` as the filter tag.x looks for them. False: not given; an empty buffer says there are
 * none. */
enum { MEMBERS_TAGS_MOST = 50, MEMBERS_TAG_KEY = 40, MEMBERS_TAG_VALUE = 500 };
bool members_tags(const struct members *members, const char *name, struct buf *out);

/* Notes a flaw of the member. */
__attribute__((format(printf, 4, 5))) void members_flaw(const struct members *members,
                                                        const char *name, const char *code,
                                                        const char *format, ...);

/* The member is there and is not null; is there and is null. */
bool members_has(const struct members *members, const char *name);
bool members_is_null(const struct members *members, const char *name);

#endif
