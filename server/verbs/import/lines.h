/* lines.h -- a stream of lines, from a file or standard input, in batches that fit one post.
 *
 * A gzip stream is told by its first bytes and unpacked on the way. Nothing but one batch is held
 * in memory. Lines are counted from 1, also the blank ones. */
#ifndef SMON_VERBS_IMPORT_LINES_H
#define SMON_VERBS_IMPORT_LINES_H

#include "base/buf.h"
#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

struct fail;
struct lines;

enum {
    LINES_LINE_MOST  = 1 << 20,
    LINES_BATCH_MOST = LINES_LINE_MOST, /* bytes of one batch */
};

struct lines_batch {
    int64_t    first, count; /* its lines: first, first + 1, ... */
    struct buf text;         /* each with its newline */
};
#define LINES_BATCH ((struct lines_batch){.text = BUF_UP_TO(LINES_BATCH_MOST + 1)})
void lines_batch_release(struct lines_batch *batch);
bool lines_batch_is_blank(const struct lines_batch *batch); /* nothing to be sent */

/* "-" is standard input. FAIL_INPUT: it cannot be read. */
int  lines_open(const char *path, struct lines **out, struct fail *why);
void lines_free(struct lines *lines);
OWN_PTR_TYPE(lines)

/* Leaves out as many lines, however long; FAIL_INPUT when there are fewer. */
int lines_skip(struct lines *lines, int64_t count, struct fail *why);

/* Fills `batch` anew: as many lines as fit, or those that came when nothing follows for a moment.
 * 1 there are some; 0 the stream has ended, or a signal came; -1 a line is too long, or the stream
 * is damaged. */
int lines_next(struct lines *lines, struct lines_batch *batch, struct fail *why);

/* How far it is read, in bytes as they lie in the file; *size is -1 when nobody knows. */
void lines_progress(const struct lines *lines, int64_t *done, int64_t *size);

#endif
