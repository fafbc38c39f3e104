#include "api/routes.h"

#include "api/handlers.h"
#include "api/ingest.h"
#include "api/work.h"
#include "base/buf.h"
#include "store/key.h"

#define LIVE(handler) (handler), NULL
#define READ(handler) NULL, (handler)

/* clang-format off */
static const struct route routes[] = {
    {"POST", "/ingest/eventbridge", ROLE_INGEST, ROUTE_EVENTS, LIVE(ingest_eventbridge), "take events in"},
    {"PUT", "/ingest/eventbridge", ROLE_INGEST, ROUTE_EVENTS, LIVE(ingest_eventbridge), "the same, for rules set to PUT"},
    {"POST", "/ingest/inferences", ROLE_INGEST, 0, LIVE(ingest_inferences), "take inference transactions in"},
    {"POST", "/collect/v1/lease", ROLE_COLLECT, 0, LIVE(work_lease), "lease errands, waiting for them"},
    {"POST", "/collect/v1/finish", ROLE_COLLECT, 0, LIVE(work_finish), "report outcomes of errands"},

    {"GET", "/api/v1/overview", ROLE_READ, ROUTE_RECENT, READ(overview_show), "counts of now and of the last 24 hours"},
    {"GET", "/api/v1/attention", ROLE_READ, ROUTE_RECENT, READ(attention_show), "jobs that run long, and that left their hardware idle"},
    {"GET", "/api/v1/accounts", ROLE_READ, ROUTE_RECENT, READ(accounts_list), "accounts and regions heard of, with their pulse"},
    {"GET", "/api/v1/jobs", ROLE_READ, 0, READ(jobs_list), "jobs, the newest first"},
    {"GET", "/api/v1/jobs/{id}", ROLE_READ, 0, READ(jobs_show), "one job"},
    {"GET", "/api/v1/jobs/{id}/events", ROLE_READ, 0, READ(jobs_events), "the events of a job"},
    {"GET", "/api/v1/jobs/{id}/utilization", ROLE_READ, 0, READ(jobs_utilization), "how well it used its hardware"},
    {"POST", "/api/v1/jobs/{id}/utilization", ROLE_WRITE, 0, READ(jobs_measure), "ask CloudWatch once more"},
    {"GET", "/api/v1/jobs/{id}/timeline", ROLE_READ, 0, READ(jobs_timeline), "its states and phases, with times"},
    {"GET", "/api/v1/jobs/{id}/lineage", ROLE_READ, 0, READ(jobs_lineage), "what it was made from, and what came of it"},
    {"GET", "/api/v1/resources", ROLE_READ, 0, READ(resources_list), "endpoints, models and all else that does not run to an end"},
    {"GET", "/api/v1/resources/{id}", ROLE_READ, 0, READ(resources_show), "one resource"},
    {"GET", "/api/v1/resources/{id}/events", ROLE_READ, 0, READ(resources_events), "the events of a resource"},
    {"GET", "/api/v1/resources/{id}/utilization", ROLE_READ, 0, READ(resources_utilization), "how busy an endpoint's machines were, when last asked for"},
    {"POST", "/api/v1/resources/{id}/utilization", ROLE_WRITE, 0, READ(resources_measure), "ask CloudWatch about the last hour of an endpoint"},
    {"GET", "/api/v1/resources/{id}/lineage", ROLE_READ, 0, READ(resources_lineage), "what it came from, and what came of it"},
    {"GET", "/api/v1/lineage", ROLE_READ, 0, READ(lineage_show), "the same from an ARN, a URI or a node"},
    {"GET", "/api/v1/models/{model}/versions/{n}/lineage", ROLE_READ, 0, READ(versions_lineage), "the same of a version"},
    {"GET", "/api/v1/models/{model}/deployments/{n}/lineage", ROLE_READ, 0, READ(deployments_lineage), "the same of a deployment"},
    {"GET", "/api/v1/events", ROLE_READ, 0, READ(events_list), "events as they came, the newest first"},
    {"GET", "/api/v1/events/{id}", ROLE_READ, 0, READ(events_show), "one event with its body"},
    {"POST", "/api/v1/events/{id}/replay", ROLE_WRITE, 0, LIVE(ingest_replay_event), "apply a stored event again"},
    {"GET", "/api/v1/series/{metric}", ROLE_READ, ROUTE_RECENT, READ(series_show), "counts over time"},
    {"GET", "/api/v1/inferences", ROLE_READ, 0, READ(inferences_list), "inference transactions, the newest or the longest first"},
    {"GET", "/api/v1/inferences/summary", ROLE_READ, ROUTE_RECENT, READ(inferences_summary), "how many, how long and how well, over a range"},
    {"GET", "/api/v1/inferences/{id}", ROLE_READ, 0, READ(inferences_show), "one transaction"},
    {"GET", "/api/v1/models/{model}/budget", ROLE_READ, ROUTE_RECENT, READ(models_budget), "what is left of its error budget, and how fast it goes"},
    {"GET", "/api/v1/models/{model}/drift", ROLE_READ, ROUTE_RECENT, READ(models_drift), "whether the confidence of a version has drifted"},
    {"GET", "/api/v1/quarantine", ROLE_READ, 0, READ(quarantine_index), "posts that were not understood"},
    {"GET", "/api/v1/quarantine/{id}", ROLE_READ, 0, READ(quarantine_show), "one of them with its body"},
    {"POST", "/api/v1/quarantine/{id}/replay", ROLE_WRITE, 0, LIVE(ingest_replay), "take a post in again"},
    {"GET", "/api/v1/errands", ROLE_READ, 0, READ(errands_index), "what is still to be done outside, and what was given up"},
    {"POST", "/api/v1/errands/retry", ROLE_WRITE, 0, READ(errands_retry_all), "try all again that were given up"},
    {"POST", "/api/v1/errands/{id}/retry", ROLE_WRITE, 0, READ(errands_retry), "try one again, now"},
    {"GET", "/api/v1/stream", ROLE_READ, 0, LIVE(stream_subscribe), "changes as they happen (server-sent events)"},
    {"GET", "/api/v1/keys", ROLE_ADMIN, 0, READ(keys_index), "keys, without their secrets"},
    {"POST", "/api/v1/keys", ROLE_ADMIN, 0, READ(keys_create), "make a key; its text is shown once"},
    {"POST", "/api/v1/keys/{kid}/rotate", ROLE_ADMIN, 0, READ(keys_rotate), "make its successor; both live for a while"},
    {"DELETE", "/api/v1/keys/{kid}", ROLE_ADMIN, 0, READ(keys_revoke), "revoke a key"},

    {"GET", "/api/v1/namespaces", ROLE_READ, 0, READ(namespaces_index), "nodes of the organisation's tree, with what they hold"},
    {"GET", "/api/v1/models", ROLE_READ, 0, READ(models_list), "models, the newest first"},
    {"POST", "/api/v1/models", ROLE_WRITE, 0, READ(models_create), "make a model and say what it is"},
    {"GET", "/api/v1/models/{model}", ROLE_READ, 0, READ(models_show), "one model"},
    {"PATCH", "/api/v1/models/{model}", ROLE_WRITE, 0, READ(models_patch), "change what is said of it"},
    {"GET", "/api/v1/models/{model}/versions", ROLE_READ, 0, READ(versions_of_model), "its versions, the highest number first"},
    {"POST", "/api/v1/models/{model}/versions", ROLE_WRITE, 0, READ(versions_create), "register a version"},
    {"GET", "/api/v1/models/{model}/versions/{n}", ROLE_READ, 0, READ(versions_show), "one version"},
    {"PATCH", "/api/v1/models/{model}/versions/{n}", ROLE_WRITE, 0, READ(versions_patch), "change its description, tags or approval"},
    {"DELETE", "/api/v1/models/{model}/versions/{n}", ROLE_WRITE, 0, READ(versions_remove), "delete it; its number is not given again"},
    {"GET", "/api/v1/models/{model}/aliases", ROLE_READ, 0, READ(aliases_list), "names for its versions"},
    {"GET", "/api/v1/models/{model}/aliases/{alias}", ROLE_READ, 0, READ(aliases_show), "one of them, with every move"},
    {"PUT", "/api/v1/models/{model}/aliases/{alias}", ROLE_WRITE, 0, READ(aliases_put), "point it at a version, or at several with weights"},
    {"DELETE", "/api/v1/models/{model}/aliases/{alias}", ROLE_WRITE, 0, READ(aliases_remove), "remove it; its history stays"},
    {"GET", "/api/v1/model-versions", ROLE_READ, 0, READ(versions_search), "versions of all models, searched"},
    {"GET", "/api/v1/models/{model}/deployments", ROLE_READ, 0, READ(deployments_of_model), "its deployments as they stand, or what ran at a moment"},
    {"POST", "/api/v1/models/{model}/deployments", ROLE_WRITE, 0, READ(deployments_create), "register a deployment, or a rollback of one"},
    {"GET", "/api/v1/models/{model}/deployments/{n}", ROLE_READ, 0, READ(deployments_show), "one deployment"},
    {"PATCH", "/api/v1/models/{model}/deployments/{n}", ROLE_WRITE, 0, READ(deployments_patch), "change its description or tags"},
    {"GET", "/api/v1/models/{model}/deployments/{n}/rollout", ROLE_READ, 0, READ(rollout_list), "what happened to it"},
    {"POST", "/api/v1/models/{model}/deployments/{n}/rollout", ROLE_WRITE, 0, READ(rollout_add), "say what happened to it"},
    {"GET", "/api/v1/deployments", ROLE_READ, 0, READ(deployments_list), "deployments of all models"},
    {"GET", "/api/v1/rollouts", ROLE_READ, 0, READ(rollouts_list), "what happened to deployments of all models"},

    {"GET", "/grafana", ROLE_READ, 0, READ(grafana_health), "the data source can be reached with this key"},
    {"GET", "/grafana/", ROLE_READ, 0, READ(grafana_health), "the same, as older plugins ask"},
    {"POST", "/grafana/metrics", ROLE_READ, 0, READ(grafana_metrics), "metrics with the members of their payloads"},
    {"POST", "/grafana/metric-payload-options", ROLE_READ, 0, READ(grafana_payload_options), "values of such a member"},
    {"POST", "/grafana/search", ROLE_READ, 0, READ(grafana_search), "names of metrics, or values of a variable"},
    {"POST", "/grafana/query", ROLE_READ, 0, READ(grafana_query), "what panels show"},
    {"POST", "/grafana/annotations", ROLE_READ, 0, READ(grafana_annotations), "annotations, as older plugins ask"},
    {"POST", "/grafana/variable", ROLE_READ, 0, READ(grafana_variable), "values of a variable"},
    {"POST", "/grafana/tag-keys", ROLE_READ, 0, READ(grafana_tag_keys), "keys of ad hoc filters"},
    {"POST", "/grafana/tag-values", ROLE_READ, 0, READ(grafana_tag_values), "values of such a key"},
    {"GET", "/grafana/annotations", ROLE_READ, 0, READ(grafana_annotations), "the same for those who only GET"},
    {"OPTIONS", "/grafana", 0, ROUTE_QUIET, LIVE(grafana_preflight), "may a page of this origin ask"},
    {"OPTIONS", "/grafana/", 0, ROUTE_QUIET, LIVE(grafana_preflight), "may a page of this origin ask"},
    {"OPTIONS", "/grafana/metrics", 0, ROUTE_QUIET, LIVE(grafana_preflight), "may a page of this origin ask"},
    {"OPTIONS", "/grafana/metric-payload-options", 0, ROUTE_QUIET, LIVE(grafana_preflight), "may a page of this origin ask"},
    {"OPTIONS", "/grafana/search", 0, ROUTE_QUIET, LIVE(grafana_preflight), "may a page of this origin ask"},
    {"OPTIONS", "/grafana/query", 0, ROUTE_QUIET, LIVE(grafana_preflight), "may a page of this origin ask"},
    {"OPTIONS", "/grafana/annotations", 0, ROUTE_QUIET, LIVE(grafana_preflight), "may a page of this origin ask"},
    {"OPTIONS", "/grafana/variable", 0, ROUTE_QUIET, LIVE(grafana_preflight), "may a page of this origin ask"},
    {"OPTIONS", "/grafana/tag-keys", 0, ROUTE_QUIET, LIVE(grafana_preflight), "may a page of this origin ask"},
    {"OPTIONS", "/grafana/tag-values", 0, ROUTE_QUIET, LIVE(grafana_preflight), "may a page of this origin ask"},

    {"GET", "/", 0, ROUTE_QUIET, LIVE(console_page), "the console"},
    {"GET", "/assets/{name}", 0, ROUTE_QUIET, LIVE(console_asset), "its script and its style"},
    {"GET", "/session", 0, ROUTE_QUIET, LIVE(session_show), "who is signed in"},
    {"POST", "/session", 0, 0, LIVE(session_begin), "sign in with a key: a cookie"},
    {"DELETE", "/session", 0, 0, LIVE(session_over), "sign out"},
    {"GET", "/healthz", 0, ROUTE_QUIET, LIVE(health_alive), "the process is up"},
    {"GET", "/readyz", 0, ROUTE_QUIET, LIVE(health_ready), "it takes and keeps posts; or the reasons why not"},
    {"GET", "/metrics", ROLE_READ, ROUTE_QUIET, READ(metrics_show), "figures for Prometheus"},
    {"GET", "/openapi.json", 0, ROUTE_QUIET, LIVE(openapi_show), "this table for programs"},
    {"GET", "/problems/{slug}", 0, ROUTE_QUIET, LIVE(openapi_problem), "what a type of problem means"},
};
/* clang-format on */

