/* ingest.h -- posts taken in: what EventBridge sends, and what is taken again on request.
 *
 * Handlers of the routes table. They run on the event thread, do not block, and answer the request
 * exactly once, now or later (web.h). The caller is borrowed until that answer. */
#ifndef SMON_API_INGEST_H
#define SMON_API_INGEST_H

struct app;
struct caller;
struct web_request;

/* POST or PUT /ingest/eventbridge: 200 after the commit. Events of accounts the caller's key does
 * not reach are not taken. */
void ingest_eventbridge(struct app *app, struct web_request *request, const struct caller *caller);

/* POST /ingest/inferences: transactions of models, or halves of them; 200 after the commit, though
 * some of them may have been refused. */
void ingest_inferences(struct app *app, struct web_request *request, const struct caller *caller);

/* POST /api/v1/quarantine/{id}/replay: takes a quarantined post in again (caller->id). */
void ingest_replay(struct app *app, struct web_request *request, const struct caller *caller);

/* POST /api/v1/events/{id}/replay: applies a stored event again (caller->id). */
void ingest_replay_event(struct app *app, struct web_request *request, const struct caller *caller);

#endif
