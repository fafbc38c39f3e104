/* mem.h -- the only calls to malloc, so that tests can make the n-th one fail.
 *
 * Foreign libraries are given these functions where they let us choose (SQLite, jansson, libcurl),
 * so one counter covers them all. Nothing here aborts: no memory is NULL, and the caller
 * says so. */
#ifndef SMON_BASE_MEM_H
#define SMON_BASE_MEM_H

#include <stddef.h>

/* Memory is zeroed. NULL when there is none, or when n * size does not fit. Size 0 gives 1 byte. */
void *mem_new(size_t size);
void *mem_array(size_t n, size_t size);

/* Memory that is about to be overwritten: not zeroed. */
void *mem_raw(size_t size);

/* Like realloc for n things of size; the old block stays valid when NULL comes back. */
void *mem_grow(void *old, size_t n, size_t size);

/* A copy of n bytes, with one NUL behind them. */
char *mem_copy(const void *from, size_t size);

void mem_free(void *old);

/* For tests: the n-th allocation from now fails (1 is the next), and all after it if `all_after`.
 * 0 ends it. mem_count() is how many were asked for since then; they are only counted in
 * between. */
void mem_fail_at(long n, int all_after);
long mem_count(void);

#endif
