/* relay.h -- a target of Grafana as questions of the REST API, and their answers.
 *
 * Where a parameter takes one value and several are wanted, as many questions are asked; values of
 * one namespace below another are asked for once. The caller's scope goes along with each. */
#ifndef SMON_API_GRAFANA_RELAY_H
#define SMON_API_GRAFANA_RELAY_H

#include "api/grafana/request.h"
#include "api/grafana/rows.h"
#include "api/grafana/values.h"
#include "base/own.h"
#include "query/params.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ask;
struct fail;
struct grafana_key;
struct grafana_metric;

enum { RELAY_MOST_KEYS = 16, RELAY_MOST_ANSWERS = 32, RELAY_MOST_NOTICES = 8, RELAY_NOTICE = 480 };

/* What a target asks for. */
struct grafana_question {
    const struct grafana_metric *metric;
    struct grafana_values        values[RELAY_MOST_KEYS]; /* by the metric's keys */
    int64_t                      above[RELAY_MOST_KEYS];  /* of KEY_BOUNDS: > ; -1: not said */
    int64_t                      below[RELAY_MOST_KEYS];  /* < */
    ms                           from, to, interval;
    int64_t                      most_points, limit;
    char                         notices[RELAY_MOST_NOTICES][RELAY_NOTICE];
    size_t                       notice_count;
};
__attribute__((format(printf, 2, 3))) void relay_notice(struct grafana_question *question,
                                                        const char              *format, ...);

/* Reads a target: its payload, the ad hoc filters, and where a payload that came empty needs
 * members, the variables of the same names. FAIL_INPUT says what is missing or wrong. */
int relay_read(struct grafana_request *request, const struct grafana_target *target,
               struct grafana_question *out, struct fail *why);
/* The same for what has a payload only, where unknown members do not matter: a choice. */
int relay_read_some(struct grafana_request *request, const struct doc *payload,
                    struct grafana_question *out, struct fail *why);

struct grafana_answers {
    struct grafana_answer items[RELAY_MOST_ANSWERS];
    size_t                count;
    ms                    step;     /* of series */
    bool                  has_more; /* rows behind the last one */
};
#define GRAFANA_ANSWERS_EMPTY ((struct grafana_answers){.count = 0})
void grafana_answers_release(struct grafana_answers *answers);

/* Asks. What is wrong with a parameter is noted in ask->params, as by the handler itself. */
int relay_ask(struct ask *ask, struct grafana_question *question, struct grafana_answers *out,
              struct fail *why);

/* The least step of a series: a whole number of `width`, no less than `interval`, and wide enough
 * that no more than `most` of them, aligned to the epoch, cover the range. */
struct relay_span {
    ms      from, to, width, interval;
    int64_t most;
};
ms relay_step(const struct relay_span *span);

#endif
