/* One transaction by its key, and what was kept of its bodies. */
#include "store/inferences/inference_list.h"

#include "base/buf.h"
#include "base/fail.h"
#include "wire/db.h"

static const char GET[] =
    "SELECT series_id, server_id, status_id, elapse_ms, end_ms, received_ms, is_mismatched,"
    " request_bytes, response_bytes, request_digest, response_digest, confidence, extras"
    " FROM inference"
    " WHERE model_id = :model AND lane = :lane AND start_ms = :start AND uid = :uid";

static void read_row(struct stmt *at, const struct inference_key *key, struct inference_row *out)
{
    *out               = (struct inference_row){.key             = *key,
                                                .end             = col_int(at, 4),
                                                .received_at     = col_int(at, 5),
                                                .is_mismatched   = col_int(at, 6) != 0,
                                                .request_bytes   = col_int(at, 7),
                                                .response_bytes  = col_int(at, 8),
                                                .request_digest  = col_int(at, 9),
                                                .response_digest = col_int(at, 10),
                                                .has_request     = !col_is_null(at, 9),
                                                .has_response    = !col_is_null(at, 10),
                                                .confidence      = col_is_null(at, 11) ? -1 : col_int(at, 11),
                                                .extras          = col_text(at, 12)};
    out->key.series_id = col_int(at, 0);
    out->key.server_id = col_int(at, 1);
    out->key.status_id = col_int(at, 2);
    out->key.elapse_ms = col_int(at, 3);
}

int inference_get(struct db *db, const struct inference_key *key, inference_visit *visit, void *ctx,
                  struct fail *why)
{
    struct stmt         *get = db_prepare(db, GET, why);
    struct inference_row row;
    int                  got;

    if (!get)
        return -1;
    stmt_int(get, ":model", key->model_id);
    stmt_int(get, ":lane", key->lane);
    stmt_int(get, ":start", key->start);
    stmt_int(get, ":uid", key->uid);
    got = stmt_step(get, why);
    if (got == 1) {
        read_row(get, key, &row);
        if (visit(ctx, &row, why))
            got = -1;
    }
    stmt_done(get);
    return got;
}

static const char PAYLOAD[] = "SELECT members FROM inference_payload"
                              " WHERE model_id = :model AND start_ms = :start AND uid = :uid"
                              " AND expires_ms > :now";

int inference_payload(struct db *db, const struct inference_key *key, ms now, struct buf *out,
                      struct fail *why)
{
    struct stmt *get = db_prepare(db, PAYLOAD, why);
    int          got;

    if (!get)
        return -1;
    stmt_int(get, ":model", key->model_id);
    stmt_int(get, ":start", key->start);
    stmt_int(get, ":uid", key->uid);
    stmt_time(get, ":now", now);
    got = stmt_step(get, why);
    if (got == 1)
        buf_str(out, col_text(get, 0));
    stmt_done(get);
    return got == 1 && buf_check(out, why) ? -1 : got;
}
