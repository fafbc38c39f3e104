/* trouble.h -- what an answer that is not 2xx says, in whatever form a service says it.
 *
 *     JSON     {"__type":"com.amazonaws.logs#ThrottlingException:http...","message":"..."}
 *     headers  x-amzn-errortype: ThrottlingException:...      x-amzn-query-error: Throttling;Sender
 *     XML      <ErrorResponse><Error><Code>Throttling</Code><Message>...     (S3: <Error><Code>) */
#ifndef SMON_AWS_TROUBLE_H
#define SMON_AWS_TROUBLE_H

#include "aws/aws.h"
#include "base/fail.h"
#include "base/when.h"

#include <stdbool.h>

enum { TROUBLE_MESSAGE_ROOM = 240 };

struct trouble {
    enum fail_kind kind;
    int            status;
    char           code[AWS_CODE_ROOM]; /* may be empty */
    char message[TROUBLE_MESSAGE_ROOM]; /* may be empty; never the signed request's text */
    bool is_throttle;
    bool is_transient; /* worth another try; throttles are, too */
    bool is_expired;   /* new credentials may help */
    bool is_skew;      /* another clock may help */
    bool is_late;      /* a time-out */
    ms   hint;         /* how long the service asks us to wait; 0: it does not */
};

/* Reads a whole answer with a status that is not 2xx. */
void trouble_read(const struct fetch_answer *answer, struct trouble *out);

#endif
