/* prices.h -- what jobs cost: the price of an hour of each instance type, from a file that the
 * operator keeps, because prices change and differ by contract.
 *
 *     ml.m5.xlarge: 0.23            USD an hour, wherever no region says otherwise
 *     eu-west-1:
 *       ml.m5.xlarge: 0.257
 *
 * A cost is the instances' billable time (else their duration) at that price: an estimate without
 * storage, traffic and discounts. */
#ifndef SMON_API_PRICES_H
#define SMON_API_PRICES_H

#include "base/own.h"

struct fail;
struct job_row;
struct prices;

/* FAIL_INPUT names file and line. */
int  prices_read(const char *path, struct prices **out, struct fail *why);
void prices_free(struct prices *prices);
OWN_PTR_TYPE(prices)

/* USD; NAN while it runs, or when type, number or price are not known. `prices` may be NULL. */
double prices_of_job(const struct prices *prices, const struct job_row *row);

#endif
