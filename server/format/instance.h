/* instance.h -- what is inside an ml.* instance type: vCPUs and GPUs. Source: the public SageMaker
 * and EC2 instance tables. A type that is not in the table is simply not known. */
#ifndef SMON_FORMAT_INSTANCE_H
#define SMON_FORMAT_INSTANCE_H

#include "base/str.h"

#include <stddef.h>

struct instance_facts {
    const char *name; /* "ml.m5.xlarge" */
    int         vcpus;
    int         gpus; /* 0: none */
};

const struct instance_facts *instance_facts(struct str type); /* NULL: not known */

/* The whole table, in byte order of the names: for tests and documentation. */
size_t                       instance_count(void);
const struct instance_facts *instance_at(size_t at);

#endif
