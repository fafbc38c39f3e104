/* match.h -- If-Match and If-None-Match: nobody overwrites what he has not read.
 *
 * A resource that can be changed has a strong tag of its own, like "v4-1" (version 4, revision 1),
 * set by its handler; all others get one from their contents when they are answered (api.c). */
#ifndef SMON_API_MATCH_H
#define SMON_API_MATCH_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct ask;
struct fail;

enum { MATCH_ROOM = 48 };

/* "<letter><number>-<rev>" with its quotes: match_tag('v', 4, 1) is "\"v4-1\"". */
void match_tag(char out[MATCH_ROOM], char letter, int64_t number, int64_t rev);

/* The list of tags (or "*") names this one, weak or not. `tag` NULL: only "*" does. An absent list
 * names nothing. */
bool match_has(struct str list, const char *tag);

/* The request's If-Match is there: else 428 precondition-required. Ask before the body is read. */
int match_given(struct ask *ask, struct fail *why);
/* ... and names this tag: else 412 precondition-failed. To be asked within the transaction that
 * changes the row (a weak tag never matches here). */
int match_check(struct ask *ask, const char *tag, struct fail *why);

/* The same for a tag of which only the part before its last number counts: "m3-17" is changed by
 * "m3-16", too. For resources that show figures which others move. */
int match_check_rev(struct ask *ask, const char *tag, struct fail *why);

/* Sets ETag; and where the contents never change, `Cache-Control: max-age=86400, immutable`. */
void match_answer(struct ask *ask, const char *tag, bool is_immutable);

#endif
