/* work.h -- the work API: collectors lease errands here and report what came of them.
 *
 * Handlers of the routes table, as in ingest.h. The documents stand in format/errand.h. */
#ifndef SMON_API_WORK_H
#define SMON_API_WORK_H

struct app;
struct caller;
struct web_request;

/* POST /collect/v1/lease: answers when something is due, or after the wait the collector
 * asked for. */
void work_lease(struct app *app, struct web_request *request, const struct caller *caller);

/* POST /collect/v1/finish: outcomes under an older fence number are refused one by one. */
void work_finish(struct app *app, struct web_request *request, const struct caller *caller);

#endif
