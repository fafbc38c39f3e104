/* A config as text: for people, as a file, as the environment of smon-collect. */
#include "config.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "config_table.h"
#include "format/compose.h"

#include <stdio.h>
#include <string.h>

enum { VALUE_MOST = 64 * 1024, HELP_COLUMN = 34 };

static const void *held(const struct config *config, const struct setting *setting)
{
    return (const char *)config + setting->offset;
}

static const char *text_of(const struct config *config, const struct setting *setting)
{
    return *(char *const *)held(config, setting);
}

/* "120000" as "2m": the largest unit that divides it. */
static void span_text(ms span, struct buf *out)
{
    static const struct {
        ms          unit;
        const char *name;
    } units[] = {{MS_DAY, "d"}, {MS_HOUR, "h"}, {MS_MINUTE, "m"}, {MS_SECOND, "s"}};

    for (size_t i = 0; span && i < sizeof units / sizeof *units; i++) {
        if (span % units[i].unit == 0) {
            buf_i64(out, span / units[i].unit);
            buf_text(out, units[i].name);
            return;
        }
    }
    buf_i64(out, span);
    buf_text(out, span ? "ms" : "s");
}

void config_value(const struct config *config, const struct setting *setting, struct buf *out)
{
    switch (setting->type) {
    case SETTING_TEXT:
    case SETTING_CHOICE: buf_text(out, text_of(config, setting)); break;
    case SETTING_YES_NO: buf_text(out, *(const bool *)held(config, setting) ? "yes" : "no"); break;
    case SETTING_SPAN: span_text(*(const ms *)held(config, setting), out); break;
    case SETTING_BYTES:
    case SETTING_COUNT: buf_i64(out, *(const int64_t *)held(config, setting)); break;
    }
}

static const char *origin_name(enum config_origin origin)
{
    switch (origin) {
    case ORIGIN_DEFAULT: return "default";
    case ORIGIN_FILE: return "file";
    case ORIGIN_ENVIRONMENT: return "environment";
    case ORIGIN_FLAG: return "flag";
    }
    return "?";
}

static void show_value(const struct config *config, const struct setting *setting, struct buf *out)
{
    if (setting->marks & SETTING_SECRET)
        buf_text(out, text_of(config, setting)[0] ? "(set)" : "");
    else
        config_value(config, setting, out);
}

static void show_json(const struct config *config, const struct setting *setting,
                      enum config_origin origin, struct compose *out)
{
    OWN(buf) value = BUF_UP_TO(VALUE_MOST);
    char flag[CONFIG_FLAG_ROOM], variable[CONFIG_FLAG_ROOM];

    show_value(config, setting, &value);
    config_flag(setting->name, flag);
    config_environment_name(setting->name, variable);
    compose_open(out, NULL, '{');
    compose_text(out, "name", str_of(setting->name));
    compose_text(out, "value", str_of(buf_c(&value)));
    compose_text(out, "origin", str_of(origin_name(origin)));
    compose_text(out, "default", str_of(setting->otherwise));
    compose_text(out, "flag", str_of(flag));
    compose_text(out, "environment", str_of(variable));
    compose_text(out, "meaning", str_of(setting->meaning));
    compose_close(out, '}');
}

static void show_plain(const struct config *config, const struct setting *setting,
                       enum config_origin origin, struct buf *out)
{
    OWN(buf) value = BUF_UP_TO(VALUE_MOST);

    show_value(config, setting, &value);
    buf_format(out, "%-24s %-32s %-12s %s\n", setting->name, value.size ? buf_c(&value) : "-",
               origin_name(origin), setting->meaning);
}

int config_show(const struct config *config, bool as_json, struct buf *out, struct fail *why)
{
    const struct config_loaded *loaded = (const struct config_loaded *)config;
    size_t                      count;
    const struct setting       *table = config_table(&count);
    struct compose              json  = compose_into(out);

    if (as_json)
        compose_open(&json, NULL, '[');
    for (size_t i = 0; i < count; i++) {
        if (as_json)
            show_json(config, &table[i], loaded->origin[i], &json);
        else
            show_plain(config, &table[i], loaded->origin[i], out);
    }
    if (as_json) {
        compose_close(&json, ']');
        buf_char(out, '\n');
    }
    return buf_check(out, why);
}

int config_template(struct buf *out, struct fail *why)
{
    size_t                count;
    const struct setting *table = config_table(&count);

    buf_text(out,
             "# Settings of smon. Every line shows a default; take away the '#' to change it.\n"
             "# Order: flag > environment > this file > default. Secrets only by reference:\n"
             "# file:/path or env:NAME. `smon config check --config FILE` says what is wrong.\n"
             "# A name may also be written in sections: enrich: and, indented, settle: 120s.\n");
    for (size_t i = 0; i < count; i++) {
        char variable[CONFIG_FLAG_ROOM];

        config_environment_name(table[i].name, variable);
        buf_format(out, "\n# %s\n# %s, %s\n#%s: %s\n", table[i].meaning, table[i].shape, variable,
                   table[i].name, table[i].otherwise[0] ? table[i].otherwise : "\"\"");
    }
    return buf_check(out, why);
}

int config_help(struct buf *out, struct fail *why)
{
    size_t                count;
    const struct setting *table = config_table(&count);

    for (size_t i = 0; i < count; i++) {
        char flag[CONFIG_FLAG_ROOM], shown[2 * CONFIG_FLAG_ROOM];

        config_flag(table[i].name, flag);
        (void)snprintf(shown, sizeof shown, "--%s %s", flag,
                       table[i].shape); /* a cut help is one */
        buf_format(out, "  %-*s %s", HELP_COLUMN, shown, table[i].meaning);
        if (table[i].otherwise[0])
            buf_format(out, " (%s)", table[i].otherwise);
        buf_char(out, '\n');
    }
    return buf_check(out, why);
}

char **config_environment(const struct config *config, struct fail *why)
{
    size_t                count, used = 0;
    const struct setting *table       = config_table(&count);
    char                **environment = mem_array(count + 1, sizeof *environment);

    for (size_t i = 0; environment && i < count; i++) {
        OWN(buf) line = BUF_UP_TO(VALUE_MOST);
        char variable[CONFIG_FLAG_ROOM];

        if (!(table[i].marks & SETTING_COLLECTOR))
            continue;
        config_environment_name(table[i].name, variable);
        buf_format(&line, "%s=", variable);
        config_value(config, &table[i], &line);
        environment[used] = line.broken ? NULL : mem_copy(line.data, line.size);
        if (!environment[used++]) {
            config_environment_free(environment);
            environment = NULL;
        }
    }
    if (!environment)
        (void)fail_set(why, FAIL_MEMORY, "no memory for the collector's environment");
    return environment;
}

void config_environment_free(char **environment)
{
    for (size_t i = 0; environment && environment[i]; i++) {
        explicit_bzero(environment[i], strlen(environment[i]));
        mem_free(environment[i]);
    }
    mem_free(environment);
}
