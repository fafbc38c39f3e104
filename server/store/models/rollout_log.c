#include "store/models/rollout_log.h"

#include "base/fail.h"
#include "base/mem.h"
#include "store/batch.h"
#include "store/models/deployment.h"
#include "store/page.h"
#include "store/sql.h"
#include "wire/db.h"

void rollout_log_release(struct rollout_log *log)
{
    mem_free(log->entries);
    *log = ROLLOUT_LOG_EMPTY;
}

int rollout_log_push(struct rollout_log *log, const struct rollout_entry *entry, struct fail *why)
{
    if (log->count == log->room) {
        size_t                room = log->room ? 2 * log->room : 32;
        struct rollout_entry *more = mem_grow(log->entries, room, sizeof *more);

        if (!more)
            return fail_set(why, FAIL_MEMORY, "no memory for the entries of a rollout");
        log->entries = more;
        log->room    = room;
    }
    log->entries[log->count++] = *entry;
    return 0;
}

static const char ADD[] =
    "INSERT INTO rollout (deployment_id, at_ms, what, share, state, who, why, source, written_ms)"
    " VALUES (:deployment, :at, :what, :share, :state, :who, :why, :source, :now) $GIVING_ID";

int rollout_log_add(struct batch *batch, struct rollout_entry *entry,
                    const struct rollout_note *note, struct fail *why)
{
    const struct rollout_stand after = rollout_after(entry->what, entry->share);
    struct stmt               *add   = db_prepare(batch->db, ADD, why);

    if (!add)
        return -1;
    stmt_int(add, ":deployment", entry->deployment);
    stmt_time(add, ":at", entry->at);
    stmt_int(add, ":what", entry->what);
    stmt_int(add, ":share", after.share);
    stmt_int(add, ":state", after.state);
    stmt_text(add, ":who", note->who);
    stmt_text(add, ":why", note->why);
    stmt_int(add, ":source", note->source);
    stmt_time(add, ":now", batch->now);
    return stmt_insert(add, &entry->id, why) == 1 ? 0 : -1;
}

static const char CUT[] =
    "DELETE FROM rollout WHERE deployment_id = :deployment AND source = 2 AND id >= :from";

int rollout_log_cut(struct batch *batch, int64_t deployment_id, int64_t from_id, struct fail *why)
{
    struct stmt *cut = db_prepare(batch->db, CUT, why);

    if (!cut)
        return -1;
    stmt_int(cut, ":deployment", deployment_id);
    stmt_int(cut, ":from", from_id);
    return stmt_run(cut, why);
}

static int read_all(struct stmt *read, struct rollout_log *out, struct fail *why)
{
    int got;

    while ((got = stmt_step(read, why)) == 1) {
        const struct rollout_entry entry = {
            .deployment = col_int(read, 0),
            .at         = col_time(read, 1),
            .id         = col_int(read, 2),
            .what       = (enum rollout_what)col_int(read, 3),
            .share      = col_int(read, 4),
        };

        if (rollout_log_push(out, &entry, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(read);
    return got;
}

static const char READ[] = "SELECT deployment_id, at_ms, id, what, share FROM rollout"
                           " WHERE deployment_id = :deployment ORDER BY at_ms, id";

int rollout_log_read(struct batch *batch, int64_t deployment_id, struct rollout_log *out,
                     struct fail *why)
{
    struct stmt *read = db_prepare(batch->db, READ, why);

    if (!read)
        return -1;
    stmt_int(read, ":deployment", deployment_id);
    return read_all(read, out, why);
}

static const char GROUP[] =
    "SELECT r.deployment_id, r.at_ms, r.id, r.what, r.share"
    " FROM deployment d JOIN rollout r ON r.deployment_id = d.id"
    " WHERE d.model_id = :model AND d.environment = :environment AND d.endpoint_key = :key"
    " AND d.source = 1 ORDER BY r.at_ms, r.id";

int rollout_log_group(struct batch *batch, const struct deployment *member, struct rollout_log *out,
                      struct fail *why)
{
    struct stmt *read = db_prepare(batch->db, GROUP, why);

    if (!read)
        return -1;
    stmt_int(read, ":model", member->model_id);
    stmt_text(read, ":environment", member->environment.data ? member->environment : STR(""));
    stmt_text(read, ":key", member->endpoint_key.data ? member->endpoint_key : STR(""));
    return read_all(read, out, why);
}

/* What it met is looked up, not kept: an entry that comes late changes it. */
static const char LIST[] =
    "SELECT r.id, r.at_ms, r.what, r.share, r.state, p.state, p.share, r.who, r.why, r.source"
    " FROM rollout r LEFT JOIN rollout p ON p.id = (SELECT x.id FROM rollout x"
    " WHERE x.deployment_id = r.deployment_id AND (x.at_ms, x.id) < (r.at_ms, r.id)"
    " ORDER BY x.at_ms DESC, x.id DESC LIMIT 1)"
    " WHERE r.deployment_id = :deployment";

static void read_item(struct stmt *at, struct rollout_item *item)
{
    *item = (struct rollout_item){
        .id             = col_int(at, 0),
        .at             = col_time(at, 1),
        .what           = col_int(at, 2),
        .share          = col_int(at, 3),
        .state          = col_int(at, 4),
        .previous_state = col_int(at, 5),
        .previous_share = col_int(at, 6),
        .who            = col_text(at, 7),
        .why            = col_text(at, 8),
        .source         = col_int(at, 9),
    };
}

static int visit_all(struct stmt *list, rollout_visit *visit, void *ctx, struct fail *why)
{
    struct rollout_item item;
    int                 got;

    while ((got = stmt_step(list, why)) == 1) {
        read_item(list, &item);
        if (visit(ctx, &item, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(list);
    return got;
}

int rollout_log_list(struct db *db, int64_t deployment_id, const struct page *page,
                     rollout_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *list;

    sql_add(&sql, LIST);
    sql_int(&sql, ":deployment", deployment_id);
    if (page->goes_on) {
        sql_add(&sql, page->is_descending ? " AND (r.at_ms, r.id) < (:at, :id)"
                                          : " AND (r.at_ms, r.id) > (:at, :id)");
        sql_int(&sql, ":at", page->at);
        sql_int(&sql, ":id", page->id);
    }
    sql_add(&sql, page->is_descending ? " ORDER BY r.at_ms DESC, r.id DESC LIMIT :limit"
                                      : " ORDER BY r.at_ms, r.id LIMIT :limit");
    sql_int(&sql, ":limit", page->limit + 1);
    list = sql_prepare(&sql, db, why);
    return list ? visit_all(list, visit, ctx, why) : -1;
}
