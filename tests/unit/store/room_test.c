/* The reserve: there from the start, spent when the disk is full, made again when there is room.
 * What a disk that stays full does is a scene (disk_full_test.py). */
#include "check_db.h"

#include "store/room.h"
#include "store/store.h"

#include <sys/stat.h>

enum { USUAL_PAGES = 8000, LEAST_BYTES = 4 << 20 };

struct world {
    struct check_db check;
    struct store   *store;
    struct room    *room;
};

static int set_up(void **state)
{
    struct world        *world = *state;
    struct fail          why   = FAIL_OK;
    struct store_options options;

    check_db_make(&world->check);
    options = (struct store_options){
        .data_dir = world->check.dir,
        .url      = world->check.is_postgres ? world->check.url : NULL,
    };
    CHECK_OK(store_open(&options, &world->store, &why), &why);
    CHECK_OK(room_new(world->store, &world->room, &why), &why);
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    room_free(world->room);
    store_free(world->store);
    check_db_remove(&world->check);
    return 0;
}

/* Bytes it takes from the disk; -1: there is none. */
static int64_t reserve_bytes(const struct world *world)
{
    char        path[128];
    struct stat file;

    (void)snprintf(path, sizeof path, "%s/reserve", world->check.dir);
    return stat(path, &file) ? -1 : (int64_t)file.st_blocks * 512;
}

static void a_reserve_is_there_from_the_start_and_outlives_us(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;
    int64_t       bytes = reserve_bytes(world);

    assert_true(bytes >= LEAST_BYTES);
    room_free(world->room);
    world->room = NULL;
    assert_int_equal(reserve_bytes(world), bytes);
    CHECK_OK(room_new(world->store, &world->room, &why), &why);
    assert_int_equal(reserve_bytes(world), bytes);
}

static void the_log_and_a_transaction_fit_into_it(void **state)
{
    struct world *world = *state;
    int64_t       bytes = reserve_bytes(world);

    assert_true(room_log_pages(world->room, USUAL_PAGES) * (int64_t)4096 < bytes);
    assert_int_equal(room_log_pages(world->room, 10), 10);
    assert_true((int64_t)room_group_bytes(world->room) <= bytes / 4);
}

static void what_is_spent_on_a_disk_with_room_is_made_again_at_once(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;
    int64_t       bytes = reserve_bytes(world);

    CHECK_OK(room_spend(world->room, &why), &why);
    assert_false(room_is_short(world->room));
    assert_int_equal(reserve_bytes(world), bytes);
    CHECK_OK(room_look(world->room, &why), &why);
}

static void a_full_database_is_seen(void **state)
{
    struct world *world = *state;
    struct db    *db    = store_writer_db(world->store);
    struct fail   why   = FAIL_OK;
    OWN(tx) tx          = TX_NONE;

    assert_false(room_was_full(world->room));
    CHECK_OK(db_run(db, "PRAGMA max_page_count = 1", &why), &why); /* no page more than there are */
    CHECK_OK(tx_begin(&tx, db, &why), &why);
    assert_int_equal(db_run(db, "CREATE TABLE more (x BIGINT)", &why), -1);
    assert_int_equal(why.kind, FAIL_BUSY);
    assert_true(room_was_full(world->room));
    tx_release(&tx);
    CHECK_OK(db_run(db, "PRAGMA max_page_count = 100000", &why), &why);
    CHECK_OK(tx_begin(&tx, db, &why), &why);
    assert_false(room_was_full(world->room));
}

static void postgresql_has_a_disk_of_its_own(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;

    assert_null(world->room);
    assert_int_equal(reserve_bytes(world), -1);
    assert_false(room_is_short(world->room) || room_was_full(world->room));
    assert_int_equal(room_log_pages(world->room, USUAL_PAGES), USUAL_PAGES);
    CHECK_OK(room_look(world->room, &why), &why);
}

#define CASE(test, world) cmocka_unit_test_prestate_setup_teardown(test, set_up, tear_down, world)

int main(void)
{
    static struct world     sqlite   = {.check = {.name = "room"}};
    static struct world     postgres = {.check = {.name = "room", .is_postgres = 1}};
    const struct CMUnitTest here[]   = {
          CASE(a_reserve_is_there_from_the_start_and_outlives_us, &sqlite),
          CASE(the_log_and_a_transaction_fit_into_it, &sqlite),
          CASE(what_is_spent_on_a_disk_with_room_is_made_again_at_once, &sqlite),
          CASE(a_full_database_is_seen, &sqlite),
    };
    const struct CMUnitTest elsewhere[] = {CASE(postgresql_has_a_disk_of_its_own, &postgres)};
    int                     failed      = cmocka_run_group_tests_name("SQLite", here, NULL, NULL);

    if (check_has_postgres())
        failed += cmocka_run_group_tests_name("PostgreSQL", elsewhere, NULL, NULL);
    return failed;
}
