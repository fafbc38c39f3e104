/* budget.h -- how much failure an objective allows, how much of it is used up, and how fast it
 * goes.
 *
 * An objective says which share of a model's transactions must be good within a window: those that
 * succeeded and, where it says so, took at most `max_elapse_ms`. The budget is what may be bad. A
 * burn rate of 1 uses it up in exactly one window; alerts ask for a high rate over a long window,
 * and over a short one, so that they end soon after the trouble does:
 *
 *     14.4 over 1 h and 5 m    6 over 6 h and 30 m    1 over 3 d and 6 h
 *
 * Among too few events one failure is a high rate, so an alert also needs BUDGET_MIN_EVENTS in its
 * long window. */
#ifndef SMON_QUERY_INFERENCES_BUDGET_H
#define SMON_QUERY_INFERENCES_BUDGET_H

#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog_objective;

enum { BUDGET_MIN_EVENTS = 100 };

/* What happened in a stretch of time. */
struct budget_events {
    int64_t total, bad;
};

enum budget_window { BUDGET_5M, BUDGET_30M, BUDGET_1H, BUDGET_6H, BUDGET_3D, BUDGET_WINDOWS };
extern const ms budget_window_spans[BUDGET_WINDOWS];
const char     *budget_window_name(enum budget_window window); /* "5m" */

/* How many times as fast as allowed; 0 when nothing happened. */
double budget_burn(const struct catalog_objective *objective, const struct budget_events *events);

struct budget {
    double  bad_percent;  /* 0 when nothing happened */
    int64_t allowed_bad;  /* of as many events, rounded down */
    double  left_percent; /* of the budget; below 0: overspent */
};
void budget_of(const struct catalog_objective *objective, const struct budget_events *events,
               struct budget *out);

enum budget_state { BUDGET_QUIET, BUDGET_FIRING, BUDGET_TOO_FEW };
const char *budget_state_name(enum budget_state state); /* "quiet", "firing", "insufficient" */

struct budget_alert {
    double             factor;
    enum budget_window longer, shorter;
};
enum { BUDGET_ALERTS = 3 };
extern const struct budget_alert budget_alerts[BUDGET_ALERTS];

/* `windows`: the events of each, by enum budget_window. */
enum budget_state budget_alert_state(const struct budget_alert      *alert,
                                     const struct catalog_objective *objective,
                                     const struct budget_events      windows[BUDGET_WINDOWS]);

#endif
