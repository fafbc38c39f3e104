/* choices.h -- the values that a key can have: for variables, builder options and ad hoc filters.
 *
 * They are the distinct cells of a column of a metric, as the caller may see them. */
#ifndef SMON_API_GRAFANA_CHOICES_H
#define SMON_API_GRAFANA_CHOICES_H

#include "base/own.h"
#include "base/str.h"

#include <stddef.h>

struct ask;
struct doc;
struct fail;
struct grafana_request;

/* Texts, each once, in order: numbers by size, all else by bytes. */
struct choices {
    struct str *items; /* their bytes are its own */
    size_t      count, room;
};
#define CHOICES_EMPTY ((struct choices){NULL, 0, 0})
void choices_release(struct choices *choices);

/* The at-th name that can be asked for ("accounts"); NULL past the end. */
const char *choices_name(size_t at);
/* The name of the choice for a key ("account" gives "accounts"); NULL: it is free text. */
const char *choices_of_key(struct str key);

/* 1: filled. 0: there is no choice of this name. -1. `payload` narrows it (may be NULL). */
int choices_list(struct ask *ask, struct grafana_request *request, struct str name,
                 const struct doc *payload, struct choices *out, struct fail *why);
/* "a|b|c", in the order as written. */
int choices_fixed(struct str list, struct choices *out, struct fail *why);

#endif
