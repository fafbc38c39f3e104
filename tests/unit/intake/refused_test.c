/* Events that are understood and that the database refuses: set aside with the reason, and their
 * neighbours stored. */
#include "intake/house.h"

#include <stdatomic.h>

struct hearing {
    struct work    work;
    struct post   *post;
    struct receipt receipt;
    int            result;
    struct fail    why;
    atomic_bool    is_heard;
};

static int apply_heard(struct work *work, struct batch *batch, struct fail *why)
{
    struct hearing *hearing = (struct hearing *)work;

    return post_apply(hearing->post, batch, &hearing->receipt, why);
}

static bool concede_heard(struct work *work, const struct fail *why)
{
    return post_concede(((struct hearing *)work)->post, why);
}

static void heard(struct work *work, int result, const struct fail *why)
{
    struct hearing *hearing = (struct hearing *)work;

    hearing->result = result;
    hearing->why    = *why;
    atomic_store(&hearing->is_heard, true);
}

struct order {
    const char *sql;
};

static int obey(void *ctx, struct batch *batch, struct fail *why)
{
    return db_run(batch->db, ((struct order *)ctx)->sql, why);
}

static void run_sql(struct house *house, const char *sql)
{
    struct order order = {sql};
    struct fail  why   = FAIL_OK;

    CHECK_OK(writer_run(house->writer, obey, &order, &why), &why);
}

/* As the service does it: the writer may ask the post to concede. */
static void post_held(struct house *house, struct str body, struct hearing *hearing)
{
    const struct scope all = SCOPE_ALL;
    struct fail        why = FAIL_OK;

    CHECK_OK(post_read(body, &all, STR("k1"), &hearing->post, &why), &why);
    hearing->work = (struct work){
        .apply = apply_heard, .done = heard, .concede = concede_heard, .deadline = WHEN_UNKNOWN};
    assert_true(writer_submit(house->writer, &hearing->work));
    while (!atomic_load(&hearing->is_heard)) /* what was refused comes after its group */
        run_sql(house, "SELECT 1");
    post_free(hearing->post);
}

/* The database refuses a second object with the name of one that is there. */
static void allow_each_name_once(struct house *house)
{
    run_sql(house, "CREATE UNIQUE INDEX once ON resource (name)");
}

static void tell_list(struct buf *out, const struct told *told, size_t count)
{
    buf_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_char(out, ',');
        tell(out, &told[i]);
    }
    buf_char(out, ']');
}

static void an_event_the_database_refuses_is_set_aside_and_its_neighbours_are_stored(void **state)
{
    static const struct told events[] = {
        {"e-1", "churn", "InProgress", 1000, 0, 0, NULL},
        {"e-2", "churn", "InProgress", 1000, 0, 0, "444455556666"}, /* the same name */
        {"e-3", "fraud", "InProgress", 1000, 0, 0, NULL},
        {"e-4", "fraud", "InProgress", 1000, 0, 0, "444455556666"}, /* once more */
        {"e-5", "churn", "Completed", 60000, 1000, 60000, NULL},
    };
    struct hearing first = {.result = 1}, again = {.result = 1};
    OWN(buf) body = BUF_UP_TO(65536);

    allow_each_name_once(*state);
    tell_list(&body, events, sizeof events / sizeof events[0]);
    post_held(*state, buf_view(&body), &first);
    CHECK_OK(first.result, &first.why);
    assert_int_equal(first.receipt.accepted, 3);
    assert_int_equal(first.receipt.quarantined, 2);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM resource"), 2);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM quarantine WHERE account = 444455556666"
                                    " AND reason LIKE 'it could not be stored: %'"),
                     2);
    post_held(*state, buf_view(&body), &again); /* the sender did not hear the answer */
    CHECK_OK(again.result, &again.why);
    assert_int_equal(again.receipt.duplicates, 3);
    assert_int_equal(number(*state, "SELECT COUNT(*) FROM quarantine"), 2);
    check_counts(*state);
}

/* A row that is there already is only updated, and nobody waits for an answer to that: which of the
 * events was refused has to be found out. */
