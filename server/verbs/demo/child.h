/* child.h -- the real service, as a child of the demo: started, awaited, stopped.
 *
 * It gets made-up AWS credentials and the stand-in's address; what it logs goes to <data>/smon.log.
 * It ends with us, however we end. */
#ifndef SMON_VERBS_DEMO_CHILD_H
#define SMON_VERBS_DEMO_CHILD_H

#include "base/own.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct fail;

struct child_options {
    const char *listen;    /* HOST:PORT */
    const char *data;      /* directory; exists */
    const char *admin_key; /* smon_..., accepted with every role */
    const char *emf;       /* file for EMF lines */
    uint16_t    standin_port;
};

struct child {
    pid_t pid; /* 0: none */
};

/* Starts `smon serve`. FAIL_BUSY when it cannot be started. */
int child_start(struct child *child, const struct child_options *options, struct fail *why);
/* 1: it still runs; 0: it ended by itself, and *why says how, with the last line of its log. */
int child_runs(struct child *child, const char *data, struct fail *why);
/* It is the one that has the data, and not a service that was there before. */
bool child_holds(const struct child *child, const char *data);
/* Asks it to stop, waits for it; kills it when it does not. Harmless twice. */
void child_release(struct child *child);

#endif
