/* scenario.h -- a day in the life of a company that trains models: what the demo posts.
 *
 * Times are relative to the moment of the call, so the picture looks alive: most of it lies in the
 * last day, some jobs still run and end while one looks. What is made here is also what the
 * stand-in for CloudWatch knows about (cast.h). */
#ifndef SMON_VERBS_DEMO_SCENARIO_H
#define SMON_VERBS_DEMO_SCENARIO_H

#include "base/when.h"

struct cast;
struct posts;

/* Everything up to now and the ends of what runs; post it in the order of posts_sort. */
void scenario_day(struct posts *posts, struct cast *cast, ms now);

/* One more small job that starts now and ends in a minute or two; `turn` picks which. */
void scenario_more(struct posts *posts, struct cast *cast, ms now, unsigned turn);

#endif
