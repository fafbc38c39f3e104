/* scenario_parts.h -- the parts of a day: what runs (scenario.c), what stays (scenario_things.c),
 * and the releases of a model (scenario_models.c). Nobody else includes it, but for the places. */
#ifndef SMON_VERBS_DEMO_SCENARIO_PARTS_H
#define SMON_VERBS_DEMO_SCENARIO_PARTS_H

#include "verbs/demo/event.h"

struct cast;
struct posts;

extern const struct demo_place demo_risk, demo_ads, demo_care, demo_lab, demo_lab_eu;

/* Endpoints, models, packages, notebooks, clusters, human work, CloudTrail; a detail-type nobody
 * knows, and a post that is not an event at all. */
void scenario_things(struct posts *posts, ms now);

/* Releases of the first model of family.h: training, package, model, endpoint. */
void scenario_models(struct posts *posts, struct cast *cast, ms now);

/* For it: a training job that goes well; and a name as the SageMaker SDK makes them. */
void scenario_train(struct posts *posts, struct cast *cast, const struct demo_job *job);
void scenario_name(const char *base, ms created, char out[DEMO_NAME_ROOM]);

#endif
