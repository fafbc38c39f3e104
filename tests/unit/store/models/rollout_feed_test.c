/* What happened to deployments of all models, as one list: its order, its pages, and what is
 * chosen. */
#include "rows.h"

#include "store/models/deployment.h"
#include "store/models/model.h"
#include "store/models/rollout_feed.h"
#include "store/models/rollout_log.h"
#include "store/page.h"

static const int64_t ACCOUNT_A = 111122223333, ACCOUNT_B = 444455556666;
static const ms      T = ROWS_NOW;

struct given {
    int64_t     account;
    const char *region, *path, *environment;
};

static int64_t put_deployment(struct rows *rows, const struct given *given)
{
    const struct model_key key  = {given->account, rows_word(rows, given->region),
                                   str_of(given->path)};
    struct fail            why  = FAIL_OK;
    struct deployment      made = {.version     = 1,
                                   .source      = ROLLOUT_BY_PEOPLE,
                                   .environment = str_of(given->environment),
                                   .endpoint    = STR("https://doc.example.com/"),
                                   .method      = DEPLOY_EKS,
                                   .created     = T};

    CHECK_OK(model_make(&rows->batch, &key, STR("somebody"), &made.model_id, &why), &why);
    CHECK_OK(deployment_make(&rows->batch, &made, &why), &why);
    return made.id;
}

static void say(struct rows *rows, int64_t deployment, ms minutes, enum rollout_what what,
                const char *reason)
{
    const struct rollout_note note  = {STR("key:test"), str_of(reason), ROLLOUT_BY_PEOPLE};
    struct rollout_entry      entry = {
             .deployment = deployment, .at = T + minutes * MS_MINUTE, .what = what, .share = 500};
    struct fail why = FAIL_OK;

    CHECK_OK(rollout_log_add(&rows->batch, &entry, &note, &why), &why);
}

/* Three deployments of two accounts; entries come in another order than they happened in. */
static void put_some(struct rows *rows)
{
    const struct given cases[] = {
        {ACCOUNT_A, "eu-west-1", "/abc/claim/doc", "prod"},
        {ACCOUNT_A, "us-east-1", "/abc/claim/risk", "test"},
        {ACCOUNT_B, "eu-west-1", "/abc/claims/doc", "prod"},
    };
    int64_t one = put_deployment(rows, &cases[0]), two = put_deployment(rows, &cases[1]),
            three = put_deployment(rows, &cases[2]);

    say(rows, one, 10, ROLLOUT_CREATED, "first");
    say(rows, one, 30, ROLLOUT_PROMOTED, "third");
    say(rows, two, 20, ROLLOUT_CREATED, "second");
    say(rows, three, 30, ROLLOUT_CREATED, "fourth"); /* the same time: by number */
    say(rows, one, 25, ROLLOUT_SHIFT, "late");
}

struct told {
    struct page page;
    char        text[1024];
};

static int tell(void *ctx, const struct rollout_feed_row *row, struct fail *why)
{
    struct told *told = ctx;
    size_t       size = strlen(told->text);

    (void)why;
    if (page_takes(&told->page, row->at, row->id))
        (void)snprintf(told->text + size, sizeof told->text - size, "%s%.*s", size ? " " : "",
                       STR_ARG(row->why));
    return 0;
}

/* What a filter leaves out is open. */
static struct rollout_feed_filter opened(const struct rollout_feed_filter *filter,
                                         const struct scope               *all)
{
    struct rollout_feed_filter open = *filter;

    open.scope = filter->scope ? filter->scope : all;
    open.from  = filter->from ? filter->from : WHEN_UNKNOWN;
    open.to    = filter->to ? filter->to : WHEN_UNKNOWN;
    return open;
}

static void list(struct rows *rows, const struct rollout_feed_filter *filter, struct told *told)
{
    const struct scope               all  = SCOPE_ALL;
    const struct rollout_feed_filter open = opened(filter, &all);
    struct fail                      why  = FAIL_OK;

    told->text[0] = '\0';
    CHECK_OK(rollout_feed_list(rows->db, rows->words, &open, &told->page, tell, told, &why), &why);
}

static void nothing_has_happened(void **state)
{
    const struct rollout_feed_filter filter = {.scope = NULL};
    struct told                      told   = {.page = {.limit = 10}};

    list(*state, &filter, &told);
    assert_string_equal(told.text, "");
    assert_false(told.page.has_more);
}

