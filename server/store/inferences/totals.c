#include "store/inferences/totals.h"

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/mem.h"
#include "format/histogram.h"
#include "store/inferences/inference.h"
#include "wire/db.h"

/* One open-addressed table for both kinds of rows. The latencies of an entry are a list of
 * histogram slots: most entries have few of them, and a histogram each would be 11 KiB. At the
 * flush one histogram serves all entries in turn. */
enum { TABLE_NONE, TABLE_MINUTE = TOTALS_MINUTE, TABLE_HOUR = TOTALS_HOUR, TABLE_CONFIDENCE };
enum { KEY_SIZE = 5, FIRST_ROOM = 256, FIRST_SAMPLES = 1024, HISTOGRAM_CEILING = 16 * 1024 };

enum { COUNT, SUM, MOST, LEAST, REQUEST, RESPONSE, VALUE_SIZE };
enum { BUCKET, SERIES, SERVER, STATUS };     /* key of minutes and hours */
enum { HOUR = BUCKET, MODEL, VERSION, BIN }; /* key of confidences */

struct entry {
    int64_t  key[KEY_SIZE]; /* the table's number comes last */
    int64_t  value[VALUE_SIZE];
    uint32_t first; /* sample, counted from 1; 0: none */
};

struct sample {
    uint32_t next;
    uint16_t slot;
};

struct totals {
    struct entry    *entries; /* room for `room`, a power of two; COUNT 0: free */
    size_t           room, count;
    struct sample   *samples;
    size_t           sample_room, sample_count;
    bool             is_broken; /* memory ran out: flushing must fail */
    struct histogram histogram;
    struct buf       bytes;
};

int totals_new(struct totals **out, struct fail *why)
{
    OWN_PTR(totals) totals = mem_new(sizeof *totals);

    if (totals) {
        totals->bytes       = BUF_UP_TO(HISTOGRAM_CEILING);
        totals->room        = FIRST_ROOM;
        totals->sample_room = FIRST_SAMPLES;
        totals->entries     = mem_array(FIRST_ROOM, sizeof *totals->entries);
        totals->samples     = mem_array(FIRST_SAMPLES, sizeof *totals->samples);
    }
    if (!totals || !totals->entries || !totals->samples)
        return fail_set(why, FAIL_MEMORY, "no memory for sums of transactions");
    histogram_clear(&totals->histogram);
    *out = TAKE(totals);
    return 0;
}

void totals_free(struct totals *totals)
{
    if (!totals)
        return;
    mem_free(totals->entries);
    mem_free(totals->samples);
    buf_release(&totals->bytes);
    mem_free(totals);
}

