/* progress.h -- how far an import has come: a line that changes on a terminal, a line now and then
 * elsewhere; always on standard error. */
#ifndef SMON_VERBS_IMPORT_PROGRESS_H
#define SMON_VERBS_IMPORT_PROGRESS_H

#include "base/when.h"

#include <stdbool.h>
#include <stdint.h>

struct buf;

struct progress {
    bool    is_terminal, is_shown;
    ms      started, next; /* monotonic */
    int64_t from_bytes;    /* where the clock started: what was skipped took no time */
};

void progress_start(struct progress *progress, int64_t done_bytes);

/* So many lines are stored and so many bytes read, of `size` (-1: nobody knows). Shows it when it
 * is time to. */
void progress_tell(struct progress *progress, int64_t lines, int64_t done_bytes, int64_t size);
/* Clears the changing line, so that something else may be written. */
void progress_end(struct progress *progress);

/* "12400 lines, 41333/s, 62%, 12s left": the text of it, `took` after the start. */
void progress_text(struct buf *out, int64_t lines, ms took, int64_t done_bytes, int64_t size);

#endif
