/* verdict.h -- is what CloudWatch told final? Pure.
 *
 * Points appear minutes after a job ends, without a promise when. A reading is final when it covers
 * the job (90 of 100 expected points of CPU on every host, and as many hosts as the job had: a
 * search finds each in its own time) and has as many points as the one before, or the job ended a
 * quarter of an hour ago; or when `give_up` has passed since the job's end. Of an endpoint's hour
 * the first reading is final: who asks wants to see what there is.
 *
 * Between readings the errand's memo remembers:
 *     {"points":n,"tries":k,"failures":f,"failing_since":ms,"refused_since":ms} */
#ifndef SMON_ENRICH_VERDICT_H
#define SMON_ENRICH_VERDICT_H

#include "base/when.h"
#include "enrich/plan.h"
#include "format/errand.h"

#include <stdint.h>

struct doc;
struct fail;
struct utilization;

struct verdict_memo {
    int64_t points;        /* of the reading before; -1: there was none */
    int64_t tries;         /* readings so far */
    int64_t failures;      /* in a row */
    ms      failing_since; /* WHEN_UNKNOWN */
    ms      refused_since; /* the first refusal among these failures; WHEN_UNKNOWN */
};

/* What cannot be read is a fresh memo: the worst it costs is another reading. */
struct verdict_memo verdict_memo_read(const struct doc *memo);

/* Fills result, after_ms, memo, why and the state and reason of `read`, which is given away to the
 * outcome; its course only when it is final. `note` ("" for none) is added to the reason when there
 * are no metrics. */
void verdict_of_reading(const struct plan *plan, const struct verdict_memo *before, ms now,
                        ms give_up, const char *note, struct utilization *read,
                        struct errand_outcome *out);

/* After a failure: later; and state "failed" when it has failed for too long (refused: 15 minutes
 * since the first refusal; anything temporary: a day since the first failure). `first` is what was
 * tried before that and refused, of FAIL_NONE when nothing was: it is only told. */
void verdict_of_failure(const struct verdict_memo *before, ms now, const struct fail *first,
                        const struct fail *failure, struct errand_outcome *out);

#endif
