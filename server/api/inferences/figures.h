/* figures.h -- the part of /metrics that is about models and their transactions.
 *
 * No label has a value that senders choose: models, servers and statuses are without end. Figures
 * of one model are for /api/v1/series. Where there are too many series to be summed up in time, the
 * figures of the last minutes are left out, and the rest of /metrics is told all the same. */
#ifndef SMON_API_INFERENCES_FIGURES_H
#define SMON_API_INFERENCES_FIGURES_H

struct ask;
struct fail;

int figures_write(struct ask *ask, struct fail *why);

#endif
