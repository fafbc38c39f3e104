/* problem.h -- errors as RFC 9457 says them, the same for every path and every status.
 *
 *     {"type":"/problems/unknown-parameter","title":"Unknown parameter","status":400,
 *      "detail":"'statsu' is not a parameter here; did you mean 'status'?",
 *      "errors":[{"parameter":"statsu","code":"unknown-parameter","detail":"..."}],
 *      "request_id":"01J..."}
 *
 * Each type has a page on this server that says what to do. Never SQL, a stack or a secret. */
#ifndef SMON_API_PROBLEM_H
#define SMON_API_PROBLEM_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fail;
struct flaws;
struct params;
struct web_request;

struct problem_type {
    const char *slug; /* "unknown-parameter": the page is /problems/unknown-parameter */
    int         status;
    const char *title;
    const char *advice; /* what to do, in a sentence */
};

/* The at-th type; NULL past the end. */
const struct problem_type *problem_type(size_t at);
const struct problem_type *problem_find(struct str slug); /* NULL: no such type */
/* The ordinary type of a status; NULL: the status says all. */
const struct problem_type *problem_of_status(int status);
/* The type of a failure. */
const struct problem_type *problem_of_fail(const struct fail *why);

struct problem {
    const struct problem_type *type; /* NULL: about:blank with `status` */
    int                        status;
    const char                *detail;
    const char                *parameter; /* NULL or "": no parameter is to blame */
    const struct flaws        *flaws;     /* of the body; NULL or none: nothing to say */
    const char                *request_id;
    int                        retry_after_s; /* 0: does not say */
    bool is_for_grafana; /* also says it as `message` and `error`: what its panels show */
};

void problem_compose(const struct problem *problem, struct buf *out);

/* Answers a request with it. Adds Retry-After where the same request may succeed later. */
void problem_reply(struct web_request *request, const struct fail *why);
void problem_reply_as(struct web_request *request, const char *slug, const char *detail);
/* What a handler on a reader's thread found wrong: the parameter that `params` blames, or the flaws
 * of the body (may be NULL). `slug` is the type, where it is not what *why means; or NULL. */
struct problem_asked {
    const struct params *params;
    const struct flaws  *flaws;
    const char          *slug;
};
const struct problem_type *problem_of_asked(const struct problem_asked *asked,
                                            const struct fail          *why);
void problem_reply_asked(struct web_request *request, const struct problem_asked *asked,
                         const struct fail *why);
/* 503 and the end of the connection: come again, and not here. */
void problem_reply_leaving(struct web_request *request, const char *detail);
/* 405 with Allow. */
void problem_reply_method(struct web_request *request, const char *allow);
/* 401 with WWW-Authenticate. Not Basic, which would make browsers ask by themselves. */
void problem_reply_unknown(struct web_request *request, const char *detail);

#endif
