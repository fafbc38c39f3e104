#include "store/inferences/inference.h"

#include "base/fail.h"
#include "store/batch.h"
#include "store/inferences/ledger.h"
#include "store/inferences/place.h"
#include "store/inferences/totals.h"
#include "store/models/catalog.h"
#include "store/sums.h"
#include "store/words.h"
#include "wire/db.h"

int inference_lane(int64_t elapse_ms, bool has_succeeded)
{
    int lane = 0;

    for (uint64_t rest = (uint64_t)elapse_ms + 1; rest > 1; rest >>= 1)
        lane++;
    return 2 * lane + !has_succeeded;
}

static int lane_of(const struct inference *inference)
{
    return inference_lane(inference->elapse_ms,
                          str_is_text(inference->status, INFERENCE_SUCCEEDED));
}

/* The same bytes on every machine: it is stored. */
static void add_number(unsigned char *at, uint64_t number)
{
    for (size_t i = 0; i < sizeof number; i++)
        at[i] = (unsigned char)(number >> (8 * i));
}

int64_t inference_uid(int64_t model_id, const struct inference *inference)
{
    enum { NUMBERS = 3, SIZE = sizeof(uint64_t) };
    unsigned char key[NUMBERS * SIZE];

    add_number(key, (uint64_t)model_id);
    add_number(key + SIZE, (uint64_t)inference->start);
    add_number(key + 2 * SIZE, (uint64_t)lane_of(inference));
    return (int64_t)str_hash(str_from((const char *)key, sizeof key), (uint64_t)inference->uid);
}

static const char PUT[] =
    "INSERT INTO inference (model_id, lane, start_ms, uid, series_id, server_id, status_id,"
    " end_ms, elapse_ms, is_mismatched, request_bytes, response_bytes, request_digest,"
    " response_digest, confidence, received_ms, extras)"
    " VALUES (:model, :lane, :start, :uid, :series, :server, :status, :end, :elapse, :mismatched,"
    " :request, :response, :request_digest, :response_digest, :confidence, :now, :extras)"
    " ON CONFLICT (model_id, lane, start_ms, uid) DO NOTHING";

static void bind_digest(struct stmt *put, const char *name, const struct inference_body *body)
{
    if (body->is_there)
        stmt_int(put, name, body->digest);
    else
        stmt_null(put, name);
}

/* Its words, as numbers. */
struct said {
    int64_t server_id, status_id;
};

static int look_up(struct batch *batch, const struct inference *inference, struct said *out,
                   struct fail *why)
{
    return words_put(batch->words, batch->db, inference->server, &out->server_id, why)
                   || words_put(batch->words, batch->db, inference->status, &out->status_id, why)
               ? -1
               : 0;
}

/* In the order of the text: that is how parameters are found fastest. */
static void bind(struct stmt *put, const struct inference *inference, const struct place *place,
                 const struct said *said)
{
    stmt_int(put, ":model", place->model_id);
    stmt_int(put, ":lane", lane_of(inference));
    stmt_int(put, ":start", inference->start);
    stmt_int(put, ":uid", inference->uid);
    stmt_int(put, ":series", place->series_id);
    stmt_int(put, ":server", said->server_id);
    stmt_int(put, ":status", said->status_id);
    stmt_int(put, ":end", inference->end);
    stmt_int(put, ":elapse", inference->elapse_ms);
    stmt_int(put, ":mismatched", inference->is_mismatched);
    stmt_int(put, ":request", inference->request.size);
    stmt_int(put, ":response", inference->response.size);
    bind_digest(put, ":request_digest", &inference->request);
    bind_digest(put, ":response_digest", &inference->response);
    if (inference->confidence == INFERENCE_NO_CONFIDENCE)
        stmt_null(put, ":confidence");
    else
        stmt_int(put, ":confidence", inference->confidence);
}

static int insert(struct batch *batch, const struct inference *inference, const struct place *place,
                  const struct said *said, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, PUT, why);

    if (!put)
        return -1;
    bind(put, inference, place, said);
    stmt_int(put, ":now", batch->now);
    stmt_text(put, ":extras", inference->extras);
    if (stmt_run(put, why))
        return fail_in(why, "storing a transaction");
    return stmt_changes(put) == 1;
}

static const char PUT_PAYLOAD[] =
    "INSERT INTO inference_payload (model_id, start_ms, uid, expires_ms, members)"
    " VALUES (:model, :start, :uid, :expires, :members)"
    " ON CONFLICT (model_id, start_ms, uid) DO NOTHING";

static int put_payload(struct batch *batch, const struct inference *inference,
                       const struct place *place, struct str members, struct fail *why)
{
    struct stmt *put = db_prepare(batch->db, PUT_PAYLOAD, why);

    if (!put)
        return -1;
    stmt_int(put, ":model", place->model_id);
    stmt_int(put, ":start", inference->start);
    stmt_int(put, ":uid", inference->uid);
    stmt_int(put, ":expires", batch->now + place->payload->retention);
    stmt_text(put, ":members", members);
    return stmt_send(put, why);
}

int inference_put(struct batch *batch, const struct inference *inference, const struct place *place,
                  struct str members, struct fail *why)
{
    struct said said;
    int         got;

    if (look_up(batch, inference, &said, why))
        return -1;
    got = insert(batch, inference, place, &said, why);
    if (got < 0)
        return -1;
    sums_count(batch->sums, got ? COUNTER_INFERENCES : COUNTER_INFERENCES_AGAIN, 1);
    if (!got)
        return 0;
    if (inference->is_mismatched)
        sums_count(batch->sums, COUNTER_INFERENCES_MISMATCHED, 1);
    totals_add(ledger_totals(batch->ledger),
               &(struct totals_of){.series_id = place->series_id,
                                   .model_id  = place->model_id,
                                   .version   = inference->whose.version,
                                   .server_id = said.server_id,
                                   .status_id = said.status_id},
               inference);
    return members.data && put_payload(batch, inference, place, members, why) ? -1 : 1;
}
