/* buckets.h -- which buckets a series has: metric, grain, step, and the range they cover.
 *
 *     job_created job_ended job_failed job_unstarted job_duration_avg
 *
 * Steps are whole hours or whole days, because rollups are; a range of days is read from daily
 * rollups. Bounds are moved out to whole buckets, aligned to the epoch. */
#ifndef SMON_QUERY_BUCKETS_H
#define SMON_QUERY_BUCKETS_H

#include "query/params.h"
#include "store/series.h"

enum { BUCKETS_DEFAULT = 1000, BUCKETS_MOST = 11000, BUCKETS_MOST_SERIES = 500 };

struct metric {
    const char *name;
    const char *unit;     /* "count", "milliseconds" */
    const char *status;   /* counts only this one; NULL: any */
    unsigned    sums;     /* what it is made of: bits of enum series_sum */
    bool        is_gauge; /* an empty bucket is unknown, not 0 */
    /* The value of a bucket; -1: unknown. */
    int64_t (*value)(const struct series_item *item);
};
const struct metric *buckets_metric(struct str name); /* NULL: no such metric */
const struct metric *buckets_metric_at(size_t at);    /* NULL past the end */

struct buckets {
    enum grain grain;
    ms         step, from, to; /* whole steps */
    size_t     count;
};

/* Reads from, to, since (default: the last 24 h), step and max_points. */
int buckets_read(struct params *params, ms now, struct buckets *out, struct fail *why);
/* The same for sums that are kept by the minute: whole minutes, hours or days. `grain` stays. */
int buckets_read_fine(struct params *params, ms now, struct buckets *out, struct fail *why);
/* group_by=account,kind,status,region as bits of enum series_by. */
int buckets_group(struct params *params, unsigned *out, struct fail *why);

/* The bucket a time falls into. */
size_t buckets_index(const struct buckets *buckets, ms when);

#endif
