/* Parameters as filters, against a store that has heard a few words. */
#include "rows.h"

#include "query/filter.h"

static int read_jobs(struct rows *rows, const char *query, struct job_filter *out, struct buf *room,
                     struct params *params)
{
    const struct scope all   = SCOPE_ALL;
    const struct asker asker = {rows->db, rows->words, &all, ROWS_NOW};
    struct fail        why   = FAIL_OK;

    CHECK_OK(params_parse(params, str_of(query), &why), &why);
    return filter_jobs(params, &asker, room, out, &why);
}

/* In a state that its kind did not have when this was written. */
static const struct rows_job odd = {
    111122223333, KIND_TRAINING, "odd", "Hibernating", NULL, NULL, 1000, 0, 0};

static void filters_are_read_or_refused(void **state)
{
    struct rows *rows = *state;
    static const struct {
        const char *query, *fault; /* the parameter to blame; NULL: fine */
    } cases[] = {
        {"", NULL},
        {"account=111122223333,444455556666&kind=training", NULL},
        {"account=!111122223333", NULL},
        {"account=11", "account"},
        {"account=", "account"},
        {"account=!", "account"},
        {"account=111122223333&account=!444455556666", "account"},
        {"kind=endpoint", "kind"},
        {"kind=nonsense", "kind"},
        {"status=failed,INPROGRESS,IN_SERVICE,!x", "status"},
        {"status=failed,INPROGRESS,IN_SERVICE", NULL},
        {"status=NeverHeard", "status"},
        {"status=!NeverHeard", "status"},
        {"status=eu-central-1", "status"}, /* a word, but no status */
        {"status=Hibernating,HIBERNATING", NULL},
        {"status=", "status"},
        {"status=Completed,", "status"},
        {"region=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", NULL}, /* all the same: never heard of */
        {"failed_before_start=maybe", "failed_before_start"},
        {"time_field=started_at", "time_field"},
        {"tag.a=1&tag.b=2&tag.c=3&tag.d=4", NULL},
        {"tag.a=1&tag.b=2&tag.c=3&tag.d=4&tag.e=5", "tag.e"},
    };

    rows_put(rows, &odd);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(params) params       = PARAMS_EMPTY;
        OWN(buf) room            = BUF_UP_TO(64 * 1024);
        struct job_filter filter = {.by_end = false};
        int               result = read_jobs(rows, cases[i].query, &filter, &room, &params);

        if ((result == 0) != (cases[i].fault == NULL))
            fail_msg("%s", cases[i].query);
        if (result)
            assert_string_equal(params.fault_name, cases[i].fault);
    }
}

static void words_become_numbers(void **state)
{
    struct rows *rows        = *state;
    int64_t      failed      = rows_word(rows, "Failed");
    int64_t      hibernating = rows_word(rows, "Hibernating");
    OWN(params) params       = PARAMS_EMPTY;
    OWN(buf) room            = BUF_UP_TO(64 * 1024);
    struct job_filter filter = {.by_end = true};

    rows_put(rows, &odd);
    assert_int_equal(
        read_jobs(rows,
                  "status=!Failed,failed,hibernating,Stopped&tag.te%22am=ri%5Csk&name_prefix=x",
                  &filter, &room, &params),
        0);
    assert_true(filter.statuses.is_given && filter.statuses.is_not);
    assert_int_equal(filter.statuses.count, 3);
    assert_int_equal(filter.statuses.values[0], failed);
    assert_int_equal(filter.statuses.values[1], hibernating);
    assert_int_equal(filter.statuses.values[2], -1); /* not heard yet, but a status */
    CHECK_STR(filter.tags[0], "\"te\\\"am\":\"ri\\\\sk\"");
    CHECK_STR(filter.name_prefix, "x");
    assert_true(filter.range_by_end); /* as the list is sorted */
}

static void an_id_is_account_and_number(void **state)
{
    static const struct {
        const char *text;
        int         result;
    } cases[] = {
        {"111122223333-42", 0},
        {"111122223333-0", -1},
        {"111122223333--1", -1},
        {"111122223333-", -1},
        {"111122223333", -1},
        {"11112222333-42", -1},
        {"111122223333-4x", -1},
        {"-42", -1},
        {"111122223333-9999999999999999999", -1},
        {"", -1},
    };
    int64_t account, id;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(filter_id(str_of(cases[i].text), &account, &id), cases[i].result);
    assert_int_equal(filter_id(STR("000000000007-42"), &account, &id), 0);
    assert_true(account == 7 && id == 42);
}

static struct CMUnitTest tests[] = {
    ROWS_TEST(filters_are_read_or_refused),
    ROWS_TEST(words_become_numbers),
    ROWS_TEST(an_id_is_account_and_number),
};

ROWS_MAIN("filter", tests)
