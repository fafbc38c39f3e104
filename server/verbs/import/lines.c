#include "verbs/import/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "wire/gz.h"

enum {
    PIECE      = 64 * 1024,
    FLUSH_WAIT = 500, /* ms; a batch does not wait longer for its next line */
    MAGIC_SIZE = 2
};

struct lines {
    int               fd;
    bool              owns_fd, is_file, is_ended;
    struct gz_stream *gz; /* NULL: plain text, or not known yet */
    char              raw[PIECE];
    struct str        packed; /* what of `raw` was not unpacked yet */
    struct buf        held;   /* text that was read and not given yet, from `at` on */
    size_t            at;
    int64_t           given; /* lines */
    int64_t           done, size;
};

void lines_batch_release(struct lines_batch *batch)
{
    buf_release(&batch->text);
}

bool lines_batch_is_blank(const struct lines_batch *batch)
{
    return str_trim(buf_view(&batch->text)).size == 0;
}

void lines_free(struct lines *lines)
{
    if (!lines)
        return;
    gz_stream_free(lines->gz);
    buf_release(&lines->held);
    if (lines->owns_fd)
        (void)close(lines->fd); /* it was only read */
    mem_free(lines);
}

void lines_progress(const struct lines *lines, int64_t *done, int64_t *size)
{
    *done = lines->done;
    *size = lines->size;
}

/* ---- bytes ---------------------------------------------------------------------------------- */

/* 1 some came, 0 the end or a signal, -1. */
static int read_piece(struct lines *lines, struct fail *why)
{
    ssize_t got = read(lines->fd, lines->raw, sizeof lines->raw);

    if (got < 0 && errno == EINTR)
        return 0;
    if (got < 0)
        return fail_set(why, FAIL_INPUT, "reading: %s", strerror(errno));
    lines->packed   = str_from(lines->raw, (size_t)got);
    lines->is_ended = got == 0;
    lines->done += got;
    return got > 0;
}

/* Makes room by forgetting what was given. */
static void forget_given(struct lines *lines)
{
    if (lines->at == 0)
        return;
    memmove(lines->held.data, lines->held.data + lines->at, lines->held.size - lines->at);
    lines->held.size -= lines->at;
    lines->at = 0;
}

/* Moves what was read on to the text that is held. True: something was added. */
static int unpack(struct lines *lines, bool *has_more, struct fail *why)
{
    size_t before = lines->held.size;

    if (lines->gz) {
        if (gz_stream_take(lines->gz, &lines->packed, PIECE, &lines->held, why))
            return -1;
    } else {
        buf_str(&lines->held, lines->packed);
        lines->packed = STR_NONE;
    }
    *has_more = lines->held.size > before;
    return buf_check(&lines->held, why);
}

/* 1 more text is held, 0 the end or a signal, -1. */
static int more(struct lines *lines, struct fail *why)
{
    bool has_more = false;

    forget_given(lines);
    for (;;) {
        int got;

        if (unpack(lines, &has_more, why))
            return -1;
        if (has_more)
            return 1;
        if (lines->is_ended)
            return lines->gz && !gz_stream_is_whole(lines->gz)
                       ? fail_set(why, FAIL_INPUT, "the compressed data is cut short")
                       : 0;
        got = read_piece(lines, why);
        if (got < 0 || (got == 0 && !lines->is_ended))
            return got;
    }
}

/* The first bytes tell what it is; a pipe may bring them one by one. */
static int tell_kind(struct lines *lines, struct fail *why)
{
    static const char magic[MAGIC_SIZE] = {'\x1f', '\x8b'};
    size_t            size              = 0;

    while (size < MAGIC_SIZE) {
        ssize_t got = read(lines->fd, lines->raw + size, sizeof lines->raw - size);

        if (got < 0 && errno != EINTR)
            return fail_set(why, FAIL_INPUT, "reading: %s", strerror(errno));
        lines->is_ended = got < 0; /* a signal: nobody wants what may still come */
        if (got <= 0)
            break;
        size += (size_t)got;
    }
    lines->done   = (int64_t)size;
    lines->packed = str_from(lines->raw, size);
    if (str_starts(lines->packed, str_from(magic, sizeof magic)))
        return gz_stream_new(&lines->gz, why);
    return 0;
}

