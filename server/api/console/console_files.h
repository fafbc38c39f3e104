/* console_files.h -- the console as bytes: dashboards/console, bundled and packed by its build.mjs.
 *
 * Where the program is built without it (SMON_CONSOLE), console_none.c says so instead. */
#ifndef SMON_API_CONSOLE_FILES_H
#define SMON_API_CONSOLE_FILES_H

#include <stddef.h>

struct console_file {
    const char          *name; /* "console-0123456789abcdef.js"; "": the page itself */
    const char          *type;
    const char          *tag;  /* strong, quoted */
    const unsigned char *data; /* one gzip member */
    size_t               packed_bytes, plain_bytes;
};

extern const struct console_file console_files[]; /* the page is the first */
extern const size_t              console_file_count;

#endif
