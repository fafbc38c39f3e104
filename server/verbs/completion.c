/* smon completion: what the shells offer behind <Tab>, made from the table of verbs. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/own.h"
#include "base/str.h"
#include "config.h"
#include "verbs/args.h"
#include "verbs/verbs.h"

enum { SCRIPT_MOST = 512 * 1024 };

/* Called for every flag a verb takes. */
typedef void visit_flag(const char *name, const char *shape, const char *meaning, struct buf *out);

static void each_in(const struct verb_flag *flags, visit_flag *visit, struct buf *out)
{
    for (; flags && flags->name; flags++)
        visit(flags->name, flags->shape, flags->meaning, out);
}

static void each_flag(const struct verb *verb, visit_flag *visit, struct buf *out)
{
    struct config_facts facts;

    each_in(verb->flags, visit, out);
    each_in(verbs_common_flags, visit, out);
    if (verb->marks & VERB_ASKS)
        each_in(verbs_client_flags, visit, out);
    if (!(verb->marks & VERB_SETTINGS))
        return;
    visit("config", "FILE", "settings file", out);
    for (size_t i = 0; config_facts(i, &facts); i++) {
        char flag[CONFIG_FLAG_ROOM];

        config_flag(facts.name, flag);
        visit(flag, facts.is_switch ? NULL : facts.shape, facts.meaning, out);
    }
}

/* Text within single quotes of a shell. */
static void quoted(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_text(out, "'\\''");
        else
            buf_char(out, *text);
    }
}

static bool is_path(const char *shape)
{
    return shape
           && (strcmp(shape, "FILE") == 0 || strcmp(shape, "DIR") == 0
               || strcmp(shape, "PATH") == 0);
}

static bool is_choice(const char *shape)
{
    return shape && strchr(shape, '|');
}

static void words_of(const struct verb *verb, struct buf *out)
{
    for (size_t i = 0; verb->words && verb->words[i]; i++)
        buf_format(out, "%s ", verb->words[i]);
}

/* ---- bash ----------------------------------------------------------------------------------- */

static void bash_flag(const char *name, const char *shape, const char *meaning, struct buf *out)
{
    (void)shape;
    (void)meaning;
    buf_format(out, "--%s ", name);
}

static void bash_value(const char *name, const char *shape, const char *meaning, struct buf *out)
{
    (void)meaning;
    if (is_path(shape)) {
        buf_format(out, "        --%s) compopt -o default; COMPREPLY=(); return ;;\n", name);
    } else if (is_choice(shape)) {
        struct str rest = str_of(shape), word;

        buf_format(out, "        --%s) words='", name);
        while (str_cut(&rest, '|', &word))
            buf_format(out, "%.*s ", STR_ARG(word));
        buf_text(out, "' ;;\n");
    }
}

static void bash(const struct verb *verbs, size_t count, struct buf *out)
{
    buf_text(out,
             "# bash completion for smon: source <(smon completion bash)\n"
             "_smon() {\n"
             "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
             "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words='");
    for (size_t i = 0; i < count; i++)
        buf_format(out, "%s ", verbs[i].name);
    buf_text(out, "'\n    else\n    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < count; i++) {
        buf_format(out, "    %s)\n        [ \"$COMP_CWORD\" -eq 2 ] && words='", verbs[i].name);
        words_of(&verbs[i], out);
        buf_text(out, "'\n        words+=' ");
        each_flag(&verbs[i], bash_flag, out);
        buf_text(out, "'\n        case $prev in\n");
        each_flag(&verbs[i], bash_value, out);
        buf_text(out, "        esac ;;\n");
    }
    buf_text(out, "    esac\n    fi\n"
                  "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
                  "}\ncomplete -F _smon smon\n");
}

/* ---- zsh ------------------------------------------------------------------------------------ */

/* In an _arguments text, ':' and ']' have a meaning. */
static void zsh_text(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '[' || *text == ']' || *text == ':')
            buf_char(out, '\\');
        if (*text == '\'')
            buf_text(out, "'\\''");
        else
            buf_char(out, *text);
    }
}

