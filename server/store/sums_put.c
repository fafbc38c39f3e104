#include "store/sums_put.h"

#include "base/fail.h"
#include "wire/db.h"

/* An UPDATE and the upsert that does the same take the same values. */
typedef void bind_entry(struct stmt *put, const struct entry *entry);

/* Most rows are there already, and a plain UPDATE by key costs SQLite half of what an upsert does.
 * On PostgreSQL what costs is to wait and see whether there was a row: there nothing is tried.
 * 1: done, 0: it takes the upsert, -1. */
static int try_update(struct db *db, const char *sql, bind_entry *bind, const struct entry *entry,
                      struct fail *why)
{
    struct stmt *stmt;

    if (db_engine(db) != DB_SQLITE)
        return 0;
    stmt = db_prepare(db, sql, why);
    if (!stmt)
        return -1;
    bind(stmt, entry);
    return stmt_run(stmt, why) ? -1 : stmt_changes(stmt) > 0;
}

static int upsert(struct db *db, const char *sql, bind_entry *bind, const struct entry *entry,
                  struct fail *why)
{
    struct stmt *stmt = db_prepare(db, sql, why);

    if (!stmt)
        return -1;
    bind(stmt, entry);
    return stmt_send(stmt, why);
}

static int put(struct db *db, const char *add, const char *otherwise, bind_entry *bind,
               const struct entry *entry, struct fail *why)
{
    int got = try_update(db, add, bind, entry, why);

    return got ? (got < 0 ? -1 : 0) : upsert(db, otherwise, bind, entry, why);
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

#define ADD_TO_ARRIVAL                                                                             \
    " ON CONFLICT (grain, bucket_ms, account, region_id) DO UPDATE SET"                            \
    " events = arrival.events + excluded.events, repeats = arrival.repeats + excluded.repeats,"    \
    " lag_ms = arrival.lag_ms + excluded.lag_ms,"                                                  \
    " longest_lag_ms = CASE WHEN arrival.longest_lag_ms < excluded.longest_lag_ms"                 \
    "  THEN excluded.longest_lag_ms ELSE arrival.longest_lag_ms END"

static const char ADD_ARRIVAL[] =
    "UPDATE arrival SET events = events + :events, repeats = repeats + :repeats,"
    " lag_ms = lag_ms + :lag, longest_lag_ms ="
    "  CASE WHEN longest_lag_ms < :longest THEN :longest ELSE longest_lag_ms END"
    " WHERE grain = :grain AND bucket_ms = :bucket AND account = :account AND region_id = :region";

static const char PUT_ARRIVAL[] =
    "INSERT INTO arrival (account, grain, bucket_ms, region_id, events, repeats, lag_ms,"
    " longest_lag_ms)"
    " VALUES (:account, :grain, :bucket, :region, :events, :repeats, :lag, "
    ":longest)" ADD_TO_ARRIVAL;

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

static void bind_type(struct stmt *stmt, const struct entry *entry)
{
    stmt_int(stmt, ":account", entry->key[0]);
    stmt_int(stmt, ":type", entry->key[1]);
    stmt_int(stmt, ":events", entry->value[0]);
    stmt_int(stmt, ":last", entry->value[1]);
}

/* The ordinary pulse: events that were new and in order. */
static const char ADD_PULSE[] =
    "UPDATE account SET last_received_ms = CASE WHEN last_received_ms < :received THEN :received"
    "  ELSE last_received_ms END,"
    " last_event_ms = CASE WHEN last_event_ms < :event THEN :event ELSE last_event_ms END,"
    " lag_ms = :lag, events = events + :events, open_events = open_events + :events,"
    " open_lag_ms = open_lag_ms + :lag_sum, open_longest_lag_ms ="
    "  CASE WHEN open_longest_lag_ms < :longest THEN :longest ELSE open_longest_lag_ms END"
    " WHERE account = :account AND region_id = :region AND open_ms = :open";

/* All of a batch was received at one time. 0: nothing was. */
static ms open_minute(const struct entry *entry)
{
    return when_floor(entry->value[HEARD_RECEIVED], MS_MINUTE);
}

static void bind_heard(struct stmt *stmt, const struct entry *entry)
{
    stmt_int(stmt, ":account", entry->key[0]);
    stmt_int(stmt, ":region", entry->key[1]);
    stmt_int(stmt, ":event", entry->value[HEARD_EVENT]);
    stmt_int(stmt, ":received", entry->value[HEARD_RECEIVED]);
    stmt_int(stmt, ":lag", entry->value[HEARD_LAG]);
    stmt_int(stmt, ":events", entry->value[PULSE_EVENTS]);
    stmt_int(stmt, ":lag_sum", entry->value[HEARD_LAG_SUM]);
    stmt_int(stmt, ":longest", entry->value[HEARD_LONGEST]);
    stmt_int(stmt, ":open", open_minute(entry));
}

/* Of two receipts the later stands, unless it is a day past the other: then our clock had run
 * ahead, and an account would else not fall silent before it is there again. */
static const char PUT_ACCOUNT[] =
    "INSERT INTO account (account, region_id, first_seen_ms, last_received_ms, last_event_ms,"
    " lag_ms, events, duplicates, repeats, out_of_order, conflicts, unknown_types,"
    " unknown_statuses, bad_times, quarantined, open_ms, open_events, open_repeats, open_lag_ms,"
    " open_longest_lag_ms)"
    " VALUES (:account, :region, :received, :received, :event, :lag, :events, :duplicates,"
    " :repeats, :out_of_order, :conflicts, :unknown_types, :unknown_statuses, :bad_times,"
    " :quarantined, :open, :events, :repeats, :lag_sum, :longest)"
    " ON CONFLICT (account, region_id) DO UPDATE SET"
    " last_received_ms = CASE WHEN excluded.last_received_ms > account.last_received_ms"
    "   OR excluded.last_received_ms < account.last_received_ms - 86400000"
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
    " quarantined = account.quarantined + excluded.quarantined,"
    " open_ms = CASE WHEN account.open_ms < excluded.open_ms THEN excluded.open_ms"
    "  ELSE account.open_ms END,"
    " open_events = CASE WHEN account.open_ms < excluded.open_ms THEN 0"
    "  ELSE account.open_events END + excluded.open_events,"
    " open_repeats = CASE WHEN account.open_ms < excluded.open_ms THEN 0"
    "  ELSE account.open_repeats END + excluded.open_repeats,"
    " open_lag_ms = CASE WHEN account.open_ms < excluded.open_ms THEN 0"
    "  ELSE account.open_lag_ms END + excluded.open_lag_ms,"
    " open_longest_lag_ms = CASE WHEN account.open_ms < excluded.open_ms"
    "   OR account.open_longest_lag_ms < excluded.open_longest_lag_ms"
    "  THEN excluded.open_longest_lag_ms ELSE account.open_longest_lag_ms END";

_Static_assert(ARRIVAL_MINUTE == 1 && ARRIVAL_HOUR == 2,
               "the statement below spells these numbers");

/* The open minute of an account and region, when a later one begins. Should our clock have been set
 * back, what comes counts to the minute that is open. */
static const char CLOSE[] =
    "INSERT INTO arrival (grain, bucket_ms, account, region_id, events, repeats, lag_ms,"
    " longest_lag_ms)"
    " SELECT g.grain, a.open_ms / g.width * g.width, a.account, a.region_id, a.open_events,"
    " a.open_repeats, a.open_lag_ms, a.open_longest_lag_ms FROM account a,"
    " (SELECT 1 AS grain, 60000 AS width UNION ALL SELECT 2, 3600000) AS g"
    " WHERE a.account = :account AND a.region_id = :region AND a.open_ms < :open"
    " AND a.open_events > 0" ADD_TO_ARRIVAL;

static void bind_close(struct stmt *stmt, const struct entry *entry)
{
    stmt_int(stmt, ":account", entry->key[0]);
    stmt_int(stmt, ":region", entry->key[1]);
    stmt_int(stmt, ":open", open_minute(entry));
}

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

static bool is_ordinary(const struct entry *entry)
{
    for (int i = 0; i < PULSE_COUNT; i++)
        if (i != PULSE_EVENTS && entry->value[i] != 0)
            return false;
    return entry->value[PULSE_EVENTS] > 0;
}

static int put_account(struct db *db, const struct entry *entry, struct fail *why)
{
    int got = is_ordinary(entry) ? try_update(db, ADD_PULSE, bind_heard, entry, why) : 0;

    if (got)
        return got < 0 ? -1 : 0;
    return upsert(db, CLOSE, bind_close, entry, why)
                   || upsert(db, PUT_ACCOUNT, bind_account, entry, why)
               ? -1
               : 0;
}

static const char PUT_COUNTER[] =
    "INSERT INTO counter (name, value) VALUES (:name, :by)"
    " ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value";

static void bind_counter(struct stmt *stmt, const struct entry *entry)
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

    stmt_text(stmt, ":name", str_of(names[entry->key[0]]));
    stmt_int(stmt, ":by", entry->value[0]);
}

int sums_put(struct db *db, const struct entry *entry, struct fail *why)
{
    if (is_zero(entry))
        return 0;
    switch ((enum table)entry->table) {
    case TABLE_NONE: return 0;
    case TABLE_ACCOUNT: return put_account(db, entry, why);
    case TABLE_TYPE: return upsert(db, PUT_TYPE, bind_type, entry, why);
    case TABLE_TALLY: return put(db, ADD_TALLY, PUT_TALLY, bind_tally, entry, why);
    case TABLE_ROLLUP: return put(db, ADD_ROLLUP, PUT_ROLLUP, bind_rollup, entry, why);
    case TABLE_COUNTER: return upsert(db, PUT_COUNTER, bind_counter, entry, why);
    case TABLE_ARRIVAL: return put(db, ADD_ARRIVAL, PUT_ARRIVAL, bind_arrival, entry, why);
    }
    return 0;
}
