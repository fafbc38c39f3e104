// One model: what runs and since when, how fast and how well it answers, what it may still cost, and
// what its versions are made of.

import { useMemo } from "preact/hooks";
import { address } from "../lib/api";
import { link, type Place, refine } from "../lib/place";
import type { Alias, Deployment, Inference, Model as Row, ModelKey, Page, Summary, Version } from "../lib/types";
import { useChanges, useGet, usePlace, useTick } from "../lib/use";
import { Aliases } from "../parts/aliases";
import { Budget, budgetUrl } from "../parts/budget";
import { Catalog } from "../parts/catalog";
import { Drift, driftUrl } from "../parts/drift";
import { errorOf, fieldsWithin, Figures } from "../parts/inference_list";
import { Head } from "../parts/head";
import { Latency, seriesUrl, SINCE, useLatency } from "../parts/latency";
import { inferencesLink, keyOfModel, modelPath, only, VersionLink } from "../parts/model_ref";
import { More, useListing } from "../parts/more";
import { Empty, Waiting } from "../parts/notice";
import { marksOf, useRollouts } from "../parts/rollout";
import { Running, runningUrl } from "../parts/running";
import { Status } from "../parts/status";
import { Table } from "../parts/table";
import { telling } from "../parts/telling";
import { Text } from "../parts/text";
import { versionFields, VersionInFull } from "../parts/versions";
import { Copyable } from "../parts/dialog";
import { curl } from "../lib/export";
import { FIRST_VERSION } from "./models";
import "../parts/models.css";

const MOST_LANES = 12;
const MOST_ANSWERS = 8;

export const rangeIn = (place: Place): string => (SINCE.includes(place.params.since ?? "") ? place.params.since ?? "24h" : "24h");

export function Range({ place }: { place: Place }) {
    const since = rangeIn(place);
    return (
        <span class="ranges" role="group" aria-label="Range">{SINCE.map((one) => (
            <button key={one} type="button" aria-pressed={one === since} onClick={() => refine(place, { since: one === "24h" ? undefined : one })}>{one}</button>
        ))}</span>
    );
}

/* A few transactions out of many: the longest, or those that did not succeed. */
function Few({ of, title, url, all, empty }: { of: ModelKey; title: string; url: string; all: string; empty: string }) {
    const rows = useGet<Page<Inference>>(url, 60000);
    return (
        <section aria-label={title} class="wide">
            <h2>{title} <a class="all" href={all}>all</a></h2>
            <Waiting of={rows} />
            {rows.data?.data.length ? <Table label={`${title}, listed`} fields={fieldsWithin("model_name", "environment", "endpoint_name", "request_size", "response_size", "confidence")} rows={rows.data.data} keyOf={(row) => row.id}
                rowClass={(row) => (errorOf(row) ? "erred" : "")} /> : null}
            {rows.data && !rows.data.data.length ? <Empty>{empty} <a href={inferencesLink(of)}>Its transactions</a></Empty> : null}
        </section>
    );
}

function Note({ of, runs }: { of: Row; runs: Deployment[] | null }) {
    return (
        <>
            <a href={link("/models", { namespace: of.namespace })}><Text of={of.namespace} /></a>{of.account ? <> · <a href={link(`/accounts/${of.account}`)}>{of.account}</a></> : null}
            {runs ? <> · {runs.length ? runs.map((run) => <span key={run.deployment_id} class="run"><b><VersionLink of={of} version={run.model_version} /> {run.percent ?? 0} %</b>{run.environment ? <> <Text of={run.environment} /></> : null}</span>) : "nothing runs now"}</> : null}
        </>
    );
}

