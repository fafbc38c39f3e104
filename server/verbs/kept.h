/* kept.h -- verbs about what the service keeps as it came: `list`, `show ID`, `replay ID`. */
#ifndef SMON_VERBS_KEPT_H
#define SMON_VERBS_KEPT_H

#include "verbs/show.h"

enum { KEPT_MOST_FILTERS = 4 };

struct kept {
    const char      *path;                       /* "/api/v1/events" */
    const char      *operand;                    /* "an event's id" */
    const char      *filters[KEPT_MOST_FILTERS]; /* flags of the list that are its parameters */
    struct show_list list;
};

/* What the word in `args` asks for. 0 done; -1. */
int kept_ask(const struct args *args, struct client *client, const struct kept *kept,
             struct fail *why);

#endif
