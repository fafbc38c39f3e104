#include "store/event.h"

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/scan.h"
#include "store/batch.h"
#include "wire/db.h"

int64_t event_uid(const struct news *news)
{
    uint64_t hash = str_hash(news->event_id, str_hash(news->region, 0));

    return (int64_t)hash;
}

/* Members of the envelope that say the same thing when an event is delivered again; an archive that
 * replays adds "replay-name", which does not count. */
static bool is_same_event(struct str a, struct str b)
{
    static const char *const members[] = {"id", "detail-type", "source", "resources", "detail"};
    OWN(scan) one                      = SCAN_EMPTY;
    OWN(scan) other                    = SCAN_EMPTY;
    struct fail unread                 = FAIL_OK;

    if (str_is(a, b))
        return true;
    if (scan_read(&one, a, &unread) || scan_read(&other, b, &unread))
        return false;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        uint32_t at = scan_member(&one, 0, members[i]);
        uint32_t bt = scan_member(&other, 0, members[i]);

        if ((at == SCAN_NONE) != (bt == SCAN_NONE))
            return false;
        if (at != SCAN_NONE && !scan_same(&one, at, &other, bt))
            return false;
    }
    return true;
}

static const char FIND[] =
    "SELECT body FROM event WHERE account = :account AND time_ms = :time AND uid = :uid";

int event_look(struct batch *batch, const struct news *news, int64_t uid, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, FIND, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":account", news->account);
    stmt_int(find, ":time", news->time);
    stmt_int(find, ":uid", uid);
    got = stmt_step(find, why);
    if (got == 1)
        got = is_same_event(col_blob(find, 0), news->body) ? EVENT_DUPLICATE : EVENT_DIFFERENT;
    else if (got == 0)
        got = EVENT_NEW;
    stmt_done(find);
    return got;
}

/* Somebody holds the key: the same event, or another one that uses its id? */
static int look_at_holder(struct batch *batch, const struct news *news, int64_t uid,
                          struct fail *why)
{
    int seen = event_look(batch, news, uid, why);

    if (seen == EVENT_NEW)
        return fail_set(why, FAIL_BUSY, "an event vanished while it was compared");
    return seen;
}

static const char PUT[] =
    "INSERT INTO event (account, time_ms, uid, region_id, type_id, kind, resource_id, status_id,"
    " version_ms, received_ms, effect, body)"
    " VALUES (:account, :time, :uid, :region, :type, :kind, :resource, :status, :version,"
    " :received, :effect, :body)"
    " ON CONFLICT (account, time_ms, uid) DO NOTHING";

int event_put(struct batch *batch, const struct news *news, const struct event_row *row,
              struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, PUT, why);

    if (!put)
        return -1;
    stmt_int(put, ":account", news->account);
    stmt_int(put, ":time", news->time);
    stmt_int(put, ":uid", row->uid);
    stmt_int(put, ":region", row->region_id);
    stmt_int(put, ":type", row->type_id);
    stmt_int(put, ":kind", news->kind);
    stmt_int(put, ":resource", row->resource_id);
    stmt_int(put, ":status", row->status_id);
    stmt_int(put, ":version", news->version);
    stmt_int(put, ":received", row->received);
    stmt_int(put, ":effect", row->effect);
    stmt_blob(put, ":body", news->body);
    if (stmt_run(put, why))
        return fail_in(why, "storing event %.*s", STR_ARG(news->event_id));
    if (stmt_changes(put) == 1)
        return EVENT_NEW;
    return look_at_holder(batch, news, row->uid, why);
}

static const char AMEND[] =
    "UPDATE event SET kind = :kind, resource_id = :resource, status_id = :status,"
    " version_ms = :version, effect = :effect WHERE account = :account AND id = :id";

int event_amend(struct batch *batch, int64_t id, const struct news *news,
                const struct event_row *row, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, AMEND, why);

    if (!put)
        return -1;
    stmt_int(put, ":kind", news->kind);
    stmt_int(put, ":resource", row->resource_id);
    stmt_int(put, ":status", row->status_id);
    stmt_int(put, ":version", news->version);
    stmt_int(put, ":effect", row->effect);
    stmt_int(put, ":account", news->account);
    stmt_int(put, ":id", id);
    return stmt_run(put, why);
}

static const char BODY[] = "SELECT body FROM event WHERE account = :account AND id = :id";

int event_body(struct batch *batch, int64_t account, int64_t id, struct buf *out, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, BODY, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":account", account);
    stmt_int(find, ":id", id);
    got = stmt_step(find, why);
    if (got == 1)
        buf_str(out, col_blob(find, 0));
    stmt_done(find);
    return got == 1 && buf_check(out, why) ? -1 : got;
}
