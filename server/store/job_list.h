/* job_list.h -- jobs and other resources as people read them: one by its number, or many by filter.
 *
 * Rows are handed to a visitor while the statement runs; their texts are borrowed until the next
 * row. The visitor may use other statements of the same connection. */
#ifndef SMON_STORE_JOB_LIST_H
#define SMON_STORE_JOB_LIST_H

#include "base/str.h"
#include "base/when.h"
#include "store/page.h"
#include "store/scope.h"
#include "store/sql.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct fail;
struct words;

struct job_row {
    int64_t    id, account;
    struct str region;
    int64_t    kind; /* enum kind */
    struct str name, arn, status, secondary_status, failure_reason;
    struct str approval, stage; /* model packages */
    ms         created_at, started_at, ended_at;
    ms         duration_ms, billable_ms; /* WHEN_UNKNOWN */
    struct str instance_type;
    int64_t    instance_count; /* -1: unknown */
    struct str sizing, tags;   /* JSON */
    struct str parent, created_by;
    ms         first_seen_at, last_event_at, changed_at, completed_at;
    bool       has_failed, failed_before_start;
    int64_t    utilization; /* enum utilization_state */
    struct str utilization_why;
};

enum { JOB_FILTER_TAGS = 4 };

/* Jobs that failed before they got hardware. */
enum unstarted { UNSTARTED_OR_NOT, UNSTARTED_ONLY, UNSTARTED_NOT };

struct job_filter {
    struct scope   scope;
    bool           wants_resources;                    /* the kinds that are not jobs */
    struct choice  accounts, regions, kinds, statuses; /* words by number; -1: never heard of */
    struct str     name_prefix;
    struct str     tags[JOB_FILTER_TAGS]; /* each `"key":"value"`, escaped as in JSON */
    size_t         tag_count;
    enum unstarted unstarted;
    bool           by_end;       /* by end instead of creation; what has none is the rest */
    bool           range_by_end; /* from and to mean the end, or else when it was told */
    ms             from, to;     /* WHEN_UNKNOWN: open */
};

typedef int job_visit(void *ctx, const struct job_row *row, struct fail *why);

/* Visits what matches, in order, page->limit + 1 rows at most: by end, and then the rest (page.h),
 * which is what has no end, the newest created first. 0, or -1 also when `visit` fails. */
int job_list(struct db *db, struct words *words, const struct job_filter *filter,
             const struct page *page, job_visit *visit, void *ctx, struct fail *why);

/* How many match; stops counting at `cap` (0: no cap). */
int job_list_count(struct db *db, const struct job_filter *filter, int64_t cap, int64_t *out,
                   struct fail *why);

/* Adds every status that was heard within the scope and is `status` but for letter case: 1, 0 when
 * there is none, -1. */
int job_list_statuses(struct db *db, struct words *words, const struct scope *scope,
                      struct str status, struct choice *out, struct fail *why);

/* One by its number: 1 visited, 0 there is none, -1. */
int job_list_one(struct db *db, struct words *words, int64_t account, int64_t id, job_visit *visit,
                 void *ctx, struct fail *why);

#endif
