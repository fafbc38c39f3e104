/* report.h -- what became of the demo's events: read from the service, shown as text or JSON. */
#ifndef SMON_VERBS_DEMO_REPORT_H
#define SMON_VERBS_DEMO_REPORT_H

#include "verbs/demo/feed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;
struct fail;

enum { REPORT_KINDS = 64, REPORT_WORD = 40 };

struct report {
    struct feed_figures fed;
    struct report_count {
        char    kind[REPORT_WORD], status[REPORT_WORD];
        int64_t count;
    } jobs[REPORT_KINDS];
    size_t  job_rows;
    int64_t resources;
    int64_t never_started;
    int64_t settled, none, failed, pending, not_asked; /* utilization of jobs that ended */
    int64_t errands_waiting, errands_dead;
    int64_t emf_lines;
    int64_t cloudwatch_calls;
    int64_t models, deployments, inferences, failed_inferences;
    int64_t refused; /* transactions that were not taken */
};

/* Fills all but `fed`, `cloudwatch_calls` and `refused`. */
int report_read(struct client *client, const char *emf_file, struct report *out, struct fail *why);

/* How many errands still wait, and how many were given up. */
int report_errands(struct client *client, int64_t *waiting, int64_t *dead, struct fail *why);

int report_print(const struct report *report, bool as_json, struct fail *why);

/* 0: everything was done; otherwise how many reasons there are, each written to stderr. */
int report_complaints(const struct report *report);

#endif
