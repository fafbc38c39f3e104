/* kinds.h -- the table of detail-types: which kind of thing an event is about and where in its
 * detail the name, the status and the times stand. One line a detail-type. */
#ifndef SMON_INTAKE_KINDS_H
#define SMON_INTAKE_KINDS_H

#include "base/str.h"
#include "base/when.h"
#include "format/kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct news;
struct scan;

/* One event while it is read. Tokens are SCAN_NONE when the member is absent. */
struct event {
    const struct scan     *scan;
    uint32_t               envelope, detail;
    struct buf            *room; /* big enough for all texts of the post; it does not move */
    struct news           *news;
    const struct kind_row *row;
    ms                     modified;   /* LastModifiedTime */
    ms                     own;        /* the greatest of its other times that tell order */
    bool                   is_untimed; /* the envelope's time cannot be read */
    bool                   has_no_memory;
};

struct kind_row {
    struct str  detail_type;
    enum kind   kind; /* KIND_OTHER: kept, and no row is made of it */
    const char *name; /* members of detail; NULL: there is none */
    const char *arn;
    const char *status;
    const char *created;
    const char *started;
    const char *ended;
    void (*read)(struct event *event); /* what is special about it; NULL: nothing */
};

/* The line for a detail-type: exactly, else without blanks and letter case. NULL: not known. */
const struct kind_row *kinds_find(struct str detail_type);

size_t                 kinds_count(void);
const struct kind_row *kinds_at(size_t at);

#endif
