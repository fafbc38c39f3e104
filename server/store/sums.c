#include "store/sums.h"

#include "base/fail.h"
#include "base/mem.h"
#include "store/sums_put.h"

/* One open-addressed table for all. */
enum { FIRST_ROOM = 256 };

struct sums {
    struct entry *entries; /* room for `room`, a power of two; table 0: free */
    size_t        room, count;
    bool          is_broken;   /* memory ran out: flushing must fail */
    bool          is_gathered; /* all entries stand at the front: nothing to find behind them */
};

int sums_new(struct sums **out, struct fail *why)
{
    OWN_PTR(sums) sums = mem_new(sizeof *sums);

    if (sums)
        sums->entries = mem_array(FIRST_ROOM, sizeof *sums->entries);
    if (!sums || !sums->entries)
        return fail_set(why, FAIL_MEMORY, "no memory for sums");
    sums->room = FIRST_ROOM;
    *out       = TAKE(sums);
    return 0;
}

void sums_free(struct sums *sums)
{
    if (sums)
        mem_free(sums->entries);
    mem_free(sums);
}

static size_t hash_of(enum table table, const int64_t key[KEY_SIZE])
{
    uint64_t hash = (uint64_t)table * 0x9e3779b97f4a7c15u;

    for (int i = 0; i < KEY_SIZE; i++) {
        hash ^= (uint64_t)key[i];
        hash *= 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return (size_t)hash;
}

static bool is_entry(const struct entry *entry, enum table table, const int64_t key[KEY_SIZE])
{
    return entry->table == table && memcmp(entry->key, key, sizeof entry->key) == 0;
}

static struct entry *slot_of(struct entry *entries, size_t room, enum table table,
                             const int64_t key[KEY_SIZE])
{
    size_t at = hash_of(table, key) & (room - 1);

    while (entries[at].table != TABLE_NONE && !is_entry(&entries[at], table, key))
        at = (at + 1) & (room - 1);
    return &entries[at];
}

static int grow(struct sums *sums)
{
    size_t        room    = sums->room * 2;
    struct entry *entries = mem_array(room, sizeof *entries);

    if (!entries)
        return -1;
    for (size_t i = 0; i < sums->room; i++)
        if (sums->entries[i].table != TABLE_NONE)
            *slot_of(entries, room, (enum table)sums->entries[i].table, sums->entries[i].key) =
                sums->entries[i];
    mem_free(sums->entries);
    sums->entries = entries;
    sums->room    = room;
    return 0;
}

/* The entry's values; a place to throw away when memory ran out. */
static int64_t *values(struct sums *sums, enum table table, const int64_t key[KEY_SIZE])
{
    static _Thread_local int64_t nowhere[VALUE_SIZE];
    struct entry                *entry;

    if (sums->count * 4 >= sums->room * 3 && grow(sums)) {
        sums->is_broken = true;
        return nowhere;
    }
    entry = slot_of(sums->entries, sums->room, table, key);
    if (entry->table == TABLE_NONE) {
        entry->table = table;
        memcpy(entry->key, key, sizeof entry->key);
        sums->count++;
    }
    return entry->value;
}

void sums_pulse(struct sums *sums, int64_t account, int64_t region_id, enum pulse which)
{
    const int64_t key[KEY_SIZE] = {account, region_id};

    values(sums, TABLE_ACCOUNT, key)[which]++;
}

void sums_heard(struct sums *sums, int64_t account, int64_t region_id, ms event_time, ms received)
{
    const int64_t key[KEY_SIZE] = {account, region_id};
    int64_t      *value         = values(sums, TABLE_ACCOUNT, key);

    if (received > value[HEARD_RECEIVED])
        value[HEARD_RECEIVED] = received;
    if (event_time == WHEN_UNKNOWN)
        return;
    if (event_time > value[HEARD_EVENT])
        value[HEARD_EVENT] = event_time;
    value[HEARD_LAG] = received - event_time;
}

void sums_arrived(struct sums *sums, const struct arrived *event)
{
    static const struct {
        enum arrival_grain grain;
        ms                 width;
    } totals[] = {{ARRIVAL_MINUTE_TOTAL, MS_MINUTE}, {ARRIVAL_HOUR_TOTAL, MS_HOUR}};
    const int64_t whose[KEY_SIZE] = {event->account, event->region_id};
    int64_t      *open            = values(sums, TABLE_ACCOUNT, whose);

    open[PULSE_EVENTS]++;
    open[PULSE_REPEATS] += event->is_repeat;
    open[HEARD_LAG_SUM] += event->lag;
    if (event->lag > open[HEARD_LONGEST])
        open[HEARD_LONGEST] = event->lag;
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
        const int64_t key[KEY_SIZE] = {
            totals[i].grain, when_floor(event->received, totals[i].width), 0, event->region_id};
        int64_t *value = values(sums, TABLE_ARRIVAL, key);

        value[ARRIVED_EVENTS]++;
        value[ARRIVED_REPEATS] += event->is_repeat;
        value[ARRIVED_LAG] += event->lag;
        if (event->lag > value[ARRIVED_LONGEST])
            value[ARRIVED_LONGEST] = event->lag;
    }
}

