/* held.h -- a request that is kept until the writer has stored what came with it.
 *
 * It is answered after the commit, or with 503 when the disk keeps it waiting for too long. The
 * sender comes again, and should the commit succeed after all, what it sends is found to be
 * there. */
#ifndef SMON_API_HELD_H
#define SMON_API_HELD_H

#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>

struct app;
struct batch;
struct fail;
struct web_request;

struct held_kind {
    ms within; /* how long its sender is kept waiting */
    /* Within the transaction; may run twice (writer.h). */
    int (*apply)(void *what, struct batch *batch, struct fail *why);
    /* May be NULL; see struct work. Who has it promises a sender that drops what is refused: that
     * `what` can be stored neither whole nor in part is then told as a failure of ours. */
    bool (*concede)(void *what, const struct fail *why);
    /* It is on disk: writes its log line and answers. */
    void (*answer)(struct web_request *request, void *what);
    void (*release)(void *what);
};

/* Takes `what`, which holds `weight_bytes` of memory, and the request: it is answered now or
 * later. */
void held_store(struct app *app, struct web_request *request, const struct held_kind *kind,
                void *what, size_t weight_bytes);

/* Answers with a problem and writes the log line about it. */
void held_refuse(struct web_request *request, const struct fail *why);

#endif
