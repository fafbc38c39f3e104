/* gz.h -- gzip (zlib): pack, and unpack member after member up to a ceiling. */
#ifndef SMON_WIRE_GZ_H
#define SMON_WIRE_GZ_H

#include "base/own.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fail;
struct gz_stream;

/* One gzip member, level 1 to 9, added to `out`. */
int gz_pack(struct str data, int level, struct buf *out, struct fail *why);

/* Every member of a gzip (or zlib) stream, added to `out`; past out's ceiling FAIL_SIZE; damaged,
 * cut short, or followed by rubbish FAIL_INPUT. */
int gz_unpack(struct str packed, struct buf *out, struct fail *why);

/* The same, piece by piece, for streams that are longer than memory. */
int  gz_stream_new(struct gz_stream **out, struct fail *why);
void gz_stream_free(struct gz_stream *stream);
OWN_PTR_TYPE(gz_stream)

/* Takes from the front of *packed and adds `most` bytes at most to `out`; to be called until
 * *packed is empty and nothing more is added. Fails as gz_unpack does. */
int gz_stream_take(struct gz_stream *stream, struct str *packed, size_t most, struct buf *out,
                   struct fail *why);
/* The last member has ended: what was taken is whole. */
bool gz_stream_is_whole(const struct gz_stream *stream);

#endif