int lines_open(const char *path, struct lines **out, struct fail *why)
{
    OWN_PTR(lines) lines = mem_new(sizeof *lines);
    bool        is_stdin = strcmp(path, "-") == 0;
    struct stat facts;

    if (!lines)
        return fail_set(why, FAIL_MEMORY, "no memory to read %s", path);
    lines->held    = BUF_UP_TO(LINES_LINE_MOST + 2 * PIECE);
    lines->fd      = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    lines->owns_fd = !is_stdin && lines->fd >= 0;
    if (lines->fd < 0 || fstat(lines->fd, &facts))
        return fail_set(why, FAIL_INPUT, "%s: %s", path, strerror(errno));
    lines->is_file = S_ISREG(facts.st_mode);
    lines->size    = lines->is_file ? facts.st_size : -1;
    if (tell_kind(lines, why))
        return fail_in(why, "%s", path);
    *out = TAKE(lines);
    return 0;
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* True: nothing comes for a moment. A file is never waited for. */
static bool is_idle(const struct lines *lines)
{
    struct pollfd look = {.fd = lines->fd, .events = POLLIN};

    return !lines->is_file && !lines->is_ended && lines->packed.size == 0
           && poll(&look, 1, FLUSH_WAIT) == 0;
}

/* The next line, with its newline unless it is the last one's that is missing. 1, 0, -1. With
 * `may_wait` false a line that is not there yet is none. */
static int next_line(struct lines *lines, bool may_wait, struct str *out, struct fail *why)
{
    size_t looked = 0;

    for (;;) {
        struct str  rest = str_part(buf_view(&lines->held), lines->at, lines->held.size);
        const char *end =
            rest.size > looked ? memchr(rest.data + looked, '\n', rest.size - looked) : NULL;
        int got;

        if (end && end - rest.data < LINES_LINE_MOST) {
            *out = str_part(rest, 0, (size_t)(end - rest.data) + 1);
            return 1;
        }
        if (rest.size >= LINES_LINE_MOST)
            return fail_set(why, FAIL_INPUT,
                            "line %" PRId64 " is longer than %d bytes; --skip %" PRId64
                            " goes on behind it",
                            lines->given + 1, LINES_LINE_MOST, lines->given + 1);
        looked = rest.size;
        if (!may_wait && is_idle(lines))
            return 0;
        got = more(lines, why);
        if (got < 0)
            return -1;
        if (got == 0) {
            *out = str_part(buf_view(&lines->held), lines->at, lines->held.size);
            return lines->is_ended && out->size > 0;
        }
    }
}

static void give(struct lines *lines, struct str line)
{
    lines->at += line.size;
    lines->given++;
}

/* Leaves out one line, however long it is. 1, 0, -1. */
static int skip_line(struct lines *lines, struct fail *why)
{
    bool has_some = false;

    for (;;) {
        struct str  rest = str_part(buf_view(&lines->held), lines->at, lines->held.size);
        const char *end  = rest.size ? memchr(rest.data, '\n', rest.size) : NULL;
        int         got;

        if (end) {
            give(lines, str_part(rest, 0, (size_t)(end - rest.data) + 1));
            return 1;
        }
        has_some = has_some || rest.size > 0;
        lines->at += rest.size;
        got = more(lines, why);
        if (got > 0)
            continue;
        lines->given += got == 0 && has_some; /* the last one, without a newline */
        return got < 0 ? -1 : has_some;
    }
}

int lines_skip(struct lines *lines, int64_t count, struct fail *why)
{
    while (lines->given < count) {
        int got = skip_line(lines, why);

        if (got < 0)
            return -1;
        if (got == 0)
            return fail_set(why, FAIL_INPUT, "--skip %" PRId64 ": there are only %" PRId64 " lines",
                            count, lines->given);
    }
    return 0;
}

int lines_next(struct lines *lines, struct lines_batch *batch, struct fail *why)
{
    int got = 0;

    buf_clear(&batch->text);
    batch->first = lines->given + 1;
    batch->count = 0;
    for (;;) {
        struct str line;

        got = next_line(lines, batch->count == 0, &line, why);
        if (got <= 0 || batch->text.size + line.size > LINES_BATCH_MOST)
            break;
        buf_str(&batch->text, line);
        if (!str_ends(line, STR("\n")))
            buf_char(&batch->text, '\n');
        batch->count++;
        give(lines, line);
    }
    if (buf_check(&batch->text, why))
        return -1;
    return batch->count ? 1 : got; /* what is wrong behind these lines is told next time */
}
