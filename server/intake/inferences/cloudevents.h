/* cloudevents.h -- half a transaction: what KServe's logger sends, once for the request and once
 * for the response.
 *
 * structured   {"specversion":"1.0","id":"..","type":"org.kubeflow.serving.inference.request",
 *               "time":"..","inferenceservicename":"doc","namespace":"default","endpoint":"canary",
 *               "component":"predictor","data":{..}}            and an array of these
 * binary       the same as headers ce-id, ce-type, ...; the body is the data
 *
 * Both halves have the same id; time between them is the elapse. Only how the type ends is looked
 * at: `inference.request` or `inference.response`. A version is not in them: it comes from the
 * defaults of the request, or is not known. The namespace is Kubernetes' own: where the request has
 * no default, "default" becomes "/default". */
#ifndef SMON_INTAKE_INFERENCES_CLOUDEVENTS_H
#define SMON_INTAKE_INFERENCES_CLOUDEVENTS_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct fail;
struct flaws;
struct inference;
struct scan;
struct transaction_source;

/* No data: absent. */
struct cloudevent {
    struct str id, type, time, service, namespace, endpoint, component;
    struct str data; /* JSON or any bytes */
};

/* It has a member `specversion`. */
bool cloudevents_is(const struct scan *scan, uint32_t at);

/* The attributes and the data of one in structured mode. What is wrong is added to `flaws`. 0; -1:
 * FAIL_MEMORY. */
int cloudevents_parse(const struct transaction_source *source, uint32_t at, struct cloudevent *out,
                      struct flaws *flaws, struct fail *why);

/* The half that a type announces; what is no request is a response. */
bool cloudevents_is_response(const struct cloudevent *event);

/* One half: *out has whose it is, uid, start and end (both the event's time), and its body. `flaws`
 * and result as above. */
int cloudevents_read(const struct transaction_source *source, const struct cloudevent *event,
                     struct inference *out, struct flaws *flaws, struct fail *why);

#endif
