/* params.h -- the query string of a request: cut, decoded, and held against what is known.
 *
 *     struct params params = PARAMS_EMPTY;
 *     if (params_parse(&params, web_query(request), why) || params_check(&params, KNOWN, why))
 *         return -1;
 *
 * Typing errors in a dashboard must not become unfiltered data: a name that is not known is
 * refused, with the nearest one that is. When something is wrong, `fault` says what, for the edge
 * to show. */
#ifndef SMON_QUERY_PARAMS_H
#define SMON_QUERY_PARAMS_H

#include "base/buf.h"
#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;

enum { PARAMS_MOST = 64, PARAMS_MOST_BYTES = 8 * 1024, PARAMS_NAME_SHOWN = 64 };

struct param {
    struct str name, value; /* decoded; a value without '=' is empty */
};

/* The slugs of problems that a query string can have. */
enum param_fault {
    PARAM_FINE,
    PARAM_UNKNOWN, /* "unknown-parameter" */
    PARAM_BAD,     /* "bad-parameter" */
    PARAM_CURSOR,  /* "cursor-mismatch" */
    PARAM_TOO_WIDE /* "too-wide": well formed, but asks for more than we give */
};

struct params {
    struct param     items[PARAMS_MOST];
    size_t           count;
    struct buf       room; /* decoded texts; never moves once filled */
    enum param_fault fault;
    char             fault_name[PARAMS_NAME_SHOWN]; /* the parameter */
};
#define PARAMS_EMPTY ((struct params){.room = BUF_UP_TO(PARAMS_MOST_BYTES)})
void params_release(struct params *params);

/* Cuts at '&' and the first '='; decodes %XX and '+'. FAIL_INPUT: bad escapes, NUL, bytes that are
 * no UTF-8, over PARAMS_MOST, or over PARAMS_MOST_BYTES. */
int params_parse(struct params *params, struct str query, struct fail *why);

/* Every name must be in the NULL-terminated list; an entry "tag." allows everything that
 * starts so. With different values a name may be there twice only where lists take several. */
int params_check(struct params *params, const char *const *known, struct fail *why);

/* The first value of this name; false: not given. */
bool params_find(const struct params *params, const char *name, struct str *out);
/* The at-th value of this name (a repeated parameter), or of names that start with it if it ends
 * with '.'. */
bool params_nth(const struct params *params, const char *name, size_t at, struct param *out);

/* Absent gives `otherwise`. */
int params_int(struct params *params, const char *name, int64_t least, int64_t most,
               int64_t otherwise, int64_t *out, struct fail *why);
int params_bool(struct params *params, const char *name, bool otherwise, bool *out,
                struct fail *why);

/* RFC 3339, Unix seconds or milliseconds, "now", "now-6h". Absent: WHEN_UNKNOWN. */
int params_time(struct params *params, const char *name, ms now, ms *out, struct fail *why);
/* from (inclusive), to (exclusive), or since=6h instead of from. Refused unless from < to. */
int params_range(struct params *params, ms now, ms *from, ms *to, struct fail *why);

/* Sets the fault and *why (FAIL_INPUT, or FAIL_LIMIT for PARAM_TOO_WIDE); returns -1. */
__attribute__((format(printf, 5, 6))) int params_fault(struct params   *params,
                                                       enum param_fault fault, struct str name,
                                                       struct fail *why, const char *format, ...);

/* Text with everything but unreserved characters written as %XX. */
void params_escape(struct buf *out, struct str text);

#endif
