#include "store/models/endpoint_fact.h"

#include "base/fail.h"
#include "store/batch.h"
#include "wire/db.h"

static const char PUT[] =
    "INSERT INTO endpoint_fact (account, resource_id, at_ms, weight, stamp_ms, uid, status, config,"
    " variants, next_config, next_phase, next, why)"
    " VALUES (:account, :resource, :at, :weight, :stamp, :uid, :status, :config, :variants,"
    " :next_config, :next_phase, :next, :why)"
    " ON CONFLICT (account, resource_id, at_ms, weight, stamp_ms, uid) DO UPDATE SET"
    " status = excluded.status, config = excluded.config, variants = excluded.variants,"
    " next_config = excluded.next_config, next_phase = excluded.next_phase,"
    " next = excluded.next, why = excluded.why";

static struct str or_empty(struct str text)
{
    return text.data ? text : STR("");
}

int endpoint_fact_put(struct batch *batch, const struct endpoint_fact *fact, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, PUT, why);

    if (!put)
        return -1;
    stmt_int(put, ":account", fact->account);
    stmt_int(put, ":resource", fact->resource_id);
    stmt_int(put, ":at", fact->at);
    stmt_int(put, ":weight", fact->weight);
    stmt_int(put, ":stamp", fact->stamp);
    stmt_int(put, ":uid", fact->uid);
    stmt_text(put, ":status", or_empty(fact->status));
    stmt_text(put, ":config", or_empty(fact->config));
    stmt_text(put, ":variants", fact->variants);
    stmt_text(put, ":next_config", or_empty(fact->next_config));
    stmt_text(put, ":next_phase", or_empty(fact->next_phase));
    stmt_text(put, ":next", fact->next);
    stmt_text(put, ":why", fact->why);
    return stmt_run(put, why);
}

static const char EACH[] =
    "SELECT at_ms, stamp_ms, uid, status, config, variants, next_config, next_phase, next, why,"
    " weight"
    " FROM endpoint_fact WHERE account = :account AND resource_id = :resource"
    " ORDER BY at_ms, weight, stamp_ms, uid";

int endpoint_fact_each(struct batch *batch, int64_t account, int64_t resource_id,
                       endpoint_fact_visit *visit, void *ctx, struct fail *why)
{
    struct stmt *each = db_prepare(batch->db, EACH, why);
    int          got;

    if (!each)
        return -1;
    stmt_int(each, ":account", account);
    stmt_int(each, ":resource", resource_id);
    while ((got = stmt_step(each, why)) == 1) {
        const struct endpoint_fact fact = {
            .account     = account,
            .resource_id = resource_id,
            .at          = col_time(each, 0),
            .stamp       = col_time(each, 1),
            .uid         = col_int(each, 2),
            .status      = col_text(each, 3),
            .config      = col_text(each, 4),
            .variants    = col_text(each, 5),
            .next_config = col_text(each, 6),
            .next_phase  = col_text(each, 7),
            .next        = col_text(each, 8),
            .why         = col_text(each, 9),
            .weight      = col_int(each, 10),
        };

        if (visit(ctx, &fact, why)) {
            got = -1;
            break;
        }
    }
    stmt_done(each);
    return got;
}
