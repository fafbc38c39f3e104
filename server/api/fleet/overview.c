/* The picture at a glance. */
#include "api/ask.h"
#include "api/handlers.h"
#include "api/fleet/pulse.h"
#include "api/shape.h"
#include "base/fail.h"
#include "query/summary.h"

static void write_counts(struct compose *out, const struct tally_item *tallies, size_t count)
{
    int64_t sum = 0;

    compose_open(out, "by_status", '{');
    for (size_t i = 0; i < count; i++) {
        char name[64];

        sum += tallies[i].count;
        if (str_to_c(str_part(tallies[i].status, 0, sizeof name - 1), name, sizeof name))
            continue;
        compose_int(out, *name ? name : "none", tallies[i].count);
    }
    compose_close(out, '}');
    compose_int(out, "count", sum);
}

/* How many of the `count` tallies at `at` are about the same account and kind as the first. */
static size_t same_kind(const struct tally_item *at, size_t count)
{
    size_t same = 0;

    while (same < count && at[same].account == at->account && at[same].kind == at->kind)
        same++;
    return same;
}

static const char *kind_name(int64_t kind)
{
    const struct kind_facts *facts = kind_facts((enum kind)kind);

    return facts ? facts->name : "other";
}

/* Tallies of one account, or totals, kind by kind. */
static void write_kinds(struct compose *out, const char *name, const struct tally_item *tallies,
                        size_t count)
{
    compose_open(out, name, '[');
    for (size_t at = 0, same; at < count; at += same) {
        same = same_kind(&tallies[at], count - at);
        compose_open(out, NULL, '{');
        compose_text(out, "kind", str_of(kind_name(tallies[at].kind)));
        compose_bool(out, "is_job", kind_is_job((enum kind)tallies[at].kind));
        write_counts(out, &tallies[at], same);
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

/* The tallies of one account, from *at on, which is moved behind them. */
static void write_kinds_of(struct compose *out, const struct summary *summary, int64_t account,
                           size_t *at)
{
    size_t first;

    while (*at < summary->tally_count && summary->tallies[*at].account < account)
        ++*at;
    first = *at;
    while (*at < summary->tally_count && summary->tallies[*at].account == account)
        ++*at;
    write_kinds(out, "kinds", summary->tallies + first, *at - first);
}

static void write_accounts(struct compose *out, const struct summary *summary, ms now)
{
    size_t at = 0, next;
    char   account[SHAPE_ID_ROOM];

    compose_open(out, "accounts", '[');
    for (size_t i = 0; i < summary->account_count; i = next) {
        int64_t number    = summary->accounts[i].account;
        bool    is_silent = summary_is_silent(summary, i, now, &next);

        if (number == 0)
            continue;
        shape_account(number, account);
        compose_open(out, NULL, '{');
        compose_text(out, "account", str_of(account));
        compose_bool(out, "is_silent", is_silent);
        compose_open(out, "regions", '[');
        for (size_t r = i; r < next; r++) {
            compose_open(out, NULL, '{');
            compose_text(out, "region", summary->accounts[r].region);
            compose_time(out, "last_received_at", summary->accounts[r].last_received_at);
            compose_time(out, "last_event_at", summary->accounts[r].last_event_at);
            compose_int(out, "lag_ms", summary->accounts[r].lag_ms);
            compose_close(out, '}');
        }
        compose_close(out, ']');
        write_kinds_of(out, summary, number, &at);
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

static void write_window(struct compose *out, const struct window *window)
{
    compose_int(out, "created", window->created);
    compose_int(out, "ended", window->ended);
    compose_int(out, "failed", window->failed);
    compose_int(out, "failed_before_start", window->unstarted);
    if (window->timed > 0)
        compose_int(out, "average_duration_ms", window->duration_ms / window->timed);
    else
        compose_null(out, "average_duration_ms");
}

static void write_day(struct compose *out, const struct summary *summary)
{
    compose_open(out, "last_24h", '{');
    compose_time(out, "from", summary->day_from);
    compose_time(out, "to", summary->day_to);
    write_window(out, &summary->day);
    compose_open(out, "by_kind", '[');
    for (int kind = 1; kind < KIND_RESOURCES; kind++) {
        const struct window *window = &summary->day_of[kind];

        if (!window->created && !window->ended)
            continue;
        compose_open(out, NULL, '{');
        compose_text(out, "kind", str_of(kind_name(kind)));
        write_window(out, window);
        compose_close(out, '}');
    }
    compose_close(out, ']');
    compose_close(out, '}');
}

static void write_errands(struct compose *out, const struct summary *summary)
{
    compose_open(out, "errands", '[');
    for (int deed = 1; deed < DEED_COUNT; deed++) {
        compose_open(out, NULL, '{');
        compose_text(out, "deed", str_of(deed_name((enum deed)deed)));
        compose_int(out, "waiting", summary->errands[deed].waiting);
        compose_int(out, "dead", summary->errands[deed].dead);
        compose_time(out, "oldest_due_at", summary->errands[deed].oldest_due);
        compose_close(out, '}');
    }
    compose_close(out, ']');
}

static void write_ingest(struct compose *out, const struct summary *summary)
{
    struct account_item sum = {.account = 0};

    for (size_t i = 0; i < summary->account_count; i++)
        pulse_add(&sum, &summary->accounts[i]);
    compose_open(out, "ingest", '{');
    pulse_json(out, &sum);
    compose_int(out, "quarantine_waiting", summary->quarantined);
    compose_close(out, '}');
}

static void write_silent(struct compose *out, const struct summary *summary, ms now)
{
    char   account[SHAPE_ID_ROOM];
    size_t next;

    compose_open(out, "silent_accounts", '[');
    for (size_t i = 0; i < summary->account_count; i = next) {
        if (!summary_is_silent(summary, i, now, &next))
            continue;
        shape_account(summary->accounts[i].account, account);
        compose_text(out, NULL, str_of(account));
    }
    compose_close(out, ']');
}

int overview_show(struct ask *ask, struct fail *why)
{
    static const char *const known[] = {"time_format", NULL};
    OWN(summary) summary             = SUMMARY_EMPTY;
    struct compose *out              = &ask->json;

    if (ask_check(ask, known, why) || summary_read(&ask->asker, &summary, why))
        return -1;
    compose_open(out, NULL, '{');
    compose_time(out, "as_of", ask->asker.now);
    write_kinds(out, "totals", summary.totals, summary.total_count);
    write_day(out, &summary);
    write_accounts(out, &summary, ask->asker.now);
    write_silent(out, &summary, ask->asker.now);
    write_errands(out, &summary);
    write_ingest(out, &summary);
    compose_close(out, '}');
    return 0;
}
