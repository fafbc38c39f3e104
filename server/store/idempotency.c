#include "store/idempotency.h"

#include "base/buf.h"
#include "base/fail.h"
#include "store/batch.h"
#include "wire/db.h"

enum { SWEPT_AT_ONCE = 100 };

static const char FIND[] =
    "SELECT digest, status, location, etag, answer FROM idempotency WHERE kid = :kid"
    " AND path = :path AND name = :name AND until_ms > :now";

static void bind_key(struct stmt *stmt, const struct idempotency_key *key)
{
    stmt_text(stmt, ":kid", key->kid);
    stmt_text(stmt, ":path", key->path);
    stmt_text(stmt, ":name", key->name);
}

/* Where a text begins in the room: pointers are taken when all are in. */
static struct str keep(struct buf *room, struct str text)
{
    size_t start = room->size;

    buf_str(room, text);
    return room->broken || !text.data ? STR_NONE : str_from(room->data + start, text.size);
}

static int read_answer(struct stmt *find, struct buf *room, struct idempotency_answer *out,
                       struct fail *why)
{
    size_t needed = col_text(find, 2).size + col_text(find, 3).size + col_text(find, 4).size;

    if (!buf_room(room, needed + 1)) /* so that nothing kept moves */
        return buf_check(room, why);
    *out =
        (struct idempotency_answer){(int)col_int(find, 1), keep(room, col_text(find, 2)),
                                    keep(room, col_text(find, 3)), keep(room, col_text(find, 4))};
    return buf_check(room, why) ? -1 : 1;
}

int idempotency_find(struct batch *batch, const struct idempotency_key *key, struct buf *room,
                     struct idempotency_answer *out, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, FIND, why);
    int          got;

    if (!find)
        return -1;
    bind_key(find, key);
    stmt_time(find, ":now", batch->now);
    got = stmt_step(find, why);
    if (got == 1)
        got = str_is(col_text(find, 0), key->digest)
                  ? read_answer(find, room, out, why)
                  : fail_set(why, FAIL_CLASH,
                             "this Idempotency-Key came with another request before");
    stmt_done(find);
    return got;
}

static const char PUT[] =
    "INSERT INTO idempotency (kid, path, name, digest, status, location, etag, answer, until_ms)"
    " VALUES (:kid, :path, :name, :digest, :status, :location, :etag, :answer, :until)"
    " ON CONFLICT (kid, path, name) DO UPDATE SET digest = excluded.digest,"
    " status = excluded.status, location = excluded.location, etag = excluded.etag,"
    " answer = excluded.answer, until_ms = excluded.until_ms";

/* Each answer that comes sweeps some that are over: there are never many. */
static const char SWEEP[] =
    "DELETE FROM idempotency WHERE (kid, path, name) IN (SELECT o.kid, o.path, o.name"
    " FROM idempotency o WHERE o.until_ms <= :now ORDER BY o.until_ms LIMIT :most)";

int idempotency_put(struct batch *batch, const struct idempotency_key *key,
                    const struct idempotency_answer *answer, struct fail *why)
{
    struct stmt *stmt = db_prepare(batch->db, SWEEP, why);

    if (!stmt)
        return -1;
    stmt_time(stmt, ":now", batch->now);
    stmt_int(stmt, ":most", SWEPT_AT_ONCE);
    if (stmt_run(stmt, why) || !(stmt = db_prepare(batch->db, PUT, why)))
        return -1;
    bind_key(stmt, key);
    stmt_text(stmt, ":digest", key->digest);
    stmt_int(stmt, ":status", answer->status);
    stmt_text(stmt, ":location", answer->location);
    stmt_text(stmt, ":etag", answer->etag);
    stmt_text(stmt, ":answer", answer->body.data ? answer->body : STR(""));
    stmt_time(stmt, ":until", batch->now + IDEMPOTENCY_KEPT);
    return stmt_run(stmt, why);
}
