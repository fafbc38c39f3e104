#include "verbs/import/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/own.h"
#include "verbs/show.h"

enum { ON_TERMINAL_EVERY = 200, ELSEWHERE_EVERY = 5 * MS_SECOND, TEXT_MOST = 256 };

void progress_text(struct buf *out, int64_t lines, ms took, int64_t done_bytes, int64_t size)
{
    char left[SHOW_ROOM];

    buf_format(out, "%" PRId64 " lines, %.0f/s", lines,
               took > 0 ? (double)lines * MS_SECOND / (double)took : 0.0);
    if (size <= 0 || done_bytes <= 0)
        return;
    if (done_bytes > size) /* the file grows */
        done_bytes = size;
    show_span((ms)((double)took * (double)(size - done_bytes) / (double)done_bytes), left);
    buf_format(out, ", %d%%, %s left", (int)(100.0 * (double)done_bytes / (double)size), left);
}

void progress_start(struct progress *progress, int64_t done_bytes)
{
    *progress = (struct progress){.is_terminal = isatty(STDERR_FILENO),
                                  .started     = when_monotonic(),
                                  .from_bytes  = done_bytes};
    progress->next =
        progress->started + (progress->is_terminal ? ON_TERMINAL_EVERY : ELSEWHERE_EVERY);
}

void progress_tell(struct progress *progress, int64_t lines, int64_t done_bytes, int64_t size)
{
    OWN(buf) text = BUF_UP_TO(TEXT_MOST);
    ms now        = when_monotonic();

    if (now < progress->next)
        return;
    progress_text(&text, lines, now - progress->started, done_bytes - progress->from_bytes,
                  size < 0 ? -1 : size - progress->from_bytes);
    (void)fprintf(stderr, progress->is_terminal ? "\r%s\033[K" : "%s\n", buf_c(&text));
    (void)fflush(stderr);
    progress->is_shown = true;
    progress->next     = now + (progress->is_terminal ? ON_TERMINAL_EVERY : ELSEWHERE_EVERY);
}

void progress_end(struct progress *progress)
{
    if (progress->is_terminal && progress->is_shown)
        (void)fputs("\r\033[K", stderr);
    progress->is_shown = false;
}
