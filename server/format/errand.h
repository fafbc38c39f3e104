/* errand.h -- what a lease and an outcome look like on the work API, for both sides.
 *
 * POST /collect/v1/lease  {"worker":"host/123","deeds":["enrich","emit"],"most":8,"wait_ms":20000,
 *                          "lease_ms":60000}
 * 200
 * {"errands":[{"id":"111122223333-7-1785571200000","deed":"enrich","fence":1,"attempt":1,"born_at":"...",
 *       "memo":null,"job":{...as in REST...,"counted_at":"..."}}]}    [] after wait_ms
 * POST /collect/v1/finish {"worker":"...","outcomes":[
 *       {"id":"111122223333-7-1785571200000","fence":1,"result":"done","utilization":{...}},
 *       {"id":"...","fence":1,"result":"later","after_ms":60000,"why":"throttled","memo":{...},
 *        "utilization":{...}},
 *       {"id":"...","fence":1,"result":"dead","why":"AccessDenied ..."}]}
 * 200 {"results":[{"id":"...","accepted":true},{"id":"...","accepted":false,"reason":"leased
 * again"}]}
 *
 * An id is opaque to collectors: account, number, and the time of its birth, so that no late report
 * is taken for one about another errand. A fence number grows with every lease: an outcome under an
 * older one is refused, so a collector that slept cannot undo its successor. */
#ifndef SMON_FORMAT_ERRAND_H
#define SMON_FORMAT_ERRAND_H

#include "base/str.h"
#include "base/when.h"
#include "format/kind.h"
#include "format/utilization.h"

#include <stdint.h>

struct compose;
struct doc;
struct fail;

enum deed {                  /* numbers are stored; also bit numbers in resource.asked */
            DEED_ENRICH = 1, /* ask CloudWatch how well a finished job used its hardware */
            DEED_EMIT   = 2, /* write the completion's EMF document */
            DEED_EMIT_UTILIZATION =
                3, /* write the utilization's EMF document, once it is settled */
            DEED_COUNT = 4
};
const char *deed_name(enum deed deed);     /* "enrich", "emit", "emit-utilization" */
int         deed_of_name(struct str name); /* 0: no such deed */

enum { ERRAND_ID_ROOM = 64 };

/* What an errand tells at most, so that those of a lease fit into one answer: bytes of the job's
 * reason, hosts by name (the job's figures cover all). */
enum { ERRAND_MOST_REASON = 8192, ERRAND_MOST_HOSTS = 64 };

/* The job an errand is about, or the endpoint, as a collector needs it. Texts are borrowed from the
 * parsed lease. */
struct errand_job {
    struct str account; /* 12 digits */
    struct str region;
    enum kind  kind;
    struct str name, arn, status, secondary_status, failure_reason;
    ms         created_at, started_at, ended_at, duration_ms; /* WHEN_UNKNOWN */
    ms         counted_at; /* when the service counts the end, which it does also for a job whose
                              end no event told; a service that does not say: ended_at */
    struct str instance_type;
    int64_t    instance_count; /* 0: unknown; for instance groups their sum */
};

struct errand {
    char              id[ERRAND_ID_ROOM];
    enum deed         deed;
    int64_t           fence;
    int64_t           attempt; /* 1 is the first */
    ms                born_at;
    struct errand_job job;
    const struct doc *memo;        /* borrowed; NULL: none */
    const struct doc *utilization; /* borrowed; what the last try found; NULL: none */
};

enum errand_result { ERRAND_DONE, ERRAND_LATER, ERRAND_DEAD };

struct errand_outcome {
    char               id[ERRAND_ID_ROOM];
    int64_t            fence;
    enum errand_result result;
    ms                 after_ms;    /* with ERRAND_LATER */
    char               why[300];    /* "": none */
    char               memo[600];   /* JSON; "": none */
    struct utilization utilization; /* state NONE_YET: none given */
};
void errand_outcome_release(struct errand_outcome *outcome);

/* A sentence into such a field. What does not fit is cut at its end, between two characters, and
 * "..." stands there. Two become "first; second": either may fill what the other leaves, and has
 * half of the room in any case. */
void errand_say(struct str text, char *out, size_t room);
void errand_say_both(struct str first, struct str second, char *out, size_t room);

/* Both directions of both documents. A parsed errand borrows from `item`. */
void errand_compose(struct compose *out, const struct errand *errand, struct str memo_json,
                    const struct utilization *utilization);
int  errand_parse(const struct doc *item, struct errand *out, struct fail *why);
void errand_outcome_compose(struct compose *out, const struct errand_outcome *outcome);
int  errand_outcome_parse(const struct doc *item, struct errand_outcome *out, struct fail *why);

#endif
