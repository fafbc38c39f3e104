#include <stdbool.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/fault.h"
#include "verbs/args.h"
#include "verbs/verbs.h"

static bool has_faults(void)
{
#ifdef SMON_FAULTS
    return true;
#else
    return false;
#endif
}

/* For tests that walk through them all. The names are ours and need no escaping. */
static void print_fault_points(void)
{
    for (size_t i = 0; fault_points[i]; i++)
        (void)puts(fault_points[i]);
    (void)printf("compiled in: %s\n", has_faults() ? "yes" : "no");
}

static void print_fault_points_json(void)
{
    (void)printf("{\"compiled_in\":%s,\"fault_points\":[", has_faults() ? "true" : "false");
    for (size_t i = 0; fault_points[i]; i++)
        (void)printf("%s\"%s\"", i ? "," : "", fault_points[i]);
    (void)puts("]}");
}

int verb_version(int argc, char **argv)
{
    OWN(args) args  = ARGS_NONE;
    struct fail why = FAIL_OK;

    if (args_read(verbs_find("version"), argc, argv, &args, &why))
        return verbs_complain("version", VERB_USAGE, &why);
    if (args_has(&args, "fault-points") && args_has(&args, "json"))
        print_fault_points_json();
    else if (args_has(&args, "fault-points"))
        print_fault_points();
    else if (args_has(&args, "json"))
        (void)printf("{\"name\":\"smon\",\"version\":\"%s\"}\n", SMON_VERSION);
    else
        (void)printf("smon %s\n", SMON_VERSION);
    return VERB_OK;
}
