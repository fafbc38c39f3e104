#include "api/inferences/figures.h"

#include "api/ask.h"
#include "api/health/prometheus.h"
#include "base/fail.h"
#include "query/inferences/gather.h"
#include "store/inferences/inference_figures.h"

static const ms RECENT = 5 * (ms)MS_MINUTE;

static void write_counts(struct buf *out, const struct inference_figures *figures)
{
    prometheus_single(out, "smon_models", "gauge", "Models heard of.", (double)figures->models);
    prometheus_single(out, "smon_model_versions", "gauge", "Numbers of versions ever given.",
                      (double)figures->versions);
    prometheus_single(out, "smon_model_deployments", "gauge", "Numbers of deployments ever given.",
                      (double)figures->deployments);
    prometheus_single(out, "smon_inferences_total", "counter", "Inference transactions stored.",
                      (double)figures->stored);
    prometheus_single(out, "smon_inference_duplicates_total", "counter",
                      "Transactions that were stored already.", (double)figures->duplicates);
    prometheus_single(out, "smon_inferences_refused_total", "counter",
                      "Transactions that were not fit to be stored.", (double)figures->refused);
    prometheus_single(out, "smon_inferences_mismatched_total", "counter",
                      "Transactions whose elapse is not end - start.", (double)figures->mismatched);
    prometheus_single(out, "smon_inferences_unpaired_total", "counter",
                      "Halves of transactions whose other half never came.",
                      (double)figures->unpaired);
}

static void write_result(struct buf *out, const char *result, int64_t count)
{
    const struct label label = {"result", str_of(result)};

    prometheus_sample(out, "smon_inferences_recent", &label, 1, (double)count);
}

/* Over all models together, in the last five minutes. */
static void write_recent(struct buf *out, const struct gather *gather)
{
    static const struct {
        const char *name;
        double      share;
    } quantiles[]                    = {{"0.5", 0.5}, {"0.9", 0.9}, {"0.95", 0.95}, {"0.99", 0.99}};
    const struct gather_group *group = gather->count ? gather->groups[0] : NULL;

    prometheus_family(out, "smon_inferences_recent", "gauge",
                      "Transactions that started in the last five minutes.");
    write_result(out, "succeeded", group ? group->count - group->failed : 0);
    write_result(out, "failed", group ? group->failed : 0);
    prometheus_family(out, "smon_inference_recent_elapse_seconds", "gauge",
                      "How long they took, by quantile.");
    for (size_t i = 0; group && i < sizeof quantiles / sizeof quantiles[0]; i++) {
        const struct label label = {"quantile", str_of(quantiles[i].name)};

        prometheus_sample(out, "smon_inference_recent_elapse_seconds", &label, 1,
                          gather_quantile(gather, group, quantiles[i].share) / MS_SECOND);
    }
}

/* 1, 0: there is more than can be summed up in time, -1. */
static int gather_recent(struct ask *ask, struct gather *out, struct fail *why)
{
    const struct question question = {.is_summary    = true,
                                      .min_elapse_ms = -1,
                                      .max_elapse_ms = -1,
                                      .from          = ask->asker.now - RECENT,
                                      .to            = ask->asker.now};
    struct fail           wrong    = FAIL_OK;

    if (gather_run(&ask->asker, &question, out, &wrong) == 0)
        return 1;
    if (wrong.kind == FAIL_LIMIT)
        return 0;
    *why = wrong;
    return -1;
}

int figures_write(struct ask *ask, struct fail *why)
{
    struct inference_figures figures;
    OWN(gather) gather = GATHER_EMPTY;
    int got;

    if (inference_figures(ask->asker.db, ask->asker.scope, &figures, why)
        || (got = gather_recent(ask, &gather, why)) < 0)
        return -1;
    write_counts(&ask->body, &figures);
    if (got)
        write_recent(&ask->body, &gather);
    return 0;
}
