#include "api/grafana/metric.h"

#include "api/grafana/columns.h"
#include "api/handlers.h"
#include "base/fail.h"
#include "base/guess.h"

enum { SHOWN = 60 };

/* --- the members of payloads --- */

/* clang-format off */
#define ROWS_KEY {"limit", "limit", KEY_OURS, "Rows", NULL}
#define STEP_KEY {"interval_ms", NULL, KEY_OURS, "Least step in ms", NULL}
#define ACCOUNT_KEY {"account", "account", 0, "Account", NULL}
#define REGION_KEY {"region", "region", 0, "Region", NULL}
#define TREE_KEY {"namespace", "namespace", KEY_TREE, "Namespace", NULL}
#define END {NULL, NULL, 0, NULL, NULL}

static const struct grafana_key no_keys[] = {END};

static const struct grafana_key overview_keys[] = {
    {"account", NULL, KEY_HERE, "Account", NULL},
    {"kind", NULL, KEY_HERE, "Kind", NULL},
    {"status", NULL, KEY_HERE, "Status", NULL},
    END};

static const struct grafana_key job_keys[] = {
    ACCOUNT_KEY, REGION_KEY,
    {"kind", "kind", 0, "Kind", NULL},
    {"status", "status", 0, "Status", NULL},
    {"name", "name_prefix", KEY_PREFIX | KEY_HERE, "Name", NULL},
    {"failed_before_start", "failed_before_start", KEY_OPTION | KEY_ONE, "Failed before start", "true|false"},
    {"time_field", "time_field", KEY_OPTION | KEY_ONE, "Time", "created_at|ended_at"},
    ROWS_KEY, END};

static const struct grafana_key failure_keys[] = {
    ACCOUNT_KEY, REGION_KEY,
    {"kind", "kind", 0, "Kind", NULL},
    {"name", "name_prefix", KEY_PREFIX | KEY_HERE, "Name", NULL},
    {"failed_before_start", "failed_before_start", KEY_OPTION | KEY_ONE, "Failed before start", "true|false"},
    ROWS_KEY, END};

static const struct grafana_key resource_keys[] = {
    ACCOUNT_KEY, REGION_KEY,
    {"kind", "kind", 0, "Kind", NULL},
    {"status", "status", 0, "Status", NULL},
    {"name", "name_prefix", KEY_PREFIX | KEY_HERE, "Name", NULL},
    ROWS_KEY, END};

static const struct grafana_key endpoint_keys[] = {
    ACCOUNT_KEY, REGION_KEY,
    {"status", "status", 0, "Status", NULL},
    {"name", "name_prefix", KEY_PREFIX | KEY_HERE, "Name", NULL},
    ROWS_KEY, END};

static const struct grafana_key one_job_keys[] = {
    {"job", NULL, KEY_ID | KEY_JOB | KEY_NEEDED, "Job", NULL}, END};

static const struct grafana_key host_series_keys[] = {
    {"job", NULL, KEY_ID | KEY_JOB | KEY_NEEDED, "Job", NULL},
    {"metric", "metric", KEY_OPTION | KEY_ONE, "Metric", "gpu|cpu|memory|gpu_memory|disk"}, END};

static const struct grafana_key job_event_keys[] = {
    {"job", NULL, KEY_ID | KEY_JOB | KEY_NEEDED, "Job", NULL}, ROWS_KEY, END};

static const struct grafana_key job_series_keys[] = {
    ACCOUNT_KEY, REGION_KEY,
    {"kind", "kind", 0, "Kind", NULL},
    {"status", "status", 0, "Status", NULL},
    {"group_by", "group_by", KEY_OPTION, "Kept apart by", "account|region|kind|status"},
    STEP_KEY, END};

static const struct grafana_key event_keys[] = {
    ACCOUNT_KEY, REGION_KEY,
    {"kind", "kind", 0, "Kind", NULL},
    {"status", NULL, KEY_HERE, "Status", NULL},
    ROWS_KEY, END};

static const struct grafana_key arrival_keys[] = {
    ACCOUNT_KEY, REGION_KEY,
    {"group_by", "group_by", KEY_OPTION, "Kept apart by", "account|region"},
    STEP_KEY, END};

static const struct grafana_key account_keys[] = {
    {"account", NULL, KEY_HERE, "Account", NULL}, END};

static const struct grafana_key region_keys[] = {
    {"account", NULL, KEY_HERE, "Account", NULL},
    {"region", NULL, KEY_HERE, "Region", NULL},
    END};

