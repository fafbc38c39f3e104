/* Lists of transactions, held against a plain walk over the same transactions in memory. */
#include "transactions.h"

#include "store/inferences/inference_list.h"
#include "store/page.h"

enum { MANY = 6000, DAYS = 3, MOST_SHOWN = 2000 };

static const int64_t ACCOUNT_A = 111122223333, ACCOUNT_B = 444455556666;

static struct transaction all[MANY];

/* Most take from 700 to 1100 ms, so that thresholds cut through full lanes; few are slow. */
static void make(void)
{
    static const char *const namespaces[] = {"/abc_corp/claim", "/abc_corp/claims",
                                             "/abc_corp/claim/deep"};
    static const char *const servers[]    = {"1", "2", "i-0abc"};
    uint64_t                 seed         = 11;

    for (int i = 0; i < MANY; i++) {
        uint64_t dice = transactions_random(&seed);
        int      slow = dice % 97 == 0;

        all[i] = (struct transaction){
            .namespace   = namespaces[dice % 8 == 0 ? 1 + dice % 16 / 8 : 0],
            .model       = "doc",
            .status      = dice % 50 == 1   ? "failed"
                           : dice % 50 == 2 ? "timeout"
                                            : "succeeded",
            .server      = servers[dice % 3],
            .environment = "prod",
            .account     = dice % 8 ? ACCOUNT_A : ACCOUNT_B,
            .version     = 1 + (dice % 400 == 7),
            .deployment  = 1,
            .elapse      = slow ? 3000 + (int64_t)(dice % 5000) : 700 + (int64_t)(dice % 400),
            .start       = ROWS_NOW - DAYS * (ms)MS_DAY
                     + (ms)(transactions_random(&seed) % (DAYS * (uint64_t)MS_DAY / 1000)) * 1000,
        };
    }
}

static void fill(struct rows *rows)
{
    struct transactions to;

    make();
    transactions_begin(&to, rows);
    for (int i = 0; i < MANY; i++)
        transactions_put(&to, &all[i]);
    transactions_end(&to);
}

/* --- the plain walk --- */

/* What a case asks for; 0 and NULL: anything. */
struct wish {
    const char *below, *server, *status;
    bool        not_status, by_elapse, only_b;
    int64_t     min, max, version;
    ms          from, to; /* hours before now */
};

static bool fits(const struct wish *wish, const struct transaction *one)
{
    size_t size = wish->below ? strlen(wish->below) : 0;

    if (wish->below
        && (strncmp(one->namespace, wish->below, size) != 0
            || (one->namespace[size] != '\0' && one->namespace[size] != '/')))
        return false;
    if (wish->status && (strcmp(one->status, wish->status) == 0) == wish->not_status)
        return false;
    return (!wish->server || strcmp(one->server, wish->server) == 0)
           && (!wish->min || one->elapse >= wish->min) && (!wish->max || one->elapse <= wish->max)
           && (!wish->version || one->version == wish->version)
           && (!wish->only_b || one->account == ACCOUNT_B)
           && (!wish->from || one->start >= ROWS_NOW - wish->from * MS_HOUR)
           && (!wish->to || one->start < ROWS_NOW - wish->to * MS_HOUR);
}

static const struct wish *sorting;

static int behind(const void *a, const void *b)
{
    const int *left = a, *right = b;
    int64_t    x = sorting->by_elapse ? all[*left].elapse : all[*left].start;
    int64_t    y = sorting->by_elapse ? all[*right].elapse : all[*right].start;

    if (x != y)
        return x < y ? 1 : -1;
    return *left < *right ? 1 : -1;
}

static int expect(const struct wish *wish, int out[MANY])
{
    int count = 0;

    for (int i = 0; i < MANY; i++)
        if (fits(wish, &all[i]))
            out[count++] = i;
    sorting = wish;
    qsort(out, (size_t)count, sizeof *out, behind);
    return count;
}

/* --- the same question to the store --- */

static struct choice only(struct rows *rows, const char *word, bool is_not)
{
    struct choice choice = {.is_given = word != NULL, .is_not = is_not, .count = 1};

    if (word)
        choice.values[0] = rows_word(rows, word);
    return choice;
}

static struct inference_filter filter_of(struct rows *rows, const struct wish *wish)
{
    static const int64_t    accounts[] = {444455556666};
    struct inference_filter filter     = {
            .scope = wish->only_b ? (struct scope){false, accounts, 1, STR(",444455556666,"), STR("*")}
                                  : SCOPE_ALL,
            .namespace     = str_of(wish->below),
            .servers       = only(rows, wish->server, false),
            .statuses      = only(rows, wish->status, wish->not_status),
            .succeeded_id  = rows_word(rows, "succeeded"),
            .min_elapse_ms = wish->min ? wish->min : -1,
            .max_elapse_ms = wish->max ? wish->max : -1,
            .from          = wish->from ? ROWS_NOW - wish->from * MS_HOUR : WHEN_UNKNOWN,
            .to            = wish->to ? ROWS_NOW - wish->to * MS_HOUR : WHEN_UNKNOWN};

