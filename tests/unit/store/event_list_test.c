/* Events as people read them: pages by number and by version, bodies, time ranges found by
 * halving. */
#include "rows.h"

#include "store/event_list.h"

static const int64_t ACCOUNT = 111122223333, OTHER = 444455556666;

struct seen {
    struct page page;
    bool        by_version;
    char        text[4096]; /* statuses, or bodies */
    bool        wants_body;
};

static int see(void *ctx, const struct event_item *item, struct fail *why)
{
    struct seen *seen = ctx;
    size_t       size = strlen(seen->text);
    struct str   what = seen->wants_body ? item->body : item->status;

    (void)why;
    if (page_takes(&seen->page, seen->by_version ? item->version_at : item->received_at, item->id))
        (void)snprintf(seen->text + size, sizeof seen->text - size, "%s%.*s", size ? " " : "",
                       STR_ARG(what));
    return 0;
}

static void fill(struct rows *rows)
{
    static const struct rows_event events[] = {
        {111122223333, 7, "e1", "SageMaker Training Job State Change", "a", "{\"n\":1}", 300,
         1000000},
        {111122223333, 7, "e2", "SageMaker Training Job State Change", "b", "{\"n\":2}", 100,
         2000000},
        {111122223333, 0, "e3", "Something New", "c", "{\"n\":3}", 400, 3000000},
        {444455556666, 7, "e4", "SageMaker Training Job State Change", "d", "{\"n\":4}", 200,
         4000000},
        {111122223333, 7, "e5", "SageMaker Training Job State Change", "e", "{\"n\":5}", 300,
         5000000},
    };

    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        rows_put_event(rows, &events[i]);
}

static void lists_the_newest_first_page_by_page(void **state)
{
    struct rows *rows    = *state;
    struct fail  flushed = FAIL_OK;
    const struct {
        struct event_filter filter;
        const char         *text;
    } cases[] = {
        {{.scope = SCOPE_ALL}, "e d c b a"},
        {{.scope = SCOPE_NOBODY}, ""},
        {{.scope = SCOPE_ALL, .accounts = {true, false, 1, {OTHER}}}, "d"},
        {{.scope = SCOPE_ALL, .accounts = {true, true, 1, {OTHER}}}, "e c b a"},
        {{.scope = SCOPE_ALL, .from = 2000000, .to = 5000000}, "d c b"},
        {{.scope = SCOPE_ALL, .from = 9000000}, ""},
        {{.scope = SCOPE_ALL, .is_unknown = true}, "c"},
        {{.scope = SCOPE_ALL, .kinds = {true, false, 1, {KIND_OTHER}}}, "c"},
    };

    fill(rows);
    sums_unknown_type(rows->sums, ACCOUNT, rows_word(rows, "Something New"), ROWS_NOW);
    CHECK_OK(sums_flush(rows->sums, rows->db, &flushed), &flushed);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int limit = 1; limit <= 10; limit += 9) {
            struct event_filter filter = cases[i].filter;
            struct seen         seen   = {.page = {.limit = limit, .is_descending = true}};
            struct fail         why    = FAIL_OK;

            filter.from = filter.from ? filter.from : WHEN_UNKNOWN;
            filter.to   = filter.to ? filter.to : WHEN_UNKNOWN;
            do {
                seen.page.shown = 0;
                CHECK_OK(event_list(rows->db, rows->words, &filter, &seen.page, see, &seen, &why),
                         &why);
                seen.page.goes_on = true;
                seen.page.id      = seen.page.last_id;
            } while (seen.page.has_more);
            if (strcmp(seen.text, cases[i].text) != 0)
                fail_msg("case %zu, limit %d: \"%s\"", i, limit, seen.text);
        }
}

static char *read_all(struct rows *rows, const struct event_filter *filter, int limit,
                      bool is_descending, struct seen *seen)
{
    struct fail why = FAIL_OK;

    *seen = (struct seen){.page = {.limit = limit, .is_descending = is_descending}};
    do {
        seen->page.shown = 0;
        CHECK_OK(event_list(rows->db, rows->words, filter, &seen->page, see, seen, &why), &why);
        seen->page.goes_on = true;
        seen->page.id      = seen->page.last_id;
    } while (seen->page.has_more);
    return seen->text;
}

/* A quiet account's events lie among a thousand of others: they are collected, not walked to, and
 * the answer is the same. */