static const struct grafana_key model_keys[] = {
    TREE_KEY, ACCOUNT_KEY, REGION_KEY,
    {"model", "name_prefix", KEY_PREFIX | KEY_HERE, "Model", NULL},
    {"q", "q", KEY_OPTION | KEY_ONE, "Search", NULL},
    ROWS_KEY, END};

static const struct grafana_key version_keys[] = {
    TREE_KEY,
    {"model", "model", KEY_ONE | KEY_HERE, "Model", NULL},
    ACCOUNT_KEY, REGION_KEY,
    {"version", "version", KEY_HERE | KEY_BOUNDS, "Version", NULL},
    {"alias", "alias", KEY_OPTION | KEY_ONE, "Alias", NULL},
    {"approval", "approval", KEY_OPTION | KEY_ONE, "Approval", "Approved|Rejected|PendingManualApproval"},
    ROWS_KEY, END};

static const struct grafana_key deployment_keys[] = {
    TREE_KEY, ACCOUNT_KEY, REGION_KEY,
    {"model", NULL, KEY_HERE, "Model", NULL},
    {"version", NULL, KEY_HERE, "Version", NULL},
    {"deployment_id", NULL, KEY_HERE, "Deployment", NULL},
    {"environment", NULL, KEY_HERE, "Environment", NULL},
    {"endpoint", "endpoint", KEY_ONE, "Endpoint", NULL},
    {"status", "state", 0, "State", "pending|active|retired|failed|rolled_back"},
    {"at", "at", KEY_OPTION | KEY_ONE, "As it stood at", NULL},
    ROWS_KEY, END};

static const struct grafana_key rollout_keys[] = {
    TREE_KEY, ACCOUNT_KEY, REGION_KEY,
    {"model", NULL, KEY_HERE, "Model", NULL},
    {"version", NULL, KEY_HERE, "Version", NULL},
    {"deployment_id", NULL, KEY_HERE, "Deployment", NULL},
    {"environment", NULL, KEY_HERE, "Environment", NULL},
    {"status", NULL, KEY_HERE, "State", "pending|active|retired|failed|rolled_back"},
    {"what", "what", 0, "What happened", "created|traffic_shift|promoted|rolled_back|failed|retired"},
    ROWS_KEY, END};

#define INFERENCE_KEYS(any)                                           \
    {"namespace", "namespace", KEY_TREE | (any), "Namespace", NULL},  \
    {"model", "model", (any), "Model", NULL},                         \
    ACCOUNT_KEY, REGION_KEY,                                          \
    {"version", "model_version", 0, "Version", NULL},                 \
    {"deployment_id", "deployment_id", (any), "Deployment", NULL},    \
    {"environment", "environment", 0, "Environment", NULL},           \
    {"endpoint", "endpoint", (any), "Endpoint", NULL},                \
    {"server", "server_id", 0, "Server", NULL},                       \
    {"status", "status", 0, "Status", NULL}
#define APART "model|version|deployment|server|environment|status|endpoint"

static const struct grafana_key inference_keys[] = {
    INFERENCE_KEYS(KEY_ANY),
    {"min_elapse_ms", "min_elapse_ms", KEY_OPTION | KEY_ONE, "At least (ms)", NULL},
    {"max_elapse_ms", "max_elapse_ms", KEY_OPTION | KEY_ONE, "At most (ms)", NULL},
    ROWS_KEY, END};

static const struct grafana_key inference_sum_keys[] = {
    INFERENCE_KEYS(0),
    {"group_by", "group_by", KEY_OPTION | KEY_ONE, "Kept apart by", APART},
    END};

static const struct grafana_key inference_series_keys[] = {
    INFERENCE_KEYS(KEY_ANY),
    {"group_by", "group_by", KEY_OPTION | KEY_ONE, "Kept apart by", APART},
    STEP_KEY, END};

static const struct grafana_key percentile_keys[] = {
    INFERENCE_KEYS(KEY_ANY),
    {"q", NULL, KEY_PICK, "Percentile", "0.5|0.9|0.95|0.99|1"},
    {"group_by", "group_by", KEY_OPTION | KEY_ONE, "Kept apart by", APART},
    STEP_KEY, END};

static const struct grafana_key watched_keys[] = {
    {"model", NULL, KEY_ID | KEY_NEEDED, "Model", NULL},
    TREE_KEY,
    {"account", "account", KEY_ONE, "Account", NULL},
    {"region", "region", KEY_ONE, "Region", NULL},
    END};

