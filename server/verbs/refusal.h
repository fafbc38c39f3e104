/* refusal.h -- what a service that says no means to a person: a sentence, and a line for every
 * member that is wrong. */
#ifndef SMON_VERBS_REFUSAL_H
#define SMON_VERBS_REFUSAL_H

#include <stdbool.h>

struct buf;
struct doc;
struct fail;

/* Turns the problem (RFC 9457; may be NULL) of this HTTP status into *why: its detail, or its
 * title, or the bare status. `has_key`: the request had one, or needed none. Always -1. */
int refusal_fail(int status, const struct doc *problem, bool has_key, struct fail *why);

/* -1: the receipt of a post (may be NULL) tells that some of it was not understood; *why says the
 * reason. 0: all of it was. */
int refusal_set_aside(const struct doc *receipt, struct fail *why);

/* A line "  /artifacts/0/uri: an artifact has a uri" for each of the problem's `errors`, inert;
 * none for those that only repeat the problem's detail. */
void refusal_lines(const struct doc *problem, struct buf *out);

#endif
