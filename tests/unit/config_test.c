#include "check.h"

#include "config.h"
#include "base/mem.h"
#include "wire/doc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY "smon_boot_0123456789abcdef0123456789abcdef"

static char file_name[] = "/tmp/smon-config-test-XXXXXX";

static const char *file_of(const char *text)
{
    FILE *file = fopen(file_name, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return file_name;
}

static struct config *load(const char *file, const char *flag)
{
    struct fail       why     = FAIL_OK;
    struct config    *config  = NULL;
    const char *const flags[] = {flag};

    CHECK_OK(config_load(file, flags, flag ? 1 : 0, &config, &why), &why);
    return config;
}

static void refuse(const char *file, const char *flag, const char *sentence)
{
    struct fail       why     = FAIL_OK;
    struct config    *config  = NULL;
    const char *const flags[] = {flag};

    CHECK_FAILS(config_load(file, flags, flag ? 1 : 0, &config, &why), FAIL_INPUT, &why);
    assert_null(config);
    if (!strstr(why.text, sentence))
        fail_msg("\"%s\" lacks \"%s\"", why.text, sentence);
}

static void without_anything_the_defaults_hold(void **state)
{
    OWN_PTR(config) config = load(NULL, NULL);

    (void)state;
    assert_string_equal(config->listen, "127.0.0.1:8080");
    assert_string_equal(config->data, "./smon-data");
    assert_string_equal(config->enrich_role, "sagemaker-monitoring-sourceaccount-role");
    assert_int_equal(config->enrich_settle, 120 * MS_SECOND);
    assert_int_equal(config->retention_age, 400 * (ms)MS_DAY);
    assert_true(config->emf_enabled && config->collect_enabled);
    assert_false(config->behind_proxy);
    assert_int_equal(config->reader_threads, 2);
    assert_string_equal(config->admin_key, "");
}

static void a_flag_beats_the_environment_beats_the_file(void **state)
{
    const char *file = file_of("enrich:\n  settle: 3s\n  give_up: 10m\nlog.level: debug\n");

    (void)state;
    {
        OWN_PTR(config) config = load(file, NULL);

        assert_int_equal(config->enrich_settle, 3 * MS_SECOND);
        assert_string_equal(config->log_level, "debug");
    }
    setenv("SMON_ENRICH_SETTLE", "4s", 1);
    {
        OWN_PTR(config) config = load(file, NULL);

        assert_int_equal(config->enrich_settle, 4 * MS_SECOND);
        assert_int_equal(config->enrich_give_up, 10 * MS_MINUTE);
    }
    {
        OWN_PTR(config) config = load(file, "enrich-settle=5s");

        assert_int_equal(config->enrich_settle, 5 * MS_SECOND);
    }
    unsetenv("SMON_ENRICH_SETTLE");
}

static void a_variable_that_is_nearly_a_settings_is_refused(void **state)
{
    (void)state;
    setenv("SMON_ENRICH_SETTEL", "4s", 1);
    refuse(NULL, NULL,
           "SMON_ENRICH_SETTEL: there is no such setting; did you mean SMON_ENRICH_SETTLE?");
    unsetenv("SMON_ENRICH_SETTEL");
    setenv("SMON_PORT", "tcp://10.0.0.7:80", 1); /* as Kubernetes sets them */
    setenv("SMON_SERVICE_HOST", "10.0.0.7", 1);
    setenv("SMON_PORT_80_TCP_ADDR", "10.0.0.7", 1);
    setenv("SMON_URL", "http://127.0.0.1:8080", 1); /* ours, of the command line */
    setenv("SMON_KEY", "smon_a_b", 1);
    config_free(load(NULL, NULL));
    unsetenv("SMON_PORT");
    unsetenv("SMON_SERVICE_HOST");
    unsetenv("SMON_PORT_80_TCP_ADDR");
    unsetenv("SMON_URL");
    unsetenv("SMON_KEY");
}

static void a_file_that_is_not_there_is_told_with_its_setting(void **state)
{
    OWN_PTR(config) config = load(NULL, "prices-file=/nowhere/prices.yaml");
    struct fail why        = FAIL_OK;

    (void)state;
    CHECK_FAILS(config_files(config, &why), FAIL_INPUT, &why);
    assert_string_equal(why.text, "prices.file: /nowhere/prices.yaml: No such file or directory");
}

static void a_wrong_file_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text, *place, *sentence;
    } cases[] = {
        {"enrich:\n  setle: 3s\n", ":2: ", "did you mean enrich.settle?"},
        {"colour: red\n", ":1: ", "there is no setting colour"},
        {"log.level: info\nenrich.settle: soon\n", ":2: enrich.settle", "no time"},
        {"limits:\n  connections: 3\n", ":2: limits.connections", "between 8 and 100000"},
        {"limits:\n  connections: many\n", ":2: ", "no whole number"},
        {"retention:\n  bytes: 1XB\n", ":2: ", "no size"},
        {"emf:\n  enabled: maybe\n", ":2: ", "neither yes nor no"},
        {"log:\n  level: loud\n", ":2: ", "none of error|warn|info|debug"},
        {"admin_key: " KEY "\n", ":1: ", "a secret is given by reference"},
        {"admin_key: file:/nowhere/at/all\n", ":1: ", "No such file"},
        {"admin_key: env:SMON_TEST_NO_SUCH\n", ":1: ", "there is no such variable"},
        {"store.url: postgres://u:secret@db/smon\n", ":1: ", "by reference"},
        {"data: \"\"\n", ":1: data", "must not be empty"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        refuse(file_of(cases[i].text), NULL, cases[i].place);
        refuse(file_name, NULL, cases[i].sentence);
    }
}

