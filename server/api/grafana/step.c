/* How wide the steps of a series are. */
#include "api/grafana/relay.h"

/* How many steps, aligned to the epoch, cover the range. */
static int64_t count_of(const struct relay_span *span, ms step)
{
    ms before = ((span->from % step) + step) % step;

    return (span->to - span->from + before + step - 1) / step;
}

/* Widths that people read easily, each a whole number of those before it that matter. */
static const ms ladder[] = {
    1 * MS_MINUTE,   2 * MS_MINUTE,   5 * MS_MINUTE,    10 * MS_MINUTE, 15 * MS_MINUTE,
    30 * MS_MINUTE,  MS_HOUR,         2 * MS_HOUR,      3 * MS_HOUR,    6 * MS_HOUR,
    12 * MS_HOUR,    MS_DAY,          2 * (ms)MS_DAY,   7 * (ms)MS_DAY, 14 * (ms)MS_DAY,
    28 * (ms)MS_DAY, 91 * (ms)MS_DAY, 364 * (ms)MS_DAY,
};

ms relay_step(const struct relay_span *span)
{
    int64_t most = span->most > 1 ? span->most : 2; /* a range may lie across the edge of two */
    ms      step = span->width;

    for (size_t i = 0; i < sizeof ladder / sizeof ladder[0]; i++) {
        step = ladder[i];
        if (step % span->width == 0 && step >= span->interval && count_of(span, step) <= most)
            return step;
    }
    while (step < span->interval || count_of(span, step) > most)
        step *= 2;
    return step;
}
