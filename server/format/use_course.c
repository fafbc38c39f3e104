#include "format/use_course.h"

#include <math.h>

#include "base/fail.h"
#include "base/mem.h"
#include "format/compose.h"
#include "wire/doc.h"

/* Far beyond any machine's cores; a bound for what others send. */
static const double  MOST_PERCENT = 1e6;
static const int64_t MOST_STEP_S  = 366 * 24 * 3600;

enum { TENTHS = 10 };

static const char *const STATS[USE_STATS] = {
    [USE_AVG] = "avg", [USE_LOW] = "low", [USE_HIGH] = "high", [USE_MAX] = "max"};

const char *use_stat_name(enum use_stat stat)
{
    return STATS[stat];
}

static void clear(struct use_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < USE_MOST_POINTS; at++)
            lines[i].tenths[at] = USE_NO_POINT;
}

struct use_course *use_course_new(size_t hosts)
{
    OWN_PTR(use_course) made = mem_new(sizeof *made);

    if (!made)
        return NULL;
    made->hosts = mem_array(hosts, sizeof *made->hosts);
    if (!made->hosts)
        return NULL;
    made->host_count = hosts;
    clear(&made->job[0][0], sizeof made->job / sizeof made->job[0][0]);
    for (size_t i = 0; i < hosts; i++)
        clear(made->hosts[i].average, METRIC_COUNT);
    return TAKE(made);
}

void use_course_free(struct use_course *course)
{
    if (!course)
        return;
    mem_free(course->hosts);
    mem_free(course);
}

/* ---- values ---- */

int32_t use_tenths(double percent)
{
    if (isnan(percent))
        return USE_NO_POINT;
    percent = fmin(fmax(percent, 0), MOST_PERCENT);
    return (int32_t)(percent < TENTHS ? lround(percent * TENTHS) : TENTHS * lround(percent));
}

double use_percent(int32_t tenths)
{
    return tenths < 0 ? NAN : (double)tenths / TENTHS;
}

/* ---- writing ---- */

static void compose_line(struct compose *out, const char *name, const struct use_line *line,
                         size_t points)
{
    compose_open(out, name, '[');
    for (size_t i = 0; i < points; i++)
        compose_real(out, NULL, use_percent(line->tenths[i]));
    compose_close(out, ']');
}

/* The lines of each metric: `stats` of them. */
static void compose_metrics(struct compose *out, const struct use_line *lines, size_t stats,
                            size_t points)
{
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        const char            *name  = utilization_metric_name((enum utilization_metric)m);
        const struct use_line *first = &lines[m * stats];

        if (!first->is_known) {
            compose_null(out, name);
            continue;
        }
        compose_open(out, name, '{');
        for (size_t s = 0; s < stats; s++)
            compose_line(out, STATS[s], &first[s], points);
        compose_close(out, '}');
    }
}

void use_course_compose(struct compose *out, const char *name, const struct use_course *course)
{
    compose_open(out, name, '{');
    compose_time(out, "from", course->from);
    compose_int(out, "step_s", course->step / MS_SECOND);
    compose_int(out, "points", (int64_t)course->points);
    compose_bool(out, "is_normalized", course->is_normalized);
    compose_int(out, "hosts_left_out", course->left_out);
    compose_open(out, "job", '{');
    compose_metrics(out, &course->job[0][0], USE_STATS, course->points);
    compose_close(out, '}');
    compose_open(out, "hosts", '[');
    for (size_t i = 0; i < course->host_count && i < USE_MOST_HOSTS; i++) {
        compose_open(out, NULL, '{');
        compose_text(out, "host", str_of(course->hosts[i].host));
        compose_metrics(out, course->hosts[i].average, 1, course->points);
        compose_close(out, '}');
    }
    compose_close(out, ']');
    compose_close(out, '}');
}

/* ---- reading ---- */

static int parse_line(const struct doc *doc, const char *name, size_t points, struct use_line *out,
                      struct fail *why)
{
    const struct doc *list = doc_member(doc, name);
    double            value;

