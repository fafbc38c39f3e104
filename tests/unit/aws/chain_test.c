/* Every link of the credential chain, with keys that a judging service accepts. */
#include "world.h"

static void test_no_credentials_at_all(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    aws   = client();
    asked = ask(aws);
    CHECK_REFUSED(asked, FAIL_AUTH);
    assert_int_equal(judge_calls(&judge, "WhoAmI"), 0);
    setenv("AWS_ACCESS_KEY_ID", "AKIAHALF", 1);
    asked = ask(aws);
    CHECK_REFUSED(asked, FAIL_AUTH);
    aws_free(aws);
}

#define BASE_KEYS                                                                                  \
    "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"                                                   \
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"

struct profile_case {
    const char    *credentials, *config, *profile;
    enum fail_kind kind;
    const char    *role; /* "": the user itself */
    int            assumed;
};

static void check_profile(const struct profile_case *try, size_t i)
{
    char         container[128];
    struct aws  *aws;
    struct asked asked;

    (void)snprintf(container, sizeof container, "%s/v1/credentials", judge.container);
    world_begin(NULL);
    write_file("credentials", try->credentials);
    write_file("config", try->config);
    if (try->profile)
        setenv("AWS_PROFILE", try->profile, 1);
    if (strstr(try->config, "EcsContainer"))
        setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", container, 1);
    aws   = client();
    asked = ask(aws);
    if (asked.why.kind != try->kind)
        fail_msg("case %zu: [%s] %s", i, fail_meaning(asked.why.kind)->name, asked.why.text);
    if (strstr(try->config, "source_profile = b\n") && !strstr(asked.why.text, "circle"))
        fail_msg("case %zu: %s", i, asked.why.text);
    if (asked.done == 0 && strcmp(asked.role, try->role) != 0)
        fail_msg("case %zu: role %s", i, asked.role);
    if (judge_calls(&judge, "AssumeRole") != try->assumed)
        fail_msg("case %zu: %d roles taken", i, judge_calls(&judge, "AssumeRole"));
    judge_is_content(&judge);
    aws_free(aws);
}

static void test_profiles(void **state)
{
    static const struct profile_case cases[] = {
        {"[default]\n" BASE_KEYS, "", NULL, FAIL_NONE, "", 0},
        {"", "[default]\n" BASE_KEYS, NULL, FAIL_NONE, "", 0},
        {"[prod]\n" BASE_KEYS, "", "prod", FAIL_NONE, "", 0},
        {"[prod]\n" BASE_KEYS, "", "other", FAIL_AUTH, "", 0},
        {"[base]\n" BASE_KEYS,
         "[profile prod]\nrole_arn = " ROLE "needs-x1\nsource_profile = base\nexternal_id = x-1\n"
         "role_session_name = night\nduration_seconds = 900\n",
         "prod", FAIL_NONE, ROLE "needs-x1", 1},
        {"[base]\n" BASE_KEYS,
         "[profile a]\nrole_arn = " ROLE "one\nsource_profile = base\n"
         "[profile b]\nrole_arn = " ROLE "two\nsource_profile = a\n",
         "b", FAIL_NONE, ROLE "two", 2},
        {"[self]\n" BASE_KEYS, "[profile self]\nrole_arn = " ROLE "one\nsource_profile = self\n",
         "self", FAIL_NONE, ROLE "one", 1},
        {"",
         "[profile a]\nrole_arn = " ROLE "one\nsource_profile = b\n"
         "[profile b]\nrole_arn = " ROLE "two\nsource_profile = a\n",
         "a", FAIL_AUTH, "", 0},
        {"", "[profile a]\nrole_arn = " ROLE "one\nsource_profile = gone\n", "a", FAIL_AUTH, "", 0},
        {"", "[profile a]\nrole_arn = " ROLE "one\n", "a", FAIL_AUTH, "", 0},
        {"[base]\n" BASE_KEYS,
         "[profile a]\nrole_arn = " ROLE "one\nsource_profile = base\nmfa_serial = x\n", "a",
         FAIL_AUTH, "", 0},
        {"", "[profile a]\nrole_arn = " ROLE "one\ncredential_source = Moon\n", "a", FAIL_AUTH, "",
         0},
        {"", "[profile a]\nrole_arn = " ROLE "one\ncredential_source = EcsContainer\n", "a",
         FAIL_NONE, ROLE "one", 1},
        {"[base]\n" BASE_KEYS, "[profile a]\nrole_arn = " ROLE "denied\nsource_profile = base\n",
         "a", FAIL_DENIED, "", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_profile(&cases[i], i);
}

static void test_the_environment_comes_before_the_profile(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    use_environment_keys();
    setenv("AWS_PROFILE", "prod", 1);
    write_file("credentials", "[prod]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = x\n");
    aws   = client();
    asked = ask(aws);
    CHECK_ASKED(asked);
    assert_string_equal(asked.key, "AKIAIOSFODNN7EXAMPLE");
    aws_free(aws);
}

static void test_web_identity(void **state)
{
    struct aws  *aws;
    struct asked asked;

    (void)state;
    setenv("AWS_ROLE_ARN", ROLE "pod", 1);
    setenv("AWS_ROLE_SESSION_NAME", "pod-1", 1);
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", in_folder("token"), 1);
    unlink(in_folder("token"));
    aws   = client();
    asked = ask(aws);
    CHECK_REFUSED(asked, FAIL_AUTH);
    write_file("token", "eyJhbGciOi.abc.def\n");
    asked = ask(aws);
    CHECK_ASKED(asked);
    assert_string_equal(asked.role, ROLE "pod");
    assert_int_equal(judge_calls(&judge, "AssumeRoleWithWebIdentity"), 1);
    judge_is_content(&judge);
    aws_free(aws);
}

static void test_container_and_instance(void **state)
{
    char         url[128];
    struct aws  *aws;
    struct asked asked;

    (void)state;
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", judge.instance, 1);
    setenv("AWS_EC2_METADATA_DISABLED", "false", 1);
    aws   = client();
    asked = ask(aws);
    CHECK_ASKED(asked);
    aws_free(aws);

    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1", 1); /* nobody */
    snprintf(url, sizeof url, "%s/v1/credentials", judge.container);
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
    aws   = client();
    asked = ask(aws);
    CHECK_ASKED(asked);
    aws_free(aws);

    /* Without a word about the region, the instance knows it. */
    unsetenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    unsetenv("AWS_REGION");
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", judge.instance, 1);
    aws   = client();
    asked = ask(aws);
    CHECK_ASKED(asked);
    assert_string_equal(asked.region, "eu-west-1");
    judge_is_content(&judge);
    aws_free(aws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_no_credentials_at_all, world_begin),
        cmocka_unit_test_setup(test_profiles, world_begin),
        cmocka_unit_test_setup(test_the_environment_comes_before_the_profile, world_begin),
        cmocka_unit_test_setup(test_web_identity, world_begin),
        cmocka_unit_test_setup(test_container_and_instance, world_begin),
    };
    int failed = 0;

    if (world_open())
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    world_close();
    return failed;
}
