/* feed.h -- posts events to the service's real intake, as an API destination would. */
#ifndef SMON_VERBS_DEMO_FEED_H
#define SMON_VERBS_DEMO_FEED_H

#include "base/own.h"
#include "base/when.h"

#include <stdint.h>

struct fail;
struct feed;
struct posts;

/* What the service said to them. */
struct feed_figures {
    int64_t posts, accepted, duplicates, quarantined;
};

/* `url` is the service's, without a path. */
int  feed_new(const char *url, const char *key, struct feed **out, struct fail *why);
void feed_free(struct feed *feed);
OWN_PTR_TYPE(feed)

/* Posts everything that is due by `now`. */
int feed_due(struct feed *feed, struct posts *posts, ms now, struct fail *why);

const struct feed_figures *feed_figures(const struct feed *feed);

#endif
