/* The collector beside the service: started with what it needs and no more, started again when it
 * ends, asked to finish, and ended when it does not listen. Little shell scripts stand for it. */
#include "check.h"

#include "base/when.h"
#include "config.h"
#include "verbs/minder.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const ms SOON = 10 * MS_SECOND, AFTER_ANY_PAUSE = 2 * MS_MINUTE;

static char dir[] = "/tmp/smon-minder-XXXXXX", program[64], said[64], clock_file[64];
static int  clock_fd;

/* Moves both clocks on. */
static void move_clock(ms by)
{
    static int64_t shift;

    shift += by;
    assert_int_equal(pwrite(clock_fd, &shift, sizeof shift, 0), sizeof shift);
}

static int set_up(void **state)
{
    struct fail why = FAIL_OK;

    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(program, sizeof program, "%s/collect", dir);
    (void)snprintf(said, sizeof said, "%s/said", dir);
    (void)snprintf(clock_file, sizeof clock_file, "%s/clock", dir);
    clock_fd = open(clock_file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(clock_fd >= 0);
    move_clock(0);
    CHECK_OK(when_use_file(clock_file, &why), &why);
    setenv("SMON_TEST_SAID", said, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)close(clock_fd);
    (void)unlink(program);
    (void)unlink(said);
    (void)unlink(clock_file);
    return rmdir(dir);
}

static char ended[256]; /* the names of those that have */

static void note_end(void *ctx, const char *worker)
{
    size_t size = strlen(ended);

    assert_ptr_equal(ctx, ended);
    (void)snprintf(ended + size, sizeof ended - size, "%s%s", size ? " " : "", worker);
}

/* A minder of this script, nothing said yet. */
static struct minder *minding(const char *script)
{
    static const struct minder_place place  = {"/nowhere/smon.sock", note_end, ended, NULL};
    struct fail                      why    = FAIL_OK;
    struct minder                   *minder = NULL;
    char                             flag[96];
    const char *const                flags[] = {flag, "enrich-settle=77s"};
    OWN_PTR(config) config                   = NULL;
    FILE *file                               = fopen(program, "w");

    assert_non_null(file);
    assert_true(fprintf(file, "#!/bin/sh\n%s\n", script) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(program, 0700), 0);
    (void)unlink(said);
    (void)snprintf(flag, sizeof flag, "collect-program=%s", program);
    CHECK_OK(config_load(NULL, flags, 2, &config, &why), &why);
    CHECK_OK(minder_new(config, &place, &minder, &why), &why);
    ended[0] = '\0';
    return minder;
}

/* What the script has written so far. */
static const char *all_said(void)
{
    static char text[8192];
    FILE       *file = fopen(said, "r");
    size_t      size = file ? fread(text, 1, sizeof text - 1, file) : 0;

    text[size] = '\0';
    if (file)
        (void)fclose(file);
    return text;
}

static int times_said(const char *word)
{
    int times = 0;

    for (const char *at = all_said(); (at = strstr(at, word)); at++)
        times++;
    return times;
}

/* Ticks, as the service does, until the script has said it so many times. */
static void tick_until(struct minder *minder, const char *word, int times)
{
    const struct timespec a_moment = {.tv_nsec = 5000000};
    ms                    until    = when_monotonic() + SOON;

    while (times_said(word) < times) {
        if (when_monotonic() > until)
            fail_msg("%s was not said %d times but: %s", word, times, all_said());
        minder_tick(minder);
        (void)nanosleep(&a_moment, NULL);
    }
}

static void tick_until_ended(struct minder *minder)
{
    const struct timespec a_moment = {.tv_nsec = 5000000};
    ms                    until    = when_monotonic() + SOON;

    while (!ended[0] && when_monotonic() < until) {
        minder_tick(minder);
        (void)nanosleep(&a_moment, NULL);
    }
}

/* What it must not know stands in the environment of the one who starts it. */
static void it_is_given_settings_and_no_key(void **state)
{
    OWN_PTR(minder)
    minder = minding("{ echo \"$@\"; env; echo ready; } >>\"$SMON_TEST_SAID\"; exec sleep 60");
    char watched[60];

    (void)state;
    setenv("SMON_ADMIN_KEY", "smon_secret", 1);
    setenv("SMON_STORE_URL", "postgres://smon:secret@nowhere/smon", 1);
    assert_string_equal(all_said(), ""); /* not started yet */
    tick_until(minder, "ready\n", 1);
    unsetenv("SMON_ADMIN_KEY");
    unsetenv("SMON_STORE_URL");
    (void)snprintf(watched, sizeof watched, "--watched=%ld --worker ", (long)getpid());
    assert_int_equal(times_said("--socket /nowhere/smon.sock"), 1);
    assert_int_equal(times_said(watched), 1);
    assert_int_equal(times_said("SMON_ENRICH_SETTLE=77"), 1);
    assert_int_equal(times_said("secret"), 0);
}

/* A setting may name the variable a secret lies in. */
static void it_is_not_given_a_variable_that_holds_a_secret_of_ours(void **state)
{
    setenv("SMON_STORE_URL", "env:SMON_TEST_DATABASE", 1);
    setenv("SMON_TEST_DATABASE", "postgres://smon:secret@nowhere/smon", 1);
    setenv("PGPASSWORD", "secret", 1);
    OWN_PTR(minder) minder = minding("{ env; echo ready; } >>\"$SMON_TEST_SAID\"; exec sleep 60");

    (void)state;
    tick_until(minder, "ready\n", 1);
    unsetenv("SMON_STORE_URL");
    unsetenv("SMON_TEST_DATABASE");
    unsetenv("PGPASSWORD");
    assert_int_equal(times_said("SMON_TEST_SAID="), 1);
    assert_int_equal(times_said("secret"), 0);
}

static void it_is_started_again_after_a_pause(void **state)
{
    OWN_PTR(minder) minder        = minding("echo begins >>\"$SMON_TEST_SAID\"; exit 3");
    const struct timespec a_while = {.tv_nsec = 150000000};

    (void)state;
    tick_until(minder, "begins", 1);
    for (int i = 0; i < 3; i++) {
        (void)nanosleep(&a_while, NULL);
        minder_tick(minder);
    }
    assert_int_equal(times_said("begins"), 1); /* the first pause is a second at least */
    for (int start = 2; start < 5; start++) {
        move_clock(AFTER_ANY_PAUSE);
        tick_until(minder, "begins", start);
        (void)nanosleep(&a_while, NULL);
        minder_tick(minder); /* sees that it ended */
    }
}

/* Each has a name of its own, so what it held is told apart from what the next one holds. */
static void its_end_is_told_with_the_name_it_had(void **state)
{
    OWN_PTR(minder)
    minder = minding("echo \"$5 $$;\" >>\"$SMON_TEST_SAID\"; exec sleep 60");
    char first[128], second[128], both[258];
    long pid;

    (void)state;
    tick_until(minder, ";", 1);
    assert_int_equal(sscanf(all_said(), "%127s %ld", first, &pid), 2);
    assert_string_equal(ended, "");
    assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
    tick_until_ended(minder);
    move_clock(AFTER_ANY_PAUSE);
    tick_until(minder, ";", 2);
    assert_string_equal(ended, first);
    assert_int_equal(sscanf(strchr(all_said(), ';') + 1, "%127s", second), 1);
    assert_string_not_equal(first, second);
    minder_stop(minder, when_monotonic() + SOON);
    (void)snprintf(both, sizeof both, "%s %s", first, second);
    assert_string_equal(ended, both);
}

static void asked_to_finish_it_finishes(void **state)
{
    OWN_PTR(minder)
    minder = minding("trap 'echo finished >>\"$SMON_TEST_SAID\"; exit 0' TERM\n"
                     "echo ready >>\"$SMON_TEST_SAID\"\nwhile :; do sleep 0.02; done");

    (void)state;
    tick_until(minder, "ready", 1);
    minder_stop(minder, when_monotonic() + SOON);
    assert_int_equal(times_said("finished"), 1);
    minder_stop(minder, when_monotonic()); /* harmless twice */
}

static void what_does_not_listen_is_ended(void **state)
{
    OWN_PTR(minder)
    minder = minding("trap 'echo heard >>\"$SMON_TEST_SAID\"' TERM\n"
                     "echo pid=$$. >>\"$SMON_TEST_SAID\"\nwhile :; do sleep 0.02; done");
    ms   until;
    long pid;

    (void)state;
    tick_until(minder, ".", 1);
    pid = strtol(strstr(all_said(), "pid=") + strlen("pid="), NULL, 10);
    assert_int_equal(kill((pid_t)pid, 0), 0);
    until = when_monotonic() + 200;
    minder_stop(minder, until);
    assert_true(when_monotonic() >= until);
    assert_int_equal(times_said("heard"), 1);
    assert_int_equal(kill((pid_t)pid, 0), -1); /* and reaped */
}

static void a_program_that_is_not_there_is_named(void **state)
{
    static const char *const         flags[] = {"collect-program=/nowhere/collect"};
    static const struct minder_place place   = {"/nowhere/smon.sock", note_end, ended, NULL};
    OWN_PTR(config) config                   = NULL;
    struct fail    why                       = FAIL_OK;
    struct minder *minder                    = NULL;

    (void)state;
    CHECK_OK(config_load(NULL, flags, 1, &config, &why), &why);
    CHECK_FAILS(minder_new(config, &place, &minder, &why), FAIL_INPUT, &why);
    assert_non_null(strstr(why.text, "/nowhere/collect"));
    assert_non_null(strstr(why.text, "collect.program"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_given_settings_and_no_key),
        cmocka_unit_test(it_is_not_given_a_variable_that_holds_a_secret_of_ours),
        cmocka_unit_test(it_is_started_again_after_a_pause),
        cmocka_unit_test(its_end_is_told_with_the_name_it_had),
        cmocka_unit_test(asked_to_finish_it_finishes),
        cmocka_unit_test(what_does_not_listen_is_ended),
        cmocka_unit_test(a_program_that_is_not_there_is_named),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
