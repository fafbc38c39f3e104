#include "config.h"

#include "base/fail.h"
#include "base/guess.h"
#include "base/mem.h"
#include "base/str.h"
#include "config_table.h"
#include "wire/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT(member) offsetof(struct config, member)

enum {
    TEXT_MOST    = 1024,
    SECRET_MOST  = 16 * 1024, /* bytes of a file that holds one */
    THREADS_MOST = 64,
    SOCKETS_MOST = 100000,
    PLACE_ROOM   = 300,
    SPAN_MOST    = 24 /* longest number with its unit */
};
static const int64_t AGE_MOST   = (int64_t)36500 * MS_DAY;
static const int64_t BYTES_MOST = (int64_t)1 << 50;

static const struct setting table[] = {
    {"data", SETTING_TEXT, AT(data), "./smon-data", 1, TEXT_MOST, 0, "DIR",
     "where everything is kept"},
    {"listen", SETTING_TEXT, AT(listen), "127.0.0.1:8080", 1, TEXT_MOST, 0, "HOST:PORT",
     "where posts and questions come in; port 0 lets the system choose"},
    {"listen.behind_proxy", SETTING_YES_NO, AT(behind_proxy), "no", 0, 0, 0, "yes|no",
     "clear text beyond loopback is meant so: a proxy in front does TLS"},
    {"listen.open_reading", SETTING_YES_NO, AT(open_reading), "no", 0, 0, 0, "yes|no",
     "who has no key may read everything; on loopback only, for a look around"},
    {"listen.socket", SETTING_TEXT, AT(socket), "", 0, TEXT_MOST, 0, "PATH",
     "local socket for verbs and the collector; empty: smon.sock in the data directory"},
    {"tls.certificate", SETTING_TEXT, AT(tls_certificate), "", 0, TEXT_MOST, 0, "FILE",
     "PEM file with the certificate chain; read again on SIGHUP"},
    {"tls.key", SETTING_TEXT, AT(tls_key), "", 0, TEXT_MOST, 0, "FILE", "PEM file with its key"},
    {"store.url", SETTING_TEXT, AT(store_url), "", 0, TEXT_MOST, SETTING_SECRET, "URL",
     "postgres://... ; empty: SQLite in the data directory"},
    {"retention.age", SETTING_SPAN, AT(retention_age), "400d", 0, AGE_MOST, 0, "TIME",
     "older events are removed; at least 7d, or 0 to keep them for ever"},
    {"retention.bytes", SETTING_BYTES, AT(retention_bytes), "0", 0, BYTES_MOST, 0, "SIZE",
     "the store's size above which the oldest go first; 0: no bound"},
    {"inferences.retention", SETTING_SPAN, AT(inferences_age), "30d", 0, AGE_MOST, 0, "TIME",
     "older inference transactions are removed, their sums by hour stay; 0 keeps them for ever"},
    {"inferences.minutes", SETTING_SPAN, AT(inferences_minutes), "3d", 0, AGE_MOST, 0, "TIME",
     "older sums by minute are removed, but none of the last 8 hours; 0 keeps them for ever"},
    {"prices.file", SETTING_TEXT, AT(prices_file), "", 0, TEXT_MOST, 0, "FILE",
     "YAML: USD an hour by instance type, also within a region; empty: no job has a cost"},
    {"admin_key", SETTING_TEXT, AT(admin_key), "", 0, TEXT_MOST, SETTING_SECRET, "KEY",
     "smon_<kid>_<secret>, accepted with every role; the secret has at least 32 characters"},
    {"intake.key_headers", SETTING_TEXT, AT(key_headers), "X-API-Key", 1, TEXT_MOST, 0, "NAMES",
     "headers that may carry a key to /ingest/, besides Authorization; several with commas"},
    {"models.packages_namespace", SETTING_TEXT, AT(packages_namespace), "/sagemaker", 1, TEXT_MOST,
     0, "PATH", "where models of SageMaker model packages stand that say nothing else"},
    {"grafana.origins", SETTING_TEXT, AT(grafana_origins), "", 0, TEXT_MOST, 0, "ORIGINS",
     "pages of these may ask under /grafana from a browser (https://grafana.example.com); several "
     "with commas"},
    {"enrich.settle", SETTING_SPAN, AT(enrich_settle), "120s", 0, MS_DAY, SETTING_COLLECTOR, "TIME",
     "wait after a job's end before CloudWatch is asked"},
    {"enrich.give_up", SETTING_SPAN, AT(enrich_give_up), "30m", 0, 7 * (int64_t)MS_DAY,
     SETTING_COLLECTOR, "TIME", "stop asking again for late metrics this long after the end"},
    {"enrich.access", SETTING_CHOICE, AT(enrich_access), "auto", 0, 0, SETTING_COLLECTOR,
     "auto|observability|assume", "how metrics of workload accounts are reached"},
    {"enrich.role", SETTING_TEXT, AT(enrich_role), "sagemaker-monitoring-sourceaccount-role", 1, 64,
     SETTING_COLLECTOR, "NAME", "role assumed in workload accounts"},
    {"enrich.external_id", SETTING_TEXT, AT(enrich_external_id), "", 0, TEXT_MOST,
     SETTING_SECRET | SETTING_COLLECTOR, "ID", "external id given when that role is assumed"},
    {"emf.enabled", SETTING_YES_NO, AT(emf_enabled), "yes", 0, 0, SETTING_COLLECTOR, "yes|no",
     "write an EMF document for every completion"},
    {"emf.output", SETTING_TEXT, AT(emf_output), "stdout", 1, TEXT_MOST, SETTING_COLLECTOR,
     "OUTPUT", "stdout, file:PATH, tcp://HOST:PORT, udp://HOST:PORT or logs:GROUP/STREAM"},
    {"emf.namespace", SETTING_TEXT, AT(emf_namespace), "/sample/SageMakerMonitoring", 1, 255,
     SETTING_COLLECTOR, "NAME", "CloudWatch namespace of the EMF metrics"},
    {"emf.region", SETTING_TEXT, AT(emf_region), "", 0, 64, SETTING_COLLECTOR, "REGION",
     "region of the log group; empty: the default region"},
    {"collect.enabled", SETTING_YES_NO, AT(collect_enabled), "yes", 0, 0, 0, "yes|no",
     "start smon-collect beside the service and watch it"},
    {"collect.program", SETTING_TEXT, AT(collect_program), "", 0, TEXT_MOST, 0, "FILE",
     "the collector; empty: smon-collect beside smon"},
    {"shutdown.drain", SETTING_SPAN, AT(drain), "20s", 0, MS_HOUR, 0, "TIME",
     "how long a stop waits for what is under way"},
    {"limits.connections", SETTING_COUNT, AT(most_connections), "1024", 8, SOCKETS_MOST, 0,
     "NUMBER", "connections at one time"},
    {"limits.per_address", SETTING_COUNT, AT(most_per_address), "256", 0, SOCKETS_MOST, 0, "NUMBER",
     "connections from one address; 0: no such limit"},
    {"limits.request_deadline", SETTING_SPAN, AT(request_deadline), "10s", 100, MS_HOUR, 0, "TIME",
     "from a request's first byte to its last"},
    {"limits.query_deadline", SETTING_SPAN, AT(query_deadline), "25s", 100, MS_HOUR, 0, "TIME",
     "a question that takes longer is given up"},
    {"limits.reader_threads", SETTING_COUNT, AT(reader_threads), "2", 1, THREADS_MOST, 0, "NUMBER",
     "questions answered at one time"},
    {"log.level", SETTING_CHOICE, AT(log_level), "info", 0, 0, SETTING_COLLECTOR,
     "error|warn|info|debug", "how much is logged to stderr"},
};
_Static_assert(sizeof table / sizeof *table <= SETTING_MOST, "raise SETTING_MOST");

