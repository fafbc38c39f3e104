#include "store/models/rollout.h"

#include "base/fail.h"

static const char *const WHATS[] = {
    [ROLLOUT_CREATED] = "created",   [ROLLOUT_SHIFT] = "traffic_shift",
    [ROLLOUT_PROMOTED] = "promoted", [ROLLOUT_ROLLED_BACK] = "rolled_back",
    [ROLLOUT_FAILED] = "failed",     [ROLLOUT_RETIRED] = "retired",
};
static const char *const STATES[] = {
    [ROLLOUT_PENDING] = "pending",          [ROLLOUT_ACTIVE] = "active",
    [ROLLOUT_IS_RETIRED] = "retired",       [ROLLOUT_HAS_FAILED] = "failed",
    [ROLLOUT_WAS_RETURNED] = "rolled_back",
};

static int number_of(const char *const *names, int last, struct str name)
{
    for (int i = 1; i <= last; i++)
        if (str_is_text(name, names[i]))
            return i;
    return 0;
}

const char *rollout_what_name(enum rollout_what what)
{
    return WHATS[what];
}

const char *rollout_state_name(enum rollout_state state)
{
    return STATES[state];
}

enum rollout_what rollout_what_parse(struct str name)
{
    return (enum rollout_what)number_of(WHATS, ROLLOUT_RETIRED, name);
}

enum rollout_state rollout_state_parse(struct str name)
{
    return (enum rollout_state)number_of(STATES, ROLLOUT_WAS_RETURNED, name);
}

struct rollout_stand rollout_after(enum rollout_what what, int64_t share)
{
    struct rollout_stand stand = {ROLLOUT_PENDING, 0};

    switch (what) {
    case ROLLOUT_CREATED: break;
    case ROLLOUT_SHIFT:
        stand = (struct rollout_stand){share > 0 ? ROLLOUT_ACTIVE : ROLLOUT_PENDING, share};
        break;
    case ROLLOUT_PROMOTED: stand = (struct rollout_stand){ROLLOUT_ACTIVE, ROLLOUT_WHOLE}; break;
    case ROLLOUT_ROLLED_BACK: stand.state = ROLLOUT_WAS_RETURNED; break;
    case ROLLOUT_FAILED: stand.state = ROLLOUT_HAS_FAILED; break;
    case ROLLOUT_RETIRED: stand.state = ROLLOUT_IS_RETIRED; break;
    }
    return stand;
}

bool rollout_is_end(enum rollout_state state)
{
    return state != ROLLOUT_PENDING && state != ROLLOUT_ACTIVE;
}

static bool is_later(const struct rollout_entry *a, const struct rollout_entry *b)
{
    return a->at != b->at ? a->at > b->at : a->id > b->id;
}

/* The newest entry of `deployment` that is not later than `bound`; NULL: none. */
static const struct rollout_entry *newest_until(const struct rollout_entry *entries, size_t count,
                                                int64_t                     deployment,
                                                const struct rollout_entry *bound)
{
    const struct rollout_entry *newest = NULL;

    for (size_t i = 0; i < count; i++)
        if (entries[i].deployment == deployment && !is_later(&entries[i], bound)
            && (!newest || is_later(&entries[i], newest)))
            newest = &entries[i];
    return newest;
}

int rollout_at(const struct rollout_entry *entries, size_t count, int64_t deployment, ms at,
               struct rollout_stand *out)
{
    const struct rollout_entry  bound  = {.at = at, .id = INT64_MAX};
    const struct rollout_entry *newest = newest_until(entries, count, deployment, &bound);

    if (newest)
        *out = rollout_after(newest->what, newest->share);
    return newest != NULL;
}

int64_t rollout_before(const struct rollout_entry *entries, size_t count, int64_t deployment)
{
    struct rollout_entry bound = {.at = INT64_MAX, .id = INT64_MAX};
    int64_t              best = 0, best_share = 0;

    for (size_t i = 0; i < count; i++)
        if (entries[i].deployment == deployment && is_later(&bound, &entries[i])
            && rollout_after(entries[i].what, entries[i].share).share > 0)
            bound = entries[i];
    for (size_t i = 0; i < count; i++) {
        int64_t                     other  = entries[i].deployment;
        const struct rollout_entry *newest = newest_until(entries, count, other, &bound);
        int64_t share = newest ? rollout_after(newest->what, newest->share).share : 0;

        if (other == deployment || share < best_share || share == 0
            || (share == best_share && other < best))
            continue;
        best       = other;
        best_share = share;
    }
    return best;
}

int rollout_check(const struct rollout_entry *entries, size_t count, int64_t deployment,
                  struct fail *why)
{
    const struct rollout_entry *first = NULL, *end = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct rollout_entry *entry = &entries[i];

        if (entry->deployment != deployment)
            continue;
        if (!first || is_later(first, entry))
            first = entry;
        if (rollout_is_end(rollout_after(entry->what, entry->share).state)
            && (!end || is_later(end, entry)))
            end = entry;
    }
    for (size_t i = 0; i < count; i++) {
        const struct rollout_entry *entry = &entries[i];

        if (entry->deployment != deployment)
            continue;
        if (entry == first ? entry->what != ROLLOUT_CREATED : entry->what == ROLLOUT_CREATED)
            return fail_set(why, FAIL_CLASH, "it is before the deployment was created");
        if (end && is_later(entry, end))
            return fail_set(why, FAIL_CLASH, "'%s' follows '%s', which is an end",
                            rollout_what_name(entry->what), rollout_what_name(end->what));
    }
    return 0;
}

/* Each deployment is looked at once, where it is named first. */
static bool is_named_before(const struct rollout_entry *entries, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (entries[i].deployment == entries[at].deployment)
            return true;
    return false;
}

static size_t retire_others(const struct rollout_entry *active, size_t count,
                            struct rollout_entry *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i]       = active[i];
        out[i].what  = ROLLOUT_RETIRED;
        out[i].share = 0;
    }
    return count;
}

size_t rollout_echo(const struct rollout_entry *entries, size_t count,
                    const struct rollout_entry *added, struct rollout_entry *out, size_t room)
{
    const struct rollout_stand after = rollout_after(added->what, added->share);
    struct rollout_stand       stand = {ROLLOUT_PENDING, 0};
    bool                       had_share =
        rollout_at(entries, count, added->deployment, added->at, &stand) && stand.share > 0;
    size_t active = 0;

    if (added->what == ROLLOUT_CREATED || (after.share == 0 && !had_share))
        return 0;
    for (size_t i = 0; i < count && active < room; i++)
        if (entries[i].deployment != added->deployment && !is_named_before(entries, i)
            && rollout_at(entries, count, entries[i].deployment, added->at, &stand)
            && stand.state == ROLLOUT_ACTIVE)
            out[active++] = (struct rollout_entry){.deployment = entries[i].deployment,
                                                   .at         = added->at,
                                                   .what       = ROLLOUT_SHIFT,
                                                   .share      = ROLLOUT_WHOLE - after.share};
    if (added->what == ROLLOUT_PROMOTED)
        return retire_others(out, active, out);
    return active == 1 ? 1 : 0;
}
