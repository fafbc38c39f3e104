/* The one writer: one piece of work does not spoil another's, late work is told so, nothing that
 * was taken is dropped at the end. */
#include "check_db.h"

#include "store/batch.h"
#include "store/store.h"
#include "store/words.h"
#include "store/writer.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>

static _Atomic ms monotonic_shift;

/* The clock is this test's own: it stands before the C library's. */
int clock_gettime(clockid_t clock, struct timespec *out)
{
    long failed = syscall(SYS_clock_gettime, clock, out);

    if (clock == CLOCK_MONOTONIC)
        out->tv_sec += atomic_load(&monotonic_shift) / MS_SECOND;
    return (int)failed;
}

struct world {
    struct check_db check;
    struct store   *store;
    struct writer  *writer;
};

static int set_up(void **state)
{
    static const struct store_policy policy = {.wants_emf = false};
    struct world                    *world  = *state;
    struct fail                      why    = FAIL_OK;
    struct store_options             options;

    check_db_make_again(&world->check);
    options = (struct store_options){
        .data_dir = world->check.dir,
        .url      = world->check.is_postgres ? world->check.url : NULL,
    };
    CHECK_OK(store_open(&options, &world->store, &why), &why);
    CHECK_OK(writer_start(world->store, &policy, &world->writer, &why), &why);
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    writer_free(world->writer);
    store_free(world->store);
    check_db_remove(&world->check);
    return 0;
}

enum { MOST_TASKS = 64 };

/* A piece of work that puts one word, or fails. */
struct task {
    struct work    work;
    char           word[32];
    enum fail_kind fails; /* FAIL_NONE: it does not */
    int            result;
    enum fail_kind told;
    atomic_bool    is_done;
};

static int put_word(struct work *work, struct batch *batch, struct fail *why)
{
    struct task *task = (struct task *)work;
    int64_t      id;

    if (words_put(batch->words, batch->db, str_of(task->word), &id, why))
        return -1;
    return task->fails ? fail_set(why, task->fails, "as the test wishes") : 0;
}

static void note_done(struct work *work, int result, const struct fail *why)
{
    struct task *task = (struct task *)work;

    task->result = result;
    task->told   = result ? why->kind : FAIL_NONE;
    atomic_store(&task->is_done, true);
}

static void submit(struct world *world, struct task *task, ms deadline)
{
    task->work = (struct work){
        .apply = put_word, .done = note_done, .weight_bytes = 1, .deadline = deadline};
    assert_true(writer_submit(world->writer, &task->work));
}

static int nothing(void *ctx, struct batch *batch, struct fail *why)
{
    (void)ctx;
    (void)batch;
    (void)why;
    return 0;
}

/* Everything that was submitted before is done when this returns. */
static void wait_for_writer(struct world *world)
{
    struct fail why = FAIL_OK;

    CHECK_OK(writer_run(world->writer, nothing, NULL, &why), &why);
}

static int count(struct world *world, const char *word)
{
    OWN_PTR(db) db   = NULL;
    struct fail  why = FAIL_OK;
    struct stmt *find;
    int          got;

    CHECK_OK(store_reader(world->store, &db, &why), &why);
    find = db_prepare(db, "SELECT id FROM word WHERE text = :text", &why);
    assert_non_null(find);
    stmt_text(find, ":text", str_of(word));
    got = stmt_step(find, &why);
    stmt_done(find);
    return got;
}

static void one_failure_does_not_spoil_its_neighbours(void **state)
{
    static struct task tasks[MOST_TASKS];
    struct world      *world = *state;

    memset(tasks, 0, sizeof tasks);
    for (int i = 0; i < MOST_TASKS; i++) {
        (void)snprintf(tasks[i].word, sizeof tasks[i].word, "word-%d", i);
        tasks[i].fails = i % 7 == 3 ? FAIL_INPUT : FAIL_NONE;
        submit(world, &tasks[i], WHEN_UNKNOWN);
    }
    wait_for_writer(world);
    for (int i = 0; i < MOST_TASKS; i++) {
        assert_true(atomic_load(&tasks[i].is_done));
        assert_int_equal(tasks[i].told, i % 7 == 3 ? FAIL_INPUT : FAIL_NONE);
        assert_int_equal(count(world, tasks[i].word), i % 7 == 3 ? 0 : 1);
    }
}