static void few_among_many(void **state)
{
    struct rows        *rows    = *state;
    const int64_t       just[]  = {ACCOUNT};
    const struct choice quiet   = {true, false, 1, {ACCOUNT}};
    const struct scope  its_own = {false, just, 1, STR(",111122223333,"), STR_NONE};
    struct event_filter filter  = {.from = WHEN_UNKNOWN, .to = WHEN_UNKNOWN};
    struct rows_job     job     = {.account = ACCOUNT,
                                   .kind    = KIND_TRAINING,
                                   .name    = "a",
                                   .status  = "InProgress",
                                   .created = ROWS_NOW};
    int64_t             mine[3] = {0};
    struct seen         seen;

    mine[0]  = rows_put(rows, &job);
    job.name = "b";
    mine[1]  = rows_put(rows, &job);
    for (int i = 0; i < 1200; i++) {
        bool              is_mine = i % 200 == 7;
        char              id[16], status[16];
        struct rows_event event = {.account     = is_mine ? ACCOUNT : OTHER,
                                   .resource_id = is_mine ? mine[i / 200 % 3] : 99,
                                   .id          = id,
                                   .type        = "SageMaker Training Job State Change",
                                   .status      = status,
                                   .version     = ROWS_NOW + i,
                                   .received    = ROWS_NOW - 5000 + i};

        (void)snprintf(id, sizeof id, "e%d", i);
        (void)snprintf(status, sizeof status, "%d", is_mine ? i / 200 : 77);
        rows_put_event(rows, &event);
    }
    for (int limit = 1; limit <= 10; limit += 3) {
        filter.scope    = SCOPE_ALL;
        filter.accounts = quiet;
        assert_string_equal(read_all(rows, &filter, limit, true, &seen), "5 4 3 2 1 0");
        assert_string_equal(read_all(rows, &filter, limit, false, &seen), "0 1 2 3 4 5");
        filter.kinds = (struct choice){true, false, 1, {KIND_TRAINING}};
        assert_string_equal(read_all(rows, &filter, limit, true, &seen), "4 3 1 0");
        filter.kinds = (struct choice){true, true, 1, {KIND_TRAINING}};
        assert_string_equal(read_all(rows, &filter, limit, true, &seen), "5 2");
        filter.kinds    = (struct choice){.is_given = false};
        filter.accounts = (struct choice){.is_given = false};
        filter.scope    = its_own;
        assert_string_equal(read_all(rows, &filter, limit, true, &seen), "5 4 3 2 1 0");
        filter.accounts = (struct choice){true, false, 1, {OTHER}};
        assert_string_equal(read_all(rows, &filter, limit, true, &seen), "");
    }
}

static void those_of_one_come_by_version(void **state)
{
    struct rows *rows = *state;
    struct fail  why  = FAIL_OK;

    fill(rows);
    for (int limit = 1; limit <= 10; limit += 9) {
        struct event_owner owner = {.account = ACCOUNT, .resource_id = 7, .wants_body = limit > 1};
        struct seen seen = {.page = {.limit = limit}, .by_version = true, .wants_body = limit > 1};

        do {
            seen.page.shown = 0;
            CHECK_OK(event_list_of(rows->db, rows->words, &owner, &seen.page, see, &seen, &why),
                     &why);
            seen.page.goes_on = true;
            seen.page.at      = seen.page.last_at;
            seen.page.id      = seen.page.last_id;
        } while (seen.page.has_more);
        assert_string_equal(seen.text, limit > 1 ? "{\"n\":2} {\"n\":1} {\"n\":5}" : "b a e");
    }
}

static void one_has_its_body(void **state)
{
    struct rows *rows = *state;
    struct fail  why  = FAIL_OK;
    struct seen  seen = {.page = {.limit = 1}, .wants_body = true};
    int64_t      last = -1;

    CHECK_OK(event_list_last(rows->db, &last, &why), &why);
    assert_int_equal(last, 0);
    fill(rows);
    CHECK_OK(event_list_last(rows->db, &last, &why), &why);
    assert_int_equal(event_list_one(rows->db, rows->words, ACCOUNT, last, see, &seen, &why), 1);
    assert_string_equal(seen.text, "{\"n\":5}");
    assert_int_equal(event_list_one(rows->db, rows->words, OTHER, last, see, &seen, &why), 0);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(lists_the_newest_first_page_by_page),
    ROWS_TEST(few_among_many),
    ROWS_TEST(those_of_one_come_by_version),
    ROWS_TEST(one_has_its_body),
};

ROWS_MAIN("eventlist", tests)
