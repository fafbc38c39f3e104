/* How a model is doing against what was promised of it: its error budget, and whether its
 * confidence has drifted. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/models/address.h"
#include "api/shape.h"
#include "base/fail.h"
#include "format/histogram.h"
#include "query/inferences/budget.h"
#include "query/inferences/drift.h"
#include "store/inferences/inference.h"
#include "store/inferences/inference_filter.h"
#include "store/inferences/totals_list.h"
#include "store/models/catalog.h"
#include "store/words.h"

/* --- which model --- */

static int write_model(void *ctx, const struct catalog_row *row, struct fail *why)
{
    struct ask     *ask = ctx;
    struct compose *out = &ask->json;
    char            account[SHAPE_ID_ROOM];
    struct str      region = words_text(ask->asker.words, ask->asker.db, row->region_id);

    (void)why; /* writing to a buffer is checked at the end */
    shape_account(row->account, account);
    compose_text(out, "account", row->account ? str_of(account) : STR_NONE);
    compose_text(out, "region", region.size ? region : STR_NONE);
    compose_text(out, "namespace", row->namespace);
    compose_text(out, "model_name", row->name);
    compose_text(out, "log_group", row->path);
    return 0;
}

/* The members that say which model; 0, -1. */
static int write_which(struct ask *ask, int64_t model_id, struct fail *why)
{
    int got = catalog_get(ask->asker.db, model_id, write_model, ask, why);

    return got == 1 ? 0 : got == 0 ? ask_absent(why) : -1;
}

/* --- error budget --- */

struct burning {
    const struct catalog_objective *objective;
    int64_t                         succeeded_id;
    ms                              window_from, froms[BUDGET_WINDOWS];
    struct budget_events            all, windows[BUDGET_WINDOWS];
};

/* What failed is bad; of what succeeded, what took too long: all, none, or as its histogram says.
 */
static int count_bad(const struct burning *burning, const struct totals_item *item, int64_t *out,
                     struct fail *why)
{
    struct histogram histogram;
    const int64_t    most = burning->objective->max_elapse_ms;
    const bool       is_bad =
        item->status_id != burning->succeeded_id || (most >= 0 && item->min_elapse_ms > most);

    *out = is_bad ? item->count : 0;
    if (is_bad || most < 0 || item->max_elapse_ms <= most)
        return 0;
    histogram_clear(&histogram);
    if (histogram_read(&histogram, item->histogram, why))
        return fail_in(why, "reading sums of transactions");
    *out = histogram_above(&histogram, most);
    return 0;
}

static int burn(void *ctx, const struct totals_item *item, struct fail *why)
{
    struct burning *burning = ctx;
    int64_t         bad;

    if (count_bad(burning, item, &bad, why))
        return -1;
    if (item->bucket >= burning->window_from) {
        burning->all.total += item->count;
        burning->all.bad += bad;
    }
    for (int w = 0; w < BUDGET_WINDOWS; w++)
        if (item->bucket >= burning->froms[w]) {
            burning->windows[w].total += item->count;
            burning->windows[w].bad += bad;
        }
    return 0;
}

/* One walk over the longest of the windows: hours first, and minutes for the last of them. Windows
 * of days begin at a whole hour. */
static int burn_all(struct ask *ask, int64_t model_id, struct burning *burning, struct fail *why)
{
    OWN(inference_set) set = INFERENCE_SET_EMPTY;
    const ms now           = when_ceil(ask->asker.now, MS_MINUTE);
    const ms recent        = when_floor(now - budget_window_spans[BUDGET_6H], MS_HOUR);
    const ms longest       = now - budget_window_spans[BUDGET_3D];
    const struct inference_filter filter = {
        .scope = *ask->asker.scope, .model_id = model_id, .min_elapse_ms = -1, .max_elapse_ms = -1};
    struct totals_range       hours   = {.grain = TOTALS_HOUR, .to = recent};
    const struct totals_range minutes = {TOTALS_MINUTE, recent, now};

    burning->window_from = when_floor(now - burning->objective->window, MS_HOUR);
    for (int w = 0; w < BUDGET_WINDOWS; w++)
        burning->froms[w] = now - budget_window_spans[w];
    burning->froms[BUDGET_3D] = when_floor(longest, MS_HOUR);
    hours.from = burning->window_from < burning->froms[BUDGET_3D] ? burning->window_from
                                                                  : burning->froms[BUDGET_3D];
    if (words_find(ask->asker.words, ask->asker.db, STR(INFERENCE_SUCCEEDED),
                   &burning->succeeded_id, why)
            < 0
        || inference_filter_series(ask->asker.db, &filter, &set, why)
        || totals_list(ask->asker.db, &filter, &set, &hours, burn, burning, why)
        || totals_list(ask->asker.db, &filter, &set, &minutes, burn, burning, why))
        return -1;
    return 0;
}