static const struct grafana_key drift_keys[] = {
    {"model", NULL, KEY_ID | KEY_NEEDED, "Model", NULL},
    TREE_KEY,
    {"account", "account", KEY_ONE, "Account", NULL},
    {"region", "region", KEY_ONE, "Region", NULL},
    {"version", "version", KEY_ONE, "Version", NULL},
    END};

static const struct grafana_key quarantine_keys[] = {
    {"account", "account", KEY_ONE, "Account", NULL},
    {"replayed", "replayed", KEY_OPTION | KEY_ONE, "Replayed", "true|false"},
    ROWS_KEY, END};


static const struct grafana_pick percentiles[] = {
    {0.5, "inference_elapse_p50", "Latency p50"}, {0.9, "inference_elapse_p90", "Latency p90"},
    {0.95, "inference_elapse_p95", "Latency p95"}, {0.99, "inference_elapse_p99", "Latency p99"},
    {1, "inference_elapse_max", "Latency, the longest"}, {0, NULL, NULL}};

/* --- annotations --- */

static const struct grafana_note job_note = {"Time", "ended_at", "{kind} {status}", "{name} in {account} {region}", "job,{kind},{status}"};
static const struct grafana_note failure_note = {"Time", NULL, "{kind} failed", "{name} in {account} {region}: {failure_reason}", "failure,{kind},{account}"};
static const struct grafana_note deployment_note = {"Time", NULL, "deployment {deployment_id} of v{version}", "{model} v{version}, {strategy}", "deployment,{environment},{state}"};
static const struct grafana_note rollout_note = {"Time", NULL, "{what} v{version}", "{model} v{version}, {strategy} {percent} % {why}", "{what},{environment},{model}"};
static const struct grafana_note quarantine_note = {"Time", NULL, "post in quarantine", "{reason}", "quarantine,{account}"};

/* --- the metrics --- */

#define COUNTS(called, shown, of) \
    {.name = (called), .label = (shown), .ask = series_show, .id = (of), .keys = job_series_keys, .is_then = true, .width = MS_HOUR, .unit = "short"}
#define ELAPSES(called, shown, of) \
    {.name = (called), .label = (shown), .ask = series_show, .id = (of), .keys = percentile_keys, .picks = percentiles, .is_then = true, .width = MS_MINUTE, .unit = "ms"}

