/* cast.h -- which jobs of the demo ran, when and on what: what the stand-in for CloudWatch knows.
 *
 * Filled by the thread that feeds, read by the thread that answers. */
#ifndef SMON_VERBS_DEMO_CAST_H
#define SMON_VERBS_DEMO_CAST_H

#include "base/lock.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>

struct demo_job;

enum { CAST_MOST = 1024, CAST_NAME_ROOM = 64 };

struct cast_member {
    char        name[CAST_NAME_ROOM];
    const char *instance_type;
    int         instance_count;
    bool        is_transform; /* its hosts are called by instance id, not algo-1 */
    ms          started, ended;
};

struct cast {
    struct lock        lock;               /* guards the rest */
    struct cast_member members[CAST_MOST]; /* a ring: the oldest are forgotten */
    size_t             count;              /* ever added */
};

void cast_init(struct cast *cast);
void cast_release(struct cast *cast);

void cast_add(struct cast *cast, const struct demo_job *job);

/* True: *out is a copy of the job of this name. */
bool cast_find(struct cast *cast, struct str name, struct cast_member *out);
/* The transform jobs, one after the other: false past the last. */
bool cast_transform(struct cast *cast, size_t at, struct cast_member *out);

#endif
