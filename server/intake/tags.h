/* tags.h -- both forms of tags to one. */
#ifndef SMON_INTAKE_TAGS_H
#define SMON_INTAKE_TAGS_H

#include "base/str.h"

#include <stdint.h>

struct buf;
struct scan;

/* {"k":"v",..} or [{"Key":"k","Value":"v"},..] to a compact object, sorted by key, without empty
 * keys; of a key that comes twice the last counts. 1: *out borrows from the scan's text or from
 * `room`; 0: there are no tags (absent, null or of another type); -1: no memory. */
int tags_read(const struct scan *scan, uint32_t at, struct buf *room, struct str *out);

#endif
