/* when.h -- UTC milliseconds since 1970, RFC 3339 text, a monotonic clock, a clock tests can move.
 *
 * Deadlines, backoff and leases inside one process use when_monotonic; what is stored or shown uses
 * when_now. With SMON_CLOCK_FILE set at start (when_use_file) both are shifted by the milliseconds
 * that file holds, so a scene can move time for every process it started. */
#ifndef SMON_BASE_WHEN_H
#define SMON_BASE_WHEN_H

#include "base/str.h"

#include <stdint.h>

struct fail;

typedef int64_t ms;

#define WHEN_UNKNOWN INT64_MIN

enum {
    MS_SECOND = 1000,
    MS_MINUTE = 60 * 1000,
    MS_HOUR   = 60 * 60 * 1000,
    MS_DAY    = 24 * 60 * 60 * 1000,
    WHEN_ROOM = 32 /* bytes for when_render, with its NUL */
};

ms when_now(void);
ms when_monotonic(void);

/* The file holds one signed 64-bit number of milliseconds in the machine's byte order; it is mapped
 * and read at every call. For tests. */
int when_use_file(const char *path, struct fail *why);

/* True when tests may move the clock: waits are then cut short so that they notice. */
int when_is_movable(void);

/* "2026-11-21T07:34:00.123Z"; a time outside the years 0 to 9999 is shown as the nearest inside. */
void when_render(ms when, char out[WHEN_ROOM]);

/* RFC 3339 with any fraction and Z or an offset; or digits, as when_of_number. 0, or -1. */
int when_parse(struct str text, ms *out);

/* A bare number: below 1e11 it means seconds, otherwise milliseconds. 0, or -1 when absurd. */
int when_of_number(double number, ms *out);

/* "90s", "15m", "6h", "30d", "250ms"; a bare number is seconds. 0, or -1. */
int when_parse_span(struct str text, ms *out);

/* Where the stretch of this width begins that `when` lies in, counted from 1970; and where the next
 * one does, unless `when` is a beginning itself. `width` is above 0. */
ms when_floor(ms when, ms width);
ms when_ceil(ms when, ms width);

#endif
