// Transactions, wherever some are listed, and what all of them come to.

import { bytes, count } from "../lib/numbers";
import { link } from "../lib/place";
import { words } from "../lib/text";
import type { Inference, SummaryRow } from "../lib/types";
import { Errors, millis, Took } from "./elapse";
import { deploymentLink, ModelLink, VersionLink } from "./model_ref";
import { Status } from "./status";
import type { Field } from "./table";
import { Text } from "./text";
import { Time } from "./time";

/* What went wrong, in the words of whoever sent it. */
export function errorOf(of: Inference): string | null {
    const error = of.extras?.error as { type?: unknown; message?: unknown } | undefined;
    const told = [error?.type, error?.message].filter((part): part is string => typeof part === "string");
    return told.length ? told.join(": ") : null;
}

export const inferenceLink = (id: string): string => link(`/inferences/${encodeURIComponent(id)}`);

export const INFERENCE_FIELDS: Field<Inference>[] = [
    { name: "start_at", title: "time", kind: "name", text: (row) => row.start_at, cell: (row) => (
        <><a data-row="" href={inferenceLink(row.id)}><Time of={row.start_at} /></a>{errorOf(row) ? <div class="reason"><Text of={errorOf(row)} /></div> : null}</>) },
    { name: "elapse_ms", title: "took", kind: "number", text: (row) => row.elapse, cell: (row) => <Took ms={row.elapse} /> },
    { name: "status", text: (row) => row.status, cell: (row) => <Status of={row.status} /> },
    { name: "model_name", title: "model", text: (row) => row.model_name, cell: (row) => <ModelLink of={row} /> },
    { name: "model_version", title: "version", kind: "number", text: (row) => row.model_version, cell: (row) => row.model_version === null ? null : <VersionLink of={row} version={row.model_version} /> },
    { name: "deployment_id", title: "deployment", kind: "number", rank: 2, text: (row) => row.deployment_id, cell: (row) => row.deployment_id === null ? null : <a href={deploymentLink(row, row.deployment_id)}>{row.deployment_id}</a> },
    { name: "server_id", title: "server", kind: "number", rank: 2, text: (row) => row.server_id, cell: (row) => <Text of={row.server_id} /> },
    { name: "environment", rank: 3, text: (row) => row.environment, cell: (row) => <Text of={row.environment} /> },
    { name: "endpoint_name", title: "endpoint", rank: 3, text: (row) => row.endpoint_name, cell: (row) => <Text of={row.endpoint_name} /> },
    { name: "confidence", kind: "number", rank: 2, text: (row) => row.confidence, cell: (row) => row.confidence },
    { name: "request_size", title: "in", kind: "number", rank: 3, text: (row) => row.request_size, cell: (row) => bytes(row.request_size) },
    { name: "response_size", title: "out", kind: "number", rank: 3, text: (row) => row.response_size, cell: (row) => bytes(row.response_size) },
];

export const INFERENCE_EXPORT = [
    { name: "id", text: (row: Inference) => row.id }, { name: "namespace", text: (row: Inference) => row.namespace }, { name: "account", text: (row: Inference) => row.account },
    ...INFERENCE_FIELDS, { name: "error", text: errorOf },
];

/* Without what the place already says. */
export const fieldsWithin = (...said: string[]): Field<Inference>[] => INFERENCE_FIELDS.filter((field) => !said.includes(field.name));

function nameOf(row: SummaryRow): string {
    const { model_name, model_version, deployment_id, server_id, environment, status, endpoint_name } = row.group;
    const parts = [model_name, model_version != null ? `v${model_version}` : null, deployment_id != null ? `deployment ${deployment_id}` : null,
        server_id != null ? `server ${server_id}` : null, environment, status, endpoint_name];
    return parts.filter(Boolean).join(" ") || "not said";
}

const figure = (name: "p50" | "p90" | "p95" | "p99" | "max"): Field<SummaryRow> => ({
    name: `${name}_ms`, title: name, kind: "number", rank: name === "p90" || name === "p95" ? 2 : 1, text: (row) => row.elapse?.[name], cell: (row) => millis(row.elapse?.[name]) });

/* The transactions of one group alone. */
function within({ group }: SummaryRow, since: string | undefined): string {
    const number = (of: number | null | undefined) => (of === null || of === undefined ? undefined : String(of));
    return link("/inferences", { namespace: group.namespace, model: group.model_name, account: group.account ?? undefined, region: group.region ?? undefined,
        model_version: number(group.model_version), deployment_id: number(group.deployment_id), server_id: group.server_id ?? undefined,
        environment: group.environment ?? undefined, status: group.status, endpoint: group.endpoint_name ?? undefined, since });
}

export const summaryFields = (since?: string): Field<SummaryRow>[] => [
    { name: "group", title: "which", kind: "name", text: nameOf, cell: (row) => <a data-row="" href={within(row, since)}><Text of={nameOf(row)} /></a> },
    { name: "namespace", rank: 2, text: (row) => row.group.namespace, cell: (row) => <Text of={row.group.namespace} /> },
    { name: "answers", kind: "number", text: (row) => row.count, cell: (row) => count(row.count) },
    { name: "error_rate", title: "failed", kind: "number", text: (row) => row.error_rate, cell: (row) => <Errors share={row.error_rate} /> },
    figure("p50"), figure("p90"), figure("p95"), figure("p99"), figure("max"),
];

/* All together as one line of figures. */
export function Figures({ of, method }: { of: SummaryRow; method?: string | undefined }) {
    const names = ["p50", "p90", "p95", "p99", "max"] as const;
    const ill = of.statuses.filter((one) => one.status !== "succeeded");
    return (
        <dl class="figures-line">
            <div><dt>answers</dt><dd>{count(of.count)}</dd></div>
            <div><dt>did not succeed</dt><dd><Errors share={of.error_rate} /> <small>{ill.map((one, index) => <>{index ? ", " : ""}{count(one.count)} <Text of={words(one.status)} /></>)}</small></dd></div>
            {names.map((name) => <div key={name}><dt>{name}</dt><dd>{millis(of.elapse?.[name])}</dd></div>)}
            {method ? <div class="soft"><dt>percentiles</dt><dd>{method}</dd></div> : null}
        </dl>
    );
}