static void zsh_flag(const char *name, const char *shape, const char *meaning, struct buf *out)
{
    buf_format(out, " \\\n            '--%s%s[", name, shape ? "=" : "");
    zsh_text(meaning, out);
    buf_char(out, ']');
    if (is_choice(shape)) {
        struct str rest = str_of(shape), word;

        buf_text(out, ":value:(");
        while (str_cut(&rest, '|', &word))
            buf_format(out, "%.*s ", STR_ARG(word));
        buf_char(out, ')');
    } else if (shape) {
        buf_format(out, ":value:%s", is_path(shape) ? "_files" : "");
    }
    buf_char(out, '\'');
}

static void zsh(const struct verb *verbs, size_t count, struct buf *out)
{
    buf_text(out,
             "#compdef smon\n# zsh completion for smon: put it as _smon into a folder of $fpath\n"
             "_smon() {\n    local -a verbs\n    verbs=(\n");
    for (size_t i = 0; i < count; i++) {
        buf_format(out, "        '%s:", verbs[i].name);
        zsh_text(verbs[i].meaning, out);
        buf_text(out, "'\n");
    }
    buf_text(out, "    )\n    if (( CURRENT == 2 )); then _describe verb verbs; return; fi\n"
                  "    case $words[2] in\n");
    for (size_t i = 0; i < count; i++) {
        buf_format(out, "    %s)\n        _arguments '1: :()'", verbs[i].name);
        if (verbs[i].words) {
            buf_text(out, " '2:what:(");
            words_of(&verbs[i], out);
            buf_text(out, ")'");
        }
        each_flag(&verbs[i], zsh_flag, out);
        buf_text(out, " ;;\n");
    }
    buf_text(out, "    esac\n}\n_smon \"$@\"\n");
}

/* ---- fish ----------------------------------------------------------------------------------- */

static void fish_flag(const char *name, const char *shape, const char *meaning, struct buf *out)
{
    buf_format(out, " -l %s %s -d '", name, is_path(shape) ? "-r -F" : shape ? "-x" : "-f");
    quoted(meaning, out);
    buf_char(out, '\'');
    if (is_choice(shape)) {
        struct str rest = str_of(shape), word;

        buf_text(out, " -a '");
        while (str_cut(&rest, '|', &word))
            buf_format(out, "%.*s ", STR_ARG(word));
        buf_char(out, '\'');
    }
    buf_char(out, '\n');
}

/* Every line of fish names its verb: the flags are written once, and that name put before each. */
static void fish_verb(const struct verb *verb, struct buf *out)
{
    OWN(buf) lines = BUF_UP_TO(SCRIPT_MOST);
    struct str rest, line;

    each_flag(verb, fish_flag, &lines);
    rest = buf_view(&lines);
    while (str_cut(&rest, '\n', &line) && line.size)
        buf_format(out, "complete -c smon -n '__fish_seen_subcommand_from %s'%.*s\n", verb->name,
                   STR_ARG(line));
}

static void fish(const struct verb *verbs, size_t count, struct buf *out)
{
    buf_text(out,
             "# fish completion for smon: smon completion fish | source\ncomplete -c smon -f\n");
    for (size_t i = 0; i < count; i++) {
        buf_format(out, "complete -c smon -n __fish_use_subcommand -a %s -d '", verbs[i].name);
        quoted(verbs[i].meaning, out);
        buf_text(out, "'\n");
        if (verbs[i].words) {
            buf_format(out, "complete -c smon -n '__fish_seen_subcommand_from %s' -a '",
                       verbs[i].name);
            words_of(&verbs[i], out);
            buf_text(out, "'\n");
        }
        fish_verb(&verbs[i], out);
    }
}

int verb_completion(int argc, char **argv)
{
    OWN(args) args           = ARGS_NONE;
    OWN(buf) script          = BUF_UP_TO(SCRIPT_MOST);
    struct fail        why   = FAIL_OK;
    size_t             count = 0;
    const struct verb *verbs = verbs_table(&count);

    if (args_read(verbs_find("completion"), argc, argv, &args, &why))
        return verbs_complain("completion", VERB_USAGE, &why);
    if (strcmp(args.word, "zsh") == 0)
        zsh(verbs, count, &script);
    else if (strcmp(args.word, "fish") == 0)
        fish(verbs, count, &script);
    else
        bash(verbs, count, &script);
    if (buf_check(&script, &why))
        return verbs_complain("completion", VERB_TEMPORARY, &why);
    (void)fwrite(script.data, 1, script.size, stdout); /* verbs_main looks at stdout at the end */
    return VERB_OK;
}
