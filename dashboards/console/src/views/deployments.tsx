// Deployments of all models, as they stand or as they stood: where each runs, and how it does there.

import { address } from "../lib/api";
import { brief, count } from "../lib/numbers";
import { link, type Place, refine } from "../lib/place";
import { words } from "../lib/text";
import type { Deployment, Summary, SummaryRow } from "../lib/types";
import { useChanges, useGet, useTick } from "../lib/use";
import { at } from "../lib/when";
import { Errors, Took } from "../parts/elapse";
import { Choice, Filters, Typed } from "../parts/filters";
import { Head } from "../parts/head";
import { deploymentLink, keyOfModel, ModelLink, VersionLink } from "../parts/model_ref";
import { More, useListing } from "../parts/more";
import { Empty, Waiting } from "../parts/notice";
import { Status } from "../parts/status";
import { type Field, Table } from "../parts/table";
import { telling } from "../parts/telling";
import { Text } from "../parts/text";
import { Ago, Time } from "../parts/time";
import { Copyable } from "../parts/dialog";
import { curl } from "../lib/export";
import "../parts/models.css";

const PATH = "/api/v1/deployments";
const NAMES = ["namespace", "account", "state", "method", "strategy", "environment", "endpoint", "at"];
export const METHODS = ["AWS SageMaker", "self hosted EKS", "self hosted ECS", "AWS Lambda", "AWS EC2", "AWS Elastic Beanstalk", "on-premises container", "on-premises VM"];

function fields(answersOf: (row: Deployment) => SummaryRow | undefined, isThen: boolean): Field<Deployment>[] {
    return [
        { name: "model_name", title: "model", kind: "name", text: (row) => row.model_name, cell: (row) => <ModelLink of={row} isRow /> },
        { name: "deployment_id", title: "deployment", kind: "number", text: (row) => row.deployment_id, cell: (row) => <a href={deploymentLink(row, row.deployment_id)} aria-label={`deployment ${row.deployment_id}`}>{row.deployment_id}</a> },
        { name: "model_version", title: "version", kind: "number", text: (row) => row.model_version, cell: (row) => <VersionLink of={row} version={row.model_version} /> },
        { name: "state", text: (row) => row.state, cell: (row) => <Status of={words(row.state ?? "")} /> },
        { name: "percent", title: "traffic", kind: "number", text: (row) => row.percent, cell: (row) => row.percent ? `${row.percent} %` : <span class="soft none">0 %</span> },
        { name: "since", text: (row) => row.since, cell: (row) => isThen ? <Time of={row.since} /> : <Ago of={row.since} /> },
        { name: "environment", rank: 2, text: (row) => row.environment, cell: (row) => <Text of={row.environment} /> },
        { name: "endpoint", rank: 2, text: (row) => row.endpoint, cell: (row) => row.endpoint ? <a href={link("/deployments", { endpoint: row.endpoint })} title="Deployments at this endpoint"><Text of={row.endpoint.replace(/^https?:\/\//, "")} /></a> : null },
        { name: "deployment_method", title: "how", rank: 3, text: (row) => row.deployment_method,
          cell: (row) => <><Text of={row.deployment_method} /><span class="soft">{row.rolling_strategy ? <>, <Text of={row.rolling_strategy} /></> : null}{row.rollback_of ? `, takes back ${row.rollback_of}` : null}</span></> },
        { name: "answers_24h", title: "answers", kind: "number", rank: 3, text: (row) => answersOf(row)?.count, cell: (row) => { const of = answersOf(row); return of ? brief(of.count) : null; } },
        { name: "p99_ms", title: "p99", kind: "number", text: (row) => answersOf(row)?.elapse?.p99, cell: (row) => Took({ ms: answersOf(row)?.elapse?.p99 }) },
        { name: "error_rate", title: "failed", kind: "number", text: (row) => answersOf(row)?.error_rate, cell: (row) => { const of = answersOf(row); return of ? <Errors share={of.error_rate} /> : null; } },
    ];
}

const STRATEGY = { name: "rolling_strategy", text: (row: Deployment) => row.rolling_strategy };
const EXAMPLE = { model_version: 1, environment: "prod", endpoint: "https://…", deployment_method: "self hosted EKS", rolling_strategy: "canary" };

export function Deployments({ place }: { place: Place }) {
    const wanted = Object.fromEntries(Object.entries(place.params).filter(([name]) => NAMES.includes(name)));
    const listing = useListing<Deployment>(address(PATH, { ...wanted, limit: "100" }), (row) => `${keyOfModel(row)} ${row.deployment_id}`);
    const summaryUrl = address("/api/v1/inferences/summary", { namespace: wanted.namespace, account: wanted.account, group_by: "deployment", since: "24h" });
    const summary = useGet<Summary>(summaryUrl, 60000);
    useChanges((change) => change.data.kind === "endpoint", listing.first.reload, 3000);
    useTick(30000);
    const answersOf = (row: Deployment) => summary.data?.data.find((one) => one.group.deployment_id === row.deployment_id && keyOfModel(one.group) === keyOfModel(row));
    const columns = fields(answersOf, !!wanted.at);
    const moment = at(wanted.at);
    const typed = isNaN(moment) ? "" : new Date(moment - new Date(moment).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
    return (
        <>
            <Head title="Deployments" note={listing.first.data ? `${count(listing.rows.length)}${listing.hasMore ? "+" : ""}${wanted.at ? " had traffic then" : ""}` : ""}
                curls={[address(PATH, wanted), summaryUrl]} takes={{ name: "deployments", url: address(PATH, wanted), columns: [...columns, STRATEGY] }} />
            <Filters place={place}>
                <Typed place={place} name="namespace" label="Namespace and below" hint="/team/area" isSearch />
                <Choice place={place} name="state" label="State" options={["active", "pending", "retired", "rolled_back", "failed"]} />
                <Typed place={place} name="environment" label="Environment" hint="prod" />
                <Typed place={place} name="endpoint" label="Endpoint" hint="name, ARN or URL" />
                <Choice place={place} name="method" label="How" options={METHODS} />
                <Choice place={place} name="strategy" label="Strategy" options={["blue green", "canary", "rolling"]} />
                <Typed place={place} name="account" label="Account" hint="12 digits" />
                <label><span>What ran at</span><input type="datetime-local" value={typed} onChange={(event) => {
                    const ms = new Date(event.currentTarget.value).getTime();
                    refine(place, { at: isNaN(ms) ? undefined : new Date(ms).toISOString() });
                }} /></label>
            </Filters>
            <Waiting of={listing.first} />
            {listing.rows.length ? <Table label="Deployments" fields={telling(columns, listing.rows)} rows={listing.rows} keyOf={(row) => `${keyOfModel(row)} ${row.deployment_id}`} /> : null}
            {listing.rows.length ? <p class="soft">Answers, p99 and failed are of the last 24 hours.</p> : null}
            {listing.first.data && !listing.rows.length ? (Object.keys(wanted).length
                ? <Empty>{wanted.at ? "Nothing had traffic then." : "No deployment matches."} <button type="button" onClick={() => refine(place, Object.fromEntries(NAMES.map((name) => [name, undefined])))}>Show all</button></Empty>
                : <Empty>No deployment is known. Events of endpoints that serve a registered version tell of them; others are registered with a key of the role write:
                    <Copyable label="curl command to register a deployment" text={curl("/api/v1/models/MODEL/deployments?namespace=/team/area", "POST", EXAMPLE)} /></Empty>) : null}
            <More of={listing} />
        </>
    );
}
