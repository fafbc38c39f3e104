/* fetch.h -- HTTP out (libcurl): one call, one answer, with a ceiling and a deadline.
 *
 * Never follows a redirect, never retries: that is the runner's decision. Only http and https. Not
 * used by the service itself, which makes no connection to the outside. A `struct fetch` keeps
 * connections for reuse and belongs to one thread. */
#ifndef SMON_WIRE_FETCH_H
#define SMON_WIRE_FETCH_H

#include "base/buf.h"
#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct fail;
struct fetch;

struct fetch_header {
    const char *name;
    const char *value; /* sent as it is; one with CR or LF is refused */
};

struct fetch_call {
    const char                *method; /* "GET", "POST", "PUT", "PATCH", "DELETE" */
    const char                *url;    /* sent as it is: paths are not normalised */
    const struct fetch_header *headers;
    size_t                     header_count;
    struct str                 body;
    ms                         deadline;       /* the whole call, from now; must be given */
    ms                         connect_within; /* 0: 5 s */
    size_t                     answer_limit;   /* bytes of body; must be given */
    const char                *unix_path;      /* talk over this local socket, or NULL */
    bool                       ignores_proxy;  /* metadata addresses */
    const char                *ca_file;        /* PEM, trusted in place of the system's; or NULL */
    bool public_only;           /* dial no loopback, link-local or private address: looked
                                   at when dialled, after DNS; no proxy either */
    const atomic_bool *abandon; /* NULL, or: when it becomes true the call ends within a
                                   second, FAIL_BUSY; for long polls */
};

struct fetch_answer {
    int        status;
    struct buf body;    /* unpacked when it came compressed */
    struct buf headers; /* raw lines; read with fetch_answer_header */
    bool       is_late; /* after -1: it was the deadline, or the peer trickled */
};
#define FETCH_ANSWER ((struct fetch_answer){0, BUF_UP_TO(0), BUF_UP_TO(64u * 1024), false})
void fetch_answer_release(struct fetch_answer *answer);

/* The first header of this name (any case), trimmed; STR_NONE: none. Borrowed from the answer. */
struct str fetch_answer_header(const struct fetch_answer *answer, const char *name);

/* A header that holds an HTTP date, as UTC milliseconds. 1 found, 0 none or unreadable. */
int fetch_answer_date(const struct fetch_answer *answer, const char *name, ms *out);

/* What Retry-After asks for, seconds or a date: 0 when absent, unreadable or past; a day
 * at most. */
ms fetch_answer_retry_after(const struct fetch_answer *answer);

int  fetch_setup(struct fail *why); /* once, before any thread */
int  fetch_new(struct fetch **out, struct fail *why);
void fetch_free(struct fetch *fetch);
OWN_PTR_TYPE(fetch)

/* 0: an HTTP answer came, whatever its status. -1: FAIL_REMOTE (connection, deadline, TLS, an
 * answer that breaks off or trickles), FAIL_SIZE (answer too long), FAIL_INPUT (bad URL or header),
 * FAIL_DENIED (public_only and the address is not), FAIL_MEMORY. What *out held is dropped first,
 * so one answer may serve many calls. No sentence repeats the URL or a header: they may be secret.
 * Time is real time, whatever tests do to the clock. A peer may be silent until the deadline, but
 * an answer that has begun must bring 100 bytes every 10 s. */
int fetch_do(struct fetch *fetch, const struct fetch_call *call, struct fetch_answer *out,
             struct fail *why);

#endif