static void what_is_late_is_told_so_and_not_stored(void **state)
{
    static struct task late;
    struct world      *world = *state;

    memset(&late, 0, sizeof late);
    (void)snprintf(late.word, sizeof late.word, "late");
    submit(world, &late, when_monotonic() - 1);
    wait_for_writer(world);
    assert_int_equal(late.told, FAIL_BUSY);
    assert_int_equal(count(world, "late"), 0);
}

static void a_temporary_failure_is_tried_again_and_then_told(void **state)
{
    static struct task    busy;
    struct world         *world = *state;
    struct writer_figures figures;

    memset(&busy, 0, sizeof busy);
    (void)snprintf(busy.word, sizeof busy.word, "busy");
    busy.fails = FAIL_BUSY;
    submit(world, &busy, WHEN_UNKNOWN);
    wait_for_writer(world);
    assert_int_equal(busy.told, FAIL_BUSY);
    writer_figures(world->writer, &figures);
    assert_false(figures.is_failing); /* the empty work behind it went well */
    assert_true(figures.rollbacks > 0);
}

static void what_was_taken_is_finished_at_the_end(void **state)
{
    static struct task tasks[MOST_TASKS];
    struct world      *world = *state;

    memset(tasks, 0, sizeof tasks);
    for (int i = 0; i < MOST_TASKS; i++) {
        (void)snprintf(tasks[i].word, sizeof tasks[i].word, "last-%d", i);
        submit(world, &tasks[i], WHEN_UNKNOWN);
    }
    writer_free(world->writer);
    world->writer = NULL;
    for (int i = 0; i < MOST_TASKS; i++)
        assert_int_equal(count(world, tasks[i].word), 1);
}

static void too_much_is_refused_at_the_door(void **state)
{
    static struct task heavy;
    struct world      *world = *state;

    memset(&heavy, 0, sizeof heavy);
    heavy.work = (struct work){.apply        = put_word,
                               .done         = note_done,
                               .weight_bytes = (size_t)1 << 30,
                               .deadline     = WHEN_UNKNOWN};
    assert_false(writer_submit(world->writer, &heavy.work));
    assert_false(atomic_load(&heavy.is_done));
}

struct hang {
    struct writer        *writer;
    struct writer_figures before, later;
};

/* Looks from within, as others would from outside while the disk takes its time. */
static int take_long(void *ctx, struct batch *batch, struct fail *why)
{
    struct hang *hang = ctx;

    (void)batch;
    (void)why;
    writer_figures(hang->writer, &hang->before);
    atomic_store(&monotonic_shift, 4 * MS_SECOND);
    writer_figures(hang->writer, &hang->later);
    atomic_store(&monotonic_shift, 0);
    return 0;
}

static void a_store_that_hangs_is_told_while_it_hangs(void **state)
{
    struct world         *world = *state;
    struct hang           hang  = {.writer = world->writer};
    struct fail           why   = FAIL_OK;
    struct writer_figures after;

    CHECK_OK(writer_run(world->writer, take_long, &hang, &why), &why);
    writer_figures(world->writer, &after);
    assert_false(hang.before.is_failing);
    assert_true(hang.later.is_failing);
    CHECK_STR(str_of(hang.later.failure), "the disk or the database does not answer");
    assert_false(after.is_failing);
}

static int run(const char *name, struct world *world)
{
    const struct CMUnitTest tests[] = {
#define CASE(test) cmocka_unit_test_prestate_setup_teardown(test, set_up, tear_down, world)
        CASE(one_failure_does_not_spoil_its_neighbours),
        CASE(what_is_late_is_told_so_and_not_stored),
        CASE(a_temporary_failure_is_tried_again_and_then_told),
        CASE(what_was_taken_is_finished_at_the_end),
        CASE(a_store_that_hangs_is_told_while_it_hangs),
        CASE(too_much_is_refused_at_the_door),
    };

    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    static struct world sqlite   = {.check = {.name = "writer"}};
    static struct world postgres = {.check = {.name = "writer", .is_postgres = 1}};
    int                 failed   = run("SQLite", &sqlite);

    return check_has_postgres() ? failed + run("PostgreSQL", &postgres) : failed;
}
