#include "wire/web_client.h"

#include <sys/stat.h>

#include "base/own.h"
#include "wire/gz.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_WITH(path, headers) "GET " path " HTTP/1.1\r\nHost: a\r\n" headers "\r\n"
#define POST(path, length, headers)                                                                \
    "POST " path " HTTP/1.1\r\nHost: a\r\nContent-Length: " #length "\r\n" headers "\r\n"

static void answers_many_on_one_connection(void **state)
{
    struct site site = {0};
    int         fd;

    (void)state;
    site_open(&site, (struct web_options){0});
    assert_true(web_port(site.web) > 0);
    fd = dial(site.web);
    for (int i = 0; i < 3; i++) {
        OWN(answer)
        answer =
            (say_text(fd, GET_WITH("/a%20b?x=%41&y", "x-test:  two words \r\n")), hear(fd, false));

        assert_int_equal(answer.status, 200);
        CHECK_STR(answer_body(&answer), "GET /a b|x=%41&y|0|127.0.0.1|two words");
    }
    {
        OWN(answer) answer = (say_text(fd, POST("/p", 5, "") "hello"), hear(fd, false));

        CHECK_STR(answer_body(&answer), "POST /p||5|127.0.0.1|");
    }
    close(fd);
    wait_for_connections(site.web, 0);
    assert_int_equal(atomic_load(&site.released), 4);
    web_free(site.web);
}

static void answers_pipelined_requests_in_order(void **state)
{
    struct site site = {0};
    int         fd;

    (void)state;
    site_open(&site, (struct web_options){0});
    fd = dial(site.web);
    say_text(fd, POST("/1", 2, "") "ab" GET("/hold") GET("/3"));
    {
        OWN(answer) first = hear(fd, false);

        /* it may have read on into the next answers, which must not be there yet */
        CHECK_STR(answer_body(&first), "POST /1||2|127.0.0.1|");
    }
    wait_for(&site.held_count, 1);
    assert_int_equal(web_pending(site.web), 1);
    site_answer(&site, 0, "held");
    {
        OWN(answer) rest = {0, BUF_UP_TO(1 << 20), 0};

        while (!memmem(rest.text.data ? rest.text.data : "", rest.text.size, "GET /3", 6))
            assert_true(more(fd, &rest));
        assert_non_null(memmem(rest.text.data, rest.text.size, "held", 4));
    }
    close(fd);
    web_free(site.web);
}

/* As EventBridge posts: Range on every call, and a connection each. */
static void closes_when_asked_and_ignores_range(void **state)
{
    struct site site = {0};
    int         fd;

    (void)state;
    site_open(&site, (struct web_options){0});
    fd = dial(site.web);
    say_text(fd, POST("/ingest/x", 2, "Range: bytes=0-1048575\r\nConnection: close\r\n") "{}");
    {
        OWN(answer) answer = hear(fd, false);

        assert_int_equal(answer.status, 200);
        CHECK_STR(answer_header(&answer, "Connection"), "close");
        assert_null(answer_header(&answer, "Content-Range").data);
    }
    assert_true(is_closed(fd));
    close(fd);
    web_free(site.web);
}

static void sets_the_common_headers(void **state)
{
    static const struct {
        const char *sent, *kept;
    } ids[] = {
        {"X-Request-Id: abc.DEF_1-2\r\n", "abc.DEF_1-2"},
        {"x-request-id: has space\r\n", NULL},
        {"X-Request-Id: \"><\r\n", NULL},
        {"", NULL},
    };
    struct site site = {0};

    (void)state;
    site_open(&site, (struct web_options){0});
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        OWN(buf) text = BUF_UP_TO(1000);

        buf_format(&text, "GET /soon HTTP/1.1\r\nHost: a\r\n%s\r\n", ids[i].sent);
        {
            OWN(answer) answer = ask(site.web, buf_view(&text));

            if (ids[i].kept)
                CHECK_STR(answer_header(&answer, "X-Request-Id"), ids[i].kept);
            else
                assert_int_equal(answer_header(&answer, "X-Request-Id").size, 26);
            CHECK_STR(answer_header(&answer, "X-Content-Type-Options"), "nosniff");
            CHECK_STR(answer_header(&answer, "Cache-Control"), "no-store");
            CHECK_STR(answer_header(&answer, "Content-Type"), "text/plain");
            CHECK_STR(answer_body(&answer), "soon");
        }
    }
    {
        OWN(answer) answer = ask(site.web, STR(GET("/")));

        CHECK_STR(answer_header(&answer, "Cache-Control"), "max-age=5");
    }
    web_free(site.web);
}

