/* shape.h -- rows as JSON objects, by table: one line a member.
 *
 * The same table answers `fields=a,b`: which members are wanted. */
#ifndef SMON_API_SHAPE_H
#define SMON_API_SHAPE_H

#include <stddef.h>
#include <stdint.h>

struct compose;
struct fail;
struct params;

enum shape_type {
    SHAPE_TEXT,    /* struct str; empty or no data: null */
    SHAPE_TIME,    /* ms */
    SHAPE_NUMBER,  /* int64_t; below 0: null */
    SHAPE_FLAG,    /* bool */
    SHAPE_FLAG_OF, /* int64_t that is 0 or not */
    SHAPE_JSON,    /* struct str with JSON; no data: null */
    SHAPE_ACCOUNT, /* int64_t as 12 digits; 0: null */
    SHAPE_KIND,    /* int64_t, enum kind; 0: null */
    SHAPE_ID,      /* int64_t id followed by int64_t account: "111122223333-42" */
    SHAPE_NULL,    /* always null: not known yet */
    SHAPE_APART    /* written by the caller, after the others */
};

struct shape {
    const char     *name;
    enum shape_type type;
    size_t          offset;
};

enum { SHAPE_MOST = 63, SHAPE_ID_ROOM = 40 };
#define SHAPE_EVERYTHING UINT64_MAX

/* The members of `row` whose bit is set in `wanted`; ends at the line without a name. */
void shape_compose(struct compose *out, const struct shape *shapes, const void *row,
                   uint64_t wanted);

/* Reads `fields`; absent: everything. */
int shape_fields(struct params *params, const struct shape *shapes, uint64_t *wanted,
                 struct fail *why);
/* Is the member of this name wanted? */
int shape_wants(const struct shape *shapes, const char *name, uint64_t wanted);

/* "111122223333-42" */
void shape_id(int64_t account, int64_t id, char out[SHAPE_ID_ROOM]);
void shape_account(int64_t account, char out[SHAPE_ID_ROOM]);

#endif
