#include "store/attention.h"

#include "base/buf.h"
#include "base/fail.h"
#include "format/utilization.h"
#include "store/batch.h"
#include "store/resource.h"
#include "store/sql.h"
#include "store/state.h"
#include "store/words.h"
#include "wire/db.h"

#include <math.h>

enum { PREFIX_MOST = 1024 };

/* The index of names gives the newest 20 of the family; only these are looked at. */
static const char USUAL[] =
    "SELECT count(*), CAST(coalesce(sum(d.ended_ms - d.started_ms), 0) AS BIGINT) FROM"
    " (SELECT t.started_ms, t.ended_ms, t.completed_ms, t.is_failed FROM resource t"
    " WHERE t.account = :account AND t.region_id = :region AND t.kind = :kind"
    " AND t.name >= :first AND t.name < :behind ORDER BY t.name DESC LIMIT 20) d"
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

/* ---- idle hardware ---- */

static const char FORGET[] =
    "DELETE FROM idle_job WHERE account = :account AND resource_id = :resource";

static int forget(struct batch *batch, const struct resource *row, struct fail *why)
{
    struct stmt *del = db_prepare(batch->db, FORGET, why);

    if (!del)
        return -1;
    stmt_int(del, ":account", row->account);
    stmt_int(del, ":resource", row->id);
    return stmt_run(del, why);
}

/* NAN: not known. */
static double busy_of(const struct utilization *found)
{
    const struct figures *gpu = &found->job.metric[METRIC_GPU];
    const struct figures *cpu = &found->job.metric[METRIC_CPU];

    if (gpu->is_known && isfinite(gpu->normalized))
        return gpu->normalized;
    return cpu->is_known ? cpu->normalized : NAN;
}

/* Anybody may claim any number of instances: past what can be told, as if it were one. */
static ms machine_time(ms duration, int64_t instances)
{
    ms sum;

    return instances > 0 && !__builtin_mul_overflow(duration, instances, &sum) ? sum : duration;
}

static const char KEEP[] = "INSERT INTO idle_job (account, resource_id, ended_ms, machine_ms, busy)"
                           " VALUES (:account, :resource, :ended, :machine, :busy)";

int attention_idle_put(struct batch *batch, const struct resource *row,
                       const struct utilization *found, struct fail *why)
{
    ms           duration = state_duration(row);
    double       busy     = busy_of(found);
    struct stmt *put;

    if (forget(batch, row, why))
        return -1;
    if (duration == WHEN_UNKNOWN || duration == 0 || !isfinite(busy)
        || busy >= ATTENTION_BUSY_BELOW)
        return 0;
    put = db_prepare(batch->db, KEEP, why);
    if (!put)
        return -1;
    stmt_int(put, ":account", row->account);
    stmt_int(put, ":resource", row->id);
    stmt_time(put, ":ended", row->ended);
    stmt_int(put, ":machine", machine_time(duration, row->instance_count));
    stmt_real(put, ":busy", busy);
    return stmt_run(put, why);
}

static const char IDLE[] = "SELECT t.account, t.resource_id, t.machine_ms, t.busy FROM idle_job t"
                           " WHERE t.ended_ms >= :from";
static const char IDLE_ORDER[] =
    " ORDER BY t.machine_ms * (100 - t.busy) DESC, t.account, t.resource_id LIMIT :limit";

int attention_idle_list(struct db *db, const struct attention_idle_filter *filter,
                        attention_visit *visit, void *ctx, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *stmt;
    int          got;

    sql_add(&sql, IDLE);
    sql_scope(&sql, &filter->scope);
    sql_add(&sql, IDLE_ORDER);
    sql_int(&sql, ":from", filter->from);
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
