#include "api/patience.h"

#include "base/fail.h"
#include "base/lock.h"
#include "base/mem.h"

#include <stdbool.h>

static const ms LOOK_EVERY = 100;

struct patience {
    struct lock          lock; /* guards the list and is_stopping */
    struct bell          bell; /* rung to stop */
    struct patience_wait ends; /* a ring by `until`: ends.newer ends first, ends.older last */
    bool                 is_stopping;
    pthread_t            thread;
};

static void unlink_wait(struct patience_wait *wait)
{
    wait->older->newer = wait->newer;
    wait->newer->older = wait->older;
}

/* The first, when its time is over, taken off the list with its request. Answering under the lock
 * keeps `wait` alive: patience_end has to wait for it. */
static bool answer_first(struct patience *patience, ms now)
{
    struct patience_wait *first = patience->ends.newer;
    struct web_request   *request;

    lock_held(&patience->lock);
    if (first == &patience->ends || first->until > now)
        return false;
    unlink_wait(first);
    request        = first->request;
    first->request = NULL;
    first->over(first, request);
    return true;
}

static void *run(void *arg)
{
    struct patience *patience = arg;

    lock_take(&patience->lock);
    while (!patience->is_stopping) {
        ms now = when_monotonic();

        while (answer_first(patience, now))
            ;
        (void)bell_wait(&patience->bell, &patience->lock, now + LOOK_EVERY);
    }
    lock_drop(&patience->lock);
    return NULL;
}

int patience_new(struct patience **out, struct fail *why)
{
    struct patience *patience = mem_new(sizeof *patience);

    if (!patience)
        return fail_set(why, FAIL_MEMORY, "no memory");
    lock_init(&patience->lock);
    bell_init(&patience->bell);
    patience->ends.older = patience->ends.newer = &patience->ends;
    if (thread_start(&patience->thread, "patience", run, patience)) {
        mem_free(patience);
        return fail_set(why, FAIL_MEMORY, "no thread to watch over waiting requests");
    }
    *out = patience;
    return 0;
}

void patience_free(struct patience *patience)
{
    if (!patience)
        return;
    lock_take(&patience->lock);
    patience->is_stopping = true;
    bell_ring_all(&patience->bell);
    lock_drop(&patience->lock);
    pthread_join(patience->thread, NULL);
    bell_release(&patience->bell);
    lock_release(&patience->lock);
    mem_free(patience);
}

void patience_begin(struct patience *patience, struct patience_wait *wait,
                    struct web_request *request, ms until, patience_over *over)
{
    struct patience_wait *before;

    lock_take(&patience->lock);
    /* Most wait equally long, and so go to the end. */
    for (before = patience->ends.older; before != &patience->ends && before->until > until;)
        before = before->older;
    *wait              = (struct patience_wait){.patience = patience,
                                                .older    = before,
                                                .newer    = before->newer,
                                                .request  = request,
                                                .until    = until,
                                                .over     = over};
    wait->older->newer = wait;
    wait->newer->older = wait;
    lock_drop(&patience->lock);
}

struct web_request *patience_end(struct patience_wait *wait)
{
    struct patience    *patience = wait->patience;
    struct web_request *request;

    lock_take(&patience->lock);
    request = wait->request;
    if (request)
        unlink_wait(wait);
    wait->request = NULL;
    lock_drop(&patience->lock);
    return request;
}
