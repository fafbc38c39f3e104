// The columns of jobs, wherever jobs are listed.

import { money, percent } from "../lib/numbers";
import { link, thingLink } from "../lib/place";
import { lastOf, visible, words } from "../lib/text";
import type { Job, Resource, Utilization } from "../lib/types";
import { at } from "../lib/when";
import { Ago, Span } from "./time";
import { Status } from "./status";
import type { Field } from "./table";
import { Text } from "./text";

/* How busy the hardware was: of the GPUs where there are any, otherwise of the cores. */
export function busyOf(utilization: Utilization | null): number | null {
    const job = utilization?.job;
    return job?.gpu?.normalized ?? job?.cpu?.normalized ?? null;
}

export function NameLink({ of, reason }: { of: Pick<Resource, "id" | "kind" | "name" | "failure_reason" | "parent">; reason?: boolean }) {
    const name = of.kind === "pipeline_execution" && of.parent ? `${lastOf(of.parent)}/${of.name}` : of.name;
    return (
        <>
            <a data-row="" href={thingLink(of.kind, of.id)} title={visible(name)}><Text of={name} /></a>
            {reason && of.failure_reason ? <div class="reason" title={visible(of.failure_reason)}><Text of={of.failure_reason} /></div> : null}
        </>
    );
}

export const took = (job: Job): number | null =>
    job.duration_ms ?? (job.ended_at === null && job.started_at ? Date.now() - at(job.started_at) : null);

export function AccountLink({ of }: { of: string }) {
    return <a href={link(`/accounts/${of}`)}>{of}</a>;
}

const hardware = (row: Resource): string =>
    row.instance_type ? `${row.instance_count && row.instance_count > 1 ? `${row.instance_count} × ` : ""}${row.instance_type.replace(/^ml\./, "")}` : "";

export const NAME: Field<Job> = { name: "name", kind: "name", text: (row) => row.name, cell: (row) => <NameLink of={row} reason /> };
export const STATUS: Field<Job> = { name: "status", text: (row) => row.status, cell: (row) => <Status of={row.status} detail={row.failed_before_start ? "before start" : row.secondary_status} /> };

export const JOB_FIELDS: Field<Job>[] = [
    NAME,
    { name: "kind", text: (row) => row.kind, cell: (row) => words(row.kind), rank: 2 },
    STATUS,
    { name: "created_at", title: "created", text: (row) => row.created_at, cell: (row) => <Ago of={row.created_at} /> },
    { name: "duration_ms", title: "took", kind: "number", text: (row) => row.duration_ms, cell: (row) => <span class={row.ended_at ? "" : "soft"}><Span ms={took(row)} /></span> },
    { name: "hardware", text: (row) => row.instance_type, cell: (row) => <Text of={hardware(row)} />, rank: 2 },
    { name: "busy_percent", title: "busy", kind: "number", rank: 2, text: (row) => busyOf(row.utilization),
      cell: (row) => { const busy = busyOf(row.utilization); return busy === null ? null : <span class={busy < 30 ? "idle" : ""}>{percent(busy)}</span>; } },
    { name: "cost_usd", title: "cost", kind: "number", rank: 3, text: (row) => row.cost_usd, cell: (row) => (row.cost_usd === null ? null : money(row.cost_usd)) },
    { name: "account", text: (row) => row.account, cell: (row) => <AccountLink of={row.account} />, rank: 2 },
    { name: "region", text: (row) => row.region, cell: (row) => <Text of={row.region} />, rank: 3 },
];

/* For export: the same and what has no column. */
export const JOB_EXPORT = [
    { name: "id", text: (row: Job) => row.id },
    ...JOB_FIELDS.filter((field) => field.name !== "hardware"),
    { name: "instance_type", text: (row: Job) => row.instance_type },
    { name: "instance_count", text: (row: Job) => row.instance_count },
    { name: "started_at", text: (row: Job) => row.started_at },
    { name: "ended_at", text: (row: Job) => row.ended_at },
    { name: "failure_reason", text: (row: Job) => row.failure_reason },
];

/* Only columns that say something about these rows. */
export function fieldsFor(rows: Job[]): Field<Job>[] {
    return JOB_FIELDS.filter((field) => {
        if (field.name === "cost_usd" || field.name === "busy_percent" || field.name === "hardware")
            return rows.some((row) => field.text(row) !== null);
        return true;
    });
}
