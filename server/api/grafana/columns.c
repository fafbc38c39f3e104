#include "api/grafana/columns.h"

/* clang-format off */
#define NO_COLUMN {NULL, NULL, TYPE_STRING, NULL}

const struct grafana_column overview_columns[] = {
    {"account", "^^account", TYPE_STRING, NULL},
    {"kind", "^kind", TYPE_STRING, NULL},
    {"is_job", "^is_job", TYPE_BOOLEAN, NULL},
    {"status", "@name", TYPE_STRING, NULL},
    {"count", "@value", TYPE_NUMBER, "short"},
    NO_COLUMN};

const struct grafana_column job_columns[] = {
    {"Time", "created_at", TYPE_TIME, NULL},
    {"name", "name", TYPE_STRING, NULL},
    {"kind", "kind", TYPE_STRING, NULL},
    {"status", "status", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"started_at", "started_at", TYPE_TIME, NULL},
    {"ended_at", "ended_at", TYPE_TIME, NULL},
    {"duration_ms", "duration_ms", TYPE_NUMBER, "ms"},
    {"instance_type", "instance_type", TYPE_STRING, NULL},
    {"instance_count", "instance_count", TYPE_NUMBER, "short"},
    {"cost_usd", "cost_usd", TYPE_NUMBER, "currencyUSD"},
    {"failure_reason", "failure_reason", TYPE_STRING, NULL},
    {"id", "id", TYPE_STRING, NULL},
    {"arn", "arn", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column one_job_columns[] = {
    {"Time", "created_at", TYPE_TIME, NULL},
    {"name", "name", TYPE_STRING, NULL},
    {"kind", "kind", TYPE_STRING, NULL},
    {"status", "status", TYPE_STRING, NULL},
    {"secondary_status", "secondary_status", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"started_at", "started_at", TYPE_TIME, NULL},
    {"ended_at", "ended_at", TYPE_TIME, NULL},
    {"duration_ms", "duration_ms", TYPE_NUMBER, "ms"},
    {"instance_type", "instance_type", TYPE_STRING, NULL},
    {"instance_count", "instance_count", TYPE_NUMBER, "short"},
    {"cost_usd", "cost_usd", TYPE_NUMBER, "currencyUSD"},
    {"failure_reason", "failure_reason", TYPE_STRING, NULL},
    {"failed_before_start", "failed_before_start", TYPE_BOOLEAN, NULL},
    {"cpu_percent", "utilization.job.cpu.normalized", TYPE_NUMBER, "percent"},
    {"memory_percent", "utilization.job.memory.normalized", TYPE_NUMBER, "percent"},
    {"gpu_percent", "utilization.job.gpu.normalized", TYPE_NUMBER, "percent"},
    {"gpu_memory_percent", "utilization.job.gpu_memory.normalized", TYPE_NUMBER, "percent"},
    {"disk_percent", "utilization.job.disk.normalized", TYPE_NUMBER, "percent"},
    {"state", "utilization.state", TYPE_STRING, NULL},
    {"id", "id", TYPE_STRING, NULL},
    {"arn", "arn", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column state_columns[] = {
    {"status", "status", TYPE_STRING, NULL},
    {"from", "from", TYPE_TIME, NULL},
    {"to", "to", TYPE_TIME, NULL},
    NO_COLUMN};

const struct grafana_column phase_columns[] = {
    {"status", "status", TYPE_STRING, NULL},
    {"from", "from", TYPE_TIME, NULL},
    {"to", "to", TYPE_TIME, NULL},
    {"message", "message", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column lineage_columns[] = {
    {"steps", "steps", TYPE_NUMBER, "none"},
    {"type", "type", TYPE_STRING, NULL},
    {"name", "name", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"status", "status", TYPE_STRING, NULL},
    {"key", "key", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column failure_columns[] = {
    {"Time", "ended_at", TYPE_TIME, NULL},
    {"name", "name", TYPE_STRING, NULL},
    {"kind", "kind", TYPE_STRING, NULL},
    {"failure_reason", "failure_reason", TYPE_STRING, NULL},
    {"failed_before_start", "failed_before_start", TYPE_BOOLEAN, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"duration_ms", "duration_ms", TYPE_NUMBER, "ms"},
    {"instance_type", "instance_type", TYPE_STRING, NULL},
    {"id", "id", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column use_columns[] = {
    {"Time", "created_at", TYPE_TIME, NULL},
    {"name", "name", TYPE_STRING, NULL},
    {"kind", "kind", TYPE_STRING, NULL},
    {"status", "status", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"instance_type", "instance_type", TYPE_STRING, NULL},
    {"instance_count", "instance_count", TYPE_NUMBER, "short"},
    {"duration_ms", "duration_ms", TYPE_NUMBER, "ms"},
    {"cpu_percent", "utilization.job.cpu.normalized", TYPE_NUMBER, "percent"},
    {"cpu_avg", "utilization.job.cpu.avg", TYPE_NUMBER, NULL},
    {"cpu_max", "utilization.job.cpu.max", TYPE_NUMBER, NULL},
    {"memory_percent", "utilization.job.memory.normalized", TYPE_NUMBER, "percent"},
    {"gpu_percent", "utilization.job.gpu.normalized", TYPE_NUMBER, "percent"},
    {"gpu_max", "utilization.job.gpu.max", TYPE_NUMBER, NULL},
    {"gpu_memory_percent", "utilization.job.gpu_memory.normalized", TYPE_NUMBER, "percent"},
    {"disk_percent", "utilization.job.disk.normalized", TYPE_NUMBER, "percent"},
    {"state", "utilization.state", TYPE_STRING, NULL},
    {"id", "id", TYPE_STRING, NULL},
    NO_COLUMN};

#define FIGURES(metric)                                                    \
    {#metric "_percent", #metric ".normalized", TYPE_NUMBER, "percent"},   \
    {#metric "_avg", #metric ".avg", TYPE_NUMBER, NULL},                   \
    {#metric "_max", #metric ".max", TYPE_NUMBER, NULL},                   \
    {#metric "_p95", #metric ".p95", TYPE_NUMBER, NULL}

const struct grafana_column host_columns[] = {
    {"host", "host", TYPE_STRING, NULL},
    FIGURES(cpu), FIGURES(memory), FIGURES(gpu), FIGURES(gpu_memory), FIGURES(disk),
    NO_COLUMN};

const struct grafana_column event_columns[] = {
    {"Time", "version_at", TYPE_TIME, NULL},
    {"status", "status", TYPE_STRING, NULL},
    {"detail_type", "detail_type", TYPE_STRING, NULL},
    {"name", "name", TYPE_STRING, NULL},
    {"kind", "kind", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"effect", "effect", TYPE_STRING, NULL},
    {"is_duplicate", "is_duplicate", TYPE_BOOLEAN, NULL},
    {"received_at", "received_at", TYPE_TIME, NULL},
    {"resource_id", "resource_id", TYPE_STRING, NULL},
    {"id", "id", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column account_columns[] = {
    {"account", "account", TYPE_STRING, NULL},
    {"is_silent", "is_silent", TYPE_BOOLEAN, NULL},
    {"last_event_at", "last_event_at", TYPE_TIME, NULL},
    {"last_received_at", "last_received_at", TYPE_TIME, NULL},
    {"lag_ms", "lag_ms", TYPE_NUMBER, "ms"},
    {"jobs", "jobs", TYPE_NUMBER, "short"},
    {"failed", "failed", TYPE_NUMBER, "short"},
    {"events", "events", TYPE_NUMBER, "short"},
    {"duplicates", "duplicates", TYPE_NUMBER, "short"},
    {"repeats", "repeats", TYPE_NUMBER, "short"},
    {"out_of_order", "out_of_order", TYPE_NUMBER, "short"},
    {"conflicts", "conflicts", TYPE_NUMBER, "short"},
    {"unknown_types", "unknown_types", TYPE_NUMBER, "short"},
    {"quarantined", "quarantined", TYPE_NUMBER, "short"},
    {"regions", "regions", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column region_columns[] = {
    {"account", "^account", TYPE_STRING, NULL},
    {"region", "@value", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column status_columns[] = {
    {"kind", "^kind", TYPE_STRING, NULL},
    {"status", "@name", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column resource_columns[] = {
    {"Time", "created_at", TYPE_TIME, NULL},
    {"name", "name", TYPE_STRING, NULL},
    {"kind", "kind", TYPE_STRING, NULL},
    {"status", "status", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"instance_type", "instance_type", TYPE_STRING, NULL},
    {"approval", "approval", TYPE_STRING, NULL},
    {"failure_reason", "failure_reason", TYPE_STRING, NULL},
    {"last_event_at", "last_event_at", TYPE_TIME, NULL},
    {"changed_at", "changed_at", TYPE_TIME, NULL},
    {"id", "id", TYPE_STRING, NULL},
    {"arn", "arn", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column model_columns[] = {
    {"Time", "created_at", TYPE_TIME, NULL},
    {"namespace", "namespace", TYPE_STRING, NULL},
    {"model", "model_name", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"latest_version", "latest_version", TYPE_NUMBER, NULL},
    {"latest_deployment_id", "latest_deployment_id", TYPE_NUMBER, NULL},
    {"owner", "owner", TYPE_STRING, NULL},
    {"description", "description", TYPE_STRING, NULL},
    {"changed_at", "changed_at", TYPE_TIME, NULL},
    NO_COLUMN};

const struct grafana_column version_columns[] = {
    {"Time", "create_at", TYPE_TIME, NULL},
    {"namespace", "namespace", TYPE_STRING, NULL},
    {"model", "model_name", TYPE_STRING, NULL},
    {"version", "model_version", TYPE_NUMBER, NULL},
    {"stage", "stage", TYPE_STRING, NULL},
    {"approval", "approval", TYPE_STRING, NULL},
    {"description", "description", TYPE_STRING, NULL},
    {"created_by", "created_by", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"job_arn", "job_arn", TYPE_STRING, NULL},
    {"source", "source", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column deployment_columns[] = {
    {"Time", "create_at", TYPE_TIME, NULL},
    {"namespace", "namespace", TYPE_STRING, NULL},
    {"model", "model_name", TYPE_STRING, NULL},
    {"version", "model_version", TYPE_NUMBER, NULL},
    {"deployment_id", "deployment_id", TYPE_NUMBER, NULL},
    {"environment", "environment", TYPE_STRING, NULL},
    {"state", "state", TYPE_STRING, NULL},
    {"percent", "percent", TYPE_NUMBER, "percent"},
    {"since", "since", TYPE_TIME, NULL},
    {"endpoint", "endpoint", TYPE_STRING, NULL},
    {"variant", "variant", TYPE_STRING, NULL},
    {"method", "deployment_method", TYPE_STRING, NULL},
    {"strategy", "rolling_strategy", TYPE_STRING, NULL},
    {"rollback_of", "rollback_of", TYPE_NUMBER, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"created_by", "created_by", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column rollout_columns[] = {
    {"Time", "at", TYPE_TIME, NULL},
    {"namespace", "namespace", TYPE_STRING, NULL},
    {"model", "model_name", TYPE_STRING, NULL},
    {"version", "model_version", TYPE_NUMBER, NULL},
    {"deployment_id", "deployment_id", TYPE_NUMBER, NULL},
    {"environment", "environment", TYPE_STRING, NULL},
    {"what", "what", TYPE_STRING, NULL},
    {"percent", "percent", TYPE_NUMBER, "percent"},
    {"status", "state", TYPE_STRING, NULL},
    {"strategy", "rolling_strategy", TYPE_STRING, NULL},
    {"rollback_of", "rollback_of", TYPE_NUMBER, NULL},
    {"who", "who", TYPE_STRING, NULL},
    {"why", "why", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column inference_columns[] = {
    {"Time", "start_at", TYPE_TIME, NULL},
    {"elapse_ms", "elapse", TYPE_NUMBER, "ms"},
    {"status", "status", TYPE_STRING, NULL},
    {"namespace", "namespace", TYPE_STRING, NULL},
    {"model", "model_name", TYPE_STRING, NULL},
    {"version", "model_version", TYPE_NUMBER, NULL},
    {"deployment_id", "deployment_id", TYPE_NUMBER, NULL},
    {"server", "server_id", TYPE_STRING, NULL},
    {"environment", "environment", TYPE_STRING, NULL},
    {"endpoint", "endpoint_name", TYPE_STRING, NULL},
    {"confidence", "confidence", TYPE_NUMBER, "percent"},
    {"request_bytes", "request_size", TYPE_NUMBER, "bytes"},
    {"response_bytes", "response_size", TYPE_NUMBER, "bytes"},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    {"message", "extras", TYPE_STRING, NULL},
    {"id", "id", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column inference_sum_columns[] = {
    {"namespace", "group.namespace", TYPE_STRING, NULL},
    {"model", "group.model_name", TYPE_STRING, NULL},
    {"version", "group.model_version", TYPE_NUMBER, NULL},
    {"deployment_id", "group.deployment_id", TYPE_NUMBER, NULL},
    {"server", "group.server_id", TYPE_STRING, NULL},
    {"environment", "group.environment", TYPE_STRING, NULL},
    {"endpoint", "group.endpoint_name", TYPE_STRING, NULL},
    {"status", "group.status", TYPE_STRING, NULL},
    {"account", "group.account", TYPE_STRING, NULL},
    {"count", "count", TYPE_NUMBER, "short"},
    {"failed", "failed", TYPE_NUMBER, "short"},
    {"error_rate", "error_rate", TYPE_NUMBER, "percentunit"},
    {"p50", "elapse.p50", TYPE_NUMBER, "ms"},
    {"p90", "elapse.p90", TYPE_NUMBER, "ms"},
    {"p95", "elapse.p95", TYPE_NUMBER, "ms"},
    {"p99", "elapse.p99", TYPE_NUMBER, "ms"},
    {"max", "elapse.max", TYPE_NUMBER, "ms"},
    {"avg", "elapse.avg", TYPE_NUMBER, "ms"},
    {"request_bytes", "request_bytes", TYPE_NUMBER, "bytes"},
    {"response_bytes", "response_bytes", TYPE_NUMBER, "bytes"},
    NO_COLUMN};

const struct grafana_column budget_columns[] = {
    {"namespace", "namespace", TYPE_STRING, NULL},
    {"model", "model_name", TYPE_STRING, NULL},
    {"left_percent", "left_percent", TYPE_NUMBER, "percent"},
    {"target_percent", "objective.target_percent", TYPE_NUMBER, "percent"},
    {"max_elapse_ms", "objective.max_elapse_ms", TYPE_NUMBER, "ms"},
    {"window_ms", "objective.window_ms", TYPE_NUMBER, "ms"},
    {"count", "count", TYPE_NUMBER, "short"},
    {"bad", "bad", TYPE_NUMBER, "short"},
    {"allowed_bad", "allowed_bad", TYPE_NUMBER, "short"},
    {"bad_percent", "bad_percent", TYPE_NUMBER, "percent"},
    {"burn_5m", "burn_rates.0.burn_rate", TYPE_NUMBER, NULL},
    {"burn_30m", "burn_rates.1.burn_rate", TYPE_NUMBER, NULL},
    {"burn_1h", "burn_rates.2.burn_rate", TYPE_NUMBER, NULL},
    {"burn_6h", "burn_rates.3.burn_rate", TYPE_NUMBER, NULL},
    {"burn_3d", "burn_rates.4.burn_rate", TYPE_NUMBER, NULL},
    {"alert_1h", "alerts.0.state", TYPE_STRING, NULL},
    {"alert_6h", "alerts.1.state", TYPE_STRING, NULL},
    {"alert_3d", "alerts.2.state", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column drift_columns[] = {
    {"namespace", "namespace", TYPE_STRING, NULL},
    {"model", "model_name", TYPE_STRING, NULL},
    {"version", "model_version", TYPE_NUMBER, NULL},
    {"state", "state", TYPE_STRING, NULL},
    {"psi", "psi", TYPE_NUMBER, NULL},
    {"jensen_shannon", "jensen_shannon", TYPE_NUMBER, NULL},
    {"threshold", "threshold", TYPE_NUMBER, NULL},
    {"reference_count", "reference.count", TYPE_NUMBER, "short"},
    {"reference_from", "reference.from", TYPE_TIME, NULL},
    {"reference_to", "reference.to", TYPE_TIME, NULL},
    {"current_count", "current.count", TYPE_NUMBER, "short"},
    {"current_from", "current.from", TYPE_TIME, NULL},
    {"current_to", "current.to", TYPE_TIME, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"region", "region", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column confidence_columns[] = {
    {"from_percent", "@low", TYPE_NUMBER, "percent"},
    {"to_percent", "@high", TYPE_NUMBER, "percent"},
    {"current", "@value", TYPE_NUMBER, "short"},
    {"reference", "^reference.bins.#", TYPE_NUMBER, "short"},
    {"model", "^model_name", TYPE_STRING, NULL},
    {"version", "^model_version", TYPE_NUMBER, NULL},
    NO_COLUMN};

const struct grafana_column quarantine_columns[] = {
    {"Time", "received_at", TYPE_TIME, NULL},
    {"reason", "reason", TYPE_STRING, NULL},
    {"account", "account", TYPE_STRING, NULL},
    {"source", "source", TYPE_STRING, NULL},
    {"times", "times", TYPE_NUMBER, "short"},
    {"size_bytes", "size_bytes", TYPE_NUMBER, "bytes"},
    {"replayed_at", "replayed_at", TYPE_TIME, NULL},
    {"id", "id", TYPE_STRING, NULL},
    NO_COLUMN};

const struct grafana_column figure_columns[] = {
    {"name", "name", TYPE_STRING, NULL},
    {"value", "value", TYPE_NUMBER, NULL},
    {"meaning", "meaning", TYPE_STRING, NULL},
    NO_COLUMN};
/* clang-format on */
