/* scan_parts.h -- what the reader (scan.c), the values (scan_value.c) and the comparison
 * (scan_same.c) share. Not for others. */
#ifndef SMON_FORMAT_SCAN_PARTS_H
#define SMON_FORMAT_SCAN_PARTS_H

#include "format/scan.h"

enum { LEAST_SURROGATE = 0xd800, LOW_SURROGATE = 0xdc00, LAST_SURROGATE = 0xdfff };

/* The value of four hexadecimal digits at `at`, or -1. */
int scan_hex4(const unsigned char *at, const unsigned char *end);

/* A number of any length to a double. -1: not finite; -2: no memory. */
int scan_to_double(struct str text, double *out);

/* Between the quotes of a text, the escapes as they are. */
struct str scan_inside(const struct scan *scan, uint32_t at);

/* The bytes of a text one after the other, escapes undone as they come. */
struct scan_letters {
    const unsigned char *at, *end;
    char                 piece[4];
    int                  size, used;
};
struct scan_letters scan_letters(const struct scan *scan, uint32_t at);
int                 scan_next_letter(struct scan_letters *letters); /* -1 at the end */

#endif
