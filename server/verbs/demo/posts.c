#include "verbs/demo/posts.h"

#include <stdlib.h>

#include "base/mem.h"

enum { EVENT_MOST = 64 * 1024, LATE_SPREAD = 2000 /* ms; one for every minute it is late */ };

void posts_release(struct posts *posts)
{
    for (size_t i = 0; i < posts->count; i++)
        buf_release(&posts->items[i].body);
    mem_free(posts->items);
    *posts = POSTS_NONE;
}

struct buf *posts_add(struct posts *posts, ms due, unsigned marks)
{
    if (posts->count == posts->room) {
        size_t       room  = posts->room ? posts->room * 2 : 128;
        struct post *grown = mem_grow(posts->items, room, sizeof *grown);

        if (!grown) {
            posts->is_broken = true;
            return NULL;
        }
        posts->items = grown;
        posts->room  = room;
    }
    posts->items[posts->count] = (struct post){due, marks, BUF_UP_TO(EVENT_MOST)};
    return &posts->items[posts->count++].body;
}

static int by_due(const void *a, const void *b)
{
    const struct post *left = a, *right = b;

    return left->due < right->due ? -1 : left->due > right->due;
}

/* What is late comes behind everything up to now, the newest first: the wrong way round. */
static void delay_late(struct posts *posts, ms now)
{
    for (size_t i = posts->next; i < posts->count; i++) {
        struct post *post   = &posts->items[i];
        ms           behind = (now - post->due) / MS_MINUTE;

        if (post->marks & POST_LATE && post->due < now)
            post->due = now - (behind < LATE_SPREAD ? LATE_SPREAD - behind : 0);
        post->marks &= ~(unsigned)POST_LATE;
    }
}

static void double_twice(struct posts *posts)
{
    size_t count = posts->count;

    for (size_t i = posts->next; i < count; i++) {
        struct buf *copy;

        if (!(posts->items[i].marks & POST_TWICE))
            continue;
        posts->items[i].marks = 0;
        copy                  = posts_add(posts, posts->items[i].due + MS_SECOND, 0);
        if (copy)
            buf_str(copy, buf_view(&posts->items[i].body)); /* after the array may have moved */
    }
}

void posts_sort(struct posts *posts, ms now)
{
    delay_late(posts, now);
    double_twice(posts);
    if (posts->count > posts->next)
        qsort(posts->items + posts->next, posts->count - posts->next, sizeof *posts->items, by_due);
}

const struct post *posts_next(struct posts *posts, ms now)
{
    if (posts->next == posts->count || posts->items[posts->next].due > now)
        return NULL;
    return &posts->items[posts->next++];
}
