#include "runner/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/str.h"

static const struct {
    const char *name, *otherwise, *meaning;
} VARIABLES[] = {
    {"SMON_COLLECT_KEY", "", "key of role collect for --url; file:PATH reads it from a file"},
    {"SMON_ENRICH_GIVE_UP", "30m", "take what CloudWatch has when this has passed since the end"},
    {"SMON_ENRICH_ACCESS", "auto", "auto | observability | assume"},
    {"SMON_ENRICH_ROLE", "sagemaker-monitoring-sourceaccount-role",
     "name of the role to assume in workload accounts"},
    {"SMON_ENRICH_EXTERNAL_ID", "", "external id for that role; file:PATH reads it from a file"},
    {"SMON_EMF_ENABLED", "yes", "write EMF documents"},
    {"SMON_EMF_OUTPUT", "stdout",
     "stdout | file:PATH | tcp://HOST:PORT | udp://HOST:PORT | logs:GROUP/STREAM"},
    {"SMON_EMF_NAMESPACE", "/sample/SageMakerMonitoring", "namespace of the metrics"},
    {"SMON_EMF_REGION", "", "region of the log group; empty: the default region"},
    {"SMON_LOG_LEVEL", "info", "error | warn | info | debug"},
};

enum { VARIABLE_COUNT = sizeof VARIABLES / sizeof VARIABLES[0] };

void settings_help(struct buf *out)
{
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        buf_format(out, "  %-24s %s%s%s%s\n", VARIABLES[i].name, VARIABLES[i].meaning,
                   VARIABLES[i].otherwise[0] ? " (" : "", VARIABLES[i].otherwise,
                   VARIABLES[i].otherwise[0] ? ")" : "");
}

/* Unset and empty mean the default. */
static const char *value_of(const char *name)
{
    const char *value = getenv(name);

    if (value && value[0])
        return value;
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        if (strcmp(VARIABLES[i].name, name) == 0)
            return VARIABLES[i].otherwise;
    return "";
}

static int read_file(const char *path, char *out, size_t room, struct fail *why)
{
    int     fd  = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, out, room);

    if (fd >= 0)
        (void)close(fd); /* only read from */
    if (got < 0)
        return fail_set(why, FAIL_INPUT, "%s: %s", path, strerror(errno));
    if ((size_t)got == room)
        return fail_set(why, FAIL_INPUT, "%s is too long", path);
    out[got]                  = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    return 0;
}

static int secret_of(const char *name, char *out, size_t room, struct fail *why)
{
    const char *value = value_of(name);

    if (str_starts(str_of(value), STR("file:")))
        return read_file(value + strlen("file:"), out, room, why) ? fail_in(why, "%s", name) : 0;
    if (str_to_c(str_of(value), out, room))
        return fail_set(why, FAIL_INPUT, "%s is too long", name);
    return 0;
}

static int switch_of(const char *name, bool *out, struct fail *why)
{
    static const struct {
        const char *word;
        bool        means;
    } words[]        = {{"yes", true}, {"true", true},   {"on", true},   {"1", true},
                        {"no", false}, {"false", false}, {"off", false}, {"0", false}};
    struct str value = str_of(value_of(name));

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_is_nocase(value, str_of(words[i].word))) {
            *out = words[i].means;
            return 0;
        }
    return fail_set(why, FAIL_INPUT, "%s is neither yes nor no", name);
}

static int span_of(const char *name, ms *out, struct fail *why)
{
    if (when_parse_span(str_of(value_of(name)), out))
        return fail_set(why, FAIL_INPUT, "%s is not a span of time like 90s or 30m", name);
    return 0;
}

int settings_read(struct settings *out, struct fail *why)
{
    struct settings read = {
        .enrich_access = value_of("SMON_ENRICH_ACCESS"),
        .enrich_role   = value_of("SMON_ENRICH_ROLE"),
        .emf_output    = value_of("SMON_EMF_OUTPUT"),
        .emf_namespace = value_of("SMON_EMF_NAMESPACE"),
        .emf_region    = value_of("SMON_EMF_REGION"),
        .log_level     = value_of("SMON_LOG_LEVEL"),
        .clock_file    = getenv("SMON_CLOCK_FILE"),
    };

    if (span_of("SMON_ENRICH_GIVE_UP", &read.enrich_give_up, why)
        || switch_of("SMON_EMF_ENABLED", &read.emf_enabled, why)
        || secret_of("SMON_COLLECT_KEY", read.key, sizeof read.key, why)
        || secret_of("SMON_ENRICH_EXTERNAL_ID", read.enrich_external_id,
                     sizeof read.enrich_external_id, why))
        return -1;
    *out = read;
    return 0;
}
