/* args.h -- the words behind a verb, sorted: its second word, its flags, its operands.
 *
 * `--name value` and `--name=value` are the same; a setting that is yes or no is yes when it stands
 * alone; `--` ends the flags; a flag given twice keeps its last value. What is not known is refused
 * with did-you-mean. */
#ifndef SMON_VERBS_ARGS_H
#define SMON_VERBS_ARGS_H

#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;
struct verb;

enum { ARGS_MOST = 64 };

struct args {
    const struct verb *verb;
    const char        *word; /* "list"; the first of verb->words when none was given */
    const char        *operands[ARGS_MOST];
    size_t             operand_count;
    struct {
        const char *name;  /* from the verb's table */
        const char *value; /* "" when it stands alone */
    } flags[ARGS_MOST];
    size_t flag_count;
    char  *settings[ARGS_MOST]; /* "enrich-settle=30s", as config_load wants them */
    size_t setting_count;
};
#define ARGS_NONE ((struct args){.verb = NULL})

/* Borrows argv. FAIL_INPUT names the word that is wrong. */
int  args_read(const struct verb *verb, int argc, char **argv, struct args *out, struct fail *why);
void args_release(struct args *args);

const char *args_flag(const struct args *args, const char *name); /* NULL: not given */
bool        args_has(const struct args *args, const char *name);
/* A whole number within bounds; `otherwise` when the flag is not given. */
int args_number(const struct args *args, const char *name, int64_t least, int64_t most,
                int64_t otherwise, int64_t *out, struct fail *why);
/* For a second word that takes less than its verb: FAIL_INPUT names the first operand too many. */
int args_most_operands(const struct args *args, size_t most, struct fail *why);
/* The only operand; FAIL_INPUT says what is missing ("an id"). */
int args_operand(const struct args *args, const char *what, const char **out, struct fail *why);
/* The same for a verb with several: the one at `at`, counted from 0. */
int args_operand_at(const struct args *args, size_t at, const char *what, const char **out,
                    struct fail *why);

#endif
