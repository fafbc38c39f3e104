/* What happened to the transactions of a range: how many, how long, how well.
 *
 * {"from":..,"to":..,"method":"histogram","relative_error":0.01,"group_by":"version","data":[
 *  {"group":{"model_version":3,..},"count":1000,"failed":12,"error_rate":0.012,
 *   "elapse":{"p50":..,"p90":..,"p95":..,"p99":..,"min":..,"max":..,"avg":..},
 *   "statuses":[{"status":"succeeded","count":988,"rate":0.988},..],
 *   "request_bytes":..,"response_bytes":..}]} */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/inferences/group_json.h"
#include "api/inferences/inference_text.h"
#include "api/inferences/too_many.h"
#include "base/fail.h"
#include "query/inferences/gather.h"
#include "store/words.h"

static double rate(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

static void write_elapse(struct compose *out, const struct gather *gather,
                         const struct gather_group *group)
{
    static const struct {
        const char *name;
        double      share;
    } shares[] = {{"p50", 0.50}, {"p90", 0.90}, {"p95", 0.95}, {"p99", 0.99}};

    compose_open(out, "elapse", '{');
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        compose_real(out, shares[i].name, gather_quantile(gather, group, shares[i].share));
    compose_int(out, "min", group->min_elapse_ms);
    compose_int(out, "max", group->max_elapse_ms);
    compose_real(out, "avg", rate(group->sum_elapse_ms, group->count));
    compose_close(out, '}');
}

static void write_status(struct compose *out, struct str status, int64_t count, int64_t whole)
{
    compose_open(out, NULL, '{');
    compose_text(out, "status", status);
    compose_int(out, "count", count);
    compose_real(out, "rate", rate(count, whole));
    compose_close(out, '}');
}

/* Those that are too many to be told apart stand last, without a name. */
static void write_statuses(struct ask *ask, const struct gather_group *group)
{
    int64_t others = group->count;

    compose_open(&ask->json, "statuses", '[');
    for (size_t i = 0; i < group->status_count; i++) {
        const struct gather_status *status = &group->statuses[i];

        others -= status->count;
        write_status(&ask->json, words_text(ask->asker.words, ask->asker.db, status->status_id),
                     status->count, group->count);
    }
    if (others)
        write_status(&ask->json, STR_NONE, others, group->count);
    compose_close(&ask->json, ']');
}

static void write_group(struct ask *ask, const struct gather *gather,
                        const struct gather_group *group)
{
    struct compose *out = &ask->json;

    compose_open(out, NULL, '{');
    group_json(out, "group", gather->by, group, &ask->asker);
    compose_int(out, "count", group->count);
    compose_int(out, "failed", group->failed);
    compose_real(out, "error_rate", rate(group->failed, group->count));
    write_elapse(out, gather, group);
    write_statuses(ask, group);
    compose_int(out, "request_bytes", group->request_bytes);
    compose_int(out, "response_bytes", group->response_bytes);
    compose_close(out, '}');
}

static void write_answer(struct ask *ask, const struct gather *gather)
{
    struct compose *out = &ask->json;

    compose_open(out, NULL, '{');
    compose_time(out, "from", gather->from);
    compose_time(out, "to", gather->to);
    compose_text(out, "method", gather->is_exact ? STR("exact") : STR("histogram"));
    compose_real(out, "relative_error", gather->is_exact ? 0 : HISTOGRAM_ERROR);
    compose_text(out, "group_by", str_of(question_by_name(gather->by)));
    compose_int(out, "total", gather->total);
    compose_open(out, "data", '[');
    for (size_t i = 0; i < gather->count; i++)
        write_group(ask, gather, gather->groups[i]);
    compose_close(out, ']');
    compose_close(out, '}');
}

static int answer(struct ask *ask, const struct question *question, struct fail *why)
{
    OWN(gather) gather = GATHER_EMPTY;

    if (gather_run(&ask->asker, question, &gather, why)) {
        struct fail said = *why;

        return said.kind == FAIL_LIMIT && gather.count == GATHER_MOST_GROUPS
                   ? params_fault(&ask->params, PARAM_TOO_WIDE, STR("group_by"), why, "%s",
                                  said.text)
                   : too_many_series(ask, &gather.set, question->from, why);
    }
    write_answer(ask, &gather);
    return 0;
}

int inferences_summary(struct ask *ask, struct fail *why)
{
    static const char *const known[]  = {QUESTION_PARAMS, "group_by", "as", "time_format", NULL};
    struct question          question = {.is_summary = true};
    int                      got;

    if (ask_check(ask, known, why) || question_read(&ask->params, ask->asker.now, &question, why))
        return -1;
    got = inference_text(ask, &question, why);
    return got ? (got < 0 ? -1 : 0) : answer(ask, &question, why);
}
