#include "query/summary.h"

#include "base/fail.h"
#include "base/mem.h"
#include "query/filter.h"
#include "store/series.h"

void summary_release(struct summary *summary)
{
    mem_free(TAKE(summary->tallies));
    mem_free(TAKE(summary->totals));
    mem_free(TAKE(summary->accounts));
}

/* Room for one more thing in a growing array. */
static int make_room(void **array, size_t count, size_t *room, size_t size, struct fail *why)
{
    size_t wanted = *room ? *room * 2 : 64;
    void  *grown;

    if (count < *room)
        return 0;
    grown = mem_grow(*array, wanted, size);
    if (!grown)
        return fail_set(why, FAIL_MEMORY, "no memory for a summary");
    *array = grown;
    *room  = wanted;
    return 0;
}

/* There are few kinds and statuses, so the place is found by looking at all of them. Totals stay in
 * order of kind: a new one moves those behind it. */
static int add_total(struct summary *summary, const struct tally_item *item, struct fail *why)
{
    void  *array = summary->totals;
    size_t at    = 0;

    while (at < summary->total_count
           && (summary->totals[at].kind != item->kind
               || !str_is(summary->totals[at].status, item->status)))
        at++;
    if (at < summary->total_count) {
        summary->totals[at].count += item->count;
        return 0;
    }
    if (make_room(&array, summary->total_count, &summary->total_room, sizeof *item, why))
        return -1;
    summary->totals = array;
    for (at = summary->total_count++; at > 0 && summary->totals[at - 1].kind > item->kind; at--)
        summary->totals[at] = summary->totals[at - 1];
    summary->totals[at]         = *item;
    summary->totals[at].account = 0;
    return 0;
}

static int add_tally(void *ctx, const struct tally_item *item, struct fail *why)
{
    struct summary *summary = ctx;
    void           *array   = summary->tallies;

    if (make_room(&array, summary->tally_count, &summary->tally_room, sizeof *item, why))
        return -1;
    summary->tallies                         = array;
    summary->tallies[summary->tally_count++] = *item;
    return add_total(summary, item, why);
}

static int add_account(void *ctx, const struct account_item *item, struct fail *why)
{
    struct summary *summary = ctx;
    void           *array   = summary->accounts;

    if (make_room(&array, summary->account_count, &summary->account_room, sizeof *item, why))
        return -1;
    summary->accounts                           = array;
    summary->accounts[summary->account_count++] = *item;
    return 0;
}

bool summary_is_failure(int64_t kind, struct str status)
{
    const struct status_facts *facts = status_facts((enum kind)kind, status);

    return facts && facts->is_failed;
}

static void add_to_window(struct window *window, const struct series_item *item)
{
    window->created += item->created;
    window->ended += item->ended;
    window->failed += summary_is_failure(item->kind, item->status) ? item->ended : 0;
    window->unstarted += item->unstarted;
    window->duration_ms += item->duration_ms;
    window->timed += item->timed;
}

static int add_day(void *ctx, const struct series_item *item, struct fail *why)
{
    struct summary *summary = ctx;

    (void)why;
    add_to_window(&summary->day, item);
    if (item->kind > 0 && item->kind < KIND_RESOURCES)
        add_to_window(&summary->day_of[item->kind], item);
    return 0;
}

static void add_sum(struct summary *summary, const struct waiting_item *item)
{
    if (str_is_text(item->sum, "errands.accepted"))
        summary->accepted = item->count;
    else if (str_is_text(item->sum, "errands.delivered"))
        summary->delivered = item->count;
    else if (str_is_text(item->sum, "errands.dead"))
        summary->dead = item->count;
}

static int add_errands(void *ctx, const struct waiting_item *item, struct fail *why)
{
    struct summary *summary = ctx;

    (void)why;
    add_sum(summary, item);
    if (item->deed <= 0 || item->deed >= DEED_COUNT)
        return 0;
    if (item->is_dead) {
        summary->errands[item->deed].dead = item->count;
        return 0;
    }
    summary->errands[item->deed].waiting    = item->count;
    summary->errands[item->deed].oldest_due = item->oldest_due;
    return 0;
}

int summary_read(const struct asker *asker, struct summary *out, struct fail *why)
{
    ms                   hour = asker->now - asker->now % MS_HOUR;
    struct series_filter day  = {
         .scope         = *asker->scope,
         .grain         = GRAIN_HOUR,
         .from          = hour - 23 * (ms)MS_HOUR, /* with the hour that runs: 24 buckets */
         .to            = hour + MS_HOUR,
         .by            = SERIES_BY_KIND | SERIES_BY_STATUS,
         .is_one_bucket = true,
    };

    *out = SUMMARY_EMPTY;
    for (int deed = 0; deed < DEED_COUNT; deed++)
        out->errands[deed].oldest_due = WHEN_UNKNOWN;
    out->day_from = day.from;
    out->day_to   = asker->now;
    if (overview_tally(asker->db, asker->words, asker->scope, add_tally, out, why)
        || account_list(asker->db, asker->words, asker->scope, -1, SUMMARY_MOST_ACCOUNTS,
                        add_account, out, why)
        || series_list(asker->db, asker->words, &day, add_day, out, why)
        || overview_errands(asker->db, add_errands, out, why)
        || overview_quarantined(asker->db, asker->scope, &out->quarantined, why)) {
        summary_release(out);
        return fail_in(why, "summing up");
    }
    return 0;
}

bool summary_is_silent(const struct summary *summary, size_t first, ms now, size_t *next)
{
    ms      newest  = WHEN_UNKNOWN;
    size_t  at      = first;
    int64_t account = summary->accounts[first].account;

    for (; at < summary->account_count && summary->accounts[at].account == account; at++)
        if (summary->accounts[at].last_received_at > newest)
            newest = summary->accounts[at].last_received_at;
    *next = at;
    return account != 0 && newest < now - SUMMARY_SILENT_AFTER;
}
