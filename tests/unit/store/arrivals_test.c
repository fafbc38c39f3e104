/* Series of arrivals out of the sums that intake keeps: what is told apart, chosen, hidden and
 * summed up by steps. */
#include "rows.h"

#include "store/arrivals.h"

static const int64_t ACCOUNT_A = 111122223333, ACCOUNT_B = 444455556666;

static const ms HOUR = 1789999200000; /* 2026-09-21T14:00:00Z: a whole one */

static void arrive(struct rows *rows, int64_t account, const char *region, ms received, ms lag,
                   bool is_repeat)
{
    const struct arrived event = {account, rows_word(rows, region), received, lag, is_repeat};

    sums_arrived(rows->sums, &event);
    sums_heard(rows->sums, account, event.region_id, received - lag, received);
}

static void flush(struct rows *rows)
{
    struct fail why = FAIL_OK;

    CHECK_OK(sums_flush(rows->sums, rows->db, &why), &why);
}

/* Two commits; A has two regions. */
static void put_some(struct rows *rows)
{
    arrive(rows, ACCOUNT_A, "eu-west-1", HOUR, 100, false);
    arrive(rows, ACCOUNT_A, "eu-west-1", HOUR + 59999, 300, true);
    arrive(rows, ACCOUNT_A, "us-east-1", HOUR + MS_MINUTE, 50, false);
    arrive(rows, ACCOUNT_B, "eu-west-1", HOUR + MS_HOUR - 1, 7, false);
    flush(rows);
    arrive(rows, ACCOUNT_A, "eu-west-1", HOUR + 1, 200, false);
    arrive(rows, ACCOUNT_B, "eu-west-1", HOUR + MS_HOUR, -40, false); /* a clock ahead of ours */
    flush(rows);
}

/* "[a 0m r1 c2 x1 s400 l300]": account, minutes after HOUR, region, count, repeats, lag. */
static int describe(void *ctx, const struct arrivals_item *item, struct fail *why)
{
    char  *text = ctx;
    size_t size = strlen(text);

    (void)why;
    (void)snprintf(text + size, 1024 - size, "[%s %lldm %.*s c%lld x%lld s%lld l%lld]",
                   item->account == ACCOUNT_A   ? "a"
                   : item->account == ACCOUNT_B ? "b"
                                                : "-",
                   (long long)((item->bucket - HOUR) / MS_MINUTE), STR_ARG(item->region),
                   (long long)item->count, (long long)item->repeated, (long long)item->lag_ms,
                   (long long)item->longest_lag_ms);
    return 0;
}

static void check(struct rows *rows, const struct arrivals_filter *filter, const char *wanted)
{
    struct fail why        = FAIL_OK;
    char        text[1024] = "";

    CHECK_OK(arrivals_list(rows->db, rows->words, filter, describe, text, &why), &why);
    assert_string_equal(text, wanted);
}

static void nothing_came(void **state)
{
    const struct arrivals_filter filter = {
        .scope = SCOPE_ALL, .from = HOUR, .to = HOUR + MS_HOUR, .step = MS_MINUTE};

    check(*state, &filter, "");
}

