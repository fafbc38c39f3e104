/* retry: full jitter under a doubling bound, a peer's hint, and a cap that holds. */
#include "check.h"

#include "base/retry.h"

enum { DRAWS = 2000 };

static void stays_under_its_bound(void **state)
{
    static const struct {
        struct retry_policy policy;
        int                 attempt;
        ms                  hint, least, most;
    } cases[] = {
        {{100, 10000}, 0, 0, 0, 100},
        {{100, 10000}, 1, 0, 0, 200},
        {{100, 10000}, 3, 0, 0, 800},
        {{100, 10000}, 7, 0, 0, 10000},
        {{100, 10000}, 1000000, 0, 0, 10000},         /* does not overflow */
        {{100, 10000}, 0, 5000, 5000, 5000},          /* what the peer asked for */
        {{100, 10000}, 0, 31536000000, 10000, 10000}, /* but not a year */
        {{100, 10000}, 0, -5, 0, 100},
        {{0, 0}, 0, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int draw = 0; draw < DRAWS; draw++) {
            ms wait = retry_wait(&cases[i].policy, cases[i].attempt, cases[i].hint);

            if (wait < cases[i].least || wait > cases[i].most)
                fail_msg("case %zu gave %lld", i, (long long)wait);
        }
}

static void spreads_over_the_whole_range(void **state)
{
    const struct retry_policy policy      = {1000, 1000};
    int                       quarters[4] = {0};

    (void)state;
    for (int draw = 0; draw < DRAWS; draw++)
        quarters[retry_wait(&policy, 0, 0) * 4 / 1001]++;
    for (int i = 0; i < 4; i++)
        assert_in_range(quarters[i], DRAWS / 8, DRAWS / 2);
}

static void never_draws_the_same_twice(void **state)
{
    uint64_t last = retry_random();

    (void)state;
    for (int draw = 0; draw < DRAWS; draw++) {
        uint64_t next = retry_random();

        assert_int_not_equal(next, last);
        last = next;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stays_under_its_bound),
        cmocka_unit_test(spreads_over_the_whole_range),
        cmocka_unit_test(never_draws_the_same_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
