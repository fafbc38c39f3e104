#include "enrich/enrich.h"

#include <stdio.h>
#include <string.h>

#include "aws/aws.h"
#include "base/fail.h"
#include "base/mem.h"
#include "cloudwatch/cloudwatch.h"
#include "enrich/course.h"
#include "enrich/fold.h"
#include "enrich/plan.h"
#include "enrich/verdict.h"

enum { LIST_PAGES = 8 }; /* of 500 metrics, when a search finds nothing */

struct enrich {
    struct enrich_options options;
    struct aws           *aws;
    struct cloudwatch    *cloudwatch;
    struct access         access;
    struct metric_query   queries[METRIC_QUERY_MOST];
};

/* One reading of one job's metrics, one way. */
struct reading {
    struct enrich           *enrich;
    const struct plan       *plan;
    const struct errand_job *job;
    struct cloudwatch_scope  scope;
    struct str               account; /* named in the queries, or no data */
    struct utilization      *out;
    struct fail              first; /* observability refused, and so the role was tried */
};

int enrich_new(const struct enrich_options *options, struct enrich **out, struct fail *why)
{
    OWN_PTR(enrich) made = mem_new(sizeof *made);

    if (!made)
        return fail_set(why, FAIL_MEMORY, "no memory for enrich");
    made->options = *options;
    if (aws_new(&(struct aws_options){.default_region = NULL}, &made->aws, why)
        || cloudwatch_new(made->aws, &made->cloudwatch, why))
        return -1;
    *out = TAKE(made);
    return 0;
}

void enrich_free(struct enrich *enrich)
{
    if (!enrich)
        return;
    cloudwatch_free(enrich->cloudwatch);
    aws_free(enrich->aws);
    mem_free(enrich);
}

static int add_host(struct reading *reading, struct str host, struct fail *why)
{
    if (!host.size || reading->out->host_count >= UTILIZATION_MOST_HOSTS)
        return 0; /* more hosts than we keep: the first stand for all */
    if (host.size < HOST_ROOM && !utilization_host(reading->out, host))
        return fail_set(why, FAIL_MEMORY, "no memory for another host");
    return 0;
}

/* Takes a Host that is exactly `<job>/<host>`, and a variant that is exactly
 * `<endpoint>/<variant>`: searches and lists also bring others. */
static int see_host(void *ctx, struct str value, struct fail *why)
{
    struct reading *reading = ctx;
    struct str      job     = reading->job->name;

    if (value.size <= job.size || !str_starts(value, job) || value.data[job.size] != '/')
        return 0;
    return add_host(reading, str_part(value, job.size + 1, value.size), why);
}

static int query_hosts(const struct reading *reading, struct metric_query *out, struct fail *why)
{
    const struct plan *plan = reading->plan;
    struct str         name = reading->job->name;

    return plan->is_endpoint ? metric_query_search_variants(out, name, plan->period_s, why)
                             : metric_query_search(out, plan->namespace, name, plan->period_s, why);
}

static int search_hosts(struct reading *reading, struct fail *why)
{
    struct metric_query query     = {.id = "hosts"};
    OWN(metric_answer) answer     = METRIC_ANSWER;
    struct metric_request request = {.queries     = &query,
                                     .query_count = 1,
                                     .start       = reading->plan->start,
                                     .end         = reading->plan->end,
                                     .account     = reading->account};

    if (query_hosts(reading, &query, why)
        || cloudwatch_get(reading->enrich->cloudwatch, &reading->scope, &request, &answer, why))
        return -1;
    for (size_t i = 0; i < answer.count; i++)
        if (see_host(reading, str_of(answer.series[i].label), why))
            return -1;
    return 0;
}

static int list_hosts(struct reading *reading, struct fail *why)
{
    struct metric_listing listing = {
        .namespace  = reading->plan->namespace,
        .metric     = utilization_cloudwatch_name(METRIC_CPU),
        .dimensions = {"Host"},
        .account    = reading->account,
    };

    if (reading->plan->is_endpoint) {
        listing.dimensions[0] = "EndpointName";
        listing.dimensions[1] = "VariantName";
        listing.value         = reading->job->name;
    }
    return cloudwatch_list(reading->enrich->cloudwatch, &reading->scope, &listing, LIST_PAGES,
                           see_host, reading, why);
}