static void gives_head_without_a_body(void **state)
{
    struct site site = {0};
    int         fd;

    (void)state;
    site_open(&site, (struct web_options){0});
    fd = dial(site.web);
    for (int i = 0; i < 2; i++) {
        OWN(answer)
        answer = (say_text(fd, "HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n"), hear(fd, true));

        assert_int_equal(answer.status, 200);
        CHECK_STR(answer_header(&answer, "Content-Length"), "204800");
        assert_int_equal(answer_body(&answer).size, 0);
    }
    close(fd);
    web_free(site.web);
}

static void packs_large_answers_when_asked(void **state)
{
    static const struct {
        const char *path, *accepts;
        bool        is_packed, varies;
    } cases[] = {
        {"/big", "gzip", true, true},
        {"/big", "deflate, GZIP;q=0.5", true, true},
        {"/big", "*", true, true},
        {"/big", "gzip;q=0, *", false, true},
        {"/big", "gzip; q=0.000", false, true},
        {"/big", "identity", false, true},
        {"/small", "gzip", false, false},
        {"/ingest/big", "gzip,deflate", false, false},
    };
    struct site site = {0};

    (void)state;
    site_open(&site, (struct web_options){0});
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) text = BUF_UP_TO(1000);

        buf_format(&text, "GET %s HTTP/1.1\r\nHost: a\r\nAccept-Encoding: %s\r\n\r\n",
                   cases[i].path, cases[i].accepts);
        {
            struct fail why    = FAIL_OK;
            OWN(answer) answer = ask(site.web, buf_view(&text));
            OWN(buf) plain     = BUF_UP_TO(1 << 20);

            assert_int_equal(answer_header(&answer, "Vary").data != NULL, cases[i].varies);
            assert_int_equal(answer_header(&answer, "Content-Encoding").data != NULL,
                             cases[i].is_packed);
            if (cases[i].is_packed) {
                CHECK_OK(gz_unpack(answer_body(&answer), &plain, &why), &why);
                assert_true(str_is(buf_view(&plain), str_from(site_big, sizeof site_big)));
            }
        }
    }
    web_free(site.web);
}

/* Many held on many connections, answered from other threads in any order. */
static void *answer_half(void *arg)
{
    struct site *site = arg;

    for (int i = 1; i < 32; i += 2)
        site_answer(site, i, "odd");
    return NULL;
}

static void answers_held_requests_from_any_thread(void **state)
{
    struct site site = {0};
    int         fds[32], odd = 0, even = 0;

    (void)state;
    site_open(&site, (struct web_options){0});
    for (int round = 0; round < 3; round++) {
        pthread_t thread;

        atomic_store(&site.held_count, 0);
        for (int i = 0; i < 32; i++) {
            if (round == 0)
                fds[i] = dial(site.web);
            say_text(fds[i], POST("/hold", 3, "") "abc");
        }
        wait_for(&site.held_count, 32);
        assert_int_equal(web_pending(site.web), 32);
        pthread_create(&thread, NULL, answer_half, &site);
        for (int i = 0; i < 32; i += 2)
            site_answer(&site, i, "even");
        pthread_join(thread, NULL);
        for (int i = 0; i < 32; i++) {
            OWN(answer) answer = hear(fds[i], false);

            odd += str_is_text(answer_body(&answer), "odd");
            even += str_is_text(answer_body(&answer), "even");
        }
        wait_for_pending(site.web, 0);
    }
    assert_int_equal(odd, 48);
    assert_int_equal(even, 48);
    for (int i = 0; i < 32; i++)
        close(fds[i]);
    web_free(site.web);
}

static void survives_clients_that_leave(void **state)
{
    static const struct linger hard   = {1, 0}; /* close sends a reset */
    static const char *const   said[] = {
          "",         "GE", GET("/hold"), POST("/hold", 10, "") "abc", POST("/hold", 3, "") "abc",
          GET("/big")};
    struct site site = {0};

    (void)state;
    site_open(&site, (struct web_options){0});
    for (int i = 0; i < 60; i++) {
        int fd = dial(site.web);

        say_text(fd, said[i % 6]);
        if (i % 2)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        if (i % 3)
            usleep(1000);
        close(fd);
    }
    usleep(50 * 1000);
    for (int i = 0; i < atomic_load(&site.held_count); i++)
        site_answer(&site, i, "nobody hears this");
    wait_for_connections(site.web, 0);
    wait_for_pending(site.web, 0);
    assert_int_equal(atomic_load(&site.served), atomic_load(&site.released));
    web_free(site.web);
}

