/* What a container and an instance hand out, and what they may do wrong. */
#include "peer.h"

#include "aws/call.h"
#include "aws/container.h"
#include "aws/credentials.h"
#include "aws/imds.h"
#include "wire/doc.h"

#define KEYS                                                                                       \
    "{\"Code\":\"Success\",\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\",\"Token\":\"c\","       \
    "\"Expiration\":\"2036-11-21T10:00:00Z\"}"
#define OK(size, body) "HTTP/1.1 200 OK\r\nContent-Length: " size "\r\n\r\n" body
#define STATUS(code) "HTTP/1.1 " code " X\r\nContent-Length: 0\r\n\r\n"

static const struct peer_step give   = {.answer = OK("106", KEYS)};
static const struct peer_step token  = {.answer = OK("3", "t-1")};
static const struct peer_step token2 = {.answer = OK("3", "t-2")};
static const struct peer_step role   = {.answer = OK("4", "host")};

struct scene {
    struct peer       *peer;
    struct caller      caller;
    struct imds        imds;
    struct credentials out;
    struct fail        why;
};

static void scene_open(struct scene *scene, const struct peer_step *steps, size_t count)
{
    const struct aws_options options = {.retry_base = 1};
    char                     url[96];

    *scene = (struct scene){.imds = IMDS_NONE, .out = CREDENTIALS_NONE, .why = FAIL_OK};
    CHECK_OK(caller_init(&scene->caller, &options, &scene->why), &scene->why);
    scene->peer = peer_open(steps, count);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", peer_port(scene->peer));
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url, 1);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/v1/credentials", peer_port(scene->peer));
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
}

static void scene_close(struct scene *scene)
{
    credentials_release(&scene->out);
    imds_release(&scene->imds);
    caller_release(&scene->caller);
    peer_close(scene->peer);
}

/* --- container -------------------------------------------------------------------------------- */

static void test_container_addresses(void **state)
{
    static const struct {
        const char *relative, *full, *expected;
        int         got;
    } cases[] = {
        {NULL, NULL, "", 0},
        {"", "", "", 0},
        {"/v2/x?id=1", NULL, "http://169.254.170.2/v2/x?id=1", 1},
        {"/v2/x", "http://evil.example/", "http://169.254.170.2/v2/x", 1},
        {"@evil.example/", NULL, "", -1},
        {".evil.example/", NULL, "", -1},
        {NULL, "https://creds.example/x", "https://creds.example/x", 1},
        {NULL, "http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x", 1},
        {NULL, "http://127.255.0.9/x", "http://127.255.0.9/x", 1},
        {NULL, "http://localhost/x", "http://localhost/x", 1},
        {NULL, "http://[::1]/x", "http://[::1]/x", 1},
        {NULL, "http://169.254.170.2/x", "http://169.254.170.2/x", 1},
        {NULL, "http://169.254.170.23/v1/credentials", "http://169.254.170.23/v1/credentials", 1},
        {NULL, "http://[fd00:ec2::23]/x", "http://[fd00:ec2::23]/x", 1},
        {NULL, "http://[fd00:ec2:0::23]/x", "http://[fd00:ec2:0::23]/x", 1},
        {NULL, "http://169.254.169.254/x", "", -1},
        {NULL, "http://evil.example/x", "", -1},
        {NULL, "http://127.0.0.1.evil.example/x", "", -1},
        {NULL, "http://127.0.0.1@evil.example/x", "", -1},
        {NULL, "http://localhost.evil.example/x", "", -1},
        {NULL, "http://2130706433/x", "", -1},
        {NULL, "http://127.1/x", "", -1},
        {NULL, "http://[fd00:ec2::24]/x", "", -1},
        {NULL, "file:///etc/passwd", "", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf  out = BUF_UP_TO(256);
        struct fail why = FAIL_OK;
        int         got = container_address(cases[i].relative, cases[i].full, &out, &why);

        if (got != cases[i].got || (got == 1 && !str_is_text(buf_view(&out), cases[i].expected)))
            fail_msg("case %zu: %d %s", i, got, why.text);
        buf_release(&out);
    }
}

static void test_container_token_file_is_read_each_time(void **state)
{
    struct scene scene;
    char         path[] = "/tmp/smon-token-XXXXXX";
    int          fd     = mkstemp(path);

    (void)state;
    scene_open(&scene, &give, 1);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path, 1);
    assert_int_equal(write(fd, "Bearer one", 10), 10);
    CHECK_OK(container_find(&scene.caller, &scene.out, &scene.why), &scene.why);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, "Bearer two", 10, 0), 10);
    CHECK_OK(container_find(&scene.caller, &scene.out, &scene.why), &scene.why);
    assert_true(peer_got(scene.peer, 0, "Authorization: Bearer one\r\n"));
    assert_true(peer_got(scene.peer, 1, "Authorization: Bearer two\r\n"));
    assert_true(peer_got(scene.peer, 0, "Accept: application/json\r\n"));
    assert_string_equal(scene.out.source, "container");

    for (size_t i = 0; i < 3; i++) { /* CR, LF or NUL would end the header early */
        assert_int_equal(pwrite(fd, &"\r\n"[i], 1, 6), 1);
        CHECK_FAILS(container_find(&scene.caller, &scene.out, &scene.why), FAIL_DENIED, &scene.why);
    }
    assert_int_equal(unlink(path), 0);
    CHECK_FAILS(container_find(&scene.caller, &scene.out, &scene.why), FAIL_AUTH, &scene.why);
    assert_int_equal(peer_taken(scene.peer), 2);
    close(fd);
    unsetenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    scene_close(&scene);
}

