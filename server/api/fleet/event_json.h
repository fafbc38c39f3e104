/* event_json.h -- a stored event as REST shows it, without its body. */
#ifndef SMON_API_EVENT_JSON_H
#define SMON_API_EVENT_JSON_H

#include "api/shape.h"

struct compose;
struct event_item;

extern const struct shape event_shape[];

void event_json(struct compose *out, const char *name, const struct event_item *item,
                uint64_t wanted);
/* The members alone, into an object that is open. */
void event_json_members(struct compose *out, const struct event_item *item, uint64_t wanted);

#endif
