/* post.h -- one posted body: read on the event thread, stored by the writer, whole or not at all.
 *
 * What is understood becomes events; what is not is kept in quarantine with its reason, and the
 * post is acknowledged all the same, because the sender would otherwise drop it for ever. */
#ifndef SMON_INTAKE_POST_H
#define SMON_INTAKE_POST_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct batch;
struct fail;
struct post;
struct scope;

struct receipt {
    int accepted;    /* stored now */
    int duplicates;  /* had been stored before */
    int quarantined; /* kept raw, with a reason */

    struct str reason; /* of the first that was kept raw, borrowed from the post; no data: none */

    int         bad_times; /* of those stored now: with a time that cannot be read */
    const char *bad_time;  /* which member it is in the first of them; NULL: there is none */
    struct str  bad_event; /* and that one's id, borrowed from the post */
};

/* `body` is copied. `scope` says whose events may come with this key: events of other accounts are
 * kept in quarantine when others come along; a post of nothing else is refused with FAIL_DENIED.
 * FAIL_MEMORY is the only other failure. */
int  post_read(struct str body, const struct scope *scope, struct str key_id, struct post **out,
               struct fail *why);
void post_free(struct post *post);
OWN_PTR_TYPE(post)

size_t post_weight(const struct post *post); /* bytes of memory it holds */

/* Stores everything in it, within the writer's transaction; may be called again after a
 * rollback. */
int post_apply(struct post *post, struct batch *batch, struct receipt *out, struct fail *why);

/* The same for a post out of quarantine: what differs from an event that is stored is left there,
 * and counts as quarantined in the receipt only. */
int post_apply_kept(struct post *post, struct batch *batch, struct receipt *out, struct fail *why);

/* The transaction of post_apply failed for a reason that will not pass: the event it failed at is
 * kept in quarantine from now on, with that reason, so that the post's other events can be stored.
 * Of a post with many such events, and when nobody knows which it was, all that is not known to be
 * good is kept so. False: nothing is left to set aside; the trouble is not the events'. */
bool post_concede(struct post *post, const struct fail *why);

/* Takes every event of the post that had been stored before as `event_id` and applies it
 * once more. */
int post_apply_again(struct post *post, struct batch *batch, int64_t event_id, struct fail *why);

/* Why the first part that was not understood was not; no data: everything was. */
struct str post_first_reason(const struct post *post);

#endif