static void test_container_faults(void **state)
{
    static const struct {
        struct peer_step steps[3];
        size_t           taken;
        int              got;
        enum fail_kind   kind;
    } cases[] = {
        {{{.resets = true}, {.answer = STATUS("500")}, {.answer = OK("106", KEYS)}},
         3,
         1,
         FAIL_NONE},
        {{{.answer = STATUS("500")}, {.answer = STATUS("500")}, {.answer = STATUS("500")}},
         3,
         -1,
         FAIL_REMOTE},
        {{{.answer = STATUS("403")}}, 1, -1, FAIL_AUTH},
        {{{.answer = OK("4", "rubb")}}, 1, -1, FAIL_REMOTE},
        {{{.answer = OK("2", "{}")}}, 1, -1, FAIL_REMOTE},
        {{{.answer = "HTTP/1.1 200 OK\r\n\r\n", .rubbish = 1 << 20, .closes = true}},
         1,
         -1,
         FAIL_SIZE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene scene;
        int          got;

        scene_open(&scene, cases[i].steps, 3);
        got = container_find(&scene.caller, &scene.out, &scene.why);
        if (got != cases[i].got || (got < 0 && scene.why.kind != cases[i].kind)
            || peer_taken(scene.peer) != cases[i].taken)
            fail_msg("case %zu: %d after %zu: [%s] %s", i, got, peer_taken(scene.peer),
                     fail_meaning(scene.why.kind)->name, scene.why.text);
        scene_close(&scene);
    }
}

/* --- instance --------------------------------------------------------------------------------- */

static void test_instance(void **state)
{
    const struct peer_step steps[] = {token, role, give};
    struct scene           scene;

    (void)state;
    scene_open(&scene, steps, 3);
    CHECK_OK(imds_find(&scene.imds, &scene.caller, &scene.out, &scene.why), &scene.why);
    assert_true(peer_got(scene.peer, 0, "PUT /latest/api/token HTTP/1.1\r\n"));
    assert_true(peer_got(scene.peer, 0, "x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n"));
    assert_true(
        peer_got(scene.peer, 1, "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1\r\n"));
    assert_true(peer_got(scene.peer, 1, "x-aws-ec2-metadata-token: t-1\r\n"));
    assert_true(peer_got(scene.peer, 2,
                         "GET /latest/meta-data/iam/security-credentials/host HTTP/1.1\r\n"));
    assert_string_equal(scene.out.key_id, "a");
    assert_string_equal(scene.out.source, "instance");
    scene_close(&scene);
}

static void test_instance_token_is_replaced(void **state)
{
    const struct peer_step steps[] = {token, role, {.answer = STATUS("401")}, token2, give};
    struct scene           scene;

    (void)state;
    scene_open(&scene, steps, 5);
    CHECK_OK(imds_find(&scene.imds, &scene.caller, &scene.out, &scene.why), &scene.why);
    assert_true(peer_got(scene.peer, 4, "x-aws-ec2-metadata-token: t-2\r\n"));
    scene_close(&scene);
}

static void test_instance_faults(void **state)
{
    static const struct {
        struct peer_step steps[4];
        int              got;
        enum fail_kind   kind;
        size_t           taken;
    } cases[] = {
        /* No version 1: without a token nothing more is asked. */
        {{{.answer = STATUS("404")}}, -1, FAIL_AUTH, 1},
        {{{.answer = STATUS("403")}}, -1, FAIL_AUTH, 1},
        {{{.wait_ms = 60000}}, -1, FAIL_REMOTE, 1},
        {{{.answer = OK("1", "t")}, {.answer = STATUS("404")}}, 0, FAIL_NONE, 2},
        {{{.answer = OK("1", "t")}, {.answer = STATUS("200")}}, 0, FAIL_NONE, 2},
        {{{.answer = OK("1", "t")},
          {.answer = STATUS("401")},
          {.answer = OK("1", "t")},
          {.answer = STATUS("401")}},
         -1,
         FAIL_AUTH,
         4},
        {{{.answer = OK("1", "t")},
          {.answer = OK("4", "host")},
          {.answer = OK("19", "{\"Code\":\"NoTrust\"} ")}},
         -1,
         FAIL_AUTH,
         3},
        {{{.answer = OK("1", "t")}, {.answer = OK("4", "host")}, {.answer = OK("4", "rubb")}},
         -1,
         FAIL_REMOTE,
         3},
        {{{.answer = OK("1", "t")}, {.answer = OK("6", "a\rb\n c")}, {.answer = STATUS("500")}},
         -1,
         FAIL_INPUT,
         2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene scene;
        int          got;

        scene_open(&scene, cases[i].steps, 4);
        got = imds_find(&scene.imds, &scene.caller, &scene.out, &scene.why);
        if (got != cases[i].got || (got < 0 && scene.why.kind != cases[i].kind)
            || peer_taken(scene.peer) != cases[i].taken)
            fail_msg("case %zu: %d after %zu: [%s] %s", i, got, peer_taken(scene.peer),
                     fail_meaning(scene.why.kind)->name, scene.why.text);
        scene_close(&scene);
    }
}

static void test_instance_switched_off(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, &token, 1);
    setenv("AWS_EC2_METADATA_DISABLED", "True", 1);
    assert_int_equal(imds_find(&scene.imds, &scene.caller, &scene.out, &scene.why), 0);
    unsetenv("AWS_EC2_METADATA_DISABLED");
    assert_int_equal(peer_taken(scene.peer), 0);
    scene_close(&scene);
}

static int setup(void **state)
{
    struct fail why = FAIL_OK;

    (void)state;
    unsetenv("AWS_EC2_METADATA_DISABLED");
    setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1);
    doc_setup();
    return fetch_setup(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_container_addresses),
        cmocka_unit_test(test_container_token_file_is_read_each_time),
        cmocka_unit_test(test_container_faults),
        cmocka_unit_test(test_instance),
        cmocka_unit_test(test_instance_token_is_replaced),
        cmocka_unit_test(test_instance_faults),
        cmocka_unit_test(test_instance_switched_off),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
