#include "base/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_long asked;    /* how many since mem_fail_at */
static atomic_long fails_at; /* 0: never */
static atomic_int  fails_after;

static int refused(void)
{
    long at = atomic_load_explicit(&fails_at, memory_order_relaxed);
    long n;

    if (at == 0)
        return 0;
    n = atomic_fetch_add_explicit(&asked, 1, memory_order_relaxed) + 1;
    return n == at || (n > at && atomic_load(&fails_after));
}

void *mem_new(size_t size)
{
    return refused() ? NULL : calloc(1, size ? size : 1);
}

void *mem_array(size_t n, size_t size)
{
    if (refused() || (size && n > SIZE_MAX / size))
        return NULL;
    return calloc(n ? n : 1, size ? size : 1);
}

void *mem_raw(size_t size)
{
    return refused() ? NULL : malloc(size ? size : 1);
}

void *mem_grow(void *old, size_t n, size_t size)
{
    if (refused() || (size && n > SIZE_MAX / size))
        return NULL;
    return realloc(old, n && size ? n * size : 1);
}

char *mem_copy(const void *from, size_t size)
{
    char *copy = size < SIZE_MAX ? mem_raw(size + 1) : NULL;

    if (!copy)
        return NULL;
    if (size)
        memcpy(copy, from, size);
    copy[size] = '\0';
    return copy;
}

void mem_free(void *old)
{
    free(old);
}

void mem_fail_at(long n, int all_after)
{
    atomic_store(&asked, 0);
    atomic_store(&fails_after, all_after);
    atomic_store(&fails_at, n);
}

long mem_count(void)
{
    return atomic_load(&asked);
}