void sums_unknown_type(struct sums *sums, int64_t account, int64_t type_id, ms received)
{
    const int64_t key[KEY_SIZE] = {account, type_id};
    int64_t      *value         = values(sums, TABLE_TYPE, key);

    value[0]++;
    value[1] = received;
}

void sums_count(struct sums *sums, enum counter which, int64_t by)
{
    const int64_t key[KEY_SIZE] = {which};

    values(sums, TABLE_COUNTER, key)[0] += by;
}

/* Every job counts in all of these. */
static const struct rollup {
    enum grain grain;
    ms         width;
    bool       is_fleet;   /* account 0 */
    bool       has_all;    /* kind and region, too */
    bool       has_status; /* without it a move from one status to another is nothing */
} rollups[] = {
    {GRAIN_HOUR, MS_HOUR, false, true, true},
    {GRAIN_HOUR, MS_HOUR, true, true, true},
    {GRAIN_DAY, MS_DAY, false, true, true},
    {GRAIN_DAY, MS_DAY, true, true, true},
    {GRAIN_HOUR_TOTAL, MS_HOUR, false, false, false},
    {GRAIN_DAY_TOTAL, MS_DAY, false, false, false},
    {GRAIN_HOUR_FLEET, MS_HOUR, true, false, true},
    {GRAIN_DAY_FLEET, MS_DAY, true, false, true},
};

static int64_t *rollup(struct sums *sums, const struct share *share, const struct rollup *of,
                       ms when)
{
    int64_t key[KEY_SIZE] = {of->grain, when_floor(when, of->width),
                             of->is_fleet ? 0 : share->account};

    key[3] = of->has_all ? share->kind : 0;
    key[4] = of->has_all ? share->region_id : 0;
    key[5] = of->has_status ? share->status_id : 0;
    return values(sums, TABLE_ROLLUP, key);
}

static void add_ended(const struct share *share, int64_t *value, int sign)
{
    value[ROLLUP_ENDED] += sign;
    value[ROLLUP_UNSTARTED] += share->is_unstarted ? sign : 0;
    if (share->duration == WHEN_UNKNOWN)
        return;
    value[ROLLUP_DURATION] += sign * share->duration;
    value[ROLLUP_TIMED] += sign;
}

static void add_share(struct sums *sums, const struct share *share, int sign)
{
    const int64_t tally[KEY_SIZE] = {share->account, share->region_id, share->kind,
                                     share->status_id};

    values(sums, TABLE_TALLY, tally)[0] += sign;
    for (size_t i = 0; i < sizeof rollups / sizeof rollups[0]; i++) {
        if (share->created != WHEN_UNKNOWN)
            rollup(sums, share, &rollups[i], share->created)[ROLLUP_CREATED] += sign;
        if (share->ended != WHEN_UNKNOWN)
            add_ended(share, rollup(sums, share, &rollups[i], share->ended), sign);
    }
}

static bool is_same_share(const struct share *a, const struct share *b)
{
    return a->is_counted == b->is_counted && a->account == b->account
           && a->region_id == b->region_id && a->kind == b->kind && a->status_id == b->status_id
           && a->created == b->created && a->ended == b->ended && a->is_unstarted == b->is_unstarted
           && a->duration == b->duration;
}

void sums_share(struct sums *sums, const struct share *old, const struct share *now)
{
    if (is_same_share(old, now))
        return;
    if (old->is_counted)
        add_share(sums, old, -1);
    if (now->is_counted)
        add_share(sums, now, +1);
}

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    for (int i = 0; i < KEY_SIZE; i++)
        if (x->key[i] != y->key[i])
            return x->key[i] < y->key[i] ? -1 : 1;
    return 0;
}

/* Moves what is in use to the front and puts it in the order of keys. */
static void gather(struct sums *sums)
{
    size_t used = 0;

    for (size_t i = 0; i < sums->room; i++) {
        if (sums->entries[i].table == TABLE_NONE)
            continue;
        if (i != used) {
            sums->entries[used] = sums->entries[i];
            memset(&sums->entries[i], 0, sizeof sums->entries[i]);
        }
        used++;
    }
    qsort(sums->entries, used, sizeof *sums->entries, by_key);
    sums->is_gathered = true;
}

int sums_flush(struct sums *sums, struct db *db, struct fail *why)
{
    int result = 0;

    if (sums->is_broken)
        return fail_set(why, FAIL_MEMORY, "no memory for the sums of a batch");
    if (sums->count == 0)
        return 0;
    gather(sums);
    for (size_t i = 0; i < sums->count && result == 0; i++)
        result = sums_put(db, &sums->entries[i], why);
    sums_clear(sums);
    return result;
}

void sums_clear(struct sums *sums)
{
    size_t dirty = sums->is_gathered ? sums->count : sums->room;

    if (sums->count)
        memset(sums->entries, 0, dirty * sizeof *sums->entries);
    sums->count       = 0;
    sums->is_broken   = false;
    sums->is_gathered = false;
}
