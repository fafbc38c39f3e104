/* Counts over time: the same whether they are read over all accounts, by account, or within a
 * scope. */
#include "rows.h"

#include "store/overview.h"
#include "store/series.h"

static const int64_t ACCOUNT_A = 111122223333, ACCOUNT_B = 444455556666;

static int describe(void *ctx, const struct series_item *item, struct fail *why)
{
    char  *text = ctx;
    size_t size = strlen(text);

    (void)why;
    (void)snprintf(text + size, 1024 - size, "[%lld a%lld k%lld %.*s c%lld e%lld u%lld d%lld]",
                   (long long)(item->bucket / MS_HOUR), (long long)(item->account % 10),
                   (long long)item->kind, STR_ARG(item->status), (long long)item->created,
                   (long long)item->ended, (long long)item->unstarted,
                   (long long)item->duration_ms);
    return 0;
}

static void fill(struct rows *rows)
{
    const ms              h      = MS_HOUR;
    const struct rows_job jobs[] = {
        {ACCOUNT_A, KIND_TRAINING, "one", "Completed", NULL, NULL, 1 * h, 1 * h + 5, 1 * h + 15},
        {ACCOUNT_A, KIND_TRAINING, "two", "Failed", NULL, NULL, 1 * h, 0, 2 * h},
        {ACCOUNT_B, KIND_TRAINING, "three", "Completed", NULL, NULL, 3 * h, 3 * h, 3 * h + 7},
    };

    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        rows_put(rows, &jobs[i]);
}

static void sums_are_kept_apart_as_asked(void **state)
{
    struct rows *rows = *state;
    const struct {
        struct series_filter filter;
        const char          *text;
    } cases[] = {
        {{.scope = SCOPE_ALL},
         "[1 a0 k0  c2 e1 u0 d10][2 a0 k0  c0 e1 u1 d0][3 a0 k0  c1 e1 u0 d7]"},
        {{.scope = SCOPE_ALL, .is_one_bucket = true}, "[1 a0 k0  c3 e3 u1 d17]"},
        {{.scope = SCOPE_ALL, .by = SERIES_BY_ACCOUNT, .sums = SERIES_CREATED},
         "[1 a3 k0  c2 e0 u0 d0][2 a3 k0  c0 e0 u0 d0][3 a6 k0  c1 e0 u0 d0]"},
        {{.scope = SCOPE_ALL, .by = SERIES_BY_ACCOUNT, .is_one_bucket = true},
         "[1 a3 k0  c2 e2 u1 d10][1 a6 k0  c1 e1 u0 d7]"},
        {{.scope = SCOPE_ALL, .by = SERIES_BY_KIND, .accounts = {true, false, 1, {ACCOUNT_B}}},
         "[3 a0 k1  c1 e1 u0 d7]"},
        {{.scope = SCOPE_ALL, .accounts = {true, true, 1, {ACCOUNT_B}}, .is_one_bucket = true},
         "[1 a0 k0  c2 e2 u1 d10]"},
        {{.scope = {false, &ACCOUNT_B, 1, STR(",444455556666,"), STR("*")}},
         "[3 a0 k0  c1 e1 u0 d7]"},
        {{.scope    = {false, &ACCOUNT_B, 1, STR(",444455556666,"), STR("*")},
          .accounts = {true, false, 1, {ACCOUNT_A}}},
         ""},
        {{.scope = SCOPE_ALL, .grain = GRAIN_DAY, .from = 0}, "[0 a0 k0  c3 e3 u1 d17]"},
        {{.scope = SCOPE_ALL, .step = 2 * (ms)MS_HOUR},
         "[1 a0 k0  c2 e2 u1 d10][3 a0 k0  c1 e1 u0 d7]"},
        {{.scope = SCOPE_ALL, .by = SERIES_BY_ACCOUNT, .step = 2 * (ms)MS_HOUR},
         "[1 a3 k0  c2 e2 u1 d10][3 a6 k0  c1 e1 u0 d7]"},
        {{.scope = SCOPE_ALL,
          .by    = SERIES_BY_ACCOUNT,
          .kinds = {true, false, 1, {KIND_TRAINING}},
          .step  = 2 * (ms)MS_HOUR},
         "[1 a3 k0  c2 e2 u1 d10][3 a6 k0  c1 e1 u0 d7]"},
    };

    fill(rows);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct series_filter filter     = cases[i].filter;
        struct fail          why        = FAIL_OK;
        char                 text[1024] = "";

        filter.from  = filter.grain == GRAIN_DAY ? 0 : MS_HOUR;
        filter.to    = filter.grain == GRAIN_DAY ? MS_DAY : 4 * (ms)MS_HOUR;
        filter.grain = filter.grain ? filter.grain : GRAIN_HOUR;
        CHECK_OK(series_list(rows->db, rows->words, &filter, describe, text, &why), &why);
        if (strcmp(text, cases[i].text) != 0)
            fail_msg("case %zu: %s", i, text);
    }
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(sums_are_kept_apart_as_asked),
};

ROWS_MAIN("series", tests)
