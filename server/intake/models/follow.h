/* follow.h -- what an event tells about models, beside the row of its own resource: where a model
 * came from (store/lineage.h), its versions (package.h) and its deployments (endpoint.h).
 *
 * Training, processing and transform jobs are looked at when they end; packages, models, endpoint
 * configurations, endpoints and pipeline steps with every event; all others cost nothing. */
#ifndef SMON_INTAKE_MODELS_FOLLOW_H
#define SMON_INTAKE_MODELS_FOLLOW_H

struct batch;
struct fail;
struct news;
struct resource;

/* In the transaction that stores the event, after its row. Once more for the same event changes
 * nothing. What cannot be made sense of is passed over; 0, or -1 for reasons of the database or of
 * memory only. */
int models_follow(struct batch *batch, const struct news *news, const struct resource *row,
                  struct fail *why);

#endif
