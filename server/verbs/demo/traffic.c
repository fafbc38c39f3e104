#include "verbs/demo/traffic.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "format/compose.h"
#include "verbs/demo/family.h"

enum {
    DAY_MINUTES = 24 * 60,
    SERVERS     = 3,
    TIMEOUT     = 30 * MS_SECOND,
    LINE_MOST   = 2048,
    ID_ROOM     = 20
};

/* ---- chance --------------------------------------------------------------------------------- */

/* splitmix64: the same numbers for the same seed, on every machine. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static double chance(uint64_t *state) /* 0 <= x < 1 */
{
    return (double)(next_random(state) >> 11) / 9007199254740992.0;
}

/* Near enough to the normal distribution, and never far out. */
static double bell(uint64_t *state)
{
    double sum = 0;

    for (int i = 0; i < 12; i++)
        sum += chance(state);
    return sum - 6;
}

/* ---- one transaction ------------------------------------------------------------------------ */

struct call {
    const struct family_model *model;
    const struct family_shift *shift;
    ms                         start, elapse;
    const char                *status;
    int                        server;
    double                     confidence;
    int64_t                    request_bytes, response_bytes;
};

static double two_decimals(double value)
{
    return floor(value * 100 + 0.5) / 100;
}

static void play_call(struct call *call, ms now, uint64_t *random)
{
    const struct family_shift *shift = call->shift;
    double                     dice  = chance(random) * 1000;
    double hours = (double)(call->start - now) / MS_HOUR + (double)shift->from_ago / 60;

    call->elapse = 1 + (ms)(shift->median_ms * exp(shift->spread * bell(random)));
    call->status = "succeeded";
    if (dice < shift->timeouts || call->elapse >= TIMEOUT) {
        call->status = "timeout";
        call->elapse = TIMEOUT;
    } else if (dice < shift->timeouts + shift->failures) {
        call->status = "failed";
        call->elapse = 3 + call->elapse / 9;
    }
    call->server         = 1 + (int)(chance(random) * SERVERS);
    call->confidence     = shift->confidence + shift->drift * hours + 5.5 * bell(random);
    call->confidence     = two_decimals(fmin(fmax(call->confidence, 0), 100));
    call->request_bytes  = 300 + (int64_t)(chance(random) * call->model->request_bytes);
    call->response_bytes = 60 + (int64_t)(chance(random) * 120);
}

static void put_error(struct compose *out, const struct call *call)
{
    bool is_timeout = call->elapse == TIMEOUT;

    compose_open(out, "error", '{');
    compose_text(out, "type", is_timeout ? STR("ModelTimeout") : STR("ModelError"));
    compose_text(out, "message",
                 is_timeout ? STR("no answer from the container within 30 s")
                            : STR("the container answered 500: feature 'merchant' is missing"));
    compose_close(out, '}');
}

static void put_whose(struct compose *out, const struct call *call, const char *id)
{
    const struct family_model *model = call->model;

    compose_text(out, "type", STR("inference_transaction"));
    compose_text(out, "transaction_id", str_of(id));
    compose_text(out, "account_id", str_of(model->place->account));
    compose_text(out, "region", str_of(model->place->region));
    compose_text(out, "namespace", str_of(model->namespace));
    compose_text(out, "model_name", str_of(model->name));
    compose_text(out, "environment", STR("prod"));
    compose_text(out, "endpoint_name", str_of(model->endpoint));
    compose_int(out, "deployment_id", call->shift->deployment);
    compose_int(out, "model_version", call->shift->version);
    compose_int(out, "server_id", call->server);
}

static void put_call(struct buf *lines, const struct call *call, uint64_t *random)
{
    struct compose json    = compose_into(lines);
    bool           is_good = str_is_text(str_of(call->status), "succeeded");
    char           id[ID_ROOM];

    (void)snprintf(id, sizeof id, "%016" PRIx64, next_random(random)); /* it fits */
    compose_open(&json, NULL, '{');
    put_whose(&json, call, id);
    compose_int(&json, "request_size", call->request_bytes);
    compose_int(&json, "response_size", is_good ? call->response_bytes : 0);
    compose_time(&json, "start_at", call->start);
    compose_time(&json, "end_at", call->start + call->elapse);
    compose_int(&json, "elapse", call->elapse);
    compose_text(&json, "status", str_of(call->status));
    if (is_good)
        compose_real(&json, "confidence", call->confidence);
    else
        put_error(&json, call);
    compose_open(&json, "requester", '{');
    compose_text(&json, "principal", str_of(call->model->caller));
    compose_close(&json, '}');
    compose_close(&json, '}');
    buf_char(lines, '\n');
}

/* ---- the day -------------------------------------------------------------------------------- */

/* How busy the company is at this time of day (UTC), around 1: least at four in the morning, most
 * in the afternoon. */
static double wave(ms at)
{
    double day = (double)(at % MS_DAY) / MS_DAY;

    return 1 + 0.62 * sin(2 * 3.14159265358979 * (day - 10.0 / 24))
           + 0.14 * sin(4 * 3.14159265358979 * (day - 7.0 / 24));
}

/* Who serves this call, by the shares of those on duty; NULL: nobody. */
static const struct family_shift *on_duty(const struct family_model *model, int minutes_ago,
                                          double dice)
{
    for (size_t i = 0; i < model->shift_count; i++) {
        const struct family_shift *shift = &model->shifts[i];

        if (minutes_ago > shift->from_ago || minutes_ago <= shift->to_ago)
            continue;
        if (dice < shift->percent)
            return shift;
        dice -= shift->percent;
    }
    return NULL;
}

/* Part of a call is left over from one minute to the next. */
struct stream {
    double   owed;
    uint64_t random;
};

static int add_minute(const struct family_model *model, struct stream *stream, ms now, int ago,
                      struct buf *lines)
{
    ms  start = now - (ms)ago * MS_MINUTE;
    int calls;

    stream->owed += model->per_minute * wave(start);
    calls = (int)stream->owed;
    stream->owed -= calls;
    for (int i = 0; i < calls; i++) {
        struct call call = {.model = model};

        call.shift = on_duty(model, ago, chance(&stream->random) * 100);
        call.start = start + (ms)i * MS_MINUTE / calls + (ms)(chance(&stream->random) * 100);
        if (!call.shift)
            continue;
        play_call(&call, now, &stream->random);
        if (call.start + call.elapse < now) /* later ones have not ended yet */
            put_call(lines, &call, &stream->random);
    }
    return calls;
}

static int flush(struct buf *lines, traffic_sink *sink, void *ctx, struct fail *why)
{
    if (buf_check(lines, why) || (lines->size && sink(ctx, buf_view(lines), why)))
        return -1;
    buf_clear(lines);
    return 0;
}

int traffic_day(ms now, traffic_sink *sink, void *ctx, struct fail *why)
{
    OWN(buf) lines = BUF_UP_TO(TRAFFIC_BATCH);
    struct stream streams[FAMILY_MODELS];

    for (size_t i = 0; i < FAMILY_MODELS; i++)
        streams[i] = (struct stream){0, FAMILY_SEED + i};
    for (int ago = DAY_MINUTES; ago > 0; ago--) {
        for (size_t i = 0; i < FAMILY_MODELS; i++) {
            int calls = add_minute(&family[i], &streams[i], now, ago, &lines);

            if (lines.size + (size_t)(calls + 64) * LINE_MOST > TRAFFIC_BATCH
                && flush(&lines, sink, ctx, why))
                return -1;
        }
    }
    return flush(&lines, sink, ctx, why);
}
