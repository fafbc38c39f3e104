/* overdue.h -- running jobs against their own history: which take much longer than they usually do.
 *
 * Jobs whose names differ only in a date, a number or an execution ("fraud-train-2026-11-21",
 * "nightly/x7") are runs of one thing: a family. A job is overdue when it has run for more than
 * twice what its family's last runs took on average, and five minutes longer; or, where its family
 * has too few runs to tell, for more than a day. */
#ifndef SMON_QUERY_OVERDUE_H
#define SMON_QUERY_OVERDUE_H

#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asker;
struct fail;

struct overdue_job {
    int64_t account, id;
    ms      age_ms;
    ms      usual_ms; /* WHEN_UNKNOWN: too few runs */
    int64_t usual_of; /* how many runs that is the average of */
};

enum { OVERDUE_LOOKED_AT = 400, OVERDUE_MOST = 20 };

struct overdue {
    struct overdue_job jobs[OVERDUE_MOST]; /* the farthest from usual first */
    size_t             count;
    size_t             looked_at; /* running jobs; the oldest OVERDUE_LOOKED_AT of them at most */
    bool               is_cut;    /* there are more of them */
};

int overdue_read(const struct asker *asker, struct overdue *out, struct fail *why);

/* The beginning of a name that its family shares: up to the blank, '/', or digit that follows '-',
 * '_' or '.'. Empty: the name says nothing. */
struct str overdue_family(struct str name);

#endif
