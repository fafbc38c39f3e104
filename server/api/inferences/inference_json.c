#include "api/inferences/inference_json.h"

#include "base/when.h"
#include "format/compose.h"
#include "query/filter.h"
#include "store/inferences/inference.h"
#include "store/inferences/inference_filter.h"
#include "store/inferences/inference_list.h"
#include "store/words.h"

#include <stdio.h>

enum { DIGEST_ROOM = 20, HEX_DIGITS = 16 };

static const double HUNDREDTHS = 100;

/* --- ids --- */

void inference_json_id(const struct inference_key *key, char out[INFERENCE_ID_ROOM])
{
    int size = snprintf(out, INFERENCE_ID_ROOM, "%lld-%lld-%lld-%016llx", (long long)key->model_id,
                        (long long)key->lane, (long long)key->start, (unsigned long long)key->uid);

    if (size < 0 || size >= INFERENCE_ID_ROOM)
        out[0] = '\0';
}

static int read_hex(struct str text, int64_t *out)
{
    uint64_t number = 0;

    if (text.size != HEX_DIGITS)
        return -1;
    for (size_t i = 0; i < text.size; i++) {
        char c     = text.data[i];
        int  digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

        if (digit < 0)
            return -1;
        number = number << 4 | (unsigned)digit;
    }
    *out = (int64_t)number;
    return 0;
}

int inference_json_read_id(struct str text, struct inference_key *out)
{
    struct str model, lane, start;

    *out = (struct inference_key){.model_id = 0};
    if (!str_cut(&text, '-', &model) || !str_cut(&text, '-', &lane) || !str_cut(&text, '-', &start)
        || str_to_i64(model, 1, INT64_MAX, &out->model_id)
        || str_to_i64(lane, 0, INFERENCE_LANES, &out->lane)
        || str_to_i64(start, 0, INT64_MAX, &out->start) || read_hex(text, &out->uid))
        return -1;
    return 0;
}

/* --- the members --- */

/* What is shown, as the table below finds it. Numbers that are not said are -1. */
struct shown {
    struct str id;
    int64_t    account;
    struct str region, namespace, model_name;
    int64_t    version, deployment;
    struct str server, environment, endpoint, status;
    ms         start, end;
    int64_t    elapse;
    bool       is_mismatched;
    int64_t    request_size, response_size;
    struct str request_digest, response_digest;
    ms         received_at;
    struct str extras;
};

#define AT(member) offsetof(struct shown, member)
const struct shape inference_shape[] = {
    {"id", SHAPE_TEXT, AT(id)},
    {"account", SHAPE_ACCOUNT, AT(account)},
    {"region", SHAPE_TEXT, AT(region)},
    {"namespace", SHAPE_TEXT, AT(namespace)},
    {"model_name", SHAPE_TEXT, AT(model_name)},
    {"model_version", SHAPE_NUMBER, AT(version)},
    {"deployment_id", SHAPE_NUMBER, AT(deployment)},
    {"server_id", SHAPE_TEXT, AT(server)},
    {"environment", SHAPE_TEXT, AT(environment)},
    {"endpoint_name", SHAPE_TEXT, AT(endpoint)},
    {"status", SHAPE_TEXT, AT(status)},
    {"start_at", SHAPE_TIME, AT(start)},
    {"end_at", SHAPE_TIME, AT(end)},
    {"elapse", SHAPE_NUMBER, AT(elapse)},
    {"elapse_mismatch", SHAPE_FLAG, AT(is_mismatched)},
    {"request_size", SHAPE_NUMBER, AT(request_size)},
    {"response_size", SHAPE_NUMBER, AT(response_size)},
    {"request_digest", SHAPE_TEXT, AT(request_digest)},
    {"response_digest", SHAPE_TEXT, AT(response_digest)},
    {"received_at", SHAPE_TIME, AT(received_at)},
    {"extras", SHAPE_JSON, AT(extras)},
    {"confidence", SHAPE_APART, 0},
    {NULL, SHAPE_APART, 0},
};

static struct str write_digest(int64_t digest, bool is_there, char room[DIGEST_ROOM])
{
    if (!is_there)
        return STR_NONE;
    (void)snprintf(room, DIGEST_ROOM, "%016llx", (unsigned long long)digest);
    return str_of(room);
}

static int64_t or_unknown(int64_t number)
{
    return number > 0 ? number : -1;
}

void inference_json_members(struct compose *out, const struct inference_row *row,
                            const struct inference_json *how)
{
    const struct inference_series *series = how->series;
    struct words                  *words  = how->asker->words;
    struct db                     *db     = how->asker->db;
    char                           id[INFERENCE_ID_ROOM], digests[2][DIGEST_ROOM];
    struct shown                   shown = {
                          .account       = series->account,
                          .region        = words_text(words, db, series->region_id),
                          .namespace     = series->namespace,
                          .model_name    = series->model_name,
                          .version       = or_unknown(series->version),
                          .deployment    = or_unknown(series->deployment),
                          .server        = words_text(words, db, row->key.server_id),
                          .environment   = words_text(words, db, series->environment_id),
                          .endpoint      = words_text(words, db, series->endpoint_id),
                          .status        = words_text(words, db, row->key.status_id),
                          .start         = row->key.start,
                          .end           = row->end,
                          .elapse        = row->key.elapse_ms,
                          .is_mismatched = row->is_mismatched,
                          .request_size  = row->request_bytes,
                          .response_size = row->response_bytes,
                          .request_digest = write_digest(row->request_digest, row->has_request, digests[0]),
                          .response_digest = write_digest(row->response_digest, row->has_response, digests[1]),
                          .received_at = row->received_at,
                          .extras      = row->extras,
    };

    inference_json_id(&row->key, id);
    shown.id = str_of(id);
    shape_compose(out, inference_shape, &shown, how->wanted);
    if (!shape_wants(inference_shape, "confidence", how->wanted))
        return;
    if (row->confidence < 0)
        compose_null(out, "confidence");
    else
        compose_real(out, "confidence", (double)row->confidence / HUNDREDTHS);
}
