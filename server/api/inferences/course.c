/* Figures of transactions over time: the metrics inference_* of /api/v1/series/{metric}, in the
 * shape of series_json.h, with "method":"histogram" and "relative_error":0.01 before "data". */
#include "api/inferences/course.h"

#include "api/ask.h"
#include "api/inferences/group_json.h"
#include "api/fleet/series_json.h"
#include "base/fail.h"
#include "base/mem.h"
#include "query/buckets.h"
#include "query/inferences/gather.h"
#include "store/inferences/totals_list.h"

enum { MOST_POINTS = 1000000 };

static double count(const struct gather *gather, const struct gather_group *group, double share)
{
    (void)gather;
    (void)share;
    return (double)group->count;
}

static double failed(const struct gather *gather, const struct gather_group *group, double share)
{
    (void)gather;
    (void)share;
    return (double)group->failed;
}

static double error_rate(const struct gather *gather, const struct gather_group *group,
                         double share)
{
    (void)gather;
    (void)share;
    return (double)group->failed / (double)group->count;
}

static double longest(const struct gather *gather, const struct gather_group *group, double share)
{
    (void)gather;
    (void)share;
    return (double)group->max_elapse_ms;
}

static const struct figure {
    const char *name, *unit;
    bool        is_gauge; /* an empty bucket is unknown, not 0 */
    double      share;
    /* Of a group in which something happened. */
    double (*value)(const struct gather *gather, const struct gather_group *group, double share);
} figures[] = {
    {"inference_count", "count", false, 0, count},
    {"inference_failed", "count", false, 0, failed},
    {"inference_error_rate", "ratio", true, 0, error_rate},
    {"inference_elapse_p50", "milliseconds", true, 0.50, gather_quantile},
    {"inference_elapse_p90", "milliseconds", true, 0.90, gather_quantile},
    {"inference_elapse_p95", "milliseconds", true, 0.95, gather_quantile},
    {"inference_elapse_p99", "milliseconds", true, 0.99, gather_quantile},
    {"inference_elapse_max", "milliseconds", true, 0, longest},
};

static const struct figure *figure_of(struct str name)
{
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        if (str_is_text(name, figures[i].name))
            return &figures[i];
    return NULL;
}

bool course_is_metric(struct str name)
{
    return figure_of(name) != NULL;
}

struct drawing {
    struct ask          *ask;
    const struct figure *figure;
    struct buckets       buckets;
    struct series_json   json;
    struct gather        gather;
    double              *lines[GATHER_MOST_GROUPS]; /* a value for each bucket; below 0: unknown */
};

static int new_line(struct drawing *drawing, size_t at, struct fail *why)
{
    size_t count = drawing->buckets.count;

    if ((at + 1) * count > MOST_POINTS)
        return params_fault(&drawing->ask->params, PARAM_TOO_WIDE, STR("group_by"), why,
                            "more than %d points; filter, group by less, or take wider steps",
                            MOST_POINTS);
    drawing->lines[at] = mem_array(count, sizeof(double));
    if (!drawing->lines[at])
        return fail_set(why, FAIL_MEMORY, "no memory for series");
    for (size_t i = 0; i < count; i++)
        drawing->lines[at][i] = drawing->figure->is_gauge ? -1 : 0;
    return 0;
}

static int draw_bucket(void *ctx, const struct gather *gather, size_t bucket, struct fail *why)
{
    struct drawing *drawing = ctx;

    for (size_t i = 0; i < gather->count; i++) {
        const struct gather_group *group = gather->groups[i];

        if (!drawing->lines[i] && new_line(drawing, i, why))
            return -1;
        if (group->count)
            drawing->lines[i][bucket] =
                drawing->figure->value(gather, group, drawing->figure->share);
    }
    return 0;
}

static void write_lines(struct drawing *drawing)
{
    const struct gather *gather = &drawing->gather;
    struct compose      *out    = &drawing->ask->json;

    for (size_t i = 0; i < gather->count; i++) {
        compose_open(out, NULL, '{');
        group_json(out, "labels", gather->by, gather->groups[i], &drawing->ask->asker);
        series_json_real(&drawing->json, drawing->lines[i]);
        compose_close(out, '}');
    }
}