    if (!doc_is_array(list) || doc_count(list) != points)
        return fail_set(why, FAIL_INPUT, "%s is not a list of %zu points", name, points);
    for (size_t i = 0; i < points; i++) {
        const struct doc *item = doc_item(list, i);

        if (doc_is_null(item))
            continue;
        if (doc_as_real(item, &value) || !(value >= 0 && value <= MOST_PERCENT))
            return fail_set(why, FAIL_INPUT, "%s[%zu] is no percentage", name, i);
        out->tenths[i] = use_tenths(value);
        out->is_known  = true;
    }
    return 0;
}

static int parse_metrics(const struct doc *doc, struct use_line *lines, size_t stats, size_t points,
                         struct fail *why)
{
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        const char       *name   = utilization_metric_name((enum utilization_metric)m);
        const struct doc *member = doc_member(doc, name);

        if (!member)
            continue;
        if (!doc_is_object(member))
            return fail_set(why, FAIL_INPUT, "%s is not an object", name);
        for (size_t s = 0; s < stats; s++)
            if (parse_line(member, STATS[s], points, &lines[m * stats + s], why))
                return fail_in(why, "%s", name);
    }
    return 0;
}

static int parse_hosts(const struct doc *hosts, struct use_course *out, struct fail *why)
{
    for (size_t i = 0; i < out->host_count; i++) {
        const struct doc *item = doc_item(hosts, i);
        struct use_host  *host = &out->hosts[i];
        struct str        name;

        if (!doc_is_object(item))
            return fail_set(why, FAIL_INPUT, "hosts[%zu] is not an object", i);
        if (doc_text(item, "host", &name, why)
            || parse_metrics(item, host->average, 1, out->points, why))
            return fail_in(why, "hosts[%zu]", i);
        if (!name.size || str_to_c(name, host->host, sizeof host->host))
            return fail_set(why, FAIL_INPUT, "hosts[%zu].host is empty or too long", i);
    }
    return 0;
}

/* What stands at the front: when, how wide, how many. */
static int parse_front(const struct doc *doc, struct use_course *out, struct fail *why)
{
    int64_t step, points;

    if (doc_time_or(doc, "from", WHEN_UNKNOWN, &out->from, why)
        || doc_int(doc, "step_s", &step, why) || doc_int(doc, "points", &points, why)
        || doc_bool_or(doc, "is_normalized", false, &out->is_normalized, why)
        || doc_int_or(doc, "hosts_left_out", 0, &out->left_out, why))
        return -1;
    if (out->from == WHEN_UNKNOWN || step < 1 || step > MOST_STEP_S || points < 1
        || points > USE_MOST_POINTS || out->left_out < 0)
        return fail_set(why, FAIL_INPUT,
                        "from, step_s, points (1 to %d) or hosts_left_out cannot be",
                        USE_MOST_POINTS);
    out->step   = step * MS_SECOND;
    out->points = (size_t)points;
    return 0;
}

int use_course_parse(const struct doc *doc, struct use_course **out, struct fail *why)
{
    const struct doc *hosts  = doc_member(doc, "hosts");
    OWN_PTR(use_course) read = NULL;

    if (!doc_is_object(doc))
        return fail_set(why, FAIL_INPUT, "course is not an object");
    if (doc_count(hosts) > USE_MOST_HOSTS)
        return fail_set(why, FAIL_INPUT, "course has %zu hosts, the most is %d", doc_count(hosts),
                        USE_MOST_HOSTS);
    read = use_course_new(doc_count(hosts));
    if (!read)
        return fail_set(why, FAIL_MEMORY, "no memory for a course");
    if (parse_front(doc, read, why) || parse_hosts(hosts, read, why)
        || parse_metrics(doc_member(doc, "job"), &read->job[0][0], USE_STATS, read->points, why))
        return fail_in(why, "course");
    *out = TAKE(read);
    return 0;
}
