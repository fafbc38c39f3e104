/* registry.h -- what the people of the demo's company say over REST: catalogue records, versions
 * registered by hand, aliases, deployments with their rollouts, and a day of transactions. */
#ifndef SMON_VERBS_DEMO_REGISTRY_H
#define SMON_VERBS_DEMO_REGISTRY_H

#include "base/when.h"

#include <stdint.h>

struct client;
struct fail;

struct registry_figures {
    int64_t calls, inferences, refused;
};

/* Records and versions: before the events, which find the models there. */
int registry_before(struct client *client, ms now, struct registry_figures *figures,
                    struct fail *why);
/* Aliases and deployments: behind the events, which brought some of the versions. What a kept
 * folder has already is left as it is. */
int registry_after(struct client *client, ms now, struct registry_figures *figures,
                   struct fail *why);
/* The day's transactions (traffic.h). */
int registry_traffic(struct client *client, ms now, struct registry_figures *figures,
                     struct fail *why);

#endif
