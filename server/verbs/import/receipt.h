/* receipt.h -- what the service says to a batch of lines, and what becomes of those it refused.
 *
 *     {"accepted":2497,"duplicates":0,"waiting":0,"refused_count":3,
 *      "refused":[{"line":17,"errors":[{"pointer":"/status","code":"missing","detail":".."}]},..]}
 *
 * Lines are counted within the batch. A service names a hundred of them at most. When it can take
 * none of them, the answer is a problem (400) whose errors point at "/16/status": line 17. */
#ifndef SMON_VERBS_IMPORT_RECEIPT_H
#define SMON_VERBS_IMPORT_RECEIPT_H

#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>

struct fail;
struct refused;
struct sent;

/* ---- refused lines: a sentence each on standard error, or a file of them -------------------- */

/* In the file stands one JSON object a line: {"line":17,"errors":[..],"text":"the line itself"}.
 * `path` NULL: standard error. */
int  refused_open(const char *path, struct refused **out, struct fail *why);
int  refused_close(struct refused *refused, struct fail *why); /* -1: not all was written */
void refused_free(struct refused *refused);

/* ---- the receipt ---------------------------------------------------------------------------- */

struct receipt_sum {
    int64_t lines, accepted, duplicates, refused;
};

/* The answer is a problem that says what is wrong with lines of the batch. */
bool receipt_is_refusal(const struct sent *sent);

/* Adds what the answer to `sent` tells (sum NULL: it was told before), writes down the lines it
 * names, and blanks them in the batch. 0 done; 1: more were refused than named, and sending what is
 * left of the batch again will name others; -1: FAIL_REMOTE, it is no receipt. */
int receipt_read(struct sent *sent, struct refused *refused, struct receipt_sum *sum,
                 struct fail *why);

#endif
