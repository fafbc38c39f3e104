/* job_json.h -- a job or resource as REST shows it. */
#ifndef SMON_API_JOB_JSON_H
#define SMON_API_JOB_JSON_H

#include "api/shape.h"

#include <stdbool.h>

struct compose;
struct db;
struct fail;
struct job_row;
struct prices;

extern const struct shape job_shape[];
extern const struct shape resource_shape[];

struct job_json {
    struct db           *db;     /* where utilization is read */
    const struct prices *prices; /* what it cost; NULL: not known */
    uint64_t             wanted; /* bits of the shape */
    bool                 is_resource;
    bool                 has_links;  /* addresses of what belongs to it */
    bool                 has_course; /* of its utilization, over time */
};

int job_json(struct compose *out, const char *name, const struct job_row *row,
             const struct job_json *how, struct fail *why);
/* Only its utilization. */
int job_json_utilization(struct compose *out, const char *name, const struct job_row *row,
                         const struct job_json *how, struct fail *why);

#endif