static void they_are_told_apart_and_chosen(void **state)
{
    const struct choice one_a = {.is_given = true, .count = 1, .values = {ACCOUNT_A}};
    const struct choice not_a = {
        .is_given = true, .is_not = true, .count = 1, .values = {ACCOUNT_A}};
    const struct scope only_b = {false, &ACCOUNT_B, 1, STR(",444455556666,"), STR("*")};
    struct rows       *rows   = *state;
    const struct {
        struct arrivals_filter filter;
        ms                     minutes; /* from HOUR on */
        const char            *wanted;
    } cases[] = {
        {{.scope = SCOPE_ALL, .step = MS_MINUTE},
         60,
         "[- 0m  c3 x1 s600 l300][- 1m  c1 x0 s50 l50][- 59m  c1 x0 s7 l7]"},
        {{.scope = SCOPE_ALL, .step = 30 * (ms)MS_MINUTE},
         60,
         "[- 0m  c4 x1 s650 l300][- 30m  c1 x0 s7 l7]"},
        {{.scope = SCOPE_ALL, .step = MS_HOUR},
         120,
         "[- 0m  c5 x1 s657 l300][- 60m  c1 x0 s-40 l0]"},
        {{.scope = SCOPE_ALL, .step = 2 * (ms)MS_HOUR}, 120, "[- 0m  c6 x1 s617 l300]"},
        {{.scope = SCOPE_ALL, .step = MS_HOUR}, 60, "[- 0m  c5 x1 s657 l300]"},
        {{.scope = SCOPE_ALL, .step = MS_HOUR, .by_account = true},
         120,
         "[a 0m  c4 x1 s650 l300][b 0m  c1 x0 s7 l7][b 60m  c1 x0 s-40 l0]"},
        {{.scope = SCOPE_ALL, .step = MS_MINUTE, .by_account = true, .by_region = true},
         2,
         "[a 0m eu-west-1 c3 x1 s600 l300][a 1m us-east-1 c1 x0 s50 l50]"},
        {{.scope = SCOPE_ALL, .step = MS_HOUR, .by_region = true},
         60,
         "[- 0m eu-west-1 c4 x1 s607 l300][- 0m us-east-1 c1 x0 s50 l50]"},
        {{.scope = SCOPE_ALL, .step = MS_HOUR, .accounts = one_a}, 120, "[- 0m  c4 x1 s650 l300]"},
        {{.scope = SCOPE_ALL, .step = MS_MINUTE, .accounts = one_a},
         60,
         "[- 0m  c3 x1 s600 l300][- 1m  c1 x0 s50 l50]"},
        {{.scope = SCOPE_ALL, .step = MS_HOUR, .accounts = not_a},
         120,
         "[- 0m  c1 x0 s7 l7][- 60m  c1 x0 s-40 l0]"},
        {{.scope = SCOPE_ALL, .step = MS_HOUR, .sums = ARRIVALS_EVENTS | ARRIVALS_LONGEST},
         60,
         "[- 0m  c5 x0 s0 l300]"},
        {{.scope = only_b, .step = MS_HOUR}, 120, "[- 0m  c1 x0 s7 l7][- 60m  c1 x0 s-40 l0]"},
        {{.scope = only_b, .step = MS_HOUR, .accounts = one_a}, 120, ""},
        {{.scope = SCOPE_NOBODY, .step = MS_HOUR}, 120, ""},
    };

    put_some(rows);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arrivals_filter filter = cases[i].filter;

        filter.from = HOUR;
        filter.to   = HOUR + cases[i].minutes * MS_MINUTE;
        print_message("case %zu\n", i);
        check(rows, &filter, cases[i].wanted);
    }
}

static void a_region_is_chosen(void **state)
{
    struct rows           *rows   = *state;
    struct arrivals_filter filter = {
        .scope = SCOPE_ALL, .from = HOUR, .to = HOUR + MS_HOUR, .step = MS_HOUR};

    put_some(rows);
    filter.regions =
        (struct choice){.is_given = true, .count = 1, .values = {rows_word(rows, "us-east-1")}};
    check(rows, &filter, "[- 0m  c1 x0 s50 l50]");
    filter.regions.is_not = true;
    check(rows, &filter, "[- 0m  c4 x1 s607 l300]");
}

/* A range that is no whole number of hours is read from minutes. */
static void a_range_may_begin_within_an_hour(void **state)
{
    const struct arrivals_filter filter = {.scope      = SCOPE_ALL,
                                           .from       = HOUR + MS_MINUTE,
                                           .to         = HOUR + 61 * (ms)MS_MINUTE,
                                           .step       = MS_HOUR,
                                           .by_account = true};
    struct rows                 *rows   = *state;

    put_some(rows);
    check(rows, &filter, "[a 1m  c1 x0 s50 l50][b 1m  c2 x0 s-33 l7]");
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(nothing_came),
    ROWS_TEST(they_are_told_apart_and_chosen),
    ROWS_TEST(a_region_is_chosen),
    ROWS_TEST(a_range_may_begin_within_an_hour),
};

ROWS_MAIN("arrivals", tests)
