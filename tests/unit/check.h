/* check.h -- the little that unit tests share: cmocka with its headers, and failing with the `why`.
 *
 * Tests are tables where they can be. A test that needs ../shared calls check_shared and skips with
 * a sentence when it is not there. */
#ifndef SMON_TESTS_CHECK_H
#define SMON_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/str.h"

#include <stdio.h>
#include <unistd.h>

/* The call must give 0 (or 1 for look-ups); otherwise the test fails with *why's sentence. */
#define CHECK_OK(call, why)                                                                        \
    do {                                                                                           \
        if ((call) < 0)                                                                            \
            fail_msg("%s: [%s] %s", #call, fail_meaning((why)->kind)->name, (why)->text);          \
    } while (0)

/* The call must give -1 with this kind. */
#define CHECK_FAILS(call, expected, why)                                                           \
    do {                                                                                           \
        if ((call) >= 0)                                                                           \
            fail_msg("%s succeeded", #call);                                                       \
        if ((why)->kind != (expected))                                                             \
            fail_msg("%s: [%s] %s", #call, fail_meaning((why)->kind)->name, (why)->text);          \
    } while (0)

#define CHECK_STR(got, expected)                                                                   \
    do {                                                                                           \
        struct str got_ = (got), expected_ = str_of(expected);                                     \
        if (!str_is(got_, expected_))                                                              \
            fail_msg("got \"%.*s\", expected \"%.*s\"", STR_ARG(got_), STR_ARG(expected_));        \
    } while (0)

/* A whole file, or skips the test and says which file is missing. */
static inline struct buf check_file(const char *path)
{
    struct buf text = BUF_UP_TO(64u << 20);
    FILE      *file = fopen(path, "rb");
    char       piece[4096];
    size_t     got;

    if (!file) {
        print_message("[ SKIPPED  ] %s is not here\n", path);
        skip();
    }
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(&text, piece, got);
    fclose(file);
    return text;
}

#endif
