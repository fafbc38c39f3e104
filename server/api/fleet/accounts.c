/* Accounts and regions, with their pulse. */
#include "api/app.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/fleet/pulse.h"
#include "api/shape.h"
#include "base/fail.h"
#include "query/summary.h"

static void write_account(struct compose *out, const struct summary *summary, size_t first,
                          size_t next, ms now)
{
    struct account_item sum  = summary->accounts[first];
    int64_t             jobs = 0, failed = 0;
    size_t              end;
    char                account[SHAPE_ID_ROOM];

    for (size_t i = first + 1; i < next; i++) {
        const struct account_item *one = &summary->accounts[i];

        pulse_add(&sum, one);
        sum.first_seen_at =
            one->first_seen_at < sum.first_seen_at ? one->first_seen_at : sum.first_seen_at;
        if (one->last_received_at > sum.last_received_at) {
            sum.last_received_at = one->last_received_at;
            sum.lag_ms           = one->lag_ms;
        }
        sum.last_event_at =
            one->last_event_at > sum.last_event_at ? one->last_event_at : sum.last_event_at;
    }
    for (size_t i = 0; i < summary->tally_count; i++) {
        const struct tally_item *tally = &summary->tallies[i];

        if (tally->account != sum.account || !kind_is_job((enum kind)tally->kind))
            continue;
        jobs += tally->count;
        failed += summary_is_failure(tally->kind, tally->status) ? tally->count : 0;
    }
    shape_account(sum.account, account);
    compose_open(out, NULL, '{');
    compose_text(out, "account", sum.account ? str_of(account) : STR_NONE);
    compose_null(out, "name");
    compose_bool(out, "is_silent", summary_is_silent(summary, first, now, &end));
    compose_int(out, "jobs", jobs);
    compose_int(out, "failed", failed);
    compose_time(out, "first_seen_at", sum.first_seen_at);
    compose_time(out, "last_received_at", sum.last_received_at);
    compose_time(out, "last_event_at", sum.last_event_at);
    compose_int(out, "lag_ms", sum.lag_ms);
    pulse_json(out, &sum);
    compose_open(out, "regions", '[');
    for (size_t i = first; i < next; i++)
        if (summary->accounts[i].region.size)
            compose_text(out, NULL, summary->accounts[i].region);
    compose_close(out, ']');
    compose_close(out, '}');
}

int accounts_list(struct ask *ask, struct fail *why)
{
    static const char *const   known[] = {"limit", "cursor", "time_format", NULL};
    static const char *const   sorts[] = {"account", NULL};
    static const struct paging paging  = {sorts, false, "/api/v1/accounts"};
    OWN(summary) summary               = SUMMARY_EMPTY;
    struct paged paged;
    size_t       next;

    if (ask_check(ask, known, why)
        || paging_read(&ask->params, &paging, ask->app->cursor_key, &paged, why)
        || summary_read(&ask->asker, &summary, why))
        return -1;
    ask_open_list(ask);
    for (size_t i = 0; i < summary.account_count; i = next) {
        int64_t account = summary.accounts[i].account;

        next = i + 1;
        while (next < summary.account_count && summary.accounts[next].account == account)
            next++;
        if (paged.page.goes_on && account <= paged.page.at)
            continue;
        if (!page_takes(&paged.page, account, 0))
            break;
        write_account(&ask->json, &summary, i, next, ask->asker.now);
    }
    if (ask_close_list(ask, &paged, paging.path, why))
        return -1;
    compose_close(&ask->json, '}');
    return 0;
}
