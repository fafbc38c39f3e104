// What the REST API answers, as far as the console reads it. Members may be added there any time.

export interface Figures { avg: number; max: number; p95: number | null; normalized: number | null; points: number }
export const METRICS = ["cpu", "memory", "gpu", "gpu_memory", "disk"] as const;
export type Metric = (typeof METRICS)[number];
export type HostFigures = { host?: string } & Partial<Record<Metric, Figures | null>>;

export interface Utilization { state: string | null; reason: string | null; job?: HostFigures; hosts?: HostFigures[]; course?: Course }

/* One value a step; null: CloudWatch has none. `job` is about all hosts, also those left out. */
export type Values = (number | null)[];
export interface Spread { avg: Values; low: Values; high: Values; max: Values }
export type HostCourse = { host: string } & Partial<Record<Metric, { avg: Values } | null>>;
export interface Course {
    from: number; step_s: number; points: number; is_normalized: boolean; hosts_left_out: number;
    each?: string; /* ours: what `hosts` are, when they are none */
    job: Partial<Record<Metric, Spread | null>>; hosts: HostCourse[];
}

export interface Resource {
    id: string; account: string; region: string; kind: string; name: string; arn: string | null;
    status: string | null; secondary_status: string | null; failure_reason: string | null;
    created_at: string; instance_type: string | null; instance_count: number | null;
    tags: Record<string, string> | null; parent: string | null; created_by: string | null;
    first_seen_at: string; last_event_at: string; changed_at: string;
    approval?: string | null; stage?: unknown;
}

export interface Job extends Resource {
    started_at: string | null; ended_at: string | null; duration_ms: number | null; billable_ms: number | null;
    failed_before_start: boolean; cost_usd: number | null; utilization: Utilization | null;
}

export interface Errand {
    id: string; account: string; region: string | null; kind: string | null; name: string | null; resource_id: string;
    deed: string; state: string; born_at: string; due_at: string | null; leases: number; reports: number;
    worker: string | null; last_error: string | null;
}

export interface EventItem {
    id: string; account: string; region: string; detail_type: string; kind: string | null; name: string | null; resource_id: string | null;
    status: string | null; version_at: string; time: string; received_at: string; effect: string; is_duplicate: boolean;
    event?: unknown;
}

export interface Pulse {
    events: number; duplicates: number; repeats: number; out_of_order: number; conflicts: number;
    unknown_types: number; unknown_statuses: number; bad_times: number; quarantined: number;
}

export interface Account extends Pulse {
    account: string | null; is_silent: boolean; jobs: number; failed: number; first_seen_at: string;
    last_received_at: string; last_event_at: string | null; lag_ms: number; regions: string[];
}

export interface KindCount { kind: string; is_job: boolean; by_status: Record<string, number>; count: number }
export interface AccountCounts {
    account: string; is_silent: boolean; kinds: KindCount[];
    regions: { region: string; last_received_at: string; last_event_at: string; lag_ms: number }[];
}
export interface Overview {
    as_of: string; totals: KindCount[]; accounts: AccountCounts[]; silent_accounts: string[];
    last_24h: { created: number; ended: number; failed: number; failed_before_start: number; by_kind: { kind: string; failed: number }[] };
    errands: { deed: string; waiting: number; dead: number; oldest_due_at: string | null }[];
    ingest: Pulse & { quarantine_waiting: number };
}

export interface Attention {
    long_running: { looked_at: number; is_cut: boolean; data: { age_ms: number; usual_ms: number | null; usual_of: number; job: Job | null }[] };
    idle_hardware: { busy_below_percent: number; data: { instance_hours: number; busy_percent: number; job: Job | null }[] };
}

export interface Series { step_ms: number; data: { labels: Record<string, string | null>; points: [number, number | null][] }[] }

export interface Timeline {
    created_at: string; started_at: string | null; ended_at: string | null;
    states: { status: string; from: string; to: string | null; event_id: string }[];
    phases: { status: string; from: string | null; to: string | null; message: string | null }[];
}

export interface Quarantined {
    id: string; account: string | null; source: string; reason: string; key_id: string | null; received_at: string;
    replayed_at: string | null; times: number; size_bytes: number; body?: string | null; body_base64?: string;
}

export interface Key {
    kid: string; label: string; roles: string[]; accounts: string[]; namespaces: string[]; is_valid: boolean;
    created_at: string; expires_at: string | null; revoked_at: string | null; last_used_at: string | null;
    replaces: string | null; key?: string;
}

export interface Session {
    is_signed_in: boolean; is_open: boolean; kid: string; roles: string[]; accounts: string[]; version: string;
}

/* Who a model is: the same name may stand in several accounts; null: tied to none. */
export interface ModelKey { account: string | null; region: string | null; namespace: string; model_name: string }

