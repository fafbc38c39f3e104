/* verbs.h -- the command line: the table of verbs, and what each of them keeps.
 *
 * A verb is one line in the table (verbs.c) and one file (jobs.c has verb_jobs). The table feeds
 * --help, the completion of three shells, did-you-mean, and a check that holds the manual page
 * against it. A verb prints its result to stdout and its complaint to stderr; `--json` makes the
 * result one JSON document. Names that others chose are shown inert (term.h). */
#ifndef SMON_VERBS_VERBS_H
#define SMON_VERBS_VERBS_H

#include <stddef.h>

struct config;
struct fail;

enum verb_exit { /* what the caller's shell sees; the last three are from sysexits.h */
                 VERB_OK          = 0,
                 VERB_FAILED      = 1,
                 VERB_USAGE       = 2,
                 VERB_UNAVAILABLE = 69, /* no service answers */
                 VERB_TEMPORARY   = 75, /* try again later */
                 VERB_CONFIG      = 78  /* a setting is wrong */
};

struct verb_flag {
    const char *name;  /* without dashes; NULL ends a list */
    const char *shape; /* "FILE", or "a|b" for a choice; NULL: stands alone */
    const char *meaning;
};

enum verb_mark {
    VERB_ASKS     = 1, /* talks to a running service: takes client_flags too */
    VERB_SETTINGS = 2  /* takes --config and every setting as a flag */
};

struct verb {
    const char             *name;
    const char *const      *words;    /* second words, the usual one first, then NULL; NULL: none */
    const char             *operands; /* as in usage: "[ID]"; "" for none */
    int                     most_operands;
    const char             *meaning;
    const struct verb_flag *flags; /* NULL: none of its own */
    unsigned                marks;
    int (*run)(int argc, char **argv); /* argv[0] is the verb; gives an enum verb_exit */
};

const struct verb *verbs_table(size_t *count);
const struct verb *verbs_find(const char *name); /* NULL: no such verb */

/* The whole program: finds the verb, answers --help and --version, says did-you-mean. */
int verbs_main(int argc, char **argv);

/* The flags every asking verb has; the flag of every verb (--json, --help). */
extern const struct verb_flag verbs_client_flags[];
extern const struct verb_flag verbs_common_flags[];

/* "smon jobs: sentence" to stderr, with what a terminal could mistake made inert.
 * Returns `code`. */
int verbs_complain(const char *verb, enum verb_exit code, const struct fail *why);

/* What the kind of a failed request means to the shell: temporary, unavailable or failed. */
enum verb_exit verbs_exit_of(const struct fail *why);

/* Reads --config FILE and all settings given as flags behind argv[0]. 0, or the exit code that
 * fits: VERB_USAGE for a flag that does not exist, VERB_CONFIG for a value that cannot be. *out is
 * yours. */
int verbs_read_settings(int argc, char **argv, struct config **out, struct fail *why);

int verb_serve(int argc, char **argv);
int verb_demo(int argc, char **argv);
int verb_config(int argc, char **argv);
int verb_keys(int argc, char **argv);
int verb_accounts(int argc, char **argv);
int verb_jobs(int argc, char **argv);
int verb_models(int argc, char **argv);
int verb_deployments(int argc, char **argv);
int verb_inferences(int argc, char **argv);
int verb_import(int argc, char **argv);
int verb_errands(int argc, char **argv);
int verb_events(int argc, char **argv);
int verb_quarantine(int argc, char **argv);
int verb_top(int argc, char **argv);
int verb_tail(int argc, char **argv);
int verb_send_test_event(int argc, char **argv);
int verb_completion(int argc, char **argv);
int verb_version(int argc, char **argv);

#endif
