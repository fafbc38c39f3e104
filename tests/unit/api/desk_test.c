/* The desk: what is due goes to one of those who wait, when it falls due; nobody waits longer than
 * asked; who has gone gets nothing. Through a real listener, because the desk answers requests. */
#include "../check_db.h"
#include "../wire/web_client.h"

#include "api/desk.h"
#include "api/problem.h"
#include "store/batch.h"
#include "store/errands.h"
#include "store/resource.h"
#include "store/store.h"
#include "store/words.h"
#include "store/writer.h"

#include <poll.h>

#define LEASE(wait) "POST /" wait " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
#define NOTHING "{\"errands\":[]}"

enum { MOST_WAITING = 256 };

static const int64_t ACCOUNT = 111122223333;
static const ms      SOON = 15 * MS_SECOND, FAR = 20 * MS_SECOND;

struct world {
    struct check_db check;
    struct store   *store;
    struct writer  *writer;
    struct desk    *desk;
    struct web     *web;
    atomic_int      asked; /* leases that wait at the desk, or have been answered by it */
};

/* ---- a service that does nothing but lease: the path is how long to wait ---- */

static size_t admit(struct web_request *request, void *ctx)
{
    (void)request;
    (void)ctx;
    return 0;
}

static void serve(struct web_request *request, void *ctx)
{
    struct world        *world = ctx;
    struct lease_request lease = {
        .worker = "scene", .deeds = 1u << DEED_EMIT, .most = 1, .lease_ms = MS_MINUTE};
    struct fail why  = FAIL_OK;
    int64_t     wait = 0;

    assert_int_equal(str_to_i64(str_part(web_path(request), 1, SIZE_MAX), 0, FAR, &wait), 0);
    if (desk_wait(world->desk, request, &lease, wait, &why))
        problem_reply(request, &why);
    atomic_fetch_add(&world->asked, 1);
}

static void refuse(int status, const char *detail, const char *request_id, struct buf *body,
                   void *ctx)
{
    (void)ctx;
    (void)request_id;
    buf_format(body, "%d %s", status, detail);
}

static int set_up(void **state)
{
    static const struct store_policy policy  = {.wants_emf = false};
    struct world                    *world   = *state;
    struct web_handlers              site    = {admit, serve, refuse, world, NULL};
    struct web_options               options = {.address = "127.0.0.1"};
    struct fail                      why     = FAIL_OK;
    struct store_options             place;

    check_db_make_again(&world->check);
    place = (struct store_options){.data_dir = world->check.dir,
                                   .url      = world->check.is_postgres ? world->check.url : NULL};
    atomic_store(&world->asked, 0);
    CHECK_OK(store_open(&place, &world->store, &why), &why);
    CHECK_OK(writer_start(world->store, &policy, &world->writer, &why), &why);
    CHECK_OK(desk_new(world->store, world->writer, &world->desk, &why), &why);
    CHECK_OK(web_open(&options, &site, &world->web, &why), &why);
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    desk_stop(world->desk);
    web_free(world->web);
    desk_free(world->desk);
    writer_free(world->writer);
    store_free(world->store);
    check_db_remove(&world->check);
    return 0;
}

/* ---- errands ---- */

struct putting {
    const char *name;
    ms          due;
};

static int put(void *ctx, struct batch *batch, struct fail *why)
{
    const struct putting *putting = ctx;
    struct resource       row     = {.account        = ACCOUNT,
                                     .kind           = KIND_TRAINING,
                                     .name           = str_of(putting->name),
                                     .weight         = 10,
                                     .started        = WHEN_UNKNOWN,
                                     .ended          = WHEN_UNKNOWN,
                                     .completed      = WHEN_UNKNOWN,
                                     .billable_ms    = -1,
                                     .instance_count = -1};

    if (words_put(batch->words, batch->db, STR("eu-central-1"), &row.region_id, why)
        || words_put(batch->words, batch->db, STR("Completed"), &row.status_id, why)
        || resource_put(batch, NULL, &row, why))
        return -1;
    return errands_add(batch, ACCOUNT, row.id, DEED_EMIT, putting->due, why);
}

static void put_errand(struct world *world, const char *name, ms due)
{
    struct putting putting = {name, due};
    struct fail    why     = FAIL_OK;

    CHECK_OK(writer_run(world->writer, put, &putting, &why), &why);
    desk_look(world->desk);
}

/* A lease that waits at the desk when this returns. */
static int wait_at_desk(struct world *world, const char *request)
{
    const struct timeval patient = {.tv_sec = FAR / MS_SECOND}; /* machines are busy */
    int                  before = atomic_load(&world->asked), fd = dial(world->web);

    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patient, sizeof patient), 0);
    say_text(fd, request);
    wait_for(&world->asked, before + 1);
    return fd;
}

/* The name of the errand's job, or all that was answered when there is none. */
static const char *heard(int fd)
{
    static char text[256];
    OWN(answer) answer = hear(fd, false);
    struct str  body   = answer_body(&answer), before;
    const char *label  = "\"name\":\"", *at;

    assert_true(answer.status == 200 || answer.status == 429);
    (void)str_to_c(str_part(body, 0, sizeof text - 1), text, sizeof text);
    at = memmem(body.data, body.size, label, strlen(label));
    if (at) {
        body = str_part(body, (size_t)(at - body.data) + strlen(label), body.size);
        assert_true(str_cut(&body, '"', &before));
        (void)str_to_c(before, text, sizeof text);
    }
    close(fd);
    return text;
}

