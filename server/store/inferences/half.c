#include "store/inferences/half.h"

#include "base/fail.h"
#include "store/batch.h"
#include "wire/db.h"

static const char PUT[] =
    "INSERT INTO inference_half (model_id, uid, is_response, at_ms, received_ms, bytes, digest,"
    " members) VALUES (:model, :uid, :response, :at, :now, :bytes, :digest, :members)"
    " ON CONFLICT (model_id, uid, is_response) DO NOTHING";

int half_put(struct batch *batch, const struct half *half, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, PUT, why);

    if (!put)
        return -1;
    stmt_int(put, ":model", half->model_id);
    stmt_int(put, ":uid", half->uid);
    stmt_int(put, ":response", half->is_response);
    stmt_int(put, ":at", half->at);
    stmt_int(put, ":now", batch->now);
    stmt_int(put, ":bytes", half->bytes);
    stmt_int(put, ":digest", half->digest);
    stmt_text(put, ":members", half->members);
    return stmt_run(put, why) ? -1 : stmt_changes(put) == 1;
}

#define COUNTERPART " WHERE model_id = :model AND uid = :uid AND is_response = :response"

static const char FIND[]   = "SELECT at_ms, bytes, digest, members FROM inference_half" COUNTERPART;
static const char REMOVE[] = "DELETE FROM inference_half" COUNTERPART;

static struct stmt *prepare(struct db *db, const char *sql, const struct half *half,
                            struct fail *why)
{
    struct stmt *stmt = db_prepare(db, sql, why);

    if (!stmt)
        return NULL;
    stmt_int(stmt, ":model", half->model_id);
    stmt_int(stmt, ":uid", half->uid);
    stmt_int(stmt, ":response", !half->is_response);
    return stmt;
}

int half_take(struct batch *batch, const struct half *half, struct buf *room, struct half *out,
              struct fail *why)
{
    struct stmt *stmt = prepare(batch->db, FIND, half, why);
    int          got;

    if (!stmt)
        return -1;
    got = stmt_step(stmt, why);
    if (got == 1) {
        bool has_members = !col_is_null(stmt, 3);

        buf_clear(room);
        buf_str(room, col_text(stmt, 3));
        *out         = (struct half){.model_id    = half->model_id,
                                     .uid         = half->uid,
                                     .is_response = !half->is_response,
                                     .at          = col_int(stmt, 0),
                                     .bytes       = col_int(stmt, 1),
                                     .digest      = col_int(stmt, 2)};
        out->members = has_members ? buf_view(room) : STR_NONE;
    }
    stmt_done(stmt);
    if (got != 1 || buf_check(room, why))
        return got == 1 ? -1 : got;
    stmt = prepare(batch->db, REMOVE, half, why);
    return stmt && !stmt_run(stmt, why) ? 1 : -1;
}
