/* summary.h -- the picture at a glance: what there is, what happened in a day, what waits.
 *
 * Read from tallies, rollups and pulses, never by counting rows. Texts are borrowed from the words
 * of the reader that read it. */
#ifndef SMON_QUERY_SUMMARY_H
#define SMON_QUERY_SUMMARY_H

#include "base/own.h"
#include "format/errand.h"
#include "format/kind.h"
#include "store/account_list.h"
#include "store/overview.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asker;
struct fail;

struct window { /* what happened to jobs within a time */
    int64_t created, ended, failed, unstarted, duration_ms, timed;
};

struct summary {
    struct tally_item   *tallies; /* by account, kind, status */
    size_t               tally_count, tally_room;
    struct tally_item   *totals; /* the same summed up over accounts; by kind, account 0 */
    size_t               total_count, total_room;
    struct account_item *accounts; /* by account, region */
    size_t               account_count, account_room;
    struct window        day;                    /* the last 24 hours, by whole hours */
    struct window        day_of[KIND_RESOURCES]; /* the same by kind */
    ms                   day_from, day_to;
    struct {
        int64_t waiting, dead;
        ms      oldest_due; /* WHEN_UNKNOWN: none waits */
    } errands[DEED_COUNT];
    int64_t accepted, delivered, dead; /* errands since ever */
    int64_t quarantined;
};
#define SUMMARY_EMPTY ((struct summary){.tallies = NULL})
void summary_release(struct summary *summary);

enum { SUMMARY_MOST_ACCOUNTS = 10000 };
/* An account that has been quiet this long is called silent. */
#define SUMMARY_SILENT_AFTER (24 * (ms)MS_HOUR)

int summary_read(const struct asker *asker, struct summary *out, struct fail *why);

/* Its last event is older than SUMMARY_SILENT_AFTER (all its regions'). `first` is the index of the
 * account's first region; *next is set behind its last. */
bool summary_is_silent(const struct summary *summary, size_t first, ms now, size_t *next);
/* The status means failure for a job of this kind. */
bool summary_is_failure(int64_t kind, struct str status);

#endif