const struct setting *config_table(size_t *count)
{
    *count = sizeof table / sizeof *table;
    return table;
}

int config_facts(size_t at, struct config_facts *out)
{
    if (at >= sizeof table / sizeof *table)
        return 0;
    *out = (struct config_facts){.name      = table[at].name,
                                 .shape     = table[at].shape,
                                 .otherwise = table[at].otherwise,
                                 .meaning   = table[at].meaning,
                                 .is_switch = table[at].type == SETTING_YES_NO,
                                 .is_secret = table[at].marks & SETTING_SECRET};
    return 1;
}

static void respell(const char *name, const char *start, const char *signs, char *out)
{
    size_t at = strlen(start);

    memcpy(out, start, at);
    for (; *name && at + 1 < CONFIG_FLAG_ROOM; name++)
        out[at++] = *name == '.' || *name == '_'                      ? signs[0]
                    : signs[0] == '_' && *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A')
                                                                      : *name;
    out[at] = '\0';
}

void config_flag(const char *name, char out[CONFIG_FLAG_ROOM])
{
    respell(name, "", "-", out);
}

void config_environment_name(const char *name, char out[CONFIG_FLAG_ROOM])
{
    respell(name, "SMON_", "_", out);
}

/* ---- one value ------------------------------------------------------------------------------ */

