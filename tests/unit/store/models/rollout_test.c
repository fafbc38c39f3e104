/* What ran when: the pure part of rollouts. */
#include "check.h"

#include "base/when.h"
#include "store/models/rollout.h"

enum { MOST = 12, BLUE = 1, GREEN = 2, OTHER = 3 };

/* What happened, and how a deployment stood at a moment. */
static const struct {
    const char          *story;
    struct rollout_entry entries[MOST];
    int64_t              deployment;
    ms                   at;
    int                  found;
    enum rollout_state   state;
    int64_t              share;
} stands[] = {
    {"nothing has happened", {{0}}, BLUE, 100, 0, 0, 0},
    {"not there yet", {{BLUE, 10, 1, ROLLOUT_CREATED, 0}}, BLUE, 9, 0, 0, 0},
    {"there, without traffic",
     {{BLUE, 10, 1, ROLLOUT_CREATED, 0}},
     BLUE,
     10,
     1,
     ROLLOUT_PENDING,
     0},
    {"blue before green",
     {{BLUE, 10, 1, ROLLOUT_CREATED, 0},
      {BLUE, 10, 2, ROLLOUT_PROMOTED, 0},
      {GREEN, 20, 3, ROLLOUT_CREATED, 0},
      {GREEN, 30, 4, ROLLOUT_PROMOTED, 0},
      {BLUE, 30, 5, ROLLOUT_RETIRED, 0}},
     BLUE,
     29,
     1,
     ROLLOUT_ACTIVE,
     ROLLOUT_WHOLE},
    {"blue after green",
     {{BLUE, 10, 1, ROLLOUT_CREATED, 0},
      {BLUE, 10, 2, ROLLOUT_PROMOTED, 0},
      {BLUE, 30, 5, ROLLOUT_RETIRED, 0}},
     BLUE,
     30,
     1,
     ROLLOUT_IS_RETIRED,
     0},
    {"a canary at a quarter",
     {{GREEN, 20, 1, ROLLOUT_CREATED, 0},
      {GREEN, 30, 2, ROLLOUT_SHIFT, 500},
      {GREEN, 40, 3, ROLLOUT_SHIFT, 2500},
      {GREEN, 50, 4, ROLLOUT_PROMOTED, 0}},
     GREEN,
     45,
     1,
     ROLLOUT_ACTIVE,
     2500},
    {"a canary taken back to nothing waits",
     {{GREEN, 20, 1, ROLLOUT_CREATED, 0},
      {GREEN, 30, 2, ROLLOUT_SHIFT, 500},
      {GREEN, 40, 3, ROLLOUT_SHIFT, 0}},
     GREEN,
     45,
     1,
     ROLLOUT_PENDING,
     0},
    {"rolled back",
     {{GREEN, 20, 1, ROLLOUT_CREATED, 0},
      {GREEN, 30, 2, ROLLOUT_PROMOTED, 0},
      {GREEN, 40, 3, ROLLOUT_ROLLED_BACK, 0}},
     GREEN,
     40,
     1,
     ROLLOUT_WAS_RETURNED,
     0},
    {"an entry that came late finds its place",
     {{GREEN, 20, 1, ROLLOUT_CREATED, 0},
      {GREEN, 50, 2, ROLLOUT_PROMOTED, 0},
      {GREEN, 30, 9, ROLLOUT_SHIFT, 500}},
     GREEN,
     60,
     1,
     ROLLOUT_ACTIVE,
     ROLLOUT_WHOLE},
    {"and is seen at its moment",
     {{GREEN, 20, 1, ROLLOUT_CREATED, 0},
      {GREEN, 50, 2, ROLLOUT_PROMOTED, 0},
      {GREEN, 30, 9, ROLLOUT_SHIFT, 500}},
     GREEN,
     49,
     1,
     ROLLOUT_ACTIVE,
     500},
    {"of one moment the greater id is later",
     {{GREEN, 20, 2, ROLLOUT_FAILED, 0}, {GREEN, 20, 1, ROLLOUT_CREATED, 0}},
     GREEN,
     20,
     1,
     ROLLOUT_HAS_FAILED,
     0},
};

static void deployments_stand_as_their_newest_entry_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stands / sizeof stands[0]; i++) {
        struct rollout_stand stand = {0};
        int found = rollout_at(stands[i].entries, MOST, stands[i].deployment, stands[i].at, &stand);

        if (found != stands[i].found || (int)stand.state != (int)stands[i].state
            || stand.share != stands[i].share)
            fail_msg("%s: found %d, state %d, share %lld", stands[i].story, found, (int)stand.state,
                     (long long)stand.share);
    }
}

