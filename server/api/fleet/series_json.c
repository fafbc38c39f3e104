#include "api/fleet/series_json.h"

#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"
#include "query/buckets.h"

#include <string.h>

/* `["2026-01-01T00:00:00.000Z",`: the same in every series, so it is written once. */
struct series_stamp {
    char   text[WHEN_ROOM + 8];
    size_t size;
};

void series_json_release(struct series_json *json)
{
    mem_free(json->stamps);
}

static int make_stamps(struct series_json *json, struct fail *why)
{
    OWN(buf) text = BUF_UP_TO(sizeof json->stamps->text);

    json->stamps = mem_array(json->buckets->count, sizeof *json->stamps);
    if (!json->stamps)
        return fail_set(why, FAIL_MEMORY, "no memory for series");
    for (size_t i = 0; i < json->buckets->count; i++) {
        struct compose       out   = compose_into(&text);
        struct series_stamp *stamp = &json->stamps[i];

        out.epoch_times = json->out->epoch_times;
        buf_clear(&text);
        compose_open(&out, NULL, '[');
        compose_time(&out, NULL, json->buckets->from + (ms)i * json->buckets->step);
        buf_char(&text, ',');
        if (buf_check(&text, why))
            return -1;
        stamp->size = text.size;
        memcpy(stamp->text, text.data, text.size);
    }
    return 0;
}

int series_json_begin(struct series_json *json, struct compose *out, const struct buckets *buckets,
                      const char *metric, const char *unit, struct fail *why)
{
    json->out     = out;
    json->buckets = buckets;
    if (make_stamps(json, why))
        return -1;
    compose_open(out, NULL, '{');
    compose_text(out, "metric", str_of(metric));
    compose_text(out, "unit", str_of(unit));
    compose_int(out, "step_ms", buckets->step);
    compose_time(out, "from", buckets->from);
    compose_time(out, "to", buckets->to);
    return 0;
}

/* The time of a point; false: nothing is known at that time, and it is written. */
static bool begin_point(const struct series_json *json, size_t at, bool is_known)
{
    struct buf *text = json->out->to;

    if (at)
        buf_char(text, ',');
    buf_add(text, json->stamps[at].text, json->stamps[at].size);
    if (!is_known)
        buf_str(text, STR("null"));
    return is_known;
}

void series_json_whole(const struct series_json *json, const int64_t *values)
{
    compose_open(json->out, "points", '[');
    for (size_t i = 0; i < json->buckets->count; i++) {
        if (begin_point(json, i, values[i] >= 0))
            buf_i64(json->out->to, values[i]);
        buf_char(json->out->to, ']');
    }
    compose_close(json->out, ']');
}

void series_json_real(const struct series_json *json, const double *values)
{
    compose_open(json->out, "points", '[');
    for (size_t i = 0; i < json->buckets->count; i++) {
        if (begin_point(json, i, values[i] >= 0))
            compose_number(json->out->to, values[i]);
        buf_char(json->out->to, ']');
    }
    compose_close(json->out, ']');
}