static void quiesces_and_finishes(void **state)
{
    struct site site = {0};
    int         fd, idle;

    (void)state;
    site_open(&site, (struct web_options){0});
    fd   = dial(site.web);
    idle = dial(site.web);
    say_text(fd, GET("/hold"));
    wait_for(&site.held_count, 1);
    web_quiesce(site.web);
    for (int i = 0, late; i < 1000 && (late = dial(site.web)) >= 0; i++) {
        close(late);
        usleep(1000);
    }
    assert_true(dial(site.web) < 0);
    assert_int_equal(web_pending(site.web), 1);
    site_answer(&site, 0, "last");
    {
        OWN(answer) answer = hear(fd, false);

        CHECK_STR(answer_body(&answer), "last");
        CHECK_STR(answer_header(&answer, "Connection"), "close");
    }
    {
        OWN(answer) answer = (say_text(idle, GET("/x")), hear(idle, false));

        assert_int_equal(answer.status, 200); /* a connection that stands is still served */
    }
    close(fd);
    close(idle);
    wait_for_pending(site.web, 0);
    web_free(site.web);
}

/* Answers given just before the end still go out. */
static void frees_right_after_the_replies(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct site site = {0};
        int         fds[8];

        site_open(&site, (struct web_options){0});
        for (int i = 0; i < 8; i++)
            say_text(fds[i] = dial(site.web), GET("/hold"));
        wait_for(&site.held_count, 8);
        for (int i = 0; i < 8; i++)
            site_answer(&site, i, "done");
        web_free(site.web);
        for (int i = 0; i < 8; i++) {
            OWN(answer) answer = hear(fds[i], false);

            CHECK_STR(answer_body(&answer), "done");
            close(fds[i]);
        }
    }
}

static void listens_on_a_local_socket(void **state)
{
    char               path[] = "/tmp/smon-web-XXXXXX";
    struct sockaddr_un at     = {.sun_family = AF_UNIX};
    struct fail        why    = FAIL_OK;
    struct site        site = {0}, second = {0};
    struct stat        found;
    int                fd;

    (void)state;
    assert_non_null(mkdtemp(path));
    snprintf(at.sun_path, sizeof at.sun_path, "%s/s", path);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    close(fd); /* stale */
    site_open(&site, (struct web_options){.unix_path = at.sun_path, .most_per_address = 1});
    assert_int_equal(stat(at.sun_path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    for (int i = 0; i < 2; i++) {
        fd = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
        {
            OWN(answer) answer = (say_text(fd, GET("/x")), hear(fd, false));

            CHECK_STR(answer_body(&answer), "GET /x||0|local|");
        }
    }
    {
        struct web_options  options  = {.unix_path = at.sun_path};
        struct web_handlers handlers = {site_admit, site_serve, site_refuse, &second, NULL};

        CHECK_FAILS(web_open(&options, &handlers, &second.web, &why), FAIL_CLASH, &why);
    }
    close(fd);
    web_free(site.web);
    assert_int_equal(stat(at.sun_path, &found), -1);
    rmdir(path);
}

static void says_why_it_cannot_listen(void **state)
{
    struct fail         why      = FAIL_OK;
    struct site         site     = {0};
    struct web         *web      = NULL;
    struct web_handlers handlers = {site_admit, site_serve, site_refuse, &site, NULL};

    (void)state;
    site_open(&site, (struct web_options){0});
    CHECK_FAILS(web_open(&(struct web_options){.address = "127.0.0.1", .port = web_port(site.web)},
                         &handlers, &web, &why),
                FAIL_INPUT, &why);
    CHECK_FAILS(web_open(&(struct web_options){.address = "localhost"}, &handlers, &web, &why),
                FAIL_INPUT, &why);
    CHECK_FAILS(web_open(&(struct web_options){.unix_path = "/etc/passwd"}, &handlers, &web, &why),
                FAIL_INPUT, &why);
    CHECK_FAILS(web_open(&(struct web_options){.address          = "127.0.0.1",
                                               .certificate_file = "/nowhere.pem",
                                               .key_file         = "/nowhere.pem"},
                         &handlers, &web, &why),
                FAIL_INPUT, &why);
    for (long n = 1; n < 8; n++) {
        mem_fail_at(n, 1);
        if (web_open(&(struct web_options){.address = "127.0.0.1"}, &handlers, &web, &why) == 0)
            web_free(web);
        mem_fail_at(0, 0);
    }
    web_free(site.web);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_many_on_one_connection),
        cmocka_unit_test(answers_pipelined_requests_in_order),
        cmocka_unit_test(closes_when_asked_and_ignores_range),
        cmocka_unit_test(sets_the_common_headers),
        cmocka_unit_test(gives_head_without_a_body),
        cmocka_unit_test(packs_large_answers_when_asked),
        cmocka_unit_test(answers_held_requests_from_any_thread),
        cmocka_unit_test(survives_clients_that_leave),
        cmocka_unit_test(quiesces_and_finishes),
        cmocka_unit_test(frees_right_after_the_replies),
        cmocka_unit_test(listens_on_a_local_socket),
        cmocka_unit_test(says_why_it_cannot_listen),
    };

    return cmocka_run_group_tests_name("wire/web", tests, NULL, NULL);
}