static int find_hosts(struct reading *reading, struct fail *why)
{
    char name[32];

    for (size_t i = 1; i <= reading->plan->host_count; i++) {
        (void)snprintf(name, sizeof name, "algo-%zu", i);
        if (add_host(reading, str_of(name), why))
            return -1;
    }
    if (reading->plan->host_count)
        return 0;
    if (search_hosts(reading, why))
        return -1;
    return reading->out->host_count ? 0 : list_hosts(reading, why);
}

/* A metric of a host: which three queries are about it. */
struct pair {
    struct host_figures    *host;
    enum utilization_metric metric;
};

/* The n-th pair of all; false: there is none. */
static bool pair_at(struct reading *reading, size_t number, struct pair *out)
{
    size_t wanted = 0;

    for (size_t m = 0; m < METRIC_COUNT; m++)
        wanted += plan_wants(reading->plan, (enum utilization_metric)m);
    if (number / wanted >= reading->out->host_count)
        return false;
    out->host = &reading->out->hosts[number / wanted];
    /* DISK is the last: without it the others keep their places. */
    out->metric = (enum utilization_metric)(number % wanted);
    return true;
}

static const struct metric_points *points_of(const struct metric_answer *answer, size_t number)
{
    char                        id[METRIC_QUERY_ID_ROOM];
    const struct metric_series *series;

    (void)snprintf(id, sizeof id, "q%zu", number);
    series = metric_answer_find(answer, id);
    return series ? &series->points : NULL;
}

static int fold_answer(struct reading *reading, const struct metric_answer *answer, size_t first,
                       size_t count, struct fail *why)
{
    for (size_t i = 0; i < count; i++) {
        size_t                      at      = i * PLAN_STATS;
        const struct metric_points *average = points_of(answer, at + PLAN_AVERAGE);
        const struct metric_points *maximum = points_of(answer, at + PLAN_MAXIMUM);
        struct pair                 pair;

        if (!pair_at(reading, first + i, &pair))
            return fail_set(why, FAIL_BUG, "a pair is gone");
        if (fold_figures(average, maximum, points_of(answer, at + PLAN_P95),
                         &pair.host->metric[pair.metric], why))
            return -1;
        course_add(reading->out,
                   &(struct course_reading){
                       .host    = (size_t)(pair.host - reading->out->hosts),
                       .metric  = pair.metric,
                       .units   = utilization_units(pair.metric, reading->job->instance_type),
                       .average = average,
                       .maximum = maximum});
    }
    return 0;
}

/* Asks for up to `most` pairs from `first` on; *count is how many there were. */
static int read_some(struct reading *reading, size_t first, size_t most, size_t *count,
                     struct fail *why)
{
    struct metric_query *queries = reading->enrich->queries;
    OWN(metric_answer) answer    = METRIC_ANSWER;
    struct metric_request request;
    struct pair           pair;
    size_t                made = 0, pairs = 0;

    for (; pairs < most && pair_at(reading, first + pairs, &pair); pairs++)
        for (int stat = 0; stat < PLAN_STATS; stat++, made++)
            if (plan_query(reading->plan, reading->job->name, pair.host->host, pair.metric,
                           (enum plan_stat)stat, made, &queries[made], why))
                return -1;
    *count  = pairs;
    request = (struct metric_request){.queries     = queries,
                                      .query_count = made,
                                      .start       = reading->plan->start,
                                      .end         = reading->plan->end,
                                      .account     = reading->account};
    if (!made)
        return 0;
    if (cloudwatch_get(reading->enrich->cloudwatch, &reading->scope, &request, &answer, why))
        return -1;
    return fold_answer(reading, &answer, first, pairs, why);
}

static int read_all(struct reading *reading, struct fail *why)
{
    size_t most = plan_pairs_per_call(reading->plan);
    size_t done = 0, count;

    if (find_hosts(reading, why)
        || course_begin(reading->plan, reading->job->instance_type, reading->out, why))
        return -1;
    do {
        if (read_some(reading, done, most, &count, why))
            return -1;
        done += count;
    } while (count == most);
    utilization_sum_up(reading->out, reading->job->instance_type);
    course_end(reading->out, reading->plan->is_endpoint ? 0 : reading->job->instance_count);
    return 0;
}

