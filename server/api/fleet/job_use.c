/* How a job or an endpoint used its hardware: its figures, with their course when asked for; and
 * one metric of that course as series (series_json.h), a line for each {"host":"algo-1"}, which is
 * what Grafana draws. */
#include "api/ask.h"
#include "api/fleet/job_json.h"
#include "api/fleet/series_json.h"
#include "api/handlers.h"
#include "base/fail.h"
#include "format/kind.h"
#include "format/use_course.h"
#include "query/buckets.h"
#include "store/hardware.h"
#include "store/job_list.h"

#include <stdio.h>

struct look {
    struct ask *ask;
    bool        has_course;
};

static int compose_use(const struct look *look, const struct job_row *row, struct fail *why)
{
    const struct job_json how = {.db = look->ask->asker.db, .has_course = look->has_course};

    return job_json_utilization(&look->ask->json, NULL, row, &how, why);
}

static int show_use(void *ctx, const struct job_row *row, struct fail *why)
{
    return kind_is_job((enum kind)row->kind) ? compose_use(ctx, row, why) : ask_absent(why);
}

static void compose_state(struct compose *out, enum utilization_state state, const char *reason)
{
    const char *name = utilization_state_name(state);

    compose_open(out, NULL, '{');
    compose_text(out, "state", name ? str_of(name) : STR_NONE);
    compose_text(out, "reason", str_of(reason));
    compose_close(out, '}');
}

/* Nobody measures a resource unasked, so this says how to ask. */
static int show_endpoint(void *ctx, const struct job_row *row, struct fail *why)
{
    struct look    *look = ctx;
    struct compose *out  = &look->ask->json;

    if (kind_is_job((enum kind)row->kind))
        return ask_absent(why);
    if (row->kind != KIND_ENDPOINT)
        compose_state(out, UTILIZATION_NONE, "only endpoints are measured");
    else if (row->utilization == UTILIZATION_NONE_YET)
        compose_state(out, UTILIZATION_NONE_YET,
                      "not measured yet: POST to this address, with the role write, asks CloudWatch"
                      " about the last hour");
    else
        return compose_use(look, row, why);
    return 0;
}

static int ask_job(struct ask *ask, job_visit *visit, void *ctx, struct fail *why)
{
    int64_t account, id;
    int     got;

    if (ask_id(ask, &account, &id, why))
        return -1;
    got = job_list_one(ask->asker.db, ask->asker.words, account, id, visit, ctx, why);
    return got ? (got < 0 ? -1 : 0) : ask_absent(why);
}

static int show(struct ask *ask, job_visit *visit, struct fail *why)
{
    static const char *const known[] = {"course", "fields", "time_format", NULL};
    struct look              look    = {.ask = ask};

    if (ask_check(ask, known, why)
        || params_bool(&ask->params, "course", false, &look.has_course, why))
        return -1;
    return ask_job(ask, visit, &look, why);
}

int jobs_utilization(struct ask *ask, struct fail *why)
{
    return show(ask, show_use, why);
}

int resources_utilization(struct ask *ask, struct fail *why)
{
    return show(ask, show_endpoint, why);
}

/* ---- as series ---- */

struct drawing {
    struct ask        *ask;
    int                metric; /* enum utilization_metric; METRIC_COUNT: whichever tells most */
    struct series_json json;
};

static void write_line(const struct drawing *drawing, const char *host, const struct use_line *line)
{
    struct compose *out = drawing->json.out;
    double          values[USE_MOST_POINTS];

    if (!line->is_known)
        return;
    for (size_t at = 0; at < USE_MOST_POINTS; at++)
        values[at] = use_percent(line->tenths[at]);
    compose_open(out, NULL, '{');
    compose_open(out, "labels", '{');
    compose_text(out, "host", str_of(host));
    compose_close(out, '}');
    series_json_real(&drawing->json, values);
    compose_close(out, '}');
}

/* A line for each host; where some are left out also the mean of all, or nobody would know. */
static void write_hosts(const struct drawing *drawing, const struct use_course *course)
{
    char all[HOST_ROOM];

    if (course->left_out) {
        (void)snprintf(all, sizeof all, "(mean of all %lld hosts)",
                       (long long)course->left_out + (long long)course->host_count);
        write_line(drawing, all, &course->job[drawing->metric][USE_AVG]);
    }
    for (size_t i = 0; i < course->host_count; i++)
        write_line(drawing, course->hosts[i].host, &course->hosts[i].average[drawing->metric]);
}

static int draw_course(struct drawing *drawing, const struct use_course *course, struct fail *why)
{
    struct compose *out     = &drawing->ask->json;
    struct buckets  buckets = {.from = WHEN_UNKNOWN, .to = WHEN_UNKNOWN};

    if (course)
        buckets = (struct buckets){.step  = course->step,
                                   .from  = course->from,
                                   .to    = course->from + (ms)course->points * course->step,
                                   .count = course->points};
    if (drawing->metric == METRIC_COUNT)
        drawing->metric =
            course && course->job[METRIC_GPU][USE_AVG].is_known ? METRIC_GPU : METRIC_CPU;
    if (series_json_begin(&drawing->json, out, &buckets,
                          utilization_metric_name((enum utilization_metric)drawing->metric),
                          "percent", why))
        return -1;
    compose_open(out, "data", '[');
    if (course)
        write_hosts(drawing, course);
    compose_close(out, ']');
    compose_close(out, '}');
    return 0;
}

static int draw(void *ctx, const struct job_row *row, struct fail *why)
{
    struct drawing *drawing    = ctx;
    OWN_PTR(use_course) course = NULL;
    int result;

    if (!kind_is_job((enum kind)row->kind))
        return ask_absent(why);
    if (hardware_read_course(drawing->ask->asker.db, row->account, row->id, &course, why) < 0)
        return -1;
    result = draw_course(drawing, course, why);
    series_json_release(&drawing->json);
    return result;
}

static int read_metric(struct params *params, int *out, struct fail *why)
{
    struct str name;

    *out = METRIC_COUNT;
    if (!params_find(params, "metric", &name))
        return 0;
    for (int i = 0; i < METRIC_COUNT; i++)
        if (str_is_text(name, utilization_metric_name((enum utilization_metric)i))) {
            *out = i;
            return 0;
        }
    return params_fault(params, PARAM_BAD, STR("metric"), why,
                        "'metric' is one of cpu, memory, gpu, gpu_memory, disk");
}

int jobs_use_series(struct ask *ask, struct fail *why)
{
    /* There is no route to this: what the relay of api/grafana adds to the metric. */
    static const char *const relayed[] = {"metric", "step", "time_format", NULL};
    struct drawing           drawing   = {.ask = ask};

    if (ask_check(ask, relayed, why) || read_metric(&ask->params, &drawing.metric, why))
        return -1;
    return ask_job(ask, draw, &drawing, why);
}
