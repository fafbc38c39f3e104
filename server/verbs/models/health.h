/* health.h -- the words of `smon inferences` that add up: percentiles, error budget, drift. */
#ifndef SMON_VERBS_MODELS_HEALTH_H
#define SMON_VERBS_MODELS_HEALTH_H

struct args;
struct client;
struct fail;

int health_summary(const struct args *args, struct client *client, struct fail *why);
int health_budget(const struct args *args, struct client *client, struct fail *why);
int health_drift(const struct args *args, struct client *client, struct fail *why);

#endif