/* ---- tests ---- */

#define ON_DESK(test) cmocka_unit_test_prestate_setup_teardown(test, set_up, tear_down, &world)

static void what_is_due_is_given_at_once(void **state)
{
    struct world *world = *state;
    ms            began = when_monotonic();

    put_errand(world, "due", when_now());
    assert_string_equal(heard(wait_at_desk(world, LEASE("20000"))), "due");
    assert_true(when_monotonic() - began < SOON);
}

static void who_waits_is_answered_when_something_falls_due(void **state)
{
    struct world *world = *state;
    int           fd    = wait_at_desk(world, LEASE("20000"));
    ms            due = when_now() + 200, began = when_monotonic();

    put_errand(world, "later", due);
    assert_string_equal(heard(fd), "later");
    assert_true(when_now() >= due);
    assert_true(when_monotonic() - began < SOON);
}

static void nobody_waits_longer_than_asked(void **state)
{
    struct world *world = *state;
    ms            began = when_monotonic();

    assert_string_equal(heard(wait_at_desk(world, LEASE("0"))), NOTHING);
    assert_string_equal(heard(wait_at_desk(world, LEASE("150"))), NOTHING);
    assert_true(when_monotonic() - began >= 150);
    assert_true(when_monotonic() - began < SOON);
}

/* The one of the two that is answered first. */
static int answered(int first, int second)
{
    struct pollfd both[] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};

    assert_true(poll(both, 2, (int)FAR) > 0);
    return both[0].revents ? first : second;
}

/* Mostly it is who came first; but the desk may be just between the two when the errand comes. */
static void one_errand_is_for_one_of_two(void **state)
{
    struct world *world  = *state;
    int           first  = wait_at_desk(world, LEASE("20000"));
    int           second = wait_at_desk(world, LEASE("20000")), lucky;

    put_errand(world, "one", when_now());
    lucky = answered(first, second);
    assert_string_equal(heard(lucky), "one");
    put_errand(world, "two", when_now());
    assert_string_equal(heard(lucky == first ? second : first), "two");
}

static void who_has_gone_is_given_nothing(void **state)
{
    struct world *world = *state;

    close(wait_at_desk(world, LEASE("20000")));
    put_errand(world, "kept", when_now() + 300);
    assert_string_equal(heard(wait_at_desk(world, LEASE("20000"))), "kept");
}

static void what_a_dead_collector_held_is_given_again(void **state)
{
    struct world *world = *state;
    struct fail   why   = FAIL_OK;
    int64_t       freed = 0;
    int           fd;

    put_errand(world, "held", when_now());
    assert_string_equal(heard(wait_at_desk(world, LEASE("20000"))), "held");
    fd = wait_at_desk(world, LEASE("20000"));
    CHECK_OK(desk_forget(world->desk, STR("another"), &freed, &why), &why);
    assert_int_equal(freed, 0);
    CHECK_OK(desk_forget(world->desk, STR("scene"), &freed, &why), &why);
    assert_int_equal(freed, 1);
    assert_string_equal(heard(fd), "held");
}

static void too_many_are_told_to_come_later(void **state)
{
    struct world *world = *state;
    int           fds[MOST_WAITING];

    for (int i = 0; i < MOST_WAITING; i++)
        fds[i] = wait_at_desk(world, LEASE("20000"));
    assert_non_null(strstr(heard(wait_at_desk(world, LEASE("20000"))), "too-many"));
    desk_stop(world->desk);
    for (int i = 0; i < MOST_WAITING; i++)
        assert_string_equal(heard(fds[i]), NOTHING);
}

static void at_the_end_everybody_is_let_go(void **state)
{
    struct world *world = *state;
    int           fd    = wait_at_desk(world, LEASE("20000"));

    desk_stop(world->desk);
    assert_string_equal(heard(fd), NOTHING);
    assert_non_null(strstr(heard(wait_at_desk(world, LEASE("20000"))), "too-many"));
    desk_stop(world->desk); /* harmless twice */
}

static int run(const char *engine, int is_postgres)
{
    static struct world     world;
    const struct CMUnitTest tests[] = {
        ON_DESK(what_is_due_is_given_at_once),
        ON_DESK(who_waits_is_answered_when_something_falls_due),
        ON_DESK(nobody_waits_longer_than_asked),
        ON_DESK(one_errand_is_for_one_of_two),
        ON_DESK(who_has_gone_is_given_nothing),
        ON_DESK(what_a_dead_collector_held_is_given_again),
        ON_DESK(too_many_are_told_to_come_later),
        ON_DESK(at_the_end_everybody_is_let_go),
    };

    world = (struct world){.check = {.name = "desk", .is_postgres = is_postgres}};
    return cmocka_run_group_tests_name(engine, tests, NULL, NULL);
}

int main(void)
{
    int failed = run("SQLite", 0);

    return check_has_postgres() ? failed + run("PostgreSQL", 1) : failed;
}
