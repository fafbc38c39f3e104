/* scenario_parts.h -- the two halves of a day: what runs (scenario.c) and what stays
 * (scenario_things.c). Nobody else includes it. */
#ifndef SMON_VERBS_DEMO_SCENARIO_PARTS_H
#define SMON_VERBS_DEMO_SCENARIO_PARTS_H

#include "verbs/demo/event.h"

struct posts;

extern const struct demo_place demo_risk, demo_ads, demo_care, demo_lab, demo_lab_eu;

/* Endpoints, models, packages, notebooks, clusters, human work, CloudTrail; a detail-type nobody
 * knows, and a post that is not an event at all. */
void scenario_things(struct posts *posts, ms now);

#endif