static void entries_are_chosen(void **state)
{
    static const struct scope only_b = {
        .accounts = &ACCOUNT_B, .count = 1, .text = STR(",444455556666,"), .namespaces = STR("*")};
    static const struct scope nobody  = {.is_all = false},
                              of_tree = {.is_all = true, .namespaces = STR("/abc/claim")};
    struct rows        *rows          = *state;
    const struct choice one_a         = {.is_given = true, .count = 1, .values = {ACCOUNT_A}};
    const struct choice created       = {.is_given = true, .count = 1, .values = {ROLLOUT_CREATED}};
    struct choice       region;

    put_some(rows);
    region = (struct choice){
        .is_given = true, .is_not = true, .count = 1, .values = {rows_word(rows, "us-east-1")}};
    const struct {
        struct rollout_feed_filter filter;
        const char                *wanted;
    } cases[] = {
        {{.scope = NULL}, "first second late third fourth"},
        {{.from = T + 20 * (ms)MS_MINUTE}, "second late third fourth"},
        {{.to = T + 25 * (ms)MS_MINUTE}, "first second"},
        {{.accounts = one_a}, "first second late third"},
        {{.regions = region}, "first late third fourth"},
        {{.whats = created}, "first second fourth"},
        {{.model_name = STR("doc")}, "first late third fourth"},
        {{.environment = STR("test")}, "second"},
        {{.below = STR("/abc/claim")}, "first second late third"}, /* not /abc/claims */
        {{.below = STR("/abc/claim/risk")}, "second"},
        {{.scope = &only_b}, "fourth"},
        {{.scope = &of_tree, .model_name = STR("doc")}, "first late third"},
        {{.scope = &only_b, .accounts = one_a}, ""},
        {{.scope = &nobody}, ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told told = {.page = {.limit = 10}};

        print_message("case %zu\n", i);
        list(rows, &cases[i].filter, &told);
        assert_string_equal(told.text, cases[i].wanted);
    }
}

static void pages_go_both_ways(void **state)
{
    static const struct {
        bool        is_descending;
        const char *pages[3];
    } cases[] = {
        {false, {"first second", "late third", "fourth"}},
        {true, {"fourth third", "late second", "first"}},
    };
    const struct rollout_feed_filter filter = {.scope = NULL};
    struct rows                     *rows   = *state;

    put_some(rows);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told told = {.page = {.limit = 2, .is_descending = cases[i].is_descending}};

        for (size_t page = 0; page < 3; page++) {
            list(rows, &filter, &told);
            assert_string_equal(told.text, cases[i].pages[page]);
            assert_int_equal(told.page.has_more, page < 2);
            told.page = (struct page){.limit         = 2,
                                      .is_descending = cases[i].is_descending,
                                      .goes_on       = true,
                                      .at            = told.page.last_at,
                                      .id            = told.page.last_id};
        }
    }
}

static int look(void *ctx, const struct rollout_feed_row *row, struct fail *why)
{
    (void)why;
    (void)ctx;
    assert_int_equal(row->at, T + 30 * (ms)MS_MINUTE);
    assert_int_equal(row->what, ROLLOUT_PROMOTED);
    assert_int_equal(row->share, ROLLOUT_WHOLE);
    assert_int_equal(row->state, ROLLOUT_ACTIVE);
    assert_int_equal(row->source, ROLLOUT_BY_PEOPLE);
    assert_int_equal(row->number, 1);
    assert_int_equal(row->version, 1);
    assert_int_equal(row->method, DEPLOY_EKS);
    assert_int_equal(row->rollback_of, 0);
    assert_int_equal(row->account, ACCOUNT_A);
    assert_true(str_is_text(row->who, "key:test"));
    assert_true(str_is_text(row->environment, "prod"));
    assert_true(str_is_text(row->endpoint, "https://doc.example.com/"));
    assert_true(str_is_text(row->region, "eu-west-1"));
    assert_true(str_is_text(row->path, "/abc/claim/doc"));
    assert_true(str_is_text(row->namespace, "/abc/claim"));
    assert_true(str_is_text(row->model_name, "doc"));
    return 0;
}

static void a_row_says_all_of_it(void **state)
{
    struct rows        *rows     = *state;
    const struct choice promoted = {.is_given = true, .count = 1, .values = {ROLLOUT_PROMOTED}};
    const struct rollout_feed_filter filter = {.whats = promoted};
    const struct page                page   = {.limit = 10};
    const struct scope               all    = SCOPE_ALL;
    const struct rollout_feed_filter open   = opened(&filter, &all);
    struct fail                      why    = FAIL_OK;

    put_some(rows);
    CHECK_OK(rollout_feed_list(rows->db, rows->words, &open, &page, look, NULL, &why), &why);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(nothing_has_happened),
    ROWS_TEST(entries_are_chosen),
    ROWS_TEST(pages_go_both_ways),
    ROWS_TEST(a_row_says_all_of_it),
};

ROWS_MAIN("rolloutfeed", tests)
