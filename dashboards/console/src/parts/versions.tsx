// The versions of a model: what each is made of, who approved it, where it runs and how it does there.

import { brief, bytes, count } from "../lib/numbers";
import { link } from "../lib/place";
import { lastOf, words } from "../lib/text";
import type { Alias, Artifact, Deployment, Model, Summary, Version } from "../lib/types";
import { Errors, Took } from "./elapse";
import { Facts } from "./facts";
import { LineageOf } from "./lineage";
import { modelPath, VersionLink } from "./model_ref";
import { Status } from "./status";
import { type Field, Table } from "./table";
import { Tags } from "./tags";
import { Text } from "./text";
import { Ago, Time } from "./time";

export interface Around { model: Model; aliases: Alias[]; runs: Deployment[]; summary: Summary | null }

const aliasesOf = (version: number, around: Around) => around.aliases.flatMap((one) =>
    one.targets.filter((target) => target.version === version).map((target) => ({ alias: one.alias, weight: target.weight ?? 100 })));
const answersOf = (version: number, around: Around) => around.summary?.data.find((one) => one.group.model_version === version);
const trafficOf = (version: number, around: Around) =>
    around.runs.filter((one) => one.model_version === version && one.state === "active").map((one) => `${one.percent ?? 0} %`).join(", ");

/* "2, 1 with checksum" */
function made(artifacts: Artifact[]): string {
    const checked = artifacts.filter((one) => one.sha256).length;
    return artifacts.length ? `${artifacts.length}${checked ? `, ${checked === artifacts.length ? "all" : checked} with checksum` : ""}` : "none";
}

export function versionFields(around: Around): Field<Version>[] {
    const { model } = around;
    return [
        { name: "model_version", title: "version", kind: "name", text: (row) => row.model_version,
          cell: (row) => <><div><VersionLink of={model} version={row.model_version} /></div>{row.description ? <div class="about soft"><Text of={row.description} /></div> : null}</> },
        { name: "approval", text: (row) => row.approval, cell: (row) => <><Status of={row.approval} />{row.package_status && row.package_status !== "Completed" ? <> <span class="soft">package</span> <Status of={row.package_status} /></> : null}</> },
        { name: "aliases", text: (row) => aliasesOf(row.model_version, around).map((one) => `${one.alias} ${one.weight} %`).join("; "),
          cell: (row) => <>{aliasesOf(row.model_version, around).map((one) => <span key={one.alias} class="alias"><Text of={one.alias} />{one.weight === 100 ? "" : ` ${one.weight} %`}</span>)}</> },
        { name: "traffic", text: (row) => trafficOf(row.model_version, around), cell: (row) => trafficOf(row.model_version, around) || null },
        { name: "answers", kind: "number", rank: 2, text: (row) => answersOf(row.model_version, around)?.count,
          cell: (row) => { const of = answersOf(row.model_version, around); return of ? <span title={count(of.count)}>{brief(of.count)}</span> : null; } },
        { name: "p50_ms", title: "p50", kind: "number", rank: 2, text: (row) => answersOf(row.model_version, around)?.elapse?.p50,
          cell: (row) => Took({ ms: answersOf(row.model_version, around)?.elapse?.p50 }) },
        { name: "p99_ms", title: "p99", kind: "number", text: (row) => answersOf(row.model_version, around)?.elapse?.p99,
          cell: (row) => Took({ ms: answersOf(row.model_version, around)?.elapse?.p99, most: model.objective?.max_elapse_ms }) },
        { name: "error_rate", title: "failed", kind: "number", text: (row) => answersOf(row.model_version, around)?.error_rate,
          cell: (row) => { const of = answersOf(row.model_version, around); return of ? <Errors share={of.error_rate} target={model.objective?.target_percent} /> : null; } },
        { name: "artifacts", kind: "number", rank: 2, text: (row) => made(row.artifacts), cell: (row) => <span class="soft">{made(row.artifacts)}</span> },
        { name: "created_by", title: "by", rank: 3, text: (row) => row.created_by ?? words(row.source), cell: (row) => row.created_by ? <Text of={lastOf(row.created_by)} /> : <span class="soft">{words(row.source)}</span> },
        { name: "create_at", title: "created", text: (row) => row.create_at, cell: (row) => <Ago of={row.create_at} /> },
    ];
}

const ARTIFACTS: Field<Artifact>[] = [
    { name: "name", kind: "name", text: (row) => row.name, cell: (row) => <a href={link("/lineage", { uri: row.uri })} title="What it came from, and what came of it"><Text of={row.name} /></a> },
    { name: "kind", text: (row) => row.kind, cell: (row) => words(row.kind ?? "file") },
    { name: "size_bytes", title: "size", kind: "number", text: (row) => row.size_bytes, cell: (row) => row.size_bytes === null || row.size_bytes === undefined ? null : bytes(row.size_bytes) },
    { name: "sha256", title: "SHA-256", text: (row) => row.sha256, cell: (row) => row.sha256 ? <code class="wraps">{row.sha256}</code> : <span class="soft">none given</span> },
    { name: "uri", title: "URI", kind: "wide", text: (row) => row.uri, cell: (row) => <span class="wraps"><Text of={row.uri} /></span> },
];

/* One version in full. What it was made from is told by its lineage. */
export function VersionInFull({ of }: { of: Version }) {
    return (
        <>
            <Facts of={[
                ["approval", of.approval && <><Status of={of.approval} /> {of.approval_at ? <span class="soft"><Time of={of.approval_at} /></span> : null}</>],
                ["stage", of.stage && <Text of={of.stage} />], ["package", of.package_status && <Status of={of.package_status} />],
                ["registered by", of.created_by ? <Text of={of.created_by} /> : words(of.source)], ["created", <Time of={of.create_at} />], ["changed", <Time of={of.changed_at} />],
                ["job", of.job_arn && <a href={link("/lineage", { arn: of.job_arn })}><Text of={lastOf(of.job_arn)} /></a>]]} />
            {of.description ? <p><Text of={of.description} keepsLines /></p> : null}
            {of.failure_reason ? <section class="why" aria-label="Why it failed"><p><Text of={of.failure_reason} keepsLines /></p></section> : null}
            <Tags of={of.tags} />
            {of.artifacts.length ? <Table label="Artifacts" fields={ARTIFACTS} rows={of.artifacts} keyOf={(row) => row.name} /> : <p class="soft">It has no artifacts.</p>}
            {of.digest ? <p class="arn soft" title="SHA-256 of all that never changes">digest <code class="wraps">{of.digest}</code></p> : null}
            {of.package_arn ? <p class="arn soft"><a href={link("/lineage", { arn: of.package_arn })}><Text of={of.package_arn} /></a></p> : null}
            <LineageOf url={modelPath(of, `/versions/${of.model_version}/lineage`, { depth: "6" })} />
        </>
    );
}