static void write_objective(struct compose *out, const struct catalog_objective *objective)
{
    compose_open(out, "objective", '{');
    compose_real(out, "target_percent", objective->target_percent);
    if (objective->max_elapse_ms < 0)
        compose_null(out, "max_elapse_ms");
    else
        compose_int(out, "max_elapse_ms", objective->max_elapse_ms);
    compose_int(out, "window_ms", objective->window);
    compose_close(out, '}');
}

static void write_burn_rates(struct compose *out, const struct burning *burning)
{
    compose_open(out, "burn_rates", '[');
    for (int w = 0; w < BUDGET_WINDOWS; w++) {
        compose_open(out, NULL, '{');
        compose_text(out, "window", str_of(budget_window_name((enum budget_window)w)));
        compose_int(out, "count", burning->windows[w].total);
        compose_int(out, "bad", burning->windows[w].bad);
        compose_real(out, "burn_rate", budget_burn(burning->objective, &burning->windows[w]));
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

static void write_alerts(struct compose *out, const struct burning *burning)
{
    compose_open(out, "alerts", '[');
    for (int a = 0; a < BUDGET_ALERTS; a++) {
        const struct budget_alert *alert = &budget_alerts[a];
        enum budget_state state = budget_alert_state(alert, burning->objective, burning->windows);

        compose_open(out, NULL, '{');
        compose_real(out, "factor", alert->factor);
        compose_text(out, "long_window", str_of(budget_window_name(alert->longer)));
        compose_text(out, "short_window", str_of(budget_window_name(alert->shorter)));
        compose_text(out, "state", str_of(budget_state_name(state)));
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

static int write_budget(struct ask *ask, int64_t model_id, const struct burning *burning,
                        struct fail *why)
{
    struct compose *out     = &ask->json;
    bool            is_near = burning->objective->max_elapse_ms >= 0;
    struct budget   budget;

    budget_of(burning->objective, &burning->all, &budget);
    compose_open(out, NULL, '{');
    if (write_which(ask, model_id, why))
        return -1;
    write_objective(out, burning->objective);
    compose_time(out, "from", burning->window_from);
    compose_time(out, "to", when_ceil(ask->asker.now, MS_MINUTE));
    compose_text(out, "method", is_near ? STR("histogram") : STR("exact"));
    compose_real(out, "relative_error", is_near ? HISTOGRAM_ERROR : 0);
    compose_int(out, "count", burning->all.total);
    compose_int(out, "bad", burning->all.bad);
    compose_real(out, "bad_percent", budget.bad_percent);
    compose_int(out, "allowed_bad", budget.allowed_bad);
    compose_real(out, "left_percent", budget.left_percent);
    write_burn_rates(out, burning);
    compose_int(out, "min_events", BUDGET_MIN_EVENTS);
    write_alerts(out, burning);
    compose_close(out, '}');
    return 0;
}

/* How the model is to be watched. */
static int read_settings(struct ask *ask, struct model_place *place, struct catalog_settings *out,
                         struct fail *why)
{
    int got;

    if (address_model(ask, place, why))
        return -1;
    got = catalog_settings(ask->asker.db, place->id, out, why);
    return got == 1 ? 0 : got == 0 ? ask_absent(why) : -1;
}

int models_budget(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "time_format", NULL};
    OWN(catalog_settings) settings   = CATALOG_SETTINGS_EMPTY;
    struct burning     burning       = {.objective = &settings.objective};
    struct model_place place;

    if (ask_check(ask, known, why) || read_settings(ask, &place, &settings, why))
        return -1;
    if (!settings.objective.is_given)
        return fail_set(why, FAIL_ABSENT,
                        "the model has no objective: set it with PATCH on the model");
    return burn_all(ask, place.id, &burning, why) || write_budget(ask, place.id, &burning, why) ? -1
                                                                                                : 0;
}

/* --- drift --- */

struct drifting {
    const struct catalog_drift *rule;
    int64_t                     model_id, version;
    ms                          from, to; /* as asked for */
    struct totals_confidence    reference, current;
    struct drift_counts         was, is;
};

/* The reference is pinned, or the first hours of the version; what is compared lies behind it. */
static int choose_ranges(struct ask *ask, struct drifting *drifting, struct fail *why)
{
    ms  first = 0, now = when_ceil(ask->asker.now, MS_HOUR);
    int got =
        totals_first_confidence(ask->asker.db, drifting->model_id, &drifting->version, &first, why);
    struct totals_confidence range = {drifting->model_id, drifting->version, 0, 0};

    if (got < 0)
        return -1;
    range.version       = drifting->version < 0 ? 0 : drifting->version;
    drifting->reference = drifting->current = range;
    drifting->current.to   = drifting->to == WHEN_UNKNOWN ? now : when_ceil(drifting->to, MS_HOUR);
    drifting->current.from = drifting->from == WHEN_UNKNOWN ? drifting->current.to - (ms)MS_DAY
                                                            : when_floor(drifting->from, MS_HOUR);
    if (drifting->rule->from != WHEN_UNKNOWN) {
        drifting->reference.from = when_floor(drifting->rule->from, MS_HOUR);
        drifting->reference.to   = when_ceil(drifting->rule->to, MS_HOUR);
        return 0;
    }
    drifting->reference.from = got ? first : now;
    drifting->reference.to   = drifting->reference.from + when_ceil(drifting->rule->first, MS_HOUR);
    if (drifting->from == WHEN_UNKNOWN && drifting->current.from < drifting->reference.to)
        drifting->current.from = drifting->reference.to;
    return 0;
}

static int count_bins(struct ask *ask, const struct totals_confidence *of, int bins,
                      struct drift_counts *out, struct fail *why)
{
    _Static_assert((int)DRIFT_BINS == (int)TOTALS_BINS, "counted as they are stored");
    *out = (struct drift_counts){.count = 0};
    if (of->from < of->to && totals_confidence(ask->asker.db, of, out->bins, why))
        return -1;
    for (int i = 0; i < DRIFT_BINS; i++)
        out->count += out->bins[i];
    if (bins == DRIFT_FEWER_BINS)
        drift_halve(out);
    return 0;
}

static void write_side(struct compose *out, const char *name, const struct totals_confidence *of,
                       const struct drift_counts *counts, int bins)
{
    compose_open(out, name, '{');
    compose_time(out, "from", of->from);
    compose_time(out, "to", of->to > of->from ? of->to : of->from);
    compose_int(out, "count", counts->count);
    compose_open(out, "bins", '[');
    for (int i = 0; i < bins; i++)
        compose_int(out, NULL, counts->bins[i]);
    compose_close(out, ']');
    compose_close(out, '}');
}

static void write_measures(struct compose *out, const struct drifting *drifting)
{
    struct drift drift;

    drift_of(drifting->rule, &drifting->was, &drifting->is, &drift);
    compose_text(out, "state", str_of(drift_state_name(drift.state)));
    if (drift.state == DRIFT_TOO_FEW) {
        compose_null(out, "psi");
        compose_null(out, "jensen_shannon");
    } else {
        compose_real(out, "psi", drift.psi);
        compose_real(out, "jensen_shannon", drift.jensen_shannon);
    }
    compose_real(out, "threshold", drifting->rule->threshold);
    compose_int(out, "least_events", DRIFT_LEAST_EVENTS);
}

static int write_drift(struct ask *ask, const struct drifting *drifting, struct fail *why)
{
    struct compose *out  = &ask->json;
    int             bins = drifting->rule->bins;

    compose_open(out, NULL, '{');
    if (write_which(ask, drifting->model_id, why))
        return -1;
    if (drifting->version > 0)
        compose_int(out, "model_version", drifting->version);
    else
        compose_null(out, "model_version");
    write_measures(out, drifting);
    write_side(out, "reference", &drifting->reference, &drifting->was, bins);
    write_side(out, "current", &drifting->current, &drifting->is, bins);
    compose_close(out, '}');
    return 0;
}

int models_drift(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {ADDRESS_PARAMS, "version",     "from", "to",
                                        "since",        "time_format", NULL};
    OWN(catalog_settings) settings   = CATALOG_SETTINGS_EMPTY;
    struct drifting    drifting      = {.rule = &settings.drift};
    struct model_place place;

    if (ask_check(ask, known, why)
        || params_int(&ask->params, "version", 1, INT64_MAX, -1, &drifting.version, why)
        || params_range(&ask->params, ask->asker.now, &drifting.from, &drifting.to, why)
        || read_settings(ask, &place, &settings, why))
        return -1;
    drifting.model_id = place.id;
    if (choose_ranges(ask, &drifting, why)
        || count_bins(ask, &drifting.reference, drifting.rule->bins, &drifting.was, why)
        || count_bins(ask, &drifting.current, drifting.rule->bins, &drifting.is, why))
        return -1;
    return write_drift(ask, &drifting, why);
}
