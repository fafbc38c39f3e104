/* gz.h -- gzip (zlib): pack, and unpack member after member up to a ceiling. */
#ifndef SMON_WIRE_GZ_H
#define SMON_WIRE_GZ_H

#include "base/str.h"

struct buf;
struct fail;

/* One gzip member, level 1 to 9, added to `out`. */
int gz_pack(struct str data, int level, struct buf *out, struct fail *why);

/* Every member of a gzip (or zlib) stream, added to `out`; past out's ceiling FAIL_SIZE; damaged,
 * cut short, or followed by rubbish FAIL_INPUT. */
int gz_unpack(struct str packed, struct buf *out, struct fail *why);

#endif
