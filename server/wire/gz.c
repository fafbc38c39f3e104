#include "wire/gz.h"

#define ZLIB_CONST /* its input pointers are const */
#include <limits.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"

enum {
    GZIP_ONLY    = 15 + 16, /* window bits: the largest window, gzip wrapping */
    GZIP_OR_ZLIB = 15 + 32, /* the same, the wrapping told by the first bytes */
    MEMORY_LEVEL = 8,       /* zlib's own default */
    PIECE        = 16 * 1024
};

static voidpf lend(voidpf ctx, uInt n, uInt size)
{
    (void)ctx;
    return mem_array(n, size);
}

static void give_back(voidpf ctx, voidpf old)
{
    (void)ctx;
    mem_free(old);
}

static z_stream stream_over(void)
{
    return (z_stream){.zalloc = lend, .zfree = give_back};
}

/* Where the next bytes go. At the ceiling one byte beside the buffer tells whether more
 * would come. */
static int make_room(z_stream *z, struct buf *out, unsigned char *beside)
{
    size_t left = out->ceiling_bytes - out->size;
    size_t size = left < PIECE ? left : PIECE;

    z->next_out  = beside;
    z->avail_out = 1;
    if (size == 0)
        return 0;
    z->next_out  = (Bytef *)buf_room(out, size);
    z->avail_out = (uInt)size;
    return z->next_out ? 0 : -1;
}

/* zlib counts input in 32 bits: it gets the rest in pieces. */
static void feed(z_stream *z, struct str *rest)
{
    uInt size = rest->size > UINT_MAX ? UINT_MAX : (uInt)rest->size;

    if (z->avail_in > 0 || size == 0)
        return;
    z->next_in  = (const Bytef *)rest->data;
    z->avail_in = size;
    *rest       = str_part(*rest, size, rest->size - size);
}

/* One call of `step` with room for its output; Z_MEM_ERROR and Z_BUF_ERROR also stand for ours. */
static int step_into(z_stream *z, int (*step)(z_streamp, int), int flush, struct buf *out)
{
    unsigned char beside;
    uInt          room;
    int           result;

    if (make_room(z, out, &beside))
        return Z_MEM_ERROR;
    room   = z->avail_out;
    result = step(z, flush);
    if (out->size < out->ceiling_bytes)
        buf_grown(out, room - z->avail_out);
    else if (z->avail_out == 0)
        out->broken = FAIL_SIZE;
    return result;
}

static int pack_all(z_stream *z, struct str data, struct buf *out)
{
    int result;

    do {
        feed(z, &data);
        result = step_into(z, deflate, data.size ? Z_NO_FLUSH : Z_FINISH, out);
    } while (result == Z_OK && !out->broken);
    return result;
}

int gz_pack(struct str data, int level, struct buf *out, struct fail *why)
{
    z_stream z = stream_over();
    int      result;

    if (buf_check(out, why))
        return -1;
    if (deflateInit2(&z, level, Z_DEFLATED, GZIP_ONLY, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return fail_set(why, FAIL_MEMORY, "no memory to pack %zu bytes", data.size);
    result = pack_all(&z, data, out);
    (void)deflateEnd(&z); /* says only that not everything was read */
    if (buf_check(out, why))
        return fail_in(why, "packing");
    if (result != Z_STREAM_END)
        return fail_set(why, FAIL_BUG, "packing: zlib gave %d", result);
    return 0;
}

/* Z_STREAM_END when the last member ended with the data; Z_BUF_ERROR when the data ended first. */
static int unpack_all(z_stream *z, struct str data, struct buf *out)
{
    int result = Z_BUF_ERROR;

    for (;;) {
        feed(z, &data);
        if (result == Z_STREAM_END) {
            if (z->avail_in == 0)
                return Z_STREAM_END;
            (void)inflateReset(z); /* only fails on a stream that was never opened */
        }
        result = step_into(z, inflate, Z_NO_FLUSH, out);
        if (out->broken || (result != Z_OK && result != Z_STREAM_END))
            return result;
    }
}

int gz_unpack(struct str packed, struct buf *out, struct fail *why)
{
    z_stream z = stream_over();
    int      result;

    if (buf_check(out, why))
        return -1;
    if (inflateInit2(&z, GZIP_OR_ZLIB) != Z_OK)
        return fail_set(why, FAIL_MEMORY, "no memory to unpack");
    result = unpack_all(&z, packed, out);
    (void)inflateEnd(&z);
    if (buf_check(out, why))
        return fail_in(why, "unpacking");
    if (result == Z_STREAM_END)
        return 0;
    if (result == Z_MEM_ERROR)
        return fail_set(why, FAIL_MEMORY, "no memory to unpack");
    if (result == Z_BUF_ERROR)
        return fail_set(why, FAIL_INPUT, "the compressed data is cut short");
    return fail_set(why, FAIL_INPUT, "the compressed data is damaged");
}

/* ---- piece by piece ------------------------------------------------------------------------- */

struct gz_stream {
    z_stream z;
    bool     is_open; /* z has memory to give back */
    bool     is_whole;
};

int gz_stream_new(struct gz_stream **out, struct fail *why)
{
    OWN_PTR(gz_stream) stream = mem_new(sizeof *stream);

    if (!stream)
        return fail_set(why, FAIL_MEMORY, "no memory to unpack");
    stream->z = stream_over();
    if (inflateInit2(&stream->z, GZIP_OR_ZLIB) != Z_OK)
        return fail_set(why, FAIL_MEMORY, "no memory to unpack");
    stream->is_open = true;
    *out            = TAKE(stream);
    return 0;
}

void gz_stream_free(struct gz_stream *stream)
{
    if (stream && stream->is_open)
        (void)inflateEnd(&stream->z); /* says only that not everything was read */
    mem_free(stream);
}

bool gz_stream_is_whole(const struct gz_stream *stream)
{
    return stream->is_whole;
}

/* One call of inflate for the piece; what it leaves of it is not ours to keep. */
static int take_some(struct gz_stream *stream, struct str *packed, size_t most, struct buf *out)
{
    size_t before = packed->size < UINT_MAX ? packed->size : UINT_MAX;
    size_t room   = most < PIECE ? most : PIECE;
    int    result;

    if (stream->is_whole && before) {
        (void)inflateReset(&stream->z); /* only fails on a stream that was never opened */
        stream->is_whole = false;
    }
    stream->z.next_in   = (const Bytef *)packed->data;
    stream->z.avail_in  = (uInt)before;
    stream->z.next_out  = (Bytef *)buf_room(out, room);
    stream->z.avail_out = (uInt)room;
    if (!stream->z.next_out)
        return Z_MEM_ERROR;
    result = inflate(&stream->z, Z_NO_FLUSH);
    buf_grown(out, room - stream->z.avail_out);
    *packed = str_part(*packed, before - stream->z.avail_in, packed->size);
    return result;
}

int gz_stream_take(struct gz_stream *stream, struct str *packed, size_t most, struct buf *out,
                   struct fail *why)
{
    size_t start = out->size;

    while (out->size - start < most && !(stream->is_whole && packed->size == 0)) {
        int result = take_some(stream, packed, most - (out->size - start), out);

        if (buf_check(out, why))
            return fail_in(why, "unpacking");
        if (result == Z_STREAM_END)
            stream->is_whole = true;
        else if (result == Z_BUF_ERROR) /* it wants more of the stream */
            return 0;
        else if (result == Z_MEM_ERROR)
            return fail_set(why, FAIL_MEMORY, "no memory to unpack");
        else if (result != Z_OK)
            return fail_set(why, FAIL_INPUT, "the compressed data is damaged");
    }
    return 0;
}
