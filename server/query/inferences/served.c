#include "query/inferences/served.h"

#include "base/fail.h"
#include "query/filter.h"
#include "query/inferences/gather.h"

static void fill(struct served *item, const struct gather *gather)
{
    item->is_known = true;
    item->is_exact = gather->is_exact;
    item->from     = gather->from;
    item->to       = gather->to;
    item->count = item->failed = 0;
    item->p50 = item->p99 = 0;
    for (size_t i = 0; i < gather->count; i++) {
        const struct gather_group *group = gather->groups[i];

        if (group->series->deployment != item->deployment)
            continue;
        item->count  = group->count;
        item->failed = group->failed;
        item->p50    = gather_quantile(gather, group, 0.50);
        item->p99    = gather_quantile(gather, group, 0.99);
    }
}

/* The first and all behind it that are of the same model. */
static int fill_model(const struct asker *asker, struct served *items, size_t count,
                      struct fail *why)
{
    const struct question question = {.is_summary    = true,
                                      .by            = QUESTION_BY_DEPLOYMENT,
                                      .model_id      = items->model_id,
                                      .min_elapse_ms = -1,
                                      .max_elapse_ms = -1,
                                      .from          = asker->now - MS_DAY,
                                      .to            = asker->now};
    OWN(gather) gather             = GATHER_EMPTY;
    struct fail wrong              = FAIL_OK;
    const bool  is_known           = gather_run(asker, &question, &gather, &wrong) == 0;

    if (!is_known && wrong.kind != FAIL_LIMIT) {
        *why = wrong;
        return -1;
    }
    for (size_t i = 0; is_known && i < count; i++)
        if (items[i].model_id == items->model_id)
            fill(&items[i], &gather);
    return 0;
}

static bool is_met(const struct served *items, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (items[i].model_id == items[at].model_id)
            return true;
    return false;
}

int served_read(const struct asker *asker, struct served *items, size_t count, struct fail *why)
{
    for (size_t i = 0; i < count; i++)
        items[i].is_known = false;
    for (size_t i = 0; i < count; i++)
        if (!is_met(items, i) && fill_model(asker, &items[i], count - i, why))
            return -1;
    return 0;
}
