/* How events come in: the metrics event_* of /api/v1/series/{metric}, in the shape of
 * series_json.h, labelled {"account":"111122223333","region":"eu-west-1"}. */
#include "api/fleet/arrivals.h"

#include "api/ask.h"
#include "api/fleet/series_json.h"
#include "api/shape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "query/buckets.h"
#include "store/arrivals.h"

static int64_t received(const struct arrivals_item *item)
{
    return item->count;
}

static int64_t repeated(const struct arrivals_item *item)
{
    return item->repeated;
}

static int64_t average_lag(const struct arrivals_item *item)
{
    return item->count && item->lag_ms > 0 ? item->lag_ms / item->count : 0;
}

static int64_t longest_lag(const struct arrivals_item *item)
{
    return item->longest_lag_ms;
}

static const struct figure {
    const char *name, *unit;
    unsigned    sums;     /* what it is made of: bits of enum arrivals_sum */
    bool        is_gauge; /* an empty bucket is unknown, not 0 */
    int64_t (*value)(const struct arrivals_item *item);
} figures[] = {
    {"event_received", "count", ARRIVALS_EVENTS, false, received},
    {"event_repeated", "count", ARRIVALS_REPEATS, false, repeated},
    {"event_lag_avg", "milliseconds", ARRIVALS_EVENTS | ARRIVALS_LAG, true, average_lag},
    {"event_lag_max", "milliseconds", ARRIVALS_LONGEST, true, longest_lag},
};

static const struct figure *figure_of(struct str name)
{
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        if (str_is_text(name, figures[i].name))
            return &figures[i];
    return NULL;
}

bool arrivals_is_metric(struct str name)
{
    return figure_of(name) != NULL;
}

struct drawing {
    struct ask            *ask;
    const struct figure   *figure;
    struct buckets         buckets;
    struct arrivals_filter filter;
    struct series_json     json;
    struct arrivals_item   labels; /* of the series that is being gathered */
    int64_t               *values; /* one a bucket; -1: unknown */
    int                    series;
};

static void write_labels(struct compose *out, const struct drawing *drawing)
{
    char account[SHAPE_ID_ROOM];

    compose_open(out, "labels", '{');
    if (drawing->filter.by_account) {
        shape_account(drawing->labels.account, account);
        compose_text(out, "account", str_of(account));
    }
    if (drawing->filter.by_region)
        compose_text(out, "region", drawing->labels.region);
    compose_close(out, '}');
}

static void write_series(struct drawing *drawing)
{
    struct compose *out = &drawing->ask->json;

    compose_open(out, NULL, '{');
    write_labels(out, drawing);
    series_json_whole(&drawing->json, drawing->values);
    compose_close(out, '}');
}

static int begin_series(struct drawing *drawing, const struct arrivals_item *item, struct fail *why)
{
    if (++drawing->series > BUCKETS_MOST_SERIES)
        return params_fault(&drawing->ask->params, PARAM_TOO_WIDE, STR("group_by"), why,
                            "more than %d series; filter, or keep less apart", BUCKETS_MOST_SERIES);
    drawing->labels = *item;
    for (size_t i = 0; i < drawing->buckets.count; i++)
        drawing->values[i] = drawing->figure->is_gauge ? -1 : 0;
    return 0;
}

/* They come series by series. */
static int gather(void *ctx, const struct arrivals_item *item, struct fail *why)
{
    struct drawing *drawing = ctx;
    bool            is_same = drawing->series && drawing->labels.account == item->account
                   && str_is(drawing->labels.region, item->region);

    if (!is_same) {
        if (drawing->series)
            write_series(drawing);
        if (begin_series(drawing, item, why))
            return -1;
    }
    drawing->values[buckets_index(&drawing->buckets, item->bucket)] = drawing->figure->value(item);
    return 0;
}

static int read_filter(struct drawing *drawing, struct fail *why)
{
    struct ask             *ask    = drawing->ask;
    struct arrivals_filter *filter = &drawing->filter;
    unsigned                by;

    if (buckets_read_fine(&ask->params, ask->asker.now, &drawing->buckets, why)
        || buckets_group(&ask->params, &by, why)
        || filter_accounts(&ask->params, &filter->accounts, why)
        || filter_words(&ask->params, &ask->asker, "region", &filter->regions, why))
        return -1;
    if (by & ~(unsigned)(SERIES_BY_ACCOUNT | SERIES_BY_REGION))
        return params_fault(&ask->params, PARAM_BAD, STR("group_by"), why,
                            "'group_by' is of account, region");
    filter->scope      = *ask->asker.scope;
    filter->sums       = drawing->figure->sums;
    filter->by_account = by & SERIES_BY_ACCOUNT;
    filter->by_region  = by & SERIES_BY_REGION;
    filter->from       = drawing->buckets.from;
    filter->to         = drawing->buckets.to;
    filter->step       = drawing->buckets.step;
    return 0;
}

static int draw(struct drawing *drawing, struct fail *why)
{
    const struct arrivals_item nothing = {.region = STR("")};
    struct ask                *ask     = drawing->ask;
    struct compose            *out     = &ask->json;

    if (series_json_begin(&drawing->json, out, &drawing->buckets, drawing->figure->name,
                          drawing->figure->unit, why))
        return -1;
    compose_open(out, "data", '[');
    if (arrivals_list(ask->asker.db, ask->asker.words, &drawing->filter, gather, drawing, why))
        return -1;
    if (!drawing->series && !drawing->filter.by_account && !drawing->filter.by_region
        && begin_series(drawing, &nothing, why)) /* one is there even when nothing came */
        return -1;
    if (drawing->series)
        write_series(drawing);
    compose_close(out, ']');
    compose_close(out, '}');
    return 0;
}

int arrivals_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"account", "region",   "from",       "to",          "since",
                                        "step",    "group_by", "max_points", "time_format", NULL};
    struct drawing           drawing = {.ask = ask, .figure = figure_of(ask->caller->ids[0])};
    int                      result;

    if (ask_check(ask, known, why) || read_filter(&drawing, why))
        return -1;
    drawing.values = mem_array(drawing.buckets.count, sizeof *drawing.values);
    result =
        drawing.values ? draw(&drawing, why) : fail_set(why, FAIL_MEMORY, "no memory for series");
    mem_free(drawing.values);
    series_json_release(&drawing.json);
    return result;
}
