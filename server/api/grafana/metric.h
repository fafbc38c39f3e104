/* metric.h -- what can be asked for from Grafana: one line a metric.
 *
 * A metric is a question of the REST API with its answer laid out: which handler, with which
 * parameters, and which members of the answer become columns. So filters, scopes and figures are
 * those of /api/v1, and cannot come to differ from them. */
#ifndef SMON_API_GRAFANA_METRIC_H
#define SMON_API_GRAFANA_METRIC_H

#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>

struct ask;
struct fail;

enum grafana_key_flag {               /* bits */
                        KEY_ONE  = 1, /* the parameter takes one value: several are asked in turn */
                        KEY_TREE = 2 | KEY_ONE,    /* a node of the tree of namespaces */
                        KEY_ID   = 4 | KEY_ONE,    /* goes into the path */
                        KEY_HERE = 8,              /* rows are chosen here, by the column */
                        KEY_PREFIX = 16 | KEY_ONE, /* the parameter is the beginning of a name */
                        KEY_NEEDED = 32,           /* must be said */
                        KEY_ANY    = 64,           /* one of those marked so must be said */
                        KEY_BOUNDS = 128,          /* < and > go to <param>_lt and <param>_gte */
                        KEY_OURS   = 256,          /* about the answer: limit, interval_ms */
                        KEY_PICK   = 512,          /* chooses one of the metric's `picks` */
                        KEY_JOB    = 1024,         /* the name of a job will do for its id */
                        KEY_OPTION = 2048          /* no filter: how it is asked */
};

/* A member of a payload. */
struct grafana_key {
    const char *name;  /* "account" */
    const char *param; /* of the REST API; NULL: none, see KEY_HERE, KEY_ID, KEY_OURS, KEY_PICK */
    unsigned    flags; /* bits of enum grafana_key_flag */
    const char *label;
    const char *options; /* "a|b"; NULL: free text, or a choice of this name (choices.h) */
};

enum grafana_type { TYPE_TIME, TYPE_NUMBER, TYPE_STRING, TYPE_BOOLEAN };

/* A column, and where its cells are: rows.h. */
struct grafana_column {
    const char       *title, *path;
    enum grafana_type type;
    const char       *unit; /* of Grafana: "ms"; NULL: none */
};

/* Rows as annotations: texts in which {column} stands for a cell. */
struct grafana_note {
    const char *time, *end; /* columns; `end` NULL: a moment */
    const char *title, *text, *tags;
};

/* A value of a KEY_PICK, and what it puts into the path. */
struct grafana_pick {
    double      value;
    const char *id, *label;
};

struct grafana_metric {
    const char *name, *label;
    /* The question: */
    int (*ask)(struct ask *ask, struct fail *why);
    const char                *id;    /* into the path, where no key says */
    const char                *fixed; /* parameters: "status=Failed&sort=-ended_at" */
    const struct grafana_key  *keys;
    const struct grafana_pick *picks;   /* NULL: none */
    bool                       is_then; /* the range of the dashboard goes along */
    int64_t                    limit;   /* rows, where the payload does not say; 0: no pages */
    /* The answer of a table: */
    const char                  *rows;  /* where they are: rows.h */
    const char                  *order; /* a column, descending, where several answers meet */
    const struct grafana_column *columns;
    const struct grafana_note   *note; /* NULL: makes no annotations */
    /* The answer of a series: */
    ms          width; /* steps are whole ones of these; 0: it is a table */
    const char *unit;
    bool        is_rate;   /* a count, shown per second */
    bool        is_hidden; /* only for choices */
};

/* NULL past the end. */
const struct grafana_metric *metric_at(size_t at);
/* Hidden ones, too; NULL: there is none of this name. */
const struct grafana_metric *metric_find(struct str name);
/* FAIL_INPUT that names the nearest one. NULL. */
const struct grafana_metric *metric_wanted(struct str name, struct fail *why);

/* Of its keys; NULL: it has none of this name. */
const struct grafana_key *metric_key(const struct grafana_metric *metric, struct str name);

/* A handler for metric `smon`: the service's own figures as rows of name, value and unit. */
int grafana_service_figures(struct ask *ask, struct fail *why);

#endif
