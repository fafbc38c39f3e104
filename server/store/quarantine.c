#include "store/quarantine.h"

#include "base/fail.h"
#include "store/batch.h"
#include "store/scope.h"
#include "store/sums.h"
#include "wire/db.h"

static const char PUT[] =
    "INSERT INTO quarantine (account, source, reason, received_ms, key_id, digest, body)"
    " VALUES (:account, :source, :reason, :now, :key, :digest, :body)"
    " ON CONFLICT (digest, account) DO UPDATE SET times = quarantine.times + 1,"
    " received_ms = excluded.received_ms, reason = excluded.reason, replayed_ms = NULL";

int quarantine_put(struct batch *batch, const struct quarantined *post, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, PUT, why);

    if (!put)
        return -1;
    stmt_int(put, ":account", post->account);
    stmt_text(put, ":source", post->source);
    stmt_text(put, ":reason", post->reason);
    stmt_int(put, ":now", batch->now);
    stmt_text(put, ":key", post->key_id);
    stmt_int(put, ":digest", (int64_t)str_hash(post->body, str_hash(post->source, 0)));
    stmt_blob(put, ":body", post->body);
    if (stmt_run(put, why))
        return fail_in(why, "keeping a post in quarantine");
    sums_heard(batch->sums, post->account, post->region_id, WHEN_UNKNOWN, batch->now);
    sums_pulse(batch->sums, post->account, post->region_id, PULSE_QUARANTINED);
    return 0;
}

static const char BODY[] = "SELECT account, body FROM quarantine WHERE id = :id";

int quarantine_body(struct batch *batch, const struct scope *scope, int64_t id, struct buf *out,
                    struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, BODY, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":id", id);
    got = stmt_step(find, why);
    if (got == 1 && !scope_has(scope, col_int(find, 0)))
        got = 0;
    if (got == 1)
        buf_str(out, col_blob(find, 1));
    stmt_done(find);
    return got == 1 && buf_check(out, why) ? -1 : got;
}

static const char MARK[] = "UPDATE quarantine SET replayed_ms = :now WHERE id = :id";

int quarantine_mark_replayed(struct batch *batch, int64_t id, struct fail *why)
{
    struct stmt *mark = db_prepare(batch->db, MARK, why);

    if (!mark)
        return -1;
    stmt_int(mark, ":id", id);
    stmt_int(mark, ":now", batch->now);
    return stmt_run(mark, why);
}

static const char REASON[] = "UPDATE quarantine SET reason = :reason WHERE id = :id";

int quarantine_new_reason(struct batch *batch, int64_t id, struct str reason, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, REASON, why);

    if (!put)
        return -1;
    stmt_int(put, ":id", id);
    stmt_text(put, ":reason", reason);
    return stmt_run(put, why);
}
