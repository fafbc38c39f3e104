/* work.h -- the work API, from the collector's side: lease errands, report what came of them.
 *
 * The documents stand in format/errand.h. Over the service's local socket, or over a URL with a key
 * of role `collect`. One thread. */
#ifndef SMON_RUNNER_WORK_H
#define SMON_RUNNER_WORK_H

#include "base/own.h"
#include "base/when.h"
#include "format/errand.h"

#include <stdatomic.h>
#include <stddef.h>

struct doc;
struct fail;
struct work;

struct work_place {
    const char        *socket; /* path of the service's local socket; NULL: use url */
    const char        *url;    /* "https://host:port" */
    const char        *key;    /* "": none */
    const char        *worker; /* who we are: "host/pid" */
    const atomic_bool *stop;   /* true: give up a long poll */
};

struct work_wish {
    const enum deed *deeds;
    size_t           deed_count;
    int              most;
    ms               wait;  /* of the long poll */
    ms               lease; /* how long the errands are ours */
};

struct work_receipt {
    bool is_accepted;
    char reason[120]; /* why not */
};

/* Borrows the place's texts. FAIL_INPUT: the URL cannot be used. */
int  work_new(const struct work_place *place, struct work **out, struct fail *why);
void work_free(struct work *work);
OWN_PTR_TYPE(work)

/* The answer's document: its member "errands" is an array, perhaps empty. `hint` is what the
 * service asks us to wait after a failure, or 0. */
int work_lease(struct work *work, const struct work_wish *wish, struct doc **out, ms *hint,
               struct fail *why);

/* Reports; the receipts tell which outcomes were accepted. FAIL_INPUT and FAIL_SIZE: the service
 * refuses them all; FAIL_BUG: it failed at one of them. After any other failure it is worth while
 * to wait. */
int work_finish(struct work *work, const struct errand_outcome *outcomes, size_t count,
                struct work_receipt *receipts, ms *hint, struct fail *why);

#endif
