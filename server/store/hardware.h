/* hardware.h -- how well a finished job used its hardware, or an endpoint in the hour somebody
 * asked about, as stored: figures in table `utilization`, their course in `utilization_course`. */
#ifndef SMON_STORE_HARDWARE_H
#define SMON_STORE_HARDWARE_H

#include "format/utilization.h"

#include <stdint.h>

struct batch;
struct db;
struct fail;

/* Replaces the figures and the course of a job by these. */
int hardware_put(struct batch *batch, int64_t account, int64_t resource_id,
                 const struct utilization *utilization, struct fail *why);

/* The figures of a job: hosts in order of name. State and reason stand with the resource: the
 * caller sets them. The course is left alone. 0 (also when there are none) or -1. */
int hardware_read(struct db *db, int64_t account, int64_t resource_id, struct utilization *out,
                  struct fail *why);

/* The course of a job; 1: *out is yours, 0: there is none, -1. */
int hardware_read_course(struct db *db, int64_t account, int64_t resource_id,
                         struct use_course **out, struct fail *why);

#endif
