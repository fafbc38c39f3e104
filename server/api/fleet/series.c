/* Counts over time: /api/v1/series/{metric}, in the shape of series_json.h. */
#include "api/fleet/arrivals.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/inferences/course.h"
#include "api/fleet/series_json.h"
#include "api/shape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "query/buckets.h"
#include "store/words.h"

struct drawing {
    struct ask          *ask;
    const struct metric *metric;
    struct buckets       buckets;
    unsigned             by; /* what the asker wants kept apart */
    struct series_json   json;
    struct series_item  *sums;   /* one a bucket */
    int64_t             *values; /* summed up; -1: nothing there */
    struct series_item   labels; /* of the series that is being gathered */
    bool                 is_gathering;
    int                  series;
};

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
    struct compose *out = &drawing->ask->json;

    for (size_t i = 0; drawing->metric->is_gauge && i < drawing->buckets.count; i++)
        drawing->values[i] = drawing->metric->value(&drawing->sums[i]);
    compose_open(out, NULL, '{');
    write_labels(drawing);
    series_json_whole(&drawing->json, drawing->values);
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

    if (series_json_begin(&drawing->json, &ask->json, &drawing->buckets, drawing->metric->name,
                          drawing->metric->unit, why))
        return -1;
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
        || filter_statuses(params, &drawing->ask->asker, &out->statuses, why))
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
    drawing.sums   = mem_array(drawing.buckets.count, sizeof *drawing.sums);
    drawing.values = mem_array(drawing.buckets.count, sizeof *drawing.values);
    result         = drawing.sums && drawing.values ? draw(&drawing, &filter, why)
                                                    : fail_set(why, FAIL_MEMORY, "no memory for series");
    series_json_release(&drawing.json);
    mem_free(drawing.sums);
    mem_free(drawing.values);
    return result;
}
