/* prometheus.h -- the text format of Prometheus, version 0.0.4.
 *
 *     prometheus_family(out, "smon_events_total", "counter", "Events stored.");
 *     prometheus_sample(out, "smon_events_total", labels, 1, 4711);  */
#ifndef SMON_API_PROMETHEUS_H
#define SMON_API_PROMETHEUS_H

#include "base/str.h"

#include <stddef.h>

struct buf;

struct label {
    const char *name;
    struct str  value; /* escaped on the way out */
};

/* HELP and TYPE; once, before its samples. */
void prometheus_family(struct buf *out, const char *name, const char *type, const char *help);
void prometheus_sample(struct buf *out, const char *name, const struct label *labels, size_t count,
                       double value);
/* A family with one sample without labels. */
void prometheus_single(struct buf *out, const char *name, const char *type, const char *help,
                       double value);

#endif
