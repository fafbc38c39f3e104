/* Any bytes as what a Grafana data source posts: they are read or refused in a sentence, ranges
 * stay ranges, no list passes its bounds, and every target is understood by its metric or refused.
 */
#include "api/grafana/metric.h"
#include "api/grafana/relay.h"
#include "api/grafana/request.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/own.h"

#include <stdint.h>
#include <stdlib.h>

#define HOLDS(claim)                                                                               \
    do {                                                                                           \
        if (!(claim))                                                                              \
            abort();                                                                               \
    } while (0)

static const ms NOW = 1790000000000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_question(const struct grafana_question *question)
{
    HOLDS(question->from < question->to);
    HOLDS(question->limit >= 0 && question->limit <= 1000);
    HOLDS(question->notice_count <= RELAY_MOST_NOTICES);
    for (size_t i = 0; i < RELAY_MOST_KEYS; i++) {
        HOLDS(question->values[i].count <= GRAFANA_MOST_VALUES);
        for (size_t v = 0; v < question->values[i].count; v++)
            HOLDS(question->values[i].items[v].text.data);
    }
}

static void check_target(struct grafana_request *request, const struct grafana_target *target)
{
    struct grafana_question     *question = mem_new(sizeof *question);
    struct fail                  why      = FAIL_OK;
    const struct grafana_metric *metric   = metric_find(target->name);

    HOLDS(question);
    HOLDS(target->name.size || target->is_annotation);
    question->metric = metric ? metric : metric_find(STR("slow_inferences"));
    if (relay_read(request, target, question, &why))
        HOLDS(why.kind == FAIL_INPUT && why.text[0]);
    else
        check_question(question);
    mem_free(question);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(grafana_request) request = GRAFANA_REQUEST_EMPTY;
    struct fail why              = FAIL_OK;

    if (request_read(&request, str_from((const char *)data, size), NOW, &why)) {
        HOLDS(why.kind == FAIL_INPUT && why.text[0]);
        return 0;
    }
    HOLDS(request.from < request.to && request.interval >= 0 && request.most_points >= 0);
    HOLDS(request.filter_count <= REQUEST_MOST_FILTERS);
    if (request_targets(&request, &why)) {
        HOLDS(why.kind == FAIL_INPUT && why.text[0]);
        return 0;
    }
    HOLDS(request.target_count <= REQUEST_MOST_TARGETS);
    for (size_t i = 0; i < request.target_count; i++)
        check_target(&request, &request.targets[i]);
    return 0;
}
