/* collectors/runner/settings.c: the environment, read and refused. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "runner/settings.h"

static int clean(void **state)
{
    static const char *const names[] = {"SMON_COLLECT_KEY", "SMON_ENRICH_GIVE_UP",
                                        "SMON_EMF_ENABLED", "SMON_EMF_OUTPUT",
                                        "SMON_ENRICH_EXTERNAL_ID"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
    return 0;
}

static void without_environment_the_defaults_hold(void **state)
{
    struct settings settings;
    struct fail     why = FAIL_OK;

    (void)state;
    CHECK_OK(settings_read(&settings, &why), &why);
    assert_true(settings.enrich_give_up == 30 * MS_MINUTE);
    assert_true(settings.emf_enabled);
    assert_string_equal(settings.emf_output, "stdout");
    assert_string_equal(settings.emf_namespace, "/sample/SageMakerMonitoring");
    assert_string_equal(settings.key, "");
}

static void wrong_values_are_named(void **state)
{
    static const struct {
        const char *name, *value;
    } cases[] = {
        {"SMON_ENRICH_GIVE_UP", "soon"},
        {"SMON_EMF_ENABLED", "perhaps"},
        {"SMON_COLLECT_KEY", "file:/nowhere/at/all"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings settings;
        struct fail     why = FAIL_OK;

        setenv(cases[i].name, cases[i].value, 1);
        CHECK_FAILS(settings_read(&settings, &why), FAIL_INPUT, &why);
        assert_non_null(strstr(why.text, cases[i].name));
        unsetenv(cases[i].name);
    }
}

static void a_key_may_stand_in_a_file(void **state)
{
    char            path[] = "/tmp/smon-key-XXXXXX", value[64];
    int             fd     = mkstemp(path);
    struct settings settings;
    struct fail     why = FAIL_OK;

    (void)state;
    assert_true(fd >= 0 && write(fd, "smon_k_secret\n", 14) == 14);
    close(fd);
    snprintf(value, sizeof value, "file:%s", path);
    setenv("SMON_COLLECT_KEY", value, 1);
    setenv("SMON_EMF_ENABLED", "no", 1);
    CHECK_OK(settings_read(&settings, &why), &why);
    assert_string_equal(settings.key, "smon_k_secret");
    assert_false(settings.emf_enabled);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_environment_the_defaults_hold, clean, clean),
        cmocka_unit_test_setup_teardown(wrong_values_are_named, clean, clean),
        cmocka_unit_test_setup_teardown(a_key_may_stand_in_a_file, clean, clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