static void a_life_makes_sense(void **state)
{
    static const struct {
        struct rollout_entry entries[MOST];
        int                  result;
    } cases[] = {
        {{{BLUE, 10, 1, ROLLOUT_CREATED, 0}}, 0},
        {{{BLUE, 10, 1, ROLLOUT_CREATED, 0},
          {BLUE, 20, 2, ROLLOUT_PROMOTED, 0},
          {BLUE, 30, 3, ROLLOUT_RETIRED, 0}},
         0},
        {{{BLUE, 10, 1, ROLLOUT_CREATED, 0},
          {BLUE, 30, 3, ROLLOUT_RETIRED, 0},
          {BLUE, 20, 4, ROLLOUT_SHIFT, 500}},
         0}, /* late, but before the end */
        {{{BLUE, 10, 1, ROLLOUT_CREATED, 0},
          {BLUE, 30, 3, ROLLOUT_RETIRED, 0},
          {BLUE, 40, 4, ROLLOUT_SHIFT, 500}},
         -1},
        {{{BLUE, 10, 1, ROLLOUT_CREATED, 0},
          {BLUE, 20, 2, ROLLOUT_PROMOTED, 0},
          {BLUE, 15, 3, ROLLOUT_FAILED, 0}},
         -1}, /* an end before what followed */
        {{{BLUE, 10, 1, ROLLOUT_CREATED, 0}, {BLUE, 5, 2, ROLLOUT_PROMOTED, 0}}, -1},
        {{{BLUE, 10, 1, ROLLOUT_CREATED, 0},
          {BLUE, 20, 2, ROLLOUT_RETIRED, 0},
          {BLUE, 20, 3, ROLLOUT_FAILED, 0}},
         -1},
        {{{BLUE, 10, 1, ROLLOUT_CREATED, 0},
          {GREEN, 20, 2, ROLLOUT_RETIRED, 0},
          {GREEN, 15, 3, ROLLOUT_CREATED, 0},
          {BLUE, 30, 4, ROLLOUT_SHIFT, 1}},
         0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fail why    = FAIL_OK;
        int         result = rollout_check(cases[i].entries, MOST, BLUE, &why);

        if (result != cases[i].result || (result && why.kind != FAIL_CLASH))
            fail_msg("case %zu: %d, %s", i, result, why.text);
    }
}

/* Blue has all, green has none, a third has what it says. */
static size_t echo_of(const struct rollout_entry *added, int64_t third, struct rollout_entry *out)
{
    const struct rollout_entry group[] = {{BLUE, 10, 1, ROLLOUT_CREATED, 0},
                                          {BLUE, 10, 2, ROLLOUT_PROMOTED, 0},
                                          {GREEN, 20, 3, ROLLOUT_CREATED, 0},
                                          {OTHER, 20, 4, ROLLOUT_CREATED, 0},
                                          {OTHER, 21, 5, ROLLOUT_SHIFT, third}};

    return rollout_echo(group, sizeof group / sizeof group[0], added, out, MOST);
}

static void what_happens_to_one_happens_to_the_others(void **state)
{
    static const struct {
        struct rollout_entry added;
        int64_t              third;
        size_t               count;
        enum rollout_what    what;  /* of blue */
        int64_t              share; /* of blue */
    } cases[] = {
        {{GREEN, 30, 0, ROLLOUT_SHIFT, 500}, 0, 1, ROLLOUT_SHIFT, 9500},
        {{GREEN, 30, 0, ROLLOUT_SHIFT, ROLLOUT_WHOLE}, 0, 1, ROLLOUT_SHIFT, 0},
        {{GREEN, 30, 0, ROLLOUT_SHIFT, 500}, 100, 0, 0, 0}, /* whose is the rest? */
        {{GREEN, 30, 0, ROLLOUT_PROMOTED, 0}, 0, 1, ROLLOUT_RETIRED, 0},
        {{GREEN, 30, 0, ROLLOUT_PROMOTED, 0}, 100, 2, ROLLOUT_RETIRED, 0},
        {{GREEN, 30, 0, ROLLOUT_FAILED, 0}, 0, 0, 0, 0}, /* it had nothing to give back */
        {{OTHER, 30, 0, ROLLOUT_FAILED, 0}, 100, 1, ROLLOUT_SHIFT, ROLLOUT_WHOLE},
        {{GREEN, 5, 0, ROLLOUT_PROMOTED, 0}, 0, 0, 0, 0}, /* before anybody had any */
        {{GREEN, 30, 0, ROLLOUT_CREATED, 0}, 0, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rollout_entry out[MOST] = {{0}};
        size_t               count     = echo_of(&cases[i].added, cases[i].third, out);

        if (count != cases[i].count
            || (count
                && (out[0].deployment != BLUE || out[0].what != cases[i].what
                    || out[0].share != cases[i].share || out[0].at != cases[i].added.at)))
            fail_msg("case %zu: %zu entries, first: %d %lld", i, count, (int)out[0].what,
                     (long long)out[0].share);
    }
}

static void a_rollback_goes_to_what_ran_before(void **state)
{
    const struct rollout_entry entries[] = {
        {BLUE, 10, 1, ROLLOUT_CREATED, 0},  {BLUE, 10, 2, ROLLOUT_PROMOTED, 0},
        {GREEN, 10, 3, ROLLOUT_CREATED, 0}, {GREEN, 10, 4, ROLLOUT_PROMOTED, 0},
        {BLUE, 10, 5, ROLLOUT_RETIRED, 0},  {OTHER, 20, 6, ROLLOUT_CREATED, 0},
    };
    const size_t count = sizeof entries / sizeof entries[0];

    (void)state;
    assert_int_equal(rollout_before(entries, count, GREEN), BLUE); /* of one moment, too */
    assert_int_equal(rollout_before(entries, count, OTHER), GREEN);
    assert_int_equal(rollout_before(entries, count, BLUE), 0);
}

static void names_are_read_as_they_are_written(void **state)
{
    (void)state;
    for (int what = ROLLOUT_CREATED; what <= ROLLOUT_RETIRED; what++)
        assert_int_equal(rollout_what_parse(str_of(rollout_what_name((enum rollout_what)what))),
                         what);
    for (int it = ROLLOUT_PENDING; it <= ROLLOUT_WAS_RETURNED; it++)
        assert_int_equal(rollout_state_parse(str_of(rollout_state_name((enum rollout_state)it))),
                         it);
    assert_int_equal(rollout_what_parse(STR("shift")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deployments_stand_as_their_newest_entry_says),
        cmocka_unit_test(a_life_makes_sense),
        cmocka_unit_test(what_happens_to_one_happens_to_the_others),
        cmocka_unit_test(a_rollback_goes_to_what_ran_before),
        cmocka_unit_test(names_are_read_as_they_are_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
