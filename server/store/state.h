/* state.h -- the one pure step: (row, event) -> row.
 *
 * A row is a function of the set of its events, whatever their order and number. That holds because
 * every member is a register that only moves up in an order of its own:
 *
 * - status, secondary: of the event that is greatest by (class, version, rank, envelope time, id);
 *   for kinds that run in circles by (class, version, envelope time, rank, id). Class puts an end
 *   above everything that passes, and Deleted above all.
 *
 * - tags, approval, stage: of the event with the greatest (version, text) among those that say it
 *   at all; what an event does not say it does not clear. Sizing: of the greatest version, and
 *   older news fills what that one does not say.
 *
 * - failure reason: so for jobs, where an end that is no failure says that there is none; for kinds
 *   in circles it belongs to the status and goes with it.
 *
 * - started, ended: the earliest start, the latest end. Created: the generation, else the earliest
 *   envelope time. ARN, parent, creator: the greatest text. Name: the least of those that differ in
 *   letter case only.
 *
 * A job that has ended stays ended: its deletion is seen in its events, not in its status.
 * A pipeline that is retried arrives as a passing status of class "terminal" (see intake).
 * Contract: SageMaker events, sections 4 to 6. */
#ifndef SMON_STORE_STATE_H
#define SMON_STORE_STATE_H

#include "store/news.h"
#include "store/resource.h"
#include "store/sums.h"

#include <stdbool.h>
#include <stdint.h>

struct store_policy;

/* What an event did to its row; stored with the event. */
enum effect {
    EFFECT_NOTHING = 0, /* about nothing we keep a row for */
    EFFECT_NEW     = 1, /* made the row */
    EFFECT_STATUS  = 2, /* moved the status */
    EFFECT_DETAIL  = 3, /* filled or moved something else */
    EFFECT_REPEAT  = 4, /* said what was known */
    EFFECT_OLDER   = 5  /* behind what was known, or behind an end; kept as history */
};
/* "none", "new", "status", "detail", "repeat", "older"; NULL: no such effect, the file is damaged.
 */
const char *effect_name(enum effect effect);

/* Numbers of the event's texts, looked up by the caller. */
struct news_ids {
    int64_t region, status, secondary, instance, uid;
    bool    is_failed; /* the status means failure */
};

struct step {
    enum effect effect;
    bool        is_changed;  /* the row must be written */
    bool        is_late;     /* its version is older than the row's */
    bool        is_conflict; /* another end than the one that was known */
    ms          enrich_at;   /* ask CloudWatch then; WHEN_UNKNOWN: do not */
    bool        wants_emit;  /* its completion is to be emitted now */
};

/* `old` is NULL when there is no row. `out` gets the next row; its texts are borrowed from `old`
 * and `news`. Running it again on its own result changes nothing. */
void state_step(const struct resource *old, const struct news *news, const struct news_ids *ids,
                const struct store_policy *policy, ms now, struct resource *out, struct step *step);

/* What the row adds to tallies and rollups. NULL: a share that counts nothing. */
struct share state_share(const struct resource *row);

/* The row's status is an end. */
bool state_is_ended(const struct resource *row);

/* A job of a kind that has hosts failed before it got any: it never started. */
bool state_is_unstarted(const struct resource *row);

/* End minus start when both are known and in order; WHEN_UNKNOWN otherwise. */
ms state_duration(const struct resource *row);

#endif
