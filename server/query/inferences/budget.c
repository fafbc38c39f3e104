#include "query/inferences/budget.h"

#include "store/models/catalog.h"

#include <math.h>

static const double PERCENT = 100;

/* A share like 0.1 % has no exact binary form, so what is exact may come out a little beside. */
static const double SLACK = 1e-9;

const ms budget_window_spans[BUDGET_WINDOWS] = {
    [BUDGET_5M] = 5 * MS_MINUTE, [BUDGET_30M] = 30 * MS_MINUTE, [BUDGET_1H] = MS_HOUR,
    [BUDGET_6H] = 6 * MS_HOUR,   [BUDGET_3D] = 3 * (ms)MS_DAY,
};

const struct budget_alert budget_alerts[BUDGET_ALERTS] = {
    {14.4, BUDGET_1H, BUDGET_5M},
    {6, BUDGET_6H, BUDGET_30M},
    {1, BUDGET_3D, BUDGET_6H},
};

const char *budget_window_name(enum budget_window window)
{
    static const char *const names[BUDGET_WINDOWS] = {"5m", "30m", "1h", "6h", "3d"};

    return names[window];
}

const char *budget_state_name(enum budget_state state)
{
    static const char *const names[] = {"quiet", "firing", "insufficient"};

    return names[state];
}

static double bad_share(const struct budget_events *events)
{
    return events->total > 0 ? (double)events->bad / (double)events->total : 0;
}

static double allowed_share(const struct catalog_objective *objective)
{
    return (PERCENT - objective->target_percent) / PERCENT;
}

double budget_burn(const struct catalog_objective *objective, const struct budget_events *events)
{
    return bad_share(events) / allowed_share(objective);
}

void budget_of(const struct catalog_objective *objective, const struct budget_events *events,
               struct budget *out)
{
    out->bad_percent = PERCENT * bad_share(events);
    out->allowed_bad =
        (int64_t)floor((double)events->total * allowed_share(objective) * (1 + SLACK));
    out->left_percent = PERCENT * (1 - budget_burn(objective, events));
}

static bool is_faster(const struct catalog_objective *objective, const struct budget_events *events,
                      double factor)
{
    return budget_burn(objective, events) > factor * (1 + SLACK);
}

enum budget_state budget_alert_state(const struct budget_alert      *alert,
                                     const struct catalog_objective *objective,
                                     const struct budget_events      windows[BUDGET_WINDOWS])
{
    const struct budget_events *longer  = &windows[alert->longer],
                               *shorter = &windows[alert->shorter];

    if (longer->total < BUDGET_MIN_EVENTS)
        return BUDGET_TOO_FEW;
    return is_faster(objective, longer, alert->factor)
                   && is_faster(objective, shorter, alert->factor)
               ? BUDGET_FIRING
               : BUDGET_QUIET;
}
