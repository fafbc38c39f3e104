/* Counts over time: {"metric":..,"unit":..,"step_ms":..,"from":..,"to":..,
 *  "data":[{"labels":{"kind":"training"},"points":[["2026-01-01T00:00:00.000Z",12],...]}]} */
#include "api/arrivals.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/inferences/course.h"
#include "api/shape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "query/buckets.h"
#include "store/words.h"

#include <string.h>

/* `["2026-01-01T00:00:00.000Z",`: the same in every series, so it is written once. */
struct stamp {
    char   text[WHEN_ROOM + 8];
    size_t size;
};

struct drawing {
    struct ask          *ask;
    const struct metric *metric;
    struct buckets       buckets;
    unsigned             by;     /* what the asker wants kept apart */
    struct stamp        *stamps; /* one a bucket */
    struct series_item  *sums;   /* one a bucket */
    int64_t             *values; /* summed up; -1: nothing there */
    struct series_item   labels; /* of the series that is being gathered */
    bool                 is_gathering;
    int                  series;
};

static int make_stamps(struct drawing *drawing, struct fail *why)
{
    OWN(buf) text = BUF_UP_TO(sizeof drawing->stamps->text);

    for (size_t i = 0; i < drawing->buckets.count; i++) {
        struct compose json  = compose_into(&text);
        struct stamp  *stamp = &drawing->stamps[i];

        json.epoch_times = drawing->ask->json.epoch_times;
        buf_clear(&text);
        compose_open(&json, NULL, '[');
        compose_time(&json, NULL, drawing->buckets.from + (ms)i * drawing->buckets.step);
        buf_char(&text, ',');
        if (buf_check(&text, why))
            return -1;
        stamp->size = text.size;
        memcpy(stamp->text, text.data, text.size);
    }
    return 0;
}

static void write_labels(struct drawing *drawing)
{
    struct compose *out = &drawing->ask->json;
    char            account[SHAPE_ID_ROOM];

    compose_open(out, "labels", '{');
    if (drawing->by & SERIES_BY_ACCOUNT) {
        shape_account(drawing->labels.account, account);
        compose_text(out, "account", str_of(account));
    }
    if (drawing->by & SERIES_BY_KIND) {
        const struct kind_facts *facts = kind_facts((enum kind)drawing->labels.kind);

        compose_text(out, "kind", facts ? str_of(facts->name) : STR_NONE);
    }
    if (drawing->by & SERIES_BY_STATUS)
        compose_text(out, "status", drawing->labels.status);
    if (drawing->by & SERIES_BY_REGION)
        compose_text(out, "region", drawing->labels.region);
    compose_close(out, '}');
}

static void write_series(struct drawing *drawing)
{
    struct compose *out  = &drawing->ask->json;
    struct buf     *text = out->to;

    compose_open(out, NULL, '{');
    write_labels(drawing);
    compose_open(out, "points", '[');
    for (size_t i = 0; i < drawing->buckets.count; i++) {
        int64_t value = drawing->metric->is_gauge ? drawing->metric->value(&drawing->sums[i])
                                                  : drawing->values[i];

        if (i)
            buf_char(text, ',');
        buf_add(text, drawing->stamps[i].text, drawing->stamps[i].size);
        if (value < 0)
            buf_str(text, STR("null"));
        else
            buf_i64(text, value);
        buf_char(text, ']');
    }
    compose_close(out, ']');
    compose_close(out, '}');
}

static bool is_same_series(const struct drawing *drawing, const struct series_item *item)
{
    const struct series_item *labels = &drawing->labels;

    return (!(drawing->by & SERIES_BY_ACCOUNT) || labels->account == item->account)
           && (!(drawing->by & SERIES_BY_KIND) || labels->kind == item->kind)
           && (!(drawing->by & SERIES_BY_STATUS) || str_is(labels->status, item->status))
           && (!(drawing->by & SERIES_BY_REGION) || str_is(labels->region, item->region));
}

static void begin_series(struct drawing *drawing, const struct series_item *item)
{
    drawing->labels       = *item;
    drawing->is_gathering = true;
    for (size_t i = 0; i < drawing->buckets.count; i++) {
        drawing->values[i] = 0;
        drawing->sums[i]   = (struct series_item){.bucket = 0};
    }
}

/* Rows come series by series, in the order of the labels; several fall into one bucket when the
 * step is wider than the rollup. */
