/* config.h -- every setting: name, default, bounds and meaning, in one table (config.c), which
 * prints itself on --help and in `smon config show`.
 *
 * Order: flag > SMON_... environment > file > default. `enrich.settle` is --enrich-settle and
 * SMON_ENRICH_SETTLE. An unknown key is an error with file:line and did-you-mean. Secrets only by
 * reference: `file:/path` or `env:NAME` (the environment variable itself may hold the value). */
#ifndef SMON_CONFIG_H
#define SMON_CONFIG_H

#include "base/buf.h"
#include "base/own.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;

struct config {
    char   *data;               /* data: directory, "./smon-data" */
    char   *listen;             /* listen: "127.0.0.1:8080" */
    bool    behind_proxy;       /* listen.behind_proxy: clear text beyond loopback is meant so */
    bool    open_reading;       /* listen.open_reading: who has no key may read; on loopback only */
    char   *socket;             /* listen.socket: local socket, "" = <data>/smon.sock */
    char   *tls_certificate;    /* tls.certificate: PEM file, "" = none */
    char   *tls_key;            /* tls.key */
    char   *store_url;          /* store.url: "" = SQLite in data; postgres://... (secret) */
    ms      retention_age;      /* retention.age: 400d; 0 = keep for ever */
    int64_t retention_bytes;    /* retention.bytes: 0 = no bound */
    ms      inferences_age;     /* inferences.retention: 30d; 0 = keep for ever */
    ms      inferences_minutes; /* inferences.minutes: 3d; 0 = keep for ever */
    char   *prices_file;        /* prices.file: YAML, "" = no costs */
    char   *admin_key;          /* admin_key (SMON_ADMIN_KEY): accepted with every role (secret) */
    char   *packages_namespace; /* models.packages_namespace: "/sagemaker" */
    char   *grafana_origins;    /* grafana.origins: "" = no page of another origin may ask */
    char *key_headers; /* intake.key_headers: more header names that may carry a key, "X-API-Key" */
    ms    enrich_settle;      /* enrich.settle: 120s after the end */
    ms    enrich_give_up;     /* enrich.give_up: 30m */
    char *enrich_access;      /* enrich.access: auto | observability | assume */
    char *enrich_role;        /* enrich.role: role name in workload accounts,
                                 "sagemaker-monitoring-sourceaccount-role" */
    char *enrich_external_id; /* enrich.external_id (secret) */
    bool  emf_enabled;        /* emf.enabled: true */
    char *
        emf_output; /* emf.output: stdout | file:PATH | tcp://H:P | udp://H:P | logs:GROUP/STREAM */
    char   *emf_namespace;    /* emf.namespace: "/sample/SageMakerMonitoring" */
    char   *emf_region;       /* emf.region: of the log group; "" = the default region */
    bool    collect_enabled;  /* collect.enabled: start and watch smon-collect: true */
    char   *collect_program;  /* collect.program: "" = beside smon */
    ms      drain;            /* shutdown.drain: 20s */
    int64_t most_connections; /* limits.connections: 1024 */
    int64_t most_per_address; /* limits.per_address: 256; 0 = none */
    ms      request_deadline; /* limits.request_deadline: 10s */
    ms      query_deadline;   /* limits.query_deadline: 25s */
    int64_t reader_threads;   /* limits.reader_threads: 2 */
    char   *log_level;        /* log.level: info */
};

/* How one setting came to its value. */
enum config_origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_FLAG };

/* `file` may be NULL. `flags` are pairs name=value from the command line, without dashes
 * ("enrich-settle=30s"). FAIL_INPUT with file:line, or the variable's or flag's name. */
int config_load(const char *file, const char *const *flags, size_t flag_count, struct config **out,
                struct fail *why);
/* Whether the files that settings name can be read here; FAIL_INPUT with the setting's name. */
int  config_files(const struct config *config, struct fail *why);
void config_free(struct config *config);
OWN_PTR_TYPE(config)

/* "127.0.0.1:8080" or "[::1]:8080": where to listen. The host comes out as a number: "*" and ""
 * mean every address, "::", and "localhost" is 127.0.0.1; other names are FAIL_INPUT. */
enum { CONFIG_HOST_ROOM = 256 };
int config_address(const char *listen, char host[CONFIG_HOST_ROOM], uint16_t *port,
                   struct fail *why);
/* 127.0.0.0/8, ::1. */
bool config_is_loopback(const char *host);

/* One setting as the manual, the completion and the command line see it. */
struct config_facts {
    const char *name;      /* "enrich.settle" */
    const char *shape;     /* "TIME"; "yes|no" for those that may stand alone as a flag */
    const char *otherwise; /* the default */
    const char *meaning;
    bool        is_switch;
    bool        is_secret;
};
/* The at-th setting; 0 past the end. */
int config_facts(size_t at, struct config_facts *out);

enum { CONFIG_FLAG_ROOM = 64 };
void config_flag(const char *name, char out[CONFIG_FLAG_ROOM]); /* "enrich-settle" */
void config_environment_name(const char *name,
                             char        out[CONFIG_FLAG_ROOM]); /* "SMON_ENRICH_SETTLE" */

/* Every setting with value, origin and meaning; secrets shown as "(set)". */
int config_show(const struct config *config, bool as_json, struct buf *out, struct fail *why);
/* A commented settings file with every default. */
int config_template(struct buf *out, struct fail *why);
/* The part of --help that lists the settings. */
int config_help(struct buf *out, struct fail *why);
/* "SMON_ENRICH_SETTLE=120s" for every setting the collector needs (enrich.* emf.* log.*), for its
 * environment; NULL-terminated, you own it, free with config_environment_free. */
char **config_environment(const struct config *config, struct fail *why);
void   config_environment_free(char **environment);

#endif
