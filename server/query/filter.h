/* filter.h -- parameters of a request as the filters of a list.
 *
 * account=111122223333,444455556666  region=!us-east-1  kind=training,processing  status=!Completed
 * tag.team=risk  name_prefix=demo-  failed_before_start=true  from= to= since= time_field=ended_at
 *
 * A comma means any of them, `!` before the first none of them. A region the store has never heard
 * of matches nothing; a kind that does not exist is an error, and so is a status that no kind has
 * and nobody has heard. */
#ifndef SMON_QUERY_FILTER_H
#define SMON_QUERY_FILTER_H

#include "base/buf.h"
#include "query/params.h"
#include "store/event_list.h"
#include "store/job_list.h"
#include "store/quarantine_list.h"

struct db;
struct words;

/* Whose list it is: what the filters are read against. */
struct asker {
    struct db          *db;
    struct words       *words;
    const struct scope *scope;
    ms                  now;
};

/* Fills *out but for wants_resources and by_end, which the caller has set. `room` holds what
 * filters borrow (tags as JSON); it must outlive the query. */
int filter_jobs(struct params *params, const struct asker *asker, struct buf *room,
                struct job_filter *out, struct fail *why);
int filter_events(struct params *params, const struct asker *asker, struct event_filter *out,
                  struct fail *why);
int filter_quarantine(struct params *params, const struct asker *asker,
                      struct quarantine_filter *out, struct fail *why);

/* One choice at a time, for others. */
int filter_accounts(struct params *params, struct choice *out, struct fail *why);
int filter_kinds(struct params *params, struct choice *out, struct fail *why);
int filter_words(struct params *params, const struct asker *asker, const char *name,
                 struct choice *out, struct fail *why);
int filter_statuses(struct params *params, const struct asker *asker, struct choice *out,
                    struct fail *why);
/* Names of a closed set. */
struct filter_set {
    int64_t (*number)(struct str name); /* 0: there is no such */
    const char *names;                  /* "active, pending, ...": for who gives another */
};
int filter_names(struct params *params, const char *name, const struct filter_set *set,
                 struct choice *out, struct fail *why);

/* tag.team=risk, JOB_FILTER_TAGS at most, as text that is searched for in stored tags; `room` holds
 * it and must outlive the query. */
int filter_tags(struct params *params, struct buf *room, struct str out[JOB_FILTER_TAGS],
                size_t *out_count, struct fail *why);
/* namespace=/abc/claim: that node and what stands below it; no data: not given. */
int filter_namespace(struct params *params, struct str *out, struct fail *why);

/* "111122223333-42" in its parts; -1: not an id. */
int filter_id(struct str text, int64_t *out_account, int64_t *out_id);

#endif
