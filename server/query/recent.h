/* recent.h -- answers given a moment ago, kept for a second, or longer when they were dear.
 *
 * An answer that took long is kept a hundred times as long as it took, at most RECENT_LONGEST: so
 * the same question costs no more than a hundredth of a thread. When it has grown old, one asker
 * is sent to ask anew, and the others get the old one meanwhile.
 *
 * A wall of dashboards asks for the same sums at the same time; they are counted once. Entries are
 * found by a key that says everything that decides the answer, whose eyes it is for included. */
#ifndef SMON_QUERY_RECENT_H
#define SMON_QUERY_RECENT_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>

struct buf;
struct fail;
struct recent;

enum { RECENT_ENTRIES = 32, RECENT_MOST_BYTES = 1024 * 1024, RECENT_MOST_KEY = 1024 };
#define RECENT_LONGEST (5 * (ms)MS_SECOND)

int  recent_new(ms keep, struct recent **out, struct fail *why);
void recent_free(struct recent *recent);
OWN_PTR_TYPE(recent)

/* True: the answer is added to `out`. False: ask, and put what comes. */
bool recent_find(struct recent *recent, struct str key, struct buf *out);
/* Keeps a copy of what took so long to find; not when key or answer are too long, or without
 * memory. */
void recent_put(struct recent *recent, struct str key, struct str answer, ms took);

#endif
