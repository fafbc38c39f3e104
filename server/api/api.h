/* api.h -- the HTTP side of the service: web_handlers for any number of listeners.
 *
 * Every request meets the routes table (routes.h), then the guard (guard.h), then its handler: on
 * the event thread when it never waits, otherwise on a reader's thread. */
#ifndef SMON_API_API_H
#define SMON_API_API_H

struct app;
struct fail;
struct web_handlers;

/* Starts readers, keys, and the keeper, and fills *out. The store must be migrated and the writer
 * running. */
int api_open(struct app *app, struct web_handlers *out, struct fail *why);

/* Ends the streams, so that listeners can be drained. */
void api_end_streams(struct app *app);

/* Stops what api_open started; no request may be under way. Harmless twice. */
void api_close(struct app *app);

#endif