    if (wish->version)
        filter.versions = (struct choice){true, false, 1, {wish->version}};
    return filter;
}

/* Page by page; the numbers of what came, from 0. */
static int ask(struct rows *rows, const struct wish *wish, int limit, int out[MANY])
{
    OWN(inference_set) set         = INFERENCE_SET_EMPTY;
    struct inference_filter filter = filter_of(rows, wish);
    struct page             page   = {.limit = limit, .is_descending = true};
    struct fail             why    = FAIL_OK;
    int                     count  = 0;

    CHECK_OK(inference_filter_series(rows->db, &filter, &set, &why), &why);
    do {
        OWN(inference_keys) keys                 = INFERENCE_KEYS_EMPTY;
        const struct inference_question question = {
            &filter, &set, &page, wish->by_elapse ? INFERENCE_BY_ELAPSE : INFERENCE_BY_START};

        page.shown = 0;
        CHECK_OK(inference_list(rows->db, &question, &keys, &why), &why);
        page.has_more = false;
        for (size_t i = 0; i < keys.count; i++) {
            const struct inference_key *key = &keys.items[i];

            if (page_takes(&page, wish->by_elapse ? key->elapse_ms : key->start, key->uid))
                out[count++] = (int)key->uid - 1;
        }
        page.goes_on = true;
        page.at      = page.last_at;
        page.id      = page.last_id;
    } while (page.has_more && count < MOST_SHOWN);
    return count;
}

static void lists_are_those_of_a_plain_walk(void **state)
{
    static const struct {
        struct wish wish;
        int         limit;
    } cases[] = {
        {{.min = 3000}, 20},
        {{.below = "/abc_corp/claim", .min = 3000}, 7},
        {{.below = "/abc_corp/claims"}, 100},
        {{.below = "/abc_corp/claim/deep", .min = 3000}, 20},
        {{.below = "/abc_corp"}, 1000},
        {{.below = "/nothing"}, 20},
        {{.min = 1090}, 20}, /* cuts through a full lane: some match */
        {{.min = 1099}, 20}, /* few do */
        {{.min = 1100}, 20}, /* none of that lane does */
        {{.min = 1099, .max = 1099}, 3},
        {{.max = 701}, 20},
        {{.max = 699}, 20},
        {{.min = 7999}, 20},
        {{.min = 100000}, 20},
        {{.status = "succeeded"}, 300},
        {{.status = "succeeded", .not_status = true}, 20},
        {{.status = "timeout", .min = 1000}, 20},
        {{.status = "timeout", .not_status = true, .min = 1095}, 20},
        {{.server = "i-0abc", .min = 1080}, 20},
        {{.version = 2}, 4},
        {{.version = 2, .min = 3000}, 20},
        {{.only_b = true}, 500},
        {{.only_b = true, .min = 1098}, 20},
        {{.from = 30, .to = 6, .min = 1095}, 20},
        {{.from = 2}, 20},
        {{.to = 60}, 50},
        {{.by_elapse = true}, 100},
        {{.by_elapse = true, .max = 1080, .from = 30}, 33},
        {{.by_elapse = true, .server = "2", .below = "/abc_corp/claim", .min = 900}, 50},
        {{.by_elapse = true, .status = "failed"}, 10},
    };
    struct rows *rows = *state;
    static int   expected[MANY], got[MANY + PAGE_MOST];

    fill(rows);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int wanted = expect(&cases[i].wish, expected);
        int count  = ask(rows, &cases[i].wish, cases[i].limit, got);

        if (wanted < MOST_SHOWN && wanted != count)
            fail_msg("case %zu: %d of %d", i, count, wanted);
        for (int at = 0; at < count; at++)
            if (got[at] != expected[at])
                fail_msg("case %zu: at %d is %d, not %d", i, at, got[at], expected[at]);
    }
}

/* Sums of minutes go before the rows do; then whole hours are looked through. */
static void without_sums_of_minutes_the_rows_are_found_all_the_same(void **state)
{
    static const struct wish wish = {.min = 1099};
    struct rows             *rows = *state;
    struct fail              why  = FAIL_OK;
    static int               expected[MANY], got[MANY];
    int                      wanted, count;

    fill(rows);
    CHECK_OK(db_run(rows->db,
                    "DELETE FROM inference_rollup WHERE grain = 1 AND bucket_ms % 240000 = 0",
                    &why),
             &why);
    wanted = expect(&wish, expected);
    count  = ask(rows, &wish, 20, got);
    assert_int_equal(count, wanted);
    for (int at = 0; at < count; at++)
        assert_int_equal(got[at], expected[at]);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(lists_are_those_of_a_plain_walk),
    ROWS_TEST(without_sums_of_minutes_the_rows_are_found_all_the_same),
};
ROWS_MAIN("inferencelist", tests)
