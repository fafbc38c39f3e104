/* web_guard_test.c -- hostile clients: smuggling, paths, sizes, slowness, floods. */
#include "wire/web_client.h"

#include <sys/resource.h>

#include "base/own.h"

#define LINE "POST /p HTTP/1.1\r\n"
#define HOST "Host: a\r\n"

static const struct {
    struct str request;
    int        status;
} ambiguous[] = {
    {STR(LINE HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), 400},
    {STR(LINE HOST "Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc"), 400},
    {STR(LINE HOST "Content-Length: 3\r\ncontent-length: 0\r\n\r\nabc"), 400},
    {STR(LINE HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400},
    {STR(LINE HOST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"), 400},
    {STR(LINE HOST "Transfer-Encoding: identity\r\n\r\nabc"), 400},
    {STR(LINE HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 400},
    {STR(LINE HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 400},
    {STR(LINE HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     400},
    {STR(LINE HOST "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n"), 400},
    {STR(LINE HOST "Transfer-Encoding:\x0b"
                   "chunked\r\n\r\n0\r\n\r\n"),
     400},
    {STR("POST /p HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400},
    {STR(LINE HOST "Content-Length : 3\r\n\r\nabc"), 400},
    {STR(LINE HOST " Content-Length: 3\r\n\r\nabc"), 400},
    {STR(LINE "X: a\r\n"
              " Content-Length: 3\r\n" HOST "\r\nabc"),
     400},
    {STR(LINE HOST "X: a\r\n\tb: c\r\n\r\n"), 400},
    {STR(LINE HOST "X: a\nContent-Length: 3\r\n\r\nabc"), 400},
    {STR(LINE HOST "X: a\n\r\n"), 400},
    {STR(LINE HOST "X: a\r\n\n"), 400},
    {STR(LINE "Host: a\nX: b\r\n\r\n"), 400},
    {STR("POST /p HTTP/1.1\nHost: a\r\n\r\n"), 400},
    {STR(LINE HOST "X: a\0b\r\n\r\n"), 400},
    {STR(LINE HOST "X: a\0\r\nY: b\r\n\r\n"), 400},
    {STR(LINE HOST "X: a\0\r\n\r\n"), 400},
    {STR(LINE HOST "X\0: a\r\n\r\n"), 400},
    {STR("POST /p\0q HTTP/1.1\r\n" HOST "\r\n"), 400},
    {STR(LINE HOST "X: a\rb\r\n\r\n"), 400},
    {STR(LINE HOST "X: a\x7f"
                   "b\r\n\r\n"),
     400},
    {STR(LINE HOST "X(: a\r\n\r\n"), 400},
    {STR(LINE HOST ": a\r\n\r\n"), 400},
    {STR(LINE HOST "no colon\r\n\r\n"), 400},
    {STR(LINE HOST "Content-Length: -1\r\n\r\n"), 400},
    {STR(LINE HOST "Content-Length: +3\r\n\r\nabc"), 400},
    {STR(LINE HOST "Content-Length: 3, 3\r\n\r\nabc"), 400},
    {STR(LINE HOST "Content-Length: 0x3\r\n\r\nabc"), 400},
    {STR(LINE HOST "Content-Length:\r\n\r\n"), 400},
    {STR(LINE HOST "Content-Length: 99999999999999999999\r\n\r\n"), 413},
    {STR(LINE HOST "Content-Length: 9223372036854775808\r\n\r\n"), 400},
    {STR(LINE "X: a\r\n\r\n"), 400},
    {STR(LINE HOST "Host: b\r\n\r\n"), 400},
    {STR("PO ST /p HTTP/1.1\r\n" HOST "\r\n"), 400},
    {STR("P\"T /p HTTP/1.1\r\n" HOST "\r\n"), 400},
    {STR("POST /p HTTP/1.1 x\r\n" HOST "\r\n"), 400},
    {STR("POST /p HTTP/3.1\r\n" HOST "\r\n"), 505},
};

/* Every refusal closes, in the house's shape, and what was pipelined behind it is never served. */
static void refuses_ambiguous_headings(void **state)
{
    struct site site = {0};

    (void)state;
    site_open(&site, (struct web_options){0});
    for (size_t i = 0; i < sizeof ambiguous / sizeof ambiguous[0]; i++) {
        int fd             = dial(site.web);
        OWN(answer) answer = {0, BUF_UP_TO(1 << 20), 0};

        say(fd, ambiguous[i].request);
        say_text(fd, "GET /behind HTTP/1.1\r\nHost: a\r\n\r\n");
        answer = hear(fd, false);
        if (answer.status != ambiguous[i].status)
            fail_msg("case %zu %.*s: got %d", i, STR_ARG(ambiguous[i].request), answer.status);
        if (!is_closed(fd))
            fail_msg("case %zu: the connection goes on", i);
        close(fd);
    }
    assert_int_equal(atomic_load(&site.served), 0);
    web_free(site.web);
}

static void takes_headings_that_are_fine(void **state)
{
    static const char *const cases[] = {
        LINE HOST "Content-Length: 0\r\n\r\n",
        LINE HOST "Content-Length:3\r\n\r\nabc",
        LINE HOST "Content-Length: \t 3\r\n\r\nabc",
        LINE HOST "Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        LINE HOST "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nTrailer: x\r\n\r\n",
        LINE HOST "\r\n",
        LINE HOST "X:\r\nY: \r\nX: again\r\n\r\n",
        "\r\n" LINE HOST "\r\n",
        "POST /p HTTP/1.0\r\n\r\n",
        LINE HOST "Cookie: a=b; c=d\r\nX: y\r\n\r\n",
        "OPTIONS /p?a=b&c=%20&d HTTP/1.1\r\n" HOST "\r\n",
    };
    struct site site = {0};

    (void)state;
    site_open(&site, (struct web_options){0});
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(answer) answer = ask(site.web, str_of(cases[i]));

        if (answer.status != 200)
            fail_msg("case %zu: %.*s", i, STR_ARG(buf_view(&answer.text)));
    }
    {
        struct web_figures figures;

        web_figures(site.web, &figures);
        assert_int_equal(figures.refused_smuggling, 0);
    }
    web_free(site.web);
}

static void refuses_hostile_paths(void **state)
{
    static const struct {
        const char *target;
        int         status;
        const char *body;
    } cases[] = {
        {"/a/../b", 400, NULL},
        {"/..", 400, NULL},
        {"/a/.", 400, NULL},
        {"/%2e%2e/x", 400, NULL},
        {"/.%2E", 400, NULL},
        {"/a%2fb", 400, NULL},
        {"/a%5Cb", 400, NULL},
        {"/a\\b", 400, NULL},
        {"/a%00b", 400, NULL},
        {"/%", 400, NULL},
        {"/%4", 400, NULL},
        {"/%zz", 400, NULL},
        {"/%ff", 400, NULL},
        {"/%c0%af", 400, NULL},
        {"/\xff", 400, NULL},
        {"/a%0d%0ab", 400, NULL},
        {"/a b", 400, NULL},
        {"/a#b", 400, NULL},
        {"*", 400, NULL},
        {"http://a/b", 400, NULL},
        {"a", 400, NULL},
        {"/..a", 200, "/..a"},
        {"/%C3%A9", 200, "/\xc3\xa9"},
        {"//x", 200, "//x"},
        {"/%41?..%2f", 200, "/A"},
        {"/a?b=%00", 200, "/a"},
    };
    struct site site = {0};

    (void)state;
    site_open(&site, (struct web_options){0});
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) text = BUF_UP_TO(1000);

        buf_format(&text, "GET %s HTTP/1.1\r\n" HOST "\r\n", cases[i].target);
        {
            OWN(answer) answer = ask(site.web, buf_view(&text));
            struct str rest    = str_part(answer_body(&answer), 4, answer.text.size), path;

            if (answer.status != cases[i].status)
                fail_msg("%s: got %d", cases[i].target, answer.status);
            if (cases[i].body && str_cut(&rest, '|', &path))
                CHECK_STR(path, cases[i].body);
        }
    }
    web_free(site.web);
}

static void holds_the_ceilings_of_headings(void **state)
{
    static const struct {
        int target, header, status;
    } cases[] = {
        {8000, 10, 200},  {8191, 10, 200},  {8200, 10, 414},   {40000, 10, 414},
        {10, 15000, 200}, {10, 16400, 431}, {10, 100000, 431},
    };
    struct site site = {0};

    (void)state;
    site_open(&site, (struct web_options){0});
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        OWN(buf) text = BUF_UP_TO(1 << 20);

        buf_text(&text, "GET /");
        for (int n = 0; n < cases[i].target; n++)
            buf_char(&text, 'x');
        buf_text(&text, " HTTP/1.1\r\n" HOST "X: ");
        for (int n = 0; n < cases[i].header; n++)
            buf_char(&text, 'y');
        buf_text(&text, "\r\n\r\n");
        {
            OWN(answer) answer = ask(site.web, buf_view(&text));

            if (answer.status != cases[i].status)
                fail_msg("%d+%d: got %d", cases[i].target, cases[i].header, answer.status);
        }
    }
    web_free(site.web);
}

static bool send_many(int fd, const char *piece, int times)
{
    for (int i = 0; i < times; i++)
        if (!say(fd, str_of(piece)))
            return false;
    return true;
}

/* The answer arrives although the client only reads when it has sent everything. */
static void refuses_bodies_that_are_too_large(void **state)
{
    static const struct {
        const char *heading;
        int         kib, status;
    } cases[] = {
        {"Content-Length: 65536\r\n\r\n", 64, 200},
        {"Content-Length: 65537\r\n\r\n", 64, 413},
        {"Content-Length: 2097152\r\n\r\n", 2048, 413},
        {"Content-Length: 900000000000\r\n\r\n", 3000, 413},
        {"Content-Length: 65537\r\nExpect: 100-continue\r\n\r\n", 0, 413},
        {"Transfer-Encoding: chunked\r\n\r\n", 64, 200},
        {"Transfer-Encoding: chunked\r\n\r\n", 65, 413},
        {"Transfer-Encoding: chunked\r\n\r\n", 3000, 413},
        {"Transfer-Encoding: chunked\r\n\r\n", 8000, 413},
    };
    struct site site = {0};
    char        plain[1025], chunk[1024 + 10];

    (void)state;
    memset(plain, 'x', 1024);
    plain[1024] = '\0';
    snprintf(chunk, sizeof chunk, "400\r\n%s\r\n", plain);
    site_open(&site, (struct web_options){0});
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int  fd            = dial(site.web);
        bool is_chunked    = cases[i].heading[0] == 'T';
        OWN(answer) answer = {0, BUF_UP_TO(1 << 20), 0};

        say_text(fd, LINE HOST);
        say_text(fd, cases[i].heading);
        /* no reset while it sends: that would lose the answer on its way to it */
        assert_true(send_many(fd, is_chunked ? chunk : plain, cases[i].kib));
        if (is_chunked)
            say_text(fd, "0\r\n\r\n");
        answer = hear(fd, false);
        if (answer.status != cases[i].status)
            fail_msg("%s %d KiB: got %d", cases[i].heading, cases[i].kib, answer.status);
        if (answer.status == 413) {
            char byte;

            assert_non_null(memmem(answer.text.data, answer.text.size, "\"status\":413", 12));
            assert_int_equal(recv(fd, &byte, 1, 0), 0);
        }
        close(fd);
    }
    wait_for_pending(site.web, 0);
    web_free(site.web);
}

static void refuses_before_the_body_comes(void **state)
{
    struct site site = {0};
    int         fd;

    (void)state;
    site_open(&site, (struct web_options){0});
    fd = dial(site.web);
    for (int i = 0; i < 2; i++) { /* a small body is read, and the connection goes on */
        OWN(answer)
        answer = (say_text(fd, "POST /denied HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"),
                  hear(fd, false));

        assert_int_equal(answer.status, 401);
    }
    close(fd);
    fd = dial(site.web);
    say_text(fd,
             "POST /denied HTTP/1.1\r\n" HOST "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    {
        OWN(answer) answer = hear(fd, false);

        assert_int_equal(answer.status, 401);
        assert_true(is_closed(fd));
    }
    close(fd);
    assert_int_equal(atomic_load(&site.served), 0);
    wait_for_pending(site.web, 0);
    web_free(site.web);
}

static void tells_a_waiting_client_to_continue(void **state)
{
    struct site site = {0};
    int         fd;

    (void)state;
    site_open(&site, (struct web_options){0});
    fd = dial(site.web);
    say_text(fd, LINE HOST "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    {
        OWN(answer) go_on = hear(fd, false);

        assert_int_equal(go_on.status, 100);
        say_text(fd, "abc");
    }
    {
        OWN(answer) answer = hear(fd, false);

        assert_int_equal(answer.status, 200);
    }
    close(fd);
    web_free(site.web);
}

/* One byte now and then never lets a connection look idle; the deadline counts from the start. */
static void cuts_those_who_dribble(void **state)
{
    static const char *const cases[] = {
        "",
        "GET /x HTTP/1.1\r\nHost: a\r\nX: ",
        LINE HOST "Content-Length: 60000\r\n\r\n",
        LINE HOST "Transfer-Encoding: chunked\r\n\r\nffff\r\n",
    };
    struct site        site = {0};
    int                fds[4];
    struct web_figures figures;
    ms                 start;

    (void)state;
    site_open(&site, (struct web_options){.request_deadline = 200, .idle_timeout = 60000});
    start = when_monotonic();
    for (int i = 0; i < 4; i++)
        say_text(fds[i] = dial(site.web), cases[i]);
    for (int n = 0; n < 60; n++) {
        for (int i = 1; i < 4; i++)
            (void)send(fds[i], "x", 1, MSG_NOSIGNAL);
        web_figures(site.web, &figures);
        if (figures.open_connections == 0 && n > 5)
            break;
        usleep(10000);
    }
    wait_for_connections(site.web, 0);
    assert_true(when_monotonic() - start < 900);
    assert_true(when_monotonic() - start > 190);
    web_figures(site.web, &figures);
    assert_int_equal(figures.refused_deadline, 4);
    wait_for_pending(site.web, 0);
    for (int i = 0; i < 4; i++)
        close(fds[i]);
    web_free(site.web);
}

static void keeps_the_held_past_the_deadline(void **state)
{
    struct site site = {0};
    int         fd;

    (void)state;
    site_open(&site, (struct web_options){.request_deadline = 100});
    fd = dial(site.web);
    say_text(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    wait_for(&site.held_count, 1);
    usleep(250 * 1000);
    site_answer(&site, 0, "late");
    {
        OWN(answer) answer = hear(fd, false);

        CHECK_STR(answer_body(&answer), "late");
    }
    close(fd);
    web_free(site.web);
}

static void limits_one_address(void **state)
{
    struct site        site = {0};
    struct web_figures figures;
    int                fds[6];

    (void)state;
    site_open(&site, (struct web_options){.most_per_address = 4});
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 6; i++) {
            OWN(answer) answer = {0, BUF_UP_TO(1 << 20), 0};

            fds[i] = dial(site.web);
            say_text(fds[i], "GET /x HTTP/1.1\r\n" HOST "\r\n");
            answer = hear(fds[i], false);
            assert_int_equal(answer.status, i < 4 ? 200 : 0);
        }
        for (int i = 0; i < 6; i++)
            close(fds[i]);
        wait_for_connections(site.web, 0);
    }
    web_figures(site.web, &figures);
    assert_int_equal(figures.refused_per_address, 4);
    assert_int_equal(figures.accepted, 8);
    web_free(site.web);
}

static void lets_the_others_wait_when_full(void **state)
{
    struct site site = {0};
    int         fds[4];

    (void)state;
    site_open(&site, (struct web_options){.most_connections = 3, .request_deadline = 300});
    for (int i = 0; i < 3; i++)
        fds[i] = dial(site.web);
    fds[3] = dial(site.web);
    say_text(fds[3], "GET /x HTTP/1.1\r\n" HOST "\r\n");
    {
        OWN(answer) answer = hear(fds[3], false); /* when the idle ones were cut */

        assert_int_equal(answer.status, 200);
    }
    for (int i = 0; i < 4; i++)
        close(fds[i]);
    web_free(site.web);
}

static void pauses_when_descriptors_run_out(void **state)
{
    struct site   site = {0};
    struct rlimit before, few;
    int           fds[3], top;

    (void)state;
    site_open(&site, (struct web_options){0});
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (int i = 0; i < 2; i++)
        fds[i] = dial(site.web);
    wait_for_connections(site.web, 2);
    fds[2] = socket(AF_INET, SOCK_STREAM, 0);
    top    = dup(0);
    close(top);
    few = (struct rlimit){(rlim_t)top, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    {
        struct sockaddr_in at      = {.sin_family = AF_INET, .sin_port = htons(web_port(site.web))};
        struct timeval     patient = {.tv_sec = 5};

        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        setsockopt(fds[2], SOL_SOCKET, SO_RCVTIMEO, &patient, sizeof patient);
        assert_int_equal(connect(fds[2], (struct sockaddr *)&at, sizeof at), 0);
    }
    say_text(fds[2], "GET /x HTTP/1.1\r\n" HOST "\r\n");
    usleep(150 * 1000);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    {
        OWN(answer) answer = hear(fds[2], false);

        assert_int_equal(answer.status, 200);
    }
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    web_free(site.web);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_ambiguous_headings),
        cmocka_unit_test(takes_headings_that_are_fine),
        cmocka_unit_test(refuses_hostile_paths),
        cmocka_unit_test(holds_the_ceilings_of_headings),
        cmocka_unit_test(refuses_bodies_that_are_too_large),
        cmocka_unit_test(refuses_before_the_body_comes),
        cmocka_unit_test(tells_a_waiting_client_to_continue),
        cmocka_unit_test(cuts_those_who_dribble),
        cmocka_unit_test(keeps_the_held_past_the_deadline),
        cmocka_unit_test(limits_one_address),
        cmocka_unit_test(lets_the_others_wait_when_full),
        cmocka_unit_test(pauses_when_descriptors_run_out),
    };

    return cmocka_run_group_tests_name("wire/web_guard", tests, NULL, NULL);
}
