#include "verbs/args.h"

#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/guess.h"
#include "base/mem.h"
#include "base/str.h"
#include "config.h"
#include "verbs/verbs.h"

enum { SETTING_TEXT_MOST = 16 * 1024 };

/* Where a flag is known from. */
struct known {
    const char *name;
    bool        is_switch;
    bool        is_setting;
};

static bool find_in(const struct verb_flag *flags, struct str name, struct guess *guess,
                    struct known *out)
{
    for (; flags && flags->name; flags++) {
        guess_offer(guess, flags->name);
        if (!str_is_text(name, flags->name))
            continue;
        *out = (struct known){flags->name, flags->shape == NULL, false};
        return true;
    }
    return false;
}

/* The names of settings as flags live only while we look, so the best guess is copied. */
static bool find_setting(struct str name, struct guess *guess, char best[CONFIG_FLAG_ROOM],
                         struct known *out)
{
    struct config_facts facts;
    char                flag[CONFIG_FLAG_ROOM];

    for (size_t i = 0; config_facts(i, &facts); i++) {
        const char *before = guess->best;

        config_flag(facts.name, flag);
        if (str_is_text(name, flag)) {
            *out = (struct known){facts.name, facts.is_switch, true};
            return true;
        }
        guess_offer(guess, flag);
        if (guess->best == flag) {
            memcpy(best, flag, sizeof flag);
            guess->best = best;
        } else {
            guess->best = before;
        }
    }
    return false;
}

static int find_flag(const struct verb *verb, struct str name, struct known *out, struct fail *why)
{
    static const struct verb_flag config_file[] = {{"config", "FILE", ""}, {0}};
    struct guess                  guess         = guess_of(name);
    char                          best[CONFIG_FLAG_ROOM];

    if (find_in(verb->flags, name, &guess, out) || find_in(verbs_common_flags, name, &guess, out)
        || (verb->marks & VERB_ASKS && find_in(verbs_client_flags, name, &guess, out))
        || (verb->marks & VERB_SETTINGS
            && (find_in(config_file, name, &guess, out) || find_setting(name, &guess, best, out))))
        return 0;
    if (guess_best(&guess))
        return fail_set(why, FAIL_INPUT, "there is no flag --%.*s; did you mean --%s?",
                        STR_ARG(name), guess_best(&guess));
    return fail_set(why, FAIL_INPUT, "there is no flag --%.*s; see smon %s --help", STR_ARG(name),
                    verb->name);
}

static int keep_setting(struct args *args, const struct known *known, struct str value,
                        struct fail *why)
{
    OWN(buf) text = BUF_UP_TO(SETTING_TEXT_MOST);
    char flag[CONFIG_FLAG_ROOM];

    if (args->setting_count == ARGS_MOST)
        return fail_set(why, FAIL_INPUT, "more than %d settings at once", ARGS_MOST);
    config_flag(known->name, flag);
    buf_format(&text, "%s=%.*s", flag, STR_ARG(value));
    if (buf_check(&text, why))
        return -1;
    args->settings[args->setting_count] = mem_copy(text.data, text.size);
    if (!args->settings[args->setting_count])
        return fail_set(why, FAIL_MEMORY, "no memory for the command line");
    args->setting_count++;
    return 0;
}

static int keep_flag(struct args *args, const struct known *known, const char *value,
                     struct fail *why)
{
    for (size_t i = 0; i < args->flag_count; i++) {
        if (strcmp(args->flags[i].name, known->name) == 0) {
            args->flags[i].value = value;
            return 0;
        }
    }
    if (args->flag_count == ARGS_MOST)
        return fail_set(why, FAIL_INPUT, "more than %d flags at once", ARGS_MOST);
    args->flags[args->flag_count].name  = known->name;
    args->flags[args->flag_count].value = value;
    args->flag_count++;
    return 0;
}

