/* jobs_watch.h -- smon jobs watch: a line whenever a job changes; with an id, until that
 * job ends. */
#ifndef SMON_VERBS_JOBS_WATCH_H
#define SMON_VERBS_JOBS_WATCH_H

struct args;
struct buf;
struct client;
struct fail;

/* "/api/v1/jobs?..." with the filters of the command line (jobs.c). */
int jobs_path(const struct args *args, struct buf *path, struct fail *why);

/* Goes on until interrupted; with an id: 0 when the job ended well, 1 when not. */
int jobs_watch(const struct args *args, struct client *client, struct fail *why);

#endif
