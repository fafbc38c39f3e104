/* The shared files, and where a service is: who wins over whom. */
#include "check.h"

#include <stdlib.h>

#include "aws/endpoint.h"
#include "aws/profile.h"

static struct profiles *parse(const char *credentials, const char *config)
{
    struct profiles *profiles = NULL;
    struct fail      why      = FAIL_OK;

    CHECK_OK(profiles_parse(str_of(credentials), str_of(config), &profiles, &why), &why);
    return profiles;
}

static void test_get(void **state)
{
    static const struct {
        const char *credentials, *config, *profile, *key, *expected;
    } cases[] = {
        {"[default]\nregion = a\n", "", "default", "region", "a"},
        {"", "[default]\nregion=a", "default", "region", "a"},
        {"", "[profile x]\r\nregion = a \r\n", "x", "region", "a"},
        {"", "[profile \"x y\"]\nregion = a\n", "x y", "region", "a"},
        {"[x]\nregion = cred\n", "[profile x]\nregion = conf\n", "x", "region", "cred"},
        {"", "[x]\nregion = a\n", "x", "region", NULL}, /* not a profile in the config file */
        {"", "[default]\n# region = a\n; region = b\n\nregion = c\n", "default", "region", "c"},
        {"", "[default]\nregion = a=b # c\n", "default", "region", "a=b # c"},
        {"", "[default]\nREGION = a\n", "default", "region", "a"},
        {"", "[default]\nregion =\n", "default", "region", NULL},
        {"", "[default]\ns3 =\n  region = nested\nregion = a\n", "default", "region", "a"},
        {"", "[default]\ns3 =\n  region = nested\n", "default", "region", NULL},
        {"", "[default]\n  region = a\n  output = json\n", "default", "output", "json"},
        {"", "region = a\n", "default", "region", NULL},
        {"", "[sso-session x]\nregion = a\n", "x", "region", NULL},
        {"", "[default\nregion = a\n", "default", "region", "a"},
        {"", "[]\nregion = a\n", "", "region", NULL},
        {"\xff\xfe[", "=\n[profile \n", "default", "region", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct profiles *profiles = parse(cases[i].credentials, cases[i].config);
        struct str       got      = profiles_get(profiles, str_of(cases[i].profile), cases[i].key);

        if (!str_is(got, str_of(cases[i].expected)))
            fail_msg("case %zu: \"%.*s\"", i, STR_ARG(got));
        profiles_free(profiles);
    }
}

static const char SERVICES[] = "[profile x]\nservices = local\nendpoint_url = http://profile:1\n"
                               "[services local]\nsts =\n    endpoint_url = http://sts:2/\n"
                               "cloudwatch_logs =\n    endpoint_url = http://logs:3/base/\n";

static void test_endpoints(void **state)
{
    static const struct {
        const char *own, *all, *ignore, *profile, *id, *prefix, *region, *expected;
    } cases[] = {
        {"", "", "", "x", "STS", "sts", "eu-west-1", "http://sts:2"},
        {"", "", "", "x", "CLOUDWATCH_LOGS", "logs", "eu-west-1", "http://logs:3/base"},
        {"", "", "", "x", "CLOUDWATCH", "monitoring", "eu-west-1", "http://profile:1"},
        {"", "http://all:4", "", "x", "STS", "sts", "eu-west-1", "http://all:4"},
        {"http://own:5", "http://all:4", "", "x", "STS", "sts", "eu-west-1", "http://own:5"},
        {"http://own:5", "http://all:4", "", "x", "SAGEMAKER", "api.sagemaker", "eu-west-1",
         "http://all:4"},
        {"http://own:5", "http://all:4", "TRUE", "x", "STS", "sts", "eu-west-1",
         "https://sts.eu-west-1.amazonaws.com"},
        {"", "", "", "default", "SAGEMAKER", "api.sagemaker", "cn-north-1",
         "https://api.sagemaker.cn-north-1.amazonaws.com.cn"},
        {"http://own:5/a?b#c", "", "", "x", "STS", "sts", "eu-west-1", "http://own:5/a"},
        {"ftp://own:5", "", "", "x", "STS", "sts", "eu-west-1", NULL},
        {"http://u:p@own", "", "", "x", "STS", "sts", "eu-west-1", NULL},
        {"http://own:99999", "", "", "x", "STS", "sts", "eu-west-1", NULL},
        {"", "", "", "default", "STS", "sts", "", NULL},
        {"", "", "", "default", "STS", "sts", "evil.example/", NULL},
        {"", "", "", "default", "STS", "sts", "EU-WEST-1", NULL},
    };
    struct profiles *profiles = parse("", SERVICES);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct endpoint_wish wish = {cases[i].id, cases[i].prefix, str_of(cases[i].region),
                                           str_of(cases[i].profile)};
        struct buf                 out  = BUF_UP_TO(4096);
        struct fail                why  = FAIL_OK;
        int                        done;

        setenv("AWS_ENDPOINT_URL_STS", cases[i].own, 1);
        setenv("AWS_ENDPOINT_URL", cases[i].all, 1);
        setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", cases[i].ignore, 1);
        done = endpoint_find(&wish, profiles, &out, &why);
        if ((done == 0) != (cases[i].expected != NULL)
            || (done == 0 && !str_is_text(buf_view(&out), cases[i].expected)))
            fail_msg("case %zu: \"%.*s\" %s", i, STR_ARG(buf_view(&out)), why.text);
        buf_release(&out);
    }
    profiles_free(profiles);
}

static void test_split(void **state)
{
    static const struct {
        const char *url, *scheme, *host, *authority, *path;
    } cases[] = {
        {"http://h", "http", "h", "h", ""},
        {"https://h:443/a/b?c", "https", "h", "h", "/a/b"},
        {"https://h:80/", "https", "h", "h:80", "/"},
        {"http://h:80/", "http", "h", "h", "/"},
        {"http://[fd00:ec2::254]:8080/x", "http", "fd00:ec2::254", "[fd00:ec2::254]:8080", "/x"},
        {"http://[::1]", "http", "::1", "[::1]", ""},
        {"http://h:/x", "http", "h", "h", "/x"},
    };
    static const char *const wrong[] = {"",          "h",           "http://",       "http:///x",
                                        "http://:1", "http://[::1", "http://[::1]x", "http://h:0",
                                        "HTTP://h",  "file:///x",   "http://a@b"};
    struct endpoint_parts    parts;
    struct fail              why = FAIL_OK;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_OK(endpoint_split(str_of(cases[i].url), &parts, &why), &why);
        CHECK_STR(parts.scheme, cases[i].scheme);
        CHECK_STR(parts.host, cases[i].host);
        CHECK_STR(parts.authority, cases[i].authority);
        CHECK_STR(parts.path, cases[i].path);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_FAILS(endpoint_split(str_of(wrong[i]), &parts, &why), FAIL_INPUT, &why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_split),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
