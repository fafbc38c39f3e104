/* question.h -- what is asked of inference transactions, as texts: what a request said, before the
 * store is asked. The store's filter is made from it (inference_filter.h), and so are the texts in
 * other languages (insights.h, sqltext.h, elastic.h).
 *
 *     namespace=/abc_corp/claim  model=doc_classification  status=!succeeded  min_elapse_ms=3000
 *
 * Texts are borrowed from the request's parameters. */
#ifndef SMON_QUERY_INFERENCES_QUESTION_H
#define SMON_QUERY_INFERENCES_QUESTION_H

#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asker;
struct fail;
struct inference_filter;
struct params;

enum { QUESTION_MOST_VALUES = 16 };

/* What can be chosen by a list of values. */
enum question_field {
    QUESTION_ACCOUNT,
    QUESTION_REGION,
    QUESTION_MODEL,
    QUESTION_VERSION,
    QUESTION_DEPLOYMENT,
    QUESTION_SERVER,
    QUESTION_ENVIRONMENT,
    QUESTION_ENDPOINT,
    QUESTION_STATUS,
    QUESTION_FIELDS
};

/* How a field is called: as a parameter, and as a member of a transaction (and of the event in a
 * log group). `is_number`: its values are numbers from 0 on. */
struct question_name {
    const char *param, *member;
    bool        is_number;
};
const struct question_name *question_name(enum question_field field);

/* One of a list of texts, or none of them. */
struct question_choice {
    bool       is_given, is_not;
    size_t     count;
    struct str values[QUESTION_MOST_VALUES];
};

enum question_by {
    QUESTION_BY_NOTHING,
    QUESTION_BY_MODEL,
    QUESTION_BY_VERSION,
    QUESTION_BY_DEPLOYMENT,
    QUESTION_BY_SERVER,
    QUESTION_BY_ENVIRONMENT,
    QUESTION_BY_STATUS,
    QUESTION_BY_ENDPOINT,
    QUESTION_BYS
};
/* "model", "version", ...; NULL for nothing. */
const char *question_by_name(enum question_by by);
/* The field it keeps apart; QUESTION_FIELDS for nothing. */
enum question_field question_by_field(enum question_by by);

struct question {
    struct str namespace; /* a subtree: models at or below it; no data: any */
    struct question_choice choices[QUESTION_FIELDS];
    int64_t                min_elapse_ms, max_elapse_ms; /* both inclusive; -1: open */
    ms                     from, to;                     /* half open; WHEN_UNKNOWN: open */
    int64_t                model_id; /* 0: any; the caller's own, no parameter says it */
    bool                   is_summary;
    enum question_by       by;                       /* of a summary */
    bool                   by_elapse, is_descending; /* of a list */
    int                    limit;
};

/* Reads the parameters of QUESTION_PARAMS; of a list also the bounds of elapse, of a summary
 * (is_summary, set by the caller) group_by. FAIL_INPUT names the parameter that is wrong. */
#define QUESTION_PARAMS                                                                            \
    "namespace", "model", "account", "region", "model_version", "deployment_id", "server_id",      \
        "environment", "endpoint", "status", "from", "to", "since"
int question_read(struct params *params, ms now, struct question *out, struct fail *why);

/* The same as the store understands it: words by number. What was never heard of matches nothing.
 */
int question_filter(const struct question *question, const struct asker *asker,
                    struct inference_filter *out, struct fail *why);

#endif