/* Where a value stands, for the sentence; and what kind of place that is. */
struct place {
    enum config_origin origin;
    char               text[PLACE_ROOM]; /* "smon.yaml:12", "SMON_DATA", "--data" */
};

static int set_text(char **held, struct str value, struct fail *why)
{
    char *copy = mem_copy(value.data ? value.data : "", value.size);

    if (!copy)
        return fail_set(why, FAIL_MEMORY, "no memory for the settings");
    mem_free(*held);
    *held = copy;
    return 0;
}

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
            return true;
    return false;
}

static int parse_text(const struct setting *setting, struct str value, char **held,
                      struct fail *why)
{
    if (has_control(value))
        return fail_set(why, FAIL_INPUT, "a control character has no place in it");
    if ((int64_t)value.size < setting->least)
        return fail_set(why, FAIL_INPUT, "it must not be empty");
    if ((int64_t)value.size > setting->most)
        return fail_set(why, FAIL_INPUT, "it is longer than %lld bytes", (long long)setting->most);
    return set_text(held, value, why);
}

static int parse_choice(const struct setting *setting, struct str value, char **held,
                        struct fail *why)
{
    struct str rest = str_of(setting->shape), word;

    while (str_cut(&rest, '|', &word))
        if (str_is(word, value))
            return set_text(held, value, why);
    return fail_set(why, FAIL_INPUT, "\"%.*s\" is none of %s", STR_ARG(value), setting->shape);
}

static int parse_yes_no(struct str value, bool *out, struct fail *why)
{
    static const struct {
        const char *word;
        bool        value;
    } words[] = {{"yes", true}, {"true", true},   {"on", true},   {"1", true},
                 {"no", false}, {"false", false}, {"off", false}, {"0", false}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is_nocase(value, str_of(words[i].word))) {
            *out = words[i].value;
            return 0;
        }
    }
    return fail_set(why, FAIL_INPUT, "\"%.*s\" is neither yes nor no", STR_ARG(value));
}

static int in_bounds(const struct setting *setting, int64_t number, struct fail *why)
{
    struct str unit = setting->type == SETTING_SPAN ? STR(" ms") : STR("");

    if (number >= setting->least && number <= setting->most)
        return 0;
    return fail_set(why, FAIL_INPUT, "it must be between %lld and %lld%.*s",
                    (long long)setting->least, (long long)setting->most, STR_ARG(unit));
}

/* "10GiB", "512 MB", "7": all units are powers of 1024. */
static int parse_bytes(struct str value, int64_t *out)
{
    static const struct {
        char letter;
        int  shift;
    } units[] = {{'k', 10}, {'m', 20}, {'g', 30}, {'t', 40}};
    int shift = 0;

    if (str_ends(value, STR("B")) || str_ends(value, STR("b")))
        value.size--;
    if (str_ends(value, STR("i")))
        value.size--;
    for (size_t i = 0; value.size && i < sizeof units / sizeof *units; i++) {
        if ((value.data[value.size - 1] | 0x20) == units[i].letter) {
            shift = units[i].shift;
            value = str_trim(str_part(value, 0, value.size - 1));
            break;
        }
    }
    if (str_to_i64(value, 0, INT64_MAX >> shift, out))
        return -1;
    *out <<= shift;
    return 0;
}

static int parse_number(const struct setting *setting, struct str value, int64_t *held,
                        struct fail *why)
{
    int64_t number;

    switch (setting->type) {
    case SETTING_SPAN:
        if (value.size > SPAN_MOST || when_parse_span(value, &number))
            return fail_set(why, FAIL_INPUT, "\"%.*s\" is no time (90s, 15m, 6h, 30d, 250ms)",
                            STR_ARG(value));
        break;
    case SETTING_BYTES:
        if (parse_bytes(value, &number))
            return fail_set(why, FAIL_INPUT, "\"%.*s\" is no size (0, 512MiB, 10GiB)",
                            STR_ARG(value));
        break;
    case SETTING_TEXT:
    case SETTING_CHOICE:
    case SETTING_YES_NO:
    case SETTING_COUNT:
        if (str_to_i64(value, INT64_MIN, INT64_MAX, &number))
            return fail_set(why, FAIL_INPUT, "\"%.*s\" is no whole number", STR_ARG(value));
        break;
    }
    if (in_bounds(setting, number, why))
        return -1;
    *held = number;
    return 0;
}

static int parse_value(const struct setting *setting, struct str value, struct config *config,
                       struct fail *why)
{
    void *held = (char *)config + setting->offset;

