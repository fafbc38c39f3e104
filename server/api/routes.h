/* routes.h -- every path of the service: method, path, role, handler, one line of description.
 *
 * server/api/openapi.json says the same to programs; a test holds one against the other. */
#ifndef SMON_API_ROUTES_H
#define SMON_API_ROUTES_H

#include "base/str.h"

#include <stddef.h>

struct app;
struct ask;
struct buf;
struct caller;
struct fail;
struct web_request;

enum route_flag {                   /* bits */
                  ROUTE_RECENT = 1, /* an answer given within the last second is given again */
                  ROUTE_QUIET  = 2, /* asked all the time: no log line when it goes well */
                  ROUTE_EVENTS = 4  /* a wrong role is 401: 403 makes EventBridge drop the event */
};

struct route {
    const char *method; /* "GET" also answers HEAD */
    const char *path;   /* "/api/v1/jobs/{id}" */
    unsigned    role;   /* one of enum role; 0: open to everybody */
    unsigned    flags;
    /* Either on the event thread, answering itself, now or later ... */
    void (*live)(struct app *app, struct web_request *request, const struct caller *caller);
    /* ... or on a reader's thread, as in ask.h. */
    int (*read)(struct ask *ask, struct fail *why);
    const char *about;
};

/* The at-th route; NULL past the end. */
const struct route *route_at(size_t at);

/* The route, and what stands in the path where it says {id}, {kid} or the like, in their order;
 * empty where it has fewer. NULL: no such path, or, when `allow` is not empty afterwards, the path
 * is there but not the method. */
enum { ROUTE_MOST_IDS = 2 };
const struct route *route_find(struct str method, struct str path,
                               struct str out_ids[ROUTE_MOST_IDS], struct buf *allow);

#endif