export interface Objective { target_percent: number; max_elapse_ms?: number; window?: string }
export interface Shape { description?: string; schema?: unknown }

export interface Model extends ModelKey {
    log_group: string; description: string | null; owner: string | null; url: string | null;
    data_sources: { name?: string; type?: string; description?: string; owner?: string }[] | null;
    inference: { input?: Shape; output?: Shape } | null; tags: Record<string, string> | null;
    payload: unknown; objective: Objective | null; drift: unknown;
    latest_version: number | null; latest_deployment_id: number | null;
    created_at: string; created_by: string | null; changed_at: string; versions?: Version[];
}

export interface Artifact { name: string; uri: string; kind?: string | null; size_bytes?: number | null; sha256?: string | null; etag?: string | null }

export interface Version extends ModelKey {
    model_version: number; description: string | null; tags: Record<string, string> | null; artifacts: Artifact[];
    digest: string | null; job_arn: string | null; source: string; approval: string | null; approval_at: string | null;
    stage: string | null; package_arn: string | null; package_status: string | null; failure_reason: string | null;
    create_at: string; created_by: string | null; changed_at: string;
}

export interface Target { version: number; weight?: number }
export interface AliasMove { at: string; who: string | null; why: string | null; before: Target[]; after: Target[] }
export interface Alias { alias: string; targets: Target[]; changed_at: string; changed_by: string | null; history?: AliasMove[] }

export interface Deployment extends ModelKey {
    deployment_id: number; model_version: number; source: string; state: string | null; percent: number | null; since: string | null;
    environment: string | null; endpoint: string | null; endpoint_config: string | null; variant: string | null;
    environment_variables: { name: string; value: string }[]; deployment_method: string | null; rolling_strategy: string | null;
    rollback_of: number | null; description: string | null; tags: Record<string, string> | null;
    create_at: string; created_by: string | null; changed_at: string;
}

export interface RolloutEntry {
    at: string; what: string; percent: number; state: string; previous_state: string | null; previous_percent: number | null;
    who: string | null; why: string | null; source: string;
}

export interface Namespace { namespace: string; name: string; models: number; versions: number; deployments: number }

export interface Inference extends ModelKey {
    id: string; model_version: number | null; deployment_id: number | null; server_id: string | null; environment: string | null;
    endpoint_name: string | null; status: string; start_at: string; end_at: string; elapse: number; elapse_mismatch: boolean;
    request_size: number; response_size: number; request_digest: string | null; response_digest: string | null;
    received_at: string; extras: Record<string, unknown> | null; confidence: number | null;
    payload?: Record<string, unknown> | null;
}

export interface Elapse { p50: number; p90: number; p95: number; p99: number; min: number; max: number; avg: number }
export interface Group extends Partial<ModelKey> {
    model_version?: number | null; deployment_id?: number | null; server_id?: string | null; environment?: string | null;
    status?: string; endpoint_name?: string | null;
}
export interface SummaryRow {
    group: Group; count: number; failed: number; error_rate: number; elapse: Elapse | null;
    statuses: { status: string; count: number; rate: number }[]; request_bytes: number; response_bytes: number;
}
export interface Summary { from: string; to: string; method: string; relative_error: number; total: number; data: SummaryRow[] }

export interface Asked { language: string; text: string; notes?: string[] }

export interface Budget {
    objective: { target_percent: number; max_elapse_ms: number | null; window_ms: number }; from: string; to: string;
    count: number; bad: number; bad_percent: number | null; allowed_bad: number; left_percent: number | null; min_events: number;
    burn_rates: { window: string; count: number; bad: number; burn_rate: number | null }[];
    alerts: { factor: number; long_window: string; short_window: string; state: string }[];
}

export interface Bins { from: string; to: string; count: number; bins: number[] }
export interface Drift {
    model_version: number | null; state: string; psi: number | null; jensen_shannon: number | null; threshold: number;
    least_events: number; reference: Bins; current: Bins;
}

export interface LineageNode {
    id: string; type: string; name: string; key: string; account: string | null; region: string | null; steps: number;
    is_stub: boolean; status: string | null; resource: { id: string; kind: string; approval: string | null } | null;
    version: (ModelKey & { model_version: number; approval: string | null; is_deleted: boolean }) | null;
    deployment: (ModelKey & { model_version: number; deployment_id: number; endpoint: string | null; state: string | null; traffic_percent: number | null }) | null;
}
export interface LineageEdge { from: string; to: string; type: string; detail: string | null }
export interface Lineage { root: string | null; is_cut: boolean; nodes: LineageNode[]; edges: LineageEdge[] }

export interface Page<Row> { data: Row[]; next_cursor: string | null; has_more: boolean; total?: number; total_capped?: boolean }
