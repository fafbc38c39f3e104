/* textfile.h -- a small file somebody else may rewrite at any time: settings, tokens. */
#ifndef SMON_AWS_TEXTFILE_H
#define SMON_AWS_TEXTFILE_H

struct buf;
struct fail;

/* The whole file, added to `out`. 1 read, 0 there is none, -1: *why (over out's ceiling:
 * FAIL_SIZE). */
int textfile_read(const char *path, struct buf *out, struct fail *why);

#endif