    switch (setting->type) {
    case SETTING_TEXT: return parse_text(setting, value, held, why);
    case SETTING_CHOICE: return parse_choice(setting, value, held, why);
    case SETTING_YES_NO: return parse_yes_no(value, held, why);
    case SETTING_SPAN:
    case SETTING_BYTES:
    case SETTING_COUNT: return parse_number(setting, value, held, why);
    }
    return fail_set(why, FAIL_BUG, "a setting of no type");
}

/* ---- secrets -------------------------------------------------------------------------------- */

static int read_secret_file(const char *path, struct buf *out, struct fail *why)
{
    FILE  *file = fopen(path, "re");
    char   piece[512];
    size_t got;
    int    failed;

    if (!file)
        return fail_set(why, FAIL_INPUT, "%s: %s", path, strerror(errno));
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(out, piece, got);
    failed = ferror(file);
    (void)fclose(file); /* it was only read */
    explicit_bzero(piece, sizeof piece);
    if (failed)
        return fail_set(why, FAIL_INPUT, "%s cannot be read", path);
    return buf_check(out, why);
}

/* A store URL may stand in the open as long as it carries no password. */
static bool is_open_url(const struct setting *setting, struct str value)
{
    const char *text  = value.data ? value.data : "";
    const char *at    = memchr(text, '@', value.size);
    struct str  login = str_part(value, 0, at ? (size_t)(at - text) : 0);
    struct str  user  = str_part(login, strlen("postgres://"), login.size);

    return setting->offset == AT(store_url) && !memchr(user.data ? user.data : "", ':', user.size)
           && !memmem(text, value.size, "password=", strlen("password="));
}

/* What a reference leads to. 1: *out holds it; 0: this is no reference; -1. */
static int follow(struct str value, struct buf *out, struct fail *why)
{
    bool        is_file = str_starts(value, STR("file:"));
    char        name[TEXT_MOST];
    const char *held;

    if (!is_file && !str_starts(value, STR("env:")))
        return 0;
    if (str_to_c(str_part(value, is_file ? strlen("file:") : strlen("env:"), value.size), name,
                 sizeof name))
        return fail_set(why, FAIL_INPUT, "the reference is longer than %d bytes", TEXT_MOST);
    if (is_file)
        return read_secret_file(name, out, why) ? -1 : 1;
    held = getenv(name);
    if (!held)
        return fail_set(why, FAIL_INPUT, "env:%s: there is no such variable", name);
    buf_text(out, held);
    return buf_check(out, why) ? -1 : 1;
}

static int take_secret(const struct setting *setting, struct str value, const struct place *place,
                       struct config *config, struct fail *why)
{
    OWN(buf) held    = BUF_UP_TO(SECRET_MOST);
    int  found       = follow(value, &held, why);
    bool may_be_open = place->origin == ORIGIN_ENVIRONMENT || place->origin == ORIGIN_DEFAULT
                       || value.size == 0 || is_open_url(setting, value);

    if (found < 0)
        return -1;
    if (found) {
        value = str_trim(buf_view(&held));
        return value.size ? parse_value(setting, value, config, why)
                          : fail_set(why, FAIL_INPUT, "the reference leads to an empty text");
    }
    if (!may_be_open)
        return fail_set(why, FAIL_INPUT, "a secret is given by reference: file:/path or env:NAME");
    return parse_value(setting, value, config, why);
}

/* ---- the four layers ------------------------------------------------------------------------ */

static int take(struct config_loaded *loaded, size_t at, struct str value,
                const struct place *place, struct fail *why)
{
    const struct setting *setting = &table[at];
    int                   failed  = setting->marks & SETTING_SECRET
                                        ? take_secret(setting, value, place, &loaded->config, why)
                                        : parse_value(setting, value, &loaded->config, why);

    if (failed && place->origin == ORIGIN_FILE)
        return fail_in(why, "%s: %s", place->text, setting->name);
    if (failed)
        return fail_in(why, "%s", place->text);
    loaded->origin[at] = place->origin;
    return 0;
}

static int load_defaults(struct config_loaded *loaded, struct fail *why)
{
    struct place place = {.origin = ORIGIN_DEFAULT};

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        (void)snprintf(place.text, sizeof place.text, "default of %s", table[i].name);
        if (take(loaded, i, str_of(table[i].otherwise), &place, why))
            return -1;
    }
    return 0;
}

struct file_reading {
    struct config_loaded *loaded;
    const char           *path;
    int                   lines[SETTING_MOST]; /* where each was set; 0: not yet */
};

