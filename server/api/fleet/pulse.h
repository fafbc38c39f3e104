/* pulse.h -- the counters of an account and region: added up, and as members of a JSON object. */
#ifndef SMON_API_PULSE_H
#define SMON_API_PULSE_H

struct account_item;
struct compose;

/* Only the counters; times are the caller's. */
void pulse_add(struct account_item *sum, const struct account_item *one);
void pulse_json(struct compose *out, const struct account_item *pulse);

#endif
