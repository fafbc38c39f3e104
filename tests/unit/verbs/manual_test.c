/* The manual page names every verb, flag and setting, with its default; and nothing that is not. */
#include "check.h"

#include <string.h>

#include "base/own.h"
#include "config.h"
#include "verbs/verbs.h"

enum { LINE_MOST = 512 };

static struct buf page = {0};

static int read_page(void **state)
{
    (void)state;
    page = check_file("server/verbs/smon.1");
    return 0;
}

static int drop_page(void **state)
{
    (void)state;
    buf_release(&page);
    return 0;
}

/* As a manual writes it: hyphens escaped. */
static void escaped(const char *text, struct buf *out)
{
    for (; *text; text++)
        buf_format(out, "%s%c", *text == '-' ? "\\" : "", *text);
}

static void is_there(const char *start, const char *text)
{
    OWN(buf) line = BUF_UP_TO(LINE_MOST);

    buf_text(&line, start);
    escaped(text, &line);
    if (!strstr(buf_c(&page), buf_c(&line)))
        fail_msg("the manual lacks: %s", buf_c(&line));
}

static void every_verb_and_flag_has_its_place(void **state)
{
    size_t             count = 0;
    const struct verb *verbs = verbs_table(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        is_there(".SS \"smon ", verbs[i].name);
        for (const struct verb_flag *flag = verbs[i].flags; flag && flag->name; flag++)
            is_there(".B \\-\\-", flag->name);
    }
    for (const struct verb_flag *flag = verbs_client_flags; flag->name; flag++)
        is_there(".B \\-\\-", flag->name);
    for (const struct verb_flag *flag = verbs_common_flags; flag->name; flag++)
        is_there(".B \\-\\-", flag->name);
}

static void every_setting_has_its_place_and_default(void **state)
{
    struct config_facts facts;

    (void)state;
    for (size_t i = 0; config_facts(i, &facts); i++) {
        OWN(buf) start = BUF_UP_TO(LINE_MOST);

        buf_format(&start, ".B %s\n(", facts.name);
        escaped(facts.shape, &start);
        if (facts.otherwise[0]) {
            buf_text(&start, ", \\fB");
            escaped(facts.otherwise, &start);
        }
        if (!strstr(buf_c(&page), buf_c(&start)))
            fail_msg("the manual lacks, or has another default: %s", buf_c(&start));
    }
}

/* What is typed as it stands begins no sentence with a capital. */
static void literals_are_spelt_as_they_are_typed(void **state)
{
    static const char *const literals[] = {
        "\ntraining, processing, transform",
        "\npending, active, retired",
        "\nself hosted EKS",
        "\nblue green, canary, rolling",
        "\nid, -id",
        "\nsucceeded, failed, timeout",
        "\nInProgress, Failed",
        "\nwaiting, leased, given_up",
        "\nenrich, emit, emit-utilization",
        ") postgres://...",
        ") smon_<kid>_<secret>",
        ") stdout, file:PATH",
    };

    (void)state;
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++)
        is_there("", literals[i]);
}

static bool is_known_verb(struct str name)
{
    size_t             count = 0;
    const struct verb *verbs = verbs_table(&count);

    for (size_t i = 0; i < count; i++) {
        OWN(buf) known = BUF_UP_TO(LINE_MOST);

        escaped(verbs[i].name, &known);
        if (str_is(buf_view(&known), name))
            return true;
    }
    return false;
}

static void it_promises_no_verb_that_is_not(void **state)
{
    struct str rest = buf_view(&page), line, name;

    (void)state;
    while (str_cut(&rest, '\n', &line)) {
        if (!str_starts(line, STR(".SS \"smon ")))
            continue;
        line = str_part(line, strlen(".SS \"smon "), line.size);
        line.size -= str_ends(line, STR("\""));
        assert_true(str_cut(&line, ' ', &name));
        if (!is_known_verb(name))
            fail_msg("there is no verb %.*s", STR_ARG(name));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_and_flag_has_its_place),
        cmocka_unit_test(every_setting_has_its_place_and_default),
        cmocka_unit_test(literals_are_spelt_as_they_are_typed),
        cmocka_unit_test(it_promises_no_verb_that_is_not),
    };

    return cmocka_run_group_tests(tests, read_page, drop_page);
}
