/* One call, one answer: against a peer that behaves, and against every way to misbehave (S1, S2,
 * S8). */
#include "peer.h"

#include "base/when.h"
#include "base/mem.h"
#include "wire/fetch.h"
#include "wire/gz.h"

#define OK_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Token:  a b \r\n\r\nok"

enum { SOON_MS = 3000, LIMIT = 64 * 1024 };

struct scene {
    struct peer        *peer;
    struct fetch       *fetch;
    struct fetch_answer answer;
    char                url[96];
    struct fetch_call   call;
};

static void scene_open(struct scene *scene, const struct peer_step *steps, size_t count)
{
    struct fail why = FAIL_OK;

    scene->peer   = peer_open(steps, count);
    scene->answer = FETCH_ANSWER;
    CHECK_OK(fetch_new(&scene->fetch, &why), &why);
    snprintf(scene->url, sizeof scene->url, "http://127.0.0.1:%d/a/../b//c?x=%%2f",
             peer_port(scene->peer));
    scene->call = (struct fetch_call){.method        = "GET",
                                      .url           = scene->url,
                                      .deadline      = SOON_MS,
                                      .answer_limit  = LIMIT,
                                      .ignores_proxy = true};
}

static void scene_close(struct scene *scene)
{
    fetch_free(scene->fetch);
    fetch_answer_release(&scene->answer);
    peer_close(scene->peer);
}

static void test_get_is_sent_as_it_is(void **state)
{
    static const struct peer_step steps[] = {{.answer = OK_ANSWER}};
    struct scene                  scene;
    struct fail                   why = FAIL_OK;

    (void)state;
    scene_open(&scene, steps, 1);
    CHECK_OK(fetch_do(scene.fetch, &scene.call, &scene.answer, &why), &why);
    assert_int_equal(scene.answer.status, 200);
    CHECK_STR(buf_view(&scene.answer.body), "ok");
    CHECK_STR(fetch_answer_header(&scene.answer, "x-token"), "a b");
    assert_null(fetch_answer_header(&scene.answer, "x-tok").data);
    assert_true(peer_got(scene.peer, 0, "GET /a/../b//c?x=%2f HTTP/1.1\r\n"));
    scene_close(&scene);
}

static void test_post_sends_only_what_was_given(void **state)
{
    static const struct peer_step    steps[]   = {{.answer = OK_ANSWER}};
    static const struct fetch_header headers[] = {{"X-Empty", ""}, {"X-Full", "1"}};
    struct scene                     scene;
    struct fail                      why  = FAIL_OK;
    struct buf                       body = BUF_UP_TO(2u << 20);

    (void)state;
    for (int i = 0; i < 300000; i++) /* over 1 MiB libcurl would send Expect */
        buf_text(&body, "body");
    scene_open(&scene, steps, 1);
    scene.call.method       = "POST";
    scene.call.body         = buf_view(&body);
    scene.call.headers      = headers;
    scene.call.header_count = 2;
    CHECK_OK(fetch_do(scene.fetch, &scene.call, &scene.answer, &why), &why);
    assert_true(peer_got(scene.peer, 0, "Content-Length: 1200000\r\n"));
    assert_true(peer_got(scene.peer, 0, "X-Empty:\r\n"));
    assert_true(peer_got(scene.peer, 0, "X-Full: 1\r\n"));
    assert_false(peer_got(scene.peer, 0, "Expect"));
    assert_false(peer_got(scene.peer, 0, "Content-Type"));

    /* The next call on the same connection carries nothing of this one. */
    scene.call = (struct fetch_call){.method        = "PUT",
                                     .url           = scene.url,
                                     .deadline      = SOON_MS,
                                     .answer_limit  = LIMIT,
                                     .ignores_proxy = true};
    CHECK_OK(fetch_do(scene.fetch, &scene.call, &scene.answer, &why), &why);
    assert_true(peer_got(scene.peer, 1, "PUT /a"));
    assert_true(peer_got(scene.peer, 1, "Content-Length: 0\r\n"));
    assert_false(peer_got(scene.peer, 1, "X-Full"));
    buf_release(&body);
    scene_close(&scene);
}

