/* event.h -- one sample event, as EventBridge would post it.
 *
 * A caller opens an event, writes the detail's members with compose, and closes it. Shapes follow
 * "Events that Amazon SageMaker AI sends to Amazon EventBridge"; names, numbers and reasons are
 * made up. Ids are random, so that every run of the demo is new to the store. */
#ifndef SMON_VERBS_DEMO_EVENT_H
#define SMON_VERBS_DEMO_EVENT_H

#include "base/str.h"
#include "base/when.h"
#include "format/compose.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum { DEMO_NAME_ROOM = 64, DEMO_RESOURCE_ROOM = 128, DEMO_ARN_ROOM = 256, DEMO_URI_ROOM = 256 };

struct demo_place {
    const char *account, *region;
};

struct demo_event {
    const char       *detail_type;
    struct demo_place place;
    const char       *arn; /* the envelope's resource */
    ms                at;
};

void demo_arn(const struct demo_place *place, const char *resource, char out[DEMO_ARN_ROOM]);

/* Writes the envelope and opens its detail; the caller writes members and closes it. */
struct compose demo_event_open(struct buf *out, const struct demo_event *event);
void           demo_event_close(struct compose *out);

/* ---- jobs: training, processing, transform, tuning share one shape
 * ---------------------------- */

enum demo_kind { DEMO_TRAINING, DEMO_PROCESSING, DEMO_TRANSFORM, DEMO_TUNING };

struct demo_job {
    enum demo_kind    kind;
    struct demo_place place;
    char              name[DEMO_NAME_ROOM];
    const char       *instance_type; /* NULL: tuning has none */
    int               instance_count;
    bool              is_spot;
    const char       *team;                    /* tag */
    ms                created, started, ended; /* WHEN_UNKNOWN */
};

/* One of SecondaryStatusTransitions. */
struct demo_phase {
    const char *status, *message;
    ms          from, to; /* WHEN_UNKNOWN: it lasts */
};

struct demo_state {
    ms                       at;                          /* LastModifiedTime */
    const char              *status, *secondary, *reason; /* NULL: none */
    const struct demo_phase *phases;                      /* so far, this one included */
    int                      phase_count;
};

/* One state change of a job. Times that lie behind it are not told yet. */
void demo_job_event(struct buf *out, const struct demo_job *job, const struct demo_state *state);
void demo_job_arn(const struct demo_job *job, char out[DEMO_ARN_ROOM]);
/* Where a training job leaves its model. */
void demo_artifact(const struct demo_job *job, char out[DEMO_URI_ROOM]);

#endif
