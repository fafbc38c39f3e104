/* posts.h -- what the demo will post, in the order in which it is due. */
#ifndef SMON_VERBS_DEMO_POSTS_H
#define SMON_VERBS_DEMO_POSTS_H

#include "base/buf.h"
#include "base/own.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>

enum post_mark {
    POST_LATE  = 1, /* delivered behind newer ones, as EventBridge may */
    POST_TWICE = 2  /* delivered two times */
};

struct post {
    ms         due;
    unsigned   marks;
    struct buf body;
};

struct posts {
    struct post *items;
    size_t       count, room;
    size_t       next;      /* the first that was not taken yet; set after posts_sort */
    bool         is_broken; /* no memory: something is missing */
};
#define POSTS_NONE ((struct posts){0})
void posts_release(struct posts *posts);

/* A new post to be filled, valid until the next one is added. NULL: no memory, posts->is_broken. */
struct buf *posts_add(struct posts *posts, ms due, unsigned marks);

/* By due time from posts->next on; late ones that are due before `now` come last among these, in
 * the wrong order; doubled ones are doubled. */
void posts_sort(struct posts *posts, ms now);
/* The next one that is due; NULL: none yet. */
const struct post *posts_next(struct posts *posts, ms now);

#endif
