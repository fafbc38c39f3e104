#include "query/recent.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/lock.h"
#include "base/mem.h"

struct entry {
    struct buf key, answer;
    ms         until;      /* monotonic; 0: free */
    ms         renewed_by; /* past `until`: somebody asks anew, and has until then */
};

static const ms RENEWAL = 1000;
enum { DEAR = 100 };

struct recent {
    struct lock  lock; /* guards the entries */
    ms           keep;
    struct entry entries[RECENT_ENTRIES];
};

int recent_new(ms keep, struct recent **out, struct fail *why)
{
    struct recent *recent = mem_new(sizeof *recent);

    if (!recent)
        return fail_set(why, FAIL_MEMORY, "no memory for recent answers");
    lock_init(&recent->lock);
    recent->keep = keep;
    for (int i = 0; i < RECENT_ENTRIES; i++) {
        recent->entries[i].key    = BUF_UP_TO(RECENT_MOST_KEY);
        recent->entries[i].answer = BUF_UP_TO(RECENT_MOST_BYTES);
    }
    *out = recent;
    return 0;
}

void recent_free(struct recent *recent)
{
    if (!recent)
        return;
    for (int i = 0; i < RECENT_ENTRIES; i++) {
        buf_release(&recent->entries[i].key);
        buf_release(&recent->entries[i].answer);
    }
    lock_release(&recent->lock);
    mem_free(recent);
}

/* The place of this key: one of a few, so that looking is quick. The one it is in, or
 * the oldest. */
static struct entry *place_of(struct recent *recent, struct str key)
{
    enum { NEIGHBOURS = 4 };
    size_t        start  = (size_t)str_hash(key, 0) % (RECENT_ENTRIES / NEIGHBOURS) * NEIGHBOURS;
    struct entry *oldest = &recent->entries[start];

    lock_held(&recent->lock);
    for (size_t i = start; i < start + NEIGHBOURS; i++) {
        struct entry *entry = &recent->entries[i];

        if (entry->until && str_is(buf_view(&entry->key), key))
            return entry;
        if (entry->until < oldest->until)
            oldest = entry;
    }
    return oldest;
}

/* Is it good enough for this asker? One who comes when it has just grown old is told no, once. */
static bool is_good(struct entry *entry, ms now)
{
    if (now < entry->until || now < entry->renewed_by)
        return true;
    if (now < entry->until + RENEWAL)
        entry->renewed_by = entry->until + RENEWAL;
    return false;
}

bool recent_find(struct recent *recent, struct str key, struct buf *out)
{
    struct entry *entry;
    bool          is_there;

    if (key.size > RECENT_MOST_KEY)
        return false;
    lock_take(&recent->lock);
    entry = place_of(recent, key);
    is_there =
        entry->until && str_is(buf_view(&entry->key), key) && is_good(entry, when_monotonic());
    if (is_there)
        buf_str(out, buf_view(&entry->answer));
    lock_drop(&recent->lock);
    return is_there;
}

void recent_put(struct recent *recent, struct str key, struct str answer, ms took)
{
    struct entry *entry;
    ms            keep = took * DEAR;

    if (key.size > RECENT_MOST_KEY || answer.size > RECENT_MOST_BYTES)
        return;
    keep = keep > RECENT_LONGEST ? RECENT_LONGEST : keep;
    keep = keep < recent->keep ? recent->keep : keep;
    lock_take(&recent->lock);
    entry = place_of(recent, key);
    buf_clear(&entry->key);
    buf_clear(&entry->answer);
    buf_str(&entry->key, key);
    buf_str(&entry->answer, answer);
    entry->until      = entry->key.broken || entry->answer.broken ? 0 : when_monotonic() + keep;
    entry->renewed_by = 0;
    lock_drop(&recent->lock);
}
