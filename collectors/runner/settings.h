/* settings.h -- what smon-collect is told by its environment.
 *
 * The service starts it with these variables; by hand on another host they are set the same way.
 * Names, defaults and meanings are those of the settings in `smon config show`. A value may be a
 * reference: "file:/path" for secrets. Texts are borrowed from the environment. */
#ifndef SMON_RUNNER_SETTINGS_H
#define SMON_RUNNER_SETTINGS_H

#include "base/when.h"

#include <stdbool.h>

struct buf;
struct fail;

struct settings {
    ms          enrich_give_up;
    const char *enrich_access;
    const char *enrich_role;
    char        enrich_external_id[1300];
    bool        emf_enabled;
    const char *emf_output;
    const char *emf_namespace;
    const char *emf_region;
    const char *log_level;
    const char *clock_file; /* NULL: none */
    char        key[256];   /* of role collect; "": none */
};

/* FAIL_INPUT names the variable. */
int settings_read(struct settings *out, struct fail *why);

/* One line for each variable: the part of --help that lists them. */
void settings_help(struct buf *out);

#endif