function Whole({ of, place }: { of: Row; place: Place }) {
    const since = rangeIn(place);
    const mine = only(of);
    const key = keyOfModel(of);
    const summaryUrl = address("/api/v1/inferences/summary", { ...mine, since });
    const versionsUrl = modelPath(of, "/versions", { limit: "50" });
    const summary = useGet<Summary>(summaryUrl, 60000);
    const byVersion = useGet<Summary>(address("/api/v1/inferences/summary", { ...mine, since, group_by: "version" }), 60000);
    const versions = useListing<Version>(versionsUrl, (row) => String(row.model_version));
    const aliases = useGet<Page<Alias>>(modelPath(of, "/aliases"), 60000);
    const deployments = useGet<Page<Deployment>>(modelPath(of, "/deployments", { limit: String(MOST_LANES) }), 30000);
    const running = useGet<Page<Deployment>>(runningUrl(of, undefined), 30000);
    const latency = useLatency(mine, since);
    const told = useRollouts(deployments.data?.data ?? []);
    const marks = useMemo(() => marksOf(told ?? []), [JSON.stringify(told?.map((one) => one.log))]);
    useChanges((change) => change.data.kind === "model_package" || change.data.kind === "endpoint", () => { versions.first.reload(); deployments.reload(); running.reload(); }, 3000);
    const around = { model: of, aliases: aliases.data?.data ?? [], runs: running.data?.data ?? [], summary: byVersion.data };
    const fields = versionFields(around);
    const chosen = Number(place.params.version) || null;
    const listed = versions.rows.find((row) => row.model_version === chosen);
    const main = [...around.runs].sort((a, b) => (b.percent ?? 0) - (a.percent ?? 0))[0]?.model_version ?? null;
    const confident = byVersion.data?.data.flatMap((row) => row.group.model_version ?? []).sort((a, b) => b - a) ?? [];
    const curls = [modelPath(of), versionsUrl, modelPath(of, "/aliases"), runningUrl(of, place.params.at), summaryUrl, seriesUrl("inference_elapse_p99", mine, since), driftUrl(of, main), budgetUrl(of)];
    return (
        <>
            <Head title={of.model_name} note={<Note of={of} runs={running.data?.data ?? null} />} curls={curls.filter((url): url is string => url !== null)}
                takes={{ name: `versions-of-${of.model_name}`, url: versionsUrl, columns: fields }}><Range place={place} /></Head>
            {summary.data?.data[0] ? <Figures of={summary.data.data[0]} method={summary.data.method === "exact" ? "exact" : `±${summary.data.relative_error * 100} %`} /> : null}
            <Latency of={latency} since={since} marks={marks} most={of.objective?.max_elapse_ms} />
            {of.latest_deployment_id ? <Running of={of} told={told} since={since} place={place} /> : null}
            {summary.data?.total || of.objective ? <div class="panes halves"><Budget model={of} /><Drift key={`${key}${main}`} model={of} versions={confident} first={main} /></div> : null}
            <section aria-label="Versions" class="wide">
                <h2>Versions <span class="soft">{versions.rows.length || ""}{versions.hasMore ? "+" : ""}</span></h2>
                <Waiting of={versions.first} />
                {versions.rows.length ? <Table label="All versions" fields={telling(fields, versions.rows)} rows={versions.rows} keyOf={(row) => String(row.model_version)} rowClass={(row) => (row.model_version === chosen ? "open" : "")} /> : null}
                {versions.first.data && !versions.rows.length ? <Empty>It has no version yet. <Copyable label="curl command to register a version" text={curl(modelPath(of, "/versions"), "POST", FIRST_VERSION)} /></Empty> : null}
                <More of={versions} />
            </section>
            {chosen ? <OneVersion key={`${key}${chosen}`} of={of} number={chosen} listed={listed} close={() => refine(place, { version: undefined })} /> : null}
            <Aliases of={around.aliases} model={of} />
            {summary.data?.total ? (
                <div class="panes halves">
                    <Few of={of} title="Slowest" url={address("/api/v1/inferences", { ...mine, since, sort: "-elapse", limit: String(MOST_ANSWERS) })} all={inferencesLink(of, { since, sort: "-elapse" })} empty="None in this range." />
                    <Few of={of} title="Newest that did not succeed" url={address("/api/v1/inferences", { ...mine, since, status: "!succeeded", limit: String(MOST_ANSWERS) })} all={inferencesLink(of, { since, status: "!succeeded" })} empty="All went well in this range." />
                </div>
            ) : null}
            <Catalog of={of} />
        </>
    );
}

/* The version the address names; it scrolls into sight, since a link from elsewhere led to it. */
function OneVersion({ of, number, listed, close }: { of: Row; number: number; listed: Version | undefined; close: () => void }) {
    const asked = useGet<Version>(listed ? null : modelPath(of, `/versions/${number}`));
    const version = listed ?? asked.data;
    return (
        <section aria-label={`Version ${number}`} class="wide one" ref={(self) => { if (self && !self.dataset.seen) { self.dataset.seen = "yes"; self.scrollIntoView({ block: "nearest" }); } }}>
            <h2>Version {number} {version ? <Status of={version.approval} /> : null} <button type="button" class="all" onClick={close}>Close</button></h2>
            {listed ? null : <Waiting of={asked} />}
            {version ? <VersionInFull of={version} /> : null}
        </section>
    );
}

export function Model({ name }: { name: string }) {
    const place = usePlace();
    const { namespace = "", account, region } = place.params;
    const url = modelPath({ model_name: name, namespace, account: account ?? null, region: region ?? null });
    const model = useGet<Row>(url, 60000);
    useTick(30000);
    if (!model.data) return <><Head title={name} curls={[url]} /><Waiting of={model} /></>;
    return <Whole key={keyOfModel(model.data)} of={model.data} place={place} />;
}
