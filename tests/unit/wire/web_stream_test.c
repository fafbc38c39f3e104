/* web_stream_test.c -- answers that go on, and TLS with a certificate that changes. */
#include "wire/web_client.h"

#include <sys/stat.h>

#include "base/own.h"

#define STREAM "GET /stream HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"

/* Reads until `text` has come, or the connection ended. */
static bool hear_until(int fd, struct answer *answer, const char *text)
{
    while (!answer->text.data || !memmem(answer->text.data, answer->text.size, text, strlen(text)))
        if (!more(fd, answer))
            return false;
    return true;
}

static int open_stream(struct site *site)
{
    int fd = dial(site->web);

    atomic_store(&site->has_stream, 0);
    say_text(fd, STREAM);
    wait_for(&site->has_stream, 1);
    assert_non_null(site->stream);
    return fd;
}

static void sends_as_it_comes(void **state)
{
    struct site site   = {0};
    OWN(answer) answer = {0, BUF_UP_TO(4 << 20), 0};
    int fd;

    (void)state;
    site_open(&site, (struct web_options){.request_deadline = 100});
    fd = open_stream(&site);
    wait_for_pending(site.web, 0); /* a stream does not hold up the end */
    assert_true(hear_until(fd, &answer, "\r\n\r\n"));
    assert_non_null(memmem(answer.text.data, answer.text.size, "text/event-stream", 17));
    assert_null(memmem(answer.text.data, answer.text.size, "gzip", 4));
    for (int i = 0; i < 5; i++) {
        char piece[32];

        snprintf(piece, sizeof piece, "data: %d\n\n", i);
        assert_int_equal(web_stream_send(site.stream, str_of(piece)), 0);
        assert_true(hear_until(fd, &answer, piece));
        usleep(i * 20000); /* longer than a request may take */
    }
    assert_int_equal(web_stream_send(site.stream, str_from(site_big, sizeof site_big)), 0);
    assert_int_equal(web_stream_send(site.stream, STR("the end")), 0);
    web_stream_end(site.stream);
    assert_true(hear_until(fd, &answer, "the end\r\n0\r\n\r\n"));
    assert_true(answer.text.size > sizeof site_big);
    say_text(fd, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"); /* and the connection goes on */
    assert_true(hear_until(fd, &answer, "GET /x|"));
    close(fd);
    web_free(site.web);
}

static void notices_that_the_client_left(void **state)
{
    struct site site   = {0};
    int         result = 0;

    (void)state;
    site_open(&site, (struct web_options){0});
    for (int round = 0; round < 4; round++) {
        OWN(answer) answer = {0, BUF_UP_TO(1 << 20), 0};
        int fd             = open_stream(&site);

        if (round % 2) /* all read, so that it leaves in good order and not with a reset */
            assert_true(hear_until(fd, &answer, "\r\n\r\n"));
        close(fd);
        wait_for_connections(site.web, 0); /* though nothing was sent meanwhile */
        result = web_stream_send(site.stream, STR("x"));
        assert_int_equal(result, -1);
        web_stream_end(site.stream);
    }
    web_free(site.web);
}

static void gives_up_on_slow_readers(void **state)
{
    struct site site = {0};
    int         fd, sent = 0;

    (void)state;
    site_open(&site, (struct web_options){0});
    fd = open_stream(&site);
    while (sent < 200 && web_stream_send(site.stream, str_from(site_big, sizeof site_big)) == 0) {
        usleep(1000);
        sent++;
    }
    assert_true(sent < 200);
    wait_for_connections(site.web, 0);
    web_stream_end(site.stream);
    close(fd);
    web_free(site.web);
}

static void *send_until_gone(void *arg)
{
    struct web_stream *stream = arg;

    while (web_stream_send(stream, STR("data: tick\n\n")) == 0)
        usleep(50);
    web_stream_end(stream);
    return NULL;
}

/* Senders do not know when we end: they find out. */
static void ends_under_senders(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++) {
        struct site site = {0};
        pthread_t   threads[4];
        int         fds[4];

        site_open(&site, (struct web_options){0});
        for (int i = 0; i < 4; i++) {
            fds[i] = open_stream(&site);
            pthread_create(&threads[i], NULL, send_until_gone, site.stream);
        }
        usleep((useconds_t)(round * 1000));
        if (round % 2)
            close(fds[0]);
        web_free(site.web);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        for (int i = round % 2; i < 4; i++)
            close(fds[i]);
    }
}

static void answers_head_of_a_stream(void **state)
{
    struct site site   = {0};
    OWN(answer) answer = {0, BUF_UP_TO(1 << 20), 0};
    int fd;

    (void)state;
    site_open(&site, (struct web_options){0});
    fd = dial(site.web);
    say_text(fd, "HEAD /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    answer = hear(fd, true);
    assert_int_equal(answer.status, 200);
    wait_for(&site.has_stream, 1);
    assert_null(site.stream);
    while (more(fd, &answer)) {
    }
    assert_int_equal(answer.text.size, answer.head); /* and nothing behind it */
    close(fd);
    web_free(site.web);
}

/* --- TLS ------------------------------------------------------------------------------------ */

static void run_or_skip(const char *command)
{
    if (system(command) != 0) {
        print_message("[ SKIPPED  ] the openssl command does not do: %s\n", command);
        skip();
    }
}

static void make_certificate(const char *folder, const char *name)
{
    char command[400];

    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
             "-subj /CN=%s -keyout %s/key.pem -out %s/cert.pem 2>/dev/null",
             name, folder, folder);
    run_or_skip(command);
}

