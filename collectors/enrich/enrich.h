/* enrich.h -- the deed "enrich": how well a finished job used its hardware, or an endpoint did in
 * the last hour, from CloudWatch.
 *
 * One thread. The question (plan.h) and the judgement of the answer (verdict.h) are pure; here they
 * are asked and acted upon. */
#ifndef SMON_ENRICH_ENRICH_H
#define SMON_ENRICH_ENRICH_H

#include "base/own.h"
#include "base/when.h"
#include "enrich/access.h"
#include "format/errand.h"

struct enrich;
struct fail;

struct enrich_options {
    ms              give_up; /* after the job's end */
    enum access_way access;
    const char     *role;        /* name of the role in workload accounts */
    const char     *external_id; /* "": none */
};

/* Borrows the options' texts. */
int  enrich_new(const struct enrich_options *options, struct enrich **out, struct fail *why);
void enrich_free(struct enrich *enrich);
OWN_PTR_TYPE(enrich)

/* Fills everything in the outcome but id and fence. Never fails: a failure is an outcome. */
void enrich_act(struct enrich *enrich, const struct errand *errand, struct errand_outcome *out);

#endif
