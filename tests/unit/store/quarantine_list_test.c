#include "rows.h"

#include "store/quarantine.h"
#include "store/quarantine_list.h"

static const int64_t ACCOUNT = 111122223333;

struct seen {
    struct page page;
    char        text[256];
    int64_t     last;
};

static int see(void *ctx, const struct quarantine_item *item, struct fail *why)
{
    struct seen *seen = ctx;
    size_t       size = strlen(seen->text);

    (void)why;
    if (!page_takes(&seen->page, item->received_at, item->id))
        return 0;
    seen->last = item->id;
    (void)snprintf(seen->text + size, sizeof seen->text - size, "%s%.*s%.*s*%lld", size ? " " : "",
                   STR_ARG(item->reason), STR_ARG(item->body), (long long)item->times);
    return 0;
}

static void put(struct rows *rows, int64_t account, const char *body, const char *reason)
{
    const struct quarantined post = {.account = account,
                                     .source  = STR("eventbridge"),
                                     .reason  = str_of(reason),
                                     .body    = str_of(body)};
    struct fail              why  = FAIL_OK;

    CHECK_OK(quarantine_put(&rows->batch, &post, &why), &why);
    CHECK_OK(sums_flush(rows->sums, rows->db, &why),
             &why); /* a scope is made of accounts heard of */
    rows->batch.now += 1000;
}

static void posts_are_listed_within_the_scope(void **state)
{
    struct rows *rows = *state;
    const struct {
        struct quarantine_filter filter;
        const char              *text;
    } cases[] = {
        {{.scope = SCOPE_ALL, .account = -1}, "c*1 b*1 a*2"},
        {{.scope = SCOPE_ALL, .account = ACCOUNT}, "b*1 a*2"},
        {{.scope = {false, &ACCOUNT, 1, STR(",111122223333,"), STR("*")}, .account = -1},
         "b*1 a*2"},
        {{.scope = SCOPE_NOBODY, .account = -1}, ""},
        {{.scope = SCOPE_ALL, .account = -1, .only_waiting = true}, "c*1 a*2"},
        {{.scope = SCOPE_ALL, .account = -1, .only_replayed = true}, "b*1"},
    };
    struct fail why  = FAIL_OK;
    struct seen seen = {.page = {.limit = 1}};
    int64_t     b    = 0;

    put(rows, ACCOUNT, "rubbish", "a");
    put(rows, ACCOUNT, "rubbish", "a");
    put(rows, ACCOUNT, "other", "b");
    put(rows, 0, "third", "c");
    for (int64_t id = 1; id < 10; id++) {
        seen = (struct seen){.page = {.limit = 1}};
        if (quarantine_list_one(rows->db, &cases[0].filter.scope, id, see, &seen, &why) == 1
            && strstr(seen.text, "bother"))
            b = id;
    }
    assert_true(b > 0);
    CHECK_OK(quarantine_mark_replayed(&rows->batch, b, &why), &why);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct quarantine_filter filter = cases[i].filter;

        filter.from = filter.to = WHEN_UNKNOWN;
        seen                    = (struct seen){.page = {.limit = 10, .is_descending = true}};
        CHECK_OK(quarantine_list(rows->db, &filter, &seen.page, see, &seen, &why), &why);
        assert_string_equal(seen.text, cases[i].text);
    }
    assert_int_equal(quarantine_list_one(rows->db, &cases[3].filter.scope, b, see, &seen, &why), 0);
}

static struct CMUnitTest tests[] = {ROWS_TEST(posts_are_listed_within_the_scope)};

ROWS_MAIN("quarantinelist", tests)
