// What the REST API answers, as far as the console reads it. Members may be added there any time.

export interface Figures { avg: number; max: number; p95: number | null; normalized: number | null; points: number }
export const METRICS = ["cpu", "memory", "gpu", "gpu_memory", "disk"] as const;
export type Metric = (typeof METRICS)[number];
export type HostFigures = { host?: string } & Partial<Record<Metric, Figures | null>>;

export interface Utilization { state: string | null; reason: string | null; job?: HostFigures; hosts?: HostFigures[] }

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

export interface EventItem {
    id: string; account: string; region: string; detail_type: string; kind: string | null; resource_id: string | null;
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
    last_24h: { created: number; ended: number; failed: number; failed_before_start: number };
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

export interface Page<Row> { data: Row[]; next_cursor: string | null; has_more: boolean; total?: number; total_capped?: boolean }