/* What openssl's client prints about one request; it reads the request from a file. */
static struct buf shake_hands(const struct web *web, const char *folder, const char *options)
{
    struct buf text = BUF_UP_TO(1 << 20);
    char       command[400], piece[1000];
    size_t     got;
    FILE      *pipe;

    snprintf(
        command, sizeof command,
        "(printf 'GET /tls HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'; sleep 0.3) |"
        " timeout 5 openssl s_client -connect 127.0.0.1:%d %s 2>&1; rm -f %s/none",
        web_port(web), options, folder);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    while ((got = fread(piece, 1, sizeof piece, pipe)) > 0)
        buf_add(&text, piece, got);
    pclose(pipe);
    buf_char(&text, '\0');
    return text;
}

static void check_says(struct buf *text, const char *expected)
{
    if (!strstr(text->data, expected))
        fail_msg("\"%s\" is not in: %s", expected, text->data);
    buf_release(text);
}

static void write_rubbish(const char *path)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    fputs("-----BEGIN CERTIFICATE-----\nrubbish\n", file);
    fclose(file);
}

static void serves_tls_and_changes_the_certificate(void **state)
{
    char        folder[] = "/tmp/smon-tls-XXXXXX", certificate[64], key[64];
    struct site site     = {0};
    struct fail why      = FAIL_OK;
    struct buf  text;
    int         garbage;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(certificate, sizeof certificate, "%s/cert.pem", folder);
    snprintf(key, sizeof key, "%s/key.pem", folder);
    make_certificate(folder, "first.example");
    site_open(&site, (struct web_options){.certificate_file = certificate,
                                          .key_file         = key,
                                          .request_deadline = 400});
    text = shake_hands(site.web, folder, "");
    check_says(&text, "CN = first.example");
    text = shake_hands(site.web, folder, "-tls1_2 -quiet");
    check_says(&text, "GET /tls|");
    text = shake_hands(site.web, folder, "-tls1_1 -cipher ALL:@SECLEVEL=0");
    check_says(&text, "Cipher is (NONE)");

    make_certificate(folder, "second.example");
    for (int i = 0; i < 10; i++)
        CHECK_OK(web_reload_certificate(site.web, &why), &why);
    text = shake_hands(site.web, folder, "");
    check_says(&text, "CN = second.example");

    write_rubbish(certificate);
    CHECK_FAILS(web_reload_certificate(site.web, &why), FAIL_INPUT, &why);
    text = shake_hands(site.web, folder, "-tls1_3");
    check_says(&text, "CN = second.example");

    garbage = dial(site.web); /* no TLS at all, and a handshake that stops half-way */
    say_text(garbage, "GET / HTTP/1.1\r\n\r\n");
    assert_true(is_closed(garbage));
    close(garbage);
    garbage = dial(site.web);
    say(garbage, STR("\x16\x03\x01\x02\x00\x01"));
    assert_true(is_closed(garbage)); /* at the deadline */
    close(garbage);
    wait_for_connections(site.web, 0);
    web_free(site.web);
    unlink(certificate);
    unlink(key);
    rmdir(folder);
}

/* Someone in the middle of a long request when the certificate changes is still answered. */
static void keeps_old_connections_through_a_reload(void **state)
{
    char        folder[]   = "/tmp/smon-tls-XXXXXX", certificate[64], key[64], command[300];
    struct site site       = {0};
    struct fail why        = FAIL_OK;
    char        said[3000] = {0};
    FILE       *pipe;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(certificate, sizeof certificate, "%s/cert.pem", folder);
    snprintf(key, sizeof key, "%s/key.pem", folder);
    make_certificate(folder, "first.example");
    site_open(&site, (struct web_options){.certificate_file = certificate, .key_file = key});
    snprintf(command, sizeof command,
             "(printf 'GET /hold HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'; sleep 0.8) |"
             " timeout 5 openssl s_client -quiet -connect 127.0.0.1:%d 2>/dev/null",
             web_port(site.web));
    pipe = popen(command, "r");
    wait_for(&site.held_count, 1);
    CHECK_OK(web_reload_certificate(site.web, &why), &why);
    usleep(20000);
    site_answer(&site, 0, "still here");
    assert_true(fread(said, 1, sizeof said - 1, pipe) > 0);
    assert_non_null(strstr(said, "still here"));
    assert_non_null(strstr(said, "Connection: close")); /* the next one meets the new certificate */
    pclose(pipe);
    wait_for_connections(site.web, 0);
    web_free(site.web);
    unlink(certificate);
    unlink(key);
    rmdir(folder);
}

static void has_nothing_to_reload_in_clear_text(void **state)
{
    struct site site = {0};
    struct fail why  = FAIL_OK;

    (void)state;
    site_open(&site, (struct web_options){0});
    CHECK_FAILS(web_reload_certificate(site.web, &why), FAIL_INPUT, &why);
    web_free(site.web);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_as_it_comes),
        cmocka_unit_test(notices_that_the_client_left),
        cmocka_unit_test(gives_up_on_slow_readers),
        cmocka_unit_test(ends_under_senders),
        cmocka_unit_test(answers_head_of_a_stream),
        cmocka_unit_test(serves_tls_and_changes_the_certificate),
        cmocka_unit_test(keeps_old_connections_through_a_reload),
        cmocka_unit_test(has_nothing_to_reload_in_clear_text),
    };

    return cmocka_run_group_tests_name("wire/web_stream", tests, NULL, NULL);
}