static void wrong_flags_and_contradictions_are_refused(void **state)
{
    static const struct {
        const char *flag, *sentence;
    } cases[] = {
        {"enrich-setle=3s", "did you mean --enrich-settle?"},
        {"enrich-settle=x", "--enrich-settle: \"x\" is no time"},
        {"admin-key=" KEY, "by reference"},
        {"listen=8080", "no address"},
        {"listen=::1:8080", "no address"},
        {"listen=127.0.0.1:70000", "no address"},
        {"listen=0.0.0.0:8080", "listen.behind_proxy"},
        {"listen=[::]:8080", "tls.certificate"},
        {"listen=:8080", "not loopback"},
        {"listen=0.0.0.0:8080", "not loopback"},
        {"tls-key=/k.pem", "tls.certificate is missing"},
        {"tls-certificate=/c.pem", "tls.key is missing"},
        {"enrich-settle=2h", "shorter than"},
        {"retention-age=6d", "retention.age is shorter than 7d"},
        {"emf-output=carrier-pigeon", "none of stdout"},
        {"emf-output=tcp://host", "none of stdout"},
        {"emf-output=logs:group", "GROUP/STREAM"},
        {"emf-namespace=AWS/Mine", "emf.namespace"},
        {"emf-namespace=a b", "emf.namespace"},
        {"store-url=mysql://db", "postgres://"},
        {"intake-key-headers=X-API-Key,,X", "no header name"},
        {"intake-key-headers=X Y", "no header name"},
        {"data=a\nb", "control character"},
        {"listen=db.example.org:80", "not a name"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(NULL, cases[i].flag, cases[i].sentence);
}

static void good_values_are_taken(void **state)
{
    static const char *const flags[] = {
        "listen=[::1]:0",
        "listen=localhost:1",
        "listen=127.9.9.9:80",
        "emf-output=logs:/a/b.c/stream",
        "emf-output=file:/x",
        "emf-output=udp://[::1]:25888",
        "retention-age=7d",
        "retention-age=0",
        "retention-bytes=10GiB",
        "retention-bytes=512M",
        "listen-behind-proxy",
        "store-url=postgres://user@db/smon",
        "emf-enabled=off",
        "intake-key-headers=X-API-Key, X-Smon",
        "store-url=postgresql:///smon?host=/tmp",
    };

    (void)state;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        OWN_PTR(config) config = load(NULL, flags[i]);

        assert_non_null(config);
    }
    {
        OWN_PTR(config) config = load(NULL, "retention-bytes=10GiB");

        assert_true(config->retention_bytes == (int64_t)10 << 30);
    }
}

static void beyond_loopback_needs_tls_or_a_proxy(void **state)
{
    struct fail       why     = FAIL_OK;
    const char *const proxy[] = {"listen=0.0.0.0:80", "listen-behind-proxy=yes"};
    const char *const tls[]   = {"listen=*:443", "tls-key=/k", "tls-certificate=/c"};
    struct config    *config  = NULL;

    (void)state;
    CHECK_OK(config_load(NULL, proxy, 2, &config, &why), &why);
    config_free(config);
    CHECK_OK(config_load(NULL, tls, 3, &config, &why), &why);
    config_free(config);
}

static void reading_without_a_key_is_for_loopback_alone(void **state)
{
    struct fail       why    = FAIL_OK;
    const char *const open[] = {"listen-open-reading", "listen-behind-proxy", "listen=0.0.0.0:80"};
    struct config    *config = NULL;

    (void)state;
    CHECK_OK(config_load(NULL, open, 1, &config, &why), &why);
    assert_true(config->open_reading);
    config_free(config);
    config = NULL;
    CHECK_FAILS(config_load(NULL, open, 2, &config, &why), FAIL_INPUT, &why);
    CHECK_FAILS(config_load(NULL, open, 3, &config, &why), FAIL_INPUT, &why);
}

static void secrets_come_by_reference_and_are_not_shown(void **state)
{
    OWN(buf) shown  = BUF_UP_TO(1 << 20);
    struct fail why = FAIL_OK;

    (void)state;
    (void)file_of(KEY "\n");
    {
        char flag[100];

        (void)snprintf(flag, sizeof flag, "admin-key=file:%s", file_name);
        OWN_PTR(config) config = load(NULL, flag);

        assert_string_equal(config->admin_key, KEY);
        CHECK_OK(config_show(config, false, &shown, &why), &why);
        assert_null(strstr(buf_c(&shown), KEY));
        assert_non_null(strstr(buf_c(&shown), "(set)"));
    }
    setenv("SMON_ADMIN_KEY", KEY, 1);
    {
        OWN_PTR(config) config = load(NULL, NULL);

        assert_string_equal(config->admin_key, KEY);
    }
    setenv("SMON_ADMIN_KEY", "smon_a_tooshort", 1);
    refuse(NULL, NULL, "at least 32");
    setenv("SMON_ADMIN_KEY", "hello", 1);
    refuse(NULL, NULL, "smon_<kid>_<secret>");
    setenv("SMON_ADMIN_KEY", "smon_my-key_0123456789abcdef0123456789abcdef",
           1); /* as keys of the store */
    refuse(NULL, NULL, "smon_<kid>_<secret>");
    unsetenv("SMON_ADMIN_KEY");
}

static void addresses_are_split(void **state)
{
    static const struct {
        const char *listen, *host;
        int         port;
        bool        is_loopback;
    } cases[] = {
        {"127.0.0.1:8080", "127.0.0.1", 8080, true},
        {"[::1]:1", "::1", 1, true},
        {"*:80", "::", 80, false},
        {":80", "::", 80, false},
        {"LOCALHOST:0", "127.0.0.1", 0, true},
        {"10.0.0.1:65535", "10.0.0.1", 65535, false},
        {"[::ffff:127.0.0.1]:9", "::ffff:127.0.0.1", 9, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fail why = FAIL_OK;
        char        host[CONFIG_HOST_ROOM];
        uint16_t    port;

        CHECK_OK(config_address(cases[i].listen, host, &port, &why), &why);
        assert_string_equal(host, cases[i].host);
        assert_int_equal(port, cases[i].port);
        assert_int_equal(config_is_loopback(host), cases[i].is_loopback);
    }
}

static void the_template_is_a_settings_file_of_all_defaults(void **state)
{
    OWN(buf) text   = BUF_UP_TO(1 << 20);
    OWN(buf) mine   = BUF_UP_TO(1 << 20);
    struct fail why = FAIL_OK;

    (void)state;
    CHECK_OK(config_template(&text, &why), &why);
    for (size_t i = 0; i < text.size; i++) /* take away the '#' before every setting */
        if (!(text.data[i] == '#' && i + 1 < text.size && text.data[i + 1] != ' '))
            buf_char(&mine, text.data[i]);
    OWN_PTR(config) config = load(file_of(buf_c(&mine)), NULL);
    assert_int_equal(config->enrich_settle, 120 * MS_SECOND);
}

static void show_and_environment_read_back(void **state)
{
    OWN(buf) shown         = BUF_UP_TO(1 << 20);
    struct fail why        = FAIL_OK;
    int         seen       = 0;
    OWN_PTR(config) config = load(NULL, "enrich-settle=1500ms");
    char **environment     = config_environment(config, &why);

    (void)state;
    CHECK_OK(config_show(config, true, &shown, &why), &why);
    OWN_PTR(doc) doc = doc_parse(buf_view(&shown), &why);
    assert_true(doc_is_array(doc));
    for (size_t i = 0; i < doc_count(doc); i++) {
        struct str name, value, origin;

        CHECK_OK(doc_text(doc_item(doc, i), "name", &name, &why), &why);
        CHECK_OK(doc_text(doc_item(doc, i), "value", &value, &why), &why);
        CHECK_OK(doc_text(doc_item(doc, i), "origin", &origin, &why), &why);
        if (str_is(name, STR("enrich.settle"))) {
            CHECK_STR(value, "1500ms");
            CHECK_STR(origin, "flag");
        }
    }
    assert_non_null(environment);
    for (size_t i = 0; environment[i]; i++) {
        assert_true(str_starts(str_of(environment[i]), STR("SMON_")));
        seen += strcmp(environment[i], "SMON_ENRICH_SETTLE=1500ms") == 0;
        seen += strcmp(environment[i], "SMON_LOG_LEVEL=info") == 0;
        assert_null(strstr(environment[i], "SMON_ADMIN_KEY"));
    }
    assert_int_equal(seen, 2);
    config_environment_free(environment);
}

static void without_memory_it_fails_cleanly(void **state)
{
    (void)state;
    for (long n = 1; n < 60; n++) {
        struct fail    why    = FAIL_OK;
        struct config *config = NULL;

        mem_fail_at(n, 1);
        if (config_load(NULL, NULL, 0, &config, &why) == 0)
            n = 60;
        else
            assert_int_equal(why.kind, FAIL_MEMORY);
        mem_fail_at(0, 0);
        config_free(config);
    }
}

static int make_file(void **state)
{
    int fd = mkstemp(file_name);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(file_name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_anything_the_defaults_hold),
        cmocka_unit_test(a_flag_beats_the_environment_beats_the_file),
        cmocka_unit_test(a_variable_that_is_nearly_a_settings_is_refused),
        cmocka_unit_test(a_file_that_is_not_there_is_told_with_its_setting),
        cmocka_unit_test(a_wrong_file_is_refused_with_its_line),
        cmocka_unit_test(wrong_flags_and_contradictions_are_refused),
        cmocka_unit_test(good_values_are_taken),
        cmocka_unit_test(beyond_loopback_needs_tls_or_a_proxy),
        cmocka_unit_test(reading_without_a_key_is_for_loopback_alone),
        cmocka_unit_test(secrets_come_by_reference_and_are_not_shown),
        cmocka_unit_test(addresses_are_split),
        cmocka_unit_test(the_template_is_a_settings_file_of_all_defaults),
        cmocka_unit_test(show_and_environment_read_back),
        cmocka_unit_test(without_memory_it_fails_cleanly),
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