/* One line is there even when nothing happened. */
static int write_nothing(struct drawing *drawing, struct fail *why)
{
    struct compose *out = &drawing->ask->json;

    if (new_line(drawing, 0, why))
        return -1;
    compose_open(out, NULL, '{');
    compose_open(out, "labels", '{');
    compose_close(out, '}');
    series_json_real(&drawing->json, drawing->lines[0]);
    compose_close(out, '}');
    return 0;
}

static int write_answer(struct drawing *drawing, struct fail *why)
{
    struct compose *out = &drawing->ask->json;

    if (series_json_begin(&drawing->json, out, &drawing->buckets, drawing->figure->name,
                          drawing->figure->unit, why))
        return -1;
    compose_text(out, "method",
                 drawing->figure->value == gather_quantile ? STR("histogram") : STR("exact"));
    compose_real(out, "relative_error",
                 drawing->figure->value == gather_quantile ? HISTOGRAM_ERROR : 0);
    compose_open(out, "data", '[');
    if (drawing->gather.count)
        write_lines(drawing);
    else if (drawing->gather.by == QUESTION_BY_NOTHING && write_nothing(drawing, why))
        return -1;
    compose_close(out, ']');
    compose_close(out, '}');
    return 0;
}

/* Sums of minutes are removed long before those of hours: an older range has none to show. */
static int check_minutes(struct drawing *drawing, struct fail *why)
{
    struct ask *ask    = drawing->ask;
    ms          minute = 0, hour = 0;
    int         got;
    char        text[WHEN_ROOM];

    if (drawing->buckets.step % MS_HOUR == 0)
        return 0;
    got = totals_oldest(ask->asker.db, TOTALS_HOUR, &hour, why);
    if (got == 1)
        got = totals_oldest(ask->asker.db, TOTALS_MINUTE, &minute, why);
    if (got < 0)
        return -1;
    if (!got || drawing->buckets.from >= minute || hour > minute - MS_HOUR)
        return 0;
    when_render(minute, text);
    return params_fault(&ask->params, PARAM_TOO_WIDE, STR("step"), why,
                        "sums of minutes are kept from %s on; ask for steps of whole hours", text);
}

static int draw(struct drawing *drawing, const struct question *question, struct fail *why)
{
    const struct gather_course course = {&drawing->buckets, draw_bucket, drawing};
    struct ask                *ask    = drawing->ask;

    if (check_minutes(drawing, why))
        return -1;
    if (gather_over_time(&ask->asker, question, &course, &drawing->gather, why)) {
        struct fail said = *why;

        return said.kind == FAIL_LIMIT && drawing->gather.count == GATHER_MOST_GROUPS
                   ? params_fault(&ask->params, PARAM_TOO_WIDE, STR("group_by"), why, "%s",
                                  said.text)
                   : -1;
    }
    return write_answer(drawing, why);
}

int course_show(struct ask *ask, struct fail *why)
{
    static const char *const known[]  = {QUESTION_PARAMS, "step",        "group_by",
                                         "max_points",    "time_format", NULL};
    struct question          question = {.is_summary = true};
    struct drawing          *drawing;
    int                      result;

    if (ask_check(ask, known, why) || question_read(&ask->params, ask->asker.now, &question, why))
        return -1;
    drawing = mem_new(sizeof *drawing);
    if (!drawing)
        return fail_set(why, FAIL_MEMORY, "no memory for series");
    drawing->ask    = ask;
    drawing->figure = figure_of(ask->caller->ids[0]);
    drawing->gather = GATHER_EMPTY;
    result          = buckets_read_fine(&ask->params, ask->asker.now, &drawing->buckets, why)
                     || draw(drawing, &question, why)
                          ? -1
                          : 0;
    for (size_t i = 0; i < GATHER_MOST_GROUPS; i++)
        mem_free(drawing->lines[i]);
    gather_release(&drawing->gather);
    series_json_release(&drawing->json);
    mem_free(drawing);
    return result;
}