static int gather(void *ctx, const struct series_item *item, struct fail *why)
{
    struct drawing *drawing = ctx;
    size_t          at      = buckets_index(&drawing->buckets, item->bucket);

    if (!drawing->is_gathering || !is_same_series(drawing, item)) {
        if (drawing->is_gathering)
            write_series(drawing);
        if (++drawing->series > BUCKETS_MOST_SERIES)
            return params_fault(&drawing->ask->params, PARAM_TOO_WIDE, STR("group_by"), why,
                                "more than %d series; filter, or keep less apart",
                                BUCKETS_MOST_SERIES);
        begin_series(drawing, item);
    }
    drawing->values[at] += drawing->metric->value(item) > 0 ? drawing->metric->value(item) : 0;
    drawing->sums[at].duration_ms += item->duration_ms;
    drawing->sums[at].timed += item->timed;
    return 0;
}

static int draw(struct drawing *drawing, struct series_filter *filter, struct fail *why)
{
    struct ask              *ask   = drawing->ask;
    const struct series_item empty = {.status = STR("")};

    if (make_stamps(drawing, why))
        return -1;
    compose_open(&ask->json, NULL, '{');
    compose_text(&ask->json, "metric", str_of(drawing->metric->name));
    compose_text(&ask->json, "unit", str_of(drawing->metric->unit));
    compose_int(&ask->json, "step_ms", drawing->buckets.step);
    compose_time(&ask->json, "from", drawing->buckets.from);
    compose_time(&ask->json, "to", drawing->buckets.to);
    compose_open(&ask->json, "data", '[');
    if (series_list(ask->asker.db, ask->asker.words, filter, gather, drawing, why))
        return -1;
    if (!drawing->is_gathering && !drawing->by) /* one series is there even when nothing happened */
        begin_series(drawing, &empty);
    if (drawing->is_gathering)
        write_series(drawing);
    compose_close(&ask->json, ']');
    compose_close(&ask->json, '}');
    return 0;
}

/* A metric about one status narrows what the asker chose. */
static int narrow(struct drawing *drawing, struct choice *statuses, struct fail *why)
{
    const struct asker *asker = &drawing->ask->asker;
    int64_t             word  = -1;
    bool                is_in = false;

    if (!drawing->metric->status)
        return 0;
    if (words_find(asker->words, asker->db, str_of(drawing->metric->status), &word, why) < 0)
        return -1;
    for (size_t i = 0; i < statuses->count; i++)
        is_in |= statuses->values[i] == word;
    if (statuses->is_given && is_in == statuses->is_not)
        word = -1; /* matches nothing */
    *statuses = (struct choice){.is_given = true, .count = 1, .values = {word}};
    return 0;
}

static int read_filter(struct drawing *drawing, struct series_filter *out, struct fail *why)
{
    struct params *params = &drawing->ask->params;

    *out = (struct series_filter){.scope         = *drawing->ask->asker.scope,
                                  .grain         = drawing->buckets.grain,
                                  .from          = drawing->buckets.from,
                                  .to            = drawing->buckets.to,
                                  .by            = drawing->by,
                                  .sums          = drawing->metric->sums,
                                  .step          = drawing->buckets.step,
                                  .is_one_bucket = drawing->buckets.count == 1};
    if (filter_accounts(params, &out->accounts, why) || filter_kinds(params, &out->kinds, why)
        || filter_words(params, &drawing->ask->asker, "region", &out->regions, why)
        || filter_words(params, &drawing->ask->asker, "status", &out->statuses, why))
        return -1;
    return narrow(drawing, &out->statuses, why);
}

int series_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"account",  "region",     "kind",        "status",
                                        "from",     "to",         "since",       "step",
                                        "group_by", "max_points", "time_format", NULL};
    struct drawing           drawing = {.ask = ask, .metric = buckets_metric(ask->caller->ids[0])};
    struct series_filter     filter;
    int                      result;

    if (course_is_metric(ask->caller->ids[0]))
        return course_show(ask, why);
    if (arrivals_is_metric(ask->caller->ids[0]))
        return arrivals_show(ask, why);
    if (!drawing.metric)
        return fail_set(why, FAIL_ABSENT, "there is no series of this name");
    if (ask_check(ask, known, why)
        || buckets_read(&ask->params, ask->asker.now, &drawing.buckets, why)
        || buckets_group(&ask->params, &drawing.by, why) || read_filter(&drawing, &filter, why))
        return -1;
    drawing.stamps = mem_array(drawing.buckets.count, sizeof *drawing.stamps);
    drawing.sums   = mem_array(drawing.buckets.count, sizeof *drawing.sums);
    drawing.values = mem_array(drawing.buckets.count, sizeof *drawing.values);
    result         = drawing.stamps && drawing.sums && drawing.values
                         ? draw(&drawing, &filter, why)
                         : fail_set(why, FAIL_MEMORY, "no memory for series");
    mem_free(drawing.stamps);
    mem_free(drawing.sums);
    mem_free(drawing.values);
    return result;
}
