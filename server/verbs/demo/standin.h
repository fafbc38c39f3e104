/* standin.h -- a stand-in for Amazon CloudWatch, on loopback, for the demo alone.
 *
 * It speaks what smon-collect asks: GetMetricData and ListMetrics, JSON 1.0. Every answer says what
 * it is (`Server: smon-demo-stand-in`, `X-Stand-In: cloudwatch`). Its curves are made up from the
 * hosts' names; only jobs that the demo let run have any (cast.h), and only for as long as they
 * ran, and endpoints at any time (variants.h). A request must be signed, but signatures are not
 * checked. */
#ifndef SMON_VERBS_DEMO_STANDIN_H
#define SMON_VERBS_DEMO_STANDIN_H

#include "base/own.h"
#include "base/when.h"

#include <stddef.h>
#include <stdint.h>

struct buf;
struct cast;
struct doc;
struct fail;
struct standin;

int  standin_open(struct cast *cast, struct standin **out, struct fail *why);
void standin_free(struct standin *standin);
OWN_PTR_TYPE(standin)

uint16_t standin_port(const struct standin *standin);
uint64_t standin_calls(const struct standin *standin); /* GetMetricData answered so far */

/* The answers themselves, without HTTP. FAIL_INPUT: the request is not understood. */
int standin_metric_data(struct cast *cast, const struct doc *request, struct buf *out,
                        struct fail *why);
int standin_list_metrics(struct cast *cast, const struct doc *request, struct buf *out,
                         struct fail *why);

#endif
