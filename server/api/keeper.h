/* keeper.h -- one thread that keeps what the API holds in memory in step with the store.
 *
 * It reads keys again every two seconds (a sister service may have changed them), writes when keys
 * were last used once a minute, and feeds the streams. */
#ifndef SMON_API_KEEPER_H
#define SMON_API_KEEPER_H

#include "base/own.h"

struct app;
struct fail;
struct keeper;

int  keeper_start(struct app *app, struct keeper **out, struct fail *why);
void keeper_free(struct keeper *keeper);
OWN_PTR_TYPE(keeper)

/* There is something to look at: a new subscriber. From any thread. */
void keeper_wake(struct keeper *keeper);
/* Ends every stream and takes no new one; returns when that is done. */
void keeper_end_streams(struct keeper *keeper);

#endif
