#include "check.h"

#include <string.h>

#include "verbs/args.h"
#include "verbs/verbs.h"

enum { WORDS_MOST = 8 };

static int read_words(const char *line, struct args *out, struct fail *why)
{
    static char text[300];
    char       *words[WORDS_MOST] = {NULL};
    int         count             = 0;

    assert_true(strlen(line) < sizeof text);
    memcpy(text, line, strlen(line) + 1);
    for (char *rest = text, *word; (word = strsep(&rest, " ")) != NULL;)
        words[count++] = word;
    return args_read(verbs_find(words[0]), count, words, out, why);
}

static void what_is_wrong_is_named_with_what_was_meant(void **state)
{
    static const struct {
        const char *line, *sentence;
    } cases[] = {
        {"jobs lst", "did you mean \"jobs list\"?"},
        {"jobs --acount 1", "did you mean --account?"},
        {"jobs --zzzzzz", "see smon jobs --help"},
        {"jobs --account", "--account wants a value"},
        {"jobs --all=yes", "--all takes no value"},
        {"jobs -a", "two dashes"},
        {"jobs show 1 2", "one word too many"},
        {"version 1", "one word too many"},
        {"serve --enrich-setle 3s", "did you mean --enrich-settle?"},
        {"accounts --enrich-settle 3s", "there is no flag --enrich-settle"},
        {"serve --url http://x", "there is no flag --url"},
        {"serve --emf-enabled maybe", "\"maybe\" is one word too many"},
        {"jobs --all no no", "\"no\" is one word too many"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OWN(args) args  = ARGS_NONE;
        struct fail why = FAIL_OK;

        CHECK_FAILS(read_words(cases[i].line, &args, &why), FAIL_INPUT, &why);
        if (!strstr(why.text, cases[i].sentence))
            fail_msg("\"%s\" lacks \"%s\"", why.text, cases[i].sentence);
    }
}

static void words_flags_and_operands_are_told_apart(void **state)
{
    OWN(args) args     = ARGS_NONE;
    struct fail why    = FAIL_OK;
    int64_t     number = 0;

    (void)state;
    CHECK_OK(read_words("jobs show --json --limit=5 -- --odd", &args, &why), &why);
    assert_string_equal(args.word, "show");
    assert_true(args_has(&args, "json"));
    assert_false(args_has(&args, "all"));
    assert_int_equal(args.operand_count, 1);
    assert_string_equal(args.operands[0], "--odd");
    CHECK_OK(args_number(&args, "limit", 1, 9, 7, &number, &why), &why);
    assert_int_equal(number, 5);
    CHECK_FAILS(args_number(&args, "limit", 6, 9, 7, &number, &why), FAIL_INPUT, &why);
}

static void without_a_second_word_it_is_the_usual_one(void **state)
{
    OWN(args) args     = ARGS_NONE;
    struct fail why    = FAIL_OK;
    int64_t     number = 0;

    (void)state;
    CHECK_OK(read_words("jobs --limit 5 --limit 6", &args, &why), &why);
    assert_string_equal(args.word, "list");
    CHECK_OK(args_number(&args, "limit", 1, 9, 7, &number, &why), &why);
    assert_int_equal(number, 6);
}

static void settings_become_what_the_config_reads(void **state)
{
    OWN(args) args  = ARGS_NONE;
    struct fail why = FAIL_OK;

    (void)state;
    CHECK_OK(read_words("serve --enrich-settle 3s --listen-behind-proxy --data=/x --config f",
                        &args, &why),
             &why);
    assert_int_equal(args.setting_count, 3);
    assert_string_equal(args.settings[0], "enrich-settle=3s");
    assert_string_equal(args.settings[1], "listen-behind-proxy=yes");
    assert_string_equal(args.settings[2], "data=/x");
    assert_string_equal(args_flag(&args, "config"), "f");
}

static void a_setting_of_yes_or_no_takes_the_word_behind_it_only_when_it_is_one(void **state)
{
    static const struct {
        const char *line, *setting;
    } cases[] = {
        {"serve --emf-enabled no", "emf-enabled=no"},
        {"serve --emf-enabled yes", "emf-enabled=yes"},
        {"serve --emf-enabled false --json", "emf-enabled=false"},
        {"serve --emf-enabled=no", "emf-enabled=no"},
        {"serve --emf-enabled", "emf-enabled=yes"},
        {"serve --emf-enabled --json", "emf-enabled=yes"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OWN(args) args  = ARGS_NONE;
        struct fail why = FAIL_OK;

        CHECK_OK(read_words(cases[i].line, &args, &why), &why);
        assert_int_equal(args.setting_count, 1);
        assert_string_equal(args.settings[0], cases[i].setting);
    }
}

static void every_verb_is_complete(void **state)
{
    size_t             count = 0;
    const struct verb *verbs = verbs_table(&count);

    (void)state;
    assert_int_equal(count, 18);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(verbs[i].run);
        assert_true(verbs[i].meaning && verbs[i].meaning[0]);
        assert_ptr_equal(verbs_find(verbs[i].name), &verbs[i]);
        for (const struct verb_flag *flag = verbs[i].flags; flag && flag->name; flag++)
            assert_true(flag->meaning && flag->meaning[0]);
    }
    assert_null(verbs_find("no-such"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_named_with_what_was_meant),
        cmocka_unit_test(words_flags_and_operands_are_told_apart),
        cmocka_unit_test(without_a_second_word_it_is_the_usual_one),
        cmocka_unit_test(settings_become_what_the_config_reads),
        cmocka_unit_test(a_setting_of_yes_or_no_takes_the_word_behind_it_only_when_it_is_one),
        cmocka_unit_test(every_verb_is_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
