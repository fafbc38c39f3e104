/* request.h -- the body that a Grafana data source posts, in every dialect.
 *
 *     {"range":{"from":"..Z","to":"..Z"},"intervalMs":15000,"maxDataPoints":1200,
 *      "scopedVars":{"model":{"text":"..","value":".."}},
 *      "targets":[{"refId":"A","target":"jobs","payload":{"status":["Failed"]},"hide":false,
 *                  "fromAnnotations":false,"type":"table"}],
 *      "filters":[{"key":"environment","operator":"=","value":"prod"}]}
 *
 * simpod 0.2 says `data` where later ones say `payload`; it and simple-json say `adhocFilters`, and
 * `type` ("timeserie", "timeseries", "table"). Members that are not known are left aside; every
 * member but `targets` may be missing. What is there must be of its type: FAIL_INPUT says in a
 * sentence what is not. */
#ifndef SMON_API_GRAFANA_REQUEST_H
#define SMON_API_GRAFANA_REQUEST_H

#include "api/grafana/values.h"
#include "base/own.h"
#include "base/str.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct doc;
struct fail;

enum { REQUEST_MOST_TARGETS = 100, REQUEST_MOST_FILTERS = 32 };

struct grafana_target {
    struct str        ref, name;
    const struct doc *payload; /* NULL: the dialect has none, or it was left out */
    bool              is_table, is_annotation;
};

enum grafana_operator { GRAFANA_IS, GRAFANA_IS_NOT, GRAFANA_BELOW, GRAFANA_ABOVE };

struct grafana_filter {
    struct str            key;
    enum grafana_operator operator;
    struct grafana_values values; /* is_not where it says so */
};

struct grafana_request {
    struct doc           *doc;
    struct grafana_texts  texts;
    ms                    from, to;
    ms                    interval;                      /* 0: not said */
    int64_t               most_points;                   /* 0: not said */
    const struct doc     *variables;                     /* scopedVars; NULL: none */
    struct grafana_target targets[REQUEST_MOST_TARGETS]; /* neither hidden nor empty */
    size_t                target_count;
    struct grafana_filter filters[REQUEST_MOST_FILTERS];
    size_t                filter_count;
};
#define GRAFANA_REQUEST_EMPTY ((struct grafana_request){.doc = NULL})
void grafana_request_release(struct grafana_request *request);

/* The document, with range, filters and all but its targets. An empty body is {}. The range is the
 * last 24 hours where it is not said. */
int request_read(struct grafana_request *request, struct str body, ms now, struct fail *why);
/* The targets: those that are hidden or empty are skipped. */
int request_targets(struct grafana_request *request, struct fail *why);

/* The values of a variable of this name, whatever their form; false: there is none. */
bool request_variable(const struct grafana_request *request, const char *name,
                      const struct doc **out);

#endif