static int file_setting(void *ctx, const char *name, struct str value, int line, struct fail *why)
{
    struct file_reading *reading = ctx;
    struct guess         guess   = guess_of(str_of(name));
    struct place         place   = {.origin = ORIGIN_FILE};

    (void)snprintf(place.text, sizeof place.text, "%s:%d", reading->path, line);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        guess_offer(&guess, table[i].name);
        if (strcmp(table[i].name, name) != 0)
            continue;
        if (reading->lines[i])
            return fail_set(why, FAIL_INPUT, "%s: %s stands in line %d already", place.text, name,
                            reading->lines[i]);
        reading->lines[i] = line;
        return take(reading->loaded, i, value, &place, why);
    }
    if (guess_best(&guess))
        return fail_set(why, FAIL_INPUT, "%s: there is no setting %s; did you mean %s?", place.text,
                        name, guess_best(&guess));
    return fail_set(why, FAIL_INPUT, "%s: there is no setting %s; `smon config show` lists them",
                    place.text, name);
}

/* One that is nearly a setting's was meant to be it. Others are left alone: where a service is
 * called smon, Kubernetes sets SMON_PORT and the like. */
static int check_variable(struct str name, struct fail *why)
{
    struct guess guess = guess_of(str_part(name, strlen("SMON_"), name.size));
    char         known[sizeof table / sizeof *table][CONFIG_FLAG_ROOM];

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        config_environment_name(table[i].name, known[i]);
        if (str_is_text(name, known[i]))
            return 0;
        guess_offer(&guess, known[i] + strlen("SMON_"));
    }
    if (!guess_best(&guess))
        return 0;
    return fail_set(why, FAIL_INPUT, "%.*s: there is no such setting; did you mean SMON_%s?",
                    STR_ARG(name), guess_best(&guess));
}

static int check_environment(struct fail *why)
{
    for (char **at = environ; *at; at++) {
        struct str rest = str_of(*at), name;

        if (str_starts(rest, STR("SMON_")) && str_cut(&rest, '=', &name)
            && check_variable(name, why))
            return -1;
    }
    return 0;
}

static int load_environment(struct config_loaded *loaded, struct fail *why)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct place place = {.origin = ORIGIN_ENVIRONMENT};
        const char  *value;

        config_environment_name(table[i].name, place.text);
        value = getenv(place.text);
        if (value && take(loaded, i, str_of(value), &place, why))
            return -1;
    }
    return 0;
}

static int load_flag(struct config_loaded *loaded, struct str flag, struct fail *why)
{
    struct place place = {.origin = ORIGIN_FLAG};
    struct str   name = STR_NONE, value = flag;
    struct guess guess;
    char         known[sizeof table / sizeof *table][CONFIG_FLAG_ROOM];

    (void)str_cut(&value, '=', &name);
    guess = guess_of(name);
    (void)snprintf(place.text, sizeof place.text, "--%.*s", STR_ARG(name));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        config_flag(table[i].name, known[i]);
        guess_offer(&guess, known[i]);
        if (str_is_text(name, known[i]))
            return take(loaded, i, value.data ? value : STR("yes"), &place, why);
    }
    if (guess_best(&guess))
        return fail_set(why, FAIL_INPUT, "there is no flag %s; did you mean --%s?", place.text,
                        guess_best(&guess));
    return fail_set(why, FAIL_INPUT, "there is no flag %s", place.text);
}

int config_load(const char *file, const char *const *flags, size_t flag_count, struct config **out,
                struct fail *why)
{
    struct config_loaded *loaded = mem_new(sizeof *loaded);
    OWN_PTR(config) held         = loaded ? &loaded->config : NULL;
    struct file_reading reading  = {.loaded = loaded, .path = file};

    if (!loaded)
        return fail_set(why, FAIL_MEMORY, "no memory for the settings");
    if (load_defaults(loaded, why) || (file && yaml_read_file(file, file_setting, &reading, why))
        || check_environment(why) || load_environment(loaded, why))
        return -1;
    for (size_t i = 0; i < flag_count; i++)
        if (load_flag(loaded, str_of(flags[i]), why))
            return -1;
    if (config_check(&loaded->config, why))
        return -1;
    *out = TAKE(held);
    return 0;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char **held = (char **)((char *)config + table[i].offset);

        if (table[i].type != SETTING_TEXT && table[i].type != SETTING_CHOICE)
            continue;
        if (*held && table[i].marks & SETTING_SECRET)
            explicit_bzero(*held, strlen(*held));
        mem_free(*held);
    }
    mem_free(config);
}
