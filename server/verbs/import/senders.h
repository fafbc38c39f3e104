/* senders.h -- several posts under way at one time, their answers in the order they were given.
 *
 * Each sender is a thread with a connection of its own. A service that says "not now" is asked
 * again for a while; one that does not answer is not. */
#ifndef SMON_VERBS_IMPORT_SENDERS_H
#define SMON_VERBS_IMPORT_SENDERS_H

#include "base/fail.h"
#include "base/own.h"
#include "verbs/import/lines.h"
#include "wire/doc.h"

#include <stdbool.h>

struct args;
struct senders;

enum { SENDERS_COUNT = 3, SENT_NOTHING = 204 };

/* What became of one batch. */
struct sent {
    struct lines_batch batch;
    int                result; /* 0: an answer came; -1: *why */
    struct fail        why;
    int                status; /* of HTTP; SENT_NOTHING: the batch was blank */
    struct doc        *answer; /* may be NULL */
};
#define SENT_NONE ((struct sent){.batch = LINES_BATCH})
void sent_release(struct sent *sent);

/* Posts go to `path`, which is borrowed, in the way that `args` say. */
int  senders_new(const struct args *args, const char *path, struct senders **out, struct fail *why);
void senders_free(struct senders *senders); /* waits for what is under way */
OWN_PTR_TYPE(senders)

/* True: no more may be given before one is taken. */
bool senders_are_full(const struct senders *senders);
/* The text of the batch goes along; what is left of it may be used for another one. */
void senders_give(struct senders *senders, struct lines_batch *batch);
/* Waits for the oldest one that was given. False: there is none. What *out held before is
 * dropped. */
bool senders_take(struct senders *senders, struct sent *out);

#endif