static const struct grafana_metric metrics[] = {
    {.name = "overview", .label = "Jobs and resources by account, kind and status", .ask = overview_show, .keys = overview_keys, .rows = "accounts[].kinds[].by_status{}", .columns = overview_columns},
    {.name = "jobs", .label = "Jobs", .ask = jobs_list, .keys = job_keys, .fixed = "sort=-created_at", .is_then = true, .limit = 100, .rows = "data[]", .order = "Time", .columns = job_columns, .note = &job_note},
    {.name = "failures", .label = "Failed jobs, and why", .ask = jobs_list, .keys = failure_keys, .fixed = "status=Failed&sort=-ended_at", .is_then = true, .limit = 100, .rows = "data[]", .order = "Time", .columns = failure_columns, .note = &failure_note},
    {.name = "job_utilization", .label = "How well jobs used their hardware", .ask = jobs_list, .keys = job_keys, .fixed = "sort=-created_at", .is_then = true, .limit = 100, .rows = "data[]", .order = "Time", .columns = use_columns},
    {.name = "job", .label = "One job", .ask = jobs_show, .keys = one_job_keys, .rows = "", .columns = one_job_columns},
    {.name = "job_states", .label = "States of a job, and since when", .ask = jobs_timeline, .keys = one_job_keys, .rows = "states[]", .columns = state_columns},
    {.name = "job_phases", .label = "What SageMaker did during a job", .ask = jobs_timeline, .keys = one_job_keys, .rows = "phases[]", .columns = phase_columns},
    {.name = "lineage", .label = "What a job was made from, and what came of it", .ask = jobs_lineage, .keys = one_job_keys, .fixed = "depth=6", .rows = "nodes[]", .columns = lineage_columns},
    {.name = "host_utilization", .label = "How well the hosts of a job used their hardware", .ask = jobs_utilization, .keys = one_job_keys, .rows = "hosts[]", .columns = host_columns},
    {.name = "host_utilization_series", .label = "How the hosts of a job used their hardware over time", .ask = jobs_use_series, .keys = host_series_keys, .width = MS_MINUTE, .unit = "percent"},
    {.name = "job_events", .label = "Events of a job", .ask = jobs_events, .keys = job_event_keys, .limit = 100, .rows = "data[]", .columns = event_columns},
    COUNTS("job_created", "Jobs created", "job_created"),
    COUNTS("job_ended", "Jobs ended", "job_ended"),
    COUNTS("job_failed", "Jobs failed", "job_failed"),
    COUNTS("job_unstarted", "Jobs failed before they started", "job_unstarted"),
    {.name = "job_duration", .label = "Average duration of jobs", .ask = series_show, .id = "job_duration_avg", .keys = job_series_keys, .is_then = true, .width = MS_HOUR, .unit = "ms"},
    {.name = "accounts", .label = "Accounts: pulse, lag and silence", .ask = accounts_list, .keys = account_keys, .limit = 1000, .rows = "data[]", .columns = account_columns},
    {.name = "endpoints", .label = "Endpoints", .ask = resources_list, .keys = endpoint_keys, .fixed = "kind=endpoint", .limit = 1000, .rows = "data[]", .order = "Time", .columns = resource_columns},
    {.name = "resources", .label = "Endpoints, models and all else that stays", .ask = resources_list, .keys = resource_keys, .limit = 100, .rows = "data[]", .order = "Time", .columns = resource_columns},
    {.name = "models", .label = "Models", .ask = models_list, .keys = model_keys, .limit = 1000, .rows = "data[]", .order = "Time", .columns = model_columns},
    {.name = "versions", .label = "Versions of models", .ask = versions_search, .keys = version_keys, .limit = 100, .rows = "data[]", .order = "Time", .columns = version_columns},
    {.name = "deployments", .label = "Deployments as they stand", .ask = deployments_list, .keys = deployment_keys, .limit = 100, .rows = "data[]", .order = "Time", .columns = deployment_columns, .note = &deployment_note},
    {.name = "deployment_events", .label = "What happened to deployments", .ask = rollouts_list, .keys = rollout_keys, .is_then = true, .limit = 100, .rows = "data[]", .order = "Time", .columns = rollout_columns, .note = &rollout_note},
    {.name = "inferences", .label = "Inference transactions", .ask = inferences_list, .keys = inference_keys, .is_then = true, .limit = 100, .rows = "data[]", .order = "Time", .columns = inference_columns},
    {.name = "slow_inferences", .label = "Slow inference transactions (3 s and more, unless min_elapse_ms says)", .ask = inferences_list, .keys = inference_keys, .fixed = "min_elapse_ms=3000", .is_then = true, .limit = 20, .rows = "data[]", .order = "Time", .columns = inference_columns},
    {.name = "inference_summary", .label = "Inferences over the range, by group", .ask = inferences_summary, .keys = inference_sum_keys, .is_then = true, .rows = "data[]", .columns = inference_sum_columns},
    {.name = "inference_count", .label = "Inferences", .ask = series_show, .id = "inference_count", .keys = inference_series_keys, .is_then = true, .width = MS_MINUTE, .unit = "short"},
    {.name = "inference_failed", .label = "Inferences that did not succeed", .ask = series_show, .id = "inference_failed", .keys = inference_series_keys, .is_then = true, .width = MS_MINUTE, .unit = "short"},
    {.name = "throughput", .label = "Inferences per second", .ask = series_show, .id = "inference_count", .keys = inference_series_keys, .is_then = true, .width = MS_MINUTE, .unit = "reqps", .is_rate = true},
    {.name = "error_rate", .label = "Share of inferences that did not succeed", .ask = series_show, .id = "inference_error_rate", .keys = inference_series_keys, .is_then = true, .width = MS_MINUTE, .unit = "percentunit"},
    ELAPSES("latency_percentile", "Latency by percentile (q)", "inference_elapse_p95"),
    ELAPSES("latency_p50", "Latency p50", "inference_elapse_p50"),
    ELAPSES("latency_p90", "Latency p90", "inference_elapse_p90"),
    ELAPSES("latency_p95", "Latency p95", "inference_elapse_p95"),
    ELAPSES("latency_p99", "Latency p99", "inference_elapse_p99"),
    ELAPSES("latency_max", "Latency, the longest", "inference_elapse_max"),
    {.name = "error_budget", .label = "Error budget of a model", .ask = models_budget, .keys = watched_keys, .rows = "", .columns = budget_columns},
    {.name = "drift", .label = "Drift of a version's confidence", .ask = models_drift, .keys = drift_keys, .is_then = true, .rows = "", .columns = drift_columns},
    {.name = "confidence_histogram", .label = "Confidence of a version, against its reference", .ask = models_drift, .keys = drift_keys, .is_then = true, .rows = "current.bins[]", .columns = confidence_columns},
    {.name = "events", .label = "Events as they came", .ask = events_list, .keys = event_keys, .is_then = true, .limit = 100, .rows = "data[]", .columns = event_columns},
    {.name = "ingest_rate", .label = "Events received per second", .ask = series_show, .id = "event_received", .keys = arrival_keys, .is_then = true, .width = MS_MINUTE, .unit = "eps", .is_rate = true},
    {.name = "ingest_count", .label = "Events received", .ask = series_show, .id = "event_received", .keys = arrival_keys, .is_then = true, .width = MS_MINUTE, .unit = "short"},
    {.name = "ingest_repeats", .label = "Events that said what was known", .ask = series_show, .id = "event_repeated", .keys = arrival_keys, .is_then = true, .width = MS_MINUTE, .unit = "short"},
    {.name = "ingest_lag", .label = "Lag of events, average", .ask = series_show, .id = "event_lag_avg", .keys = arrival_keys, .is_then = true, .width = MS_MINUTE, .unit = "ms"},
    {.name = "ingest_lag_max", .label = "Lag of events, the longest", .ask = series_show, .id = "event_lag_max", .keys = arrival_keys, .is_then = true, .width = MS_MINUTE, .unit = "ms"},
    {.name = "quarantine", .label = "Posts that were not understood", .ask = quarantine_index, .keys = quarantine_keys, .is_then = true, .limit = 100, .rows = "data[]", .order = "Time", .columns = quarantine_columns, .note = &quarantine_note},
    {.name = "smon", .label = "The service's own figures, now", .ask = grafana_service_figures, .keys = no_keys, .rows = "data[]", .columns = figure_columns},

    {.name = "all_regions", .label = "", .ask = accounts_list, .keys = region_keys, .limit = 1000, .rows = "data[].regions[]", .columns = region_columns, .is_hidden = true},
    {.name = "all_statuses", .label = "", .ask = overview_show, .keys = no_keys, .rows = "totals[].by_status{}", .columns = status_columns, .is_hidden = true},
    {.name = "all_servers", .label = "", .ask = inferences_summary, .keys = inference_sum_keys, .fixed = "group_by=server", .is_then = true, .rows = "data[]", .columns = inference_sum_columns, .is_hidden = true},
    {.name = "all_environments", .label = "", .ask = inferences_summary, .keys = inference_sum_keys, .fixed = "group_by=environment", .is_then = true, .rows = "data[]", .columns = inference_sum_columns, .is_hidden = true},
    {.name = "all_outcomes", .label = "", .ask = inferences_summary, .keys = inference_sum_keys, .fixed = "group_by=status", .is_then = true, .rows = "data[]", .columns = inference_sum_columns, .is_hidden = true},
};
/* clang-format on */