static bool has_points(const struct utilization *utilization)
{
    for (size_t m = 0; m < METRIC_COUNT; m++)
        if (utilization->job.metric[m].is_known)
            return true;
    return false;
}

static int read_way(struct reading *reading, enum access_way way, struct fail *why)
{
    const struct enrich_options *options = &reading->enrich->options;
    char                         role[ROLE_ARN_ROOM];
    struct aws_identity identity = {role, options->external_id[0] ? options->external_id : NULL};
    int                 result;

    utilization_release(reading->out);
    reading->account      = way == ACCESS_ASSUME ? STR_NONE : reading->job->account;
    reading->scope.region = reading->job->region;
    if (way == ACCESS_ASSUME
        && access_role_arn(reading->job->account, reading->job->region, options->role, role, why))
        return -1;
    reading->scope.identity = way == ACCESS_ASSUME ? &identity : NULL;
    result                  = read_all(reading, why);
    reading->scope.identity = NULL; /* it ends with this call */
    if (result)
        return fail_in(why, "%s", way == ACCESS_ASSUME ? "by role" : "by observability");
    return 0;
}

/* Refused for good, so that the other way is worth trying. */
static bool is_refused(const struct fail *why)
{
    switch (why->kind) {
    case FAIL_AUTH:
    case FAIL_DENIED:
    case FAIL_INPUT:
    case FAIL_ABSENT: return true;
    case FAIL_NONE:
    case FAIL_CLASH:
    case FAIL_LIMIT:
    case FAIL_SIZE:
    case FAIL_BUSY:
    case FAIL_REMOTE:
    case FAIL_MEMORY:
    case FAIL_BUG: return false;
    }
    return false;
}

/* Observability gave nothing or refused: what does the role see? When neither sees anything, `note`
 * says what the role's trouble was. */
static int read_other_way(struct reading *reading, char *note, size_t room, struct fail *why)
{
    bool was_refused = reading->first.kind != FAIL_NONE;

    if (!read_way(reading, ACCESS_ASSUME, why)) {
        if (has_points(reading->out) || was_refused)
            access_remember(&reading->enrich->access, reading->job->account, ACCESS_ASSUME);
        return 0;
    }
    if (was_refused || !is_refused(why))
        return -1;
    utilization_release(reading->out);
    errand_say(str_of(why->text), note, room);
    return 0;
}

static int read_auto(struct reading *reading, char *note, size_t room, struct fail *why)
{
    struct access  *access = &reading->enrich->access;
    enum access_way known  = access_find(access, reading->job->account);

    if (known == ACCESS_ASSUME) {
        if (!read_way(reading, ACCESS_ASSUME, why))
            return 0;
        if (!is_refused(why))
            return -1;
    }
    if (read_way(reading, ACCESS_OBSERVABILITY, why)) {
        if (!is_refused(why))
            return -1;
        reading->first = *why;
        return read_other_way(reading, note, room, why);
    }
    if (has_points(reading->out))
        access_remember(access, reading->job->account, ACCESS_OBSERVABILITY);
    else if (known != ACCESS_OBSERVABILITY)
        return read_other_way(reading, note, room, why);
    return 0;
}

void enrich_act(struct enrich *enrich, const struct errand *errand, struct errand_outcome *out)
{
    OWN(utilization) read      = UTILIZATION_EMPTY;
    struct verdict_memo before = verdict_memo_read(errand->memo);
    ms                  now    = when_now();
    struct fail         why    = FAIL_OK;
    struct reading      reading;
    struct plan         plan;
    char                note[sizeof out->utilization.reason] = "";
    int                 result;

    out->why[0] = '\0';
    plan_make(&errand->job, errand->born_at, now, &plan);
    if (plan.reason[0]) {
        out->result            = ERRAND_DONE;
        out->utilization.state = UTILIZATION_NONE;
        memcpy(out->utilization.reason, plan.reason, sizeof plan.reason);
        return;
    }
    reading = (struct reading){.enrich = enrich, .plan = &plan, .job = &errand->job, .out = &read};
    if (enrich->options.access == ACCESS_AUTO)
        result = read_auto(&reading, note, sizeof note, &why);
    else
        result = read_way(&reading, enrich->options.access, &why);
    if (result)
        verdict_of_failure(&before, now, &reading.first, &why, out);
    else
        verdict_of_reading(&plan, &before, now, enrich->options.give_up, note, &read, out);
}