static void which_update_was_refused_is_found_out(struct house *house, int refused)
{
    enum { JOBS = 5 };
    static const char *const names[JOBS] = {"churn", "fraud", "limit", "score", "trend"};
    static char              ids[2 * JOBS][16];
    struct told              begun[JOBS], updates[JOBS];
    struct hearing           first = {.result = 1}, second = {.result = 1};
    OWN(buf) body = BUF_UP_TO(65536), again = BUF_UP_TO(65536);
    char query[200];

    for (int i = 0; i < JOBS; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "b-%d", i);
        (void)snprintf(ids[JOBS + i], sizeof ids[i], "u-%d", i);
        begun[i]   = (struct told){ids[i], names[i], "InProgress", 1000, 0, 0, NULL};
        updates[i] = (struct told){
            ids[JOBS + i], names[i], "InProgress", 2000, i == refused ? 500 : 501 + i, 0, NULL};
    }
    begun[(refused + 1) % JOBS].started = updates[(refused + 1) % JOBS].started = 500;
    tell_list(&body, begun, JOBS);
    post_held(house, buf_view(&body), &first);
    assert_int_equal(first.receipt.accepted, JOBS);
    run_sql(house, "CREATE UNIQUE INDEX once ON resource (started_ms)");
    tell_list(&again, updates, JOBS);
    post_held(house, buf_view(&again), &second);
    CHECK_OK(second.result, &second.why);
    assert_int_equal(second.receipt.accepted, JOBS - 1);
    assert_int_equal(second.receipt.quarantined, 1);
    (void)snprintf(query, sizeof query,
                   "SELECT COUNT(*) FROM resource WHERE name = '%s' AND started_ms IS NULL",
                   names[refused]);
    assert_int_equal(number(house, query), 1);
    check_counts(house);
}

static void one_update_in_the_middle_is_refused_alone(void **state)
{
    which_update_was_refused_is_found_out(*state, 1);
}

static void the_last_update_is_refused_alone(void **state)
{
    which_update_was_refused_is_found_out(*state, 4);
}

static void a_post_of_many_such_events_is_not_tried_for_ever(void **state)
{
    enum { MANY = 100 };
    static char        ids[MANY][16];
    static struct told events[MANY];
    struct hearing     hearing = {.result = 1};
    OWN(buf) body              = BUF_UP_TO(1 << 20);

    allow_each_name_once(*state);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "e-%d", i);
        events[i] = (struct told){
            ids[i], "churn", "InProgress", 1000, 0, 0, i ? "444455556666" : "111122223333"};
    }
    tell_list(&body, events, MANY);
    post_held(*state, buf_view(&body), &hearing);
    CHECK_OK(hearing.result, &hearing.why);
    assert_int_equal(hearing.receipt.accepted, 1);
    assert_int_equal(hearing.receipt.quarantined, MANY - 1);
}

static void what_not_even_quarantine_takes_is_told_as_it_is(void **state)
{
    static const struct told told    = {"e-1", "churn", "InProgress", 1000, 0, 0, NULL};
    struct hearing           hearing = {.result = 1};
    OWN(buf) body                    = BUF_UP_TO(65536);

    run_sql(*state, "ALTER TABLE quarantine RENAME TO q2; ALTER TABLE event RENAME TO e2");
    tell(&body, &told);
    post_held(*state, buf_view(&body), &hearing);
    CHECK_FAILS(hearing.result, FAIL_BUG, &hearing.why);
}

/* The tests change the shape of tables. */
static int open_new_house(void **state)
{
    ((struct house *)*state)->check.has_schema = 0;
    return open_house(state);
}

static int run(const char *name, struct house *house)
{
    const struct CMUnitTest tests[] = {
#define STORY(test)                                                                                \
    cmocka_unit_test_prestate_setup_teardown(test, open_new_house, close_house, house)
        STORY(an_event_the_database_refuses_is_set_aside_and_its_neighbours_are_stored),
        STORY(one_update_in_the_middle_is_refused_alone),
        STORY(the_last_update_is_refused_alone),
        STORY(a_post_of_many_such_events_is_not_tried_for_ever),
        STORY(what_not_even_quarantine_takes_is_told_as_it_is),
    };

    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    static struct house sqlite   = {.check = {.name = "refused"}};
    static struct house postgres = {.check = {.name = "refused", .is_postgres = 1}};
    int                 failed   = run("SQLite", &sqlite);

    return check_has_postgres() ? failed + run("PostgreSQL", &postgres) : failed;
}
