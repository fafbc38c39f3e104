/* ask.h -- one question on a reader's thread: what a handler gets, and the usual ways to answer.
 *
 * A handler writes JSON into `json` and returns 0; the rest (status, ETag, 304, errors as problems,
 * the log line) is done for it. Returning -1 answers with the problem *why describes. */
#ifndef SMON_API_ASK_H
#define SMON_API_ASK_H

#include "api/guard.h"
#include "base/buf.h"
#include "format/compose.h"
#include "format/flaws.h"
#include "query/filter.h"
#include "query/paging.h"
#include "query/params.h"
#include "query/readers.h"
#include "wire/web.h"

struct app;

struct ask {
    struct app          *app;
    struct web_request  *request;
    const struct caller *caller;
    struct reader       *reader;
    struct asker         asker; /* the reader's connection and the caller's scope */
    struct params        params;
    struct buf           body;
    struct compose       json;    /* into body */
    struct web_reply     reply;   /* status and headers; the body is put in at the end */
    bool                 is_list; /* a weak ETag */
    struct flaws         flaws;   /* of the body: a problem shows them as `errors` */
    const char          *problem; /* its type, where the kind of failure does not say; or NULL */
};

enum { ASK_CEILING = 32 << 20 };

/* Holds the query string against the names known here. */
int ask_check(struct ask *ask, const char *const *known, struct fail *why);

/* {"data":[ ... ],"next_cursor":..,"has_more":..} and a Link header around the items of a list. */
void ask_open_list(struct ask *ask);
int  ask_close_list(struct ask *ask, const struct paged *paged, const char *path, struct fail *why);
/* The same without pages. */
void ask_close_whole_list(struct ask *ask);

/* A list over all times that ran out of time finds too little to fill a page: asking again will not
 * help, but a time range will. Turns such a failure into that advice; always -1. */
int ask_too_wide(struct ask *ask, ms from, struct fail *why);

/* Cuts the {id} of the path; what the caller does not reach is absent. */
int ask_id(const struct ask *ask, int64_t *out_account, int64_t *out_id, struct fail *why);
int ask_absent(struct fail *why); /* FAIL_ABSENT; -1 */

/* The problem of this type ("precondition-failed") and this sentence. -1. */
__attribute__((format(printf, 4, 5))) int ask_refuse(struct ask *ask, const char *slug,
                                                     struct fail *why, const char *format, ...);
/* 0: ask->flaws is empty. -1: the problem about them, `immutable-field` (409) when that is all they
 * say, else `bad-member` (400). */
int ask_flaws(struct ask *ask, struct fail *why);

/* The body of a request as a JSON object; an empty body is {}. NULL: *why. */
struct doc *ask_body(const struct ask *ask, struct fail *why);

#endif