enum { METRIC_COUNT = sizeof metrics / sizeof metrics[0] };

const struct grafana_metric *metric_at(size_t at)
{
    return at < METRIC_COUNT ? &metrics[at] : NULL;
}

const struct grafana_metric *metric_find(struct str name)
{
    for (size_t i = 0; i < METRIC_COUNT; i++)
        if (str_is_text(name, metrics[i].name))
            return &metrics[i];
    return NULL;
}

const struct grafana_metric *metric_wanted(struct str name, struct fail *why)
{
    const struct grafana_metric *found = metric_find(name);
    struct guess                 guess = guess_of(name);
    const char                  *best;

    if (found && !found->is_hidden)
        return found;
    for (size_t i = 0; i < METRIC_COUNT; i++)
        if (!metrics[i].is_hidden)
            guess_offer(&guess, metrics[i].name);
    best = guess_best(&guess);
    (void)fail_set(why, FAIL_INPUT,
                   "there is no metric '%.*s'%s%s%s; POST /grafana/metrics lists them",
                   STR_ARG(str_head(name, SHOWN)), best ? "; did you mean '" : "", best ? best : "",
                   best ? "'?" : "");
    return NULL;
}

const struct grafana_key *metric_key(const struct grafana_metric *metric, struct str name)
{
    for (const struct grafana_key *key = metric->keys; key->name; key++)
        if (str_is_text(name, key->name))
            return key;
    return NULL;
}
