#include "check.h"

#include "base/own.h"
#include "base/when.h"
#include "query/recent.h"

static void an_answer_is_given_again_for_a_while(void **state)
{
    OWN_PTR(recent) recent = NULL;
    OWN(buf) out           = BUF_UP_TO(1000);
    struct fail why        = FAIL_OK;
    ms          until;

    (void)state;
    CHECK_OK(recent_new(100, &recent, &why), &why);
    assert_false(recent_find(recent, STR("a"), &out));
    recent_put(recent, STR("a"), STR("answer"), 0);
    assert_true(recent_find(recent, STR("a"), &out));
    CHECK_STR(buf_view(&out), "answer");
    assert_false(recent_find(recent, STR("b"), &out));
    for (until = when_monotonic() + 5000; recent_find(recent, STR("a"), &out);) {
        assert_true(when_monotonic() < until);
        buf_clear(&out);
        (void)usleep(10000);
    }
}

static void one_asker_renews_it_and_the_others_get_the_old_one(void **state)
{
    OWN_PTR(recent) recent = NULL;
    OWN(buf) out           = BUF_UP_TO(1000);
    struct fail why        = FAIL_OK;

    (void)state;
    CHECK_OK(recent_new(1, &recent, &why), &why);
    recent_put(recent, STR("a"), STR("old"), 0);
    (void)usleep(5000);
    assert_false(recent_find(recent, STR("a"), &out));
    assert_true(recent_find(recent, STR("a"), &out));
    recent_put(recent, STR("a"), STR("new"), 600); /* dear: kept for longer */
    buf_clear(&out);
    (void)usleep(5000);
    assert_true(recent_find(recent, STR("a"), &out));
    CHECK_STR(buf_view(&out), "new");
}

static void it_has_a_ceiling(void **state)
{
    OWN_PTR(recent) recent = NULL;
    OWN(buf) big           = BUF_UP_TO(RECENT_MOST_BYTES + 10);
    OWN(buf) out           = BUF_UP_TO(RECENT_MOST_BYTES + 10);
    struct fail why        = FAIL_OK;
    int         found      = 0;

    (void)state;
    CHECK_OK(recent_new(60000, &recent, &why), &why);
    while (big.size <= RECENT_MOST_BYTES)
        buf_char(&big, 'x');
    recent_put(recent, STR("big"), buf_view(&big), 0);
    assert_false(recent_find(recent, STR("big"), &out));
    for (int i = 0; i < 1000; i++) {
        char key[16];

        (void)snprintf(key, sizeof key, "%d", i);
        recent_put(recent, str_of(key), str_of(key), 0);
    }
    for (int i = 0; i < 1000; i++) {
        char key[16];

        (void)snprintf(key, sizeof key, "%d", i);
        buf_clear(&out);
        if (!recent_find(recent, str_of(key), &out))
            continue;
        CHECK_STR(buf_view(&out), key);
        found++;
    }
    assert_true(found > 0 && found <= RECENT_ENTRIES);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_given_again_for_a_while),
        cmocka_unit_test(one_asker_renews_it_and_the_others_get_the_old_one),
        cmocka_unit_test(it_has_a_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
