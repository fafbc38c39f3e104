// One deployment: what it is, what happened to it, how it answers, where it came from.

import { useMemo } from "preact/hooks";
import { address } from "../lib/api";
import { link } from "../lib/place";
import { words } from "../lib/text";
import type { Deployment as Row, ModelKey, RolloutEntry, Page, Summary } from "../lib/types";
import { useChanges, useGet, usePlace, useTick } from "../lib/use";
import { Facts } from "../parts/facts";
import { Head } from "../parts/head";
import { Figures } from "../parts/inference_list";
import { AccountLink } from "../parts/job_fields";
import { Latency, useLatency } from "../parts/latency";
import { LineageOf } from "../parts/lineage";
import { deploymentLink, inferencesLink, keyOfModel, ModelLink, modelPath, only, VersionLink } from "../parts/model_ref";
import { Empty, Waiting } from "../parts/notice";
import { marksOf, RolloutLog, rolloutUrl } from "../parts/rollout";
import { Status } from "../parts/status";
import { Tags } from "../parts/tags";
import { Text } from "../parts/text";
import { Time } from "../parts/time";
import { Range, rangeIn } from "./model";
import "../parts/models.css";

/* Names and values, in their order. The service shows the values to administrators who ask for them. */
function Variables({ of }: { of: Row }) {
    if (!of.environment_variables.length) return <Empty>None were registered.</Empty>;
    return (
        <>
            <table class="variables"><tbody>{of.environment_variables.map((one) => (
                <tr key={one.name}><th scope="row"><code><Text of={one.name} /></code></th><td>{one.value === "***" ? <span class="soft" title="kept back">•••</span> : <Text of={one.value} />}</td></tr>
            ))}</tbody></table>
            <p class="soft">Values are kept back; the last command of “as curl” asks for them and wants a key of the role admin.</p>
        </>
    );
}

const COLUMNS = [
    { name: "at", text: (row: RolloutEntry) => row.at }, { name: "what", text: (row: RolloutEntry) => row.what }, { name: "percent", text: (row: RolloutEntry) => row.percent },
    { name: "state", text: (row: RolloutEntry) => row.state }, { name: "who", text: (row: RolloutEntry) => row.who }, { name: "why", text: (row: RolloutEntry) => row.why },
];

function Whole({ of }: { of: Row }) {
    const place = usePlace();
    const since = rangeIn(place);
    const base = modelPath(of, `/deployments/${of.deployment_id}`);
    const mine = { ...only(of), deployment_id: String(of.deployment_id) };
    const summaryUrl = address("/api/v1/inferences/summary", { ...mine, since });
    const log = useGet<Page<RolloutEntry>>(rolloutUrl(of), 30000);
    const summary = useGet<Summary>(summaryUrl, 60000);
    const latency = useLatency(mine, since);
    const marks = useMemo(() => marksOf([{ deployment: of, log: log.data?.data ?? [] }]), [log.data]);
    useChanges((change) => change.data.kind === "endpoint", log.reload, 3000);
    return (
        <>
            <Head title={`${of.model_name} deployment ${of.deployment_id}`} note={<><Status of={words(of.state ?? "")} /> <b>{of.percent ?? 0} %</b></>}
                curls={[base, rolloutUrl(of), summaryUrl, modelPath(of, `/deployments/${of.deployment_id}/lineage`), modelPath(of, `/deployments/${of.deployment_id}`, { reveal: "environment_variables" })]}
                takes={{ name: `rollout-of-${of.model_name}-${of.deployment_id}`, url: rolloutUrl(of), rows: log.data?.data ?? [], columns: COLUMNS }}><Range place={place} /></Head>
            <Facts of={[
                ["model", <ModelLink of={of} />], ["version", <VersionLink of={of} version={of.model_version} />], ["namespace", <a href={link("/models", { namespace: of.namespace })}><Text of={of.namespace} /></a>],
                ["environment", of.environment && <Text of={of.environment} />], ["endpoint", of.endpoint && <a href={link("/deployments", { endpoint: of.endpoint })}><Text of={of.endpoint} /></a>],
                ["endpoint configuration", of.endpoint_config && <Text of={of.endpoint_config} />], ["variant", of.variant && <Text of={of.variant} />],
                ["how", of.deployment_method && <Text of={of.deployment_method} />], ["strategy", of.rolling_strategy && <Text of={of.rolling_strategy} />],
                ["takes back", of.rollback_of && <a href={deploymentLink(of, of.rollback_of)}>deployment {of.rollback_of}</a>],
                ["so since", of.since && <Time of={of.since} />], ["created", <Time of={of.create_at} />], ["created by", of.created_by ? <Text of={of.created_by} /> : of.source === "events" && "told by events"],
                ["account", of.account && <AccountLink of={of.account} />], ["region", of.region && <Text of={of.region} />]]} />
            {of.description ? <p><Text of={of.description} keepsLines /></p> : null}
            <Tags of={of.tags} />
            {summary.data?.data[0] ? <Figures of={summary.data.data[0]} method={summary.data.method === "exact" ? "exact" : `±${summary.data.relative_error * 100} %`} /> : null}
            <Latency of={latency} since={since} marks={marks} />
            {summary.data?.total ? <p><a href={inferencesLink(of, { deployment_id: String(of.deployment_id), since })}>Its transactions</a>, <a href={inferencesLink(of, { deployment_id: String(of.deployment_id), since, sort: "-elapse" })}>the slowest</a>, <a href={inferencesLink(of, { deployment_id: String(of.deployment_id), since, status: "!succeeded" })}>what did not succeed</a></p> : null}
            <div class="panes two">
                <section aria-label="Rollout"><h2>Rollout</h2>{log.data ? <RolloutLog of={log.data.data} /> : <Waiting of={log} />}</section>
                <section aria-label="Environment variables"><h2>Environment variables</h2><Variables of={of} /></section>
            </div>
            <LineageOf url={modelPath(of, `/deployments/${of.deployment_id}/lineage`, { depth: "6" })} />
        </>
    );
}

export function Deployment({ id }: { id: string }) {
    const { model = "", namespace = "", account, region } = usePlace().params;
    const of: ModelKey = { model_name: model, namespace, account: account ?? null, region: region ?? null };
    const url = model ? modelPath(of, `/deployments/${encodeURIComponent(id)}`) : null;
    const deployment = useGet<Row>(url, 30000);
    useTick(30000);
    if (!url) return <Empty>Which model’s deployment {id}? <a href={link("/deployments")}>All deployments</a></Empty>;
    if (!deployment.data) return <><Head title={`${model} deployment ${id}`} curls={[url]} /><Waiting of={deployment} /></>;
    return <Whole key={`${keyOfModel(deployment.data)} ${id}`} of={deployment.data} />;
}
