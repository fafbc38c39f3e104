/* rollout.h -- how deployments stood at a moment, worked out from what happened to them.
 *
 * Pure: no SQL, no clock. An entry says how things are after it, so the newest one at or before a
 * moment, in the order of (at, id), is all there is to know about that moment; an entry that comes
 * late finds its place by itself.
 *
 *     blue/green   created                       promoted (the other: retired)
 *     canary       created  traffic_shift 5 25   promoted (the other: 95, 75, retired)
 *     rollback     created  promoted             (what it takes back: rolled_back)
 *
 * Registered deployments of one model, environment and endpoint are a group: they share its
 * traffic, so what happens to one happens to the others, by entries of their own (rollout_echo). */
#ifndef SMON_STORE_MODELS_ROLLOUT_H
#define SMON_STORE_MODELS_ROLLOUT_H

#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;

enum rollout_what { /* the numbers are stored */
                    ROLLOUT_CREATED     = 1,
                    ROLLOUT_SHIFT       = 2,
                    ROLLOUT_PROMOTED    = 3,
                    ROLLOUT_ROLLED_BACK = 4,
                    ROLLOUT_FAILED      = 5,
                    ROLLOUT_RETIRED     = 6
};

enum rollout_state {                           /* the numbers are stored */
                     ROLLOUT_PENDING      = 1, /* has no traffic (yet) */
                     ROLLOUT_ACTIVE       = 2, /* has some */
                     ROLLOUT_IS_RETIRED   = 3,
                     ROLLOUT_HAS_FAILED   = 4,
                     ROLLOUT_WAS_RETURNED = 5 /* rolled back */
};

/* Who said it; the numbers are stored. */
enum rollout_source { ROLLOUT_BY_PEOPLE = 1, ROLLOUT_BY_EVENTS = 2 };

/* Shares are hundredths of a percent: so many are one percent, and so many all traffic. */
enum { ROLLOUT_PERCENT = 100, ROLLOUT_WHOLE = 10000 };

struct rollout_entry {
    int64_t           deployment; /* its row */
    ms                at;
    int64_t           id; /* of the entry: later entries have greater ones */
    enum rollout_what what;
    int64_t           share; /* afterwards */
};

/* How a deployment stands. */
struct rollout_stand {
    enum rollout_state state;
    int64_t            share;
};

/* How it stands after an entry. Shares count for ROLLOUT_SHIFT only: a promotion is all of it, and
 * whatever ends, or has just begun, has none. */
struct rollout_stand rollout_after(enum rollout_what what, int64_t share);
/* Nothing more may happen to a registered one. */
bool rollout_is_end(enum rollout_state state);

/* How `deployment` stood at `at`. 1: *out; 0: it was not there yet. Entries may be in any order. */
int rollout_at(const struct rollout_entry *entries, size_t count, int64_t deployment, ms at,
               struct rollout_stand *out);

/* Whether the life of `deployment` makes sense: created first and once, nothing behind its end.
 * FAIL_CLASH says what does not. */
int rollout_check(const struct rollout_entry *entries, size_t count, int64_t deployment,
                  struct fail *why);

/* What an entry about to be added to one of a group does to the others, as they stood at its time.
 * Promoted: those that are active are retired. Its share changed to p, and exactly one other is
 * active: that one has the rest. Writes at most `room` entries (their id is 0) to `out`; gives how
 * many. `entries` are those of the whole group, without the new one. */
size_t rollout_echo(const struct rollout_entry *entries, size_t count,
                    const struct rollout_entry *added, struct rollout_entry *out, size_t room);

/* Which of the group had the greatest share before `deployment` got its first (or, when it never
 * had any, has it now): what a rollback goes back to. 0: none had any. */
int64_t rollout_before(const struct rollout_entry *entries, size_t count, int64_t deployment);

/* "traffic_shift", "active"; and back: 0 when there is no such. */
const char        *rollout_what_name(enum rollout_what what);
const char        *rollout_state_name(enum rollout_state state);
enum rollout_what  rollout_what_parse(struct str name);
enum rollout_state rollout_state_parse(struct str name);

#endif
