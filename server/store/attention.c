#include "store/attention.h"

#include "base/buf.h"
#include "base/fail.h"
#include "format/utilization.h"
#include "store/sql.h"
#include "store/words.h"
#include "wire/db.h"

enum { PREFIX_MOST = 1024 };

/* The index of names gives the newest 50 of the family; only these are looked at. */
static const char USUAL[] =
    "SELECT count(*), CAST(coalesce(sum(d.ended_ms - d.started_ms), 0) AS BIGINT) FROM"
    " (SELECT t.started_ms, t.ended_ms, t.completed_ms, t.is_failed FROM resource t"
    " WHERE t.account = :account AND t.region_id = :region AND t.kind = :kind"
    " AND t.name >= :first AND t.name < :behind ORDER BY t.name DESC LIMIT 50) d"
    " WHERE d.completed_ms IS NOT NULL AND d.is_failed = 0 AND d.ended_ms >= d.started_ms";

/* The smallest text that sorts behind everything that begins so. A last byte of ASCII has one that
 * follows it; the caller's prefixes end in one. */
static int behind(struct str prefix, struct buf *out, struct fail *why)
{
    unsigned char last = (unsigned char)prefix.data[prefix.size - 1];

    if (last >= 0x7f)
        return fail_set(why, FAIL_BUG, "a family's prefix ends in ASCII");
    buf_add(out, prefix.data, prefix.size - 1);
    buf_char(out, (char)(last + 1));
    return buf_check(out, why);
}

int attention_usual(struct db *db, struct words *words, const struct attention_family *family,
                    struct attention_usual *out, struct fail *why)
{
    OWN(buf) end        = BUF_UP_TO(PREFIX_MOST);
    int64_t      region = 0;
    struct stmt *usual;
    int          got;

    if (words_find(words, db, family->region, &region, why) < 0
        || behind(family->prefix, &end, why))
        return -1;
    usual = db_prepare(db, USUAL, why);
    if (!usual)
        return -1;
    stmt_int(usual, ":account", family->account);
    stmt_int(usual, ":region", region);
    stmt_int(usual, ":kind", family->kind);
    stmt_text(usual, ":first", family->prefix);
    stmt_text(usual, ":behind", buf_view(&end));
    got = stmt_step(usual, why);
    if (got == 1) {
        out->count       = col_int(usual, 0);
        out->duration_ms = out->count ? col_int(usual, 1) / out->count : 0;
    }
    stmt_done(usual);
    return got < 0 ? -1 : 0;
}

/* Only the figures of the job as a whole (host ''). A known `normalized` is per core or GPU. */
static const char IDLE_FROM[] =
    " FROM resource t JOIN utilization u ON u.account = t.account AND u.resource_id = t.id"
    " AND u.host = '' AND u.metric IN (:cpu, :gpu)"
    " WHERE t.kind < 20 AND t.ended_ms >= :from AND t.started_ms IS NOT NULL"
    " AND t.ended_ms > t.started_ms AND u.normalized IS NOT NULL";

static const char IDLE_BEGIN[] =
    "SELECT i.account, i.id, i.machine_ms, i.busy FROM (SELECT t.account, t.id,"
    " (t.ended_ms - t.started_ms) * coalesce(t.instance_count, 1) AS machine_ms,"
    " coalesce(max(CASE WHEN u.metric = :gpu THEN u.normalized END), max(u.normalized)) AS busy";

static const char IDLE_END[] =
    " GROUP BY t.account, t.id, t.ended_ms, t.started_ms, t.instance_count) i"
    " WHERE i.busy < :below ORDER BY i.machine_ms * (100 - i.busy) DESC, i.account, i.id"
    " LIMIT :limit";

int attention_idle_list(struct db *db, const struct attention_idle_filter *filter,
                        attention_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stmt;
    int          got;

    sql_add(&sql, IDLE_BEGIN);
    sql_add(&sql, IDLE_FROM);
    sql_scope(&sql, &filter->scope);
    sql_add(&sql, IDLE_END);
    sql_int(&sql, ":cpu", METRIC_CPU);
    sql_int(&sql, ":gpu", METRIC_GPU);
    sql_int(&sql, ":from", filter->from);
    sql_int(&sql, ":below", filter->busy_below);
    sql_int(&sql, ":limit", filter->limit);
    stmt = sql_prepare(&sql, db, why);
    if (!stmt)
        return -1;
    while ((got = stmt_step(stmt, why)) == 1) {
        const struct attention_idle item = {
            .account    = col_int(stmt, 0),
            .id         = col_int(stmt, 1),
            .machine_ms = col_int(stmt, 2),
            .busy       = col_real(stmt, 3),
        };

        if (visit(ctx, &item, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(stmt);
    return got < 0 ? -1 : 0;
}
