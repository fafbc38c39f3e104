/* patience.h -- answers requests that have been kept too long, while their work goes on elsewhere.
 *
 * A kept request is answered exactly once: by the thread that finishes the work (patience_end gives
 * it the request) or, when that takes too long, from here (patience_end then gives NULL). */
#ifndef SMON_API_PATIENCE_H
#define SMON_API_PATIENCE_H

#include "base/own.h"
#include "base/when.h"

struct fail;
struct patience;
struct patience_wait;
struct web_request;

/* Answers the request; called from a thread of patience's own. */
typedef void patience_over(struct patience_wait *wait, struct web_request *request);

/* Part of the caller's own struct; valid until patience_end has returned. */
struct patience_wait {
    struct patience      *patience;
    struct patience_wait *older, *newer; /* which end before and after it */
    struct web_request   *request;       /* NULL: answered */
    ms                    until;         /* monotonic */
    patience_over        *over;
};

int  patience_new(struct patience **out, struct fail *why);
void patience_free(struct patience *patience); /* nothing may wait any more */
OWN_PTR_TYPE(patience)

void patience_begin(struct patience *patience, struct patience_wait *wait,
                    struct web_request *request, ms until, patience_over *over);
/* The request, to be answered by the caller; NULL: it was answered already. */
struct web_request *patience_end(struct patience_wait *wait);

#endif
