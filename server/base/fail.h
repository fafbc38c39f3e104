/* fail.h -- why something did not work: a kind and one sentence.
 *
 * A `struct fail` is a fixed-size value on the caller's stack, so running out of memory can still
 * be reported and no thread sees another's. Who detects sets it, those in between say where they
 * were, and only the edge (HTTP, command line, runner) decides what to do.
 *
 * Functions that can fail return int: 0 done, -1 failed; look-ups 1 found, 0 none, -1 failed. They
 * take `struct fail *why` last, never NULL. */
#ifndef SMON_BASE_FAIL_H
#define SMON_BASE_FAIL_H

#include <stdbool.h>

enum fail_kind {
    FAIL_NONE = 0,
    FAIL_INPUT,  /* the caller said something wrong */
    FAIL_AUTH,   /* we do not know who asks */
    FAIL_DENIED, /* we know, and it may not */
    FAIL_ABSENT, /* there is no such thing */
    FAIL_CLASH,  /* it contradicts what is there */
    FAIL_LIMIT,  /* too often, too many */
    FAIL_SIZE,   /* too big */
    FAIL_BUSY,   /* not now: locked, full, shutting down */
    FAIL_REMOTE, /* somebody else failed */
    FAIL_MEMORY, /* no memory */
    FAIL_BUG     /* we were wrong */
};

struct fail {
    enum fail_kind kind;
    char           text[480];
};

/* What a kind means at the edge. This table exists once, in fail.c. */
struct fail_meaning {
    const char *name;         /* "input", "busy", ... : stable, used in logs and metrics */
    int         http_status;  /* 400, 503, ... */
    bool        is_temporary; /* the same request may succeed later */
};

#define FAIL_OK ((struct fail){FAIL_NONE, ""})

/* Sets kind and sentence. Returns -1, so that one can `return fail_set(...)`. */
__attribute__((format(printf, 3, 4))) int fail_set(struct fail *why, enum fail_kind kind,
                                                   const char *format, ...);

/* Puts "where: " before the sentence; the kind stays. Returns -1. */
__attribute__((format(printf, 2, 3))) int fail_in(struct fail *why, const char *format, ...);

/* So that compiler and analysers see, without looking into fail.c, that it is always -1. */
static inline int fail_told(int is_failure)
{
    (void)is_failure;
    return -1;
}
#define fail_set(...) fail_told(fail_set(__VA_ARGS__))
#define fail_in(...) fail_told(fail_in(__VA_ARGS__))

const struct fail_meaning *fail_meaning(enum fail_kind kind);

#endif
