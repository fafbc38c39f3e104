#include "check_db.h"

#include "base/mem.h"
#include "store/migrate.h"
#include "store/words.h"

struct world {
    struct check_db check;
    struct db      *db;
    struct words   *words;
};

static int set_up(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;
    int           applied;

    check_db_make_again(&world->check);
    world->db = check_open(world->check.url, true);
    CHECK_OK(migrate_up(world->db, store_migrations, &applied, &why), &why);
    CHECK_OK(words_new(&world->words, &why), &why);
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    words_free(world->words);
    db_free(world->db);
    check_db_remove(&world->check);
    return 0;
}

static int64_t put(struct world *world, struct str text)
{
    struct fail why = FAIL_OK;
    int64_t     id  = -1;

    CHECK_OK(words_put(world->words, world->db, text, &id, &why), &why);
    return id;
}

static void a_text_has_one_number(void **state)
{
    struct world *world   = *state;
    OWN_PTR(words) other  = NULL;
    struct fail why       = FAIL_OK;
    int64_t     completed = put(world, STR("Completed"));
    int64_t     found     = -1;

    CHECK_OK(words_new(&other, &why), &why);
    assert_true(completed > 0);
    assert_true(put(world, STR("Failed")) != completed);
    assert_true(put(world, STR("Completed")) == completed);
    CHECK_STR(words_text(world->words, world->db, completed), "Completed");

    /* Another cache reads it from the table, by either side. */
    CHECK_STR(words_text(other, world->db, completed), "Completed");
    assert_int_equal(words_find(other, world->db, STR("Failed"), &found, &why), 1);
    CHECK_STR(words_text(other, world->db, found), "Failed");
    assert_int_equal(words_find(other, world->db, STR("Stopped"), &found, &why), 0);
    assert_int_equal(words_text(other, world->db, 999999).size, 0);
}

static void no_text_is_number_nought(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;
    int64_t       id    = -1;

    assert_int_equal(put(world, STR_NONE), 0);
    assert_int_equal(put(world, STR("")), 0);
    assert_int_equal(words_find(world->words, world->db, STR_NONE, &id, &why), 1);
    assert_int_equal(id, 0);
    assert_int_equal(words_text(world->words, world->db, 0).size, 0);
}

static void the_cache_grows(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;
    int64_t       ids[1000];
    char          text[20];
    OWN(tx) tx = TX_NONE;

    CHECK_OK(tx_begin(&tx, world->db, &why), &why);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "word-%d", i);
        ids[i] = put(world, str_of(text));
    }
    CHECK_OK(tx_commit(&tx, &why), &why);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "word-%d", i);
        assert_true(put(world, str_of(text)) == ids[i]);
        CHECK_STR(words_text(world->words, world->db, ids[i]), text);
    }
}

static void what_senders_make_up_does_not_fill_the_memory(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;
    int64_t       first = put(world, STR("Completed")), found = 0;
    char          text[20];
    OWN(tx) tx = TX_NONE;

    if (world->check.is_postgres)
        skip(); /* so many trips take seconds, and memory is the same there */
    CHECK_OK(tx_begin(&tx, world->db, &why), &why);
    for (int i = 0; i < WORDS_MOST; i++) {
        (void)snprintf(text, sizeof text, "made-up-%d", i);
        (void)put(world, str_of(text));
    }
    CHECK_OK(tx_commit(&tx, &why), &why);
    CHECK_OK(db_run(world->db, "UPDATE word SET text = 'Finished' WHERE text = 'Completed'", &why),
             &why); /* shows who remembers */
    words_trim(world->words);
    assert_int_equal(words_find(world->words, world->db, STR("Completed"), &found, &why), 0);
    CHECK_STR(words_text(world->words, world->db, first), "Finished");
    assert_true(put(world, STR("Finished")) == first);
    words_trim(world->words); /* little: kept */
    CHECK_OK(db_run(world->db, "UPDATE word SET text = 'Done' WHERE text = 'Finished'", &why),
             &why);
    CHECK_STR(words_text(world->words, world->db, first), "Finished");
}

static void what_was_rolled_back_is_forgotten(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;
    int64_t       kept  = put(world, STR("kept"));
    int64_t       gone;
    int64_t       other;
    struct str    text;

    {
        OWN(tx) tx = TX_NONE;

        CHECK_OK(tx_begin(&tx, world->db, &why), &why);
        gone = put(world, STR("gone"));
        text = words_text(world->words, world->db, gone);
    }
    words_forget(world->words);
    CHECK_STR(text, "gone"); /* the bytes stay */
    assert_int_equal(words_text(world->words, world->db, gone).size, 0);
    other = put(world, STR("other")); /* SQLite gives it the number that came free */
    CHECK_STR(words_text(world->words, world->db, other), "other");
    assert_true(put(world, STR("gone")) != other);
    assert_true(put(world, STR("kept")) == kept);
    CHECK_STR(words_text(world->words, world->db, kept), "kept");
}

/* A failing allocation leaves the cache usable; what it could not keep it asks for again. */
static void without_memory_it_says_so(void **state)
{
    struct world *world  = *state;
    int           failed = 0;

    for (long n = 1;; n++) {
        OWN_PTR(words) words = NULL;
        struct fail why      = FAIL_OK;
        int64_t     id       = 0;
        int         result;
        long        asked;

        mem_fail_at(n, 0);
        result = words_new(&words, &why) || words_put(words, world->db, STR("scarce"), &id, &why);
        asked  = mem_count();
        mem_fail_at(0, 0);
        if (asked < n)
            break;
        if (!result)
            continue; /* SQLite can do without some of its memory */
        assert_int_equal(why.kind, FAIL_MEMORY);
        if (words)
            CHECK_OK(words_put(words, world->db, STR("scarce"), &id, &why), &why);
        failed++;
    }
    assert_true(failed >= 3);
}

static int run(const char *name, struct world *world)
{
    const struct CMUnitTest tests[] = {
#define CASE(test) cmocka_unit_test_prestate_setup_teardown(test, set_up, tear_down, world)
        CASE(a_text_has_one_number),
        CASE(no_text_is_number_nought),
        CASE(the_cache_grows),
        CASE(what_senders_make_up_does_not_fill_the_memory),
        CASE(what_was_rolled_back_is_forgotten),
        CASE(without_memory_it_says_so),
    };

    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    static struct world sqlite   = {.check = {.name = "words"}};
    static struct world postgres = {.check = {.name = "words", .is_postgres = 1}};
    int                 failed   = run("SQLite", &sqlite);

    return check_has_postgres() ? failed + run("PostgreSQL", &postgres) : failed;
}