enum { ROUTE_COUNT = sizeof routes / sizeof routes[0] };

const struct route *route_at(size_t at)
{
    return at < ROUTE_COUNT ? &routes[at] : NULL;
}

static bool fits(struct str pattern, struct str path, struct str out_ids[ROUTE_MOST_IDS])
{
    struct str wanted, given;
    bool       has_wanted, has_given;
    size_t     count = 0;

    for (size_t i = 0; i < ROUTE_MOST_IDS; i++)
        out_ids[i] = STR("");
    for (;;) {
        has_wanted = str_cut(&pattern, '/', &wanted);
        has_given  = str_cut(&path, '/', &given);
        if (!has_wanted || !has_given)
            return has_wanted == has_given;
        if (str_starts(wanted, STR("{")) && given.size && count < ROUTE_MOST_IDS)
            out_ids[count++] = given;
        else if (!str_is(wanted, given))
            return false;
    }
}

/* HEAD is GET without a body; web.c leaves it out. */
static bool is_method(const struct route *route, struct str method)
{
    return str_is_text(method, route->method)
           || (str_is_text(method, "HEAD") && str_is_text(str_of(route->method), "GET"));
}

const struct route *route_find(struct str method, struct str path,
                               struct str out_ids[ROUTE_MOST_IDS], struct buf *allow)
{
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (!fits(str_of(routes[i].path), path, out_ids))
            continue;
        if (is_method(&routes[i], method)) {
            buf_clear(allow);
            return &routes[i];
        }
        buf_text(allow, allow->size ? ", " : "");
        buf_text(allow, routes[i].method);
        buf_text(allow, str_is_text(str_of(routes[i].method), "GET") ? ", HEAD" : "");
    }
    return NULL;
}
