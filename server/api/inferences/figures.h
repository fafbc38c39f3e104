/* figures.h -- the part of /metrics that is about models and their transactions.
 *
 * No label has a value that senders choose: models, servers and statuses are without end. Figures
 * of one model are for /api/v1/series. */
#ifndef SMON_API_INFERENCES_FIGURES_H
#define SMON_API_INFERENCES_FIGURES_H

struct ask;
struct fail;

int figures_write(struct ask *ask, struct fail *why);

#endif
