/* world.h -- one AWS client and the judge's services around it, shared by the tests of whole calls.
 *
 * world_open and world_close stand around the group, world_begin before each test: it empties the
 * environment and the files, sets the clock back and makes the peers forget. */
#ifndef SMON_TESTS_WORLD_H
#define SMON_TESTS_WORLD_H

#include "judge.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "aws/aws.h"
#include "base/mem.h"
#include "base/when.h"

#define ROLE "arn:aws:iam::111122223333:role/"

enum { LIMIT = 64 * 1024 };

static struct judge judge;
static char         folder[] = "/tmp/smon-aws-XXXXXX";
static int64_t     *shift_ms; /* the clock of ourselves and the peers */

static const char *const variables[] = {"AWS_ACCESS_KEY_ID",
                                        "AWS_SECRET_ACCESS_KEY",
                                        "AWS_SESSION_TOKEN",
                                        "AWS_SECURITY_TOKEN",
                                        "AWS_CREDENTIAL_EXPIRATION",
                                        "AWS_PROFILE",
                                        "AWS_DEFAULT_PROFILE",
                                        "AWS_ROLE_ARN",
                                        "AWS_ROLE_SESSION_NAME",
                                        "AWS_WEB_IDENTITY_TOKEN_FILE",
                                        "AWS_REGION",
                                        "AWS_DEFAULT_REGION",
                                        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                                        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                        "AWS_ENDPOINT_URL",
                                        "AWS_ENDPOINT_URL_STS",
                                        "AWS_ENDPOINT_URL_WHOAMI",
                                        "AWS_MAX_ATTEMPTS",
                                        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                        "http_proxy",
                                        "HTTP_PROXY",
                                        "https_proxy",
                                        "HTTPS_PROXY",
                                        "all_proxy",
                                        "ALL_PROXY"};

static inline const char *in_folder(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static inline void write_file(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* --- a clean world for each test -------------------------------------------------------------- */

static inline int world_begin(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    setenv("HOME", folder, 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", in_folder("credentials"), 1);
    setenv("AWS_CONFIG_FILE", in_folder("config"), 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    setenv("AWS_REGION", "eu-west-1", 1);
    setenv("AWS_ENDPOINT_URL", judge.services, 1);
    write_file("credentials", "");
    write_file("config", "");
    *shift_ms = 0;
    judge_tell(&judge, "/_peer/shift", "{\"seconds\":0}");
    judge_tell(&judge, "/_peer/clear", "{}");
    return 0;
}

static inline void use_environment_keys(void)
{
    setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 1);
}

static inline struct aws *client(void)
{
    const struct aws_options options = {.retry_base = 2};
    struct fail              why     = FAIL_OK;
    struct aws              *aws     = NULL;

    CHECK_OK(aws_new(&options, &aws, &why), &why);
    return aws;
}

struct asked {
    int         done;
    struct fail why;
    char        code[AWS_CODE_ROOM];
    char        account[32], region[32], role[128], key[32];
};

static inline void keep_member(const struct doc *doc, const char *name, char *out, size_t room)
{
    struct fail why = FAIL_OK;
    struct str  got;

    CHECK_OK(doc_text_or(doc, name, STR(""), &got, &why), &why);
    assert_int_equal(str_to_c(got, out, room), 0);
}

static inline struct asked ask_as(struct aws *aws, const char *role, const char *external_id,
                                  const char *region)
{
    static const struct fetch_header headers[] = {{"Content-Type", "application/x-amz-json-1.0"},
                                                  {"X-Amz-Target", "Peer.WhoAmI"}};
    const struct aws_identity        identity  = {role, external_id};
    const struct aws_request         request   = {.service      = "whoami",
                                                  .endpoint     = "WHOAMI",
                                                  .host_prefix  = "whoami",
                                                  .region       = str_of(region),
                                                  .method       = "POST",
                                                  .path         = "/",
                                                  .headers      = headers,
                                                  .header_count = 2,
                                                  .body         = STR("{\"a\": 1}"),
                                                  .deadline     = 500,
                                                  .answer_limit = LIMIT};
    struct fetch_answer              answer    = FETCH_ANSWER;
    struct asked                     asked     = {.why = FAIL_OK};
    struct doc                      *doc;

    asked.done = aws_do(aws, role ? &identity : NULL, &request, &answer, asked.code, &asked.why);
    mem_fail_at(0, 0); /* what follows is the test's own */
    if (asked.done == 0) {
        doc = doc_parse(buf_view(&answer.body), &asked.why);
        assert_non_null(doc);
        keep_member(doc, "account", asked.account, sizeof asked.account);
        keep_member(doc, "region", asked.region, sizeof asked.region);
        keep_member(doc, "role", asked.role, sizeof asked.role);
        keep_member(doc, "key", asked.key, sizeof asked.key);
        doc_free(doc);
    }
    fetch_answer_release(&answer);
    return asked;
}

static inline struct asked ask(struct aws *aws)
{
    return ask_as(aws, NULL, NULL, NULL);
}

#define CHECK_ASKED(asked) CHECK_OK((asked).done, &(asked).why)
#define CHECK_REFUSED(asked, kind) CHECK_FAILS((asked).done, kind, &(asked).why)

/* False: there is nobody to judge, so the tests are skipped. */
static inline bool world_open(void)
{
    struct fail why = FAIL_OK;
    int         fd;

    assert_non_null(mkdtemp(folder));
    fd = open(in_folder("clock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(ftruncate(fd, sizeof *shift_ms), 0);
    shift_ms = mmap(NULL, sizeof *shift_ms, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    setenv("SMON_CLOCK_FILE", in_folder("clock"), 1);
    doc_setup();
    CHECK_OK(when_use_file(in_folder("clock"), &why), &why);
    CHECK_OK(fetch_setup(&why), &why);
    return judge_open(&judge);
}

static inline void world_close(void)
{
    static const char *const names[] = {"clock", "credentials", "config", "token"};

    judge_close(&judge);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(in_folder(names[i]));
    rmdir(folder);
}

#endif
