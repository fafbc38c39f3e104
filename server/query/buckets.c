#include "query/buckets.h"

#include "base/fail.h"

static int64_t created(const struct series_item *item)
{
    return item->created;
}

static int64_t ended(const struct series_item *item)
{
    return item->ended;
}

static int64_t unstarted(const struct series_item *item)
{
    return item->unstarted;
}

static int64_t duration(const struct series_item *item)
{
    return item->timed > 0 ? item->duration_ms / item->timed : -1;
}

static const struct metric metrics[] = {
    {"job_created", "count", NULL, SERIES_CREATED, false, created},
    {"job_ended", "count", NULL, SERIES_ENDED, false, ended},
    /* the one way in which jobs end by failing */
    {"job_failed", "count", "Failed", SERIES_ENDED, false, ended},
    {"job_unstarted", "count", NULL, SERIES_UNSTARTED, false, unstarted},
    {"job_duration_avg", "milliseconds", NULL, SERIES_DURATION, true, duration},
};

const struct metric *buckets_metric_at(size_t at)
{
    return at < sizeof metrics / sizeof metrics[0] ? &metrics[at] : NULL;
}

const struct metric *buckets_metric(struct str name)
{
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        if (str_is_text(name, metrics[i].name))
            return &metrics[i];
    return NULL;
}

static ms aligned(ms when, ms step)
{
    return when - ((when % step) + step) % step;
}

static ms ceiling(ms span, ms step)
{
    return (span + step - 1) / step * step;
}

/* The least step of whole widths of this one, or of the next wider, that needs no more than `most`
 * buckets, and one at the rim where bounds lie within a bucket. */
static ms step_for(ms span, ms width, int64_t most)
{
    ms step = ceiling(span / (most < BUCKETS_MOST ? most : BUCKETS_MOST - 1), width);

    if (step <= width)
        return width;
    if (step < MS_HOUR)
        return step;
    return step > MS_HOUR ? ceiling(step, MS_DAY) : step;
}

static int read_step(struct params *params, ms span, ms width, ms *out, struct fail *why)
{
    struct str text;
    int64_t    most;

    if (params_int(params, "max_points", 1, BUCKETS_MOST, BUCKETS_DEFAULT, &most, why))
        return -1;
    if (!params_find(params, "step", &text)) {
        *out = step_for(span, width, most);
        return 0;
    }
    if (when_parse_span(text, out) || *out < width || *out % width != 0)
        return params_fault(params, PARAM_BAD, STR("step"), why, "'step' is a number of whole %s",
                            width == MS_HOUR ? "hours: 1h, 6h, 1d" : "minutes: 1m, 15m, 1h");
    return 0;
}

static int read_range(struct params *params, ms now, ms width, struct buckets *out,
                      struct fail *why)
{
    ms from, to;

    if (params_range(params, now, &from, &to, why))
        return -1;
    if (to == WHEN_UNKNOWN)
        to = now;
    if (from == WHEN_UNKNOWN)
        from = to - MS_DAY;
    if (from >= to)
        return params_fault(params, PARAM_BAD, STR("from"), why, "'from' is not before 'to'");
    if (read_step(params, to - from, width, &out->step, why))
        return -1;
    out->from = aligned(from, out->step);
    out->to   = aligned(to - 1, out->step) + out->step;
    if ((out->to - out->from) / out->step > BUCKETS_MOST)
        return params_fault(params, PARAM_TOO_WIDE, STR("step"), why,
                            "the range has more than %d buckets of this step", BUCKETS_MOST);
    out->count = (size_t)((out->to - out->from) / out->step);
    return 0;
}

int buckets_read(struct params *params, ms now, struct buckets *out, struct fail *why)
{
    if (read_range(params, now, MS_HOUR, out, why))
        return -1;
    out->grain = out->step % MS_DAY == 0 ? GRAIN_DAY : GRAIN_HOUR;
    return 0;
}

int buckets_read_fine(struct params *params, ms now, struct buckets *out, struct fail *why)
{
    return read_range(params, now, MS_MINUTE, out, why);
}

int buckets_group(struct params *params, unsigned *out, struct fail *why)
{
    static const struct {
        const char    *name;
        enum series_by by;
    } parts[] = {{"account", SERIES_BY_ACCOUNT},
                 {"kind", SERIES_BY_KIND},
                 {"status", SERIES_BY_STATUS},
                 {"region", SERIES_BY_REGION}};
    struct str rest, name;

    *out = 0;
    if (!params_find(params, "group_by", &rest))
        return 0;
    while (str_cut(&rest, ',', &name)) {
        unsigned bit = 0;

        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            if (str_is_text(name, parts[i].name))
                bit = parts[i].by;
        if (!bit)
            return params_fault(params, PARAM_BAD, STR("group_by"), why,
                                "'group_by' is of account, kind, status, region");
        *out |= bit;
    }
    return 0;
}

size_t buckets_index(const struct buckets *buckets, ms when)
{
    ms at = (when - buckets->from) / buckets->step;

    if (at < 0)
        return 0;
    return (size_t)at < buckets->count ? (size_t)at : buckets->count - 1;
}