/* A setting that is on or off may stand alone, so what follows is its value only if it is one. */
static bool is_yes_no(const char *word)
{
    static const char *const words[] = {"yes", "no", "true", "false", "on", "off", "1", "0"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* Takes the flag at argv[*at], and its value, which may stand behind it. */
static int read_flag(struct args *args, int argc, char **argv, int *at, struct fail *why)
{
    struct str   value = str_of(argv[*at] + strlen("--")), name = STR_NONE;
    struct known known = {0};

    (void)str_cut(&value, '=', &name);
    if (find_flag(args->verb, name, &known, why))
        return -1;
    if (value.data && known.is_switch && !known.is_setting)
        return fail_set(why, FAIL_INPUT, "--%s takes no value", known.name);
    if (!value.data && !known.is_switch) {
        if (*at + 1 >= argc)
            return fail_set(why, FAIL_INPUT, "--%.*s wants a value", STR_ARG(name));
        value = str_of(argv[++*at]);
    } else if (!value.data && known.is_setting && *at + 1 < argc && is_yes_no(argv[*at + 1])) {
        value = str_of(argv[++*at]);
    } else if (!value.data) {
        value = known.is_setting ? STR("yes") : STR("");
    }
    return known.is_setting ? keep_setting(args, &known, value, why)
                            : keep_flag(args, &known, value.data, why);
}

/* The second word, when the verb has some; it stands right behind the verb. */
static int read_word(struct args *args, int argc, char **argv, int *at, struct fail *why)
{
    const char *const *words = args->verb->words;
    struct guess       guess = guess_of(argc > 1 ? str_of(argv[1]) : STR(""));

    if (!words)
        return 0;
    args->word = words[0];
    if (argc < 2 || argv[1][0] == '-')
        return 0;
    for (; *words; words++) {
        guess_offer(&guess, *words);
        if (strcmp(argv[1], *words) == 0) {
            args->word = *words;
            *at        = 2;
            return 0;
        }
    }
    if (guess_best(&guess))
        return fail_set(why, FAIL_INPUT, "there is no \"%s %s\"; did you mean \"%s %s\"?",
                        args->verb->name, argv[1], args->verb->name, guess_best(&guess));
    return fail_set(why, FAIL_INPUT, "there is no \"%s %s\"; see smon %s --help", args->verb->name,
                    argv[1], args->verb->name);
}

static int too_many(const struct args *args, const char *text, struct fail *why)
{
    return fail_set(why, FAIL_INPUT, "\"%s\" is one word too many; see smon %s --help", text,
                    args->verb->name);
}

static int keep_operand(struct args *args, const char *text, struct fail *why)
{
    if (args->operand_count >= (size_t)args->verb->most_operands)
        return too_many(args, text, why);
    args->operands[args->operand_count++] = text;
    return 0;
}

int args_read(const struct verb *verb, int argc, char **argv, struct args *out, struct fail *why)
{
    OWN(args) args     = {.verb = verb};
    bool is_past_flags = false;
    int  at            = 1;

    if (read_word(&args, argc, argv, &at, why))
        return -1;
    for (; at < argc; at++) {
        if (!is_past_flags && strcmp(argv[at], "--") == 0) {
            is_past_flags = true;
        } else if (!is_past_flags && strncmp(argv[at], "--", strlen("--")) == 0) {
            if (read_flag(&args, argc, argv, &at, why))
                return -1;
        } else if (!is_past_flags && argv[at][0] == '-' && argv[at][1]) {
            return fail_set(why, FAIL_INPUT, "there is no flag %s; flags start with two dashes",
                            argv[at]);
        } else if (keep_operand(&args, argv[at], why)) {
            return -1;
        }
    }
    *out = args;
    args = ARGS_NONE; /* its settings went along */
    return 0;
}

void args_release(struct args *args)
{
    for (size_t i = 0; i < args->setting_count; i++) {
        explicit_bzero(args->settings[i], strlen(args->settings[i]));
        mem_free(args->settings[i]);
    }
    args->setting_count = 0;
}

const char *args_flag(const struct args *args, const char *name)
{
    for (size_t i = 0; i < args->flag_count; i++)
        if (strcmp(args->flags[i].name, name) == 0)
            return args->flags[i].value;
    return NULL;
}

bool args_has(const struct args *args, const char *name)
{
    return args_flag(args, name) != NULL;
}

int args_number(const struct args *args, const char *name, int64_t least, int64_t most,
                int64_t otherwise, int64_t *out, struct fail *why)
{
    const char *value = args_flag(args, name);

    if (!value) {
        *out = otherwise;
        return 0;
    }
    if (str_to_i64(str_of(value), least, most, out))
        return fail_set(why, FAIL_INPUT, "--%s: \"%s\" is no number between %lld and %lld", name,
                        value, (long long)least, (long long)most);
    return 0;
}

int args_most_operands(const struct args *args, size_t most, struct fail *why)
{
    return args->operand_count > most ? too_many(args, args->operands[most], why) : 0;
}

int args_operand(const struct args *args, const char *what, const char **out, struct fail *why)
{
    return args_operand_at(args, 0, what, out, why);
}

int args_operand_at(const struct args *args, size_t at, const char *what, const char **out,
                    struct fail *why)
{
    if (args->operand_count <= at)
        return fail_set(why, FAIL_INPUT, "smon %s %s wants %s", args->verb->name,
                        args->word ? args->word : "", what);
    *out = args->operands[at];
    return 0;
}