static void test_a_redirect_is_an_answer(void **state)
{
    static const struct peer_step steps[] = {
        {.answer = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n"
                   "Content-Length: 0\r\n\r\n"}};
    struct scene scene;
    struct fail  why = FAIL_OK;

    (void)state;
    scene_open(&scene, steps, 1);
    CHECK_OK(fetch_do(scene.fetch, &scene.call, &scene.answer, &why), &why);
    assert_int_equal(scene.answer.status, 302);
    assert_int_equal(peer_taken(scene.peer), 1);
    scene_close(&scene);
}

static void test_a_100_before_the_answer_is_forgotten(void **state)
{
    static const struct peer_step steps[] = {
        {.answer = "HTTP/1.1 100 Continue\r\nX-Token: early\r\n\r\n" OK_ANSWER}};
    struct scene scene;
    struct fail  why = FAIL_OK;

    (void)state;
    scene_open(&scene, steps, 1);
    CHECK_OK(fetch_do(scene.fetch, &scene.call, &scene.answer, &why), &why);
    CHECK_STR(fetch_answer_header(&scene.answer, "X-Token"), "a b");
    scene_close(&scene);
}

static void test_bad_peers(void **state)
{
    static const struct {
        struct peer_step step;
        enum fail_kind   kind;
        bool             is_late;
    } cases[] = {
        {{.wait_ms = 60000}, FAIL_REMOTE, true}, /* silent */
        {{.resets = true}, FAIL_REMOTE, false},  /* reset */
        {{.closes = true}, FAIL_REMOTE, false},  /* empty */
        {{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhal", .closes = true},
         FAIL_REMOTE,
         false}, /* breaks off */
        {{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhal"}, FAIL_REMOTE, true},
        {{.answer = "\x16\x03\x01 what?\r\n\r\n", .closes = true}, FAIL_REMOTE, false},
        {{.answer = "HTTP/1.1 200 OK\r\n\r\n", .rubbish = 4 * LIMIT, .closes = true},
         FAIL_SIZE,
         false}, /* too much */
        {{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n", .rubbish = 4 * LIMIT},
         FAIL_SIZE,
         false},
        {{.answer = "HTTP/1.1 200 OK\r\nX-Long: ", .rubbish = 1 << 20, .closes = true},
         FAIL_REMOTE,
         false}, /* 1 MB header */
        {{.answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nzzzz"},
         FAIL_REMOTE,
         false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene scene;
        struct fail  why = FAIL_OK;

        scene_open(&scene, &cases[i].step, 1);
        scene.call.deadline = cases[i].is_late ? 200 : SOON_MS;
        if (fetch_do(scene.fetch, &scene.call, &scene.answer, &why) == 0)
            fail_msg("case %zu: status %d", i, scene.answer.status);
        if (why.kind != cases[i].kind || scene.answer.is_late != cases[i].is_late)
            fail_msg("case %zu: [%s] %s", i, fail_meaning(why.kind)->name, why.text);
        assert_int_equal(scene.answer.status, 0);
        scene_close(&scene);
    }
}

static void test_bad_calls(void **state)
{
    static const struct {
        const char         *url;
        struct fetch_header header;
        enum fail_kind      kind;
    } cases[] = {
        {"file:///etc/passwd", {"A", "b"}, FAIL_INPUT},
        {"ftp://127.0.0.1/", {"A", "b"}, FAIL_INPUT},
        {"gopher://127.0.0.1:1/", {"A", "b"}, FAIL_INPUT},
        {"http://", {"A", "b"}, FAIL_INPUT},
        {"http://127.0.0.1/a b", {"A", "b"}, FAIL_INPUT},
        {"http://127.0.0.1/\r\nX: y", {"A", "b"}, FAIL_INPUT},
        {"http://127.0.0.1:1/", {"A", "secret\r\nX: y"}, FAIL_INPUT},
        {"http://127.0.0.1:1/", {"A: x", "b"}, FAIL_INPUT},
        {"http://127.0.0.1:1/", {"", "b"}, FAIL_INPUT},
        {"http://127.0.0.1:1/", {"A", "b"}, FAIL_REMOTE}, /* nobody listens */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const struct peer_step steps[] = {{.answer = OK_ANSWER}};
        struct scene                  scene;
        struct fail                   why = FAIL_OK;

        scene_open(&scene, steps, 1);
        scene.call.url          = cases[i].url;
        scene.call.headers      = &cases[i].header;
        scene.call.header_count = 1;
        if (fetch_do(scene.fetch, &scene.call, &scene.answer, &why) == 0)
            fail_msg("case %zu was sent", i);
        if (why.kind != cases[i].kind)
            fail_msg("case %zu: [%s] %s", i, fail_meaning(why.kind)->name, why.text);
        assert_null(strstr(why.text, "secret"));
        scene_close(&scene);
    }
}

static void test_only_public_addresses_when_asked(void **state)
{
    static const char *const urls[] = {
        "http://127.0.0.1:%d/",   "http://localhost:%d/",          "http://[::1]:%d/",
        "http://0.0.0.0:%d/",     "http://10.1.2.3:%d/",           "http://169.254.169.254:%d/",
        "http://192.168.0.1:%d/", "http://[::ffff:127.0.0.1]:%d/", "http://[fd00:ec2::254]:%d/",
        "http://2130706433:%d/",  "http://[64:ff9b::7f00:1]:%d/",  "http://100.64.0.1:%d/",
    };
    static const struct peer_step steps[] = {{.answer = OK_ANSWER}};
    struct scene                  scene;

    (void)state;
    scene_open(&scene, steps, 1);
    scene.call.public_only = true;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct fail why = FAIL_OK;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(scene.url, sizeof scene.url, urls[i], peer_port(scene.peer));
#pragma GCC diagnostic pop
        if (fetch_do(scene.fetch, &scene.call, &scene.answer, &why) == 0)
            fail_msg("%s was called", scene.url);
        if (why.kind != FAIL_DENIED && !strchr(scene.url, '['))
            fail_msg("%s: [%s] %s", scene.url, fail_meaning(why.kind)->name, why.text);
    }
    assert_int_equal(peer_taken(scene.peer), 0);
    scene_close(&scene);
}

static struct buf packed_answer(size_t plain_size)
{
    struct buf answer = BUF_UP_TO(1u << 20), plain = BUF_UP_TO(plain_size),
               packed = BUF_UP_TO(1u << 20);
    struct fail why   = FAIL_OK;

    for (size_t i = 0; i < plain_size; i++)
        buf_char(&plain, 'z');
    CHECK_OK(gz_pack(buf_view(&plain), 9, &packed, &why), &why);
    buf_format(&answer, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
               packed.size);
    buf_str(&answer, buf_view(&packed));
    buf_release(&plain);
    buf_release(&packed);
    return answer;
}

static void test_a_compressed_answer_is_unpacked_up_to_the_limit(void **state)
{
    struct buf             fits = packed_answer(LIMIT), bomb = packed_answer(64 * LIMIT);
    const struct peer_step steps[] = {{.answer = fits.data, .size = fits.size},
                                      {.answer = bomb.data, .size = bomb.size}};
    struct scene           scene;
    struct fail            why = FAIL_OK;

    (void)state;
    scene_open(&scene, steps, 2);
    CHECK_OK(fetch_do(scene.fetch, &scene.call, &scene.answer, &why), &why);
    assert_true(peer_got(scene.peer, 0, "Accept-Encoding: gzip\r\n"));
    assert_int_equal(scene.answer.body.size, LIMIT);
    CHECK_FAILS(fetch_do(scene.fetch, &scene.call, &scene.answer, &why), FAIL_SIZE, &why);
    scene_close(&scene);
    buf_release(&fits);
    buf_release(&bomb);
}

static void test_a_local_socket(void **state)
{
    static const struct peer_step steps[] = {{.answer = OK_ANSWER}};
    struct scene                  scene;
    struct peer                  *local;
    char                          folder[] = "/tmp/smon-fetch-XXXXXX", path[64];
    struct fail                   why      = FAIL_OK;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/socket", folder);
    local = peer_open_local(path, steps, 1);
    scene_open(&scene, steps, 1);
    setenv("http_proxy", "http://127.0.0.1:1", 1); /* not for a local socket */
    scene.call.unix_path     = path;
    scene.call.url           = "http://smon/collect/v1/lease";
    scene.call.ignores_proxy = false;
    CHECK_OK(fetch_do(scene.fetch, &scene.call, &scene.answer, &why), &why);
    assert_true(peer_got(local, 0, "GET /collect/v1/lease HTTP/1.1\r\nHost: smon\r\n"));
    assert_int_equal(peer_taken(scene.peer), 0);
    unsetenv("http_proxy");
    scene_close(&scene);
    peer_close(local);
    unlink(path);
    rmdir(folder);
}

static void test_a_proxy_from_the_environment(void **state)
{
    static const struct peer_step steps[] = {{.answer = OK_ANSWER}};
    struct scene                  scene;
    char                          proxy[64];
    struct fail                   why = FAIL_OK;

    (void)state;
    scene_open(&scene, steps, 1);
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", peer_port(scene.peer));
    setenv("http_proxy", proxy, 1);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    scene.call.url           = "http://127.0.0.1:1/x"; /* nobody but the proxy gets there */
    scene.call.ignores_proxy = false;
    CHECK_OK(fetch_do(scene.fetch, &scene.call, &scene.answer, &why), &why);
    assert_true(peer_got(scene.peer, 0, "GET http://127.0.0.1:1/x HTTP/1.1\r\n"));
    scene.call.ignores_proxy = true;
    CHECK_FAILS(fetch_do(scene.fetch, &scene.call, &scene.answer, &why), FAIL_REMOTE, &why);
    unsetenv("http_proxy");
    scene_close(&scene);
}

static void test_no_memory(void **state)
{
    static const struct peer_step steps[] = {{.answer = OK_ANSWER}};
    struct scene                  scene;
    int                           done = -1;

    (void)state;
    scene_open(&scene, steps, 1);
    for (long n = 1; done && n < 400; n++) {
        struct fail why = FAIL_OK;

        mem_fail_at(n, 0);
        done = fetch_do(scene.fetch, &scene.call, &scene.answer, &why);
        mem_fail_at(0, 0);
        if (done)
            assert_true(why.kind == FAIL_MEMORY || why.kind == FAIL_REMOTE);
    }
    assert_int_equal(done, 0);
    scene_close(&scene);
}

static int setup(void **state)
{
    struct fail why = FAIL_OK;

    (void)state;
    return fetch_setup(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get_is_sent_as_it_is),
        cmocka_unit_test(test_post_sends_only_what_was_given),
        cmocka_unit_test(test_a_redirect_is_an_answer),
        cmocka_unit_test(test_a_100_before_the_answer_is_forgotten),
        cmocka_unit_test(test_bad_peers),
        cmocka_unit_test(test_bad_calls),
        cmocka_unit_test(test_only_public_addresses_when_asked),
        cmocka_unit_test(test_a_compressed_answer_is_unpacked_up_to_the_limit),
        cmocka_unit_test(test_a_local_socket),
        cmocka_unit_test(test_a_proxy_from_the_environment),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
