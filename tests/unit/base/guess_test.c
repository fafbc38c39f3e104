#include "check.h"

#include "base/guess.h"

#include <limits.h>

static void distances_count_edits(void **state)
{
    static const struct {
        const char *a, *b;
        int         distance;
    } cases[] = {
        {"", "", 0},        {"jobs", "jobs", 0},      {"jbos", "jobs", 1},
        {"job", "jobs", 1}, {"jobss", "jobs", 1},     {"statsu", "status", 1},
        {"", "abc", 3},     {"kitten", "sitting", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(guess_distance(str_of(cases[i].a), str_of(cases[i].b)), cases[i].distance);
        assert_int_equal(guess_distance(str_of(cases[i].b), str_of(cases[i].a)), cases[i].distance);
    }
}

static void a_very_long_word_is_like_nothing(void **state)
{
    char long_word[GUESS_LONGEST + 1];

    (void)state;
    memset(long_word, 'a', sizeof long_word);
    assert_int_equal(guess_distance(str_from(long_word, sizeof long_word), STR("a")), INT_MAX);
}

static void only_a_near_word_is_offered(void **state)
{
    static const char *const known[] = {"serve", "jobs", "quarantine", "send-test-event"};
    static const struct {
        const char *word, *best;
    } cases[] = {
        {"sevre", "serve"}, {"quarantene", "quarantine"},         {"xyz", NULL},
        {"j", NULL},        {"sendtestevent", "send-test-event"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct guess guess = guess_of(str_of(cases[i].word));

        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            guess_offer(&guess, known[k]);
        if (cases[i].best)
            assert_string_equal(guess_best(&guess), cases[i].best);
        else
            assert_null(guess_best(&guess));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_count_edits),
        cmocka_unit_test(a_very_long_word_is_like_nothing),
        cmocka_unit_test(only_a_near_word_is_offered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
