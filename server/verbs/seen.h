/* seen.h -- what the last look at a list showed, so that the next one tells what is new or
 * different.
 *
 * A look is one page, the newest first: seen_begin, seen_tell for every item, and from then on the
 * items of that look are what the next one is held against. */
#ifndef SMON_VERBS_SEEN_H
#define SMON_VERBS_SEEN_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEEN_MOST = 1000 };

struct seen {
    struct seen_look {
        uint64_t ids[SEEN_MOST], states[SEEN_MOST];
        size_t   count;
    } last, now;
    int looks;
};

void seen_begin(struct seen *seen);
/* True when the item was not there, or in another state, at the last look. Remembers it. */
bool seen_tell(struct seen *seen, struct str id, uint64_t state);
/* True when the last look had it; asked between looks. */
bool seen_has(const struct seen *seen, struct str id);
bool seen_is_first(const struct seen *seen);

#endif
