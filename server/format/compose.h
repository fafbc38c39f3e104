/* compose.h -- writes JSON text straight into a buffer; the quick way to a long list.
 *
 *     struct compose out = compose_into(&body);
 *     compose_open(&out, NULL, '{');
 *     compose_text(&out, "name", job->name);
 *     compose_open(&out, "hosts", '[');
 *     compose_close(&out, ']');
 *     compose_close(&out, '}');
 *
 * `name` is the member's name within an object and NULL within an array. Commas, quotes and escapes
 * are right by construction; text that is not UTF-8 has its bad bytes replaced by U+FFFD. Failures
 * are the buffer's (buf_check). */
#ifndef SMON_FORMAT_COMPOSE_H
#define SMON_FORMAT_COMPOSE_H

#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stdint.h>

struct buf;

struct compose {
    struct buf *to;
    bool        needs_comma;
    bool        epoch_times; /* times as numbers of milliseconds instead of RFC 3339 */
};

struct compose compose_into(struct buf *to);
void           compose_open(struct compose *out, const char *name, char bracket); /* '{' or '[' */
void           compose_close(struct compose *out, char bracket);                  /* '}' or ']' */
void compose_text(struct compose *out, const char *name, struct str value); /* NULL data: null */
void compose_int(struct compose *out, const char *name, int64_t value);
void compose_real(struct compose *out, const char *name, double value); /* not finite: null */
void compose_bool(struct compose *out, const char *name, bool value);
void compose_null(struct compose *out, const char *name);
void compose_time(struct compose *out, const char *name, ms value); /* WHEN_UNKNOWN: null */
/* JSON that is already right (a stored event's body, tags). */
void compose_raw(struct compose *out, const char *name, struct str json);
/* A quoted, escaped JSON text without name or comma. */
void compose_quoted(struct buf *to, struct str value);
/* The shortest text that reads back as the same number. */
void compose_number(struct buf *to, double value);

#endif