static size_t hash_of(const int64_t key[KEY_SIZE])
{
    uint64_t hash = 0;

    for (int i = 0; i < KEY_SIZE; i++) {
        hash ^= (uint64_t)key[i];
        hash *= 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return (size_t)hash;
}

static struct entry *place_of(struct entry *entries, size_t room, const int64_t key[KEY_SIZE])
{
    size_t at = hash_of(key) & (room - 1);

    while (entries[at].value[COUNT] && memcmp(entries[at].key, key, sizeof entries[at].key) != 0)
        at = (at + 1) & (room - 1);
    return &entries[at];
}

static int grow(struct totals *totals)
{
    size_t        room    = totals->room * 2;
    struct entry *entries = mem_array(room, sizeof *entries);

    if (!entries)
        return -1;
    for (size_t i = 0; i < totals->room; i++)
        if (totals->entries[i].value[COUNT])
            *place_of(entries, room, totals->entries[i].key) = totals->entries[i];
    mem_free(totals->entries);
    totals->entries = entries;
    totals->room    = room;
    return 0;
}

/* The entry, with one more counted; NULL when memory ran out. */
static struct entry *counted(struct totals *totals, const int64_t key[KEY_SIZE])
{
    struct entry *entry;

    if (totals->count * 4 >= totals->room * 3 && grow(totals)) {
        totals->is_broken = true;
        return NULL;
    }
    entry = place_of(totals->entries, totals->room, key);
    if (!entry->value[COUNT]) {
        memcpy(entry->key, key, sizeof entry->key);
        entry->value[LEAST] = INT64_MAX;
        totals->count++;
    }
    entry->value[COUNT]++;
    return entry;
}

static void add_sample(struct totals *totals, struct entry *entry, int slot)
{
    if (totals->sample_count == totals->sample_room) {
        size_t         room = totals->sample_room * 2;
        struct sample *samples =
            room < UINT32_MAX ? mem_grow(totals->samples, room, sizeof *samples) : NULL;

        if (!samples) {
            totals->is_broken = true;
            return;
        }
        totals->samples     = samples;
        totals->sample_room = room;
    }
    totals->samples[totals->sample_count++] = (struct sample){entry->first, (uint16_t)slot};
    entry->first                            = (uint32_t)totals->sample_count;
}

static void add_latency(struct totals *totals, const int64_t key[KEY_SIZE],
                        const struct inference *inference)
{
    struct entry *entry = counted(totals, key);

    if (!entry)
        return;
    entry->value[SUM] += inference->elapse_ms;
    if (inference->elapse_ms > entry->value[MOST])
        entry->value[MOST] = inference->elapse_ms;
    if (inference->elapse_ms < entry->value[LEAST])
        entry->value[LEAST] = inference->elapse_ms;
    entry->value[REQUEST] += inference->request.size;
    entry->value[RESPONSE] += inference->response.size;
    add_sample(totals, entry, histogram_slot(inference->elapse_ms));
}

void totals_add(struct totals *totals, const struct totals_of *of,
                const struct inference *inference)
{
    int64_t minute[KEY_SIZE] = {when_floor(inference->start, MS_MINUTE), of->series_id,
                                of->server_id, of->status_id, TABLE_MINUTE};
    int64_t hour[KEY_SIZE]   = {when_floor(inference->start, MS_HOUR), of->series_id, of->server_id,
                                of->status_id, TABLE_HOUR};
    int     bin              = inference->confidence / TOTALS_BIN_WIDTH;

    add_latency(totals, minute, inference);
    add_latency(totals, hour, inference);
    if (inference->confidence != INFERENCE_NO_CONFIDENCE) {
        int64_t       key[KEY_SIZE] = {hour[BUCKET], of->model_id, of->version,
                                 bin < TOTALS_BINS ? bin : TOTALS_BINS - 1, TABLE_CONFIDENCE};
        struct entry *entry         = counted(totals, key);

        if (entry)
            entry->value[SUM] += inference->confidence;
    }
}

/* ---- writing ---- */

#define ROW                                                                                        \
    " WHERE grain = :grain AND bucket_ms = :bucket AND series_id = :series"                        \
    " AND server_id = :server AND status_id = :status"

static const char READ[] = "SELECT histogram FROM inference_rollup" ROW;

static const char UPDATE[] =
    "UPDATE inference_rollup SET count = count + :count, sum_elapse_ms = sum_elapse_ms + :sum,"
    " max_elapse_ms = CASE WHEN max_elapse_ms < :most THEN :most ELSE max_elapse_ms END,"
    " min_elapse_ms = CASE WHEN min_elapse_ms > :least THEN :least ELSE min_elapse_ms END,"
    " request_bytes = request_bytes + :request, response_bytes = response_bytes + :response,"
    " histogram = :histogram" ROW;

static const char INSERT[] =
    "INSERT INTO inference_rollup (grain, bucket_ms, series_id, server_id, status_id, count,"
    " sum_elapse_ms, max_elapse_ms, min_elapse_ms, request_bytes, response_bytes, histogram)"
    " VALUES (:grain, :bucket, :series, :server, :status, :count, :sum, :most, :least, :request,"
    " :response, :histogram)";

static void bind_row(struct stmt *stmt, const struct entry *entry)
{
    stmt_int(stmt, ":grain", entry->key[KEY_SIZE - 1]);
    stmt_int(stmt, ":bucket", entry->key[BUCKET]);
    stmt_int(stmt, ":series", entry->key[SERIES]);
    stmt_int(stmt, ":server", entry->key[SERVER]);
    stmt_int(stmt, ":status", entry->key[STATUS]);
}

/* The row's histogram, added to ours. 1, 0 there is no such row, -1. */
static int read_row(struct totals *totals, struct db *db, const struct entry *entry,
                    struct fail *why)
{
    struct stmt *find = db_prepare(db, READ, why);
    int          got;

    if (!find)
        return -1;
    bind_row(find, entry);
    got = stmt_step(find, why);
    if (got == 1 && histogram_read(&totals->histogram, col_blob(find, 0), why))
        got = -1;
    stmt_done(find);
    return got;
}

static int put_latency(struct totals *totals, struct db *db, const struct entry *entry,
                       struct fail *why)
{
    struct stmt *put;
    int          got;

    histogram_empty(&totals->histogram);
    buf_clear(&totals->bytes);
    got = read_row(totals, db, entry, why);
    if (got < 0)
        return -1;
    for (uint32_t at = entry->first; at; at = totals->samples[at - 1].next)
        histogram_add(&totals->histogram, totals->samples[at - 1].slot, 1);
    histogram_write(&totals->histogram, &totals->bytes);
    if (buf_check(&totals->bytes, why) || !(put = db_prepare(db, got ? UPDATE : INSERT, why)))
        return -1;
    bind_row(put, entry);
    stmt_int(put, ":count", entry->value[COUNT]);
    stmt_int(put, ":sum", entry->value[SUM]);
    stmt_int(put, ":most", entry->value[MOST]);
    stmt_int(put, ":least", entry->value[LEAST]);
    stmt_int(put, ":request", entry->value[REQUEST]);
    stmt_int(put, ":response", entry->value[RESPONSE]);
    stmt_blob(put, ":histogram", buf_view(&totals->bytes));
    return stmt_send(put, why);
}

static const char PUT_CONFIDENCE[] =
    "INSERT INTO confidence_rollup (model_id, version, bucket_ms, bin, count, total)"
    " VALUES (:model, :version, :bucket, :bin, :count, :total)"
    " ON CONFLICT (model_id, version, bucket_ms, bin) DO UPDATE SET"
    " count = confidence_rollup.count + excluded.count,"
    " total = confidence_rollup.total + excluded.total";

static int put_confidence(struct db *db, const struct entry *entry, struct fail *why)
{
    struct stmt *put = db_prepare(db, PUT_CONFIDENCE, why);

    if (!put)
        return -1;
    stmt_int(put, ":model", entry->key[MODEL]);
    stmt_int(put, ":version", entry->key[VERSION]);
    stmt_int(put, ":bucket", entry->key[HOUR]);
    stmt_int(put, ":bin", entry->key[BIN]);
    stmt_int(put, ":count", entry->value[COUNT]);
    stmt_int(put, ":total", entry->value[SUM]);
    return stmt_send(put, why);
}

static int by_key(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;

    for (int i = KEY_SIZE, at = KEY_SIZE - 1; i > 0; i--, at = (at + 1) % KEY_SIZE)
        if (left->key[at] != right->key[at])
            return left->key[at] < right->key[at] ? -1 : 1;
    return 0;
}

/* Moves what is in use to the front, in the order of tables and keys. */
static void gather(struct totals *totals)
{
    size_t n = 0;

    for (size_t i = 0; i < totals->room; i++)
        if (totals->entries[i].value[COUNT])
            totals->entries[n++] = totals->entries[i];
    qsort(totals->entries, n, sizeof *totals->entries, by_key);
    memset(&totals->entries[n], 0, (totals->room - n) * sizeof *totals->entries);
}

int totals_flush(struct totals *totals, struct db *db, struct fail *why)
{
    int result = 0;

    if (totals->is_broken)
        return fail_set(why, FAIL_MEMORY, "no memory for sums of transactions");
    if (!totals->count)
        return 0;
    gather(totals);
    for (size_t i = 0; i < totals->count && !result; i++) {
        const struct entry *entry = &totals->entries[i];

        result = entry->key[KEY_SIZE - 1] == TABLE_CONFIDENCE ? put_confidence(db, entry, why)
                                                              : put_latency(totals, db, entry, why);
    }
    totals_clear(totals);
    return result ? fail_in(why, "adding to the sums of transactions") : 0;
}

/* What one large batch needed is not kept for ever. */
static void shrink(struct totals *totals)
{
    struct entry *entries = mem_array(FIRST_ROOM, sizeof *entries);

    if (!entries)
        return;
    mem_free(totals->entries);
    totals->entries = entries;
    totals->room    = FIRST_ROOM;
}

void totals_clear(struct totals *totals)
{
    enum { KEPT_ROOM = 16 * FIRST_ROOM };

    if (totals->room > KEPT_ROOM)
        shrink(totals);
    memset(totals->entries, 0, totals->room * sizeof *totals->entries);
    totals->count        = 0;
    totals->sample_count = 0;
    totals->is_broken    = false;
}
