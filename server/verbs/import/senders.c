#include "verbs/import/senders.h"

#include <stdatomic.h>
#include <string.h>

#include "base/lock.h"
#include "base/mem.h"
#include "base/retry.h"
#include "verbs/client.h"

enum { ASKED_AGAIN_FOR = 60 * MS_SECOND };

static const struct retry_policy AGAIN = {100, 5 * MS_SECOND};

enum slot_state { SLOT_EMPTY, SLOT_GIVEN, SLOT_SENDING, SLOT_SENT };

struct slot {
    enum slot_state state;
    struct sent     sent;
};

struct sender {
    struct senders *senders;
    struct client  *client;
    pthread_t       thread;
    bool            is_started;
};

struct senders {
    struct lock lock; /* guards all below but what a slot holds, which is its sender's while it
                         is SLOT_SENDING */
    struct bell   bell;
    struct slot   slots[SENDERS_COUNT]; /* a ring */
    int64_t       given, taken;
    bool          is_over;
    const char   *path;
    struct sender senders[SENDERS_COUNT];
};

void sent_release(struct sent *sent)
{
    lines_batch_release(&sent->batch);
    doc_free(sent->answer);
    sent->answer = NULL;
}

/* ---- a sender ------------------------------------------------------------------------------- */

static bool is_not_now(const struct sent *sent)
{
    return sent->result == 0 && (sent->status == 429 || sent->status == 503);
}

/* Waits unless all is over meanwhile. */
static void pause_for(struct senders *senders, ms span)
{
    ms until = when_monotonic() + span;

    lock_take(&senders->lock);
    while (!senders->is_over && when_monotonic() < until)
        (void)bell_wait(&senders->bell, &senders->lock, until); /* the loop looks again */
    lock_drop(&senders->lock);
}

static bool is_over(struct senders *senders)
{
    bool is;

    lock_take(&senders->lock);
    is = senders->is_over;
    lock_drop(&senders->lock);
    return is;
}

static void post(struct sender *sender, struct sent *sent)
{
    const struct client_request request = {.method       = "POST",
                                           .path         = sender->senders->path,
                                           .body         = buf_view(&sent->batch.text),
                                           .content_type = "application/x-ndjson"};
    ms                          until   = when_monotonic() + ASKED_AGAIN_FOR;

    sent->result = 0;
    sent->status = SENT_NOTHING;
    for (int attempt = 0; !lines_batch_is_blank(&sent->batch); attempt++) {
        sent->why = FAIL_OK;
        doc_free(TAKE(sent->answer));
        sent->result =
            client_exchange(sender->client, &request, &sent->status, &sent->answer, &sent->why);
        if (!is_not_now(sent) || when_monotonic() > until || is_over(sender->senders))
            return;
        pause_for(sender->senders, retry_wait(&AGAIN, attempt, 0));
    }
}

/* The next slot to send, with the lock held; NULL: all is over. */
static struct slot *next_slot(struct senders *senders)
{
    lock_held(&senders->lock);
    for (;;) {
        for (int64_t i = senders->taken; i < senders->given; i++) {
            struct slot *slot = &senders->slots[i % SENDERS_COUNT];

            if (slot->state == SLOT_GIVEN)
                return slot;
        }
        if (senders->is_over)
            return NULL;
        (void)bell_wait(&senders->bell, &senders->lock, WHEN_UNKNOWN); /* the loop looks again */
    }
}

static void *work(void *arg)
{
    struct sender  *sender  = arg;
    struct senders *senders = sender->senders;
    struct slot    *slot;

    lock_take(&senders->lock);
    while ((slot = next_slot(senders)) != NULL) {
        slot->state = SLOT_SENDING;
        lock_drop(&senders->lock);
        post(sender, &slot->sent);
        lock_take(&senders->lock);
        slot->state = SLOT_SENT;
        bell_ring_all(&senders->bell);
    }
    lock_drop(&senders->lock);
    return NULL;
}

/* ---- all of them ---------------------------------------------------------------------------- */

int senders_new(const struct args *args, const char *path, struct senders **out, struct fail *why)
{
    OWN_PTR(senders) senders = mem_new(sizeof *senders);

    if (!senders)
        return fail_set(why, FAIL_MEMORY, "no memory to send");
    lock_init(&senders->lock);
    bell_init(&senders->bell);
    senders->path = path;
    for (int i = 0; i < SENDERS_COUNT; i++) {
        struct sender *sender = &senders->senders[i];

        senders->slots[i].sent = SENT_NONE;
        sender->senders        = senders;
        if (client_new(args, &sender->client, why))
            return -1;
        if (thread_start(&sender->thread, "sender", work, sender))
            return fail_set(why, FAIL_BUSY, "no more threads may be started");
        sender->is_started = true;
    }
    *out = TAKE(senders);
    return 0;
}

void senders_free(struct senders *senders)
{
    if (!senders)
        return;
    lock_take(&senders->lock);
    senders->is_over = true;
    bell_ring_all(&senders->bell);
    lock_drop(&senders->lock);
    for (int i = 0; i < SENDERS_COUNT; i++) {
        if (senders->senders[i].is_started)
            (void)pthread_join(senders->senders[i].thread, NULL); /* fails for no thread only */
        client_free(senders->senders[i].client);
        sent_release(&senders->slots[i].sent);
    }
    bell_release(&senders->bell);
    lock_release(&senders->lock);
    mem_free(senders);
}

bool senders_are_full(const struct senders *senders)
{
    return senders->given - senders->taken == SENDERS_COUNT; /* only the giver changes these */
}

void senders_give(struct senders *senders, struct lines_batch *batch)
{
    struct slot       *slot = &senders->slots[senders->given % SENDERS_COUNT];
    struct lines_batch old;

    lock_take(&senders->lock);
    old              = slot->sent.batch; /* its memory is used again */
    slot->sent.batch = *batch;
    *batch           = old;
    slot->state      = SLOT_GIVEN;
    senders->given++;
    bell_ring_all(&senders->bell);
    lock_drop(&senders->lock);
}

bool senders_take(struct senders *senders, struct sent *out)
{
    struct slot *slot = &senders->slots[senders->taken % SENDERS_COUNT];
    struct sent  old  = *out;

    if (senders->taken == senders->given)
        return false;
    lock_take(&senders->lock);
    while (slot->state != SLOT_SENT)
        (void)bell_wait(&senders->bell, &senders->lock, WHEN_UNKNOWN); /* the loop looks again */
    doc_free(TAKE(old.answer));
    *out        = slot->sent;
    slot->sent  = old;
    slot->state = SLOT_EMPTY;
    senders->taken++;
    lock_drop(&senders->lock);
    return true;
}
