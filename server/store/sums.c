#include "store/sums.h"

#include "base/fail.h"
#include "base/mem.h"
#include "wire/db.h"

/* One open-addressed table for all; an entry is a key of six numbers behind the table's own, and up
 * to eleven values. */
enum table {
    TABLE_NONE,
    TABLE_ACCOUNT,
    TABLE_TYPE,
    TABLE_TALLY,
    TABLE_ROLLUP,
    TABLE_COUNTER,
    TABLE_ARRIVAL
};
enum { KEY_SIZE = 6, VALUE_SIZE = PULSE_COUNT + 3, FIRST_ROOM = 256 };

/* Values of an account entry behind its pulses. */
enum { HEARD_EVENT = PULSE_COUNT, HEARD_RECEIVED, HEARD_LAG };

struct entry {
    int64_t table;
    int64_t key[KEY_SIZE];
    int64_t value[VALUE_SIZE];
};

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

static ms start_of(ms when, ms width)
{
    return when - ((when % width) + width) % width;
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

/* Order of an arrival's values, as the columns. */
enum { ARRIVED_EVENTS, ARRIVED_REPEATS, ARRIVED_LAG, ARRIVED_LONGEST };

void sums_arrived(struct sums *sums, const struct arrived *event)
{
    static const struct {
        enum arrival_grain grain;
        ms                 width;
        bool               is_total;
    } grains[] = {
        {ARRIVAL_MINUTE, MS_MINUTE, false},
        {ARRIVAL_HOUR, MS_HOUR, false},
        {ARRIVAL_MINUTE_TOTAL, MS_MINUTE, true},
        {ARRIVAL_HOUR_TOTAL, MS_HOUR, true},
    };

    for (size_t i = 0; i < sizeof grains / sizeof grains[0]; i++) {
        const int64_t key[KEY_SIZE] = {grains[i].grain, start_of(event->received, grains[i].width),
                                       grains[i].is_total ? 0 : event->account, event->region_id};
        int64_t      *value         = values(sums, TABLE_ARRIVAL, key);

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

/* Order of a rollup's values, as the columns. */
enum { ROLLUP_CREATED, ROLLUP_ENDED, ROLLUP_UNSTARTED, ROLLUP_DURATION, ROLLUP_TIMED };

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
    int64_t key[KEY_SIZE] = {of->grain, start_of(when, of->width),
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

/* Most rows are there already, and a plain UPDATE by key costs SQLite half of what an upsert does:
 * so the upsert is what happens when nothing was updated. Both statements take the same values. */
typedef void bind_entry(struct stmt *put, const struct entry *entry);

static int put(struct db *db, const char *update, const char *insert, bind_entry *bind,
               const struct entry *entry, struct fail *why)
{
    struct stmt *stmt = db_prepare(db, update, why);

    if (!stmt)
        return -1;
    bind(stmt, entry);
    if (stmt_run(stmt, why))
        return -1;
    if (stmt_changes(stmt) > 0)
        return 0;
    stmt = db_prepare(db, insert, why);
    if (!stmt)
        return -1;
    bind(stmt, entry);
    return stmt_run(stmt, why);
}

static const char ADD_TALLY[] =
    "UPDATE tally SET count = count + :count WHERE account = :account AND region_id = :region"
    " AND kind = :kind AND status_id = :status";

static const char PUT_TALLY[] = "INSERT INTO tally (account, region_id, kind, status_id, count)"
                                " VALUES (:account, :region, :kind, :status, :count)"
                                " ON CONFLICT (account, region_id, kind, status_id)"
                                " DO UPDATE SET count = tally.count + excluded.count";

static void bind_tally(struct stmt *stmt, const struct entry *entry)
{
    stmt_int(stmt, ":account", entry->key[0]);
    stmt_int(stmt, ":region", entry->key[1]);
    stmt_int(stmt, ":kind", entry->key[2]);
    stmt_int(stmt, ":status", entry->key[3]);
    stmt_int(stmt, ":count", entry->value[0]);
}

static const char ADD_ROLLUP[] =
    "UPDATE rollup SET created = created + :created, ended = ended + :ended,"
    " unstarted = unstarted + :unstarted, duration_ms = duration_ms + :duration,"
    " timed = timed + :timed WHERE grain = :grain AND bucket_ms = :bucket"
    " AND account = :account AND kind = :kind AND region_id = :region AND status_id = :status";

static const char PUT_ROLLUP[] =
    "INSERT INTO rollup (account, grain, bucket_ms, kind, region_id, status_id, created, ended,"
    " unstarted, duration_ms, timed)"
    " VALUES (:account, :grain, :bucket, :kind, :region, :status, :created, :ended, :unstarted,"
    " :duration, :timed)"
    " ON CONFLICT (grain, bucket_ms, account, kind, region_id, status_id) DO UPDATE SET"
    " created = rollup.created + excluded.created, ended = rollup.ended + excluded.ended,"
    " unstarted = rollup.unstarted + excluded.unstarted,"
    " duration_ms = rollup.duration_ms + excluded.duration_ms,"
    " timed = rollup.timed + excluded.timed";

static void bind_rollup(struct stmt *stmt, const struct entry *entry)
{
    stmt_int(stmt, ":grain", entry->key[0]);
    stmt_int(stmt, ":bucket", entry->key[1]);
    stmt_int(stmt, ":account", entry->key[2]);
    stmt_int(stmt, ":kind", entry->key[3]);
    stmt_int(stmt, ":region", entry->key[4]);
    stmt_int(stmt, ":status", entry->key[5]);
    stmt_int(stmt, ":created", entry->value[ROLLUP_CREATED]);
    stmt_int(stmt, ":ended", entry->value[ROLLUP_ENDED]);
    stmt_int(stmt, ":unstarted", entry->value[ROLLUP_UNSTARTED]);
    stmt_int(stmt, ":duration", entry->value[ROLLUP_DURATION]);
    stmt_int(stmt, ":timed", entry->value[ROLLUP_TIMED]);
}

static const char ADD_ARRIVAL[] =
    "UPDATE arrival SET events = events + :events, repeats = repeats + :repeats,"
    " lag_ms = lag_ms + :lag, longest_lag_ms ="
    "  CASE WHEN longest_lag_ms < :longest THEN :longest ELSE longest_lag_ms END"
    " WHERE grain = :grain AND bucket_ms = :bucket AND account = :account AND region_id = :region";

static const char PUT_ARRIVAL[] =
    "INSERT INTO arrival (account, grain, bucket_ms, region_id, events, repeats, lag_ms,"
    " longest_lag_ms)"
    " VALUES (:account, :grain, :bucket, :region, :events, :repeats, :lag, :longest)"
    " ON CONFLICT (grain, bucket_ms, account, region_id) DO UPDATE SET"
    " events = arrival.events + excluded.events, repeats = arrival.repeats + excluded.repeats,"
    " lag_ms = arrival.lag_ms + excluded.lag_ms,"
    " longest_lag_ms = CASE WHEN arrival.longest_lag_ms < excluded.longest_lag_ms"
    "  THEN excluded.longest_lag_ms ELSE arrival.longest_lag_ms END";

static void bind_arrival(struct stmt *stmt, const struct entry *entry)
{
    stmt_int(stmt, ":grain", entry->key[0]);
    stmt_int(stmt, ":bucket", entry->key[1]);
    stmt_int(stmt, ":account", entry->key[2]);
    stmt_int(stmt, ":region", entry->key[3]);
    stmt_int(stmt, ":events", entry->value[ARRIVED_EVENTS]);
    stmt_int(stmt, ":repeats", entry->value[ARRIVED_REPEATS]);
    stmt_int(stmt, ":lag", entry->value[ARRIVED_LAG]);
    stmt_int(stmt, ":longest", entry->value[ARRIVED_LONGEST]);
}

static bool is_zero(const struct entry *entry)
{
    for (size_t i = 0; i < VALUE_SIZE; i++)
        if (entry->value[i])
            return false;
    return true;
}

static const char PUT_TYPE[] =
    "INSERT INTO type_count (account, type_id, events, last_ms)"
    " VALUES (:account, :type, :events, :last)"
    " ON CONFLICT (account, type_id) DO UPDATE SET events = type_count.events + excluded.events,"
    " last_ms = excluded.last_ms";

static int put_type(struct db *db, const struct entry *entry, struct fail *why)
{
    struct stmt *stmt = db_prepare(db, PUT_TYPE, why);

    if (!stmt)
        return -1;
    stmt_int(stmt, ":account", entry->key[0]);
    stmt_int(stmt, ":type", entry->key[1]);
    stmt_int(stmt, ":events", entry->value[0]);
    stmt_int(stmt, ":last", entry->value[1]);
    return stmt_run(stmt, why);
}

/* The ordinary pulse: events that were new and in order. */
static const char ADD_PULSE[] =
    "UPDATE account SET last_received_ms = CASE WHEN last_received_ms < :received THEN :received"
    "  ELSE last_received_ms END,"
    " last_event_ms = CASE WHEN last_event_ms < :event THEN :event ELSE last_event_ms END,"
    " lag_ms = :lag, events = events + :events WHERE account = :account AND region_id = :region";

static void bind_heard(struct stmt *stmt, const struct entry *entry)
{
    stmt_int(stmt, ":account", entry->key[0]);
    stmt_int(stmt, ":region", entry->key[1]);
    stmt_int(stmt, ":event", entry->value[HEARD_EVENT]);
    stmt_int(stmt, ":received", entry->value[HEARD_RECEIVED]);
    stmt_int(stmt, ":lag", entry->value[HEARD_LAG]);
    stmt_int(stmt, ":events", entry->value[PULSE_EVENTS]);
}

static const char PUT_ACCOUNT[] =
    "INSERT INTO account (account, region_id, first_seen_ms, last_received_ms, last_event_ms,"
    " lag_ms, events, duplicates, repeats, out_of_order, conflicts, unknown_types,"
    " unknown_statuses, bad_times, quarantined)"
    " VALUES (:account, :region, :received, :received, :event, :lag, :events, :duplicates,"
    " :repeats, :out_of_order, :conflicts, :unknown_types, :unknown_statuses, :bad_times,"
    " :quarantined)"
    " ON CONFLICT (account, region_id) DO UPDATE SET"
    " last_received_ms = CASE WHEN excluded.last_received_ms > account.last_received_ms"
    "  THEN excluded.last_received_ms ELSE account.last_received_ms END,"
    " last_event_ms = CASE WHEN excluded.last_event_ms > account.last_event_ms"
    "  THEN excluded.last_event_ms ELSE account.last_event_ms END,"
    " lag_ms = CASE WHEN excluded.events > 0 THEN excluded.lag_ms ELSE account.lag_ms END,"
    " events = account.events + excluded.events,"
    " duplicates = account.duplicates + excluded.duplicates,"
    " repeats = account.repeats + excluded.repeats,"
    " out_of_order = account.out_of_order + excluded.out_of_order,"
    " conflicts = account.conflicts + excluded.conflicts,"
    " unknown_types = account.unknown_types + excluded.unknown_types,"
    " unknown_statuses = account.unknown_statuses + excluded.unknown_statuses,"
    " bad_times = account.bad_times + excluded.bad_times,"
    " quarantined = account.quarantined + excluded.quarantined";

static void bind_account(struct stmt *stmt, const struct entry *entry)
{
    static const char *const pulses[PULSE_COUNT] = {
        [PULSE_EVENTS]           = ":events",
        [PULSE_DUPLICATES]       = ":duplicates",
        [PULSE_REPEATS]          = ":repeats",
        [PULSE_OUT_OF_ORDER]     = ":out_of_order",
        [PULSE_CONFLICTS]        = ":conflicts",
        [PULSE_UNKNOWN_TYPES]    = ":unknown_types",
        [PULSE_UNKNOWN_STATUSES] = ":unknown_statuses",
        [PULSE_BAD_TIMES]        = ":bad_times",
        [PULSE_QUARANTINED]      = ":quarantined",
    };

    bind_heard(stmt, entry);
    for (int i = 0; i < PULSE_COUNT; i++)
        if (i != PULSE_EVENTS)
            stmt_int(stmt, pulses[i], entry->value[i]);
}

static int put_account(struct db *db, const struct entry *entry, struct fail *why)
{
    bool         is_ordinary = entry->value[PULSE_EVENTS] > 0;
    struct stmt *stmt;

    for (int i = 0; i < PULSE_COUNT; i++)
        is_ordinary = is_ordinary && (i == PULSE_EVENTS || entry->value[i] == 0);
    if (is_ordinary) {
        stmt = db_prepare(db, ADD_PULSE, why);
        if (!stmt)
            return -1;
        bind_heard(stmt, entry);
        if (stmt_run(stmt, why))
            return -1;
        if (stmt_changes(stmt) > 0)
            return 0;
    }
    stmt = db_prepare(db, PUT_ACCOUNT, why);
    if (!stmt)
        return -1;
    bind_account(stmt, entry);
    return stmt_run(stmt, why);
}

static const char PUT_COUNTER[] =
    "INSERT INTO counter (name, value) VALUES (:name, :by)"
    " ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value";

static int put_counter(struct db *db, const struct entry *entry, struct fail *why)
{
    static const char *const names[COUNTER_COUNT] = {
        [COUNTER_ERRANDS_ACCEPTED]      = "errands.accepted",
        [COUNTER_ERRANDS_DELIVERED]     = "errands.delivered",
        [COUNTER_ERRANDS_DEAD]          = "errands.dead",
        [COUNTER_INFERENCES]            = "inferences.stored",
        [COUNTER_INFERENCES_AGAIN]      = "inferences.duplicates",
        [COUNTER_INFERENCES_REFUSED]    = "inferences.refused",
        [COUNTER_INFERENCES_MISMATCHED] = "inferences.mismatched",
        [COUNTER_INFERENCES_UNPAIRED]   = "inferences.unpaired",
    };
    struct stmt *stmt = db_prepare(db, PUT_COUNTER, why);

    if (!stmt)
        return -1;
    stmt_text(stmt, ":name", str_of(names[entry->key[0]]));
    stmt_int(stmt, ":by", entry->value[0]);
    return stmt_run(stmt, why);
}

static int put_entry(struct db *db, const struct entry *entry, struct fail *why)
{
    if (is_zero(entry))
        return 0;
    switch ((enum table)entry->table) {
    case TABLE_NONE: return 0;
    case TABLE_ACCOUNT: return put_account(db, entry, why);
    case TABLE_TYPE: return put_type(db, entry, why);
    case TABLE_TALLY: return put(db, ADD_TALLY, PUT_TALLY, bind_tally, entry, why);
    case TABLE_ROLLUP: return put(db, ADD_ROLLUP, PUT_ROLLUP, bind_rollup, entry, why);
    case TABLE_COUNTER: return put_counter(db, entry, why);
    case TABLE_ARRIVAL: return put(db, ADD_ARRIVAL, PUT_ARRIVAL, bind_arrival, entry, why);
    }
    return 0;
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
        result = put_entry(db, &sums->entries[i], why);
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
